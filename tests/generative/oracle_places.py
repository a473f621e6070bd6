"""Which areas should be zoned? Area by area."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ringfence import areas
from tests.generative.oracle_known import Known, Row, because, evidence, first_match, least
from tests.generative.oracle_meetings import cut_visits


def zones(known: Known, infected: list[Row]) -> list[Row]:
    """Proposals from residences and visited places, an area once, and none inside one at least as grave;
    then the rest around them."""
    proposed: dict[str, list[tuple[Any, bool, Row]]] = defaultdict(list)
    for tie in [*_lived(known, infected), *_visited(known, infected)]:
        rule, review = _judged(known, tie)
        if rule is not None and rule.level != "none":
            proposed[tie["area"]].append((rule, review or (tie["vague"] and not tie["here"]), tie))
    chosen = {area: min(ties, key=_first_told) for area, ties in proposed.items()}
    kept = {
        area: found
        for area, found in sorted(chosen.items())
        if not any(
            other != area and areas.contains(other, area) and outer[0].rank >= found[0].rank
            for other, outer in chosen.items()
        )
    }
    every = [(area, tie) for area, ties in proposed.items() for _, _, tie in ties]
    found: list[Row] = []
    for area, (rule, review, tie) in kept.items():
        inside = [other for within, other in every if areas.contains(area, within)]
        last = max(other["last_case_at"] for other in inside)
        lives = [row for row in known.every("residence", kind="living") if areas.contains(area, row["area"])]
        lift = known.day(last) + timedelta(days=rule.lift_days)
        behind = frozenset[int]().union(*(other["who"] for other in inside))
        told = {**tie, "last_case_at": last, "lift_day": lift, "review": review, "who": behind}
        found.append({**_zone(known, area, rule, told, lives), "who": behind, "rank": rule.rank})
    return [*found, *_around(known, infected, found)]


def _judged(known: Known, tie: Row) -> tuple[Any, bool]:
    """The first row that matches once experts' judgement is added to a tie; where they have judged both
    things, a row that would ask them does not match."""
    tie |= assessed(known, tie["area"])
    rules = [rule for rule in known.protocol.zones if rule.why == tie["why"]]
    if tie["spread"] is not None and tie["traceable"] is not None:
        rules = [replace(rule, unknown="exclude") if rule.unknown == "review" else rule for rule in rules]
    tie["evidence"] |= tie["judgement"]
    return first_match(rules, tie)


def assessed(known: Known, area: str) -> Row:
    """What the nearest assessment that says something of each thing says of an area."""
    over = [row for row in known.facts["assessment"] if areas.contains(row["area"], area)]
    over.sort(key=lambda row: len(row["area"]), reverse=True)
    found: Row = {"judgement": frozenset[int](), "here": False}
    for name in ("spread", "traceable"):
        said = next((row for row in over if row[name] is not None), None)
        found[name] = said[name] if said else None
        found["judgement"] |= evidence(said["fact"] if said else None)
    said = [row for row in over if row["area"] == area]
    found["here"] = any(row["spread"] is not None or row["traceable"] is not None for row in said)
    return found


def level_rules(known: Known) -> dict[str, Any]:
    """The rule of each level: that for a residence where there is one, else the first."""
    found: dict[str, Any] = {}
    for rule in known.protocol.zones:
        if rule.level != "none" and (rule.level not in found or (
            rule.why == "residence" and found[rule.level].why != "residence"
        )):  # fmt: skip
            found[rule.level] = rule
    return found


def standing(known: Known) -> list[Row]:
    """The zones in force of a level there is a rule for: an area and level once, since the first of them."""
    found: dict[tuple[str, str], Row] = {}
    rules = level_rules(known)
    for zone in sorted(known.facts["zone"], key=lambda zone: zone["begin"]):
        over = zone["end"] is not None and zone["end"] <= known.as_of
        if zone["level"] in rules and zone["begin"] <= known.as_of and not over:
            key = (zone["area"], zone["level"])
            one = found.setdefault(key, {**zone, "facts": frozenset(), "rule": rules[zone["level"]]})
            one["facts"] |= {zone["fact"]}
    return list(found.values())


def _around(known: Known, infected: list[Row], proposed: list[Row]) -> list[Row]:
    """The rest of each district with a graver zone in it, unless one holds the whole of it."""
    rules = [rule for rule in known.protocol.zones if rule.why == "around"]
    drawing = [rule for rule in rules if rule.level != "none"]
    if not drawing:
        return []
    most = max(rule.rank for rule in drawing)
    graver = [zone for zone in proposed if zone["rank"] > most]
    for zone in standing(known):
        if zone["rule"].why != "around" and zone["rule"].rank > most:
            graver.append(_counted(known, zone, infected))
    found: list[Row] = []
    for district in sorted(
        {areas.at_level(zone["area"], drawing[0].units[0]) or "" for zone in graver} - {""}
    ):
        if any(areas.contains(zone["area"], district) for zone in graver):
            continue
        inside = [zone for zone in graver if areas.contains(district, zone["area"])]
        tie: Row = {
            "area": district, "why": "around", "setting": None, "minutes": None,
            "cases": len(frozenset[int]().union(*(zone["who"] for zone in inside))),
            "last_case_at": max(zone["last_case_at"] for zone in inside),
            "evidence": frozenset[int]().union(*(zone["evidence"] for zone in inside)),
        }  # fmt: skip
        rule, review = _judged(known, tie)
        if rule is None or rule.level == "none":
            continue
        own = known.day(tie["last_case_at"]) + timedelta(days=rule.lift_days)
        lives = [
            row
            for row in known.every("residence", kind="living")
            if areas.contains(district, row["area"])
            and not any(areas.contains(zone["area"], row["area"]) for zone in graver)
        ]
        lift = max(own, *(zone["lift_day"] for zone in inside))
        found.append(_zone(known, district, rule, {**tie, "lift_day": lift, "review": review}, lives))
    return found


def _counted(known: Known, zone: Row, infected: list[Row]) -> Row:
    """A zone in force with the cases who live in it."""
    mine = [case for case in infected if not case["elsewhere"] and case["area"]]
    mine = [case for case in mine if areas.contains(zone["area"], case["area"])]
    last = max((case["detected_at"] for case in mine), default=zone["begin"])
    return {
        "area": zone["area"], "who": frozenset(case["person"] for case in mine), "last_case_at": last,
        "lift_day": known.day(last) + timedelta(days=zone["rule"].lift_days),
        "evidence": zone["facts"].union(*(case["evidence"] for case in mine)),
    }  # fmt: skip


def _first_told(found: tuple[Any, bool, Row]) -> tuple[Any, ...]:
    """The gravest of an area's proposals; then a residence, then the one with most cases and time."""
    rule, _, tie = found
    return (-rule.rank, tie["why"], -tie["cases"], -(tie["minutes"] or 0), tie["setting"])


def _zone(known: Known, area: str, rule: Any, tie: Row, lives: list[Row]) -> Row:
    doors = {row["area"] for row in lives if areas.level(row["area"]) == "household"}
    ranks = {level: other.rank for level, other in level_rules(known).items()}
    last: datetime = tie["last_case_at"]
    declared = [
        zone["begin"]
        for zone in known.facts["zone"]
        if areas.contains(zone["area"], area)
        and ranks.get(zone["level"], 0) >= rule.rank
        and (zone["end"] is None or zone["end"] > last)
    ]
    kept = {name: tie[name] for name in ("why", "cases", "review", "last_case_at", "lift_day", "evidence")}
    return {
        "area": area, "level": rule.level, **kept, "people": len({row["person"] for row in lives}),
        "households": len(doors), "declared_at": least(declared), **because(rule),
    }  # fmt: skip


def _units(known: Known, why: str) -> tuple[str, ...]:
    """The units a tie is drawn at, finest first; none where nothing is drawn."""
    drawing = [rule.units for rule in known.protocol.zones if rule.why == why and rule.level != "none"]
    return drawing[0] if drawing else ()


def _drawn(area: str | None, units: tuple[str, ...]) -> list[str | None]:
    return [areas.at_level(area, unit) if area else None for unit in units]


def _lived(known: Known, infected: list[Row]) -> list[Row]:
    """Where cases live: the finest unit that holds all the cases of one coarsest unit, or the community."""
    units = _units(known, "residence")
    groups: dict[tuple[str, bool], list[Row]] = defaultdict(list)
    for case in infected:
        if units and case["area"] and not case["elsewhere"]:
            whole = _drawn(case["area"], units)[-1]
            group = whole or areas.at_level(case["area"], "community")
            if group:
                groups[group, whole is None].append(case)
    found: list[Row] = []
    for (whole, vague), sick in groups.items():
        holders = [{areas.at_level(case["area"], unit) for case in sick} for unit in units]
        area = next((min(held) for held in holders if len(held) == 1 and None not in held), whole)
        homes = [known.one("residence", person=case["person"], kind="living") for case in sick]
        rests = frozenset[int]().union(*(case["evidence"] for case in sick))
        found.append({
            "who": frozenset(case["person"] for case in sick),
            "why": "residence", "area": area, "setting": "home", "cases": len(sick), "minutes": None,
            "last_case_at": max(case["detected_at"] for case in sick), "vague": vague,
            "evidence": rests | {row["fact"] for row in homes if row},
        })  # fmt: skip
    return found


def _visited(known: Known, infected: list[Row]) -> list[Row]:
    """Where cases were inside their windows: the finest unit the place's own area reaches."""
    units = _units(known, "visited")
    groups: dict[tuple[str, str, bool], list[tuple[Row, Row, Row]]] = defaultdict(list)
    for case in infected:
        if case["window_from"] is None or not units:
            continue
        until = min(case["window_to"] or known.as_of, known.as_of)
        for visit in cut_visits(known, case["person"], case["window_from"], until):
            place = known.one("place", place=visit["place"])
            area = _first_reached(_drawn(place["area"], units)) if place else None
            whole = area or (areas.at_level(place["area"], "community") if place else None)
            if place and whole:
                groups[whole, place["kind"], area is None].append((case, visit, place))
    return [
        {
            "who": frozenset(case["person"] for case, _, _ in seen),
            "why": "visited", "area": area, "setting": setting, "vague": vague,
            "cases": len({case["person"] for case, _, _ in seen}),
            "minutes": _minutes(visit for _, visit, _ in seen),
            "last_case_at": max(case["detected_at"] for case, _, _ in seen),
            "evidence": frozenset(row["fact"] for _, visit, place in seen for row in (visit, place)),
        }
        for (area, setting, vague), seen in groups.items()
    ]  # fmt: skip


def _first_reached(drawn: list[str | None]) -> str | None:
    """The first unit that an area reaches."""
    return next((unit for unit in drawn if unit is not None), None)


def _minutes(visits: Iterable[Row]) -> int:
    return int(sum((visit["leave"] - visit["enter"]).total_seconds() for visit in visits)) // 60
