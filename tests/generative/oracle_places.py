"""Who was sampled, and which areas should be zoned? Area by area."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from ringfence import areas
from tests.generative.oracle_known import Known, Row, because, evidence, first_match, least, swabs
from tests.generative.oracle_meetings import cut_visits

ELSEWHERE = ("away", "central", "hospital")
"""The stays in which nobody is at their own door."""


def coverage(known: Known) -> list[Row]:
    """Everyone each round concerns, one status each: as things stand, or stood when the round was due."""
    found: list[Row] = []
    people = {row["person"] for kind in ("residence", "sample") for row in known.facts[kind]}
    rounds = {row["round"] for kind in ("round", "tube") for row in known.facts[kind]} - {None}
    for name in sorted(rounds):
        terms = known.every("round", round=name)
        at = min(known.as_of, max((term["due_at"] for term in terms), default=known.as_of))
        for person in sorted(people):
            lives = known.one("residence", person=person, kind="living")
            expected = lives is not None and _lives_in(known, lives, terms, at)
            taken = [swab for swab in swabs(known, person) if swab["round"] == name]
            if expected or taken:
                excused = _excused(known, person, at) if terms else ([], [])
                row = _status(lives, expected, taken, excused)
                found.append({"round": name, "person": person, **row})
    return found


def _lives_in(known: Known, lives: Row, terms: list[Row], at: datetime) -> bool:
    """Whether somebody lives in a round's areas on the civil day of an instant."""
    begun = lives["from_day"] is None or lives["from_day"] <= known.day(at)
    gone = lives["to_day"] is not None and lives["to_day"] <= known.day(at)
    return begun and not gone and any(areas.contains(term["area"], lives["area"]) for term in terms)


def _excused(known: Known, person: int, at: datetime) -> tuple[list[int], list[int]]:
    """The exemptions of the day and the stays of the instant that keep somebody from their door."""
    today = known.day(at)
    free = [
        row for row in known.every("exemption", person=person) if row["from_day"] <= today < row["to_day"]
    ]
    gone = [
        stay
        for stay in known.every("stay", person=person)
        if stay["kind"] in ELSEWHERE and stay["begin"] <= at and (stay["end"] is None or stay["end"] > at)
    ]
    return [row["fact"] for row in free], [stay["fact"] for stay in gone]


def _status(lives: Row | None, expected: bool, taken: list[Row], excused: tuple[list[int], list[int]]) -> Row:
    first = min(taken, key=lambda swab: (swab["sampled_at"], swab["tube"]), default=None)
    ladder = (
        ("unregistered", lives is None),
        ("elsewhere", not expected),
        ("resulted", any(swab["result"] for swab in taken)),
        ("received", any(swab["received_at"] for swab in taken)),
        ("sampled", taken),
        ("exempt", excused[0]),
        ("away", excused[1]),
        ("missing", True),
    )
    rests = evidence(
        lives["fact"] if lives and expected else None, least(excused[0]), least(excused[1]),
        least(swab["sample_fact"] for swab in taken), least(swab["result_fact"] for swab in taken),
    )  # fmt: skip
    return {
        "area": lives and lives["area"], "tube": first and first["tube"],
        "sampled_at": first and first["sampled_at"], "status": next(name for name, so in ladder if so),
        # Which of several tubes, results or reasons a row names is not settled.
        "evidence": rests if max(len(taken), len(excused[0]), len(excused[1])) < 2 else None,
    }  # fmt: skip


def zones(known: Known, infected: list[Row]) -> list[Row]:
    """Proposals from residences and visited places: an area once, and none inside one at least as grave."""
    proposed: dict[str, list[tuple[Any, bool, Row]]] = defaultdict(list)
    for tie in [*_lived(known, infected), *_visited(known, infected)]:
        rules = [rule for rule in known.protocol.zones if rule.why == tie["why"]]
        rule, review = first_match(rules, tie)
        if rule is not None and rule.level != "none":
            proposed[tie["area"]].append((rule, review or tie["vague"], tie))
    chosen = {area: min(ties, key=_first_told) for area, ties in proposed.items()}
    kept = {
        area: found
        for area, found in sorted(chosen.items())
        if not any(
            other != area and areas.contains(other, area) and outer[0].rank >= found[0].rank
            for other, outer in chosen.items()
        )
    }
    told = [(area, tie["last_case_at"]) for area, ties in proposed.items() for _, _, tie in ties]
    last = {area: max(at for within, at in told if areas.contains(area, within)) for area in kept}
    return [
        _zone(known, area, rule, review, {**tie, "last_case_at": last[area]})
        for area, (rule, review, tie) in kept.items()
    ]


def _first_told(found: tuple[Any, bool, Row]) -> tuple[Any, ...]:
    """The gravest of an area's proposals; then a residence, then the one with most cases and time."""
    rule, _, tie = found
    return (-rule.rank, tie["why"], -tie["cases"], -(tie["minutes"] or 0), tie["setting"])


def _zone(known: Known, area: str, rule: Any, review: bool, tie: Row) -> Row:
    inside = [row for row in known.every("residence", kind="living") if areas.contains(area, row["area"])]
    doors = {row["area"] for row in inside if areas.level(row["area"]) == "household"}
    ranks = {other.level: other.rank for other in known.protocol.zones}
    last: datetime = tie["last_case_at"]
    declared = [
        zone["begin"]
        for zone in known.facts["zone"]
        if areas.contains(zone["area"], area)
        and ranks.get(zone["level"], 0) >= rule.rank
        and (zone["end"] is None or zone["end"] > last)
    ]
    return {
        "area": area, "level": rule.level, "why": tie["why"], "cases": tie["cases"], "review": review,
        "people": len({row["person"] for row in inside}), "households": len(doors), "last_case_at": last,
        "lift_day": known.day(last) + timedelta(days=rule.lift_days), "declared_at": least(declared),
        **because(rule), "evidence": tie["evidence"],
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
        for visit in cut_visits(known, case["person"], case["window_from"], case["window_to"] or known.as_of):
            place = known.one("place", place=visit["place"])
            area = _first_reached(_drawn(place["area"], units)) if place else None
            whole = area or (areas.at_level(place["area"], "community") if place else None)
            if place and whole:
                groups[whole, place["kind"], area is None].append((case, visit, place))
    return [
        {
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
