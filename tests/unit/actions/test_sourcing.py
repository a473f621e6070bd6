"""Are the possible sources those that a slow plain reading of a few hundred random small cities finds?

RINGFENCE_SOURCE_CITIES: how many cities (default 300).
"""

import os
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from ringfence.actions.infections import Ill, spans_within
from ringfence.actions.places import covered, stays, subjects_of
from ringfence.actions.sourcing import Beside, Met, searched
from ringfence.tables import person_text
from tests.unit.columns import contact_cities as cities
from tests.unit.columns.contact_cities import DAY, city, indexed

CITIES = range(int(os.environ.get("RINGFENCE_SOURCE_CITIES", "300")))
MINUTE = timedelta(minutes=1)
KINDS = {1: "shop", 3: "bus"}
Row = dict[str, Any]
SAID = ("lead", "person", "meetings", "first", "last", "minutes", "others", "who", "evidence")


def ill_in(number: int, visits: list[Row]) -> dict[int, Ill]:
    """Some people of a city, ill: spans around the visits, windows or none, air that lingers or does not."""
    rng = Random(f"ill {number}")
    people = sorted({row["person"] for row in visits} | {77})
    found: dict[int, Ill] = {}
    for person in rng.sample(people, min(len(people), rng.randint(2, 6))):
        begin = DAY + timedelta(hours=rng.randrange(-30, 60))
        end = begin + timedelta(hours=rng.choice((0, 1, 24, 70)))
        case = rng.random() < 0.8
        since = DAY + timedelta(hours=rng.randrange(-20, 70)) if case and rng.random() < 0.9 else None
        until = since + timedelta(hours=rng.choice((0, 5, 40))) if since and rng.random() < 0.6 else None
        found[person] = Ill(
            person, DAY + timedelta(hours=rng.randrange(100)), (begin, end) if rng.random() < 0.9 else None,
            ("r", "e", "A"), since, until, rng.choice((0, 120, 600, 1500)) if since else 0, case,
        )  # fmt: skip
    return found


def inside(meeting: Row, other: Ill) -> tuple[Any, Any] | None:
    """What of a meeting lies in the other's infectious window: a plain reading."""
    begin, end = meeting["begin"], meeting["end"]
    if other.since is None:
        return None
    until = other.until or DAY + timedelta(days=9999)
    if meeting["lag"] is not None:
        # What lies of the other's visit in their window, and whoever comes before its air is clear.
        stay = cities.cut(meeting["other"], other.since, until)
        clear = stay[1] + other.lingers_min * MINUTE if stay else begin
        return (begin, end) if begin < clear else None
    if begin == end:
        return (begin, end) if other.since <= begin < until else None
    cut = max(begin, other.since), min(end, until)
    return cut if cut[0] < cut[1] else None


def whole(spans: list[tuple[Any, Any]]) -> timedelta:
    """The time any of the spans covers, by looking between all their edges."""
    edges = sorted({edge for span in spans for edge in span})
    between = [(a, b) for a, b in pairwise(edges) if any(s <= a and b <= e for s, e in spans)]
    return sum((b - a for a, b in between), timedelta())


def person_lead(case: Ill, other: Ill, visits: list[Row]) -> Row | None:
    """What a case's meetings with one other say."""
    assert case.infected is not None
    span = {"index": case.person, "begin": case.infected[0], "end": case.infected[1]}
    met = cities.meetings(visits, [span], other.lingers_min, backwards=True)
    met = [row for row in met if row["person"] == other.person]
    by_fact = {row["fact"]: row for row in visits}
    met = [
        {**row, "other": by_fact[row["fact"]]}
        for row in met
        if row["lag"] is None or row["near"] is not False
    ]
    cut = [(row, both) for row in met if (both := inside(row, other))]
    lead = "infectious" if cut else "later"
    if not cut:
        cut = [(row, (row["begin"], row["end"])) for row in met if row["begin"] < other.first_sign]
    if not cut:
        return None
    timed = [both for row, both in cut if row["minutes"] is not None]
    return {
        "lead": lead, "person": other.person, "meetings": len(cut),
        "first": min(both[0] for _, both in cut), "last": max(both[1] for _, both in cut),
        "minutes": whole(timed) // MINUTE if timed else None, "others": None, "who": None,
        "aired": any(row["lag"] is not None for row, _ in cut),
        "evidence": sorted({fact for row, _ in cut for fact in (row["own_fact"], row["fact"])}),
    }  # fmt: skip


def place_lead(case: Ill, place: int, visits: list[Row], ill: dict[int, Ill]) -> Row | None:
    """What a case's visits to one place say, and those of other cases in the same span."""
    assert case.infected is not None
    there = [
        (row, cut) for row in visits if row["place"] == place and (cut := cities.cut(row, *case.infected))
    ]
    own = [(row, cut) for row, cut in there if row["person"] == case.person]
    others = [row for row, _ in there if row["person"] != case.person]
    others = [row for row in others if row["person"] in ill and ill[row["person"]].case]
    if not own or not others:
        return None
    timed = [cut[:2] for _, cut in own if not cut[2]]
    who = sorted({row["person"] for row in others})
    return {
        "lead": "place", "person": None, "meetings": len(own), "first": min(cut[0] for _, cut in own),
        "last": max(cut[1] for _, cut in own), "minutes": whole(timed) // MINUTE if timed else None,
        "others": len(who), "who": " ".join(map(person_text, who)),
        "evidence": sorted({row["fact"] for row, _ in own} | {row["fact"] for row in others}),
    }  # fmt: skip


def wanted(case: Ill, ill: dict[int, Ill], visits: list[Row]) -> list[Row]:
    people = [person_lead(case, other, visits) for other in ill.values() if other.person != case.person]
    places = [place_lead(case, place, visits, ill) for place in sorted({row["place"] for row in visits})]
    return [lead for lead in (*people, *places) if lead]


def plain(row: Row) -> Row:
    return {name: row[name] for name in SAID}


def test_sources_are_those_of_a_plain_reading(tmp_path: Path) -> None:
    found, aired = dict.fromkeys(("infectious", "later", "place"), 0), 0
    for number in CITIES:
        visits = city(number)
        ill = ill_in(number, visits)
        known = [one for one in ill.values() if one.infected]
        rows = searched(indexed(visits, tmp_path), known, ill, Beside(KINDS)).to_pylist()
        for case in known:
            mine = [row for row in rows if row["case"] == case.person]
            expected = wanted(case, ill, visits)
            aired += sum(lead.get("aired", False) for lead in expected)
            assert sorted(map(str, map(plain, mine))) == sorted(map(str, map(plain, expected))), number
            assert [row["rank"] for row in mine] == list(range(1, len(mine) + 1))
            for row in mine:
                found[row["lead"]] += 1
    assert min(found.values()) > 50, found
    assert aired > 20


def test_the_order_people_before_places_then_by_the_time_together(tmp_path: Path) -> None:
    for number in CITIES:
        visits = city(number)
        ill = ill_in(number, visits)
        known = [one for one in ill.values() if one.infected]
        rows = searched(indexed(visits, tmp_path), known, ill, Beside()).to_pylist()
        for one, two in pairwise(rows):
            if one["case"] != two["case"]:
                continue
            order = ("infectious", "later", "arrival", "place")
            ranks = order.index(one["lead"]), order.index(two["lead"])
            assert ranks[0] <= ranks[1]
            if ranks[0] == ranks[1] and one["lead"] == "place":
                assert one["others"] >= two["others"]
            elif ranks[0] == ranks[1]:
                assert (one["minutes"] or -1) >= (two["minutes"] or -1) or one["minutes"] == 0


def test_meetings_beside_visits_count_as_well_and_a_home_comes_first(tmp_path: Path) -> None:
    span, why = (DAY, DAY + timedelta(days=5)), ("r", "e", "A")
    sign = DAY + timedelta(days=9)
    ill = {person: Ill(person, sign, span, why, DAY, None, 0, case=True) for person in (1, 2, 3)}
    hour = timedelta(hours=1)
    told = Met(1, 3, DAY + hour, DAY + 3 * hour, 120, None, None, "restaurant", "friend", (8,))
    home = Met(1, 2, *span, None, None, None, "home", "lives_with", (9,))
    came = {"lead": "arrival", "first": DAY, "last": DAY, "meetings": 1, "evidence": [5]}
    beside = Beside(met=(told, home), came={1: [came]})
    rows = searched(indexed([], tmp_path), [ill[1]], ill, beside).to_pylist()
    assert [(row["lead"], row["person"], row["relation"], row["minutes"]) for row in rows] == [
        ("infectious", 2, "lives_with", None),
        ("infectious", 3, "friend", 120),
        ("arrival", None, None, None),
    ]


def test_the_span_in_which_being_somewhere_counts() -> None:
    hour = timedelta(hours=1)
    both = Ill(1, DAY, (DAY, DAY + hour), ("r", "e", "A"), DAY + 2 * hour, None, 0, True)
    unknown = Ill(2, DAY, None, ("", "", ""), None, None, 0, True)
    nobody = Ill(3, DAY, (DAY, DAY + hour), ("r", "e", "A"))
    ill, now = {one.person: one for one in (both, unknown, nobody)}, DAY + 5 * hour
    assert spans_within(ill, "infected", now) == [(1, DAY, DAY + hour)]
    assert spans_within(ill, "infectious", now) == [(1, DAY + 2 * hour, now)]
    assert spans_within(ill, "both", now) == [(1, DAY, now)]


def test_time_is_counted_once_and_stays_are_cut(tmp_path: Path) -> None:
    hour = timedelta(hours=1)
    assert covered([(DAY, DAY + hour), (DAY, DAY + 2 * hour), (DAY + 3 * hour, DAY + 4 * hour)]) == 3 * hour
    assert covered([]) == timedelta()
    visit = {
        "person": 1, "place": 4, "enter": DAY, "leave": DAY + 3 * hour, "part": None, "seat_row": None,
        "day": DAY.date(), "fact": 6,
    }  # fmt: skip
    [stay] = stays(indexed([visit], tmp_path), subjects_of([(1, DAY + hour, DAY + 2 * hour)]))
    assert (stay.begin, stay.end, stay.scan, stay.fact) == (DAY + hour, DAY + 2 * hour, False, 6)
