"""From cases to what everyone who met them, arrived or left owes: exposures, contacts, courses, tests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
from ringfence.engine.parts import Rules, by_part
from ringfence.engine.releases import with_state
from ringfence.engine.search import Search
from ringfence.engine.swabs import tests_of
from ringfence.protocol import Protocol
from ringfence.tables import Facts
from ringfence.tables.decisions import CONTACTS, DECISIONS, EXPOSURES

Chain = dict[str, ir.Table]
"""The tables of the chain, by name: exposures, contacts, courses, course_tests, course_visits."""


@dataclass(frozen=True)
class First:
    """The first ring: the meetings with cases, and as what they count."""

    exposures: ir.Table
    contacts: ir.Table


def chain(
    cases: ir.Table,
    facts: Facts,
    protocol: Protocol,
    as_of: datetime,
    searched: Search | None = None,
    firsts: Sequence[First] = (),
) -> Chain:
    """The chain that hangs on some cases under a protocol; those in flight may keep the rules before.

    Args:
        cases: see `tables.decisions.CASES`.
        facts: what was known.
        protocol: the rules.
        as_of: the instant.
        searched: where meetings are to be searched for; among the facts where absent.
        firsts: the first ring under the protocol and each before it, where they are worked out already.
    """
    searched = searched or Search(facts)
    first = firsts[0] if firsts else first_of(cases, facts, protocol, as_of, searched)
    met = _followed(first, cases, facts, protocol, as_of, searched)
    now = {**met, **observation(met["contacts"], cases, facts, protocol, as_of)}
    if protocol.before is None:
        return now
    return in_flight(now, chain(cases, facts, protocol.before, as_of, searched, firsts[1:]), protocol)


def meetings(
    cases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime, searched: Search | None = None
) -> Chain:
    """Who met some cases and their close contacts, and as what that counts: exposures, contacts (see
    `chain`)."""
    searched = searched or Search(facts)
    first = first_of(cases, facts, protocol, as_of, searched)
    return _followed(first, cases, facts, protocol, as_of, searched)


def first_of(cases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime, searched: Search) -> First:
    """The first ring of some cases (see `chain`)."""
    met = first_ring(cases, searched.facts, protocol, as_of, searched.first)
    return First(met, contacts(met, roots(cases), facts, protocol, 1))


def _followed(
    first: First, cases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime, searched: Search
) -> Chain:
    close = first.contacts
    ring_2 = second_ring(close, searched.facts, protocol, as_of, searched.second)
    secondary = contacts(ring_2, with_onset(roots_of(close), cases), facts, protocol, 2)
    return {
        "exposures": settle(stacked(first.exposures, ring_2), EXPOSURES),
        "contacts": together(CONTACTS, close, secondary),
    }


def by_rules(rules: Rules, chains: Mapping[str, Chain], watch: Callable[[str], None]) -> Chain:
    """The chains under the rules of several areas, by area, as one; `watch` is told each table's name."""
    # A meeting is the same whoever's rules judge it; those of the second ring hang on who is close.
    met = [chains[protocol.area]["exposures"] for protocol in rules]
    done = {"exposures": settle(ibis.union(*met, distinct=True), EXPOSURES) if len(met) > 1 else met[0]}
    for name in ("contacts", "courses", "course_tests", "course_visits"):
        watch(name)
        done[name] = by_part(DECISIONS[name], rules, lambda protocol, name=name: chains[protocol.area][name])
    return done


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
