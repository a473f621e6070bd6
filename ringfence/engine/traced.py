"""What follows for whoever some cases met, without deciding the rest of the city?

The rows about those people are the ones `decide` gives. The first ring of every case is worked out, for who
is whose close contact hangs on all of them; the second only among the people asked about.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ringfence.engine.cases import cases
from ringfence.engine.chain import Chain, First, by_rules, chain, first_of
from ringfence.engine.contacts import second_ring
from ringfence.engine.match import worked_out
from ringfence.engine.parts import Rules, by_part
from ringfence.engine.search import Search, Visits
from ringfence.engine.tasks import contact_tasks
from ringfence.protocol import Protocol
from ringfence.tables import Facts
from ringfence.tables.decisions import CASES, TASKS

TRACED = ("cases", "exposures", "contacts", "courses", "course_tests", "course_visits", "tasks")
"""The tables that are worked out; of the tasks those of `tasks.CONTACT_MUSTS`."""
_OF_A_PERSON = ("arrival", "stay")
"""The facts that a city has many of, and a course reads only for its own people."""


def traced(
    facts: Facts,
    rules: Rules,
    as_of: datetime,
    visits: Visits,
    of: Collection[int] | None,
    watch: Callable[[str], None],
) -> Mapping[str, pa.Table]:
    """The decisions about everybody whom some cases met, and whom those met.

    Args:
        facts: what was known then.
        rules: the rules in force; several where parts of the area have their own.
        as_of: the instant, naive UTC.
        visits: the same visits as the facts', by an index.
        of: these cases; all where absent.
        watch: is told the name of each table as it is worked out.

    Returns:
        the tables of `TRACED`: every case; every meeting of ring 1, and of ring 2 those with people who met
        one of the cases or their close contacts; and all that is decided about those. Of anybody else there
        may be rows, and they mean nothing.
    """
    watch("cases")
    infected = by_part(CASES, rules, lambda protocol: cases(facts, protocol))
    watch("exposures")
    search = Search(facts, visits.met, visits.met)
    firsts = {
        protocol.area: [first_of(infected, facts, one, as_of, search) for one in _each(protocol)]
        for protocol in rules
    }
    theirs = facts
    if of is not None:
        listed = [_met(first, facts, one, as_of, visits, of) for one, first in _pairs(rules, firsts)]
        # What a close contact owes may decide when those who met them are free.
        listed += [_close(first) for _, first in _pairs(rules, firsts)]
        about = worked_out(ibis.union(*listed, distinct=True))
        search = replace(search, second=lambda subjects: visits.among(subjects, about))
        people = worked_out(ibis.union(infected.select("person"), about, distinct=True))
        theirs = {**facts, **{kind: facts[kind].semi_join(people, "person") for kind in _OF_A_PERSON}}
    watch("contacts")
    chains: dict[str, Chain] = {
        protocol.area: chain(infected, theirs, protocol, as_of, search, firsts[protocol.area])
        for protocol in rules
    }
    done = {"cases": infected, **by_rules(rules, chains, watch)}
    watch("tasks")
    done["tasks"] = by_part(TASKS, rules, lambda protocol: contact_tasks(done, facts, protocol, as_of))
    return {name: done[name].to_pyarrow() for name in TRACED}


def _each(protocol: Protocol) -> Iterator[Protocol]:
    """A protocol and those before it that somebody in flight may keep."""
    one: Protocol | None = protocol
    while one is not None:
        yield one
        one = one.before


def _pairs(rules: Rules, firsts: Mapping[str, list[First]]) -> Iterator[tuple[Protocol, First]]:
    for protocol in rules:
        yield from zip(_each(protocol), firsts[protocol.area], strict=True)


def _close(first: First) -> ir.Table:
    rows = first.contacts
    return rows.filter((rows["class"] == "close") & ~rows.review).select("person")


def _met(
    first: First, facts: Facts, protocol: Protocol, as_of: datetime, visits: Visits, of: Collection[int]
) -> ir.Table:
    """Everybody who met one of some cases, or somebody who is a contact for meeting one: person."""
    met = first.exposures.filter(first.exposures["index"].isin(list(of)))
    contacts = first.contacts
    theirs = contacts.filter(contacts["case"].isin(list(of)))
    # Whoever met several cases could be met since the first of them.
    ring_2 = second_ring(contacts.semi_join(theirs, "person"), facts, protocol, as_of, visits.met)
    return worked_out(ibis.union(met.select("person"), ring_2.select("person"), distinct=True))
