"""Where are meetings searched for, and among which visits?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol as Shape

import ibis.expr.types as ir

from ringfence.tables import Facts

Near = Callable[[ir.Table], ir.Table]
"""From subjects (index, begin, end, reach: until when their air counts) to visits, in the columns of the
fact: all of theirs in their spans and every one that may have met one of those."""


@dataclass(frozen=True)
class Search:
    """The facts that meetings are searched for in, which may be tables of another engine, and for each ring
    the visits that matter to its subjects; every visit where absent."""

    facts: Facts
    first: Near | None = None
    second: Near | None = None


class Visits(Shape):
    """Visits somebody has an index of."""

    def met(self, subjects: ir.Table) -> ir.Table:
        """What `Near` says."""
        ...

    def among(self, subjects: ir.Table, people: ir.Table) -> ir.Table:
        """The visits of subjects in their spans, and those of some people in the time of any."""
        ...
