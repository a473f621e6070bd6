"""How far is the screening of each area: rounds done, clean ones in a row, and what comes next?"""

from collections.abc import Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.engine.asked import asked
from ringfence.engine.clocks import Decided
from ringfence.engine.days import day_of
from ringfence.engine.declared import living
from ringfence.engine.findings import found_in, rounds_done
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
from ringfence.engine.subtree import holds
from ringfence.protocol import Protocol
from ringfence.protocol.measures import CampaignRule
from ringfence.protocol.schedules import Schedule
from ringfence.tables import Facts
from ringfence.tables.decisions import CAMPAIGNS

_DAY = ibis.interval(days=1)
_NEVER = Schedule("until")
"""What stands in for a rule that does not say when to stop: nothing is ever enough."""


def campaigns(decided: Decided, facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """Where the screening of each area that has rounds stands (see `tables.decisions.CAMPAIGNS`).

    A round is done when it was due. It is clean when nobody in it who counts was positive and everything is
    back; while something is not, it is not known yet, and the last rounds are left aside until they are. A
    rule that does not say when to stop asks for another round.
    """
    rules = protocol.campaigns
    if not rules:
        return empty(CAMPAIGNS)
    ranges = worked_out(_ranges(facts, protocol, as_of))
    number = first_match(rules, {"people": ranges.people, "chain": ranges.chain}).number
    ranges = worked_out(_ruled(ranges.mutate(number=number).filter(lambda t: t.number >= 0), rules))
    done = rounds_done(facts, as_of)
    found = found_in(done, decided, facts, protocol)
    rounds = worked_out(_in_order(_judged(done, found, ranges, protocol)))
    told = worked_out(_runs(ranges, rounds))
    told = worked_out(_after_the_run(told, rounds))
    return settle(_told(told, _ordered(facts, protocol, as_of), protocol, as_of), CAMPAIGNS)


def _ranges(facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """The areas that have rounds: area, people, chain, evidence."""
    said = facts["round"]
    area = worked_out(said.group_by("area").aggregate(round_facts=said.fact.collect()))
    lives = living(facts, protocol, as_of).select(person="id", home="area")
    inside = lives.cross_join(area.select("area"))
    inside = inside.filter(holds(inside.area, inside.home))
    people = inside.group_by("area").aggregate(people=inside.person.nunique())
    area = beside(beside(area, people, "area"), _chains(area, facts, protocol), "area")
    rests = area.round_facts.concat(ibis.array([area.chain_fact]).filter(lambda fact: fact.notnull()))
    return area.select("area", "chain", people=area.people.fill_null(0), evidence=rests.sort())


def _chains(area: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """What experts judge of the chain of infection there, or in the narrowest area around: area, chain,
    chain_fact."""
    if "chain" not in asked(protocol.campaigns):
        return area.select("area", chain=ibis.null("string"), chain_fact=ibis.null("int64"))
    judged = facts["assessment"]
    judged = judged.filter(judged.chain.notnull()).select("chain", judged="area", chain_fact="fact")
    both = area.select("area").cross_join(judged)
    both = both.filter(holds(both.judged, both.area))
    # Of areas that hold one another the narrower has the longer code.
    nearest = both.judged.length() == both.judged.length().max().over(ibis.window(group_by="area"))
    both = both.mutate(nearest=nearest).filter(lambda t: t.nearest)
    return both.group_by("area").aggregate(chain=both.chain.min(), chain_fact=both.chain_fact.min())


def _ruled(ranges: ir.Table, rules: Sequence[CampaignRule]) -> ir.Table:
    """The areas with what their rule asks for."""
    stops = [row.stop or _NEVER for row in rules]
    return ranges.mutate(
        within_h=pick(ranges.number, [row.within_h for row in rules]),
        counts=pick(ranges.number, [row.counts for row in rules]),
        least=pick(ranges.number, [row.rounds for row in rules]),
        needed=pick(ranges.number, [stop.times for stop in stops]).nullif(0),
        apart=pick(ranges.number, [stop.gap for stop in stops]),
        more=pick(ranges.number, [stop.more for stop in stops]),
        **why(ranges.number, [row.rule for row in rules]),
    )


def _judged(done: ir.Table, found: ir.Table, ranges: ir.Table, protocol: Protocol) -> ir.Table:
    """Each done round of each area: area, round, due_at, day, state, positives, rests."""
    told = beside(done, found, "area", "round").inner_join(ranges.select("area", "counts"), "area")
    community = told.counts == "community"
    nobody = ibis.literal([], type="array<int64>")
    positives = community.ifelse(told.community, told.positives).fill_null(0)
    rests = community.ifelse(told.community_facts, told.positive_facts).fill_null(nobody)
    state = ibis.cases(
        (positives > 0, "unclean"),
        (told.swabs.isnull() | (told.waiting > 0), "waiting"),
        else_="clean",
    )
    # The last moment before it was due: a round due at midnight was that of the day before.
    day = day_of(told.due_at - ibis.interval(microseconds=1), protocol.offsets)
    return told.select(
        "area", "round", "opens_at", "due_at", day=day, state=state, positives=positives, rests=rests
    )


def _in_order(rounds: ir.Table) -> ir.Table:
    """The rounds of each area, numbered from 1, but for the last ones that are not known yet."""
    order = [rounds.due_at, rounds.opens_at, rounds.round]
    rounds = rounds.mutate(place=ibis.row_number().over(ibis.window(group_by="area", order_by=order)) + 1)
    known = rounds.place.max(where=rounds.state != "waiting").over(ibis.window(group_by="area"))
    return rounds.mutate(known=(rounds.place <= known).fill_null(False))


def _runs(ranges: ir.Table, rounds: ir.Table) -> ir.Table:
    """The areas with their rounds done, the clean ones at the end of them, and `enough`: the place of the
    round with which there are enough."""
    run = rounds.group_by("area").aggregate(
        rounds=rounds.count(),
        waiting=(~rounds.known).sum(),
        last_known=rounds.place.max(where=rounds.known).fill_null(0),
        unclean=rounds.place.max(where=rounds.known & (rounds.state != "clean")).fill_null(0),
        positives=rounds.positives.sum(),
        last_day=rounds.day.max(),
        rests=merged_facts(rounds.rests),
    )
    told = beside(ranges, run, "area")
    counts = ("rounds", "waiting", "last_known", "unclean", "positives")
    told = told.mutate(**{name: told[name].fill_null(0) for name in counts})
    return told.mutate(
        clean=told.last_known - told.unclean,
        enough=ibis.cases((told.needed.notnull(), ibis.greatest(told.unclean + told.needed, told.least))),
        rests=told.rests.fill_null(ibis.literal([], type="array<int64>")),
    )


def _after_the_run(told: ir.Table, rounds: ir.Table) -> ir.Table:
    """Adds the first day of the last rounds (again_day), and how many there have been since (since)."""
    known = rounds.filter(rounds.known).inner_join(told.select("area", "enough", "apart"), "area")
    day = known.group_by("area").aggregate(enough_day=known.day.max(where=known.place == known.enough))
    told = beside(told, day, "area")
    told = told.mutate(again_day=(told.enough_day + told.apart.cast("int32").as_interval("D")).cast("date"))
    known = known.inner_join(told.select("area", "again_day"), "area")
    since = known.group_by("area").aggregate(
        since=((known.place > known.enough) & (known.day >= known.again_day)).sum()
    )
    return beside(told, since, "area").mutate(since=lambda t: t.since.fill_null(0))


def _ordered(facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """The day the next round opens that is ordered and not yet due: area, ordered_day."""
    said = facts["round"]
    said = said.filter(said.due_at > as_of)
    opens = said.group_by("area").aggregate(opens=said.opens_at.min())
    return opens.select("area", ordered_day=day_of(opens.opens, protocol.offsets))


def _told(told: ir.Table, ordered: ir.Table, protocol: Protocol, as_of: datetime) -> ir.Table:
    """The areas with what comes next, when, and what it takes."""
    today = day_of(ibis.literal(as_of, "timestamp(6)"), protocol.offsets)
    told = beside(told, ordered, "area")
    following = ibis.cases(
        (told.enough_day.isnull(), "round"),
        (told.since >= told.more, "stop"),
        (told.again_day > today, "gap"),
        else_="last_round",
    )
    told = told.mutate(next=following)
    another = ibis.coalesce(told.ordered_day, told.last_day + _DAY, today).cast("date")
    next_day = ibis.cases(
        (told.next == "round", another),
        (told.next == "stop", ibis.null("date")),
        (told.since > 0, ibis.greatest(told.again_day, (told.last_day + _DAY).cast("date"))),
        else_=told.again_day,
    )
    return told.mutate(
        next_day=next_day,
        values=values(
            people=told.people, chain=told.chain, counts=told.counts, positives=told.positives,
            waiting=told.waiting, clean_needed=told.needed, apart_d=told.apart, more=told.more,
            rounds_least=told.least, **_ratios(told.people, protocol),
        ),
        evidence=told.evidence.concat(told.rests).unique().sort(),
    )  # fmt: skip


def _ratios(people: ir.IntegerValue, protocol: Protocol) -> dict[str, ir.Value]:
    """How many points, tables and samplers so many people need, by the rule that says so: "fewest-most"."""
    found: dict[str, ir.Value] = {}
    for ratio in protocol.ratios:
        most = (people + (ratio.down - 1)) // ratio.down
        needed = most.cast("string")
        if ratio.most:
            fewest = (people + (ratio.most - 1)) // ratio.most
            needed = fewest.cast("string") + "-" + needed
        found[ratio.rule.id] = needed
    return found
