"""On which days are the residents of a zone tested, and how many were not?"""

from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ringfence.engine.days import day_of, start_of
from ringfence.engine.declared import NOT_THERE, by_level, in_force, living, within
from ringfence.engine.match import beside, values, worked_out
from ringfence.protocol import Protocol
from ringfence.tables import Facts

_DAY = ibis.interval(days=1)


def zone_tests(facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table | None:
    """The test days that have come in each zone in force whose rule lists any; None where there are none.

    Columns: area, level, day, since, due_at, done_at (when the last resident was swabbed; absent while one
    was not), values (ordinal, people, missing), rule, edition, grade, evidence. The zone's first civil day
    is day 1. Asked are those who live inside now, but for who was exempt that day, away, in a site or in a
    hospital at its end (or now). Any swab for a nucleic acid test does; a day on which nobody was to be
    tested is none.
    """
    zones = in_force(facts, protocol, as_of) if any(rule.tests for rule in protocol.zones) else None
    owed = None if zones is None else _days(zones, protocol, as_of)
    if zones is None or owed is None:
        return None
    people = within(living(facts, protocol, as_of), zones).select("zone", person="id")
    people = worked_out(people.semi_join(owed, "zone"))
    free = worked_out(_excused(owed, people, facts))
    total = people.group_by("zone").aggregate(total=people.count())
    spared = people.inner_join(free, "person").inner_join(owed.select("zone", "day"), ["zone", "day"])
    spared = spared.group_by("zone", "day").aggregate(spared=spared.count())
    found = beside(owed, total, "zone")
    found = beside(found, worked_out(spared), "zone", "day")
    found = beside(found, worked_out(_swabbed(owed, people, free, facts, protocol)), "zone", "day")
    found = found.mutate(asked=found.total.fill_null(0) - found.spared.fill_null(0))
    found = worked_out(found.mutate(missing=found.asked - found.swabbed.fill_null(0)))
    found = worked_out(beside(found.filter(found.asked > 0), zones.drop("rank"), "zone"))
    return found.mutate(
        done_at=(found.missing == 0).ifelse(found.last_at, ibis.null("timestamp(6)")),
        values=values(level=found.level, ordinal=found.ordinal, people=found.asked, missing=found.missing),
        evidence=found.facts,
    )


def _days(zones: ir.Table, protocol: Protocol, as_of: datetime) -> ir.Table | None:
    """The test days up to today: zone, day, ordinal, since, due_at, at (when its people are looked at)."""
    rules = list(by_level(protocol).values())
    now = ibis.literal(as_of, "timestamp(6)")
    told = zones.select(
        "zone", "number", first=day_of(zones.begin, protocol.offsets), today=day_of(now, protocol.offsets)
    )
    rows = [
        {"zone": row["zone"], "ordinal": ordinal, "day": row["first"] + timedelta(days=ordinal - 1)}
        for row in told.to_pyarrow().to_pylist()
        if (schedule := rules[row["number"]].tests) is not None
        for ordinal in schedule.ordinals((row["today"] - row["first"]).days + 1)
    ]
    if not rows:
        return None
    owed = ibis.memtable(pa.Table.from_pylist(rows))
    owed = owed.mutate(
        since=start_of(owed.day, protocol.offsets),
        due_at=start_of((owed.day + _DAY).cast("date"), protocol.offsets),
    )
    return worked_out(owed.mutate(at=ibis.least(owed.due_at, now)))


def _excused(owed: ir.Table, people: ir.Table, facts: Facts) -> ir.Table:
    """Who need not be tested on each day: person, day."""
    days = owed.select("day", "at").distinct()
    free = facts["exemption"].semi_join(people, "person").cross_join(days)
    free = free.filter((free.from_day <= free.day) & (free.to_day > free.day))
    gone = facts["stay"].filter(facts["stay"].kind.isin(NOT_THERE)).semi_join(people, "person")
    gone = gone.select("person", "begin", "end").cross_join(days)
    gone = gone.filter((gone.begin <= gone["at"]) & (gone.end.isnull() | (gone.end > gone["at"])))
    return free.select("person", "day").union(gone.select("person", "day"), distinct=True)


def _swabbed(owed: ir.Table, people: ir.Table, free: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """How many of those asked were swabbed on each day, and when the last of them was first swabbed."""
    result = facts["result"]
    other = result.filter(result.test != "nat").anti_join(result.filter(result.test == "nat"), "tube")
    sample = facts["sample"]
    first = ibis.literal(owed.since.min().to_pyarrow().as_py(), "timestamp(6)")
    sample = sample.filter(sample.sampled_at >= first).anti_join(other, "tube")
    sample = sample.semi_join(people, "person")
    sample = sample.select("person", "sampled_at", day=day_of(sample.sampled_at, protocol.offsets))
    sample = worked_out(sample)
    sample = worked_out(sample.semi_join(owed, "day"))
    sample = sample.anti_join(free, ["person", "day"])
    once = sample.group_by("person", "day").aggregate(sampled_at=sample.sampled_at.min())
    seen = once.inner_join(people, "person").inner_join(owed.select("zone", "day"), ["zone", "day"])
    return seen.group_by("zone", "day").aggregate(swabbed=seen.count(), last_at=seen.sampled_at.max())
