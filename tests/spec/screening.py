"""The edition of these tests that skips, pools, screens, repeats and stands at gates in every way."""

from functools import cache
from pathlib import Path

from ringfence.protocol import SHIPPED, Protocol, resolve
from tests.drawing import instant

_EDITIONS = Path(__file__).parents[1] / "editions"


@cache
def screening() -> Protocol:
    """What is in force on the night of 30-31 March 2022 where `editions/screening.toml` is."""
    return resolve("9904", "covid-19", instant("03-31 03:00"), (SHIPPED, _EDITIONS))
