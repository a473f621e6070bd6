"""Which zones are in force, under which rule, and who and what lies in them?

Somebody who lives in a sealed building of a controlled district is in the sealed zone and not in the
controlled one: of the zones that hold an address the gravest counts, or several equally grave.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ringfence import areas
from ringfence.engine.days import day_of
from ringfence.engine.match import facts as evidence
from ringfence.engine.match import merged_facts, pick, stacked, why, worked_out
from ringfence.engine.subtree import at_level
from ringfence.protocol import Protocol
from ringfence.protocol.measures import ZoneRule
from ringfence.tables import Facts

NOT_THERE = ("away", "central", "hospital")
"""The stays in which nobody is at their own door."""
_COMMUNITY = "community"


def by_level(protocol: Protocol) -> Mapping[str, ZoneRule]:
    """The rule of each level that can be declared: of several rows that for a residence, else the first."""
    found: dict[str, ZoneRule] = {}
    for rule in sorted(protocol.zones, key=lambda row: row.why != "residence"):
        if rule.level != "none":
            found.setdefault(rule.level, rule)
    return found


def in_force(facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table | None:
    """The declared zones in force that the editions know, a row an area and level; None where there are none.

    Columns: zone (its number here), area, level, begin, authority, number (its rule's place in `by_level`),
    rank, lift_days, rule, edition, grade and facts.
    """
    rules = list(by_level(protocol).values())
    zone = facts["zone"]
    zone = zone.filter(
        zone.level.isin([rule.level for rule in rules])
        & (zone.begin <= as_of)
        & (zone.end.isnull() | (zone.end > as_of))
    )
    zone = worked_out(zone)
    if not rules or zone.count().to_pyarrow().as_py() == 0:
        return None
    one = zone.group_by("area", "level").aggregate(
        begin=zone.begin.min(),
        authority=zone.authority.argmin(zone.begin),
        facts=merged_facts(evidence(zone.fact)),
    )
    levels = [rule.level for rule in rules]
    number = ibis.cases(*[(one.level == level, place) for place, level in enumerate(levels)], else_=-1)
    one = one.mutate(number=number)
    turn = ibis.row_number().over(ibis.window(order_by=[one.area, one.level]))
    one = one.mutate(
        zone=turn.cast("int64"),
        rank=pick(one.number, [rule.rank for rule in rules]),
        lift_days=pick(one.number, [rule.lift_days for rule in rules]),
        **why(one.number, [rule.rule for rule in rules]),
    )
    return worked_out(one)


def living(facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """Who lives where on the civil day of an instant: id, area, fact."""
    today = day_of(ibis.literal(as_of, "timestamp(6)"), protocol.offsets)
    home = facts["residence"]
    home = home.filter(
        (home.kind == "living")
        & (home.from_day.isnull() | (home.from_day <= today))
        & (home.to_day.isnull() | (home.to_day > today))
    )
    return home.select("area", "fact", id="person")


def within(addressed: ir.Table, zones: ir.Table) -> ir.Table:
    """In which of some zones each address lies, the gravest only: id, fact, zone, home; worked out.

    Args:
        addressed: id, area, fact: people by where they live, or places by where they are. It may be a
            whole city's.
        zones: zone, area and rank, as of `in_force`.
    """
    known = zones.select("zone", "area", "rank").to_pyarrow().to_pylist()
    levels = sorted({areas.level(row["area"]) for row in known}, key=areas.LEVELS.index)
    parts = [_at(addressed, zones, level, [row["area"] for row in known]) for level in levels]
    held = worked_out(stacked(*parts))
    nested = _nested(known)
    if not nested:
        return held.drop("rank")
    # Few live where one zone lies in another: only for them is it asked which is the gravest.
    several = worked_out(held.filter(held.zone.isin(nested)).select("id").distinct())
    theirs = worked_out(held.semi_join(several, "id"))
    gravest = theirs.group_by("id").aggregate(gravest=theirs["rank"].max())
    theirs = theirs.inner_join(gravest, "id").filter(lambda t: t["rank"] == t.gravest).drop("gravest")
    return worked_out(stacked(held.anti_join(several, "id"), theirs).drop("rank"))


def _nested(known: list[dict[str, Any]]) -> list[int]:
    """The zones that lie in another one, or share its area."""
    codes = {row["area"] for row in known}
    shared = {code for code, times in Counter(row["area"] for row in known).items() if times > 1}
    above = {row["area"]: _above(row["area"]) for row in known}
    return [row["zone"] for row in known if row["area"] in shared or above[row["area"]] & codes]


def _above(code: str) -> set[str]:
    """The areas that hold a code, without itself."""
    held = (areas.at_level(code, level) for level in areas.LEVELS)
    return {area for area in held if area is not None and area != code}


def _at(addressed: ir.Table, zones: ir.Table, level: str, codes: list[str]) -> ir.Table:
    """The addresses in the zones of one level; below the community only those of its communities are cut."""
    here = {code for code in codes if areas.level(code) == level}
    if areas.LEVELS.index(level) > areas.LEVELS.index(_COMMUNITY):
        near = sorted({code[: areas.COMMUNITY_DIGITS] for code in here})
        wide = ibis.memtable(pa.table({"near": near}))
        addressed = addressed.mutate(near=addressed.area.substr(0, areas.COMMUNITY_DIGITS))
        addressed = addressed.semi_join(wide, "near").drop("near")
    cut = addressed.select("id", "fact", home="area", area=at_level(addressed.area, level))
    held = cut.inner_join(zones.select("zone", "area", "rank"), "area")
    return held.select("id", "fact", "zone", "home", "rank")
