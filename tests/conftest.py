"""What tests of several folders share: the databases a journal may be in."""

import gc
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import postgres as real

_numbers = itertools.count(1)

# Building Ibis expressions makes many objects and next to no garbage cycles; looking for them as often as
# Python does by itself takes 40 % of the time of the tests that decide.
gc.set_threshold(200_000, 50, 50)

# No test asserts a wall time, and another's work on the machine is no fault of ours.
settings.register_profile("ringfence", deadline=None)
settings.load_profile("ringfence")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """Gives the URL of a new, empty database on a real PostgreSQL at each call."""
    programs = real.binaries()
    if programs is None:
        pytest.skip(f"no PostgreSQL {real.OLDEST} or newer under /usr/lib/postgresql (Debian: postgresql)")
    with real.server(programs) as socket:
        yield lambda: real.new_database(socket, f"test_{next(_numbers)}")


@pytest.fixture(params=["sqlite", "postgresql"])
def journal_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a journal may be created: once a file, once a real PostgreSQL."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres")()
    return f"sqlite:///{tmp_path / 'journal.sqlite'}"
