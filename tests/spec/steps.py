"""The steps of the engine, one after another, as far as a spec needs them."""

from datetime import datetime

import ibis.expr.types as ir

from ringfence.engine.cases import cases
from ringfence.engine.chain import observation
from ringfence.engine.contacts import contacts, first_ring, roots, roots_of, second_ring
from ringfence.protocol import Protocol
from ringfence.tables import Facts


def ring_1(facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """The contacts of the cases."""
    infected = cases(facts, protocol)
    met = first_ring(infected, facts, protocol, as_of)
    return contacts(met, roots(infected), facts, protocol, 1)


def ring_2(close: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """The contacts of the close contacts."""
    met = second_ring(close, facts, protocol, as_of)
    return contacts(met, roots_of(close), facts, protocol, 2)


def quarantine(
    traced: ir.Table, infected: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime
) -> tuple[ir.Table, ir.Table]:
    """The courses and course tests of some contacts, and of whoever else the facts say owes one."""
    found = observation(traced, infected, facts, protocol, as_of)
    return found["courses"], found["course_tests"]
