"""What is owed: to whom, by which unit, by when, under which rule, and is it done?

The one list. Every kind of decision that leaves somebody something to do gives rows of one shape; the
gap is what is owed and not done.
"""

from collections.abc import Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.engine.clocks import Decided
from ringfence.engine.course_rules import NEEDS_NOBODY
from ringfence.engine.days import start_of
from ringfence.engine.match import because, beside, settle, stacked, values
from ringfence.engine.units import with_units
from ringfence.engine.zone_tests import zone_tests
from ringfence.protocol import Protocol
from ringfence.protocol.rules import LimitRule
from ringfence.tables import Facts
from ringfence.tables.decisions import CONTACT_CLASSES, COURSE_CLASSES, TASKS

_WHY = ("rule", "edition", "grade", "values", "evidence")
_COLUMNS = ("task", "must", "subject", "person", "area", "duty", "since", "due_at", "done_at", *_WHY)
_DAY = ibis.interval(days=1)
_NEVER = ibis.null("timestamp(6)")
CONTACT_MUSTS = ("review_contact", "place", "test", "visit", "release")
"""What is owed for being a contact, or in a course for anything else."""


def tasks(decided: Decided, facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """Everything owed as of an instant (see `tables.decisions.TASKS`)."""
    holds = decided["holds"]
    parts = (
        _single_swabs(holds, protocol),
        _single_results(holds, protocol),
        _pools_to_review(decided["pools"], facts),
        _clock_tasks(decided["clocks"], protocol),
        *_about_contacts(decided, protocol),
        _missing(decided["coverage"], facts),
        _zones(decided["zones"], protocol),
        *_groups(decided, protocol),
        *_steps(decided, protocol),
        *_in_zones(facts, protocol, as_of),
    )
    return _listed(parts, facts, as_of)


def contact_tasks(decided: Decided, facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """What is owed by, or for, people in courses and contacts to be judged: of `tasks`, the `CONTACT_MUSTS`.

    `decided` has cases, contacts, courses, course_tests and course_visits.
    """
    return _listed(_about_contacts(decided, protocol), facts, as_of)


def _about_contacts(decided: Decided, protocol: Protocol) -> tuple[ir.Table, ...]:
    courses = decided["courses"]
    return (
        _contacts_to_review(decided["contacts"], courses, decided["cases"], protocol),
        _placements(courses, protocol),
        _course_tests(decided["course_tests"], protocol),
        _course_visits(decided["course_visits"], protocol),
        _releases(courses, protocol),
    )


def _listed(parts: Sequence[ir.Table], facts: Facts, as_of: datetime) -> ir.Table:
    owed = stacked(*(part.select(*_COLUMNS) for part in parts))
    state = ibis.cases(
        (owed.done_at.isnull() & owed.due_at.notnull() & (owed.due_at < as_of), "late"),
        (owed.done_at.isnull(), "open"),
        (owed.due_at.notnull() & (owed.done_at > owed.due_at), "done_late"),
        else_="done",
    )
    return settle(with_units(owed.mutate(state=state), facts), TASKS)


def _person_subject(rows: ir.Table) -> ir.StringValue:
    return ibis.literal("P") + rows.person.cast("string")


def _named(must: str, subject: ir.StringValue, *apart: ir.StringValue) -> ir.StringValue:
    """A task's id: what must be done, for whom, and what sets it apart from others of its kind."""
    name = ibis.literal(f"{must}|") + subject
    for part in apart:
        name = name + "|" + part
    return name


def _due(since: ir.TimestampValue, limit: LimitRule | None) -> ir.Value:
    return since + ibis.interval(hours=limit.hours) if limit else _NEVER


def _limited(rows: ir.Table, limit: LimitRule | None, **used: ir.Value) -> dict[str, ir.Value]:
    """The why-columns of a task that a limit rules, with the limit's own values; those of its decision where
    no limit is stated."""
    if limit is None:
        return {name: rows[name] for name in ("rule", "edition", "grade", "values")}
    return {**because(limit.rule), "values": values(**used, limit_h=ibis.literal(limit.hours))}


def _owed(must: str, duty: str, subject: ir.StringValue, *apart: ir.StringValue) -> dict[str, ir.Value]:
    """The columns every task of a kind has: its id, what must be done, for whom, and whose duty it is."""
    return {
        "task": _named(must, subject, *apart),
        "must": ibis.literal(must),
        "subject": subject,
        "duty": ibis.literal(duty),
    }


def _single_swabs(holds: ir.Table, protocol: Protocol) -> ir.Table:
    # A hold that ended by its limit still owes a swab: it is the gap that is followed up. A swab that
    # said nothing is owed again, from when that was reported.
    failed = holds.result.isin(["grey", "invalid"]).fill_null(False)
    limit = protocol.limit("swab")
    owed = holds.mutate(
        since=failed.ifelse(holds.reported_at, holds.begin),
        done_at=failed.ifelse(_NEVER, holds.swabbed_at),
    )
    return owed.mutate(
        due_at=_due(owed.since, limit),
        **_owed("single_swab", "sampling", _person_subject(owed), owed.tube),
        **_limited(owed, limit, tube=owed.tube, begin=owed.since),
    )


def _single_results(holds: ir.Table, protocol: Protocol) -> ir.Table:
    swabbed = holds.filter(holds.swabbed_at.notnull())
    limit = protocol.limit("result")
    return swabbed.mutate(
        since=swabbed.swabbed_at,
        due_at=_due(swabbed.swabbed_at, limit),
        done_at=swabbed.reported_at,
        **_owed("single_result", "laboratory", _person_subject(swabbed), swabbed.tube),
        **_limited(swabbed, limit, tube=swabbed.tube, begin=swabbed.swabbed_at),
    )


def _pools_to_review(pools: ir.Table, facts: Facts) -> ir.Table:
    """Tubes with no positive among their members, and tubes whose members nobody knows."""
    odd = pools.filter((pools.state == "unresolved") | (pools.members == 0))
    odd = odd.mutate(subject=ibis.literal("T:") + odd.tube)
    step = facts["step"].filter(facts["step"].step == "closed")
    closed = step.group_by("subject").aggregate(done_at=step["at"].min())
    odd = beside(odd, closed, "subject")
    return odd.mutate(
        person=ibis.null("int64"),
        since=odd.reported_at,
        due_at=_NEVER,
        **_owed("review_pool", "laboratory", odd.subject),
    )


def _clock_tasks(clocks: ir.Table, protocol: Protocol) -> ir.Table:
    musts = {rule.rule.id: rule.must for rule in protocol.clocks if rule.must}
    owed = clocks.filter(clocks.clock.isin(list(musts)))
    must = ibis.literal("")
    if musts:
        must = ibis.cases(*[(owed.clock == clock, must) for clock, must in musts.items()], else_="")
    person = owed.subject.startswith("P").ifelse(owed.subject.substr(1), ibis.null("string")).cast("int64")
    return owed.mutate(task=must + "|" + owed.subject, must=must, person=person, since=owed.begin)


def _contacts_to_review(
    contacts: ir.Table, courses: ir.Table, cases: ir.Table, protocol: Protocol
) -> ir.Table:
    """Contacts nobody has judged, who owe nothing yet by any other meeting and are no cases."""
    unsure = contacts.filter(contacts.review)
    sure = courses.filter(courses["class"].isin(CONTACT_CLASSES))
    unsure = unsure.anti_join(sure, "person").anti_join(cases.filter(cases.cleared_at.isnull()), "person")
    index, ring = unsure["index"].cast("string"), unsure.ring.cast("string")
    return unsure.mutate(
        since=unsure.known_at,
        due_at=_due(unsure.known_at, protocol.limit("place")),
        done_at=_NEVER,
        **_owed("review_contact", "tracing", _person_subject(unsure), index, ring),
    )


def _placements(courses: ir.Table, protocol: Protocol) -> ir.Table:
    """Everyone to be brought in, once: for what they are not in place for and owe longest, else for what
    they were brought in for last. Whoever was found after the term had run and let go by a test is not.
    """
    first = courses.filter((courses.phase == 1) & courses.place.notin(list(NEEDS_NOBODY)))
    first = first.filter(~(first.placed_at.isnull() & (first.state == "releasable")))
    missing = first.placed_at.isnull()
    order = [missing.desc(), missing.ifelse(first.known_at, _NEVER), first.known_at.desc(), _grave(first)]
    first = _first_of(first, order, "person")
    limit = protocol.limit("place")
    return first.mutate(
        since=first.known_at,
        due_at=_due(first.known_at, limit),
        done_at=first.placed_at,
        **_owed("place", "transfers", _person_subject(first)),
        **_limited(first, limit, contact_rule=first.rule, begin=first.known_at),
    )


def _grave(rows: ir.Table) -> ir.Value:
    return ibis.cases(*[(rows["class"] == name, number) for number, name in enumerate(COURSE_CLASSES)])


def _first_of(rows: ir.Table, order: list[ir.Value], *keys: str) -> ir.Table:
    turn = ibis.row_number().over(ibis.window(group_by=list(keys), order_by=order))
    return rows.mutate(turn=turn).filter(lambda t: t.turn == 0).drop("turn")


def _course_tests(tests: ir.Table, protocol: Protocol) -> ir.Table:
    """A swab a day, whatever courses ask for it; done when it has settled what each of them asks."""
    settled = ~tests.result.isin(["grey", "invalid"]).fill_null(False)
    tests = tests.mutate(done_at=settled.ifelse(tests.sampled_at, _NEVER))
    open_ = tests.done_at.isnull()
    order = [open_.desc(), tests.done_at.desc(), _grave(tests), tests.phase]
    return _in_a_day("test", "sampling", _first_of(tests, order, "person", "due_day"), protocol)


def _course_visits(visits: ir.Table, protocol: Protocol) -> ir.Table:
    """A visit a day, whatever courses ask for it."""
    visits = visits.mutate(done_at=visits.visited_at)
    once = _first_of(visits, [visits.done_at, _grave(visits), visits.phase], "person", "due_day")
    return _in_a_day("visit", "visits", once, protocol)


def _in_a_day(must: str, duty: str, rows: ir.Table, protocol: Protocol) -> ir.Table:
    """What is owed to somebody on a day, by the end of it."""
    return rows.mutate(
        since=start_of(rows.due_day, protocol.offsets),
        due_at=start_of(rows.due_day + _DAY, protocol.offsets),
        **_owed(must, duty, _person_subject(rows), rows.due_day.cast("string")),
    )


def _releases(courses: ir.Table, protocol: Protocol) -> ir.Table:
    """Whoever may go must be let go by the end of the day; whoever was only followed never was kept."""
    free = courses.filter(
        courses.state.isin(["releasable", "released"])
        & courses.placed_at.notnull()
        & (courses.place != "free")
    )
    return free.mutate(
        since=start_of(free.until_day, protocol.offsets),
        due_at=start_of(free.until_day + _DAY, protocol.offsets),
        done_at=free.left_at,
        **_owed("release", "transfers", _person_subject(free), free["class"], free.phase.cast("string")),
    )


def _missing(coverage: ir.Table, facts: Facts) -> ir.Table:
    """Everyone a round has still to sample, by the round's deadline."""
    said = facts["round"]
    terms = said.group_by("round").aggregate(
        opens_at=said.opens_at.min(), due_at=said.due_at.max(), round_fact=said.fact.min()
    )
    owed = coverage.filter(coverage.status == "missing").inner_join(terms, "round")
    return owed.mutate(
        since=owed.opens_at,
        done_at=_NEVER,
        rule=ibis.literal("round"),
        edition=ibis.literal("round"),
        grade=ibis.literal("L"),
        values=values(round=owed.round, opens_at=owed.opens_at, due_at=owed.due_at),
        evidence=owed.evidence.concat(ibis.array([owed.round_fact])),
        **_owed("sample", "coverage", _person_subject(owed), owed.round),
    )


def _zones(zones: ir.Table, protocol: Protocol) -> ir.Table:
    return zones.mutate(
        person=ibis.null("int64"),
        since=zones.last_case_at,
        due_at=_due(zones.last_case_at, protocol.limit("zone_decision")),
        done_at=zones.declared_at,
        **_owed("decide_zone", "zones", ibis.literal("A:") + zones.area),
    )


def _groups(decided: Decided, protocol: Protocol) -> list[ir.Table]:
    """Everyone whose cadence is overdue; nothing where the editions have none."""
    if all(row.schedule is None for row in protocol.cadences):
        return []
    late = decided["cadences"].filter(decided["cadences"].state == "overdue")
    who = _person_subject(late)
    return [late.mutate(since=late.due_at, done_at=_NEVER, **_owed("test_group", "sampling", who, late.rule))]


def _steps(decided: Decided, protocol: Protocol) -> list[ir.Table]:
    """Every zone in force that can go up, down or away; where none is declared, none."""
    if not protocol.zones:
        return []
    ready = decided["zone_steps"].filter(decided["zone_steps"].step != "keep")
    limit = protocol.limit("zone_decision")
    ready = ready.mutate(
        person=ibis.null("int64"), since=ready.possible_at, due_at=_due(ready.possible_at, limit),
        done_at=_NEVER,
    )  # fmt: skip
    subject = ibis.literal("A:") + ready.area
    return [ready.mutate(**_owed("step_zone", "zones", subject, ready.level, ready.step))]


def _in_zones(facts: Facts, protocol: Protocol, as_of: datetime) -> list[ir.Table]:
    """The test days of each zone: one task for all who live in it, by the end of the day."""
    owed = zone_tests(facts, protocol, as_of)
    if owed is None:
        return []
    subject = ibis.literal("A:") + owed.area
    owed = owed.mutate(person=ibis.null("int64"))
    return [owed.mutate(**_owed("test_group", "coverage", subject, owed.level, owed.day.cast("string")))]
