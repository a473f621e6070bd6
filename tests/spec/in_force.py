"""What is in force in an area at an instant, by the editions that ship, and which row of it holds?"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Protocol as Shape
from typing import TypeVar

from ringfence.protocol import SHIPPED, Edition, Fault, Protocol, read_editions, resolve_from
from ringfence.protocol.predicates import Predicate, Value, holds
from ringfence.protocol.rules import Phase, Rule
from tests.drawing import instant


class Matched(Shape):
    """A row of a first-match table."""

    @property
    def rule(self) -> Rule: ...
    @property
    def when(self) -> Predicate | None: ...


Matching = TypeVar("Matching", bound=Matched)


@cache
def on(day: str, area: str = "320206") -> Protocol:
    """The protocol at noon of a day in Wuxi, or in another area."""
    return at(instant(f"{day} 12:00"), area)


@cache
def at(when: datetime, area: str) -> Protocol:
    """The protocol of an area at an instant (naive UTC)."""
    return resolve_from(*read(), area, "covid-19", when)


@cache
def read() -> tuple[list[Edition], list[Fault]]:
    """The editions that ship, and the faults in them."""
    return read_editions(SHIPPED)


def first(rows: Sequence[Matching], facts: dict[str, Value]) -> Matching:
    """The first row that holds of some facts; what is not given is unknown."""
    return next(row for row in rows if row.when is None or holds(row.when, facts) is True)


def phases(protocol: Protocol, of: str) -> tuple[Phase, ...]:
    [course] = [course for course in protocol.courses if course.of == of]
    return course.phases
