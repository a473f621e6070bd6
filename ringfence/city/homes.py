"""Who shares a front door? Compounds, buildings, stairwells and households, and how many live in each."""

from dataclasses import dataclass

import numpy as np

from ringfence.city import sealed
from ringfence.city.chance import Floats, Ints, ranks, shares_out, stream
from ringfence.city.divisions import Divisions
from ringfence.city.shape import Shape

FAMILY, CAMPUS, DORMITORY, CARE = range(4)
_FLOORS = np.array([6, 6, 6, 11, 11, 18])
_CAMPUS_SIZE = 3000


@dataclass(frozen=True)
class Grids:
    """Residential compounds, in order of code. `special` is a row of `sealed.COMPOUNDS`, or -1."""

    community: Ints
    number: Ints
    kind: Ints
    people: Ints
    special: Ints
    stairs: Ints
    floors: Ints
    doors: Ints


@dataclass(frozen=True)
class Homes:
    """Households in order of code. People are numbered in the order of their households."""

    grids: Grids
    grid: Ints
    size: Ints
    building: Ints
    stair: Ints
    floor: Ints
    door: Ints


def plan(people: int, seed: int, divisions: Divisions, shape: Shape) -> Homes:
    """Homes for so many people."""
    care, campus = round(people * shape.care), round(people * shape.campus)
    dormitory = round(people * shape.collective) - care - campus
    quotas = [people - care - campus - dormitory, campus, dormitory, care]
    grids = _grids(quotas, people, seed, divisions, shape)
    rows: list[tuple[Ints, Ints]] = []
    for kind, quota in enumerate(quotas):
        chances = shape.household_size if kind == FAMILY else shape.room_size
        sizes = _sizes(quota, chances, seed, kind)
        here = np.flatnonzero(grids.kind == kind)
        limits = np.cumsum(grids.people[here])
        starts = np.cumsum(sizes) - sizes
        rows.append((here[np.searchsorted(limits, starts, side="right")], sizes))
    grid = np.concatenate([row[0] for row in rows])
    order = np.argsort(grid, kind="stable")
    return _doors(grids, grid[order], np.concatenate([row[1] for row in rows])[order])


def _sizes(people: int, chances: Floats, seed: int, kind: int) -> Ints:
    """Household sizes, drawn until they hold so many people; the last is cut to fit."""
    mean = float((chances * np.arange(1, chances.size + 1)).sum())
    draws = stream(seed, "household size", kind).random(int(people / mean * 1.2) + 50)
    sizes = np.searchsorted(np.cumsum(chances)[:-1], draws, side="right").astype(np.int64) + 1
    total = np.cumsum(sizes)
    last = int(np.searchsorted(total, people))
    sizes = sizes[: last + 1]
    sizes[-1] -= int(total[last]) - people
    return sizes[sizes > 0]


def _doors(grids: Grids, grid: Ints, size: Ints) -> Homes:
    """Each household's building, stairwell, floor and door, filled in order."""
    floors, doors = grids.floors[grid], grids.doors[grid]
    building, left = np.divmod(ranks(grid), grids.stairs[grid] * floors * doors)
    stair, left = np.divmod(left, floors * doors)
    floor, door = np.divmod(left, doors)
    return Homes(grids, grid, size, building + 1, stair + 1, floor + 1, door + 1)


def _grids(quotas: list[int], people: int, seed: int, divisions: Divisions, shape: Shape) -> Grids:
    """The compounds of every community, the sealed ones first, then dormitories and care homes."""
    code = {row[0]: i for i, row in enumerate(divisions.communities)}
    special = np.array([code[compound.community] for compound in sealed.COMPOUNDS])
    special_people = sealed.people(people)
    is_campus = np.array([compound.campus for compound in sealed.COMPOUNDS])
    weights = _weights(seed, divisions, shape)
    family = shares_out(quotas[FAMILY] - int(special_people[~is_campus].sum()), weights)
    parts = [(special, np.where(is_campus, CAMPUS, FAMILY), special_people, np.arange(special.size))]
    count = np.maximum(1, np.rint(family / shape.homes["compound"]).astype(np.int64))
    community = np.repeat(np.arange(family.size), count)
    parts.append(_plain(community, FAMILY, family[community] // count[community]))
    # what equal shares leave over goes to each community's first compound
    parts[1][2][np.cumsum(count) - count] += family - (family // count) * count
    left = [0, max(0, quotas[CAMPUS] - int(special_people[is_campus].sum())), quotas[DORMITORY], quotas[CARE]]
    each = [0, _CAMPUS_SIZE, shape.homes["dormitory"], shape.homes["care_home"]]
    for kind in (CAMPUS, DORMITORY, CARE):
        number = max(1, round(left[kind] / each[kind]))
        where = np.searchsorted(np.cumsum(weights), stream(seed, "collective", kind).random(number))
        size = shares_out(left[kind], np.ones(number))
        parts.append(_plain(where.astype(np.int64), kind, size))
    return _laid_out([np.concatenate(column) for column in zip(*parts, strict=True)], seed, divisions)


def _plain(community: Ints, kind: int, people: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    return community, np.full(community.size, kind), people, np.full(community.size, -1)


def _weights(seed: int, divisions: Divisions, shape: Shape) -> Floats:
    """Each community's share of the people: the district's share, uneven among towns and communities."""
    draw = stream(seed, "community weight")
    town = np.exp(0.4 * draw.standard_normal(len(divisions.towns)))
    weight = np.exp(0.5 * draw.standard_normal(len(divisions.communities))) * town[divisions.community_town]
    weight[[("虚拟" in name) for _, name, _ in divisions.communities]] *= 0.05
    district = divisions.town_district[divisions.community_town]
    wanted = np.array([shape.district_people[code] for code, _, _ in divisions.districts], dtype=np.float64)
    weight *= (wanted / np.bincount(district, weight))[district]
    return weight / weight.sum()


def _laid_out(columns: list[Ints], seed: int, divisions: Divisions) -> Grids:
    """Compounds in order of code, with the shape of their buildings."""
    community, kind, people, special = columns
    order = np.argsort(community, kind="stable")
    community, kind, people, special = (column[order] for column in columns)
    draw = stream(seed, "buildings")
    floors = _FLOORS[draw.integers(0, _FLOORS.size, order.size)]
    stairs = draw.integers(1, 5, order.size)
    village = np.array(
        [name.endswith("村委会") or name.endswith("村民委员会") for _, name, _ in divisions.communities]
    )[community]
    village |= np.isin(special, [i for i, compound in enumerate(sealed.COMPOUNDS) if compound.hamlet])
    village &= kind == FAMILY
    floors = np.where(village, 3, np.where(kind == FAMILY, floors, 6))
    stairs = np.where(village | (kind != FAMILY), 1, stairs)
    doors = np.where(kind == FAMILY, 2, 12)
    return Grids(community, ranks(community) + 1, kind, people, special, stairs, floors, doors)
