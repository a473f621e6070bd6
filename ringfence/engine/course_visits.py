"""On which days is somebody under observation to be seen or called, and were they?"""

import ibis
import ibis.expr.types as ir

from ringfence.engine.course_rules import asked, ordinals
from ringfence.engine.days import day_of
from ringfence.engine.match import beside, empty, settle
from ringfence.protocol import Protocol
from ringfence.tables import Facts
from ringfence.tables.decisions import COURSE_VISITS


def course_visits(courses: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """The visits each course owes (see `tables.decisions.COURSE_VISITS`), the first day of a phase being 1.

    What had gone by before somebody was traced is not owed. A visit counts on its own day only, and not
    before they are under control: until then the days are a plan that moves with the calendar.
    """
    if not any(phase.visits for rule in protocol.courses for phase in rule.phases):
        return empty(COURSE_VISITS)
    rules = asked(protocol).select("class", "phase", "visit_days", "visit_every")
    rules = rules.filter((rules.visit_every > 0) | (rules.visit_days.length() > 0))
    mine = courses.inner_join(rules, ["class", "phase"])
    last = mine.until_day.delta(mine.begin_day, unit="day") + 1
    owed = mine.mutate(ordinal=ordinals(mine.visit_days, mine.visit_every, last).unnest())
    owed = owed.mutate(due_day=(owed.begin_day + (owed.ordinal - 1).as_interval("D")).cast("date"))
    owed = owed.filter(owed.due_day.between(ibis.greatest(owed.begin_day, owed.traced_day), owed.until_day))
    return settle(beside(owed, _seen(mine, facts, protocol), "person", "due_day"), COURSE_VISITS, once=True)


def _seen(mine: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """On which days each person under control was seen, and when first: person, due_day, visited_at."""
    step = facts["step"].filter(facts["step"].step == "visited")
    known = mine.filter(mine.control_at.notnull()).select("person").distinct()
    step = step.inner_join(known.mutate(subject=ibis.literal("P") + known.person.cast("string")), "subject")
    step = step.select("person", at="at", due_day=day_of(step["at"], protocol.offsets))
    return step.group_by("person", "due_day").aggregate(visited_at=step["at"].min())
