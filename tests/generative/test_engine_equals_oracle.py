"""Does the engine say of random cities what a slow plain reading of the rules says?

RINGFENCE_GENERATIVE: how many cities (default 100); RINGFENCE_GENERATIVE_FROM: the number of the first.
RINGFENCE_EDITIONS: how many editions drawn by lot (default 6); RINGFENCE_EDITIONS_FROM: the first.
"""

import json
import os
from datetime import datetime
from random import Random

import pytest

from ringfence.engine import Decisions, decide
from ringfence.protocol import Protocol
from ringfence.tables.decisions import DECISIONS
from tests.generative import oracle
from tests.generative.cities import city, tables, united
from tests.generative.comparing import city_of, differences, report
from tests.generative.making import Rows
from tests.generative.other_courses import keeping, observing, shortening
from tests.generative.other_illness import illness
from tests.generative.other_rules import OTHER_AT, WUXI_AT, other, wuxi
from tests.generative.other_screening import screening
from tests.generative.other_zones import zoning
from tests.generative.random_rules import drawn_edition

CITIES = int(os.environ.get("RINGFENCE_GENERATIVE", "100"))
FIRST = int(os.environ.get("RINGFENCE_GENERATIVE_FROM", "0"))
EDITIONS = int(os.environ.get("RINGFENCE_EDITIONS", "6"))
EDITIONS_FROM = int(os.environ.get("RINGFENCE_EDITIONS_FROM", "0"))
BATCH = 250
CHOSEN = {"class", "state", "status", "why", "next", "step", "kind"}
RULES = {
    "wuxi": (wuxi, WUXI_AT),
    "other": (other, OTHER_AT),
    "illness": (illness, OTHER_AT),
    "courses": (observing, OTHER_AT),
    "keep": (keeping, OTHER_AT),
    "shorter-of": (shortening, OTHER_AT),
    "screening": (screening, OTHER_AT),
    "zoning": (zoning, OTHER_AT),
}
MIXED = ("wuxi", "keep", "screening", "zoning")
"""Rule sets that between them have rows in every table."""


def made(begin: int, end: int, protocol: Protocol, as_of: datetime) -> list[Rows]:
    return [city(number, 20220330, as_of, protocol.zone) for number in range(begin, end)]


@pytest.mark.parametrize("rules", RULES)
def test_every_table_equals_the_oracles(rules: str):
    protocol, as_of = RULES[rules][0](), RULES[rules][1]
    for begin in range(FIRST, FIRST + CITIES, BATCH):
        cities = made(begin, min(begin + BATCH, FIRST + CITIES), protocol, as_of)
        found = differences(cities, protocol, as_of)
        if found:
            pytest.fail(report(cities, found, protocol, as_of), pytrace=False)


@pytest.mark.parametrize("seed", range(EDITIONS_FROM, EDITIONS_FROM + EDITIONS))
def test_every_table_equals_the_oracles_under_an_edition_nobody_wrote(seed: int):
    protocol = drawn_edition(seed, [source for source, _ in RULES.values()])
    as_of = WUXI_AT if protocol.zone == "Asia/Shanghai" else OTHER_AT
    cities = made(1000 * seed, 1000 * seed + 40, protocol, as_of)
    if found := differences(cities, protocol, as_of):
        pytest.fail(report(cities, found, protocol, as_of), pytrace=False)


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


def test_the_cities_reach_every_corner():
    """A comparison of empty tables would say nothing: every word of every state and class turns up."""
    seen: dict[tuple[str, str], set[object]] = {}
    for rules, as_of in RULES.values():
        protocol = rules()
        for one in made(0, 250, protocol, as_of):
            for name, rows in oracle.decide(one, protocol, as_of).items():
                for column in CHOSEN & set(oracle.COLUMNS[name]):
                    place = oracle.COLUMNS[name].index(column)
                    seen.setdefault((name, column), set()).update(row[place] for row in rows)
    missing = {key: set(DECISIONS[key[0]].column(key[1]).choices) - words for key, words in seen.items()}
    assert {key: words for key, words in missing.items() if words} == {}
