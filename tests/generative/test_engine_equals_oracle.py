"""Does the engine say of random cities what a slow plain reading of the rules says?

RINGFENCE_GENERATIVE: how many cities (default 100); RINGFENCE_GENERATIVE_FROM: the number of the first.
"""

import pytest

from ringfence.tables.decisions import DECISIONS
from tests.generative import oracle
from tests.generative.comparing import differences, report
from tests.generative.rule_sets import CITIES, FIRST, RULES, made

pytestmark = pytest.mark.no_cover  # the specs cover the engine; tracing it here as well doubles the time

BATCH = 250
CHOSEN = {"class", "state", "status", "why", "next", "step", "kind"}


@pytest.mark.parametrize("rules", RULES)
def test_every_table_equals_the_oracles(rules: str):
    protocol, as_of = RULES[rules][0](), RULES[rules][1]
    for begin in range(FIRST, FIRST + CITIES, BATCH):
        cities = made(begin, min(begin + BATCH, FIRST + CITIES), protocol, as_of)
        found = differences(cities, protocol, as_of)
        if found:
            pytest.fail(report(cities, found, protocol, as_of), pytrace=False)


def test_the_cities_reach_every_corner():
    """A comparison of empty tables would say nothing: every word of every state and class turns up."""
    seen: dict[tuple[str, str], set[object]] = {}
    for begin in range(0, 250, 10):
        for rules, as_of in RULES.values():
            protocol = rules()
            for one in made(begin, begin + 10, protocol, as_of):
                for name, rows in oracle.decide(one, protocol, as_of).items():
                    for column in CHOSEN & set(oracle.COLUMNS[name]):
                        place = oracle.COLUMNS[name].index(column)
                        seen.setdefault((name, column), set()).update(row[place] for row in rows)
        if not _missing(seen):
            return
    assert _missing(seen) == {}


def _missing(seen: dict[tuple[str, str], set[object]]) -> dict[tuple[str, str], set[object]]:
    missing = {key: set(DECISIONS[key[0]].column(key[1]).choices) - words for key, words in seen.items()}
    return {key: words for key, words in missing.items() if words}
