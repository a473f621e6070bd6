"""What must hold of every decision, whatever the facts: reasons, ends, order, and time going on."""

import json
from datetime import timedelta
from functools import cache
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ringfence.engine import Decisions, decide
from ringfence.protocol import Protocol, resolve
from ringfence.tables.decisions import DECISIONS
from tests.unit.engine.outbreak import NIGHT, drawn_by_lot, told

SEEDS = (1, 2)


@cache
def wuxi() -> Protocol:
    return resolve("3202", "covid-19", NIGHT)


@cache
def decided(seed: int) -> Decisions:
    return decide(told(drawn_by_lot(seed)), wuxi(), NIGHT)


def as_bytes(decisions: Decisions) -> dict[str, bytes]:
    """Each table as it would be kept: a file of Parquet."""
    found: dict[str, bytes] = {}
    for name, table in decisions.items():
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink)
        found[name] = sink.getvalue().to_pybytes()
    return found


def test_the_outbreaks_decide_something_of_every_kind() -> None:
    # The rules of that night follow nobody up at liberty, and test nobody again and again for their work.
    for name in set(DECISIONS) - {"course_visits", "cadences"}:
        assert any(decided(seed)[name].num_rows for seed in SEEDS), name


@pytest.mark.parametrize("seed", SEEDS)
def test_every_table_is_as_declared(seed: int) -> None:
    assert set(decided(seed)) == set(DECISIONS)
    for name, table in decided(seed).items():
        declared = DECISIONS[name]
        assert [(f.name, f.type) for f in table.schema] == [(f.name, f.type) for f in declared.schema], name
        for column in declared.columns:
            values = table[column.name].to_pylist()
            assert not (column.needed and None in values), (name, column.name)
            assert not column.choices or {v for v in values if v is not None} <= set(column.choices)
        keys = list(zip(*(table[key].to_pylist() for key in declared.key), strict=True))
        if name != "exposures":  # two sources may tell of one meeting
            assert len(keys) == len(set(keys)), name


@pytest.mark.parametrize("seed", SEEDS)
def test_every_row_says_why(seed: int) -> None:
    rows = drawn_by_lot(seed)
    known = {fact for table in told(rows).values() for fact in table.to_pyarrow()["fact"].to_pylist()}
    rules = {rule.id: rule for rule in wuxi().every_rule}
    for name, table in decided(seed).items():
        for row in table.to_pylist():
            assert row["evidence"], (name, row)
            assert set(row["evidence"]) <= known, (name, row)
            if "rule" not in row:
                continue
            assert isinstance(json.loads(row["values"]), dict)
            if row["rule"] != "round":  # a round is a fact and rules itself
                rule = rules[row["rule"]]
                assert (row["edition"], row["grade"]) == (rule.edition, rule.grade)


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_is_held_without_an_end(seed: int) -> None:
    for row in decided(seed)["holds"].to_pylist():
        assert row["begin"] < row["until"] <= row["begin"] + timedelta(hours=24)
        assert row["ended_at"] is None or row["begin"] <= row["ended_at"] <= row["until"]
        assert (row["ended_at"] is None) <= (row["until"] > NIGHT)
    for row in decided(seed)["courses"].to_pylist():
        assert row["begin_day"] <= row["until_day"]


@pytest.mark.parametrize("seed", SEEDS)
def test_cases_owe_no_course_and_only_sure_contacts_do(seed: int) -> None:
    found = decided(seed)
    owing = set(found["courses"]["person"].to_pylist())
    sure = {
        row["person"]
        for row in found["contacts"].to_pylist()
        if not row["review"] and row["class"] in ("close", "secondary")
    }
    assert owing == sure - set(found["cases"]["person"].to_pylist())


@pytest.mark.parametrize("seed", SEEDS)
def test_order_and_repetition_change_nothing(seed: int) -> None:
    shuffled = decide(told(drawn_by_lot(seed), Random(seed + 100)), wuxi(), NIGHT)
    assert as_bytes(shuffled) == as_bytes(decided(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_time_going_on_undoes_nothing(seed: int) -> None:
    for later in (timedelta(hours=5), timedelta(days=9)):
        after = decide(told(drawn_by_lot(seed)), wuxi(), NIGHT + later)
        for name, key in (("clocks", ("clock", "subject")), ("tasks", ("task",))):
            done = {
                tuple(row[column] for column in key): row["done_at"]
                for row in decided(seed)[name].to_pylist()
                if row["done_at"] is not None
            }
            still = {tuple(row[column] for column in key): row["done_at"] for row in after[name].to_pylist()}
            assert done
            assert {which: still.get(which) for which in done} == done


def test_nothing_known_nothing_decided() -> None:
    found = decide(told({}), wuxi(), NIGHT)
    assert {name: table.num_rows for name, table in found.items()} == dict.fromkeys(DECISIONS, 0)
    assert all(found[name].schema.names == DECISIONS[name].schema.names for name in DECISIONS)


def test_each_step_is_told_as_it_is_worked_out() -> None:
    seen: list[str] = []
    decide(told({}), wuxi(), NIGHT, seen.append)
    assert sorted(seen) == sorted(DECISIONS)


def test_an_edition_may_do_without_a_second_ring_zones_and_clocks() -> None:
    who = resolve("FR", "who", NIGHT, (Path(__file__).parents[2] / "editions",))
    found = decide(told(drawn_by_lot(1)), who, NIGHT)
    without = {name for name, table in found.items() if not table.num_rows}
    assert {"courses", "course_tests", "course_visits", "zones", "zone_steps", "clocks"} <= without
    assert set(found["contacts"]["ring"].to_pylist()) == {1}
