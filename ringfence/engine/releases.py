"""Who may be released? The state of each phase, once its tests and the linked contact's are known."""

from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow.compute as pc

from ringfence.engine.course_rules import NEEDS_NOBODY
from ringfence.engine.course_tests import Tests, negatives
from ringfence.engine.courses import Courses, with_text
from ringfence.engine.days import day_of
from ringfence.engine.match import as_rows, beside, stacked, worked_out
from ringfence.engine.shared import at_number, each, spread
from ringfence.protocol import Protocol
from ringfence.tables.decisions import CONTACT_CLASSES, COURSES

_PHASE = ("course", "step")
_NEVER = ibis.null("timestamp(6)")


def with_state(
    courses: Courses, tests: Tests, swabs: ir.Table, protocol: Protocol, as_of: datetime
) -> ir.Table:
    """The courses with their state (see `tables.decisions.COURSES`).

    A phase whose day of release has come is releasable when its last test is negative, a test missed
    earlier has been made up by a negative on another day, and, for a secondary contact, the linked close
    contact's first tests are negative; otherwise it is blocked, and the tests still owed say by what.
    Whoever was only followed has nothing to be let go from, and is released then.
    """
    today = day_of(ibis.literal(as_of), protocol.offsets)
    met = worked_out(_met(courses, tests, swabs, today))
    elsewhere = met.anti_join(courses.placed, list(_PHASE)).mutate(placed_at=_NEVER, left_at=_NEVER)
    known = stacked(beside(courses.placed, met, *_PHASE), elsewhere)
    steps = ibis.memtable(courses.phases)
    known = known.inner_join(steps.select("step", "place", "begin_day", "until_day"), "step")
    known = known.select(*_PHASE, "placed_at", "left_at", state=_state(known, today))
    others = steps.mutate(placed_at=_NEVER, left_at=_NEVER, met=ibis.literal(value=False))
    others = as_rows(others.select("step", state=_state(others, today)).order_by("step"))
    rows = each(courses.people, courses.phases, as_rows(known), "plan")
    state = pc.coalesce(rows["state"], at_number(rows, "step", others, "state"))
    rows = with_text(rows.set_column(rows.column_names.index("state"), "state", state), courses)
    return spread(rows, {"step": courses.phases, "text": courses.texts, "course": courses.people}, COURSES)


def _state(rows: ir.Table, today: ir.Value) -> ir.Value:
    met = rows.met.fill_null(False)
    due = rows.until_day <= today
    return ibis.cases(
        (met & (rows.left_at.notnull() | (due & (rows.place == "free"))), "released"),
        (due & met, "releasable"),
        (due, "blocked"),
        (rows.begin_day > today, "to_come"),
        (rows.placed_at.isnull() & rows.place.notin(list(NEEDS_NOBODY)), "to_place"),
        else_="running",
    )


def _met(courses: Courses, tests: Tests, swabs: ir.Table, today: ir.Value) -> ir.Table:
    """Whether the conditions of each phase that may end are met: course, step, met."""
    people = ibis.memtable(courses.people).select("course", "plan", "person", "index", "control_at")
    steps = ibis.memtable(courses.phases)
    steps = steps.select("plan", "step", "phase", "begin_day", "until_day", "linked_tests")
    left = courses.placed.filter(courses.placed.left_at.notnull())
    over = people.inner_join(steps.filter(steps.until_day <= today), "plan")
    gone = people.inner_join(steps.filter(steps.until_day > today), "plan").semi_join(left, list(_PHASE))
    ending = worked_out(ibis.union(over, gone))
    rows = worked_out(beside(ending, _own(ending, tests), *_PHASE))
    rows = beside(rows, negatives(rows, swabs), *_PHASE)
    rows = beside(rows, _linked(rows, ibis.memtable(courses.people), tests), "index")
    tested = rows.owed_tests.isnull() | (
        (rows.last_open == 0) & (rows.negative_days.fill_null(0) >= rows.owed_tests)
    )
    return rows.select(*_PHASE, met=tested & (rows.linked_negative.fill_null(0) >= rows.linked_tests))


def _own(ending: ir.Table, tests: Tests) -> ir.Table:
    """How many tests each phase owes, whether its last is still open, and which test they are."""
    owed = ibis.memtable(tests.owed).select("plan", "phase", "slot", "test", "due_day")
    phase = ["plan", "phase"]
    each = owed.group_by(*phase).aggregate(
        owed_tests=owed.count(), wanted=owed.test.min(), due_day=owed.due_day.max()
    )
    last = owed.select(*phase, "slot", "due_day").inner_join(each, [*phase, "due_day"])
    mine = ending.select(*_PHASE, *phase).inner_join(last, phase)
    mine = beside(mine, ibis.memtable(tests.taken), "course", "slot")
    still = ~(mine.result == "negative").fill_null(False)
    return mine.group_by(*_PHASE).aggregate(
        owed_tests=mine.owed_tests.max(), last_open=still.sum(), wanted=mine.wanted.min()
    )


def _linked(ending: ir.Table, people: ir.Table, tests: Tests) -> ir.Table:
    """How many tests of each linked close contact were negative: index, linked_negative."""
    waits = ending.filter(ending.linked_tests > 0)
    close = people.filter(people["class"].isin(CONTACT_CLASSES)).semi_join(
        waits, people.person == waits["index"]
    )
    taken = ibis.memtable(tests.taken)
    clear = taken.filter(taken.result == "negative")
    clear = clear.inner_join(close.select("course", index="person"), "course")
    return clear.group_by("index").aggregate(linked_negative=clear.count())
