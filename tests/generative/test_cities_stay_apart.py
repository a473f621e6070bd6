"""Does the order of the facts, or what else is in the store, change anything that is decided?"""

import json
from random import Random

import pytest

from ringfence.engine import Decisions, decide
from ringfence.tables.decisions import DECISIONS
from tests.generative.cities import tables, united
from tests.generative.comparing import city_of
from tests.generative.rule_sets import FIRST, MIXED, RULES, made

pytestmark = pytest.mark.no_cover  # the specs cover the engine; tracing it here as well doubles the time


def written(decided: Decisions) -> dict[str, bytes]:
    """Every table as the bytes of its rows, written out in order. Arrow's own bytes say less: what they hold
    where a value is absent is nobody's."""
    return {name: json.dumps(table.to_pylist(), default=str).encode() for name, table in decided.items()}


@pytest.mark.parametrize("rules", MIXED)
def test_the_order_of_the_facts_changes_no_byte(rules: str):
    protocol, as_of = RULES[rules][0](), RULES[rules][1]
    rows = united(made(FIRST, FIRST + 60, protocol, as_of))
    first = written(decide(tables(rows, protocol.zone), protocol, as_of))
    again = written(decide(tables(rows, protocol.zone, Random(1)), protocol, as_of))
    assert [name for name in first if first[name] != again[name]] == []


@pytest.mark.parametrize("rules", MIXED)
def test_other_cities_change_nothing_in_one(rules: str):
    protocol, as_of = RULES[rules][0](), RULES[rules][1]
    cities = made(FIRST, FIRST + 40, protocol, as_of)
    together = decide(tables(united(cities), protocol.zone), protocol, as_of)
    for number in [FIRST + 3]:
        alone = decide(tables(cities[number - FIRST], protocol.zone), protocol, as_of)
        for name in DECISIONS:
            rows = [tuple(row.items()) for row in _of(together, name, number)]
            assert rows == [tuple(row.items()) for row in alone[name].to_pylist()], (number, name)


def _of(decided: Decisions, name: str, number: int) -> list[dict[str, object]]:
    """The rows of a table that are of one city."""
    columns = [column.name for column in DECISIONS[name].columns if column.name != "values"]
    return [
        row for row in decided[name].to_pylist() if city_of(name, tuple(row[c] for c in columns)) == number
    ]
