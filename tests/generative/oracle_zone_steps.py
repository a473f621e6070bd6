"""What becomes of each zone in force? Zone by zone, case by case, person by person."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from ringfence import areas
from tests.generative.oracle_known import Known, Row, because, least, spells, swabs
from tests.generative.oracle_meetings import cut_visits
from tests.generative.oracle_places import level_rules, standing

Tables = Mapping[str, list[Row]]
POSITIVE = ("confirmed", "asymptomatic", "positive", "reported")
GONE = ("central", "hospital")


def zone_steps(known: Known, done: Tables) -> list[Row]:
    """The next step of every zone in force."""
    found = [_counted(known, zone, done) for zone in standing(known)]
    rows: list[Row] = []
    for one in found:
        rule, zone = one["zone"]["rule"], one["zone"]
        graver = _graver(known, one, found, done)
        if rule.why == "around":
            one["due_day"] = max(one["due_day"], *graver.values()) if graver else one["due_day"]
        over = one["due_day"] <= known.today and not one["left"] and not one["unswept"]
        if rule.why == "around" and graver:
            over = False
        step, to, at, day = "keep", None, None, one["due_day"]
        if rule.escalates_to and one["alarm_at"]:
            step, to, at = "escalate", rule.escalates_to, one["alarm_at"]
            day = known.day(at)
        elif over:
            step, to = ("step_down", rule.steps_to) if rule.steps_to else ("lift", None)
            at = max([known.midnight(one["due_day"]), *one["moments"]])
        rows.append({
            **{name: zone[name] for name in ("area", "level", "begin")}, "step": step, "to_level": to,
            "due_day": day, "last_case_at": one["told_at"], "contacts_left": len(one["left"]),
            "unswept": len(one["unswept"]), "people": len(one["people"]), "possible_at": at, **because(rule),
            "evidence": one["evidence"],
        })  # fmt: skip
    return rows


def gravest(known: Known, area: str) -> list[Row]:
    """The zones in force that hold an address, those of the gravest rank alone."""
    holding = [zone for zone in standing(known) if areas.contains(zone["area"], area)]
    most = max((zone["rule"].rank for zone in holding), default=0)
    return [zone for zone in holding if zone["rule"].rank == most]


def inside(known: Known, zone: Row) -> list[Row]:
    """Where the people live today who live in a zone and in no graver one: rows of residences."""
    return [
        row
        for row in known.every("residence", kind="living")
        if (row["from_day"] is None or row["from_day"] <= known.today)
        and (row["to_day"] is None or row["to_day"] > known.today)
        and _is_in(known, zone, row["area"])
    ]


def _is_in(known: Known, zone: Row, area: str) -> bool:
    return any((z["area"], z["level"]) == (zone["area"], zone["level"]) for z in gravest(known, area))


def at_home(known: Known, person: int, day: date, at: datetime) -> bool:
    """Whether somebody is to be tested at their own door: not exempt that day, not away at that instant."""
    free = any(row["from_day"] <= day < row["to_day"] for row in known.every("exemption", person=person))
    gone = any(
        stay["kind"] in ("away", "central", "hospital")
        and stay["begin"] <= at
        and (stay["end"] is None or stay["end"] > at)
        for stay in known.every("stay", person=person)
    )
    return not free and not gone


def _counted(known: Known, zone: Row, done: Tables) -> Row:
    """Everything that decides of one zone but for the others."""
    rule = zone["rule"]
    people = sorted(row["person"] for row in inside(known, zone))
    ties = _ties(known, zone, people, done)
    last = max((case["detected_at"] for case, _ in ties), default=None)
    alarms = [
        case
        for case, here in ties
        if here and case["class"] in POSITIVE and case["detected_at"] > zone["begin"]
    ]
    taken = [_taken(known, case["person"], case["detected_at"]) for case, _ in ties]
    left, gone = _contacts(known, rule, people, done)
    unswept, swept = _unswept(known, rule, people)
    since, days = _since(known, zone, last, taken)
    stepped = _stepped(known, zone)
    rests = zone["facts"] | {other["fact"] for other in stepped}
    deciding = [case for case, _ in ties if case["detected_at"] == last] + alarms
    rests = rests.union(*(case["evidence"] for case in deciding))
    rests |= {step["fact"] for step in _disinfected(known, zone)}
    removed = None if None in taken else max(taken, default=None)
    return {
        "zone": zone, "people": people, "left": left, "unswept": unswept, "moments": gone + swept,
        "due_day": since + timedelta(days=days), "evidence": rests,
        "alarm_at": least(case["detected_at"] for case in alarms),
        "told_at": last if rule.counts_from == "last_case" or removed is None else removed,
    }  # fmt: skip


def _ties(known: Known, zone: Row, people: list[int], done: Tables) -> list[tuple[Row, bool]]:
    """The cases of a zone, and whether each lives in it or was in it since it was declared."""
    found: list[tuple[Row, bool]] = []
    visited = any(rule.why == "visited" and rule.level != "none" for rule in known.protocol.zones)
    for case in done["cases"]:
        if case["elsewhere"] or case["class"] == "re_positive":
            continue
        seen: list[datetime] = []
        if visited and case["window_from"] is not None:
            end = case["window_to"] or known.as_of
            for visit in cut_visits(known, case["person"], case["window_from"], end):
                place = known.one("place", place=visit["place"])
                if place and _is_in(known, zone, place["area"]):
                    seen.append(visit["leave"])
        lives = case["person"] in people
        if lives or seen:
            found.append((case, lives or max(seen) > zone["begin"]))
    return found


def _taken(known: Known, person: int, detected_at: datetime) -> datetime | None:
    """When a case was taken to a site or hospital and not let go before they were found."""
    return least(b for b, end in spells(known, person, GONE, moved=True) if end >= detected_at)


def _disinfected(known: Known, zone: Row) -> list[Row]:
    return known.every("step", subject=f"A:{zone['area']}", step="disinfected")


def _stepped(known: Known, zone: Row) -> list[Row]:
    """The graver zones of the same area that ended on the civil day this one began."""
    rules = level_rules(known)
    return [
        other
        for other in known.every("zone", area=zone["area"])
        if other["end"] is not None
        and other["level"] in rules
        and rules[other["level"]].rank > zone["rule"].rank
        and known.day(other["end"]) == known.day(zone["begin"])
    ]


def _since(known: Known, zone: Row, last: datetime | None, taken: list[Any]) -> tuple[date, int]:
    """The day a zone's days count from, and how many they are."""
    rule, began = zone["rule"], known.day(zone["begin"])
    fresh = last is not None and known.day(last) > began
    if _stepped(known, zone) and rule.after_step_d and not fresh:
        return began, rule.after_step_d
    day = began
    if last is not None:
        moments = [last]
        if rule.counts_from != "last_case":
            moments = [known.as_of] if None in taken else [max(taken)]
        if rule.counts_from == "disinfected" and None not in taken:
            moments += [step["at"] for step in _disinfected(known, zone)]
        day = known.day(max(moments))
    return (began if day + timedelta(days=rule.lift_days) <= began else day), rule.lift_days


def _contacts(known: Known, rule: Any, people: list[int], done: Tables) -> tuple[list[int], list[datetime]]:
    """The close contacts inside who are not gone long enough and negative, and since when others are."""
    sick = {case["person"] for case in done["cases"] if case["cleared_at"] is None}
    left: list[int] = []
    since: list[datetime] = []
    for person in people if rule.contacts_gone_d else []:
        met = [
            row["last_exposure"]
            for row in done["contacts"]
            if row["person"] == person and row["class"] == "close" and not row["review"]
        ]
        if not met or person in sick:
            continue
        last = max(met)
        away = [max(b, last) for b, end in spells(known, person, GONE, moved=True) if end > last]
        free = known.midnight(known.day(min(away, default=last)) + timedelta(days=rule.contacts_gone_d + 1))
        tests = [
            swab
            for swab in swabs(known, person)
            if swab["single"] and swab["test"] == "nat" and swab["sampled_at"] >= last
        ]
        latest = [t for t in tests if t["sampled_at"] == max(other["sampled_at"] for other in tests)]
        clean = bool(latest) and all(test["result"] == "negative" for test in latest)
        if free > known.as_of or not clean:
            left.append(person)
        else:
            since.append(max(free, *(test["reported_at"] for test in latest)))
    return left, since


def _unswept(known: Known, rule: Any, people: list[int]) -> tuple[list[int], list[datetime]]:
    """Who of those at home inside has no negative of late, and when the others' first was reported."""
    left: list[int] = []
    since: list[datetime] = []
    for person in people if rule.sweep_d else []:
        if not at_home(known, person, known.today, known.as_of):
            continue
        clean = [
            swab["reported_at"]
            for swab in swabs(known, person)
            if swab["test"] == "nat"
            and swab["result"] == "negative"
            and (known.today - known.day(swab["sampled_at"])).days < rule.sweep_d
        ]
        if clean:
            since.append(min(clean))
        else:
            left.append(person)
    return left, since


def _graver(known: Known, one: Row, found: list[Row], done: Tables) -> dict[str, date]:
    """The graver zones, standing or about to, that overlap one, and the last of their days."""
    rules = level_rules(known)
    others = [(other["zone"]["area"], other["zone"]["rule"].rank, other["due_day"]) for other in found] + [
        (row["area"], rules[row["level"]].rank, row["lift_day"])
        for row in done["zones"]
        if row["declared_at"] is None and row["lift_day"] > known.today
    ]
    area, rank = one["zone"]["area"], one["zone"]["rule"].rank
    return {
        f"{other}/{n}": day
        for n, (other, its, day) in enumerate(others)
        if its > rank and (areas.contains(area, other) or areas.contains(other, area))
    }
