"""Which civil day is it? Worked out from a table of offsets; Python's own time zones are the oracle."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringfence.engine.days import day_of, later, start_of, when
from ringfence.protocol.instants import parse_instant
from ringfence.protocol.read import offsets
from tests.drawing import instant

AROUND = datetime(2022, 3, 30, tzinfo=UTC).replace(tzinfo=None)
ZONES = ("Asia/Shanghai", "America/New_York", "Australia/Lord_Howe")
CHANGES = {
    # Clock changes of 2021 and 2022, in UTC: New York at 07:00 and 06:00, Lord Howe by half an hour.
    "America/New_York": ((2022, 3, 13, 7), (2022, 11, 6, 6), (2021, 3, 14, 7)),
    "Australia/Lord_Howe": ((2022, 4, 2, 15), (2022, 10, 1, 15)),
    "Asia/Shanghai": ((2022, 3, 13, 16),),
}
NEAR = timedelta(days=2)


def near_a_change(zone: str) -> st.SearchStrategy[datetime]:
    """Instants within two days of a clock change, naive UTC, and any of the years around."""
    around = [datetime(*change) for change in CHANGES[zone]]  # noqa: DTZ001 - instants are naive UTC
    close = st.sampled_from(around).flatmap(lambda change: st.datetimes(change - NEAR, change + NEAR))
    return close | st.datetimes(AROUND - timedelta(days=900), AROUND + timedelta(days=600))


@pytest.mark.parametrize("zone", ZONES)
def test_days_are_those_of_the_zone(zone: str) -> None:
    info, table = ZoneInfo(zone), offsets(zone, AROUND)

    @settings(max_examples=10, deadline=None)
    @given(st.lists(near_a_change(zone), min_size=20, max_size=60))
    def agree(instants: list[datetime]) -> None:
        known = ibis.memtable(
            pa.table({"at": pa.array(instants, pa.timestamp("us")), "n": range(len(instants))})
        )
        day = day_of(known["at"], table)
        said = known.select("n", day=day, start=start_of(day, table)).order_by("n").to_pyarrow()
        for at, found, start in zip(
            instants, said["day"].to_pylist(), said["start"].to_pylist(), strict=True
        ):
            local = at.replace(tzinfo=UTC).astimezone(info)
            assert found == local.date()
            midnight = datetime.combine(local.date(), datetime.min.time(), info)
            assert start == midnight.astimezone(UTC).replace(tzinfo=None)

    agree()


def test_the_offsets_change_to_the_second() -> None:
    table = offsets("Australia/Lord_Howe", AROUND, years=1)
    assert (datetime(2022, 4, 2, 15), 37_800) in table  # noqa: DTZ001 - instants are naive UTC
    assert (datetime(2022, 10, 1, 15, 30), 39_600) in table  # noqa: DTZ001 - instants are naive UTC
    assert [seconds for _, seconds in offsets("Asia/Shanghai", AROUND)] == [28_800]


INSTANTS = {
    "onset": "03-30 00:00",
    "onset - 4d": "03-26 00:00",
    "swab": "03-30 14:20",
    "swab - 2d": "03-28 00:00",  # days are civil: the start of the day two before
    "swab - 48h": "03-28 14:20",  # hours are elapsed
    "swab + 1h": "03-30 15:20",
    "earliest(onset, swab) - 1d": "03-29 00:00",
    "latest(onset, swab)": "03-30 14:20",
    "earliest(never, swab)": "03-30 14:20",
    "latest(never, onset)": "03-30 00:00",
    "onset - 1w": "03-23 00:00",
    "swab - 3w": "03-09 00:00",
    "onset - 1mo": "02-28 00:00",  # February has no 30th: its last day
    "onset + 1mo": "04-30 00:00",
    "swab - 3mo": "2021-12-30 00:00",
    "onset - 25mo": "2020-02-29 00:00",
    "latest(onset + 3d, swab + 60h)": "04-02 02:20",
    "latest(onset + 3d, swab + 2d)": "04-02 00:00",
    "earliest(onset + 3d, swab + 2d)": "04-01 00:00",
    "latest(onset + 10d, never + 3d)": "04-09 00:00",
    "earliest(never - 1mo, swab)": "03-30 14:20",
    "never - 2d": None,
}


MONTHS = {
    ("2022-01-31", 1): "2022-02-28",
    ("2024-01-31", 1): "2024-02-29",
    ("2022-05-31", -3): "2022-02-28",
    ("2022-03-31", -1): "2022-02-28",
    ("2022-12-15", 1): "2023-01-15",
    ("2022-01-15", -1): "2021-12-15",
    ("2022-08-31", 13): "2023-09-30",
}


def test_a_month_from_a_day_its_month_does_not_have() -> None:
    known = ibis.memtable(
        pa.table({"n": list(range(len(MONTHS))), "day": [date.fromisoformat(day) for day, _ in MONTHS]})
    )
    for n, ((_, months), expected) in enumerate(MONTHS.items()):
        moved = known.filter(known.n == n).select(day=later(known.day, months, "mo"))
        assert moved.to_pyarrow()["day"].to_pylist() == [date.fromisoformat(expected)]


@pytest.mark.parametrize("text", INSTANTS)
def test_what_an_expression_stands_for(text: str) -> None:
    known = ibis.memtable(pa.table({
        "swab": pa.array([instant("03-30 14:20")], pa.timestamp("us")),
        "never": pa.array([None], pa.timestamp("us")),
        "onset": pa.array([date(2022, 3, 30)], pa.date32()),
    }))  # fmt: skip
    anchors = {"swab": known.swab, "never": known.never}
    expression = parse_instant(text, ("onset", "swab", "never"))
    found = when(expression, anchors, {"onset": known.onset}, offsets("Asia/Shanghai", AROUND))
    expected = INSTANTS[text]
    assert known.select(found=found).to_pyarrow()["found"].to_pylist() == [expected and instant(expected)]
