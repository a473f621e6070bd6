"""What follows from the facts? Tables, a protocol and an instant in; decisions out.

Nothing here knows a clock, a file, chance or a database: the same facts, protocol and instant give the
same rows in the same order.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

import ibis.expr.types as ir
import pyarrow as pa

from ringfence.engine.cases import cases
from ringfence.engine.clocks import clocks
from ringfence.engine.contacts import contacts, first_ring, roots_of, second_ring
from ringfence.engine.course_tests import course_tests
from ringfence.engine.courses import courses
from ringfence.engine.coverage import coverage
from ringfence.engine.holds import holds, pools
from ringfence.engine.match import settle, stacked, together
from ringfence.engine.releases import with_state
from ringfence.engine.tasks import tasks
from ringfence.engine.zones import zones
from ringfence.protocol import Protocol
from ringfence.tables import Facts
from ringfence.tables.decisions import CONTACTS, COVERAGE, EXPOSURES

Decisions = Mapping[str, pa.Table]
"""Every decision table, by name."""


def _ignore(_step: str) -> None:
    """Nobody is watching."""


def decide(
    facts: Facts, protocol: Protocol, as_of: datetime, watch: Callable[[str], None] = _ignore
) -> Decisions:
    """Every decision as of an instant: the steps of the main job, in their order.

    Args:
        facts: what was known then.
        protocol: the rules in force there and then.
        as_of: the instant, naive UTC.
        watch: is told the name of each table as it is worked out.
    """
    done: dict[str, ir.Table] = {}

    def keep(name: str, table: ir.Table) -> ir.Table:
        watch(name)
        done[name] = table
        return table

    held = keep("holds", holds(facts, protocol, as_of))
    keep("pools", pools(facts, protocol, held))
    infected = keep("cases", cases(facts, protocol))
    ring_1 = first_ring(infected, facts, protocol, as_of)
    roots = infected.select(index="person", case="person", known_at="detected_at")
    close = contacts(ring_1, roots, facts, protocol, 1)
    ring_2 = second_ring(close, facts, protocol, as_of)
    secondary = contacts(ring_2, roots_of(close), facts, protocol, 2)
    keep("exposures", settle(stacked(ring_1, ring_2), EXPOSURES))
    traced = keep("contacts", together(CONTACTS, close, secondary))
    phases = courses(traced, infected, facts, protocol, as_of)
    tests = keep("course_tests", course_tests(phases, facts, protocol))
    keep("courses", with_state(phases, tests, facts, protocol, as_of))
    keep("coverage", settle(coverage(facts, protocol, as_of), COVERAGE))
    keep("zones", zones(infected, facts, protocol, as_of))
    keep("clocks", clocks(done, facts, protocol, as_of))
    keep("tasks", tasks(done, facts, protocol, as_of))
    return {name: table.to_pyarrow() for name, table in done.items()}
