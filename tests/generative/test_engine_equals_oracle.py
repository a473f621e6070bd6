"""Does the engine say of random cities what a slow plain reading of the rules says?

RINGFENCE_GENERATIVE: how many cities (default 100); RINGFENCE_GENERATIVE_FROM: the number of the first.
"""

from collections.abc import Sequence

import pytest

from ringfence.protocol import Protocol
from ringfence.protocol.rules import Phase
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
    """A comparison of empty tables would say nothing: every word that a rule can give turns up."""
    protocols = [(rules(), as_of) for rules, as_of in RULES.values()]
    missing = _words([protocol for protocol, _ in protocols])
    for begin in range(0, 250, 10):
        for protocol, as_of in protocols:
            for one in made(begin, begin + 10, protocol, as_of):
                for name, rows in oracle.decide(one, protocol, as_of).items():
                    for column in CHOSEN & set(oracle.COLUMNS[name]):
                        place = oracle.COLUMNS[name].index(column)
                        missing[name, column] -= {row[place] for row in rows}
        if not any(missing.values()):
            return
    assert {key: words for key, words in missing.items() if words} == {}


def _words(protocols: Sequence[Protocol]) -> dict[tuple[str, str], set[str]]:
    """The words of each column: all it can have, but of courses only the classes that owe one somewhere."""
    words = {
        (name, column): set(DECISIONS[name].column(column).choices)
        for name, columns in oracle.COLUMNS.items()
        for column in CHOSEN & set(columns)
    }
    phases = [(row.of, phase) for protocol in protocols for row in protocol.courses for phase in row.phases]
    words["courses", "class"] = {of for of, _ in phases}
    words["course_tests", "class"] = {of for of, phase in phases if _tested(phase)}
    words["course_visits", "class"] = {of for of, phase in phases if phase.visits}
    return words


def _tested(phase: Phase) -> bool:
    return bool(phase.tests.days(phase.days)) or phase.tests.traced_day or phase.tests.at_release
