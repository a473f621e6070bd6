"""What does a round need by the editions' sizes and ratios, and who was missed before?"""

import ibis
import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ringfence.engine.rounds import missed_before, needs
from ringfence.protocol import Protocol
from ringfence.tables.decisions import COVERAGE

TOWN = "320211001"
DOOR = f"{TOWN}006-01-002-1"


def people(*groups: tuple[int, str, str, int, str | None, str]) -> pa.Table:
    """So many people who stand in one status at one door, with the size of their tube and its rule."""
    rows = [
        {"status": status, "area": area, "pool": pool, "per": per, "pool_rule": rule}
        for count, status, area, pool, per, rule in groups
        for _ in range(count)
    ]
    rows = [{**row, "round": "R1", "person": number, "evidence": []} for number, row in enumerate(rows)]
    return pa.Table.from_pylist(rows, schema=COVERAGE.schema)


def needed(wuxi: Protocol, *groups: tuple[int, str, str, int, str | None, str]) -> dict[str, tuple[int, ...]]:
    found = needs(ibis.memtable(people(*groups)), (wuxi,), "town").to_pyarrow().to_pylist()
    assert {row["area"] for row in found} == {TOWN}
    return {row["need"]: (row["people"], row["least"], row["most"]) for row in found}


def test_tubes_are_filled_from_the_area_or_from_one_household(wuxi: Protocol) -> None:
    first, second = (row.rule.id for row in wuxi.pools[:2])
    found = needed(
        wuxi,
        (45, "missing", f"{DOOR}-0101", 10, None, first),
        # Three in one household and twelve in another, ten to a tube, none shared with neighbours.
        (3, "missing", f"{DOOR}-0201", 10, "household", second),
        (12, "sampled", f"{DOOR}-0202", 10, "household", second),
        # Whoever is not to be sampled needs no tube.
        (70, "away", f"{DOOR}-0301", 10, None, first),
    )  # fmt: skip
    assert found[first] == (45, 5, 5)
    assert found[second] == (15, 3, 3)


def test_points_tables_and_samplers_follow_from_the_people(wuxi: Protocol) -> None:
    found = needed(wuxi, (6001, "missing", TOWN, 10, None, wuxi.pools[0].rule.id))
    # A point for 2,000 to 3,000 people, a table for 600 to 800, a sampler for 360 (third testing guide).
    ratios = {row.rule.id: found[row.rule.id][1:] for row in wuxi.ratios}
    assert ratios == {"ratio-points": (3, 4), "ratio-tables": (8, 11), "ratio-samplers": (17, 17)}


MISSING, DONE, NOT_THERE = "missing", "sampled", None


@given(st.lists(st.lists(st.sampled_from([MISSING, DONE, NOT_THERE]), min_size=4, max_size=4), max_size=6))
def test_missed_before_is_a_plain_count_back_to_the_last_swab(rounds: list[list[str | None]]) -> None:
    def plain(person: int) -> int:
        concerned = [row[person] for row in rounds if row[person] is not NOT_THERE]
        return concerned.index(DONE) if DONE in concerned else len(concerned)

    tables = [
        pa.table(
            {
                "person": pa.array([n for n, said in enumerate(row) if said], pa.int64()),
                "status": pa.array([said for said in row if said], pa.string()),
            }
        )
        for row in rounds
    ]
    found = missed_before(np.arange(4, dtype=np.int64), tables)
    assert found.tolist() == [plain(person) for person in range(4)]
