"""What every spec starts from: the rules of Wuxi on the night of 30-31 March 2022, and some names."""

import pytest

from ringfence.protocol import Protocol, resolve
from tests.drawing import Names, instant


@pytest.fixture(scope="session")
def wuxi() -> Protocol:
    return resolve("3202", "covid-19", instant("03-31 03:00"))


@pytest.fixture(scope="session")
def national() -> Protocol:
    """The 8th edition as first published, before the look-back was lengthened."""
    return resolve("1101", "covid-19", instant("2021-06-01 00:00"))


@pytest.fixture
def names() -> Names:
    return Names()
