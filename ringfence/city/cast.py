"""Who are the few people the story is about? Seven who fall ill, given homes, work and habits that lead to
the eleven sealed places. All of them are invented."""

from dataclasses import dataclass, replace

import numpy as np

from ringfence.city import sealed
from ringfence.city.chance import Ints, fixed
from ringfence.city.divisions import Divisions
from ringfence.city.homes import Homes
from ringfence.city.people import People
from ringfence.city.places import KINDS, SCHOOLS, WORK, Ground, Places

HOMES = {
    "clerk": sealed.XINAN, "spouse": sealed.XINAN, "colleague_a": sealed.CHANGTAI,
    "colleague_b": sealed.MEILIN, "colleague_c": sealed.DONGGU, "student": sealed.COLLEGE,
    "fitter": sealed.JIANGXIANG,
}  # fmt: skip
"""The seven, by role, and where each lives. The clerk is the one whose tube is positive."""
_ADULT = (26, 55)
_STUDENT = (18, 22)
VENUES = {
    "tower": ("office", "320211001", 60, sealed.HUADI),
    "diner": ("restaurant", "320211001", 16, sealed.WANDA),
    "store": ("shop", "320211001", 5, sealed.XIBEI),
    "works": ("workshop", "320211008", 70, sealed.YUANJIAWAN),
    "games": ("entertainment", "320206003", 8, sealed.CHUNMAN),
    "grocer": ("supermarket", "320211004", 20, -1),
}
"""The places they meet in: kind, town, wished size in workers, and the sealed compound each is moved into."""
_JOBS = {"clerk": "tower", "colleague_a": "tower", "colleague_b": "tower", "colleague_c": "tower",
         "spouse": "store", "fitter": "works"}  # fmt: skip
SHARED_PART = 0
GAMES_TABLE, DINER_TABLE, GROCER_AISLE = 2, 5, 3
# (role, venue or "class", part, weekdays with Monday 0, from and to in minutes of the local day)
_WEEK = (
    *((role, "tower", SHARED_PART, range(5), *hours)
      for role in ("clerk", "colleague_a", "colleague_b", "colleague_c")
      for hours in ((510, 700), (740, 1060))),
    ("spouse", "store", -1, (0, 1, 2, 3, 4, 5), 540, 1085),
    ("fitter", "works", SHARED_PART, range(6), 480, 690),
    ("fitter", "works", SHARED_PART, range(6), 730, 1020),
    ("fitter", "games", GAMES_TABLE, (0, 1, 3, 5, 6), 1170, 1275),
    ("colleague_b", "games", GAMES_TABLE, (0, 1, 6), 1180, 1260),
    ("student", "class", SHARED_PART, range(5), 480, 710),
    ("student", "class", SHARED_PART, range(4), 810, 980),
    ("student", "diner", DINER_TABLE, (1, 4, 5, 6), 1050, 1245),
    ("clerk", "diner", DINER_TABLE, (6,), 1095, 1215),
    ("colleague_c", "grocer", GROCER_AISLE, (1, 5), 1110, 1150),
)  # fmt: skip


@dataclass(frozen=True)
class Cast:
    """Row of each of the seven among the people, and row of each venue among the places; their class."""

    people: dict[str, int]
    venues: dict[str, int]
    student_class: int

    @property
    def rows(self) -> Ints:
        """The rows of the seven."""
        return np.array(sorted(self.people.values()), dtype=np.int64)


@dataclass(frozen=True)
class Appointments:
    """What the seven do in a week, a row each: person and place rows, part, weekday, minutes from and to."""

    person: Ints
    place: Ints
    part: Ints
    weekday: Ints
    enter: Ints
    leave: Ints


def choose(
    homes: Homes, people: People, land: Ground, places: Places, divisions: Divisions
) -> tuple[Places, Cast]:
    """The cast, and the places with their work and venues moved to where the story needs them."""
    who: dict[str, int] = {}
    for role, compound in HOMES.items():
        if role != "spouse":
            who[role] = _resident(homes, people, compound, _STUDENT if role == "student" else _ADULT)
    who["spouse"] = _spouse(people, who["clerk"])
    venues = {name: _venue(places, land, divisions, *wish[:3]) for name, wish in VENUES.items()}
    college = int(places.anchor[who["student"]])
    grid, parts, sort = places.grid.copy(), places.parts.copy(), places.sort.copy()
    for name, (_, _, _, compound) in VENUES.items():
        if compound >= 0:
            grid[venues[name]] = np.flatnonzero(homes.grids.special == compound)[0]
    grid[college] = np.flatnonzero(homes.grids.special == sealed.COLLEGE)[0]
    sort[college] = len(SCHOOLS) - 1
    venues["college"] = college
    anchor, part, tie = places.anchor.copy(), places.part.copy(), places.tie.copy()
    for role, venue in _JOBS.items():
        anchor[who[role]], tie[who[role]] = venues[venue], WORK
        part[who[role]] = -1 if venue == "store" else SHARED_PART
    cast = Cast(who, venues, int(part[who["student"]]))
    return replace(places, grid=grid, parts=parts, sort=sort, anchor=anchor, part=part, tie=tie), cast


def _resident(homes: Homes, people: People, compound: int, ages: tuple[int, int]) -> int:
    """A person of the compound of a fitting age; one with company at home where there is a choice."""
    grid = int(np.flatnonzero(homes.grids.special == compound)[0])
    rows = np.flatnonzero(homes.grid[people.household] == grid)
    age = people.age[rows]
    outside = np.maximum(0, np.maximum(ages[0] - age, age - ages[1]))
    other = np.minimum(rows + 1, people.age.size - 1)
    home = people.household
    company = (home[other] == home[rows]) & (people.age[other] >= _ADULT[0]) & (homes.size[home[rows]] >= 3)
    return int(rows[np.lexsort((fixed(rows, compound, "cast"), ~company, outside))[0]])


def _spouse(people: People, clerk: int) -> int:
    """Another adult of the clerk's household; a neighbour where there is none."""
    home = np.flatnonzero(people.household == people.household[clerk])
    others = home[(home != clerk) & (people.age[home] >= _ADULT[0])]
    if others.size:
        return int(others[0])
    return clerk + 1 if clerk + 1 < people.age.size else clerk - 1


def _venue(places: Places, land: Ground, divisions: Divisions, kind: str, town: str, size: int) -> int:
    """The place of the kind nearest to a wished size, in the town, or else the district, or else anywhere."""
    k = KINDS.index(kind)
    rows = np.arange(int(places.start[k]), int(places.start[k + 1]))
    codes = np.array([code for code, _, _ in divisions.towns])[land.grid_town[places.grid[rows]]]
    for prefix in (town, town[:6], ""):
        here = rows[np.char.startswith(codes, prefix)]
        if here.size:
            return int(here[np.abs(places.size[here] - size).argmin()])
    raise AssertionError(f"a city without a {kind}")


def appointments(cast: Cast) -> Appointments:
    """The week of the seven; the rest of the city's visits come by chance."""
    rows = [
        (
            cast.people[role],
            cast.venues["college" if venue == "class" else venue],
            cast.student_class if venue == "class" else part,
            weekday,
            enter,
            leave,
        )
        for role, venue, part, weekdays, enter, leave in _WEEK
        for weekday in weekdays
    ]
    return Appointments(*np.array(rows, dtype=np.int64).T)
