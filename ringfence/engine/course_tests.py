"""On which days must each contact be tested, and what came of it?"""

import ibis
import ibis.expr.types as ir

from ringfence.engine.match import beside, empty, settle, stacked, worked_out
from ringfence.engine.swabs import tests_of
from ringfence.protocol import Protocol
from ringfence.protocol.rules import Phase
from ringfence.tables import Facts
from ringfence.tables.decisions import COURSE_TESTS


def course_tests(courses: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """The tests each course owes and what came of them (see `tables.decisions.COURSE_TESTS`)."""
    parts: list[ir.Table] = []
    for rule in protocol.courses:
        for number, phase in enumerate(rule.phases, 1):
            mine = courses.filter((courses["class"] == rule.of) & (courses.phase == number))
            parts += _days_owed(mine, phase)
    key = ["person", "phase", "due_day"]
    same = ["area", "control_at", "rule", "edition", "grade", "values", "evidence"]
    if not parts:
        return empty(COURSE_TESTS)
    owed = stacked(*(part.select(*key, *same, "ordinal") for part in parts))
    # Two reasons for one day are one test; the rest of their rows agrees, being of one phase.
    once = owed.group_by(key).aggregate(
        ordinal=owed.ordinal.max(), **{name: owed[name].arbitrary() for name in same}
    )
    return settle(_with_swabs(worked_out(once), facts, protocol), COURSE_TESTS)


def _days_owed(mine: ir.Table, phase: Phase) -> list[ir.Table]:
    """A table a listed day: on its axis, moved to the release where it falls after, or left out."""
    parts: list[ir.Table] = []
    starts = {
        "control": (mine.traced_day, 1),
        "exposure": (mine.anchor_day, phase.numbering),
        "phase": (mine.begin_day, 1),
    }
    start, first = starts[phase.tests.axis]
    for ordinal in phase.tests.days:
        due = start + ibis.interval(days=ordinal - first)
        owed = mine.mutate(due_day=due, ordinal=ibis.literal(ordinal, "int32"))
        owed = owed.filter((owed.due_day >= owed.begin_day) & (owed.due_day <= owed.until_day))
        parts.append(owed)
    if phase.tests.at_release:
        last = max(phase.tests.days, default=0)
        parts.append(mine.mutate(due_day=mine.until_day, ordinal=ibis.literal(last, "int32")))
    if phase.tests.traced_day:
        parts.append(mine.mutate(due_day=mine.traced_day, ordinal=ibis.literal(0, "int32")))
    return parts


def _with_swabs(owed: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """Each test owed with a swab taken from its day on and before the next one's day.

    Of several the first that settled it, else the last. Nobody's swab counts before they are under
    control: until then the days are a plan that moves with the calendar.
    """
    later = owed.due_day.lead().over(ibis.window(group_by="person", order_by=[owed.due_day, owed.phase]))
    owed = owed.mutate(next_day=later)
    swab = tests_of(facts, owed.select("person").distinct(), protocol)
    known = owed.filter(owed.control_at.notnull()).select("person", "phase", "due_day", "next_day")
    taken = known.inner_join(swab, "person")
    taken = taken.filter(
        (taken.day >= taken.due_day) & (taken.next_day.isnull() | (taken.day < taken.next_day))
    )
    settled = taken.result.isin(["positive", "negative"]).fill_null(False)
    order = [
        settled.desc(),
        settled.ifelse(taken.sampled_at, ibis.null("timestamp(6)")),
        taken.sampled_at.desc(),
        taken.result.desc(),
    ]
    turn = ibis.row_number().over(ibis.window(group_by=["person", "phase", "due_day"], order_by=order))
    first = taken.mutate(turn=turn).filter(lambda t: t.turn == 0)
    first = first.select("person", "phase", "due_day", "sampled_at", "result")
    return beside(owed.drop("next_day"), first, "person", "phase", "due_day")


def negatives(phases: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """On how many days of each phase or since somebody under control was tested negative: person, phase,
    negative_days."""
    known = phases.filter(phases.control_at.notnull()).select("person", "phase", "begin_day")
    swab = tests_of(facts, known.select("person").distinct(), protocol)
    swab = known.inner_join(swab.filter(swab.result == "negative"), "person")
    swab = swab.filter(swab.day >= swab.begin_day)
    return swab.group_by("person", "phase").aggregate(negative_days=swab.day.nunique())
