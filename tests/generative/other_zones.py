"""Rules for zones: every condition, counted from every event, up and down every level; colours in a table.

Nothing in it is anybody's rule.
"""

from dataclasses import replace

from ringfence.protocol import Protocol
from ringfence.protocol.measures import ColourRule, ZoneRule
from ringfence.protocol.predicates import parse
from ringfence.protocol.schedules import parse_schedule
from ringfence.protocol.vocabulary import COLOUR, ZONE
from tests.generative.other_rules import OTHER_ZONE, other_offsets, wuxi


def zoning() -> Protocol:
    """The frame of Wuxi's rules, with short zones of every kind and a table of colours."""
    base = wuxi()
    limits = tuple(limit for limit in base.limits if limit.of != "zone_decision")
    return replace(
        base,
        zone=OTHER_ZONE,
        offsets=other_offsets(),
        limits=limits,
        zones=_zones(base),
        colours=_colours(base),
    )


def _zones(base: Protocol) -> tuple[ZoneRule, ...]:
    plain = replace(
        base.zones[0], unknown="exclude", units=("building", "grid"), contacts_gone_d=0, sweep_d=0,
        after_step_d=0, counts_from="last_case", steps_to="", escalates_to="", tests=None,
    )  # fmt: skip

    def row(level: str, rank: int, why: str, when: str = "", **more: object) -> ZoneRule:
        id_ = f"zone-{level}-{why}-{len(when)}"
        given = {
            "level": level,
            "rank": rank,
            "why": why,
            "when": parse(when, ZONE) if when else None,
            **more,
        }
        return replace(plain, rule=replace(plain.rule, id=id_), **given)

    return (
        row("high", 4, "visited", "spread = high and traceable = no", lift_days=4, sweep_d=1,
            counts_from="case_removed", steps_to="medium", tests=parse_schedule("days 1, 3, 4, 9")),
        row("controlled", 2, "visited", "minutes >= 30 and spread != low", unknown="review", lift_days=2,
            after_step_d=1, sweep_d=2, escalates_to="sealed", tests=parse_schedule("every 2d")),
        row("none", 0, "visited", lift_days=0),
        row("sealed", 3, "residence", "cases >= 2 or spread = high", unknown="include", lift_days=3,
            contacts_gone_d=2, steps_to="controlled", counts_from="disinfected", escalates_to="high",
            units=("stairwell", "building", "grid"), tests=parse_schedule("days 2, 5")),
        row("medium", 2, "residence", lift_days=5, after_step_d=2, contacts_gone_d=1, steps_to="low",
            counts_from="case_removed", units=("stairwell", "building", "grid")),
        row("precaution", 1, "around", "cases >= 2", lift_days=0, units=("town",)),
        row("low", 1, "around", "traceable = yes", unknown="review", lift_days=1, units=("town",)),
        row("none", 0, "around", lift_days=0, units=("town",)),
    )  # fmt: skip


def _colours(base: Protocol) -> tuple[ColourRule, ...]:
    table = (
        ("kind = case and class in [confirmed, asymptomatic]", "red", "exclude"),
        ("kind = case and not (class = positive)", "yellow", "exclude"),
        ("kind in [course, arrival] and place != central", "yellow", "exclude"),
        ("kind = zone and level in [sealed, high]", "red", "exclude"),
        ("kind = zone and level = low", "none", "exclude"),
        ("kind = zone and not (level = precaution)", "green", "exclude"),
        ("kind = hold", "yellow", "exclude"),
        ("place = central or level = medium", "red", "include"),
        ("", "none", "exclude"),
    )
    like = base.cases[0].rule
    return tuple(
        ColourRule(replace(like, id=f"colour-{n}"), gives, parse(when, COLOUR) if when else None, unknown)
        for n, (when, gives, unknown) in enumerate(table)
    )
