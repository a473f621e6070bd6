"""From cases to what everyone who met them, arrived or left owes: exposures, contacts, courses, tests."""

from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.engine.contacts import contacts, first_ring, roots, roots_of, second_ring, with_onset
from ringfence.engine.course_tests import course_tests, tests_due
from ringfence.engine.course_visits import course_visits
from ringfence.engine.courses import courses
from ringfence.engine.in_flight import in_flight
from ringfence.engine.match import settle, stacked, together, worked_out
from ringfence.engine.owing import owing
from ringfence.engine.releases import with_state
from ringfence.engine.swabs import tests_of
from ringfence.protocol import Protocol
from ringfence.tables import Facts
from ringfence.tables.decisions import CONTACTS, EXPOSURES

Chain = dict[str, ir.Table]
"""The tables of the chain, by name: exposures, contacts, courses, course_tests, course_visits."""


def chain(
    cases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime, searched: Facts | None = None
) -> Chain:
    """The chain that hangs on some cases under a protocol; those in flight may keep the rules before.

    `searched` are the same facts where meetings are to be searched for, if that is another engine.
    """
    now = _under(cases, facts, protocol, as_of, searched or facts)
    if protocol.before is None:
        return now
    return in_flight(now, chain(cases, facts, protocol.before, as_of, searched), protocol)


def _under(cases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime, searched: Facts) -> Chain:
    met = meetings(cases, facts, protocol, as_of, searched)
    return {**met, **observation(met["contacts"], cases, facts, protocol, as_of)}


def meetings(
    cases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime, searched: Facts | None = None
) -> Chain:
    """Who met some cases and their close contacts, and as what that counts: exposures, contacts.

    Args:
        cases: see `tables.decisions.CASES`.
        facts: what was known.
        protocol: the rules.
        as_of: the instant.
        searched: the same facts where meetings are to be searched for, if that is another engine.
    """
    searched = searched or facts
    ring_1 = first_ring(cases, searched, protocol, as_of)
    close = contacts(ring_1, roots(cases), facts, protocol, 1)
    ring_2 = second_ring(close, searched, protocol, as_of)
    secondary = contacts(ring_2, with_onset(roots_of(close), cases), facts, protocol, 2)
    return {
        "exposures": settle(stacked(ring_1, ring_2), EXPOSURES),
        "contacts": together(CONTACTS, close, secondary),
    }


def observation(
    contacts: ir.Table, cases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime
) -> Chain:
    """What some contacts, and whoever arrived or left, owe: courses, course_tests, course_visits."""
    owed = owing(contacts, cases, facts, protocol, as_of)
    swabs = worked_out(tests_of(facts, ibis.memtable(owed).select("person"), protocol))
    found = courses(owed, swabs, facts, protocol, as_of)
    tests = tests_due(found, swabs, protocol)
    return {
        "courses": with_state(found, tests, swabs, protocol, as_of),
        "course_tests": course_tests(found, tests),
        "course_visits": course_visits(found, facts, protocol),
    }
