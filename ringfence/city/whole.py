"""What is a synthetic city? Its tables, and the rows behind them that visits and scenarios are made from."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ringfence.city import cast, codes, divisions, homes, names, people, places, shape, units
from ringfence.city.chance import Floats, Ints, fixed
from ringfence.errors import InputError
from ringfence.tables import Table
from ringfence.tables.facts import MEMBERSHIP, PERSON, PLACE, RESIDENCE

LEAST, MOST = 5_000, 16_000_000
"""A city smaller than the first has no room for the story; person numbers of visits are kept in 24 bits."""
SOURCE = "synthetic city"
_OCCUPATIONS = {
    "office": "office",
    "workshop": "factory",
    "classroom": "school",
    "hospital": "health_worker",
    "clinic": "health_worker",
    "care_home": "care_home",
    "shop": "shop",
    "supermarket": "shop",
    "market": "market",
    "restaurant": "restaurant",
    "entertainment": "entertainment",
    "other": "transport",
}
"""The occupation that work in a kind of place stands for; the city's drivers are tied to its other places."""
_OPEN_AIR = ("outdoors", "market", "sampling_point")
_PROVINCES = ("34", "41", "37", "51", "61", "42", "36", "52")
_SITE_SPREAD = 0.004


@dataclass(frozen=True)
class Rows:
    """The rows behind the tables. A person's number is their row and one, a place's its row and one."""

    divisions: divisions.Divisions
    shape: shape.Shape
    homes: homes.Homes
    people: people.People
    land: places.Ground
    places: places.Places
    cast: cast.Cast
    grid_codes: pa.Array
    household_codes: pa.Array


@dataclass(frozen=True)
class City:
    """A synthetic city: the tables of facts by kind, in the schemas of `ringfence.tables.facts`."""

    people: int
    seed: int
    area: pa.Table
    unit: pa.Table
    person: pa.Table
    residence: pa.Table
    place: pa.Table
    membership: pa.Table
    rows: Rows

    def tables(self) -> dict[str, pa.Table]:
        """The tables by kind of fact, in an order in which they can be journalled."""
        kinds = ("area", "unit", "person", "residence", "place", "membership")
        return {kind: getattr(self, kind) for kind in kinds}


def build(people: int, seed: int) -> City:
    """A city of so many people: the same for the same seed, byte for byte.

    Raises InputError where the number of people is out of range.
    """
    if not LEAST <= people <= MOST:
        raise InputError(f"a city of {people:,} people: between {LEAST:,} and {MOST:,} can be built")
    rows = _rows(people, seed)
    at = codes.grid_at(rows.homes.grids, rows.divisions, seed)
    return City(
        people=people,
        seed=seed,
        area=codes.area_table(rows.homes, rows.divisions, seed, rows.grid_codes, at),
        unit=units.table(rows.divisions),
        person=_person(rows, seed),
        residence=_residence(rows, seed),
        place=_place(rows, seed, at),
        membership=_membership(rows),
        rows=rows,
    )


def identities(city: City, seed: int) -> Iterator[pa.RecordBatch]:
    """Batches of (person, name) for the vault, in order of person; invented, no ID numbers or telephones."""
    everybody = city.rows.people
    return names.people(city.people, everybody.household, everybody.male, seed)


def _rows(count: int, seed: int) -> Rows:
    figures, tree = shape.read(), divisions.read(seed)
    housing = homes.plan(count, seed, tree, figures)
    everybody = people.fill(housing, seed, figures)
    land = places.ground(housing, everybody.household, tree)
    sites = places.settle(housing, everybody, land, seed, figures)
    sites, seven = cast.choose(housing, everybody, land, sites, tree)
    grid_codes = codes.grids(housing.grids, tree)
    return Rows(
        tree,
        figures,
        housing,
        everybody,
        land,
        sites,
        seven,
        grid_codes,
        codes.households(housing, grid_codes),
    )


def table(
    kind: Table, count: int, columns: dict[str, pa.Array | pa.ChunkedArray], source: str | None
) -> pa.Table:
    """A table of the kind's schema; columns not given are absent, `source` says the same of every row."""
    if source is not None:
        columns = {**columns, "source": pa.repeat(pa.scalar(source), count)}
    arrays = [columns.get(f.name, pa.nulls(0, f.type) if count == 0 else None) for f in kind.schema]
    filled = [pa.nulls(count, f.type) if a is None else a for a, f in zip(arrays, kind.schema, strict=True)]
    return pa.table([_cast(a, f.type) for a, f in zip(filled, kind.schema, strict=True)], schema=kind.schema)


def _cast(array: pa.Array, kind: pa.DataType) -> pa.Array:
    return array if array.type == kind else array.cast(kind)


def chosen(words: list[str], which: Ints) -> pa.Array:
    """Text by row of a list of words; -1 is absent."""
    return pa.array(words).take(pa.array(which, mask=which < 0))


def _person(rows: Rows, seed: int) -> pa.Table:
    everybody, sites = rows.people, rows.places
    count = everybody.age.size
    words = sorted(set(_OCCUPATIONS.values()))
    of_kind = np.array([words.index(_OCCUPATIONS[k]) if k in _OCCUPATIONS else -1 for k in places.KINDS])
    works = sites.tie == places.WORK
    which = np.where(works, of_kind[sites.kind[sites.anchor]], -1)
    which = np.where(sites.tie == places.CLASS, len(words), which)
    columns = {
        "person": pa.array(np.arange(1, count + 1)),
        "birth_year": pa.array(everybody.birth_year),
        "sex": chosen(["female", "male"], everybody.male.astype(np.int64)),
        "occupation": chosen([*words, "pupil"], which),
        "needs": chosen(["alone", "dialysis", "pregnant", "medicine"], _needs(rows, seed)),
    }
    return table(PERSON, count, columns, SOURCE)


def _needs(rows: Rows, seed: int) -> Ints:
    """The help each person needs when confined, or -1."""
    everybody, share = rows.people, rows.shape.needs
    draw = [fixed(np.arange(everybody.age.size), seed, f"needs {which}") for which in range(3)]
    alone = (rows.homes.size[everybody.household] == 1) & (everybody.age >= 75)
    dialysis = (draw[0] < share["dialysis"] * 1.6) & (everybody.age >= 40)
    fertile = ~everybody.male & (everybody.age >= 21) & (everybody.age <= 42)
    pregnant = (draw[1] < share["pregnant"] / 0.17) & fertile
    medicine = (draw[2] < share["medicine"] * 3) & (everybody.age >= 55)
    return np.select([dialysis, pregnant, alone, medicine], [1, 2, 0, 3], -1)


def _residence(rows: Rows, seed: int) -> pa.Table:
    """Where everybody lives; and where those are registered who are registered elsewhere."""
    everybody = rows.people
    count = everybody.age.size
    mover = fixed(np.arange(count), seed, "registered") < rows.shape.needs["registered_elsewhere"]
    movers = np.flatnonzero(mover)
    # half are registered in another community of the city, half in another province
    draw = fixed(movers, seed, "registered where")
    community = [code for code, _, _ in rows.divisions.communities]
    words = [*_PROVINCES, *community]
    far = (draw * 2 * len(_PROVINCES)).astype(np.int64)
    near = len(_PROVINCES) + ((draw - 0.5) * 2 * len(community)).astype(np.int64)
    where = pa.array(words).take(pa.array(np.where(draw < 0.5, far, near)))
    living = rows.household_codes.take(pa.array(everybody.household))
    columns = {
        "person": pa.array(np.concatenate([np.arange(1, count + 1), movers + 1])),
        "kind": chosen(["living", "registered"], np.repeat([0, 1], [count, movers.size])),
        "area": pa.concat_arrays([living, where]),
    }
    return table(RESIDENCE, count + movers.size, columns, SOURCE)


def _place(rows: Rows, seed: int, at: Floats) -> pa.Table:
    sites = rows.places
    count = sites.grid.size
    zh, en = names.places(sites, rows.land.grid_town, rows.divisions, seed, names.read())
    college = rows.cast.venues["college"]
    zh[college], en[college] = "江苏信息职业技术学院", "Jiangsu Vocational College of Information Technology"
    spread = np.stack([fixed(np.arange(count), seed, f"site {axis}") for axis in "xy"], axis=1) - 0.5
    where = np.round(at[sites.grid] + spread * _SITE_SPREAD, 5)
    open_air = [kind in _OPEN_AIR for kind in places.KINDS]
    columns = {
        "place": pa.array(np.arange(1, count + 1)),
        "name_zh": pa.array(zh),
        "name_en": pa.array(en),
        "kind": chosen(list(places.KINDS), sites.kind),
        "area": _place_area(rows),
        "closed": pa.array(~np.array(open_air)[sites.kind]),
        "lon": pa.array(where[:, 0]),
        "lat": pa.array(where[:, 1]),
    }
    return table(PLACE, count, columns, SOURCE)


def _place_area(rows: Rows) -> pa.Array:
    """The compound a place stands in; for a line, which crosses many, its district, or the city."""
    sites, tree = rows.places, rows.divisions
    kinds = np.array([{"bus": 1, "metro": 2}.get(kind, 0) for kind in places.KINDS])[sites.kind]
    district = tree.town_district[rows.land.grid_town[sites.grid]]
    words = pa.concat_arrays(
        [
            pa.array([code for code, _, _ in tree.districts]),
            pa.array([divisions.CITY]),
            rows.grid_codes,
        ]
    )
    first_grid = len(tree.districts) + 1
    return words.take(
        pa.array(np.select([kinds == 1, kinds == 2], [district, first_grid - 1], first_grid + sites.grid))
    )


def _membership(rows: Rows) -> pa.Table:
    sites = rows.places
    who = np.flatnonzero(sites.anchor >= 0)
    part = sites.part[who]
    person, place, tie = who + 1, sites.anchor[who] + 1, sites.tie[who]
    # the student also works evenings at the diner
    student, diner = rows.cast.people["student"] + 1, rows.cast.venues["diner"] + 1
    columns = {
        "person": pa.array(np.append(person, student)),
        "place": pa.array(np.append(place, diner)),
        "kind": chosen(list(places.TIES), np.append(tie, places.WORK)),
        "part": pa.array(np.append(part, -1), mask=np.append(part, -1) < 0),
    }
    return table(MEMBERSHIP, who.size + 1, columns, SOURCE)
