"""What becomes of each zone in force: is it escalated, stepped down, lifted, or kept, and why?"""

from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.engine.clocks import Decided
from ringfence.engine.days import day_of, start_of
from ringfence.engine.declared import by_level, in_force, living, within
from ringfence.engine.match import beside, empty, merged_facts, pick, settle, stacked, values, worked_out
from ringfence.engine.match import facts as evidence
from ringfence.engine.subtree import holds
from ringfence.engine.zone_cases import cases_of, disinfected
from ringfence.engine.zone_clean import gone, swept
from ringfence.protocol import Protocol
from ringfence.tables import Facts
from ringfence.tables.decisions import ZONE_STEPS

_ASKED = ("why", "after_step_d", "contacts_gone_d", "sweep_d", "counts_from", "steps_to", "escalates_to")


def zone_steps(decided: Decided, facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """The next step of every declared zone in force (see `tables.decisions.ZONE_STEPS`).

    A zone goes up as soon as a positive is found inside after it was declared. It goes down, or is lifted,
    when its days without a new case have passed, the close contacts who live inside are gone long enough
    and negative, and everyone at home inside was negative lately, as far as its rule asks for each; the
    rest around other zones when none of them is left. Inside is what no graver zone in force holds.
    """
    zones = in_force(facts, protocol, as_of)
    if zones is None:
        return empty(ZONE_STEPS)
    rules = list(by_level(protocol).values())
    zones = worked_out(
        zones.mutate(**{key: pick(zones.number, [getattr(rule, key) for rule in rules]) for key in _ASKED})
    )
    people = within(living(facts, protocol, as_of), zones)
    told = (
        _stepped(zones, facts, protocol),
        cases_of(zones, people, decided, facts, protocol, as_of),
        disinfected(zones, facts),
        people.group_by("zone").aggregate(people=people.count()),
        gone(zones, people, decided, facts, protocol, as_of),
        swept(zones, people, facts, protocol, as_of),
    )
    found = zones
    for one in told:
        found = beside(found, worked_out(one), "zone")
    counts = ("people", "contacts_left", "unswept", "cases", "at_large")
    found = worked_out(found.mutate(**{name: found[name].fill_null(0) for name in counts}))
    found = _counted(found, protocol, as_of)
    found = worked_out(beside(found, _graver(found, decided, protocol, as_of), "zone"))
    return settle(_told(_next(found, protocol, as_of)), ZONE_STEPS)


def _today(protocol: Protocol, as_of: datetime) -> ir.DateValue:
    return day_of(ibis.literal(as_of, "timestamp(6)"), protocol.offsets)


def _stepped(zones: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """Which zones were stepped down into: on the civil day they began a graver one of their area ended."""
    ranks = {level: rule.rank for level, rule in by_level(protocol).items()}
    other = facts["zone"].filter(lambda t: t.end.notnull() & t.level.isin(list(ranks)))
    rank = ibis.cases(*[(other.level == level, rank) for level, rank in ranks.items()], else_=0)
    other = other.select("area", "end", from_rank=rank, from_fact="fact")
    both = zones.select("zone", "area", "rank", "begin").inner_join(other, "area")
    begun, ended = day_of(both.begin, protocol.offsets), day_of(both.end, protocol.offsets)
    both = both.filter((both.from_rank > both["rank"]) & (begun == ended))
    return both.group_by("zone").aggregate(from_facts=merged_facts(evidence(both.from_fact)))


def _counted(found: ir.Table, protocol: Protocol, as_of: datetime) -> ir.Table:
    """The zones with the day their days count from (since_day), how many they are (days), and due_day.

    Stepped down into, and no new case since: its days at this level. A case so long before the zone that
    its days had passed when it began is not what it was declared for: it counts from its beginning.
    """
    moment = ibis.cases(
        (found.last_case_at.isnull(), found.begin),
        (found.counts_from == "last_case", found.last_case_at),
        # One not yet taken away: not before today.
        (found.at_large > 0, ibis.literal(as_of, "timestamp(6)")),
        (found.counts_from == "disinfected", ibis.greatest(found.removed_at, found.disinfected_at)),
        else_=found.removed_at,
    )
    detected = (found.counts_from == "last_case") | (found.at_large > 0)
    told = detected.ifelse(found.last_case_at, found.removed_at)
    found = worked_out(
        found.mutate(
            began=day_of(found.begin, protocol.offsets),
            counted=day_of(moment, protocol.offsets),
            told_at=told.fill_null(found.last_case_at),
            last_day=day_of(found.last_case_at, protocol.offsets),
        )
    )
    short = (
        found.from_facts.notnull()
        & (found.after_step_d > 0)
        & (found.last_day <= found.began).fill_null(True)
    )
    days = short.ifelse(found.after_step_d, found.lift_days).cast("int32")
    before = (found.counted + days.as_interval("D")).cast("date") <= found.began
    since = (short | before).ifelse(found.began, found.counted)
    return worked_out(
        found.mutate(days=days, since_day=since, due_day=(since + days.as_interval("D")).cast("date"))
    )


def _graver(found: ir.Table, decided: Decided, protocol: Protocol, as_of: datetime) -> ir.Table:
    """For each zone the graver ones that overlap it: how many (graver), and the last of their days.

    One that is proposed, not yet declared and not yet over counts as well: it is being decided.
    """
    ranks = {level: rule.rank for level, rule in by_level(protocol).items()}
    open_ = decided["zones"]
    open_ = open_.filter(open_.declared_at.isnull() & (open_.lift_day > _today(protocol, as_of)))
    rank = ibis.cases(*[(open_.level == level, rank) for level, rank in ranks.items()], else_=0)
    others = stacked(
        found.select(other="area", other_rank="rank", other_day="due_day"),
        open_.select(other="area", other_rank=rank, other_day="lift_day"),
    )
    both = found.select("zone", "area", "rank").cross_join(others)
    both = both.filter(
        (both.other_rank > both["rank"]) & (holds(both.area, both.other) | holds(both.other, both.area))
    )
    return both.group_by("zone").aggregate(graver=both.other.nunique(), graver_day=both.other_day.max())


def _next(found: ir.Table, protocol: Protocol, as_of: datetime) -> ir.Table:
    """The zones with step, to_level, due_day and possible_at."""
    rest = found.why == "around"
    found = found.mutate(
        graver=found.graver.fill_null(0),
        due_day=rest.ifelse(ibis.greatest(found.due_day, found.graver_day), found.due_day),
    )
    up = (found.escalates_to != "") & found.alarm_at.notnull()
    met = (
        (found.due_day <= _today(protocol, as_of))
        & (found.contacts_left == 0)
        & (found.unswept == 0)
        & ((found.why != "around") | (found.graver == 0))
    )
    down = found.steps_to != ""
    step = ibis.cases((up, "escalate"), (met & down, "step_down"), (met, "lift"), else_="keep")
    found = worked_out(found.mutate(step=step))
    ready = ibis.greatest(start_of(found.due_day, protocol.offsets), found.swept_at, found.gone_at)
    up, down = found.step == "escalate", found.step == "step_down"
    return found.mutate(
        to_level=ibis.cases((up, found.escalates_to), (down, found.steps_to)),
        possible_at=ibis.cases((up, found.alarm_at), (found.step != "keep", ready)),
        due_day=up.ifelse(day_of(found.alarm_at, protocol.offsets), found.due_day),
    )


def _told(found: ir.Table) -> ir.Table:
    """The zones with what was used and what it rests on."""
    none = ibis.literal([], type="array<int64>")
    rests = found.facts
    for more in ("from_facts", "case_facts", "step_facts"):
        rests = rests.concat(found[more].fill_null(none))
    return found.mutate(
        values=values(
            cases=found.cases, last_case_at=found.last_case_at, counts_from=found.counts_from,
            since_day=found.since_day, lift_days=found.days, contacts_gone_d=found.contacts_gone_d,
            sweep_d=found.sweep_d, alarm_at=found.alarm_at, graver=found.graver,
        ),
        last_case_at=found.told_at,
        evidence=rests.unique().sort(),
    )  # fmt: skip
