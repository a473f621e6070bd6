"""Who is tested again and again for what they do: when last, when next, and who is overdue?"""

from collections.abc import Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.engine.ages import last_of, nucleic_swabs
from ringfence.engine.asked import asked
from ringfence.engine.days import day_of, start_of
from ringfence.engine.match import (
    beside,
    empty,
    first_match,
    merged_facts,
    pick,
    settle,
    values,
    why,
    worked_out,
)
from ringfence.engine.match import facts as evidence
from ringfence.engine.standing import zones_of
from ringfence.engine.swabs import homes_of
from ringfence.engine.weeks import taken_this_week, week
from ringfence.protocol import Protocol
from ringfence.protocol.measures import CadenceRule
from ringfence.protocol.schedules import Schedule
from ringfence.tables import Facts
from ringfence.tables.decisions import CADENCES

_DAY = ibis.interval(days=1)
_WEEK = ibis.interval(weeks=1)


def cadences(facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """Everybody with a cadence (see `tables.decisions.CADENCES`).

    The first row that matches anywhere they work decides; who matches one without a schedule has no
    cadence. Days count from the civil day of the last nucleic acid swab and hours from the swab; of so many
    a week the next is due while the rest can still follow in that ISO week, each its gap later. Who was
    never swabbed was due on the day they became known, or as the week asks.
    """
    rules = protocol.cadences
    again = [number for number, row in enumerate(rules) if row.schedule is not None]
    if not again:
        return empty(CADENCES)
    who = worked_out(_who(_matched(facts, protocol, as_of), again, asked(rules)))
    swab = nucleic_swabs(facts).semi_join(who, "person")
    last = last_of(worked_out(swab.filter(swab["at"] <= as_of)))
    told = beside(who, last.select("person", last_at="at", swab_fact="fact"), "person")
    told = beside(told, taken_this_week(who, swab, rules, protocol, as_of), "person")
    told = beside(told, homes_of(facts, who), "person")
    told = told.mutate(
        taken=told.taken.fill_null(0),
        known_day=day_of(told.known_at, protocol.offsets),
        last_day=day_of(told.last_at, protocol.offsets),
    )
    told = worked_out(told)
    told = worked_out(told.mutate(due_at=_due(told, rules, protocol, as_of).cast("timestamp(6)")))
    return settle(_told(told, rules, protocol, as_of), CADENCES)


def _matched(facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """Everybody, a row a place of work, with the number of the row that matches: person, number, known_at,
    what was asked about them, and the facts of it."""
    used = asked(protocol.cadences)
    person = facts["person"].select("person", "occupation", told_at="recorded_at", person_fact="fact")
    if "setting" in used:
        person = _at_work(person, facts)
    else:
        person = person.mutate(
            setting=ibis.null("string"), member_fact=ibis.null("int64"), joined_at=ibis.null("timestamp(6)")
        )
    if "zone" in used:
        person = beside(person, zones_of(facts, protocol, as_of), "person")
    else:
        person = person.mutate(zone=ibis.null("string"), zone_fact=ibis.null("int64"))
    words = {
        "occupation": person.occupation, "setting": person.setting, "zone": person.zone.fill_null("none")
    }  # fmt: skip
    return person.mutate(
        number=first_match(protocol.cadences, words).number,
        known_at=ibis.coalesce(
            ibis.least(person.told_at, person.joined_at), person.told_at, person.joined_at
        ),
    )


def _at_work(person: ir.Table, facts: Facts) -> ir.Table:
    """The people beside each place they work at, and those of whom nothing but that is known."""
    tie = facts["membership"]
    tie = tie.filter(tie.kind == "work").select(
        "place", member="person", joined_at="recorded_at", member_fact="fact"
    )
    tie = beside(tie, facts["place"].select("place", setting="kind"), "place").drop("place")
    both = person.outer_join(tie, person.person == tie.member)
    return both.mutate(person=ibis.coalesce(both.person, both.member)).drop("member")


def _who(matched: ir.Table, again: Sequence[int], used: frozenset[str]) -> ir.Table:
    """One row for everybody whose row has a schedule: person, number, known_at, what was asked, facts."""
    some = matched.filter(matched.number.isin(again))
    if "setting" in used:
        # Somebody who works at two places may match an earlier row at the other.
        some = worked_out(some)
        every = matched.semi_join(some, "person").filter(lambda t: t.number >= 0)
        first = every.group_by("person").aggregate(number=every.number.min())
        some = some.semi_join(first, ["person", "number"])
    none = ibis.null("int64")
    told = evidence(
        some.occupation.notnull().ifelse(some.person_fact, none) if "occupation" in used else none,
        some.member_fact,
        some.zone_fact,
    )
    some = some.mutate(facts=told)
    return some.group_by("person", "number").aggregate(
        known_at=some.known_at.min(),
        occupation=some.occupation.min(),
        setting=some.setting.min(),
        zone=some.zone.min(),
        facts=merged_facts(some.facts),
    )


def _due(told: ir.Table, rules: Sequence[CadenceRule], protocol: Protocol, as_of: datetime) -> ir.Value:
    """By when the next swab of each is due."""
    return ibis.cases(
        *(
            (told.number == number, _due_by(told, row.schedule, protocol, as_of))
            for number, row in enumerate(rules)
            if row.schedule is not None
        )
    )


def _due_by(told: ir.Table, schedule: Schedule, protocol: Protocol, as_of: datetime) -> ir.Value:
    if schedule.form == "a_week":
        monday, _ = week(protocol, as_of)
        left = schedule.times - told.taken
        # Once the week's are done, all of the next week's are still to come.
        ends = start_of((monday + (left > 0).ifelse(_WEEK, _WEEK * 2)).cast("date"), protocol.offsets)
        still = (left > 0).ifelse(left, schedule.times) - 1
        return ends - (still * schedule.gap).as_interval("h")
    first = start_of((told.known_day + _DAY).cast("date"), protocol.offsets)
    if schedule.form == "every_h":
        return told.last_at.notnull().ifelse(told.last_at + ibis.interval(hours=schedule.every), first)
    days = ibis.interval(days=schedule.every + 1)
    return told.last_day.notnull().ifelse(
        start_of((told.last_day + days).cast("date"), protocol.offsets), first
    )


def _told(told: ir.Table, rules: Sequence[CadenceRule], protocol: Protocol, as_of: datetime) -> ir.Table:
    """The rows with their state and reasons."""
    today = day_of(ibis.literal(as_of, "timestamp(6)"), protocol.offsets)
    tomorrow = start_of((today + _DAY).cast("date"), protocol.offsets)
    state = ibis.cases(
        (told.due_at < as_of, "overdue"),
        (told.due_at <= tomorrow, "due"),
        else_="in_time",
    )
    schedules = [row.schedule or Schedule("") for row in rules]
    asked_for = {
        "every_d": [one.every if one.form == "every_d" else 0 for one in schedules],
        "every_h": [one.every if one.form == "every_h" else 0 for one in schedules],
        "a_week": [one.times for one in schedules],
        "gap_h": [one.gap for one in schedules],
    }
    how_often = {name: pick(told.number, given).nullif(0) for name, given in asked_for.items()}
    week_long = how_often["a_week"].notnull()
    return told.mutate(
        state=state,
        single=pick(told.number, [row.single for row in rules]),
        values=values(
            occupation=told.occupation, setting=told.setting, zone=told.zone, **how_often,
            taken=week_long.ifelse(told.taken, ibis.null("int64")),
            known_day=told.last_at.isnull().ifelse(told.known_day, ibis.null("date")),
        ),
        evidence=told.facts.concat(evidence(told.swab_fact)),
        **why(told.number, [row.rule for row in rules]),
    )  # fmt: skip
