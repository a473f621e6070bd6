"""Are the columns what the journal says, as known at any instant, and the same bytes however made?"""

import hashlib
import shutil
from datetime import timedelta

import pyarrow as pa
import pytest

from ringfence.columns import Columns, columns, segments
from ringfence.errors import StoreError
from ringfence.journal import Journal, Submission
from ringfence.tables import fact_number
from ringfence.tables.facts import FACTS, KEEPING
from tests.unit.journal.sent import NIGHT, people, rows, sample

LATER = NIGHT + timedelta(days=1)


@pytest.fixture
def journal(tmp_path):
    with Journal.create(str(tmp_path / "journal.sqlite"), exercise=True) as made:
        yield made


@pytest.fixture
def made(journal, tmp_path):
    with Columns(tmp_path / "columns", journal, tmp_path, limits={"threads": 1}) as opened:
        yield opened


def files(directory):
    paths = [path for path in directory.rglob("*") if path.is_file()]
    return {path.relative_to(directory): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def born(made, as_of=LATER):
    person = made.snapshot(as_of)["person"]
    return {row["person"]: row["birth_year"] for row in person.to_pyarrow().to_pylist()}


def person(name, number, year):
    return Submission(name, "person", people(number, 1, year), "somebody")


def retraction(name, *facts):
    told = [{"fact": fact, "reason": "wrong"} for fact in facts]
    return Submission(name, "retraction", rows("retraction", *told), "somebody")


def test_every_kind_is_there_with_its_columns_even_where_it_is_empty(made):
    made.refresh()
    facts = made.snapshot(LATER)
    assert set(facts) == set(FACTS) - set(KEEPING)
    for kind, table in facts.items():
        declared = [(field.name, field.type) for field in FACTS[kind].schema]
        day = [("day", pa.date32())] if kind == "visit" else []
        added = [("fact", pa.int64()), ("recorded_at", pa.timestamp("us"))]
        found = table.to_pyarrow()
        assert [(field.name, field.type) for field in found.schema] == [*declared, *day, *added]
        assert found.num_rows == 0


def test_a_full_kind_has_the_same_schema_as_an_empty_one(made, journal):
    made.refresh()
    empty = made.snapshot(LATER)["sample"].to_pyarrow().schema
    journal.append(sample(1), NIGHT)
    made.refresh()
    assert made.snapshot(LATER)["sample"].to_pyarrow().schema == empty


def test_a_fact_has_its_number_and_the_instant_it_was_recorded(made, journal):
    journal.append_all([sample(1, 11), sample(2, 12, 13)], NIGHT)
    made.refresh()
    found = made.snapshot(NIGHT)["sample"].order_by("fact").to_pyarrow().to_pylist()
    numbers = [fact_number(1, 0), fact_number(2, 0), fact_number(2, 1)]
    assert [(row["person"], row["fact"]) for row in found] == list(zip([11, 12, 13], numbers, strict=True))
    assert {row["recorded_at"] for row in found} == {NIGHT}


def test_nothing_is_known_before_it_was_recorded(made, journal):
    journal.append(person("a", 1, 1980), NIGHT)
    journal.append(person("b", 1, 1981), NIGHT + timedelta(minutes=5))
    made.refresh()
    assert born(made, NIGHT - timedelta(microseconds=1)) == {}
    assert born(made, NIGHT) == {1: 1980}
    assert born(made, NIGHT + timedelta(minutes=5)) == {1: 1981}


def test_the_later_row_of_one_submission_supersedes(made, journal):
    twice = pa.concat_tables([people(1, 1, 1980), people(1, 1, 1981)])
    journal.append(Submission("a", "person", twice, "somebody"), NIGHT)
    made.refresh()
    assert born(made) == {1: 1981}


def test_a_retraction_of_a_correction_brings_back_the_first(made, journal):
    journal.append_all([person("a", 1, 1980), person("b", 2, 1970)], NIGHT)
    correction = journal.append(person("c", 1, 1999), NIGHT + timedelta(hours=1))
    journal.append(retraction("r", fact_number(correction.seq, 0)), NIGHT + timedelta(hours=2))
    made.refresh()
    assert born(made, NIGHT + timedelta(hours=1)) == {1: 1999, 2: 1970}
    assert born(made) == {1: 1980, 2: 1970}


def test_a_retraction_withdrawn_withdraws_nothing(made, journal):
    journal.append(person("a", 1, 1980), NIGHT)
    first = journal.append(retraction("r", fact_number(1, 0)), NIGHT)
    made.refresh()
    assert born(made) == {}
    journal.append(retraction("rr", fact_number(first.seq, 0)), NIGHT)
    made.refresh()
    assert born(made) == {1: 1980}


def test_a_retraction_of_what_is_not_yet_said_withdraws_nothing(made, journal):
    journal.append(retraction("r", fact_number(2, 0)), NIGHT)
    journal.append(person("a", 1, 1980), NIGHT)
    made.refresh()
    assert born(made) == {1: 1980}


def grown(journal, made, each):
    """Refresh after every `each` submissions; people come again, so keys repeat across segments."""
    for number in range(30):
        journal.append(
            Submission(f"p{number}", "person", people(number * 7 % 50, 10, 1950 + number), "a"), NIGHT
        )
        journal.append(sample(number), NIGHT)
        if number % each == each - 1:
            made.refresh()
    made.refresh()


def test_a_rebuild_gives_the_same_bytes_as_any_number_of_refreshes(made, journal, tmp_path, monkeypatch):
    monkeypatch.setattr(segments, "SEGMENT_ROWS", 64)
    grown(journal, made, each=1)
    before, answers = files(made.directory), made.snapshot(LATER)["person"].order_by("fact").to_pyarrow()
    assert (
        len([path for path in before if path.parent.name == "person"]) == 6
    )  # 5 of 70 rows or fewer, repeats
    assert made.rebuild() == 330
    assert files(made.directory) == before
    made.close()
    shutil.rmtree(made.directory)
    with Columns(tmp_path / "columns", journal, tmp_path) as again:
        again.refresh()
        assert files(again.directory) == before
        assert again.snapshot(LATER)["person"].order_by("fact").to_pyarrow().equals(answers)


def test_a_refresh_says_what_it_added_and_nothing_where_nothing_is_new(made, journal):
    journal.append_all([sample(1, 1, 2), sample(2)], NIGHT)
    told = []
    assert made.refresh(lambda done, total: told.append((done, total))) == 3
    assert told[-1] == (2, 2)
    before = {path: path.stat().st_mtime_ns for path in made.directory.rglob("*")}
    assert made.refresh() == 0
    assert {path: path.stat().st_mtime_ns for path in made.directory.rglob("*")} == before


def test_a_snapshot_stays_as_it_was_while_its_segment_is_rewritten(made, journal):
    journal.append(person("a", 1, 1980), NIGHT)
    made.refresh()
    before = made.snapshot(LATER)["person"]
    journal.append_all([person("b", 1, 1981), person("c", 2, 1990)], NIGHT)
    made.refresh()
    assert [row["birth_year"] for row in before.to_pyarrow().to_pylist()] == [1980]
    assert born(made) == {1: 1981, 2: 1990}


def test_keys_are_compared_only_where_one_comes_twice(made, journal):
    """Where every key is distinct the plan has neither a window nor a join: a scan and no more."""
    journal.append(Submission("a", "person", people(1, 100), "somebody"), NIGHT)
    made.refresh()
    assert not {"WINDOW", "JOIN"} & plan(made, made.snapshot(LATER)["person"])
    journal.append(person("b", 1, 1999), NIGHT)
    made.refresh()
    assert plan(made, made.snapshot(LATER)["person"]) & {"WINDOW", "JOIN"}


def plan(made, table):
    text = made._ibis.con.execute(f"EXPLAIN {table.compile()}").fetchall()[0][1]
    return {word for word in ("WINDOW", "JOIN") if word in text.upper()}


@pytest.mark.parametrize("what", ["file gone", "manifest torn", "another journal", "another zone"])
def test_columns_that_are_not_this_journals_are_made_again(made, journal, tmp_path, what):
    journal.append_all([sample(1), person("a", 1, 1980)], NIGHT)
    made.refresh()
    before = files(made.directory)
    store, zone = tmp_path, "Asia/Shanghai"
    if what == "file gone":
        (made.directory / "sample" / "00000.parquet").unlink()
    elif what == "manifest torn":
        (made.directory / "manifest.json").write_text('{"version": 1, "kinds": ')
    elif what == "another zone":
        zone = "Europe/Madrid"
    if what == "another journal":
        with (
            Journal.create(str(tmp_path / "other.sqlite")) as other,
            Columns(made.directory, other, store) as others,
        ):
            assert others.refresh() == 0
            assert others.snapshot(LATER)["sample"].count().to_pyarrow().as_py() == 0
        assert not (made.directory / "sample").exists()
    with Columns(made.directory, journal, store, zone) as again:
        assert again.refresh() == 2
    if what != "another zone":
        assert files(made.directory) == before


def test_a_snapshot_before_any_refresh_is_refused(made):
    with pytest.raises(StoreError, match="refresh first"):
        made.snapshot(LATER)


def test_only_the_last_snapshots_are_kept_open(made, journal, monkeypatch):
    monkeypatch.setattr(columns, "_SNAPSHOTS", 2)
    for number in range(4):
        journal.append(sample(number), NIGHT + timedelta(minutes=number))
    made.refresh()
    kept = [made.snapshot(NIGHT + timedelta(minutes=number))["sample"] for number in range(4)]
    assert made.snapshot(NIGHT + timedelta(minutes=3))["sample"] is kept[3]
    assert [table.count().to_pyarrow().as_py() for table in kept[2:]] == [3, 4]
    spaces = made._ibis.con.execute(
        "SELECT count(*) FROM duckdb_schemas() WHERE schema_name LIKE 'snapshot%'"
    )
    assert spaces.fetchall() == [(2,)]


def test_limits_are_duckdbs(journal, tmp_path):
    with Columns(tmp_path / "c", journal, tmp_path, limits={"threads": 1, "memory_limit": "1GiB"}) as made:
        found = made._ibis.con.execute("SELECT current_setting('threads'), current_setting('memory_limit')")
        assert found.fetchall() == [(1, "1.0 GiB")]
