"""Does the engine say what the oracle says under editions that nobody wrote, too?

RINGFENCE_EDITIONS: how many editions drawn by lot (default 6); RINGFENCE_EDITIONS_FROM: the first.
"""

import os

import pytest

from tests.generative.comparing import differences, report
from tests.generative.other_rules import OTHER_AT, WUXI_AT
from tests.generative.random_rules import drawn_edition
from tests.generative.rule_sets import RULES, made

pytestmark = pytest.mark.no_cover  # the specs cover the engine; tracing it here as well doubles the time

EDITIONS = int(os.environ.get("RINGFENCE_EDITIONS", "6"))
EDITIONS_FROM = int(os.environ.get("RINGFENCE_EDITIONS_FROM", "0"))


@pytest.mark.parametrize("seed", range(EDITIONS_FROM, EDITIONS_FROM + EDITIONS))
def test_every_table_equals_the_oracles_under_an_edition_nobody_wrote(seed: int):
    protocol = drawn_edition(seed, [source for source, _ in RULES.values()])
    as_of = WUXI_AT if protocol.zone == "Asia/Shanghai" else OTHER_AT
    cities = made(1000 * seed, 1000 * seed + 40, protocol, as_of)
    if found := differences(cities, protocol, as_of):
        pytest.fail(report(cities, found, protocol, as_of), pytrace=False)
