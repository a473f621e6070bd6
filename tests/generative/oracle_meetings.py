"""Who met whom, and what does it make them? Pair by pair."""

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from ringfence import areas
from tests.generative.oracle_known import (
    Known,
    Row,
    because,
    evidence,
    first_match,
    home,
    kept_apart,
    least,
    spells,
)
from tests.generative.oracle_words import together, with_words

GRAVITY = ("close", "medium", "secondary", "low", "companion", "general")
UNSAID = (
    "minutes", "setting", "relation", "near", "closed", "row_gap", "distance_m", "protected", "investigator",
    "place", "manner",
)  # fmt: skip
NOT_THERE = ("hold", "central", "hospital", "away")
"""The stays in which nobody is met at home, in class or at work."""
TOLD = ("setting", "relation", "near", "distance_m", "manner", "protected", "investigator")


def first_ring(known: Known, infected: list[Row]) -> list[Row]:
    """Meetings with cases inside their windows, or in the air they left; nothing counts that is to come."""
    found: list[Row] = []
    for case in infected:
        turned = case["window_from"] or case["detected_at"]
        for begin, end in (
            (case["before_from"], min(case["before_to"] or turned, turned)),
            (case["window_from"], case["window_to"] or known.as_of),
        ):
            if begin is not None and begin < min(end, known.as_of):
                found += _met(known, case, begin, min(end, known.as_of))
    return found


def _met(known: Known, case: Row, begin: datetime, end: datetime) -> list[Row]:
    """Meetings with a case inside a window, and in the air they left."""
    person, air = case["person"], timedelta(minutes=case["lingers_min"])
    met = [one for mine in cut_visits(known, person, begin, end) for one in _in_air(known, mine, air)]
    return _meetings(known, 1, person, begin, end) + [
        {**dict.fromkeys(UNSAID), "ring": 1, "index": person, **one} for one in met
    ]


def second_ring(known: Known, close: list[Row]) -> list[Row]:
    """Meetings with sure close contacts from their first exposure until they were kept apart.

    Nobody is met again who is a sure close contact, or whom a contact met as the case.
    """
    if all(rule.ring != 2 for rule in known.protocol.contacts):
        return []
    sure = [row for row in close if row["class"] == "close" and not row["review"]]
    people = {row["person"] for row in sure}
    met_before = people | {row["index"] for row in close}
    found: list[Row] = []
    for person in sorted(people):
        mine = [row for row in sure if row["person"] == person]
        begin = min(row["first_exposure"] for row in mine)
        apart = kept_apart(known, person, min(row["known_at"] for row in mine))
        found += _meetings(known, 2, person, begin, apart or known.as_of)
    return [one for one in found if one["person"] not in met_before]


def _meetings(known: Known, ring: int, index: int, begin: datetime, end: datetime) -> list[Row]:
    if begin >= end:
        return []
    own = cut_visits(known, index, begin, end)
    assumed = [
        *_at_home(known, index, begin, end),
        *_by_tie(known, index, begin, end, {mine["place"] for mine in own}),
    ]
    met = [
        *(found for mine in own for found in _at_place(known, mine, index)),
        *(there for one in assumed if (there := _while_there(known, index, one))),
        *_by_word(known, index, begin, end),
    ]
    return [{**dict.fromkeys(UNSAID), "ring": ring, "index": index, "lag_min": 0, **one} for one in met]


def _while_there(known: Known, index: int, one: Row) -> Row | None:
    """A meeting that is assumed, less the time at its edges when one of the two was not there."""
    begin, end = one["begin"], one["end"]
    for person in (index, one["person"]):
        gone = spells(known, person, NOT_THERE)
        begin, end = (
            max([begin, *(back for left, back in gone if left <= begin < back)]),
            min([end, *(left for left, back in gone if left < end <= back)]),
        )
        if begin >= end:
            return None
    return {**one, "begin": begin, "end": end}


def _cut(visit: Row, begin: datetime, end: datetime) -> Row | None:
    """A visit cut to a span; a scan stays an instant; None where nothing is left."""
    enter, leave = visit["enter"], visit["leave"]
    if leave is None:
        return {**visit, "leave": enter, "scan": True} if begin <= enter < end else None
    if max(enter, begin) >= min(leave, end):
        return None
    return {**visit, "enter": max(enter, begin), "leave": min(leave, end), "scan": False}


def cut_visits(known: Known, person: int, begin: datetime, end: datetime) -> list[Row]:
    """A person's visits cut to a span."""
    return [cut for visit in known.every("visit", person=person) if (cut := _cut(visit, begin, end))]


def _at_place(known: Known, mine: Row, index: int) -> list[Row]:
    found: list[Row] = []
    place = known.one("place", place=mine["place"]) or {"kind": None, "closed": None, "fact": None}
    for theirs in known.every("visit", place=mine["place"]):
        both = None if theirs["person"] == index else _overlap(mine, theirs)
        if both is None:
            continue
        scanned = mine["scan"] or theirs["leave"] is None
        parts = (mine["part"], theirs["part"])
        near = None if None in parts else parts[0] == parts[1]
        # Seats are counted within a part, or within the whole place where it has none.
        counted = near or parts == (None, None)
        rows = (mine["seat_row"], theirs["seat_row"])
        found.append({
            "person": theirs["person"], "begin": both[0], "end": both[1], "setting": place["kind"],
            "minutes": None if scanned else _minutes(*both), "near": near, "closed": place["closed"],
            "row_gap": abs(rows[0] - rows[1]) if counted and None not in rows else None,
            "place": mine["place"], "evidence": evidence(mine["fact"], theirs["fact"], place["fact"]),
        })  # fmt: skip
    return found


def _overlap(mine: Row, theirs: Row) -> tuple[datetime, datetime] | None:
    """The time two were there together; a scan is an instant, which a stay holds from its start on."""
    if theirs["leave"] is None:
        at = theirs["enter"]
        held = mine["enter"] == at if mine["scan"] else mine["enter"] <= at < mine["leave"]
        return (at, at) if held else None
    if mine["scan"]:
        at = mine["enter"]
        return (at, at) if theirs["enter"] <= at < theirs["leave"] else None
    begin, end = max(mine["enter"], theirs["enter"]), min(mine["leave"], theirs["leave"])
    return (begin, end) if begin < end else None


def _in_air(known: Known, mine: Row, air: timedelta) -> list[Row]:
    """Whoever came into the room after somebody had left it, before its air was clear.

    Two parts that are known and not the same are two rooms. After a scan, they left at that instant or later.
    """
    found: list[Row] = []
    place = known.one("place", place=mine["place"]) or {"kind": None, "closed": None, "fact": None}
    clear = min(mine["leave"] + air, known.as_of)
    for theirs in known.every("visit", place=mine["place"]):
        came, parts = theirs["enter"], {mine["part"], theirs["part"]}
        after = came > mine["leave"] if mine["scan"] else came >= mine["leave"]
        if theirs["person"] == mine["person"] or not after or came >= clear or len(parts - {None}) == 2:
            continue
        end = came if theirs["leave"] is None else min(theirs["leave"], clear)
        scanned = mine["scan"] or theirs["leave"] is None
        found.append({
            "person": theirs["person"], "begin": came, "end": end, "setting": place["kind"],
            "minutes": None if scanned else _minutes(came, end), "closed": place["closed"],
            "lag_min": None if mine["scan"] else _minutes(mine["leave"], came),
            "near": None if None in parts else True, "place": mine["place"],
            "evidence": evidence(mine["fact"], theirs["fact"], place["fact"]),
        })  # fmt: skip
    return found


def _minutes(begin: datetime, end: datetime) -> int:
    return int((end - begin).total_seconds()) // 60


def _at_home(known: Known, index: int, begin: datetime, end: datetime) -> list[Row]:
    mine = known.one("residence", person=index, kind="living")
    if mine is None or areas.level(mine["area"]) != "household":
        return []
    found: list[Row] = []
    for theirs in known.every("residence", area=mine["area"], kind="living"):
        together = _lived(known, mine, theirs, begin, end)
        if theirs["person"] != index and together is not None:
            found.append({
                "person": theirs["person"], "begin": together[0], "end": together[1],
                "setting": "home", "relation": "lives_with", "near": True, "closed": True,
                "evidence": evidence(mine["fact"], theirs["fact"]),
            })  # fmt: skip
    return found


def _lived(
    known: Known, mine: Row, theirs: Row, begin: datetime, end: datetime
) -> tuple[datetime, datetime] | None:
    """The part of a span in which both lived there."""
    froms: list[date] = [row["from_day"] for row in (mine, theirs) if row["from_day"] is not None]
    tos: list[date] = [row["to_day"] for row in (mine, theirs) if row["to_day"] is not None]
    begin = max([begin, *(known.midnight(day) for day in froms)])
    end = min([end, *(known.midnight(day) for day in tos)])
    return (begin, end) if begin < end else None


def _by_tie(known: Known, index: int, begin: datetime, end: datetime, seen: set[int]) -> list[Row]:
    found: list[Row] = []
    for mine in known.every("membership", person=index):
        if mine["kind"] not in ("work", "class") or mine["part"] is None or mine["place"] in seen:
            continue
        place = known.one("place", place=mine["place"]) or {"kind": None, "closed": None, "fact": None}
        tied = {name: mine[name] for name in ("place", "part", "kind")}
        for theirs in known.every("membership", **tied):
            if theirs["person"] != index:
                found.append({
                    "person": theirs["person"], "begin": begin, "end": end, "setting": place["kind"],
                    "relation": "colleague" if mine["kind"] == "work" else "classmate",
                    "closed": place["closed"], "place": mine["place"],
                    "evidence": evidence(mine["fact"], theirs["fact"], place["fact"]),
                })  # fmt: skip
    return found


def _by_word(known: Known, index: int, begin: datetime, end: datetime) -> list[Row]:
    found: list[Row] = []
    for told in known.every("interview", case=index):
        both = max(told["begin"], begin), min(told["end"], end)
        if told["person"] != index and both[0] < both[1]:
            found.append({
                **{name: told[name] for name in TOLD}, "person": told["person"], "begin": both[0],
                "end": both[1], "minutes": _minutes(*both), "evidence": evidence(told["fact"]),
            })  # fmt: skip
    return found


def contacts(
    known: Known, met: list[Row], roots: dict[int, tuple[datetime, int]], ring: int, infected: list[Row]
) -> list[Row]:
    """The contacts that the meetings of one ring make; roots: when each index's case was detected, and it."""
    sick = {case["person"]: case for case in infected}
    rules = [rule for rule in known.protocol.contacts if rule.ring == ring]

    def pair(one: Row) -> tuple[int, int]:
        return one["index"], one["person"]

    found: list[Row] = []
    for (index, person), meetings in groupby(sorted(met, key=pair), pair):
        known_at, case = roots[index]
        rooted = [{**one, **_illness_of(one, sick[case], known_at, ring)} for one in meetings]
        judged = _judged(rules, with_words(known, rooted))
        if judged:
            found.append({
                "person": person, "index": index, "ring": ring, "case": case,
                "area": home(known, person), **_gravest(rules, judged),
            })  # fmt: skip
    return found


def _illness_of(one: Row, case: Row, known_at: datetime, ring: int) -> Row:
    """When the illness a meeting counts for was detected, and its onset: the present one, or that before."""
    earlier = {"known_at": case["before_at"], "onset": case["before_onset"], "earlier": True}
    if case["before_at"] is not None:
        turned = case["window_from"] or case["detected_at"]
        if one["begin"] < turned if ring == 1 else known_at == case["before_at"]:
            return earlier
    return {"known_at": known_at, "onset": case["onset"], "earlier": False}


Judged = list[tuple[tuple[int, bool], bool, int, Row]]
"""Meetings with their gravity, graver first and of one class those of the case's present illness."""


def _judged(rules: list[Any], meetings: list[Row]) -> Judged:
    """The meetings that count, each with its gravity, whether unsure, and the place of its rule.

    Where a tracer said they are no contact, what is unknown of meetings begun before that no longer counts.
    """
    total = together(meetings)
    said_no = max((one["end"] for one in meetings if one["investigator"] is False), default=None)
    judged: Judged = []
    for one in meetings:
        words = {**one, "total_minutes": None if one["minutes"] is None else total}
        dismissed = said_no is not None and one["begin"] < said_no
        able = [rule for rule in rules if not (dismissed and _unknown(rule, words))]
        rule, review = first_match(able, words)
        if rule is not None and rule.gives in GRAVITY:
            gravity = (GRAVITY.index(rule.gives), one["earlier"])
            judged.append((gravity, review, rules.index(rule), one))
    return judged


def _unknown(rule: Any, words: Row) -> bool:
    """Whether a rule would ask a person to judge."""
    return first_match([rule], words)[1]


def _gravest(rules: list[Any], judged: Judged) -> Row:
    gravity, review, number = min(found[:3] for found in judged)
    same = [found[3] for found in judged if found[0] == gravity]
    decisive = [found[3] for found in judged if found[:3] == (gravity, review, number)]
    return {
        "class": GRAVITY[gravity[0]], "review": review, **because(rules[number]),
        "first_exposure": min(one["begin"] for one in same), "last_exposure": max(one["end"] for one in same),
        "meetings": len(same), "minutes": together(same), "known_at": min(one["known_at"] for one in same),
        "setting": least(one["setting"] for one in decisive),
        "evidence": frozenset[int]().union(*(one["evidence"] for one in same)),
    }  # fmt: skip


def roots_of(close: list[Row]) -> dict[int, tuple[datetime, int]]:
    """For each sure close contact, the case they hang on: detected first, then the lesser number."""
    sure = [row for row in close if row["class"] == "close" and not row["review"]]
    return {
        person: min((row["known_at"], row["case"]) for row in sure if row["person"] == person)
        for person in {row["person"] for row in sure}
    }
