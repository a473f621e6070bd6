"""On which days is somebody under observation to be seen or called, and were they?"""

import ibis
import ibis.expr.types as ir

from ringfence.engine.course_rules import asked, ordinals
from ringfence.engine.courses import Courses, with_text
from ringfence.engine.days import day_of
from ringfence.engine.match import as_rows, empty
from ringfence.engine.shared import at_number, each, numbered, spread
from ringfence.protocol import Protocol
from ringfence.tables import Facts
from ringfence.tables.decisions import COURSE_VISITS


def course_visits(courses: Courses, facts: Facts, protocol: Protocol) -> ir.Table:
    """The visits each course owes (see `tables.decisions.COURSE_VISITS`), the first day of a phase being 1.

    What had gone by before somebody was traced is not owed. A visit counts on its own day only, and not
    before they are under control: until then the days are a plan that moves with the calendar.
    """
    if not any(phase.visits for rule in protocol.courses for phase in rule.phases):
        return empty(COURSE_VISITS)
    rules = asked(protocol).select("class", "phase", "visit_days", "visit_every")
    rules = rules.filter((rules.visit_every > 0) | (rules.visit_days.length() > 0))
    mine = ibis.memtable(courses.phases).inner_join(rules, ["class", "phase"])
    last = mine.until_day.delta(mine.begin_day, unit="day") + 1
    owed = mine.mutate(ordinal=ordinals(mine.visit_days, mine.visit_every, last).unnest())
    owed = owed.mutate(due_day=(owed.begin_day + (owed.ordinal - 1).as_interval("D")).cast("date"))
    owed = owed.filter(owed.due_day.between(ibis.greatest(owed.begin_day, owed.traced_day), owed.until_day))
    visits = numbered(as_rows(owed.order_by("plan", "phase", "due_day")), "visit")
    people = courses.people.select(["course", "plan", "person", "control_at"])
    rows = ibis.memtable(people).inner_join(ibis.memtable(visits).select("plan", "visit", "due_day"), "plan")
    seen = rows.inner_join(_seen(rows, facts, protocol), ["course", "due_day"])
    rows = each(people, visits, as_rows(seen.select("course", "visit", "visited_at")), "plan")
    rows = with_text(rows.append_column("step", at_number(rows, "visit", visits, "step")), courses)
    shared = {"visit": visits, "text": courses.texts, "course": courses.people}
    return spread(rows, shared, COURSE_VISITS)


def _seen(rows: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """On which days whoever is under control was seen, and when first: course, due_day, visited_at."""
    step = facts["step"].filter(facts["step"].step == "visited")
    known = rows.filter(rows.control_at.notnull()).select("course", "person").distinct()
    step = step.inner_join(known.mutate(subject=ibis.literal("P") + known.person.cast("string")), "subject")
    step = step.select("course", at="at", due_day=day_of(step["at"], protocol.offsets))
    return step.group_by("course", "due_day").aggregate(visited_at=step["at"].min())
