"""Who is where on one day? Visits of each kind of place, drawn person by person, the same on any machine."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ringfence.city.chance import Floats, Ints, fixed, stream
from ringfence.city.habits import Habits, chances
from ringfence.city.places import CLASS, GROUP, KINDS
from ringfence.city.shape import Shape

LUNCH = 32
"""Minutes away from the desk for lunch."""
_AT_WORK = {
    # share of members there on a weekday, a Saturday, a Sunday: assumptions
    "office": (0.95, 0.08, 0.04), "workshop": (0.94, 0.55, 0.15), "classroom": (0.97, 0.0, 0.0),
    "hospital": (0.75, 0.75, 0.75), "clinic": (0.8, 0.75, 0.5), "care_home": (0.8, 0.8, 0.8),
    "shop": (0.86, 0.86, 0.86), "supermarket": (0.8, 0.85, 0.85), "market": (0.92, 0.92, 0.92),
    "restaurant": (0.84, 0.88, 0.88), "entertainment": (0.8, 0.85, 0.85), "other": (0.8, 0.6, 0.5),
}  # fmt: skip
_LATE = {"workshop": 0.15, "hospital": 0.25, "shop": 0.3, "supermarket": 0.4, "restaurant": 0.4,
         "entertainment": 0.6, "other": 0.3}  # fmt: skip
"""Share of teams on the late shift, which begins at 14:00: assumptions."""
_LATE_START = 840
# when people go, in minutes: on a free day from and to; after work from and to (minutes after leaving)
_WINDOWS = {
    "hospital": (480, 630, 20, 60), "clinic": (540, 660, 20, 60), "shop": (960, 1060, 35, 55),
    "supermarket": (570, 680, 60, 90), "market": (380, 560, 40, 60), "restaurant": (1065, 1140, 95, 130),
    "entertainment": (780, 900, 190, 230), "outdoors": (1150, 1230, 230, 280), "bus": (700, 760, 5, 12),
    "metro": (700, 760, 5, 12),
}  # fmt: skip
_BUS_HEADWAY, _TRAIN_HEADWAY, _FIRST_RUN, _CARRIAGES = 8, 6, 300, 12
_TABLES, _PARK_CORNERS, _ROOMS = 14, 40, 8
_CITY_WIDE_CHANCE = 0.25

Minutes = NDArray[np.int16]


@dataclass(frozen=True)
class Slot:
    """Visits to one kind of place: rows of people, place in the kind, minutes from and to, part (or -1)."""

    person: Ints
    place: Ints
    enter: Ints
    leave: Ints
    part: Ints


@dataclass(frozen=True)
class Day:
    """One day: who is at work or in class, from when until when (minutes of the local day), who is free."""

    date: date
    habits: Habits
    shape: Shape
    seed: int
    there: NDArray[np.bool_]
    lunch: NDArray[np.bool_]
    start: Minutes
    end: Minutes
    group: NDArray[np.int8]

    @property
    def number(self) -> int:
        """The day's own number, for its streams."""
        return self.date.toordinal()

    @property
    def weekend(self) -> bool:
        """Whether it is Saturday or Sunday."""
        return self.date.weekday() >= 5


def plan(when: date, habits: Habits, shape: Shape) -> Day:
    """The day's rota."""
    people, seed = (int(n) for n in habits.people)
    draw = stream(seed, "rota", when.toordinal())
    column = max(0, when.weekday() - 4)
    share = np.array([_AT_WORK.get(kind, (0.0,) * 3)[column] for kind in KINDS] + [0.0], dtype=np.float32)
    share_here = share[habits.kind]
    share_here[habits.tie == GROUP] = 0.98
    there = draw.random(people, dtype=np.float32) < share_here
    there &= ~habits.cast
    start, end = _hours(habits, seed)
    start = start + draw.integers(-8, 9, people, dtype=np.int16)
    end = end + draw.integers(-10, 16, people, dtype=np.int16)
    eats_in = fixed(np.arange(people), seed, "eats in the canteen") < 0.8
    lunch = there & (habits.canteen >= 0) & eats_in & (start < 600) & (end > 800)
    group = np.where(habits.age < 15, 0, np.where(there, 1, 2)).astype(np.int8)
    group[habits.cast] = 3
    return Day(when, habits, shape, seed, there, lunch, start, end, group)


def _hours(habits: Habits, seed: int) -> tuple[Minutes, Minutes]:
    """When each member usually begins and ends: by team at work, by age in class."""
    everybody = np.arange(habits.anchor.size)
    team = habits.anchor.astype(np.int64) * 4096 + habits.part
    # where a place is one room, people keep their own hours
    team = np.where(habits.part < 0, -1 - everybody, team)
    late_share = np.array([_LATE.get(kind, 0.0) for kind in KINDS] + [0.0], dtype=np.float32)[habits.kind]
    late = fixed(team, seed, "late shift") < late_share
    start = np.where(late, _LATE_START, 470 + (fixed(team, seed, "starts") * 80).astype(np.int64))
    end = start + 480 + (fixed(team, seed, "works for") * 60).astype(np.int64)
    school = habits.kind == KINDS.index("classroom")
    steps = np.searchsorted([6, 12, 15, 18, 23], habits.age, side="right")
    begins, ends = np.array([485, 485, 465, 445, 485, 475]), np.array([965, 935, 1020, 1085, 985, 1005])
    start, end = np.where(school, begins[steps], start), np.where(school, ends[steps], end)
    lives_in = habits.tie == GROUP
    return np.where(lives_in, 540, start).astype(np.int16), np.where(lives_in, 1020, end).astype(np.int16)


def slots(day: Day, kind: str) -> list[Slot]:
    """All of a day's visits to places of a kind."""
    k = KINDS.index(kind)
    found: list[Slot] = []
    if kind in _AT_WORK:
        found += _members(day, k)
    if kind == "canteen":
        found.append(_lunches(day, k))
    elif kind in ("bus", "metro"):
        found += _rides(day, k)
    if kind in day.shape.habits:
        found += _outings(day, k)
    found.append(_kept(day, k))
    return found


def _members(day: Day, k: int) -> list[Slot]:
    """People at work or in class; those who lunch in the canteen come in two visits."""
    habits = day.habits
    who = np.flatnonzero(day.there & (habits.kind == k))
    place, part = habits.anchor[who] - int(habits.kind_start[k]), habits.part[who]
    start, end = day.start[who].astype(np.int64), day.end[who].astype(np.int64)
    lunch = day.lunch[who]
    noon = _noon(day, who)
    first = Slot(who, place, start, np.where(lunch, noon, end), part)
    again = np.flatnonzero(lunch)
    return [first, Slot(who[again], place[again], noon[again] + LUNCH, end[again], part[again])]


def _noon(day: Day, who: Ints) -> Ints:
    """When each team or class breaks for lunch: 11:30 to 12:30 by the quarter."""
    team = day.habits.anchor[who].astype(np.int64) * 4096 + day.habits.part[who]
    return 690 + 15 * (fixed(team, day.seed, "lunch") * 5).astype(np.int64)


def _lunches(day: Day, k: int) -> Slot:
    """Lunch in the canteen: a team at a table, a class at six."""
    habits = day.habits
    who = np.flatnonzero(day.lunch)
    draw = fixed(who, day.seed, "table")
    wait = (fixed(who, day.seed, "queue", day.number) * 5).astype(np.int64)
    in_class = habits.tie[who] == CLASS
    part = habits.part[who].astype(np.int64)
    table = np.where(in_class, part * 6 + (draw * 6).astype(np.int64), part)
    enter = _noon(day, who) + 2 + wait
    return Slot(who, habits.canteen[who] - int(habits.kind_start[k]), enter, enter + 18 + wait, table)


def _rides(day: Day, k: int) -> list[Slot]:
    """Rides to work or class and back."""
    habits = day.habits
    line = habits.bus if KINDS[k] == "bus" else habits.metro
    who = np.flatnonzero(day.there & (line >= 0))
    draw = stream(day.seed, f"rides {KINDS[k]}", day.number)
    found: list[Slot] = []
    for leg in range(2):
        minutes = draw.integers(10, 34, who.size)
        walk = draw.integers(4, 14, who.size)
        enter = day.start[who] - minutes - walk if leg == 0 else day.end[who] + walk
        found.append(_ride(day, k, who, line[who].astype(np.int64), enter.astype(np.int64), minutes))
    return found


def _ride(day: Day, k: int, who: Ints, line: Ints, enter: Ints, minutes: Ints) -> Slot:
    """A ride: the part is the run, for the metro the carriage of a run."""
    if KINDS[k] == "bus":
        part = np.maximum(0, enter - _FIRST_RUN) // _BUS_HEADWAY
    else:
        run = np.maximum(0, enter - _FIRST_RUN) // _TRAIN_HEADWAY
        part = run * _CARRIAGES + (fixed(who * 2048 + enter, day.seed, "carriage") * _CARRIAGES).astype(
            np.int64
        )
    return Slot(who, line, enter, enter + minutes, part)


def _outings(day: Day, k: int) -> list[Slot]:
    """Visits by chance: shopping, eating out, walks, the doctor; rides there and back."""
    habits, kind = day.habits, KINDS[k]
    draw = stream(day.seed, f"outings {kind}", day.number)
    chance = chances(day.shape, kind, day.weekend)[day.group]
    who = np.flatnonzero(draw.random(chance.size, dtype=np.float32) < chance)
    if int(habits.kind_start[k + 1]) == int(habits.kind_start[k]):
        who = who[:0]
    u = draw.random((3, who.size))
    habit = day.shape.habits[kind]
    minutes = habit.shortest + (u[0] ** 2 * (habit.longest - habit.shortest)).astype(np.int64)
    enter = _when(day, kind, who, u[1])
    if kind in ("bus", "metro"):
        line = _pick(day, k, who, fixed(who, day.seed, "usual line").astype(np.float64), u[2])
        back = np.flatnonzero(day.group[who] == 2)
        there = _ride(day, k, who, line, enter - 90, minutes)
        return [there, _ride(day, k, who[back], line[back], enter[back] + 90, minutes[back])]
    usual = fixed(who, day.seed, f"usual {kind}").astype(np.float64)
    place = _pick(day, k, who, np.where(u[2] < 0.6, usual, u[2] * 7 % 1), u[2] * 13 % 1)
    return [Slot(who, place, enter, enter + minutes, _part(day, k, place, u[0] * 17 % 1))]


def _when(day: Day, kind: str, who: Ints, u: Floats) -> Ints:
    """When people set out: in the kind's hours, or after work; late shifts go before it."""
    early, late, after, until = _WINDOWS[kind]
    free = early + u * (late - early)
    worked = day.end[who] + after + u * (until - after)
    before = 420 + (free - 380) * 0.4
    busy = day.there[who]
    return np.where(busy & (day.start[who] > 780), before, np.where(busy, worked, free)).astype(np.int64)


def _pick(day: Day, k: int, who: Ints, which: Floats, far: Floats) -> Ints:
    """A place in the person's town, now and then elsewhere in the district; where there is none, anywhere."""
    habits = day.habits
    town, district = habits.town[who].astype(np.int64), habits.district[who].astype(np.int64)
    starts, wide = habits.town_start[k], habits.district_start[k]
    first, last = starts[town], starts[town + 1]
    outside = (far < _CITY_WIDE_CHANCE) | (first == last)
    first, last = np.where(outside, wide[district], first), np.where(outside, wide[district + 1], last)
    nowhere = first == last
    count = int(habits.kind_start[k + 1] - habits.kind_start[k])
    first, last = np.where(nowhere, 0, first), np.where(nowhere, count, last)
    chosen = first + (which * (last - first)).astype(np.int64)
    return habits.by_town[int(habits.kind_start[k]) + chosen]


def _part(day: Day, k: int, place: Ints, u: Floats) -> Ints:
    """The table, aisle, stall row, department or corner; -1 where the place is one room."""
    parts = day.habits.place_parts[int(day.habits.kind_start[k]) + place].astype(np.int64)
    fixed_count = {"restaurant": _TABLES, "outdoors": _PARK_CORNERS, "entertainment": _ROOMS}.get(KINDS[k])
    count = np.full(place.size, fixed_count) if fixed_count else parts
    return np.where(count > 0, (u * count).astype(np.int64), -1)


def _kept(day: Day, k: int) -> Slot:
    """The appointments of the cast."""
    person, place, part, weekday, enter, leave = day.habits.week
    first, last = int(day.habits.kind_start[k]), int(day.habits.kind_start[k + 1])
    here = np.flatnonzero((weekday == day.date.weekday()) & (place >= first) & (place < last))
    return Slot(person[here], place[here] - first, enter[here], leave[here], part[here])
