"""Who may be released? The state of each phase, once its tests and the linked contact's are known."""

from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.engine.course_tests import negatives
from ringfence.engine.days import day_of
from ringfence.engine.match import beside, settle
from ringfence.protocol import Protocol
from ringfence.tables import Facts
from ringfence.tables.decisions import COURSES


def with_state(
    phases: ir.Table, tests: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime
) -> ir.Table:
    """The courses with their state (see `tables.decisions.COURSES`).

    A phase whose day of release has come is releasable when its last test is negative, a test missed
    earlier has been made up by a negative on another day, and, for a secondary contact, the linked close
    contact's first tests are negative; otherwise it is blocked, and the tests still owed say by what.
    """
    today = day_of(ibis.literal(as_of), protocol.offsets)
    negative = (tests.result == "negative").fill_null(False)
    last = tests.due_day == tests.due_day.max().over(ibis.window(group_by=["person", "phase"]))
    marked = tests.mutate(last_open=last & ~negative)
    own = marked.group_by("person", "phase").aggregate(
        owed_tests=marked.count(), last_open=marked.last_open.sum()
    )
    linked = tests.group_by(waits_on="person").aggregate(linked_negative=negative.sum())
    told = beside(beside(phases, own, "person", "phase"), linked, "waits_on")
    told = beside(told, negatives(phases, facts, protocol), "person", "phase")
    tested = told.owed_tests.isnull() | (
        (told.last_open == 0) & (told.negative_days.fill_null(0) >= told.owed_tests)
    )
    met = tested & (told.linked_negative.fill_null(0) >= _linked_tests(told, protocol))
    due = told.until_day <= today
    state = ibis.cases(
        (told.left_at.notnull() & met, "released"),
        (due & met, "releasable"),
        (due, "blocked"),
        (told.begin_day > today, "to_come"),
        (told.placed_at.isnull(), "to_place"),
        else_="running",
    )
    return settle(told.mutate(state=state), COURSES)


def _linked_tests(told: ir.Table, protocol: Protocol) -> ir.Value:
    """How many negative tests of the linked contact each phase asks for."""
    branches = [
        ((told.rule == rule.rule.id) & (told.phase == number), phase.linked_tests)
        for rule in protocol.courses
        for number, phase in enumerate(rule.phases, 1)
    ]
    return ibis.cases(*branches, else_=0) if branches else ibis.literal(0)
