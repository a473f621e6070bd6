"""Who owes a course, and what for? Contacts, people who arrived, and people who left a hospital or a loop.

A person may owe several courses at once: one as a contact, by their gravest class; one for their last
arrival; one for leaving closed-loop work; one for leaving hospital after an infection.
"""

from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ringfence.engine.course_rules import owed_classes
from ringfence.engine.days import day_of
from ringfence.engine.match import as_rows, beside, first_match, merged_facts, pick, stacked, worked_out
from ringfence.engine.match import facts as evidence
from ringfence.engine.removals import last_removal
from ringfence.engine.shared import joined, lent, numbered
from ringfence.engine.stays import spells
from ringfence.engine.swabs import homes_of
from ringfence.protocol import Protocol
from ringfence.protocol.vocabulary import ARRIVAL
from ringfence.tables import Facts
from ringfence.tables.decisions import ARRIVAL_CLASSES, CONTACT_CLASSES, COURSE_CLASSES

CONTACT, ARRIVED = "contact", "arrival"
"""The families of classes of which a person owes for one at a time; others are families of their own."""
_COLUMNS = (
    "person", "class", "index", "ring", "area", "known_at", "over_at", "first_exposure", "last_exposure",
    "entered_day", "left_day", "ended_day", "owed_rule", "evidence",
)  # fmt: skip
_CHOSEN = ("row", "person", "class", "known_at", "first_exposure")
_NEVER = ibis.null("timestamp(6)")
_NO_DAY = ibis.null("date")


def owing(contacts: ir.Table, cases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime) -> pa.Table:
    """A row a course, in the order of person and class: who owes it and the days it can count from.

    Contacts a tracer has still to judge owe no course yet, and cases owe none for anything that was over
    before they were cleared; having left hospital they owe what that owes.

    Columns: course (its number), person, class, index and ring (absent where it is not for a meeting),
    area, known_at, over_at (when what they owe it for was over: the last meeting, the arrival, the stay),
    the days exposed_day (last exposure), since_day (first exposure), entered_day, left_day and ended_day
    where they have them, reset_day (a positive taken from their site), owed_rule (which gave the class)
    and evidence.
    """
    sure = _well(_for_meetings(_linked(_sure(contacts, protocol), cases, protocol)), cases)
    parts = [
        sure,
        *_for_arrivals(cases, facts, protocol, as_of),
        *_for_leaving(cases, facts, protocol, as_of),
    ]
    every = lent(as_rows(stacked(*parts) if len(parts) > 1 else sure), "area", "evidence")
    one = _gravest(every, protocol)
    removed = worked_out(last_removal(ibis.memtable(one), cases, facts, protocol))
    becomes = _becoming(protocol, "reset_becomes")
    if becomes:
        met = beside(ibis.memtable(one), removed, "person")
        one = _gravest(as_rows(_as_what_the_site_makes_them(met, becomes).drop("removed_at")), protocol)
    rows = ibis.memtable(numbered(one, "row"))
    rows = beside(rows.select("row", "person", "class", "last_exposure", "first_exposure"), removed, "person")
    rows = rows.filter(rows["class"].isin(owed_classes(protocol))).select(
        "row",
        exposed_day=day_of(rows.last_exposure, protocol.offsets),
        since_day=day_of(rows.first_exposure, protocol.offsets),
        reset_day=day_of(rows.removed_at, protocol.offsets),
    )
    return numbered(joined(one, as_rows(rows.order_by("row")), "row"), "course")


def family(class_: ir.StringValue) -> ir.Value:
    """The family a class belongs to: contact, arrival, or the class itself."""
    return ibis.cases(
        (class_.isin(CONTACT_CLASSES), CONTACT), (class_.isin(ARRIVAL_CLASSES), ARRIVED), else_=class_
    )


def _sure(contacts: ir.Table, protocol: Protocol) -> ir.Table:
    return contacts.filter(
        ~contacts.review & contacts["class"].isin([course.of for course in protocol.courses])
    )


def _becoming(protocol: Protocol, key: str) -> dict[str, str]:
    """As which class those of a class count once something happened, where a course says so."""
    return {
        rule.of: getattr(phase, key)
        for rule in protocol.courses
        for phase in rule.phases
        if getattr(phase, key)
    }


def _linked(sure: ir.Table, cases: ir.Table, protocol: Protocol) -> ir.Table:
    """Contacts whose linked contact has become a case count as the class their course says."""
    becomes = _becoming(protocol, "linked_becomes")
    if not becomes:
        return sure
    known = cases.select(index="person", case_facts="evidence")
    sure = beside(sure, known, "index")
    infected = sure.case_facts.notnull()
    grave = ibis.cases(
        *[((sure["class"] == of) & infected, as_) for of, as_ in becomes.items()], else_=sure["class"]
    )
    rests = (grave != sure["class"]).ifelse(
        sure.evidence.concat(sure.case_facts).unique().sort(), sure.evidence
    )
    return sure.mutate(**{"class": grave}, evidence=rests).drop("case_facts")


def _for_meetings(sure: ir.Table) -> ir.Table:
    return sure.mutate(
        over_at=sure.last_exposure, owed_rule=sure.rule, entered_day=_NO_DAY, left_day=_NO_DAY,
        ended_day=_NO_DAY,
    ).select(*_COLUMNS)  # fmt: skip


def _well(owed: ir.Table, cases: ir.Table) -> ir.Table:
    """What people owe who are no cases, and cases for what was over only after they had been cleared."""
    case = cases.select("person", "cleared_at", sick=ibis.literal(value=True))
    owed = beside(owed, case, "person")
    return owed.filter(owed.sick.isnull() | (owed.over_at > owed.cleared_at)).select(*_COLUMNS)


def _for_arrivals(cases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime) -> list[ir.Table]:
    """The last arrival of each person that the arrivals table gives a class: it supersedes those before.

    Where the day they left is not known, they left no later than they came.
    """
    if not protocol.arrivals:
        return []
    came = facts["arrival"].filter(facts["arrival"]["at"] <= as_of)
    came = came.mutate(entered_day=day_of(came["at"], protocol.offsets))
    came = came.mutate(left_d=came.entered_day.delta(came.left_day, unit="day"))
    found = first_match(protocol.arrivals, {name: came[name] for name in ARRIVAL})
    came = came.mutate(number=found.number)
    came = came.mutate(
        **{"class": pick(came.number, [row.gives for row in protocol.arrivals])},
        owed_rule=pick(came.number, [row.rule.id for row in protocol.arrivals]),
        left_day=came.left_day.fill_null(came.entered_day),
    )
    came = came.filter(came["class"].isin(ARRIVAL_CLASSES))
    last = came.group_by("person").aggregate(over_at=came["at"].max())
    came = worked_out(came.inner_join(last, ["person", came["at"] == last.over_at]))
    came = beside(came, homes_of(facts, came), "person")
    came = came.mutate(
        known_at=came.over_at, index=ibis.null("int64"), ring=ibis.null("int32"), first_exposure=_NEVER,
        last_exposure=_NEVER, ended_day=_NO_DAY, evidence=evidence(came.fact),
    )  # fmt: skip
    return [_well(came.select(*_COLUMNS), cases)]


def _for_leaving(cases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime) -> list[ir.Table]:
    owed = owed_classes(protocol)
    parts: list[ir.Table] = []
    if "closed_loop" in owed:
        left = _left(facts["stay"].filter(facts["stay"].kind == "closed_loop"), protocol, as_of)
        parts.append(_well(_for_a_stay("closed_loop", left, facts, protocol), cases))
    if "discharged" in owed:
        stay = facts["stay"].semi_join(cases, "person")
        left = _left(stay.filter(stay.kind == "hospital"), protocol, as_of)
        case = cases.select("person", "detected_at", case_facts="evidence")
        left = left.inner_join(case, "person")
        left = left.filter(left.over_at >= left.detected_at)
        left = left.mutate(evidence=left.evidence.concat(left.case_facts).unique().sort())
        parts.append(_for_a_stay("discharged", left, facts, protocol))
    return parts


def _left(stay: ir.Table, protocol: Protocol, as_of: datetime) -> ir.Table:
    """Whoever left such a stay and is not in one again: person, over_at, evidence.

    Moved from one to another on one day they have not left.
    """
    stay = stay.filter(stay.begin <= as_of)
    stay = stay.mutate(end=(stay.end <= as_of).ifelse(stay.end, _NEVER))
    spell = worked_out(spells(stay, protocol.offsets))
    going_on = spell.filter(spell.end.isnull())
    gone = spell.anti_join(going_on, "person")
    last = gone.group_by("person").aggregate(over_at=gone.end.max())
    mine = stay.inner_join(last, ["person", stay.end == last.over_at])
    return worked_out(
        mine.group_by("person", "over_at").aggregate(evidence=merged_facts(evidence(mine.fact)))
    )


def _for_a_stay(class_: str, left: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    left = beside(left, homes_of(facts, left), "person")
    return left.mutate(
        **{"class": ibis.literal(class_)}, known_at=left.over_at, index=ibis.null("int64"),
        ring=ibis.null("int32"), first_exposure=_NEVER, last_exposure=_NEVER, entered_day=_NO_DAY,
        left_day=_NO_DAY, ended_day=day_of(left.over_at, protocol.offsets),
        owed_rule=ibis.null("string"),
    ).select(*_COLUMNS)  # fmt: skip


def _as_what_the_site_makes_them(one: ir.Table, becomes: dict[str, str]) -> ir.Table:
    """People in whose site there was a positive count as the class their course says.

    The exposure was in the site then, until the positive was taken out of it.
    """
    met = (one.removed_at >= one.over_at).fill_null(False) & one["class"].isin(list(becomes))
    grave = ibis.cases(
        *[((one["class"] == of) & met, as_) for of, as_ in becomes.items()], else_=one["class"]
    )
    return one.mutate(
        **{"class": grave},
        last_exposure=met.ifelse(
            ibis.greatest(one.last_exposure.fill_null(one.removed_at), one.removed_at), one.last_exposure
        ),
        first_exposure=met.ifelse(one.first_exposure.fill_null(one.removed_at), one.first_exposure),
    )


def _gravest(every: pa.Table, protocol: Protocol) -> pa.Table:
    """One row a person and family, in the order of person and class: the gravest class, of those the one
    over last.

    Known since the first of the family that owes anything was; first exposed by any meeting of the class.
    """
    rows = ibis.memtable(numbered(every, "row"))
    rows = rows.select("row", "person", "class", "over_at", "known_at", "first_exposure", "index", "ring")
    several = rows.group_by("person").aggregate(rows=rows.count())
    several = worked_out(several.filter(several.rows > 1).select("person"))
    one = rows.anti_join(several, "person").select(*_CHOSEN)
    theirs = worked_out(rows.semi_join(several, "person"))
    chosen = stacked(one, _of_several(theirs, ibis.memtable(numbered(every, "row")), protocol))
    chosen = as_rows(chosen.order_by("person", "class").drop("person", "class"))
    return joined(every.drop(["known_at", "first_exposure"]), chosen, "row")


def _of_several(theirs: ir.Table, every: ir.Table, protocol: Protocol) -> ir.Table:
    owes = theirs["class"].isin(owed_classes(protocol))
    theirs = theirs.mutate(
        kin=family(theirs["class"]),
        grave=ibis.cases(*[(theirs["class"] == name, n) for n, name in enumerate(COURSE_CLASSES)]),
        owed_at=owes.ifelse(theirs.known_at, _NEVER),
    )
    kin = theirs.group_by("person", "kin").aggregate(grave=theirs.grave.min(), since=theirs.owed_at.min())
    theirs = worked_out(theirs.inner_join(kin, ["person", "kin", "grave"]))
    last = theirs.group_by("person", "kin").aggregate(
        first=theirs.first_exposure.min(), over_at=theirs.over_at.max()
    )
    theirs = worked_out(theirs.inner_join(last, ["person", "kin", "over_at"]))
    theirs = theirs.mutate(known_at=theirs.since.fill_null(theirs.known_at), first_exposure=theirs["first"])
    alike = theirs.group_by("person", "kin").aggregate(rows=theirs.count())
    alike = worked_out(alike.filter(alike.rows > 1))
    tied = theirs.semi_join(alike, ["person", "kin"]).inner_join(every.select("row", "evidence"), "row")
    order = [tied["index"], tied.ring, tied.evidence]
    turn = ibis.row_number().over(ibis.window(group_by=["person", "kin"], order_by=order))
    tied = tied.mutate(turn=turn).filter(lambda t: t.turn == 0)
    return stacked(theirs.anti_join(alike, ["person", "kin"]).select(*_CHOSEN), tied.select(*_CHOSEN))
