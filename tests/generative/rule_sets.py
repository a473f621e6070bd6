"""Under which rules are the random cities decided, how many of them, and which are they?"""

import os
from datetime import datetime

from ringfence.protocol import Protocol
from tests.generative.cities import city
from tests.generative.making import Rows
from tests.generative.other_courses import keeping, observing, shortening
from tests.generative.other_illness import illness
from tests.generative.other_rules import OTHER_AT, WUXI_AT, other, wuxi
from tests.generative.other_screening import screening
from tests.generative.other_zones import zoning

CITIES = int(os.environ.get("RINGFENCE_GENERATIVE", "100"))
FIRST = int(os.environ.get("RINGFENCE_GENERATIVE_FROM", "0"))
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
    """The random cities of these numbers, as far as they are known at an instant."""
    return [city(number, 20220330, as_of, protocol.zone) for number in range(begin, end)]
