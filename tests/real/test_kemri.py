"""Real pools: does every positive pool hold its members, and are the ten without a positive member flagged?

Agoti (2020), KEMRI-Wellcome Trust, doi:10.7910/DVN/I4XUC5, CC BY 4.0: 1,500 people in 250 pools of six,
June 2020; a positive pool has a Ct and so has each positive member. The times here are invented.
"""

import csv
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import ibis
import pytest

from ringfence.engine.holds import holds, pools
from ringfence.engine.tasks import tasks
from ringfence.protocol import Protocol, resolve
from ringfence.tables import Facts
from ringfence.tables.decisions import DECISIONS
from tests.drawing import Names, decided, fact_columns, facts, instant

FILE = Path(__file__).parents[2].parent / "shared" / "data" / "pooled-tests" / "kemri_pool_data.csv"
SWABBED = instant("03-30 09:00")
POOLED = instant("03-30 15:00")
AGAIN = instant("03-30 16:00")
SINGLY = instant("03-30 21:00")

pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"no {FILE.name} beside the repository")


@pytest.fixture(scope="module")
def wuxi() -> Protocol:
    return resolve("3202", "covid-19", SINGLY)


def members() -> dict[str, list[tuple[int, str]]]:
    """For each pool, its members by number, and what the file says of each: a Ct, Negative or nothing."""
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    with FILE.open(newline="") as lines:
        for row in csv.DictReader(lines):
            found[row["poolnumber"]].append((int(row["no"]), row["expand_ct"]))
    return dict(found)


def positive(inside: list[tuple[int, str]]) -> bool:
    """Only the members of a positive pool were tested singly."""
    return all(single for _, single in inside)


def taken_in(inside: dict[str, list[tuple[int, str]]], singles: bool) -> Facts:
    """The pools, and the singles of every positive pool an hour later where wanted, as facts."""
    pooled = [(f"T{pool}", person) for pool, people in inside.items() for person, _ in people]
    again = [
        (f"S{person}", person, "negative" if single == "Negative" else "positive")
        for people in inside.values() if positive(people) for person, single in people if singles
    ]  # fmt: skip
    said = [(f"T{pool}", "positive" if positive(people) else "negative") for pool, people in inside.items()]
    return {**facts(Names(), {}), **{
        "tube": fact_columns(
            "tube",
            tube=[f"T{pool}" for pool in inside] + [tube for tube, _, _ in again],
            pool=[6] * len(inside) + [1] * len(again),
        ),
        "sample": fact_columns(
            "sample",
            tube=[tube for tube, _ in pooled] + [tube for tube, _, _ in again],
            person=[person for _, person in pooled] + [person for _, person, _ in again],
            sampled_at=[SWABBED] * len(pooled) + [AGAIN] * len(again),
        ),
        "result": fact_columns(
            "result",
            tube=[tube for tube, _ in said] + [tube for tube, _, _ in again],
            test=["nat"] * (len(said) + len(again)),
            result=[what for _, what in said] + [what for _, _, what in again],
            reported_at=[POOLED] * len(said) + [SINGLY] * len(again),
        ),
    }}  # fmt: skip


def test_the_file_is_the_one_described() -> None:
    inside = members()
    assert len(inside) == 250
    assert {len(people) for people in inside.values()} == {6}
    assert sum(positive(people) for people in inside.values()) == 75


def test_every_member_of_a_positive_pool_is_held_and_called_back(wuxi: Protocol) -> None:
    inside = members()
    known = taken_in(inside, singles=False)
    as_of = POOLED + timedelta(hours=1)
    held = holds(known, wuxi, as_of)
    rows = held.to_pyarrow().to_pylist()
    expected = {person for people in inside.values() if positive(people) for person, _ in people}
    assert len(expected) == 75 * 6
    assert {row["person"] for row in rows} == expected
    assert {row["state"] for row in rows} == {"held"}
    owed = _tasks(known, wuxi, held)
    assert {row["person"] for row in owed if row["must"] == "single_swab"} == expected


def test_each_hold_ends_as_its_single_says(wuxi: Protocol) -> None:
    inside = members()
    held = holds(taken_in(inside, singles=True), wuxi, SINGLY)
    state = {row["person"]: row["state"] for row in held.to_pyarrow().to_pylist()}
    singles = {person: single for people in inside.values() for person, single in people if single}
    assert state == {
        person: "released" if single == "Negative" else "case" for person, single in singles.items()
    }


def test_the_ten_pools_without_a_positive_member_are_flagged(wuxi: Protocol) -> None:
    inside = members()
    known = taken_in(inside, singles=True)
    held = holds(known, wuxi, SINGLY)
    state = {row["tube"]: row["state"] for row in pools(known, wuxi, held).to_pyarrow().to_pylist()}
    # As published: ten of the 75 did not resolve.
    odd = {
        f"T{pool}" for pool, people in inside.items()
        if positive(people) and all(single == "Negative" for _, single in people)
    }  # fmt: skip
    assert len(odd) == 10
    assert {tube for tube, said in state.items() if said == "unresolved"} == odd
    assert sum(said == "resolved" for said in state.values()) == 65
    assert len(state) == 75
    owed = _tasks(known, wuxi, held)
    assert {row["subject"] for row in owed if row["must"] == "review_pool"} == {f"T:{tube}" for tube in odd}
    assert {row["state"] for row in owed if row["must"] in ("single_swab", "single_result")} == {"done"}


def _tasks(known: Facts, wuxi: Protocol, held: ibis.Table) -> list[dict[str, object]]:
    done = {kind: decided(kind, Names(), table.columns[0].name) for kind, table in DECISIONS.items()}
    done |= {"holds": held, "pools": pools(known, wuxi, held)}
    return tasks(done, known, wuxi, SINGLY).to_pyarrow().to_pylist()
