"""A further fact may move a decision only one way: research notes 11.5, check 7."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import ibis
import pyarrow as pa
import pytest

from ringfence.engine.cases import cases
from ringfence.engine.contacts import contacts, first_ring
from ringfence.protocol import Protocol, resolve
from ringfence.tables import Facts
from ringfence.tables.decisions import CONTACT_CLASSES, EXPOSURES
from ringfence.tables.facts import MANNERS, PLACE_KINDS
from tests.unit.engine.outbreak import NIGHT, START, drawn_by_lot, told

PAIRS = 80
SEEDS = (1, 2)


WHERE = {
    "Wuxi": ("3202", "covid-19", NIGHT),
    "WHO": ("WORLD", "covid-19", datetime(2022, 9, 1, tzinfo=UTC).replace(tzinfo=None)),
    "United Kingdom": ("GB", "covid-19", datetime(2021, 9, 1, tzinfo=UTC).replace(tzinfo=None)),
    "United States": ("US", "covid-19", datetime(2021, 9, 1, tzinfo=UTC).replace(tzinfo=None)),
    "measles": ("US", "measles", NIGHT),
    "tuberculosis": ("US", "tuberculosis", NIGHT),
    "pertussis": ("US", "pertussis", NIGHT),
    "Ebola": ("WORLD", "ebola", NIGHT),
}
ENDED_BY_DAYS = {
    "WHO": WHERE["WHO"],
    "United Kingdom": WHERE["United Kingdom"],
    "pertussis": ("GB", "pertussis", NIGHT),
    "tuberculosis": WHERE["tuberculosis"],
}


@cache
def rules(area: str, disease: str, at: datetime) -> Protocol:
    return resolve(area, disease, at)


@pytest.fixture(scope="module")
def wuxi() -> Protocol:
    return rules(*WHERE["Wuxi"])


def meeting(chance: Random, person: int) -> dict[str, object]:
    """Anything a meeting may be, but for a tracer's word that it was no contact."""
    begin = START + timedelta(minutes=chance.randint(0, 4000))
    minutes = chance.choice((None, chance.randint(0, 200)))
    maybe = (True, False, None)
    return {
        "ring": 1, "index": 1, "person": person, "begin": begin,
        "end": begin + timedelta(minutes=minutes or 0), "minutes": minutes,
        "setting": chance.choice(("home", *PLACE_KINDS, None)), "near": chance.choice(maybe),
        "relation": chance.choice(("lives_with", "carer", "friend", None, None)),
        "closed": chance.choice(maybe), "row_gap": chance.choice((None, 2, 5)),
        "distance_m": chance.choice((None, 1, 3)), "protected": chance.choice(maybe),
        "investigator": chance.choice((True, None, None)), "evidence": [person],
        "lag_min": chance.choice((0, 0, 0, None, 30, 119)), "manner": chance.choice((None, *MANNERS)),
    }  # fmt: skip


def ranks(met: list[dict[str, object]], protocol: Protocol) -> dict[int, tuple[int, bool]]:
    """Each person's class and whether it is unsure: the less the graver."""
    columns = {c.name: pa.array([row.get(c.name) for row in met], c.arrow) for c in EXPOSURES.columns}
    roots = ibis.memtable(
        pa.table({
            "index": [1], "case": [1], "known_at": pa.array([NIGHT], pa.timestamp("us")),
            "onset": pa.array([date(2022, 3, 20)], pa.date32()),
        })
    )  # fmt: skip
    found = contacts(ibis.memtable(pa.table(columns)), roots, about(), protocol, 1)
    return {row["person"]: graver(row) for row in found.to_pyarrow().to_pylist()}


def graver(row: dict[str, object]) -> tuple[int, bool]:
    return CONTACT_CLASSES.index(row["class"]), row["review"]


@cache
def about() -> Facts:
    """Of every third person how old they are, of others what protects them."""
    chance = Random(0)
    born = [{"person": n, "birth_year": chance.choice((1950, 1990, 2019))} for n in range(2, PAIRS, 3)]
    register = [
        {"person": n, "kind": chance.choice(("vaccine", "infection")), "immune": chance.choice((True, None)),
         "at": START + timedelta(minutes=chance.randint(-2000, 3000))}
        for n in range(2, PAIRS, 2)
    ]  # fmt: skip
    return told({"person": born, "immunity": register})


@pytest.mark.parametrize("where", WHERE)
def test_more_exposure_never_lowers_a_class(where: str) -> None:
    chance, protocol = Random(where), rules(*WHERE[where])
    few = [meeting(chance, person) for person in range(2, PAIRS) for _ in range(chance.randint(1, 3))]
    more = few + [meeting(chance, person) for person in range(2, PAIRS)]
    before, after = ranks(few, protocol), ranks(more, protocol)
    assert all(after[person] <= before[person] for person in before)
    assert after != before


@pytest.mark.parametrize("seed", SEEDS)
def test_more_time_never_lowers_a_class(seed: int, wuxi: Protocol) -> None:
    """Whoever was met until now is not met less gravely later on: a window only opens."""
    facts = told(drawn_by_lot(seed))
    infected = cases(facts, wuxi)
    roots = infected.select("onset", index="person", case="person", known_at="detected_at")
    seen: list[dict[tuple[int, int], tuple[int, bool]]] = []
    for hours in (-110, -80, 0):
        met = first_ring(infected, facts, wuxi, NIGHT + timedelta(hours=hours))
        found = contacts(met, roots, facts, wuxi, 1).to_pyarrow().to_pylist()
        seen.append({(row["index"], row["person"]): graver(row) for row in found})
    assert seen[0] != seen[-1]
    for before, after in pairwise(seen):
        assert all(after[pair] <= before[pair] for pair in before)


def reports(chance: Random, earlier: bool) -> list[dict[str, object]]:
    onset = [date(2022, 3, 10) + timedelta(days=chance.randint(0, 25)) for _ in range(PAIRS)]
    moved = [chance.randint(1, 9) for _ in range(PAIRS)]
    return [
        {"person": n, "reported_at": NIGHT, "symptoms": chance.choice(("yes", "yes", "no", None)),
         "onset": day - timedelta(days=days if earlier else 0), "status": "confirmed"}
        for n, (day, days) in enumerate(zip(onset, moved, strict=True), 1)
    ]  # fmt: skip


def windows(
    rows: list[dict[str, object]], protocol: Protocol
) -> dict[int, tuple[datetime | None, datetime | None]]:
    swabs = [
        {"tube": f"S{n}", "person": n, "sampled_at": START + timedelta(days=n % 4)} for n in range(1, PAIRS)
    ]
    given = {
        "case_report": rows,
        "sample": swabs,
        "tube": [{"tube": row["tube"], "pool": 1} for row in swabs],
        "result": [
            {"tube": row["tube"], "test": "nat", "result": "positive", "reported_at": NIGHT} for row in swabs
        ],
        "stay": [
            {"person": n, "kind": "hospital", "begin": NIGHT - timedelta(days=n % 9)} for n in range(1, 60)
        ],
        "milestone": [
            {"person": n, "kind": kind, "day": date(2022, 3, 15) + timedelta(days=n % 25)}
            for n in range(1, PAIRS)
            for place, kind in enumerate(("cough", "treatment", "recovery"))
            if n % 5 > place
        ],
    }
    found = cases(told(given), protocol).to_pyarrow().to_pylist()
    return {row["person"]: (row["window_from"], row["window_to"]) for row in found}


@pytest.mark.parametrize("seed", SEEDS)
def test_an_earlier_onset_never_shrinks_a_window(seed: int, wuxi: Protocol) -> None:
    before = windows(reports(Random(seed), earlier=False), wuxi)
    after = windows(reports(Random(seed), earlier=True), wuxi)
    assert set(before) == set(after)
    moved = 0
    for person, (begin, end) in before.items():
        if begin is None:
            continue
        earlier, later = after[person]
        assert earlier is not None
        assert earlier <= begin
        # A window that was not empty ends when it did: who was kept apart when does not depend on onset.
        assert end == begin or later == end
        moved += earlier < begin
    assert moved > PAIRS // 3


def days_long(window: tuple[datetime | None, datetime | None], protocol: Protocol) -> int | None:
    """Civil days of a window; None where it has no beginning or no end."""
    local = [at and at.replace(tzinfo=UTC).astimezone(ZoneInfo(protocol.zone)).date() for at in window]
    return None if None in local else (local[1] - local[0]).days


@pytest.mark.parametrize("where", ENDED_BY_DAYS)
def test_an_earlier_onset_never_shrinks_a_window_that_ends_by_days(where: str) -> None:
    protocol = rules(*ENDED_BY_DAYS[where])
    before = windows(reports(Random(where), earlier=False), protocol)
    after = windows(reports(Random(where), earlier=True), protocol)
    assert set(before) == set(after)
    moved = 0
    for person, window in before.items():
        begin, earlier = window[0], after[person][0]
        assert begin is None or (earlier is not None and earlier <= begin)
        length = days_long(window, protocol)
        assert length is None or length <= days_long(after[person], protocol)
        moved += begin is not None and earlier < begin
    assert moved > PAIRS // 5
