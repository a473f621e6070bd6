"""Are typed columns read at once exactly as they would be read cell by cell?"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ringfence.intake.area_codes import KnownAreas
from ringfence.intake.cells import Batch
from ringfence.intake.checking import Checked, Checker
from ringfence.intake.headings import make_plan
from ringfence.intake.mapping import FileMapping
from ringfence.intake.plain_visits import plain_visits
from ringfence.intake.reading import by_cell, open_source
from ringfence.intake.times import Clock
from ringfence.intake.values import Context
from ringfence.intake.words import words_for
from ringfence.tables.facts import VISIT

ENTER = datetime(2022, 3, 30, 12)  # noqa: DTZ001 - a reading of the file's clock


def checked(batch: Batch, names: Iterable[str], zone: str) -> Checked:
    plan = make_plan("visits.parquet", [0], [list(names)], FileMapping(), "visit")
    context = Context(VISIT, Clock(zone), words_for(VISIT, {}), KnownAreas(frozenset(), {}))
    return Checker("visits.parquet", plan, context, pseudonyms).check(batch)


def pseudonyms(kind: str, said: Sequence[str]) -> list[int]:
    return [len(text) for text in said]


def batch_of(**columns: pa.Array) -> Batch:
    records = pa.RecordBatch.from_pydict(columns)
    return Batch(list(range(1, records.num_rows + 1)), columns=records)


def places_of(batch: Batch) -> dict[str, int]:
    assert batch.columns is not None
    return {name: at for at, name in enumerate(batch.columns.schema.names)}


INSTANTS = st.one_of(
    st.datetimes(datetime(1970, 1, 1), datetime(2110, 1, 1)),  # noqa: DTZ001
    st.datetimes(datetime(2022, 3, 26), datetime(2022, 3, 28)),  # noqa: DTZ001 - Berlin's clocks change
)
KINDS = st.sampled_from(
    [pa.timestamp("us"), pa.timestamp("s"), pa.timestamp("us", "UTC"), pa.timestamp("ms", "Asia/Tokyo")]
)
PERSONS = st.sampled_from(
    ["P1", "p12", "P9223372036854775807", "P9223372036854775808", "P007", "P0", "甲", "", None]
)
NUMBERS = st.sampled_from([0, 1, 7, 2**31, 2**40 - 1, 2**40, -1, None])


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    """Batches of which most are plain, and some have one thing or another that is not."""
    size = draw(st.integers(1, 4))

    def some(strategy: st.SearchStrategy[object], usual: object) -> list[object]:
        return [draw(strategy) if draw(st.integers(0, 9)) == 0 else usual for _ in range(size)]

    enter = [at.replace(microsecond=0) for at in draw(st.lists(INSTANTS, min_size=size, max_size=size))]
    stay = draw(st.lists(st.sampled_from([None, 0, 1, 90, 2000]), min_size=size, max_size=size))
    leave = [None if n is None else at + timedelta(minutes=n) for at, n in zip(enter, stay, strict=True)]
    if draw(st.integers(0, 9)) == 0:
        leave[0] = enter[0] - timedelta(minutes=1)
    kind = draw(KINDS)
    person = pa.array(some(PERSONS, "P5"), pa.string())
    columns = {
        "person": draw(st.sampled_from([person, person.dictionary_encode(), person.cast(pa.large_string())])),
        "place": pa.array(some(NUMBERS, 3), pa.int64()),
        "enter": pa.array(enter, kind),
        "leave": pa.array(leave, kind),
        "part": pa.array(some(NUMBERS, 4), pa.int64()),
    }
    if draw(st.booleans()):
        columns["seat_row"] = pa.nulls(size)
    return batch_of(**columns)


@given(batches(), st.sampled_from(["Asia/Shanghai", "Europe/Berlin"]))
def test_whole_columns_say_what_their_cells_say(batch: Batch, zone: str) -> None:
    names = places_of(batch)
    at_once, slow = checked(batch, names, zone), checked(by_cell(batch), names, zone)
    # The same visit twice is found when the day is kept, not here.
    assume(not slow.repeated and all(reject.fault.kind != "conflicting" for reject in slow.rejects))
    assert at_once.rows.equals(slow.rows)
    assert (at_once.numbers, at_once.rejects, at_once.read) == (slow.numbers, slow.rejects, slow.read)


def test_plain_columns_are_read_at_once_in_the_files_zone() -> None:
    batch = batch_of(
        person=pa.array(["P5", "P6"]),
        place=pa.array([1, 2], pa.int32()),
        enter=pa.array([ENTER, ENTER]),
        leave=pa.array([None, ENTER + timedelta(minutes=5)]),
    )
    assert batch.columns is not None
    found = plain_visits(batch.columns, places_of(batch), Clock("Asia/Shanghai"))
    assert found is not None
    assert found.to_pylist()[1] == {
        "person": 6, "place": 2, "enter": ENTER - timedelta(hours=8),
        "leave": ENTER - timedelta(hours=8, minutes=-5), "part": None, "seat_row": None,
    }  # fmt: skip
    marked = pa.array([ENTER.replace(tzinfo=ZoneInfo("Asia/Tokyo"))] * 2)
    there = batch.columns.set_column(2, "enter", marked).set_column(3, "leave", pa.nulls(2))
    found = plain_visits(there, places_of(batch), Clock("Asia/Shanghai"))
    assert found is not None
    assert found["enter"].to_pylist() == [ENTER - timedelta(hours=9)] * 2


@pytest.mark.parametrize("change", ["person", "person.name", "hour_twice"])
def test_what_is_not_plain_is_left_to_the_cells(change: str) -> None:
    people = {"person": ["P5", "本地7"]}.get(change, ["P5", "P6"])
    at = datetime(2022, 10, 30, 2, 30) if change == "hour_twice" else ENTER  # noqa: DTZ001
    batch = batch_of(person=pa.array(people), place=pa.array([1, 2]), enter=pa.array([at, at]))
    places = places_of(batch) | ({"person.name": 1} if change == "person.name" else {})
    assert batch.columns is not None
    assert plain_visits(batch.columns, places, Clock("Europe/Berlin")) is None


def test_only_files_of_many_rows_come_as_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = pa.table({"person": ["P5", "P6", "P7"], "place": [1, 2, 3], "enter": [ENTER] * 3})
    pq.write_table(table, tmp_path / "v.parquet")
    few = list(open_source(tmp_path / "v.parquet").batches)
    assert [(batch.columns is None, len(batch.rows)) for batch in few] == [(True, 1), (True, 3)]
    monkeypatch.setattr("ringfence.intake.reading.BATCH_ROWS", 2)
    many = list(open_source(tmp_path / "v.parquet").batches)
    assert [(batch.columns is None, batch.numbers) for batch in many] == [
        (True, [0]),
        (False, [1, 2]),
        (False, [3]),
    ]
