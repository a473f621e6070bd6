"""Are many visits kept day by day, once, by source, and never read again where that is not needed?"""

import csv
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ringfence.actions import loading
from ringfence.actions.forgetting import Order, forget
from ringfence.actions.loading import LoadOptions, load
from ringfence.actions.store import Settings, create_store, open_store, writing_visits
from ringfence.actions.submitting import FileSummary
from ringfence.errors import InputError
from ringfence.intake import cells

ROOT = Path(__file__).parents[2]
HEADINGS = "person,place,enter,leave,part\n"
Fact = tuple[object, ...]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "BATCH_ROWS", 10)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return made(tmp_path / "store")


def made(folder: Path) -> Path:
    create_store(folder, Settings("3202", "covid-19", "Asia/Shanghai"))
    return folder


def line(number: int, day: int, part: int = 0) -> str:
    return f"P{number % 7 + 1},{number},2022-03-{day} {number % 24:02}:00,2022-03-{day} 23:59,{part}\n"


def written(path: Path, *lines: str) -> Path:
    path.write_text(HEADINGS + "".join(lines), encoding="utf-8")
    return path


def four_days(folder: Path) -> Path:
    return written(folder / "gates.csv", *(line(n, 28 + n % 4) for n in range(96)))


def put(store: Path, file: Path, source: str = "gates", *, replace: bool = False) -> FileSummary:
    with open_store(store) as opened:
        options = LoadOptions(source=source, replace=replace)
        done = load([file], opened, options, store.parent / "rejects.csv")
    assert done.errors == ()
    return done.files[0]


def facts(store: Path) -> list[Fact]:
    """The visits in force: person, place, enter, leave, part."""
    with open_store(store) as opened:
        opened.columns.refresh()
        rows = opened.columns.snapshot(datetime.now(UTC).replace(tzinfo=None))["visit"].to_pyarrow()
    columns = (rows[name].to_pylist() for name in ("person", "place", "enter", "leave", "part"))
    return sorted(zip(*columns, strict=True))


def submissions(store: Path) -> list[tuple[int, str]]:
    with open_store(store) as opened:
        return [(entry.seq, entry.id) for entry in opened.journal.entries(kind="visit_partition")]


def rejected(store: Path) -> list[tuple[str, str]]:
    """Row and kind of each fault listed."""
    with (store.parent / "rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        return [(row[1], row[-1]) for row in list(csv.reader(file))[1:]]


@pytest.mark.parametrize(
    ("call", "number", "before", "unread"),
    [
        ("add", 4, 0, False),  # while the file is read: nothing went in, and it is read again
        ("whole", 1, 0, True),
        ("append", 1, 1, True),
        ("append", 3, 3, True),
        ("kept", 3, 3, True),
        ("append", 4, 4, True),
        ("done", 1, 4, True),
    ],
)
def test_a_load_that_was_killed_goes_on_where_it_was(
    store: Path, tmp_path: Path, call: str, number: int, before: int, unread: bool
) -> None:
    file = four_days(tmp_path)
    arguments = (store, file, "gates", call, str(number))
    child = subprocess.run(
        [sys.executable, "-m", "tests.commands.killed_load", *map(str, arguments)], cwd=ROOT, check=False
    )
    assert child.returncode == -signal.SIGKILL
    first = submissions(store)
    assert len(first) == before
    summary = put(store, file)
    assert (summary.unread, summary.read, summary.refused) == (unread, 96, 0)
    assert summary.accepted == 24 * (4 - before)
    assert summary.repeated == 24 * before
    assert submissions(store)[:before] == first
    other = made(tmp_path / "other")
    put(other, file)
    assert facts(store) == facts(other)
    assert len(facts(store)) == 96
    assert not list(store.glob("loading/*/*.arrow"))


def test_the_same_file_again_is_not_read_and_changes_nothing(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = four_days(tmp_path)
    assert put(store, file).accepted == 96
    before = submissions(store), facts(store)
    monkeypatch.setattr(loading, "make_plan", None)  # no heading is looked at
    again = put(store, file)
    assert (again.read, again.accepted, again.repeated, again.unread) == (96, 0, 96, True)
    assert (submissions(store), facts(store)) == before


def test_a_corrected_day_of_a_source_takes_the_place_of_the_first(store: Path, tmp_path: Path) -> None:
    first = four_days(tmp_path)
    put(store, first)
    put(store, written(tmp_path / "metro.csv", line(500, 28)), "metro")
    before = facts(store)
    corrected = written(tmp_path / "corrected.csv", *(line(n, 28, 3) for n in range(0, 80, 4)))
    summary = put(store, corrected, replace=True)
    assert (summary.accepted, summary.repeated, summary.replaced) == (20, 0, 24)
    kept = [fact for fact in before if fact[1] == 500 or fact[1] % 4]
    now = [fact for fact in facts(store) if fact[1] == 500 or fact[1] % 4]
    assert now == kept
    assert {fact[1] for fact in facts(store) if fact[4] == 3} == set(range(0, 80, 4))
    assert len(facts(store)) == 96 + 1 - 24 + 20
    again = put(store, first, replace=True)  # it was right after all
    assert (again.unread, again.accepted, again.repeated, again.replaced) == (False, 24, 72, 20)
    assert facts(store) == before
    assert put(store, corrected, replace=True).accepted == 20
    assert len(facts(store)) == 96 + 1 - 24 + 20


def test_other_visits_of_a_day_a_source_sent_already_are_refused_and_the_days_named(
    store: Path, tmp_path: Path
) -> None:
    put(store, four_days(tmp_path))
    before = facts(store)
    files = sorted(store.glob("visits/*/*"))
    few = [*(line(n, 28, 3) for n in range(0, 12, 4)), line(700, 27), line(701, 31, 1)]
    late = written(tmp_path / "late.csv", *few)
    with open_store(store) as opened:
        done = load([late], opened, LoadOptions(source="gates"), tmp_path / "rejects.csv")
    said = done.errors[0]
    assert "source gates" in said
    assert "--replace" in said
    assert "2022-03-28: 24 visits there, 3 in this file" in said
    assert "2022-03-31: 24 visits there, 1 in this file" in said
    new = [fact for fact in facts(store) if fact not in before]
    assert [fact[1] for fact in new] == [700], "the day nobody had sent went in"
    assert [path for path in sorted(store.glob("visits/*/*")) if path not in files] == [
        store / "visits/day=2022-03-27/gates.parquet"
    ]
    summary = put(store, late, replace=True)
    assert (summary.unread, summary.accepted, summary.replaced) == (True, 4, 48)
    assert (put(store, late).accepted, put(store, late).repeated) == (0, 5), "the same again changes nothing"


def test_one_process_at_a_time_puts_visits_in_or_deletes_them(store: Path, tmp_path: Path) -> None:
    """A day deleted between the writing of its file and its naming would be named and missing."""
    file = four_days(tmp_path)
    put(store, written(tmp_path / "one.csv", line(800, 28)), "metro")
    now = datetime.now(UTC).replace(tzinfo=None)

    def forget_it() -> None:
        with open_store(store) as opened:
            forget(opened, date(2022, 3, 30), Order("the city's health commission"), now)

    def days() -> set[date]:
        return {(fact[2] + timedelta(hours=8)).date() for fact in facts(store)}

    works = (forget_it, set()), (lambda: put(store, file), {date(2022, 3, 30), date(2022, 3, 31)})
    for work, after in works:
        before = days()
        with open_store(store) as opened, writing_visits(opened):
            waiting = Thread(target=work)
            waiting.start()
            waiting.join(3)
            assert waiting.is_alive()
            assert days() == before
        waiting.join()
        assert days() == after
        with open_store(store) as opened:
            assert [str(fault) for fault in opened.journal.verify(store)] == []


def test_rows_that_repeat_or_contradict_others_far_apart_are_found(store: Path, tmp_path: Path) -> None:
    lines = [line(n, 28 + n % 4) for n in range(40)]
    file = written(
        tmp_path / "gates.csv", *lines, line(5, 29), line(6, 30, 9), "P1,2,yesterday,,\n", line(6, 30, 8)
    )
    summary = put(store, file)
    assert (summary.read, summary.accepted, summary.repeated, summary.refused) == (44, 40, 1, 3)
    assert sorted(rejected(store)) == [("43", "conflicting"), ("44", "not_an_instant"), ("45", "conflicting")]
    assert (6 % 7 + 1, 6, 0) in {(fact[0], fact[1], fact[4]) for fact in facts(store)}
    again = put(store, file)  # something was refused: it is read again, and listed again
    assert (again.unread, again.accepted, again.repeated, again.refused) == (False, 0, 41, 3)
    assert len(rejected(store)) == 3


def test_a_source_is_a_plain_word_and_only_for_visits(store: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="letters, digits"):
        put(store, four_days(tmp_path), "../gates")
    stays = tmp_path / "stays.csv"
    stays.write_text("person,kind,begin\nP1,home,2022-03-28 10:00\n")
    with open_store(store) as opened:
        done = load([stays], opened, LoadOptions(source="gates"), tmp_path / "rejects.csv")
    assert "for visits only" in done.files[0].error


def test_a_dry_run_leaves_no_visits_lying_about(store: Path, tmp_path: Path) -> None:
    options = LoadOptions(source="gates", dry_run=True)
    with open_store(store) as opened:
        summary = load([four_days(tmp_path)], opened, options, tmp_path / "rejects.csv").files[0]
    assert (summary.accepted, summary.submissions) == (96, [])
    assert not (store / "loading").exists()
    assert submissions(store) == []


def test_a_parquet_file_gives_the_facts_of_the_same_rows_in_a_text(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ringfence.intake.reading.BATCH_ROWS", 10)
    rows = [line(n, 28 + n % 4).strip().split(",") for n in range(96)] * 2  # each said twice
    instants = [[datetime.fromisoformat(row[at]) for row in rows] for at in (2, 3)]
    columns = {"person": [row[0] for row in rows], "place": [int(row[1]) for row in rows]}
    columns |= {"enter": instants[0], "leave": instants[1], "part": [int(row[4]) for row in rows]}
    pq.write_table(pa.table(columns), tmp_path / "gates.parquet")
    summary = put(store, tmp_path / "gates.parquet")
    assert (summary.read, summary.accepted, summary.repeated) == (192, 96, 96)
    other = made(tmp_path / "other")
    put(other, four_days(tmp_path))
    assert facts(store) == facts(other)
