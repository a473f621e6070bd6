"""On which days must everyone under a course be tested, and what came of it?"""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ringfence.engine.course_rules import asked, ordinals
from ringfence.engine.courses import Courses
from ringfence.engine.match import as_rows, beside, stacked, values, worked_out
from ringfence.engine.shared import each, numbered, spread
from ringfence.engine.swabs import answers
from ringfence.protocol import Protocol
from ringfence.tables.decisions import COURSE_TESTS

_OWED = ("plan", "phase", "test", "due_day", "ordinal")
_TESTED = ("test", "axis", "on_days", "every", "last_ordinal", "at_release", "when_traced")
_PHASE = ("plan", "phase")


@dataclass(frozen=True)
class Tests:
    """The tests of each plan, and the swabs taken for them.

    owed: a row a test of each plan, in order: slot (its number), plan, class, phase, test, due_day,
        ordinal, rule, edition, grade, values.
    taken: course, slot, sampled_at, result.
    """

    owed: pa.Table
    taken: pa.Table


def tests_due(courses: Courses, swabs: ir.Table, protocol: Protocol) -> Tests:
    """The tests each course owes and the swabs taken for them.

    Args:
        courses: the courses (see `courses.courses`).
        swabs: the single swabs of these people (see `swabs.tests_of`).
        protocol: what each phase asks.
    """
    phases = ibis.memtable(courses.phases)
    mine = worked_out(_with_axis(phases, protocol))
    axes = mine.select(*_PHASE, values=values(axis=mine.axis, day_0=mine.day_0))
    told = phases.select(*_PHASE, "class", "rule", "edition", "grade")
    owed = beside(_owed(mine, phases, protocol).inner_join(told, _PHASE), axes, *_PHASE)
    owed = numbered(as_rows(owed.order_by(*_PHASE, "due_day", "test", "ordinal")), "slot")
    taken = _taken(ibis.memtable(owed), ibis.memtable(courses.people), swabs)
    return Tests(owed, as_rows(taken))


def course_tests(courses: Courses, tests: Tests) -> ir.Table:
    """The tests each course owes and what came of them (see `tables.decisions.COURSE_TESTS`)."""
    rows = each(courses.people, tests.owed, tests.taken, "plan")
    return spread(rows, {"slot": tests.owed, "course": courses.people}, COURSE_TESTS)


def _owed(mine: ir.Table, phases: ir.Table, protocol: Protocol) -> ir.Table:
    """The tests that fall in each phase of each plan."""
    listed = _listed(mine)
    inside = listed.filter((listed.due_day >= listed.first_day) & (listed.due_day <= listed.until_day))
    # What the release moves to its own day is listed there.
    parts = [inside.filter(~(inside.at_release & (inside.due_day == inside.until_day))), _at_release(mine)]
    asks = [phase for rule in protocol.courses for phase in rule.phases]
    if any(phase.tests.traced_day or phase.late == "convert" for phase in asks):
        parts.append(_when_traced(mine))
    if any(phase.tests.axis == "exposure" for rule in protocol.courses for phase in rule.phases[:-1]):
        parts.append(_landed(listed, phases, asked(protocol)))
    owed = stacked(*(part.select(*_OWED) for part in parts))
    if len(parts) > 2 or any(phase.start for rule in protocol.courses for phase in rule.phases[1:]):
        owed = _once(owed)
    return worked_out(owed)


def _once(owed: ir.Table) -> ir.Table:
    """Two reasons for one day are one test, of the first phase that has one."""
    return owed.group_by("plan", "test", "due_day").aggregate(
        phase=owed.phase.min(), ordinal=owed.ordinal.max()
    )


def _with_axis(phases: ir.Table, protocol: Protocol) -> ir.Table:
    """The phases that owe tests, with which, day_0, the day before day 1 of their axis, and first_day.

    Test days that had gone by before somebody was traced, before first_day, are not owed any more.
    """
    rules = asked(protocol)
    rules = rules.filter(rules.tested).select("class", "phase", *_TESTED)
    days = ("anchor_day", "traced_day", "begin_day", "until_day", "numbering", "late")
    mine = phases.select("plan", "class", "phase", *days).inner_join(rules, ["class", "phase"])
    before = ibis.cases(
        (mine.axis == "control", mine.traced_day), (mine.axis == "exposure", mine.anchor_day),
        else_=mine.begin_day,
    )  # fmt: skip
    back = (mine.axis == "exposure").ifelse(mine.numbering, 1)
    return mine.mutate(
        day_0=(before - back.as_interval("D")).cast("date"),
        first_day=ibis.greatest(mine.begin_day, mine.traced_day),
    )


def _on(mine: ir.Table, ordinal: ir.IntegerValue) -> ir.Value:
    return (mine.day_0 + ordinal.as_interval("D")).cast("date")


def _listed(mine: ir.Table) -> ir.Table:
    """The days listed, or every so many until the release, wherever they fall."""
    last = mine.until_day.delta(mine.day_0, unit="day")
    each = mine.mutate(ordinal=ordinals(mine.on_days, mine.every, last).unnest())
    return each.mutate(due_day=_on(each, each.ordinal))


def _at_release(mine: ir.Table) -> ir.Table:
    """The last test where it is moved to the release: the last of those listed, or of every so many."""
    mine = mine.filter(mine.at_release)
    last = mine.until_day.delta(mine.day_0, unit="day")
    repeated = last // ibis.greatest(mine.every, 1) * mine.every
    return mine.mutate(due_day=mine.until_day, ordinal=(mine.every > 0).ifelse(repeated, mine.last_ordinal))


def _when_traced(mine: ir.Table) -> ir.Table:
    """A test on the day traced, where the phase asks one, or where days gone by are made into one."""
    first = (mine.every > 0).ifelse(mine.every, mine.on_days[0])
    gone = (mine.late == "convert") & (_on(mine, first) < mine.traced_day)
    mine = mine.filter(mine.when_traced | gone.fill_null(False))
    return mine.mutate(due_day=mine.traced_day, ordinal=ibis.literal(0))


def _landed(listed: ir.Table, phases: ir.Table, rules: ir.Table) -> ir.Table:
    """Days since the exposure that go beyond their phase: they fall in the phase they land in."""
    beyond = listed.filter((listed.axis == "exposure") & (listed.due_day > listed.until_day))
    beyond = beyond.select("plan", "due_day", "ordinal", listing="phase", listed_test="test")
    later = phases.select("plan", "class", "phase", "begin_day", "until_day")
    later = later.inner_join(rules.select("class", "phase", "test", "tested"), ["class", "phase"])
    met = beyond.inner_join(later, "plan")
    met = met.filter((met.phase > met.listing) & met.due_day.between(met.begin_day, met.until_day))
    return met.mutate(test=met.tested.ifelse(met.test, met.listed_test))


def _taken(owed: ir.Table, people: ir.Table, swabs: ir.Table) -> ir.Table:
    """The swab taken for each test from its day on and before the day of the next of its kind: course,
    slot, sampled_at, result.

    Of several the first that settled it, else the last. Nobody's swab counts before they are under
    control: until then the days are a plan that moves with the calendar.
    """
    known = people.filter(people.control_at.notnull()).select("course", "plan", "person")
    mine = worked_out(known.inner_join(swabs, "person").drop("person"))
    taken = mine.inner_join(
        worked_out(_falling(owed, mine.select("plan", "day").distinct())), ["plan", "day"]
    )
    taken = taken.filter(answers(taken, taken.wanted))
    said = {word: taken.result == word for word in ("positive", "negative", "invalid", "grey")}
    at = taken.sampled_at
    best = taken.group_by("course", "slot").aggregate(
        positive=at.min(where=said["positive"]), negative=at.min(where=said["negative"]),
        invalid=at.max(where=said["invalid"]), grey=at.max(where=said["grey"]),
        silent=at.max(where=taken.result.isnull()),
    )  # fmt: skip
    settled, last = (
        ibis.least(best.positive, best.negative),
        ibis.greatest(best.invalid, best.grey, best.silent),
    )
    sampled = settled.fill_null(last)
    found = [(best[word] == sampled, word) for word in said]
    return best.select("course", "slot", sampled_at=sampled, result=ibis.cases(*found))


def _falling(owed: ir.Table, days: ir.Table) -> ir.Table:
    """Which test of each kind a swab of a day is for, the last that was due: plan, day, wanted, slot."""
    due = owed.inner_join(days, "plan")
    due = due.filter(due.due_day <= due.day)
    last = due.group_by("plan", "test", "day").aggregate(due_day=due.due_day.max())
    found = owed.inner_join(last, ["plan", "test", "due_day"])
    return found.select("plan", "day", "slot", wanted="test")


def negatives(phases: ir.Table, swabs: ir.Table) -> ir.Table:
    """On how many days of each phase or since somebody under control was negative by the test `wanted`:
    course, step, negative_days."""
    known = phases.filter(phases.control_at.notnull())
    known = known.select("course", "person", "step", "begin_day", "wanted")
    swab = known.inner_join(swabs.filter(swabs.result == "negative"), "person")
    swab = swab.filter((swab.day >= swab.begin_day) & (swab.test == swab.wanted))
    return swab.group_by("course", "step").aggregate(negative_days=swab.day.nunique())
