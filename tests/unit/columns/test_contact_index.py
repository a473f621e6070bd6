"""Is the contact index over a real store exact, never stale, and whole after a kill?"""

import os
import pickle
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from random import Random

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ringfence.columns import Columns, contact_files, contact_index, contact_people
from ringfence.columns.columns import CONTACTS
from ringfence.columns.contact_search import meetings
from ringfence.engine.exposures import exposures
from ringfence.errors import IntegrityError, StoreError
from ringfence.journal import Journal, Submission, partitions
from ringfence.protocol import resolve
from ringfence.tables import fact_number
from tests.unit.columns import contact_cities as cities
from tests.unit.journal.sent import NIGHT, rows

ROOT = Path(__file__).parents[3]
LATER = NIGHT + timedelta(days=1)
CITIES = 150


@pytest.fixture
def journal(tmp_path):
    with Journal.create(str(tmp_path / "journal.sqlite"), exercise=True) as made:
        yield made


@pytest.fixture
def columns(journal, tmp_path):
    with Columns(tmp_path / "columns", journal, tmp_path, limits={"threads": 1}) as opened:
        yield opened


def visits_of(some):
    return rows("visit", *({n: v for n, v in row.items() if n not in ("day", "fact")} for row in some))


def keep(journal, store, source, some):
    """Files of a source, one a day; the days."""
    days = sorted({row["day"] for row in some})
    for day in days:
        named = partitions.write(store, day, source, visits_of(row for row in some if row["day"] == day))
        name = f"{source} {day} {named['digest']}"
        journal.append(Submission(name, "visit_partition", rows("visit_partition", named), "a"), NIGHT)
    return days


def send(journal, some):
    number = journal.head()[0]
    return journal.append(Submission(f"single {number}", "visit", visits_of(some), "phone"), NIGHT)


def united(numbers):
    """Visits of several cities, each with people and places of its own; and spans to ask about."""
    visits, spans = [], []
    for number in numbers:
        own = [
            {
                **row,
                "person": number * 100 + _small(row["person"]),
                "place": number * 9 + _small(row["place"]),
            }
            for row in cities.city(number)
        ]
        visits += own
        spans += cities.spans(number, own)
    return visits, [span for span in spans if span["begin"] < span["end"]]


def _small(number):
    return number if number < 100 else number >> 40


def longer(row):
    return {**row, "leave": row["enter"] + timedelta(minutes=33), "part": 2}


def told(table):
    columns = ("index", "person", "begin", "end", "minutes", "near", "row_gap", "place", "evidence")
    return cities.ordered([{name: row[name] for name in columns} for row in table.to_pylist()])


def found(columns, spans):
    met = meetings(contact_index.open_index(columns, LATER), cities.table(spans)).to_pylist()
    return [{**row, "evidence": [row["own_fact"], row["fact"]]} for row in met]


def test_meetings_are_the_rows_of_the_engines_expression(columns, journal, tmp_path):
    """Of files of two sources, single visits, visits told twice in either order, and withdrawn ones."""
    rng = Random("a store")
    visits, spans = united(range(CITIES))
    some = {
        part: [row for row in visits if rng.random() < 0.4] for part in ("early", "city", "metro", "late")
    }
    send(journal, [longer(row) for row in some["early"]])
    keep(journal, tmp_path, "city", visits[: len(visits) // 2] + some["city"][:0])
    keep(journal, tmp_path, "metro", [longer(row) for row in some["metro"]] or visits[:1])
    send(journal, visits[len(visits) // 2 :])
    late = send(journal, some["late"])
    withdrawn = [fact_number(late.seq, row) for row in range(0, len(some["late"]), 3)]
    withdrawn += [fact_number(seq, row) for seq in range(1, late.seq) for row in range(0, 40, 4)]
    lines = [{"fact": fact, "reason": "another phone"} for fact in withdrawn]
    journal.append(Submission("out", "retraction", rows("retraction", *lines), "a"), NIGHT)
    columns.refresh()
    contact_index.refresh(columns, LATER)
    subjects = ibis.memtable(cities.table(spans))
    protocol = resolve("3202", "covid-19", NIGHT)
    wanted = told(exposures(subjects, columns.snapshot(LATER), protocol, 1).to_pyarrow())
    assert told(pa.Table.from_pylist(found(columns, spans))) == wanted
    assert len(wanted) > CITIES


def test_an_index_over_files_says_what_one_in_memory_does(columns, journal, tmp_path):
    visits, spans = united(range(40))
    keep(journal, tmp_path, "city", visits)
    columns.refresh()
    contact_index.refresh(columns, LATER)
    without = [{n: v for n, v in row.items() if n not in ("own_fact", "fact")} for row in
               cities.meetings(visits, spans)]  # fmt: skip
    got = [{name: row[name] for name in without[0]} for row in found(columns, spans)]
    assert cities.ordered(got) == cities.ordered(without)


def test_a_day_more_is_one_segment_more_and_a_day_gone_is_a_folder_gone(columns, journal, tmp_path):
    visits, _ = united(range(20))
    days = sorted({row["day"] for row in visits})
    seen = []
    for day in days:
        keep(journal, tmp_path, "city", [row for row in visits if row["day"] == day])
        columns.refresh()
        assert contact_index.refresh(columns, LATER, lambda *done: seen.append(done)) == 1
    assert contact_index.refresh(columns, LATER) == 0
    assert seen == [(0, 1)] * len(days)
    folder = columns.directory / CONTACTS
    sources = columns.visit_sources(LATER).files
    contact_index.build(folder, sources[1:])
    kept = {path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("people-")}
    assert kept == {source.digest for source in sources[1:]}


def test_an_index_that_is_not_of_the_files_in_force_is_refused(columns, journal, tmp_path):
    visits, spans = united(range(5))
    days = keep(journal, tmp_path, "city", visits)
    columns.refresh()
    with pytest.raises(StoreError, match=f"no segment of the visits of {days[0]}.*refresh"):
        contact_index.open_index(columns, LATER)
    contact_index.refresh(columns, LATER)
    before = found(columns, spans)
    keep(journal, tmp_path, "city", [longer(row) for row in visits])
    columns.refresh()
    with pytest.raises(StoreError, match="refresh the index"):
        contact_index.open_index(columns, LATER)
    contact_index.refresh(columns, LATER)
    assert found(columns, spans) != before


def test_a_file_that_is_not_the_one_named_is_refused(columns, journal, tmp_path):
    visits, _ = united(range(3))
    keep(journal, tmp_path, "city", visits)
    columns.refresh()
    sources = columns.visit_sources(LATER).files
    path = sources[0].partition.path
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(IntegrityError, match="not the file its digest was made from"):
        contact_index.build(columns.directory / CONTACTS, sources)


def test_segments_of_another_dictionary_or_cut_short_are_built_anew(columns, journal, tmp_path):
    visits, spans = united(range(10))
    days = keep(journal, tmp_path, "city", visits)
    columns.refresh()
    contact_index.refresh(columns, LATER)
    wanted = cities.ordered(found(columns, spans))
    folder = columns.directory / CONTACTS
    shutil.rmtree(next(folder.glob("people-*")))
    assert contact_index.refresh(columns, LATER) == len(days)
    short = folder / columns.visit_sources(LATER).files[0].digest / "rows.bin"
    os.truncate(short, short.stat().st_size - 1)
    with pytest.raises(StoreError, match="no segment"):
        contact_index.open_index(columns, LATER)
    assert contact_index.refresh(columns, LATER) == 1
    assert cities.ordered(found(columns, spans)) == wanted


def test_the_columns_own_sweep_leaves_the_index_alone(columns, journal, tmp_path):
    visits, spans = united(range(5))
    keep(journal, tmp_path, "city", visits)
    columns.refresh()
    contact_index.refresh(columns, LATER)
    before = found(columns, spans)
    columns.rebuild()
    assert contact_index.refresh(columns, LATER) == 0
    assert found(columns, spans) == before


def test_a_file_in_another_order_is_laid_out_all_the_same(tmp_path, columns, journal):
    visits, spans = united(range(20))
    one = max({row["day"] for row in visits}, key=lambda day: sum(row["day"] == day for row in visits))
    visits = [row for row in visits if row["day"] == one]
    keep(journal, tmp_path, "city", visits)
    columns.refresh()
    path = columns.visit_sources(LATER).files[0].partition.path
    shuffled = pq.ParquetFile(path).read().take(pa.array(range(len(visits) - 1, -1, -1)))
    pq.write_table(shuffled, path)
    named = {"day": one, "source": "city", "file": path.relative_to(tmp_path).as_posix(),
             "digest": partitions.digest(path), "rows": len(visits)}  # fmt: skip
    journal.append(Submission("again", "visit_partition", rows("visit_partition", named), "a"), NIGHT)
    columns.refresh()
    contact_index.refresh(columns, LATER)
    subjects = ibis.memtable(cities.table(spans))
    wanted = exposures(subjects, columns.snapshot(LATER), resolve("3202", "covid-19", NIGHT), 1).to_pyarrow()
    assert told(pa.Table.from_pylist(found(columns, spans), _schema())) == told(wanted)


def _schema():
    kinds = {"begin": pa.timestamp("us"), "end": pa.timestamp("us"), "near": pa.bool_(),
             "evidence": pa.list_(pa.int64())}  # fmt: skip
    names = ("index", "person", "begin", "end", "minutes", "near", "row_gap", "place", "evidence")
    return pa.schema([(name, kinds.get(name, pa.int64())) for name in names])


BUILDER = """
import pickle, sys
from pathlib import Path
from ringfence.columns import contact_files, contact_index
sources, directory = pickle.load(open(sys.argv[1], "rb")), Path(sys.argv[2])
steps, stop = 0, int(sys.argv[3])
import os, signal
sync = os.fsync
def fsync(handle):
    global steps
    steps += 1
    if steps == stop:
        os.kill(os.getpid(), signal.SIGKILL)
    sync(handle)
os.fsync = fsync
contact_index.build(directory, sources)
"""


def test_a_kill_at_any_write_leaves_whole_segments_or_none(columns, journal, tmp_path):
    visits, spans = united(range(10))
    keep(journal, tmp_path, "city", visits)
    columns.refresh()
    sources = columns.visit_sources(LATER).files
    (tmp_path / "sources.pickle").write_bytes(pickle.dumps(sources))
    folder = columns.directory / CONTACTS
    contact_index.refresh(columns, LATER)
    wanted = cities.ordered(found(columns, spans))
    shutil.rmtree(folder)
    for stop in (2, 7, 20, 24):
        command = [sys.executable, "-c", BUILDER, str(tmp_path / "sources.pickle"), str(folder), str(stop)]
        ended = subprocess.run(command, cwd=ROOT, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)})
        if ended.returncode == 0:
            break
        assert ended.returncode == -signal.SIGKILL
        people = contact_people.read(folder)
        for path in folder.glob("[0-9a-f]*"):
            assert contact_files.read(path)["codes"] <= len(people.keys)
    contact_index.refresh(columns, LATER)
    assert cities.ordered(found(columns, spans)) == wanted
    assert not list(folder.glob(".*"))
