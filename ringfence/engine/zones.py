"""Which areas should be zoned: the smallest that hold the cases, with the people inside and the end?"""

from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence import areas
from ringfence.engine.around import around
from ringfence.engine.assessed import assessed
from ringfence.engine.contacts import at_large
from ringfence.engine.days import day_of
from ringfence.engine.declared import by_level
from ringfence.engine.exposures import MICROSECONDS_PER_MINUTE, own_visits
from ringfence.engine.match import (
    beside,
    empty,
    first_match,
    merged_facts,
    pick,
    settle,
    stacked,
    values,
    why,
    worked_out,
)  # fmt: skip
from ringfence.engine.match import facts as evidence
from ringfence.engine.subtree import at_level, holds
from ringfence.protocol import Protocol
from ringfence.protocol.vocabulary import ZONE
from ringfence.tables import Facts
from ringfence.tables.decisions import ZONES

_VAGUEST = "community"
"""The coarsest address that a zone is proposed at."""
_SHARED = (
    "area", "level", "rank", "why", "cases", "people", "households", "review", "last_case_at", "lift_day",
    "lift_days", "minutes", "setting", "spread", "traceable", "rule", "edition", "grade", "evidence",
)  # fmt: skip


def zones(cases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """Proposals from residences and visited places, and the rest around them (`tables.decisions.ZONES`).

    For a residence the unit is the finest of the rule's units that holds every case of the coarsest;
    for a visited place it is the rule's finest unit that the place's own area reaches. Where an address is
    known to the community only, the community is proposed for experts to narrow; where it is coarser,
    nothing is. An area proposed at two levels is proposed at the graver one, and not at all inside another
    that is proposed at least as grave. The rest around is what no graver zone holds.
    """
    mine = worked_out(cases.filter(~cases.elsewhere))
    parts: list[ir.Table] = []
    if units := _units(protocol, "residence"):
        parts.append(_proposed(_lived(mine, facts, units), facts, protocol, "residence"))
    if units := _units(protocol, "visited"):
        visits = own_visits(at_large(worked_out(cases), as_of), facts, protocol)
        parts.append(_proposed(_visited(visits, cases, facts, units), facts, protocol, "visited"))
    tied = _standing(parts, facts, protocol)
    rest = around(tied, mine, facts, protocol, as_of)
    every = [part.select(*_SHARED) for part in (tied, rest) if part is not None]
    if not every:
        return empty(ZONES)
    found = worked_out(stacked(*every))
    found = beside(found, _declared(found, facts, protocol), "area")
    found = found.mutate(people=found.people.fill_null(0), households=found.households.fill_null(0))
    told = values(
        cases=found.cases, minutes=found.minutes, setting=found.setting, spread=found.spread,
        traceable=found.traceable, last_case_at=found.last_case_at, lift_days=found.lift_days,
    )  # fmt: skip
    return settle(found.mutate(values=told), ZONES)


def _standing(parts: list[ir.Table], facts: Facts, protocol: Protocol) -> ir.Table | None:
    """The proposals that stand, with people, households and lift_day; None where there are none."""
    if not parts:
        return None
    found = worked_out(_outermost(worked_out(stacked(*parts))))
    if found.count().to_pyarrow().as_py() == 0:
        return None
    found = beside(found, _inside(found, facts, protocol), "area")
    last_day = day_of(found.last_case_at, protocol.offsets)
    lift = last_day + found.lift_days.cast("int32").as_interval("D")
    return worked_out(found.mutate(lift_day=lift.cast("date")))


def _outermost(found: ir.Table) -> ir.Table:
    """One proposal an area, the gravest, and none inside another at least as grave.

    Its last case is the last of everything proposed there or inside, and the cases behind it are those of
    all that: a zone is not lifted for a case that another setting, or a proposal inside it, tells of later.
    """
    every = found.select(within="area", latest="last_case_at", tied="behind")
    order = [found["rank"].desc(), found.why, found.cases.desc(), found.minutes.desc(), found.setting]
    turn = ibis.row_number().over(ibis.window(group_by="area", order_by=order))
    found = worked_out(found.mutate(turn=turn).filter(lambda t: t.turn == 0).drop("turn"))
    other = found.select(outer="area", outer_rank="rank")
    both = found.select("area", "rank").cross_join(other)
    inside = both.filter(
        (both.outer != both.area) & holds(both.outer, both.area) & (both.outer_rank >= both["rank"])
    )
    kept = worked_out(found.anti_join(inside, "area"))
    last = kept.select("area").cross_join(every)
    last = last.filter(holds(last.area, last.within))
    last = last.group_by("area").aggregate(last_case_at=last.latest.max(), behind=merged_facts(last.tied))
    return beside(kept.drop("last_case_at", "behind"), last, "area")


def _proposed(tied: ir.Table, facts: Facts, protocol: Protocol, tie: str) -> ir.Table:
    """First match in the edition's zone rows for this tie, at the unit each row asks for.

    Where experts have judged both spread and tracing nobody is asked again; an address that is too coarse
    is theirs to narrow until that very area was assessed.
    """
    rules = [rule for rule in protocol.zones if rule.why == tie]
    tied = assessed(tied.mutate(why=ibis.literal(tie)), facts)
    found = first_match(rules, {name: tied[name] for name in ZONE}, tied.judged)
    tied = tied.mutate(
        review=found.review | (tied.vague & ~tied.here),
        level=pick(found.number, [rule.level for rule in rules]),
        rank=pick(found.number, [rule.rank for rule in rules]),
        lift_days=pick(found.number, [rule.lift_days for rule in rules]),
        evidence=tied.evidence.concat(tied.judgement).unique().sort(),
        **why(found.number, [rule.rule for rule in rules]),
    )
    return tied.filter(tied.level != "none")


def _units(protocol: Protocol, tie: str) -> tuple[str, ...]:
    """The units a tie is drawn at, from fine to coarse: those of its first row that draws anything."""
    drawing = [rule for rule in protocol.zones if rule.why == tie and rule.level != "none"]
    return drawing[0].units if drawing else ()


def _lived(cases: ir.Table, facts: Facts, units: tuple[str, ...]) -> ir.Table:
    """Where cases live, at the finest unit that holds all cases of the same coarsest unit."""
    residence = facts["residence"]
    living = residence.filter(residence.kind == "living").select("person", home="area", home_fact="fact")
    known = cases.inner_join(living, "person")
    known = known.mutate(**{f"at_{unit}": at_level(known.home, unit) for unit in units})
    coarsest = known[f"at_{units[-1]}"]
    known = known.mutate(
        whole=coarsest.fill_null(at_level(known.home, _VAGUEST)), vague=coarsest.isnull()
    ).filter(lambda t: t.whole.notnull())
    alone = [
        (known[f"at_{unit}"].nunique() == 1) & (known[f"at_{unit}"].count() == known.count())
        for unit in units
    ]
    return known.group_by("whole", "vague").aggregate(
        area=ibis.cases(
            *[(one, known[f"at_{unit}"].min()) for one, unit in zip(alone, units, strict=True)],
            else_=known.whole.min(),
        ),
        cases=known.person.nunique(),
        minutes=ibis.null("int64"),
        setting=ibis.literal("home"),
        last_case_at=known.detected_at.max(),
        behind=known.person.collect().unique().sort(),
        evidence=merged_facts(known.evidence.concat(evidence(known.home_fact))),
    ).drop("whole")  # fmt: skip


def _visited(visit: ir.Table, cases: ir.Table, facts: Facts, units: tuple[str, ...]) -> ir.Table:
    """Where cases were inside their windows, by the finest unit the place's own area reaches."""
    place = facts["place"].select("place", "area", setting="kind", place_fact="fact")
    visit = visit.inner_join(place, "place")
    unit = ibis.coalesce(*(at_level(visit.area, unit) for unit in units))
    visit = visit.mutate(unit=unit.fill_null(at_level(visit.area, _VAGUEST)), vague=unit.isnull())
    visit = visit.filter(visit.unit.notnull())
    visit = visit.inner_join(cases.select("detected_at", index="person"), "index")
    lasted = visit.end.delta(visit.begin, unit="microsecond")
    return visit.group_by("setting", "vague", area="unit").aggregate(
        cases=visit["index"].nunique(),
        minutes=lasted.sum() // MICROSECONDS_PER_MINUTE,
        last_case_at=visit.detected_at.max(),
        behind=visit["index"].collect().unique().sort(),
        evidence=merged_facts(evidence(visit.fact, visit.place_fact)),
    )


def _inside(found: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """People and households inside each proposed area."""
    used = {unit for rule in protocol.zones for unit in rule.units} | {_VAGUEST}
    levels = sorted(used, key=areas.LEVELS.index)
    residence = facts["residence"]
    living = residence.filter(residence.kind == "living").select("person", home="area")
    living = living.mutate(near=at_level(living.home, levels[0]))
    living = living.semi_join(found.select(near=at_level(found.area, levels[0])).distinct(), "near")
    inside = stacked(
        *(living.select("person", "home", area=at_level(living.home, level)) for level in levels)
    )
    inside = inside.semi_join(found, "area")
    door = at_level(inside.home, "household")
    return inside.group_by("area").aggregate(people=inside.person.nunique(), households=door.nunique())


def _declared(found: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """When an area was first declared part of a zone at least as grave that lasted past its last case."""
    ranks = {level: rule.rank for level, rule in by_level(protocol).items()}
    zone = facts["zone"]
    zone = zone.select("begin", "end", holder="area", declared="level")
    zone = zone.mutate(
        declared_rank=ibis.cases(*[(zone.declared == level, rank) for level, rank in ranks.items()], else_=0)
    )
    both = found.select("area", "rank", "last_case_at").cross_join(zone)
    both = both.filter(
        holds(both.holder, both.area)
        & (both.declared_rank >= both["rank"])
        & (both.end.isnull() | (both.end > both.last_case_at))
    )
    return both.group_by("area").aggregate(declared_at=both.begin.min())
