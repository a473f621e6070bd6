"""What does everyone who owes a course owe: where, from when, until when?"""

from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.engine.control import controlled, kept, placed
from ringfence.engine.course_rules import asked
from ringfence.engine.days import day_of, when
from ringfence.engine.extensions import with_lengths
from ringfence.engine.match import beside, stacked, values, worked_out
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
_ALIKE = ("person", "class")


def courses(owing: ir.Table, swabs: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """The phases each person owes: `tables.decisions.COURSES` but for `state`.

    Args:
        owing: a row a course (see `owing.owing`).
        swabs: the single swabs of these people (see `swabs.tests_of`).
        facts: their stays, what protects them and reports of their illness.
        protocol: its courses.
        as_of: until when.
    """
    spells = kept(owing, facts, protocol)
    rules = asked(protocol)
    rows = beside(owing, controlled(owing, spells[False], protocol, as_of), *_ALIKE)
    rows = _traced(with_lengths(worked_out(rows), facts, protocol, as_of), rules, swabs, protocol, as_of)
    parts: list[ir.Table] = []
    for number in range(1, max([1, *(len(rule.phases) for rule in protocol.courses)]) + 1):
        before = parts[-1].select(*_ALIKE, before="until_day") if parts else None
        mine = rules.filter(rules.phase == number).select(*_TIMED)
        parts.append(
            _phase(rows if before is None else rows.inner_join(before, _ALIKE), mine, number, protocol)
        )
    told = rows.select(*_ALIKE, "index", "area", "known_at", "control_at", "traced_day", "over_at",
                       "last_exposure", "reset_day", "owed_rule", "evidence")  # fmt: skip
    said = rules.select("class", "phase", "place", "linked_tests", "late", "numbering", "rule",
                        "edition", "grade")  # fmt: skip
    phases = worked_out(stacked(*parts)).inner_join(told, _ALIKE).inner_join(said, ["class", "phase"])
    kept_in = worked_out(placed(phases, spells, protocol, as_of))
    return _with_values(beside(phases, kept_in, *_ALIKE, "phase"))


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
    loose = loose.select(*_ALIKE, term=_anchor(loose) + _counted(loose), wanted="test")
    swab = loose.inner_join(swabs, "person")
    swab = swab.filter((swab.day >= swab.term) & answers(swab, swab.wanted))
    found = swab.group_by(*_ALIKE).aggregate(found_at=swab.sampled_at.min())
    rows = beside(rows, found, *_ALIKE)
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
    """The phase of this number of every course that has one: person, class, phase and its days.

    Args:
        rows: the courses; `before` is the last day of the phase before.
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
        *_ALIKE, "anchor_day", "until_day", "days",
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


def _with_values(phases: ir.Table) -> ir.Table:
    """The phases with whom each waits on, and the values used."""
    waits = (phases.linked_tests > 0).ifelse(phases["index"], ibis.null("int64"))
    told = values(
        contact_rule=phases.owed_rule, last_exposure=phases.last_exposure, anchor_day=phases.anchor_day,
        days=phases.days, numbering=phases.numbering, late=phases.late, traced_day=phases.traced_day,
        reset_day=phases.reset_day, waits_on=waits,
    )  # fmt: skip
    return phases.mutate(waits_on=waits, values=told)
