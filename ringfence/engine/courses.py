"""What does everyone who owes a course owe: where, from when, until when?

Courses whose days are the same share a plan: the phases and tests of a million people are those of some
hundreds of plans, worked out once each.
"""

from dataclasses import dataclass
from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from ringfence.engine.control import controlled, kept, placed
from ringfence.engine.course_rules import asked
from ringfence.engine.days import day_of, when
from ringfence.engine.extensions import with_lengths
from ringfence.engine.match import as_rows, beside, stacked, values, worked_out
from ringfence.engine.shared import at_number, joined, numbered
from ringfence.engine.swabs import answers
from ringfence.protocol import Protocol
from ringfence.tables import Facts

_ANCHORS = {
    "last_exposure": "exposed_day", "first_exposure": "since_day", "traced": "traced_day",
    "entered": "entered_day", "left": "left_day", "ended": "ended_day",
}  # fmt: skip
"""The day behind each anchor."""
_TIMED = ("class", "days", "anchor", "numbering", "late", "resets", "tested")
"""What of a phase's rule its days hang on."""
_DATED = (*_ANCHORS.values(), "reset_day")
"""The days a course's own hang on."""
_ASKED = ("class", "phase", "place", "linked_tests", "late", "numbering", "rule", "edition", "grade")


@dataclass(frozen=True)
class Courses:
    """What is owed.

    people: a row a course, in the order of its number: course, plan, person, class, index, area, known_at,
        control_at, over_at, evidence; and first_text, where the values of its first phase stand in `texts`,
        those of the others following.
    phases: a row a phase of each plan, in order: step (its number), plan, class, phase, its days and what
        its rule asks.
    texts: a row a phase and the values used for it: values, waits_on.
    placed: when whoever was in place for a phase was, and left it: course, step, placed_at, left_at.
    """

    people: pa.Table
    phases: pa.Table
    texts: pa.Table
    placed: ir.Table


def courses(owing: pa.Table, swabs: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime) -> Courses:
    """The phases each person owes.

    Args:
        owing: a row a course (see `owing.owing`).
        swabs: the single swabs of these people (see `swabs.tests_of`).
        facts: their stays, what protects them and reports of their illness.
        protocol: its courses.
        as_of: until when.
    """
    owed, rules = ibis.memtable(owing), asked(protocol)
    spells = kept(owed, facts, protocol)
    rows = owed.select(
        "course", "person", "class", "over_at", *(day for day in _DATED if day != "traced_day")
    )
    rows = worked_out(beside(rows, controlled(owed, spells[False], protocol, as_of), "course"))
    rows = _traced(with_lengths(rows, facts, protocol, as_of), rules, swabs, protocol, as_of)
    plans = numbered(as_rows(rows.select(*_dated(rows)).distinct()), "plan")
    phases = _phases(ibis.memtable(plans), rules, protocol)
    rows = _with(rows, ibis.memtable(plans), _dated(rows)).select("course", "plan", "control_at")
    people, texts = _told(joined(owing, as_rows(rows.order_by("course")), "course"), phases, protocol)
    steps = ibis.memtable(phases)
    in_place = worked_out(placed(ibis.memtable(people), steps, spells, protocol, as_of))
    return Courses(people, phases, texts, in_place)


def with_text(rows: pa.Table, courses: Courses) -> pa.Table:
    """The rows, numbers of a course and of a step, with the number of the text of both."""
    first = at_number(rows, "course", courses.people, "first_text")
    return rows.append_column(
        "text", pc.add(first, pc.subtract(at_number(rows, "step", courses.phases, "phase"), 1))
    )


def _dated(rows: ir.Table) -> list[str]:
    """The columns that two courses of one plan have in common."""
    return ["class", *_DATED, *(name for name in rows.columns if name.startswith("longer_"))]


def _with(rows: ir.Table, numbers: ir.Table, names: list[str]) -> ir.Table:
    """The rows with the number of what they share: where both are absent they agree."""
    alike = numbers.rename({f"{name}_of": name for name in names})
    return rows.inner_join(alike, [rows[name].identical_to(alike[f"{name}_of"]) for name in names])


def _phases(plans: ir.Table, rules: ir.Table, protocol: Protocol) -> pa.Table:
    """The phases of every plan, in order: see `Courses.phases`."""
    parts: list[ir.Table] = []
    for number in range(1, max([1, *(len(rule.phases) for rule in protocol.courses)]) + 1):
        before = parts[-1].select("plan", before="until_day") if parts else None
        mine = rules.filter(rules.phase == number).select(*_TIMED)
        rows = plans if before is None else plans.inner_join(before, "plan")
        parts.append(_phase(rows, mine, number, protocol))
    told = plans.select("plan", "class", "traced_day", "reset_day")
    phases = worked_out(stacked(*parts)).inner_join(told, "plan")
    phases = phases.inner_join(rules.select(*_ASKED), ["class", "phase"])
    return numbered(as_rows(phases.order_by("plan", "phase")), "step")


def _told(people: pa.Table, phases: pa.Table, protocol: Protocol) -> tuple[pa.Table, pa.Table]:
    """The courses with `first_text`, and the texts: see `Courses`."""
    linked = [rule.of for rule in protocol.courses if any(phase.linked_tests for phase in rule.phases)]
    rows, steps = ibis.memtable(people), ibis.memtable(phases)
    waits = rows["class"].isin(linked).ifelse(rows["index"], ibis.null("int64"))
    rows = rows.select("course", "plan", "owed_rule", "last_exposure", waits=waits)
    names = ["plan", "owed_rule", "last_exposure", "waits"]
    said = numbered(as_rows(rows.select(*names).distinct()), "said")
    texts = numbered(as_rows(_texts(ibis.memtable(said), steps)), "text")
    every = ibis.memtable(texts)
    first = every.group_by("said").aggregate(first_text=every["text"].min())
    first = worked_out(ibis.memtable(said).inner_join(first, "said").drop("said"))
    rows = _with(rows, first, names).select("course", "first_text")
    return joined(people, as_rows(rows.order_by("course")), "course"), texts


def _texts(said: ir.Table, steps: ir.Table) -> ir.Table:
    """Whom each phase waits on, and the values used: said, step, waits_on, values."""
    rows = said.inner_join(steps, "plan")
    waits = (rows.linked_tests > 0).ifelse(rows.waits, ibis.null("int64"))
    told = values(
        contact_rule=rows.owed_rule, last_exposure=rows.last_exposure, anchor_day=rows.anchor_day,
        days=rows.days, numbering=rows.numbering, late=rows.late, traced_day=rows.traced_day,
        reset_day=rows.reset_day, waits_on=waits,
    )  # fmt: skip
    return rows.select("said", "step", waits_on=waits, values=told).order_by("said", "step")


def _traced(
    rows: ir.Table, rules: ir.Table, swabs: ir.Table, protocol: Protocol, as_of: datetime
) -> ir.Table:
    """The courses with traced_day: today for whoever is still at large.

    Somebody at large whose term has run is found by the swab they owe.
    """
    first = rules.filter(
        (rules.phase == 1) & (rules.late != "floor") & (rules.anchor != "traced") & rules.tested
    )
    loose = rows.filter(rows.control_at.isnull()).mutate(traced_day=ibis.null("date"))
    loose = _lasting(loose.inner_join(first.select(*_TIMED, "test"), "class"), 1)
    loose = loose.select("course", "person", term=_anchor(loose) + _counted(loose), wanted="test")
    swab = loose.inner_join(swabs, "person")
    swab = swab.filter((swab.day >= swab.term) & answers(swab, swab.wanted))
    found = swab.group_by("course").aggregate(found_at=swab.sampled_at.min())
    rows = beside(rows, found, "course")
    control = rows.control_at.fill_null(rows.found_at)
    rows = rows.mutate(control_at=control, traced_day=day_of(control.fill_null(as_of), protocol.offsets))
    return worked_out(rows.drop("found_at"))


def _lasting(rows: ir.Table, number: int) -> ir.Table:
    """The courses with the length their phase of this number has for each of them."""
    longer = f"longer_{number}"
    return rows.mutate(days=rows[longer].fill_null(rows.days)) if longer in rows.columns else rows


def _anchor(rows: ir.Table) -> ir.Value:
    """The day the length counts from; a positive in the site moves it to the last removal."""
    named = ibis.cases(*[(rows.anchor == name, rows[day]) for name, day in _ANCHORS.items()])
    named = named.fill_null(rows.traced_day)
    return (rows.resets & (rows.reset_day > named)).fill_null(False).ifelse(rows.reset_day, named)


def _counted(rows: ir.Table) -> ir.IntervalValue:
    return (rows.days - rows.numbering).as_interval("D")


def _phase(rows: ir.Table, rules: ir.Table, number: int, protocol: Protocol) -> ir.Table:
    """The phase of this number of every plan that has one: plan, phase and its days.

    Args:
        rows: the plans; `before` is the last day of the phase before.
        rules: what the phase's days hang on, a row a class.
        number: which phase.
        protocol: for when a phase begins where its course says so itself.
    """
    rows = _lasting(rows.inner_join(rules, "class"), number)
    rows = rows.mutate(anchor_day=_anchor(rows).cast("date"), start_day=_start(rows, number, protocol))
    begin = rows.traced_day if number == 1 else rows.before + ibis.interval(days=1)
    begin = rows.start_day.fill_null(begin.cast("date"))
    if number == 1:
        begin = (rows.late == "floor").ifelse(ibis.greatest(begin, rows.traced_day), begin)
    until = _first_until(rows) if number == 1 else _later_until(rows)
    rows = rows.mutate(until_day=until.cast("date"), begin_day=begin)
    return rows.select(
        "plan", "anchor_day", "until_day", "days",
        phase=ibis.literal(number, "int32"), begin_day=ibis.least(rows.begin_day, rows.until_day),
    )  # fmt: skip


def _first_until(rows: ir.Table) -> ir.Value:
    """The day of release of a first phase. Traced late: the days gone by are credited, or (floor) none are.

    Nobody is released before the day they were traced, who owes a test then.
    """
    counted = rows.anchor_day + _counted(rows)
    return ibis.cases(
        (rows.late == "floor", ibis.greatest(rows.anchor_day, rows.traced_day) + _counted(rows)),
        (rows.tested, ibis.greatest(counted, rows.traced_day)),
        else_=counted,
    )


def _later_until(rows: ir.Table) -> ir.Value:
    """A later phase lasts its days from the one before; one that says when it begins ends by its anchor."""
    counted = ibis.greatest(rows.anchor_day + _counted(rows), rows.before)
    return rows.start_day.isnull().ifelse(rows.before + rows.days.as_interval("D"), counted)


def _start(rows: ir.Table, number: int, protocol: Protocol) -> ir.Value:
    """The day a phase begins where its course says so itself."""
    days = {name: rows[day] for name, day in _ANCHORS.items()}
    given = [
        (rows["class"] == rule.of, day_of(when(phase.start, {}, days, protocol.offsets), protocol.offsets))
        for rule in protocol.courses
        for phase in rule.phases[number - 1 : number]
        if phase.start is not None
    ]
    return ibis.cases(*given) if given else ibis.null("date")
