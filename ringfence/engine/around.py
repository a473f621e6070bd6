"""Which rest of a district is a zone, because a graver one lies in it?"""

from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ringfence import areas
from ringfence.engine.assessed import assessed
from ringfence.engine.days import day_of
from ringfence.engine.declared import by_level, in_force
from ringfence.engine.match import beside, first_match, merged_facts, pick, stacked, why, worked_out
from ringfence.engine.subtree import at_level, holds
from ringfence.protocol import Protocol
from ringfence.protocol.vocabulary import ZONE
from ringfence.tables import Facts

_HELD = ("area", "cases", "last_case_at", "lift_day", "evidence")


def around(
    proposed: ir.Table | None, cases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime
) -> ir.Table | None:
    """The rest of each district (or whatever unit the rule names) in which a graver zone is proposed or
    declared; None where there is none.

    Its cases are those behind the graver zones, and it is not lifted before the last of them. Where a
    graver zone holds the whole district nothing is left of it.

    Args:
        proposed: area, rank, behind (the cases), last_case_at, lift_day, evidence.
        cases: those kept here.
    """
    rules = [rule for rule in protocol.zones if rule.why == "around"]
    drawing = [rule for rule in rules if rule.level != "none"]
    if not drawing:
        return None
    rank = max(rule.rank for rule in drawing)
    parts = [_in_force(cases, facts, protocol, as_of, rank)]
    if proposed is not None:
        graver = proposed.filter(proposed["rank"] > rank)
        parts.append(graver.select(*_HELD[:1], *_HELD[2:], cases=graver.behind))
    known = [part.select(*_HELD) for part in parts if part is not None]
    if not known:
        return None
    graver = worked_out(stacked(*known))
    rest = worked_out(_districts(graver, drawing[0].units[0]))
    if rest.count().to_pyarrow().as_py() == 0:
        return None
    rest = assessed(rest, facts)
    found = first_match(rules, {name: rest[name] for name in ZONE}, rest.judged)
    rest = rest.mutate(
        review=found.review,
        level=pick(found.number, [rule.level for rule in rules]),
        rank=pick(found.number, [rule.rank for rule in rules]),
        lift_days=pick(found.number, [rule.lift_days for rule in rules]),
        evidence=rest.evidence.concat(rest.judgement).unique().sort(),
        **why(found.number, [rule.rule for rule in rules]),
    )
    own = day_of(rest.last_case_at, protocol.offsets) + rest.lift_days.cast("int32").as_interval("D")
    rest = rest.filter(rest.level != "none").mutate(lift_day=ibis.greatest(rest.lift_day, own.cast("date")))
    return worked_out(beside(rest, _people(graver, facts, drawing[0].units[0]), "area"))


def _districts(graver: ir.Table, unit: str) -> ir.Table:
    """The districts that graver zones lie in without holding them, as a zone's words."""
    lying = graver.mutate(inside=graver.area, area=at_level(graver.area, unit))
    whole = lying.filter(lying.inside == lying.area)
    lying = lying.filter(lying.area.notnull()).anti_join(whole, "area")
    found = lying.group_by("area").aggregate(
        cases=lying.cases.collect().flatten().unique().length(),
        last_case_at=lying.last_case_at.max(),
        lift_day=lying.lift_day.max(),
        evidence=merged_facts(lying.evidence),
    )
    wider = graver.select(wider="area")
    held = found.select("area").cross_join(wider).filter(lambda t: holds(t.wider, t.area))
    return found.anti_join(held, "area").mutate(
        why=ibis.literal("around"), setting=ibis.null("string"), minutes=ibis.null("int64")
    )


def _in_force(
    cases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime, rank: int
) -> ir.Table | None:
    """The graver zones in force, with the cases that live in them; without one a zone counts from its
    beginning."""
    zones = in_force(facts, protocol, as_of)
    if zones is None:
        return None
    around_ = [level for level, rule in by_level(protocol).items() if rule.why == "around"]
    zones = worked_out(zones.filter((zones["rank"] > rank) & ~zones.level.isin(around_)))
    lived = cases.select("person", "detected_at", home="area", case_facts="evidence")
    both = zones.select("zone", "area").cross_join(lived)
    both = both.filter(holds(both.area, both.home))
    sick = both.group_by("zone").aggregate(
        cases=both.person.collect(),
        last=both.detected_at.max(),
        case_facts=merged_facts(both.case_facts),
    )
    none = ibis.literal([], type="array<int64>")
    zones = beside(zones, worked_out(sick), "zone")
    zones = zones.mutate(
        cases=zones.cases.fill_null(none),
        last_case_at=zones["last"].fill_null(zones.begin),
        evidence=zones.facts.concat(zones.case_facts.fill_null(none)),
    )
    lift = day_of(zones.last_case_at, protocol.offsets) + zones.lift_days.cast("int32").as_interval("D")
    return zones.mutate(lift_day=lift.cast("date"))


def _people(graver: ir.Table, facts: Facts, unit: str) -> ir.Table:
    """People and households of each district, less those in the graver zones: area, people, households."""
    inside = graver.select("area").distinct().to_pyarrow()["area"].to_pylist()
    residence = facts["residence"]
    home = residence.filter(residence.kind == "living").select("person", home="area")
    rest = home.mutate(area=at_level(home.home, unit))
    near = graver.select(area=at_level(graver.area, unit)).distinct()
    rest = rest.semi_join(near, "area")
    for level in sorted({areas.level(code) for code in inside}, key=areas.LEVELS.index):
        here = ibis.memtable(pa.table({"cut": [code for code in inside if areas.level(code) == level]}))
        rest = rest.mutate(cut=at_level(rest.home, level)).anti_join(here, "cut").drop("cut")
    door = at_level(rest.home, "household")
    return rest.group_by("area").aggregate(people=rest.person.nunique(), households=door.nunique())
