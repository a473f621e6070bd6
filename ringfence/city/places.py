"""What places are there, and who belongs to them? Schools, work places and the rest, kind by kind."""

from dataclasses import dataclass, replace

import numpy as np

from ringfence.city.chance import Ints, fixed, ranks, stream
from ringfence.city.divisions import Divisions
from ringfence.city.homes import CAMPUS, CARE, DORMITORY, Homes
from ringfence.city.people import People
from ringfence.city.shape import Shape, Sizes

KINDS = (
    "office",
    "workshop",
    "classroom",
    "canteen",
    "hospital",
    "clinic",
    "care_home",
    "shop",
    "supermarket",
    "market",
    "restaurant",
    "entertainment",
    "other",
    "outdoors",
    "bus",
    "metro",
    "sampling_point",
    "quarantine_site",
)
"""Places are numbered kind by kind in this order, so that a day's visits can be made kind by kind."""
SCHOOLS = ("kindergarten", "primary", "junior", "senior", "college")
WORK, CLASS, GROUP = range(3)
TIES = ("work", "class", "group")
_DISTRICT_WIDE = ("hospital",)
_PLAIN = {"outdoors": 8_000, "bus": 9_000, "quarantine_site": 40_000}
_CARE_WARD = 10
_AISLES = 8
_CANTEEN_FROM = 60


@dataclass(frozen=True)
class Block:
    """The places of one kind, and the people tied to them: their rows, place within the block, part, tie."""

    kind: str
    grid: Ints
    parts: Ints
    sort: Ints
    person: Ints
    place: Ints
    part: Ints
    tie: Ints


@dataclass(frozen=True)
class Places:
    """Every place, in order of number less one; and each person's standing tie (place -1 where none)."""

    kind: Ints
    grid: Ints
    parts: Ints
    sort: Ints
    size: Ints
    start: Ints
    anchor: Ints
    part: Ints
    tie: Ints
    canteen: Ints


@dataclass(frozen=True)
class Ground:
    """Where people live, as rows of towns and districts; where each town's and district's rows begin."""

    home_town: Ints
    home_district: Ints
    town_grids: Ints
    town_people: Ints
    district_people: Ints
    grid_town: Ints
    town_district: Ints


def ground(homes: Homes, household: Ints, divisions: Divisions) -> Ground:
    """The towns and districts of homes and compounds; `town_grids`[t] to [t + 1] are the rows of town t."""
    grid_town = divisions.community_town[homes.grids.community]
    home_town = grid_town[homes.grid[household]]
    home_district = divisions.town_district[home_town]
    towns, districts = len(divisions.towns), len(divisions.districts)
    return Ground(
        home_town,
        home_district,
        np.searchsorted(grid_town, np.arange(towns + 1)),
        np.searchsorted(home_town, np.arange(towns + 1)),
        np.searchsorted(home_district, np.arange(districts + 1)),
        grid_town,
        divisions.town_district,
    )


def settle(homes: Homes, people: People, land: Ground, seed: int, shape: Shape) -> Places:
    """All places, and who works, learns or lives in which."""
    schools, pupil = _schools(homes, people, land, seed, shape)
    care = _care_homes(homes, people)
    workers = _workers(homes, people, pupil, seed, shape)
    workers = stream(seed, "who does what").permutation(workers)
    teachers = -(-np.bincount(schools.place, minlength=schools.grid.size) // shape.students_a_teacher)
    carers = -(-np.bincount(care.place, minlength=care.grid.size) // shape.beds_a_carer)
    taken = min(int(teachers.sum()), workers.size // 2)
    schools = _staffed(schools, teachers, workers[:taken])
    rest = workers[taken:]
    taken = min(int(carers.sum()), rest.size // 2)
    blocks = {"classroom": schools, "care_home": _staffed(care, carers, rest[:taken])}
    blocks |= _firms(rest[taken:], land, seed, shape)
    for kind, people_each in _PLAIN.items():
        blocks[kind] = _plain(kind, land, people_each)
    blocks["metro"] = _empty("metro", np.zeros(4, dtype=np.int64))
    first_grid = np.searchsorted(homes.grids.community, np.arange(int(homes.grids.community.max()) + 1))
    blocks["sampling_point"] = _empty("sampling_point", first_grid)
    return _joined(blocks, people.age.size)


def _schools(homes: Homes, people: People, land: Ground, seed: int, shape: Shape) -> tuple[Block, np.ndarray]:
    """Schools with classes; pupils go to one in their district, in order of home. And who is a pupil."""
    everybody = np.arange(people.age.size)
    kind = homes.grids.kind[homes.grid[people.household]]
    pupil = kind == CAMPUS
    goes = fixed(everybody, seed, "goes to school")
    parts: list[tuple[Ints, Ints, Ints, int]] = []
    for sort, school in enumerate(shape.schools.values()):
        of_age = (people.age >= school.first_age) & (people.age <= school.last_age)
        who = np.flatnonzero(of_age & (goes < school.share) & (kind != CARE) & ~pupil)
        district = land.home_district[who]
        count = np.bincount(district, minlength=land.district_people.size)
        schools = np.maximum(1, np.rint(count / school.size).astype(np.int64))
        first = np.cumsum(schools) - schools
        # in order of home, an equal share of the district's pupils to each of its schools
        where = first[district] + ranks(district) * schools[district] // np.maximum(count[district], 1)
        parts.append((who, where, _classes(where, people.age[who], school.class_size), sort))
    campus = np.flatnonzero(pupil)
    where = homes.grid[people.household[campus]]
    parts.append((campus, where, _classes(where, people.age[campus], 40), len(SCHOOLS) - 1))
    for who, _, _, _ in parts:
        pupil[who] = True
    return _school_block(parts, homes.grid[people.household]), pupil


def _classes(school: Ints, age: Ints, size: int) -> Ints:
    """Each pupil's class within the school: pupils by age, an even number to each class."""
    order = np.lexsort((age, school))
    count = np.bincount(school)
    classes = np.maximum(1, np.rint(count / size).astype(np.int64))
    sorted_school = school[order]
    result = np.empty(school.size, dtype=np.int64)
    result[order] = ranks(sorted_school) * classes[sorted_school] // count[sorted_school]
    return result


def _school_block(parts: list[tuple[Ints, Ints, Ints, int]], home_grid: Ints) -> Block:
    """One block of all schools; a school stands in the compound of its middle pupil."""
    persons, places, classes, sorts, grids = [], [], [], [], []
    base = 0
    for who, where, part, sort in parts:
        present, place = np.unique(where, return_inverse=True)
        middle = np.searchsorted(np.sort(place), np.arange(present.size)) + np.bincount(place) // 2
        by_place = np.argsort(place, kind="stable")
        grids.append(home_grid[who[by_place[middle]]])
        persons.append(who)
        places.append(place + base)
        classes.append(part)
        sorts.append(np.full(present.size, sort))
        base += present.size
    person, place, part = (np.concatenate(c) for c in (persons, places, classes))
    grid = np.concatenate(grids)
    return Block(
        "classroom",
        grid,
        _most(place, part, grid.size),
        np.concatenate(sorts),
        person,
        place,
        part,
        np.full(person.size, CLASS),
    )


def _most(place: Ints, part: Ints, places: int) -> Ints:
    """The number of parts of each place."""
    parts = np.zeros(places, dtype=np.int64)
    np.maximum.at(parts, place, part + 1)
    return parts


def _care_homes(homes: Homes, people: People) -> Block:
    """A care home in each compound that is one; its residents belong to it, by ward."""
    grid = homes.grid[people.household]
    person = np.flatnonzero(homes.grids.kind[grid] == CARE)
    present, place = np.unique(grid[person], return_inverse=True)
    part = ranks(place) // _CARE_WARD
    return Block(
        "care_home",
        present,
        _most(place, part, present.size),
        np.zeros_like(present),
        person,
        place,
        part,
        np.full(person.size, GROUP),
    )


def _workers(homes: Homes, people: People, pupil: np.ndarray, seed: int, shape: Shape) -> Ints:
    """Rows of the people who work."""
    step = np.clip((people.age - 15) // 5, 0, shape.work_by_age.size - 1)
    chance = np.where((people.age < 15) | (people.age >= 75), 0.0, shape.work_by_age[step])
    kind = homes.grids.kind[homes.grid[people.household]]
    chance = np.where((kind == DORMITORY) & (people.age < 65), 0.97, chance)
    chance = np.where(pupil | (kind == CARE), 0.0, chance)
    return np.flatnonzero(fixed(np.arange(chance.size), seed, "works") < chance)


def _staffed(block: Block, needed: Ints, workers: Ints) -> Block:
    """The block with its staff: workers in order of home, places in order of compound, parts in turn."""
    by_grid = np.argsort(block.grid, kind="stable")
    slots = np.repeat(by_grid, needed[by_grid])[: workers.size]
    part = ranks(slots) % np.maximum(block.parts[slots], 1)
    return replace(
        block,
        person=np.concatenate([block.person, np.sort(workers)[: slots.size]]),
        place=np.concatenate([block.place, slots]),
        part=np.concatenate([block.part, part]),
        tie=np.concatenate([block.tie, np.full(slots.size, WORK)]),
    )


def _firms(workers: Ints, land: Ground, seed: int, shape: Shape) -> dict[str, Block]:
    """Work places of every kind: workers of a kind in a town are cut into places of Pareto sizes."""
    draw = stream(seed, "work")
    town = _work_town(workers, land, draw)
    shares = np.cumsum([sizes.share for sizes in shape.kinds.values()])
    kind = np.searchsorted(shares[:-1] / shares[-1], draw.random(workers.size), side="right")
    blocks: dict[str, Block] = {}
    for i, (name, sizes) in enumerate(shape.kinds.items()):
        here = np.flatnonzero(kind == i)
        area = land.town_district[town[here]] if name in _DISTRICT_WIDE else town[here]
        order = np.argsort(area + draw.random(here.size), kind="stable")
        here, area = here[order], area[order]
        place = _cut(area, sizes, stream(seed, "sizes", i))
        first = np.flatnonzero(np.diff(place, prepend=-1))
        where = town[here[first]]
        start, end = land.town_grids[where], land.town_grids[where + 1]
        grid = start + (draw.random(first.size) * (end - start)).astype(np.int64)
        part = _team(name, place, seed)
        parts = _most(place, part, first.size)
        blocks[name] = Block(
            name, grid, parts, np.zeros_like(first), workers[here], place, part, np.full(here.size, WORK)
        )
    return blocks


def _work_town(workers: Ints, land: Ground, draw: np.random.Generator) -> Ints:
    """Half work in their town, a quarter in their district, a quarter anywhere, where people are."""
    where, who = draw.random(workers.size), draw.random(workers.size)
    district = land.home_district[workers]
    start = land.district_people[district]
    near = start + (who * (land.district_people[district + 1] - start)).astype(np.int64)
    far = (who * land.home_town.size).astype(np.int64)
    chosen = np.where(where < 0.5, workers, np.where(where < 0.75, near, far))
    return land.home_town[chosen]


def _cut(area: Ints, sizes: Sizes, draw: np.random.Generator) -> Ints:
    """The place of each worker, in order: places of drawn sizes, none across two areas."""
    starts = np.diff(area, prepend=-1) != 0
    filled = 0
    while filled < area.size:
        u = draw.random(area.size // max(1, int(sizes.least)) + 16)
        each = np.minimum(sizes.least * (1 - u) ** (-1 / sizes.exponent), sizes.most).astype(np.int64)
        ends = filled + np.cumsum(each)
        starts[ends[ends < area.size]] = True
        filled = int(ends[-1])
    return np.cumsum(starts) - 1


def _team(kind: str, place: Ints, seed: int) -> Ints:
    """The room or team of each worker within the place; -1 where the whole place is one room."""
    rank = ranks(place)
    if kind in ("office", "workshop"):
        team = 5 + (fixed(place, seed, "team " + kind) * 8).astype(np.int64)
        return rank // team
    if kind == "hospital":
        return rank // 10
    if kind == "supermarket":
        return rank % _AISLES
    if kind == "market":
        return rank // 2
    return np.full(place.size, -1)


def _plain(kind: str, land: Ground, people_each: int) -> Block:
    """Places without members: so many people to one, at least one in each town that has compounds."""
    count = np.diff(land.town_people)
    if kind == "quarantine_site":
        count = np.where(count >= people_each // 2, count, 0)
        count[land.town_district.searchsorted(np.arange(land.district_people.size - 1))] += people_each
    number = np.rint(count / people_each).astype(np.int64)
    if kind != "quarantine_site":
        number = np.maximum(1, number)
    number = np.where(np.diff(land.town_grids) > 0, number, 0)
    town = np.repeat(np.arange(number.size), number)
    width = land.town_grids[town + 1] - land.town_grids[town]
    return _empty(kind, land.town_grids[town] + ranks(town) % width)


def _empty(kind: str, grid: Ints) -> Block:
    none = np.zeros(0, dtype=np.int64)
    return Block(kind, grid, np.zeros_like(grid), np.zeros_like(grid), none, none, none, none)


def _joined(blocks: dict[str, Block], people: int) -> Places:
    """All blocks in the order of KINDS, with canteens for the larger work places and schools."""
    sizes = {kind: np.bincount(b.place, minlength=b.grid.size) for kind, b in blocks.items()}
    fed = {
        kind: np.flatnonzero(sizes[kind] >= _CANTEEN_FROM)
        for kind in ("office", "workshop", "classroom", "hospital")
    }
    blocks["canteen"] = _empty("canteen", np.concatenate([blocks[k].grid[rows] for k, rows in fed.items()]))
    sizes["canteen"] = np.zeros(blocks["canteen"].grid.size, dtype=np.int64)
    counts = np.array([blocks[kind].grid.size for kind in KINDS])
    start = np.concatenate([[0], np.cumsum(counts)])
    anchor, part, tie = (np.full(people, -1) for _ in range(3))
    canteen = np.full(int(start[-1]), -1)
    served = int(start[KINDS.index("canteen")])
    for kind, rows in fed.items():
        canteen[rows + start[KINDS.index(kind)]] = served + np.arange(rows.size)
        served += rows.size
    for i, kind in enumerate(KINDS):
        block = blocks[kind]
        anchor[block.person] = block.place + start[i]
        part[block.person], tie[block.person] = block.part, block.tie
    grid, parts, sort, size = (
        np.concatenate(c)
        for c in zip(*[(b.grid, b.parts, b.sort, sizes[k]) for k in KINDS for b in (blocks[k],)], strict=True)
    )
    return Places(
        np.repeat(np.arange(len(KINDS)), counts), grid, parts, sort, size, start, anchor, part, tie, canteen
    )
