"""Are visits past the time they are kept gone for good, from everywhere, and does the rest still verify?"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from ringfence.actions import forgetting
from ringfence.actions.deciding import decide_at
from ringfence.actions.forgetting import Forgotten, Order, forget
from ringfence.actions.loading import LoadOptions, load
from ringfence.actions.store import JOURNAL_URL, Settings, Store, create_store, open_store
from ringfence.columns import contact_index
from ringfence.columns.contact_search import meetings
from ringfence.errors import InputError, IntegrityError
from tests.commands.conftest import loads
from tests.docs.console import Ran, run

GONE = 0x0123456789ABCDEF  # on the 28th only, in files and in single visits
ALONE = 0x0F1E2D3C4B5A6978  # the same, sent one by one only
LEFT = 0x0765432101234567  # on all days
FIRST_KEPT = date(2022, 3, 30)
NOW = datetime(2022, 4, 27, 1)  # noqa: DTZ001 - UTC, the morning of the 27th in Wuxi
HEADINGS = "person,place,enter,leave\n"


def rows(days: range, *people: int, place: int = 7) -> str:
    found = [
        f"P{p},{place},2022-03-{day} 10:00,2022-03-{day} 1{n}:45"
        for day in days
        for n, p in enumerate(people)
    ]
    return HEADINGS + "\n".join(found) + "\n"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return filled(tmp_path)


def filled(tmp_path: Path) -> Path:
    """Visits of four days in files of one source, and others of the same days sent together, one by one."""
    folder = tmp_path / "store"
    create_store(folder, Settings("3202", "covid-19", "Asia/Shanghai", 28), exercise=True)
    (tmp_path / "gates.csv").write_text(
        rows(range(28, 32), LEFT, 12) + rows(range(28, 29), GONE)[len(HEADINGS) :]
    )
    (tmp_path / "codes.csv").write_text(
        rows(range(28, 32), LEFT, 13, place=8) + rows(range(28, 29), GONE, ALONE, place=8)[len(HEADINGS) :]
    )
    with open_store(folder) as opened:
        put(opened, tmp_path / "gates.csv", "gates")
        put(opened, tmp_path / "codes.csv")
        contact_index.refresh(opened.columns, NOW)
    return folder


def put(store: Store, file: Path, source: str = "") -> object:
    done = load([file], store, LoadOptions(source=source, recorded_at=NOW), file.parent / "rejects.csv")
    assert done.errors == ()
    store.columns.refresh()
    return done.files[0]


def ordered(folder: Path, before: date = FIRST_KEPT) -> Forgotten:
    with open_store(folder) as opened:
        return forget(opened, before, Order("the city's health commission", "28 days", NOW), NOW)


def faults(folder: Path) -> list[str]:
    with open_store(folder) as opened:
        return [str(fault) for fault in opened.journal.verify(folder)]


def told(folder: Path) -> list[dict[str, object]]:
    """Every visit in force, as known at the end."""
    with open_store(folder) as opened:
        opened.columns.refresh()
        found = opened.columns.snapshot(NOW)["visit"].to_pyarrow().to_pylist()
    return sorted(found, key=lambda row: row["fact"])


def met(folder: Path) -> list[dict[str, object]]:
    """Everyone the person of all days met from the 28th on."""
    kind = pa.timestamp("us")
    begin = NOW - timedelta(days=40)
    asked = {"index": [LEFT], "begin": pa.array([begin], kind), "end": pa.array([NOW], kind)}
    with open_store(folder) as opened:
        opened.columns.refresh()
        contact_index.refresh(opened.columns, NOW)
        return meetings(contact_index.open_index(opened.columns, NOW), pa.table(asked)).to_pylist()


def written(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, path.read_bytes()


def holders(folder: Path, person: int) -> list[str]:
    """Where a person stands: as eight bytes of any file, in a Parquet column, in a body of the journal."""
    found = [str(path) for path, content in written(folder) if person.to_bytes(8, "little") in content]
    for path in folder.rglob("*.parquet"):
        columns = pq.read_table(path).columns
        if any(pa.types.is_int64(c.type) and pc.any(pc.equal(c, person)).as_py() for c in columns):
            found.append(str(path))
    with open_store(folder) as opened:
        for entry in opened.journal.entries(kind="visit"):
            if person in entry.table()["person"].to_pylist():
                found.append(f"submission {entry.seq}")
    return found


def test_nothing_of_a_day_past_retention_is_left_on_the_disk(store: Path) -> None:
    with open_store(store) as opened:
        decide_at(opened, NOW)
        bodies = [entry.body for entry in opened.journal.entries(kind="visit")]
    files = [path.read_bytes() for path in store.glob("visits/day=2022-03-2*/*.parquet")]
    assert [len(holders(store, person)) > 1 for person in (GONE, ALONE)] == [True, True]
    done = ordered(store)
    # 28th: 2 + 1 in the file, 2 + 2 sent together; 29th: 2 and 2. Two people have no other day.
    assert (done.files, done.submissions, done.visits, done.people) == (2, 1, 11, 1)
    assert [holders(store, person) for person in (GONE, ALONE)] == [[], []]
    assert holders(store, LEFT)
    for body in (*bodies, *files):
        for start in range(0, len(body) - 48, 48):  # the compressed bytes, wherever they were
            piece = body[start : start + 48]
            if len(set(piece)) > 24 and not any(piece in kept for kept in left(store)):
                assert not [path for path, content in written(store) if piece in content]
    assert faults(store) == []


def left(store: Path) -> list[bytes]:
    """What is meant to stay: its bytes may be those of what went, too."""
    with open_store(store) as opened:
        bodies = [entry.body for entry in opened.journal.entries()]
    return [*bodies, *(path.read_bytes() for path in store.rglob("*.parquet"))]


def test_what_stays_is_as_it_was_with_the_numbers_it_had(store: Path) -> None:
    before, pairs = told(store), met(store)
    ordered(store)
    kept = [row for row in before if row["day"] >= FIRST_KEPT]
    assert told(store) == kept
    assert len(kept) == 8
    assert met(store) == [pair for pair in pairs if pair["fact"] in {row["fact"] for row in kept}]
    assert (len(pairs), len(met(store))) == (11, 4)  # a colleague at each place on each day; three more
    with open_store(store) as opened:
        opened.columns.rebuild()
    assert told(store) == kept


def test_a_later_day_takes_more_of_the_same_submission(store: Path) -> None:
    ordered(store, date(2022, 3, 29))
    done = ordered(store, date(2022, 3, 31))
    assert (done.files, done.submissions, done.visits) == (2, 1, 8)
    assert {row["day"] for row in told(store)} == {date(2022, 3, 31)}
    ordered(store, date(2022, 4, 1))
    assert told(store) == []
    assert faults(store) == []
    assert ordered(store, date(2022, 4, 1)).seq is None


def test_a_day_that_is_gone_does_not_come_back(store: Path) -> None:
    ordered(store)
    with open_store(store) as opened:
        for name, source in (("gates", "gates"), ("codes", ""), ("gates", "other")):
            put(opened, store.parent / f"{name}.csv", source)
    assert min(row["day"] for row in told(store)) == FIRST_KEPT
    assert holders(store, GONE) == []
    assert faults(store) == []


@pytest.mark.parametrize(
    "step", ["forget_days", "answers.forget", "contact_index.forget", "partitions.remove"]
)
def test_what_was_interrupted_is_finished_by_doing_it_again(
    store: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    kept = [row for row in told(store) if row["day"] >= FIRST_KEPT]
    with monkeypatch.context() as patched:
        patched.setattr(f"ringfence.actions.forgetting.{step}", stopped)
        with pytest.raises(StoppedError):
            ordered(store)
    assert faults(store), "as long as anything is left, verify says so"
    assert ordered(store).seq is None
    assert holders(store, GONE) == []
    assert faults(store) == []
    assert told(store) == kept


class StoppedError(Exception):
    """As if the machine had stopped."""


def stopped(*_: object) -> None:
    raise StoppedError


def test_a_file_or_body_that_went_without_a_deletion_is_still_a_fault(store: Path) -> None:
    ordered(store)
    next(iter(store.glob("visits/day=2022-03-31/*.parquet"))).unlink()
    assert [fault for fault in faults(store) if "is missing" in fault]
    with open_store(store) as opened:
        entry = next(opened.journal.entries(kind="visit"))
        with pytest.raises(IntegrityError, match="no deletion on record"):
            opened.journal.leave([(entry.seq, entry.body + b"x")])


def test_the_day_and_the_decider_are_asked_for(store: Path, tmp_path: Path) -> None:
    with open_store(store) as opened:
        assert forgetting.first_kept(opened, NOW) == FIRST_KEPT  # the 27th of April, less 28 days
        with pytest.raises(InputError, match="has not come"):
            forget(opened, date(2022, 4, 28), Order("somebody"), NOW)
        with pytest.raises(InputError, match="who decided"):
            forget(opened, FIRST_KEPT, Order(""), NOW)
    create_store(tmp_path / "plain", Settings("3202", "covid-19", "Asia/Shanghai"))
    with open_store(tmp_path / "plain") as opened, pytest.raises(InputError, match="keep_visits_days"):
        forgetting.first_kept(opened, datetime.now(UTC).replace(tzinfo=None))
    with pytest.raises(InputError, match="at least 1"):
        create_store(tmp_path / "never", Settings("3202", "covid-19", "Asia/Shanghai", 0))


def asked(store: Path, *words: str) -> Ran:
    return run("forget", "--store", store, "--authority", "卫健委", "--yes", *words, folder=store.parent)


def test_the_command_deletes_and_says_what(store: Path) -> None:
    said = asked(store, "--before", "2022-03-30")
    assert (said.code, "11 visits deleted: 2 files, rows of 1 submissions" in said.text) == (0, True)
    assert "没有到访记录" in asked(store, "--before", "2022-03-30").text
    wrong = asked(store, "--before", "30 March")
    assert (wrong.code, "2022-03-17" in wrong.err) == (3, True)
    verified = run("verify", "--store", store, folder=store.parent)
    assert verified.code == 0


def test_whoever_deletes_what_courses_rest_on_is_told_of_how_many_people_first(tmp_path: Path) -> None:
    """In the tutorial, until ten: P7 ate with P1, a case: what P7 owes rests on the visits of the 29th; what
    P2 owes, who lives with P1, on the household."""
    ten = datetime(2022, 3, 30, 14)  # noqa: DTZ001 - UTC
    create_store(tmp_path / "ringfence-data", Settings("3299", "covid-19", "Asia/Shanghai"), exercise=True)
    with open_store(tmp_path / "ringfence-data") as opened:
        for files, known in loads(tmp_path):
            if known <= ten:
                load(files, opened, LoadOptions(recorded_at=known), tmp_path / "rejects.csv")

    def owing() -> set[str]:
        owed = run(
            "decide", "--table", "courses", "--as-of", "2022-03-30 22:10", "-f", "csv", folder=tmp_path
        )
        return set(re.findall(r'"(P\d)","(?:close|secondary)"', owed.text))

    words = ("forget", "--authority", "卫健委", "--before", "2022-03-30", "--recorded-at", "2022-03-30 22:10")
    assert {"P2", "P7"} <= owing()
    refused = run(*words, folder=tmp_path)
    assert refused.code == 3
    assert "what 1 people owe now rests on these visits" in refused.err
    assert {"P2", "P7"} <= owing(), "nothing went"
    gone = run(*words, "--yes", folder=tmp_path)
    assert gone.code == 0
    assert "what 1 people owe now rests on these visits" in gone.err
    assert "P2" in owing()
    assert "P7" not in owing()
    again = run(*words, "--yes", folder=tmp_path)
    assert "owe now" not in again.err


def test_a_journal_in_postgresql_forgets_too(
    tmp_path: Path, postgres: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(JOURNAL_URL, postgres())
    folder = filled(tmp_path)
    kept = [row for row in told(folder) if row["day"] >= FIRST_KEPT]
    assert ordered(folder).visits == 11
    assert (told(folder), faults(folder), holders(folder, GONE)) == (kept, [], [])
