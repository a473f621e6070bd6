"""What does each contact owe: where, from when, until when, tested on which days?"""

from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.engine.contacts import CLASSES
from ringfence.engine.days import day_of
from ringfence.engine.match import because, beside, empty, stacked, values, worked_out
from ringfence.engine.stays import spells_of
from ringfence.engine.swabs import tests_of
from ringfence.protocol import Protocol
from ringfence.protocol.rules import CourseRule, Phase
from ringfence.tables import Facts
from ringfence.tables.decisions import COURSES

_IN_PLACE = {
    "central": ("central", "hospital"),
    "home": ("home", "central", "hospital"),
    "home_monitoring": ("home", "central", "hospital"),
}
"""The stays that count as being in place for a phase: at least as strict as it asks."""
_CONTROL = ("home", "central", "hospital")
"""The stays that bring a contact under control; a hold is about a tube, not about a meeting."""
_DAY = ibis.interval(days=1)


def courses(
    contacts: ir.Table, cases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime
) -> ir.Table:
    """The phases each contact owes, by their gravest class: `tables.decisions.COURSES` but for `state`.

    Contacts a tracer has still to judge owe no course yet, and neither do cases.
    """
    owing = worked_out(_owing(contacts, cases, facts, protocol, as_of))
    parts: list[ir.Table] = []
    for rule in protocol.courses:
        parts += _phases(owing.filter(owing["class"] == rule.of), rule)
    if not parts:
        return empty(COURSES).mutate(control_at=ibis.null("timestamp(6)"))
    phases = worked_out(stacked(*parts))
    placed = _placed(phases, facts, protocol, as_of)
    return worked_out(beside(phases, placed, "person", "phase"))


def _owing(
    contacts: ir.Table, cases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime
) -> ir.Table:
    """One row a contact: gravest class, last exposure, and the days its course can count from.

    Adds since_day (first exposure), exposed_day (last exposure), control_at (absent while at large),
    traced_day and reset_day.
    """
    sure = contacts.filter(
        ~contacts.review & contacts["class"].isin([course.of for course in protocol.courses])
    )
    sure = _reclassed(sure.anti_join(cases, "person"), cases, protocol)
    same = ibis.window(group_by=["person", "class"])
    sure = sure.mutate(
        grave=ibis.cases(*[(sure["class"] == name, number) for number, name in enumerate(CLASSES)]),
        since=sure.first_exposure.min().over(same),
    )
    order = [sure.grave, sure.last_exposure.desc(), sure["index"], sure.ring]
    first = ibis.row_number().over(ibis.window(group_by="person", order_by=order))
    one = worked_out(sure.mutate(turn=first).filter(lambda t: t.turn == 0).drop("turn", "grave"))
    one = beside(one, _controlled(one, facts, protocol, as_of), "person")
    one = beside(worked_out(one), _removed(one, cases, facts), "person")
    one = one.mutate(
        exposed_day=day_of(one.last_exposure, protocol.offsets),
        since_day=day_of(one.since, protocol.offsets),
        reset_day=day_of(one.removed_at, protocol.offsets),
    )
    one = worked_out(one)
    one = beside(one, _found_late(one, facts, protocol), "person")
    one = one.mutate(control_at=one.control_at.fill_null(one.found_at))
    return one.mutate(traced_day=day_of(one.control_at.fill_null(as_of), protocol.offsets))


def _reclassed(sure: ir.Table, cases: ir.Table, protocol: Protocol) -> ir.Table:
    """Contacts whose linked contact has become a case count as the class their course says."""
    becomes = {
        rule.of: phase.linked_becomes
        for rule in protocol.courses
        for phase in rule.phases
        if phase.linked_becomes
    }
    if not becomes:
        return sure
    known = cases.select(index="person", case_facts="evidence")
    sure = beside(sure, known, "index")
    infected = sure.case_facts.notnull()
    grave = ibis.cases(
        *[((sure["class"] == of) & infected, as_) for of, as_ in becomes.items()], else_=sure["class"]
    )
    evidence = (grave != sure["class"]).ifelse(sure.evidence.concat(sure.case_facts), sure.evidence)
    return sure.mutate(**{"class": grave}, evidence=evidence.unique().sort()).drop("case_facts")


def _controlled(one: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """When each person came under control: the first spell that reached past their last exposure.

    Nobody is while the exposure goes on, as at home with a case still at large.
    """
    spell = spells_of(facts, one, _CONTROL, protocol.offsets).inner_join(
        one.select("person", "last_exposure"), "person"
    )
    over = (spell.last_exposure < as_of) | (spell.begin >= spell.last_exposure)
    spell = spell.filter(over & (spell.end.isnull() | (spell.end > spell.last_exposure)))
    return spell.group_by("person").aggregate(
        control_at=ibis.greatest(spell.begin.min(), spell.last_exposure.max())
    )


def _found_late(one: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """Contacts at large whose term has run are found by the swab they owe: person, found_at."""
    loose = one.mutate(traced_day=ibis.null("date"))
    terms = [
        (loose["class"] == rule.of, _anchor(loose, rule.phases[0]) + _counted(rule.phases[0]))
        for rule in protocol.courses
        if rule.phases and rule.phases[0].late == "credit" and rule.phases[0].anchor != "traced"
    ]
    loose = loose.mutate(term=ibis.cases(*terms) if terms else ibis.null("date"))
    loose = loose.filter(loose.control_at.isnull()).select("person", "term")
    swab = tests_of(facts, loose, protocol).inner_join(loose, "person")
    swab = swab.filter(swab.day >= swab.term)
    return swab.group_by("person").aggregate(found_at=swab.sampled_at.min())


def _removed(one: ir.Table, cases: ir.Table, facts: Facts) -> ir.Table:
    """When the last positive was taken from each person's quarantine site while they were in it."""
    stay = facts["stay"]
    central = stay.filter((stay.kind == "central") & stay.place.notnull())
    sign = cases.select(case="person", sign=ibis.coalesce(cases.first_positive, cases.detected_at))
    theirs = central.select("place", "end", case="person", came="begin").inner_join(sign, "case")
    hospital = stay.filter(stay.kind == "hospital").select(case="person", taken="begin")
    theirs = theirs.left_join(hospital, ["case", theirs.came <= hospital.taken]).drop("case_right")
    theirs = theirs.group_by("case", "place", "came", "end", "sign").aggregate(taken=theirs.taken.min())
    theirs = theirs.mutate(gone=ibis.least(theirs.end, theirs.taken))
    theirs = theirs.filter(theirs.sign <= theirs.gone).select("case", "place", "gone")
    mine = central.semi_join(one, "person").select("person", "place", "begin", "end")
    met = mine.inner_join(theirs, "place")
    met = met.filter(
        (met.person != met.case) & (met.gone >= met.begin) & (met.end.isnull() | (met.gone < met.end))
    )
    return met.group_by("person").aggregate(removed_at=met.gone.max())


def _phases(owing: ir.Table, rule: CourseRule) -> list[ir.Table]:
    parts: list[ir.Table] = []
    before: ir.Value | None = None
    for number, phase in enumerate(rule.phases, 1):
        anchor = _anchor(owing, phase)
        begin = owing.traced_day if before is None else before + _DAY
        until = _until(owing, phase, anchor, before)
        parts.append(
            _phase(owing, rule, phase, {"number": number, "anchor": anchor, "begin": begin, "until": until})
        )
        before = until
    return parts


def _phase(owing: ir.Table, rule: CourseRule, phase: Phase, found: dict[str, ir.Value | int]) -> ir.Table:
    waits = owing["index"] if phase.linked_tests else ibis.null("int64")
    return owing.select(
        "person", "class", "index", "traced_day", "area", "evidence", "control_at", "last_exposure",
        phase=ibis.literal(found["number"], "int32"),
        place=ibis.literal(phase.place),
        colour=ibis.null("string") if phase.colour == "none" else ibis.literal(phase.colour),
        anchor_day=found["anchor"],
        begin_day=found["begin"],
        until_day=found["until"],
        waits_on=waits,
        values=values(
            contact_rule=owing.rule, last_exposure=owing.last_exposure, anchor_day=found["anchor"],
            days=ibis.literal(phase.days), numbering=ibis.literal(phase.numbering),
            late=ibis.literal(phase.late), traced_day=owing.traced_day, reset_day=owing.reset_day,
            waits_on=waits,
        ),
        **because(rule.rule),
    )  # fmt: skip


def _anchor(owing: ir.Table, phase: Phase) -> ir.Value:
    """The day the length counts from; a positive in the site moves it to the last removal."""
    named = {
        "last_exposure": owing.exposed_day,
        "first_exposure": owing.since_day,
        "traced": owing.traced_day,
    }[phase.anchor]
    if phase.reset == "positive_in_site":
        return ibis.greatest(named, owing.reset_day.fill_null(named))
    return named


def _counted(phase: Phase) -> ir.IntervalValue:
    return ibis.interval(days=phase.days - phase.numbering)


def _until(owing: ir.Table, phase: Phase, anchor: ir.Value, before: ir.Value | None) -> ir.Value:
    """The day of release. Traced late: the days gone by are credited, or (floor) none are; either way
    nobody is released before the day they were traced, and one who is then owes a single test."""
    if before is not None:
        return before + ibis.interval(days=phase.days)
    if phase.late == "floor":
        return ibis.greatest(anchor, owing.traced_day) + _counted(phase)
    return ibis.greatest(anchor + _counted(phase), owing.traced_day)


def _placed(phases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """When each person was in place for each phase, and left it: person, phase, placed_at, left_at.

    Whoever left before the day of release is not in place any more.
    """
    spell = stacked(
        *(
            spells_of(facts, phases, kinds, protocol.offsets).mutate(place=ibis.literal(place))
            for place, kinds in _IN_PLACE.items()
        )
    )
    today = day_of(ibis.literal(as_of), protocol.offsets)
    owed = phases.select("person", "phase", "place", "begin_day", "until_day", "last_exposure")
    both = owed.filter(owed.begin_day <= today).inner_join(worked_out(spell), ["person", "place"])
    both = both.filter(
        both.end.isnull()
        | ((both.end > both.last_exposure) & (day_of(both.end, protocol.offsets) >= both.until_day))
    )
    left = (both.end <= as_of).ifelse(both.end, ibis.null("timestamp(6)"))
    return both.group_by("person", "phase").aggregate(placed_at=both.begin.min(), left_at=left.min())
