"""What code does an area or a household have? The tree below the community, and all its area rows."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ringfence.city import names
from ringfence.city.chance import Floats, Ints, fixed
from ringfence.city.divisions import ALIASES, Divisions
from ringfence.city.homes import Grids, Homes
from ringfence.tables.facts import AREA

_REAL = "china-division 2.7.0"
_INVENTED = "synthetic city"
# a compound's middle is within about 600 m of its community's, a building's within 80 m of its compound's
_GRID_SPREAD, _BUILDING_SPREAD = 0.012, 0.0016


def numbers(values: Ints, width: int) -> pa.Array:
    """Whole numbers as text, with noughts in front up to a width."""
    known = pa.array([f"{i:0{width}d}" for i in range(int(values.max(initial=0)) + 1)])
    return known.take(pa.array(values))


def grids(rows: Grids, divisions: Divisions) -> pa.Array:
    """The code of each compound."""
    community = pa.array([code for code, _, _ in divisions.communities]).take(pa.array(rows.community))
    return pc.binary_join_element_wise(community, numbers(rows.number, 2), "-")


def households(homes: Homes, grid_codes: pa.Array) -> pa.Array:
    """The code of each household."""
    door = pc.binary_join_element_wise(numbers(homes.floor, 2), numbers(homes.door, 2), "")
    return pc.binary_join_element_wise(
        grid_codes.take(pa.array(homes.grid)), numbers(homes.building, 3), numbers(homes.stair, 1), door, "-"
    )


def grid_at(rows: Grids, divisions: Divisions, seed: int) -> Floats:
    """An invented middle of each compound, near its community's."""
    return divisions.community_at[rows.community] + _jitter(
        rows.community.size, seed, "compound", _GRID_SPREAD
    )


def _jitter(count: int, seed: int, purpose: str, spread: float) -> Floats:
    rows = np.arange(count)
    away = np.stack([fixed(rows, seed, f"{purpose} {axis}").astype(np.float64) for axis in "xy"], axis=1)
    return (away - 0.5) * spread


def area_table(homes: Homes, divisions: Divisions, seed: int, grid_codes: pa.Array, at: Floats) -> pa.Table:
    """Every area from province to building. Only those down to the community are real."""
    top = [*divisions.top, *divisions.districts, *divisions.towns, *divisions.communities]
    middle = divisions.district_at.mean(axis=0)
    top_at = np.concatenate(
        [[middle, middle], divisions.district_at, divisions.town_at, divisions.community_at]
    )
    parts = names.read()
    zh, en = names.compounds(homes.grids, divisions, seed, parts)
    real = _rows(
        pa.array([row[0] for row in top]), [row[1] for row in top], [row[2] for row in top], top_at, _REAL
    )
    return pa.concat_tables(
        [real, _aliases(), _rows(grid_codes, zh, en, at, _INVENTED), _buildings(homes, seed, grid_codes, at)]
    ).combine_chunks()


def _buildings(homes: Homes, seed: int, grid_codes: pa.Array, at: Floats) -> pa.Table:
    """A row for each building that has a household."""
    first = np.flatnonzero(
        (np.diff(homes.grid, prepend=-1) != 0) | (np.diff(homes.building, prepend=-1) != 0)
    )
    grid, number = homes.grid[first], homes.building[first]
    codes = pc.binary_join_element_wise(grid_codes.take(pa.array(grid)), numbers(number, 3), "-")
    zh = pc.binary_join_element_wise(numbers(number, 1), "幢", "")
    en = pc.binary_join_element_wise("Block", numbers(number, 1), " ")
    return _rows(codes, zh, en, at[grid] + _jitter(grid.size, seed, "building", _BUILDING_SPREAD), _INVENTED)


def _aliases() -> pa.Table:
    """Towns people name under a code that is not in the tree."""
    note = "invented code; the name is in use, the statistical tree has none for it"
    rows = [
        {"area": code, "name_zh": zh, "name_en": en, "alias_of": target, "source": note}
        for code, zh, en, target in ALIASES
    ]
    return pa.Table.from_pylist(rows, schema=AREA.schema)


def _rows(
    codes: pa.Array, zh: list[str] | pa.Array, en: list[str] | pa.Array, at: Floats, source: str
) -> pa.Table:
    count = len(codes)
    columns = {
        "area": codes,
        "name_zh": pa.array(zh, pa.string()) if isinstance(zh, list) else zh,
        "name_en": pa.array(en, pa.string()) if isinstance(en, list) else en,
        "lon": pa.array(np.round(at[:, 0], 5)),
        "lat": pa.array(np.round(at[:, 1], 5)),
        "source": pa.repeat(pa.scalar(source), count),
    }
    return pa.table([columns.get(f.name, pa.nulls(count, f.type)) for f in AREA.schema], schema=AREA.schema)
