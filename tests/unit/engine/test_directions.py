"""A further fact may move a decision only one way: research notes 11.5, check 7."""

from datetime import date, datetime, timedelta
from random import Random

import ibis
import pyarrow as pa
import pytest

from ringfence.engine.cases import cases
from ringfence.engine.contacts import CLASSES, contacts
from ringfence.protocol import Protocol, resolve
from ringfence.tables.decisions import EXPOSURES
from ringfence.tables.facts import PLACE_KINDS
from tests.unit.engine.outbreak import NIGHT, START, told

PAIRS = 80
SEEDS = (1, 2)


@pytest.fixture(scope="module")
def wuxi() -> Protocol:
    return resolve("3202", "covid-19", NIGHT)


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
    }  # fmt: skip


def ranks(met: list[dict[str, object]], wuxi: Protocol) -> dict[int, tuple[int, bool]]:
    """Each person's class and whether it is unsure: the less the graver."""
    columns = {c.name: pa.array([row.get(c.name) for row in met], c.arrow) for c in EXPOSURES.columns}
    roots = ibis.memtable(
        pa.table({"index": [1], "case": [1], "known_at": pa.array([NIGHT], pa.timestamp("us"))})
    )
    found = contacts(ibis.memtable(pa.table(columns)), roots, told({}), wuxi, 1).to_pyarrow().to_pylist()
    return {row["person"]: (CLASSES.index(row["class"]), row["review"]) for row in found}


@pytest.mark.parametrize("seed", SEEDS)
def test_more_exposure_never_lowers_a_class(seed: int, wuxi: Protocol) -> None:
    chance = Random(seed)
    few = [meeting(chance, person) for person in range(2, PAIRS) for _ in range(chance.randint(1, 3))]
    more = few + [meeting(chance, person) for person in range(2, PAIRS)]
    before, after = ranks(few, wuxi), ranks(more, wuxi)
    assert all(after[person] <= before[person] for person in before)
    assert after != before


def reports(chance: Random, earlier: bool) -> list[dict[str, object]]:
    onset = [date(2022, 3, 10) + timedelta(days=chance.randint(0, 25)) for _ in range(PAIRS)]
    moved = [chance.randint(1, 9) for _ in range(PAIRS)]
    return [
        {"person": n, "reported_at": NIGHT, "symptoms": chance.choice(("yes", "yes", "no", None)),
         "onset": day - timedelta(days=days if earlier else 0), "status": "confirmed"}
        for n, (day, days) in enumerate(zip(onset, moved, strict=True), 1)
    ]  # fmt: skip


def windows(
    rows: list[dict[str, object]], wuxi: Protocol
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
    }
    found = cases(told(given), wuxi).to_pyarrow().to_pylist()
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
