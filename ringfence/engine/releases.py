"""Who may be released? The state of each phase, once its tests and the linked contact's are known."""

from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.engine.course_rules import NEEDS_NOBODY
from ringfence.engine.course_tests import negatives
from ringfence.engine.days import day_of
from ringfence.engine.match import beside, settle, worked_out
from ringfence.protocol import Protocol
from ringfence.tables.decisions import CONTACT_CLASSES, COURSES

_PHASE = ("person", "class", "phase")


def with_state(
    phases: ir.Table, tests: ir.Table, swabs: ir.Table, protocol: Protocol, as_of: datetime
) -> ir.Table:
    """The courses with their state (see `tables.decisions.COURSES`).

    A phase whose day of release has come is releasable when its last test is negative, a test missed
    earlier has been made up by a negative on another day, and, for a secondary contact, the linked close
    contact's first tests are negative; otherwise it is blocked, and the tests still owed say by what.
    Whoever was only followed has nothing to be let go from, and is released then.
    """
    today = day_of(ibis.literal(as_of), protocol.offsets)
    told = beside(phases, worked_out(_met(phases, tests, swabs, today)), *_PHASE)
    met = told.met.fill_null(False)
    due = told.until_day <= today
    state = ibis.cases(
        (met & (told.left_at.notnull() | (due & (told.place == "free"))), "released"),
        (due & met, "releasable"),
        (due, "blocked"),
        (told.begin_day > today, "to_come"),
        (told.placed_at.isnull() & told.place.notin(list(NEEDS_NOBODY)), "to_place"),
        else_="running",
    )
    return settle(told.mutate(state=state), COURSES, once=True)


def _met(phases: ir.Table, tests: ir.Table, swabs: ir.Table, today: ir.Value) -> ir.Table:
    """Whether the conditions of each phase that may end are met: person, class, phase, met."""
    ending = phases.filter((phases.until_day <= today) | phases.left_at.notnull())
    ending = ending.select(*_PHASE, "begin_day", "control_at", "linked_tests", "waits_on")
    told = worked_out(beside(ending, _own(ending, tests), *_PHASE))
    told = beside(told, negatives(told, swabs), *_PHASE)
    told = beside(told, _linked(told, tests), "waits_on")
    tested = told.owed_tests.isnull() | (
        (told.last_open == 0) & (told.negative_days.fill_null(0) >= told.owed_tests)
    )
    return told.select(*_PHASE, met=tested & (told.linked_negative.fill_null(0) >= told.linked_tests))


def _own(ending: ir.Table, tests: ir.Table) -> ir.Table:
    """How many tests each phase owes, whether its last is still open, and which test they are."""
    mine = tests.semi_join(ending, list(_PHASE))
    last = mine.due_day == mine.due_day.max().over(ibis.window(group_by=list(_PHASE)))
    marked = mine.mutate(last_open=last & ~(mine.result == "negative").fill_null(False))
    return marked.group_by(*_PHASE).aggregate(
        owed_tests=marked.count(), last_open=marked.last_open.sum(), wanted=marked.test.min()
    )


def _linked(ending: ir.Table, tests: ir.Table) -> ir.Table:
    """How many tests of each linked close contact were negative: waits_on, linked_negative."""
    clear = tests.filter(tests["class"].isin(CONTACT_CLASSES) & (tests.result == "negative"))
    clear = clear.semi_join(ending.filter(ending.linked_tests > 0), clear.person == ending.waits_on)
    return clear.group_by(waits_on="person").aggregate(linked_negative=clear.count())
