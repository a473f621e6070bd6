"""What does a scenario hand on? Happenings: rows of one kind of fact, told at an instant; who is on stage."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pyarrow as pa

from ringfence.city.chance import Ints
from ringfence.city.divisions import CITY
from ringfence.city.whole import City
from ringfence.tables import person_text
from ringfence.tables.facts import FACTS

NOTICE, PRESS, INVENTED = "notice 97; hour invented", "press 2022-04-01", "invented"
MOST_ROWS = 100_000
"""A submission has no more rows than this."""
_CHINA = timezone(timedelta(hours=8))

Row = dict[str, object]


@dataclass(frozen=True)
class Happening:
    """Some facts of one kind, told together: the instant they become known (UTC), where they come from, and a
    sentence in each language. A row may name a source of its own."""

    at: datetime
    kind: str
    rows: pa.Table
    source: str
    says_zh: str
    says_en: str


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """The UTC instant, without zone mark, of a time of day in Wuxi in March 2022."""
    there = datetime(2022, 3, day, hour, minute, tzinfo=_CHINA)
    return there.astimezone(UTC).replace(tzinfo=None)


CALL_OVERS = (local(30, 20), local(30, 23, 30), local(31, 3))
"""When the headquarters called over its districts that night (press)."""


def told(
    at: datetime, kind: str, rows: list[Row], says: tuple[str, str], source: str = INVENTED
) -> Happening:
    """A happening of rows written out by hand; `source` fills the rows that name none."""
    table = FACTS[kind]
    if any(column.name == "source" for column in table.columns):
        rows = [{"source": source, **row} for row in rows]
    return Happening(at, kind, pa.Table.from_pylist(rows, schema=table.schema), source, *says)


def in_bites(happening: Happening) -> list[Happening]:
    """The same, cut so that no submission is too long."""
    rows, count = happening.rows, happening.rows.num_rows
    return [
        Happening(
            happening.at,
            happening.kind,
            rows.slice(start, MOST_ROWS).combine_chunks(),
            happening.source,
            happening.says_zh,
            happening.says_en,
        )
        for start in range(0, count, MOST_ROWS)
    ]


@dataclass(frozen=True)
class Stage:
    """The people and places of the story by role, as numbers of facts."""

    people: dict[str, int]
    venues: dict[str, int]
    tube_others: list[int]
    team: list[int]
    household: list[int]
    hospital: int
    quarantine: list[int]
    sealed: list[str]
    visitor: int

    def subject(self, role: str) -> str:
        """How a step names a person of the story."""
        return person_text(self.people[role])


def stage(city: City) -> Stage:
    """Who and what the story needs, found in the city."""
    rows = city.rows
    cast, sites = rows.cast, rows.places
    tower = cast.venues["tower"]
    staff = np.flatnonzero(sites.anchor == tower)
    others = staff[~np.isin(staff, cast.rows)]
    # ten swabs in the tube: three of the cast, then people of the tower's other rooms, then neighbours
    mixed = np.concatenate([others[sites.part[others] > 0], others[sites.part[others] == 0]])
    neighbours = np.flatnonzero(rows.homes.grid[rows.people.household] == sites.grid[tower])
    candidates = np.concatenate([mixed, neighbours[~np.isin(neighbours, [*mixed, *cast.rows])]])[:7]
    home = rows.people.household[cast.people["clerk"]]
    family = np.flatnonzero(rows.people.household == home)
    special = rows.homes.grids.special
    order = [int(np.flatnonzero(special == i)[0]) for i in range(int(special.max()) + 1)]
    return Stage(
        people={role: row + 1 for role, row in cast.people.items()},
        venues={name: row + 1 for name, row in cast.venues.items()},
        tube_others=(candidates + 1).tolist(),
        team=(others[(sites.part[others] == 0) & ~np.isin(others, candidates)] + 1).tolist(),
        household=(family[~np.isin(family, cast.rows)] + 1).tolist(),
        hospital=_first_of(city, "hospital", "320211"),
        quarantine=_numbers_of(city, "quarantine_site", "320211").tolist(),
        sealed=rows.grid_codes.take(pa.array(order)).to_pylist(),
        visitor=city.people + 1,
    )


def _numbers_of(city: City, kind: str, district: str) -> Ints:
    table = city.place
    kinds = np.array(table["kind"].to_pylist(), dtype=object) == kind
    here = np.array([area.startswith(district) for area in table["area"].to_pylist()])
    found = np.flatnonzero(kinds & here)
    return (found if found.size else np.flatnonzero(kinds)) + 1


def _first_of(city: City, kind: str, district: str) -> int:
    return int(_numbers_of(city, kind, district)[0])


LABORATORY = "320211-LAB"
TRACERS = "320211-CDC"
CITY_TRACERS = f"{CITY}-CDC"
