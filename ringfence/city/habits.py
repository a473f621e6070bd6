"""What does each person do in a day, apart from chance? Small arrays that every worker can map."""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ringfence.city.cast import Appointments, appointments
from ringfence.city.chance import Ints, fixed
from ringfence.city.places import KINDS
from ringfence.city.shape import Shape
from ringfence.city.whole import City

_RIDE_FROM_AGE = 11
_METRO_DISTRICTS = 5
"""The metro serves the five districts of the city proper, which come first in order of code."""


@dataclass(frozen=True)
class Habits:
    """For each person: town and district of home, age, the place, part, kind of place and tie they belong to,
    their canteen, the lines they ride (-1 for none), whether they are of the cast. Then for each place: its
    parts, where each kind, town and district begins; the size and seed of the city; the week of the cast."""

    town: np.ndarray
    district: np.ndarray
    age: np.ndarray
    anchor: np.ndarray
    part: np.ndarray
    kind: np.ndarray
    tie: np.ndarray
    canteen: np.ndarray
    bus: np.ndarray
    metro: np.ndarray
    cast: np.ndarray
    place_parts: np.ndarray
    kind_start: np.ndarray
    by_town: np.ndarray
    town_start: np.ndarray
    district_start: np.ndarray
    people: np.ndarray
    week: np.ndarray


def of(city: City) -> Habits:
    """The habits of a city's people."""
    rows = city.rows
    sites, land = rows.places, rows.land
    tied = sites.anchor >= 0
    by_town, town_start, district_start = _by_town(city)
    everybody = np.arange(city.people)
    rides = tied & (rows.people.age >= _RIDE_FROM_AGE)
    bus = np.where(
        rides & (fixed(everybody, city.seed, "rides bus") < rows.shape.commute["bus"]),
        _line(city, by_town, town_start),
        -1,
    )
    metro_draw = fixed(everybody, city.seed, "rides metro")
    metro = np.where(
        rides & (land.home_district < _METRO_DISTRICTS) & (metro_draw < rows.shape.commute["metro"]),
        (metro_draw / rows.shape.commute["metro"] * 4).astype(np.int64),
        -1,
    )
    cast = np.zeros(city.people, dtype=bool)
    cast[rows.cast.rows] = True
    week = appointments(rows.cast)
    return Habits(
        town=land.home_town.astype(np.uint8),
        district=land.home_district.astype(np.uint8),
        age=rows.people.age.astype(np.uint8),
        anchor=sites.anchor.astype(np.int32),
        part=sites.part.astype(np.int16),
        kind=np.where(tied, sites.kind[sites.anchor], -1).astype(np.int8),
        tie=sites.tie.astype(np.int8),
        canteen=np.where(tied, sites.canteen[sites.anchor], -1).astype(np.int32),
        bus=bus.astype(np.int16),
        metro=metro.astype(np.int8),
        cast=cast,
        place_parts=sites.parts.astype(np.int32),
        kind_start=sites.start,
        by_town=by_town,
        town_start=town_start,
        district_start=district_start,
        people=np.array([city.people, city.seed]),
        week=np.stack([getattr(week, f.name) for f in fields(Appointments)]),
    )


def _by_town(city: City) -> tuple[Ints, Ints, Ints]:
    """Within each kind: its places in order of town, and where each town's and district's begin."""
    sites, land = city.rows.places, city.rows.land
    towns = land.town_grids.size - 1
    districts = land.district_people.size - 1
    order = np.zeros(sites.grid.size, dtype=np.int64)
    town_start = np.zeros((len(KINDS), towns + 1), dtype=np.int64)
    district_start = np.zeros((len(KINDS), districts + 1), dtype=np.int64)
    for k in range(len(KINDS)):
        first, last = int(sites.start[k]), int(sites.start[k + 1])
        town = land.grid_town[sites.grid[first:last]]
        local = np.argsort(town, kind="stable")
        order[first:last] = local
        town_start[k] = np.searchsorted(town[local], np.arange(towns + 1))
        district_start[k] = np.searchsorted(land.town_district[town[local]], np.arange(districts + 1))
    return order, town_start, district_start


def _line(city: City, by_town: Ints, town_start: Ints) -> Ints:
    """The bus line of each person's town that they would ride."""
    k, land = KINDS.index("bus"), city.rows.land
    first = town_start[k][land.home_town]
    count = town_start[k][land.home_town + 1] - first
    which = (fixed(np.arange(city.people), city.seed, "bus line") * count).astype(np.int64)
    return by_town[int(city.rows.places.start[k]) + first + which]


def save(habits: Habits, folder: Path) -> None:
    """Write the arrays, a file each."""
    for f in fields(Habits):
        np.save(folder / f"{f.name}.npy", getattr(habits, f.name))


def load(folder: Path) -> Habits:
    """Map the arrays that `save` wrote."""
    return Habits(**{f.name: np.load(folder / f"{f.name}.npy", mmap_mode="r") for f in fields(Habits)})


def chances(shape: Shape, kind: str, weekend: bool) -> NDArray[np.float32]:
    """The chance of a visit to a kind of place: of a child, the occupied, the free and (last) the cast."""
    return np.append(shape.habits[kind].chance[int(weekend)], 0.0).astype(np.float32)
