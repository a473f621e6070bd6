"""What is everything called? Invented names for people, compounds and places."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ringfence.city import sealed
from ringfence.city.chance import Ints, fixed, stream
from ringfence.city.divisions import Divisions
from ringfence.city.homes import CAMPUS, CARE, DORMITORY, FAMILY, Grids
from ringfence.city.places import KINDS, Places

BATCH = 100_000
_SCHOOL_ZH = ("幼儿园", "小学", "初级中学", "高级中学", "学院")
_SCHOOL_EN = ("Kindergarten", "Primary School", "Middle School", "High School", "College")
_COLLECTIVE = {
    CAMPUS: ("校区", "Campus"),
    DORMITORY: ("职工公寓", "Workers' Flats"),
    CARE: ("养老院", "Care Home"),
}


@dataclass(frozen=True)
class Parts:
    """The parts of `data/names.toml`."""

    surnames: str
    women: str
    men: str
    compounds: tuple[list[list[str]], list[list[str]]]
    hamlets: tuple[list[list[str]], list[list[str]]]
    firms: list[list[str]]
    kinds: dict[str, list[str]]


def read() -> Parts:
    """The parts that ship with Ringfence."""
    raw = tomllib.loads(files("ringfence.city").joinpath("data/names.toml").read_text(encoding="utf-8"))
    return Parts(
        raw["surnames"], raw["women"], raw["men"],
        (raw["compound_first"], raw["compound_last"]), (raw["hamlet_first"], raw["hamlet_last"]),
        raw["firm_first"], raw["place_kinds"],
    )  # fmt: skip


def compounds(grids: Grids, divisions: Divisions, seed: int, parts: Parts) -> tuple[list[str], list[str]]:
    """A name in Chinese and English for each compound; the sealed ones have their own."""
    rows = np.arange(grids.community.size)
    first, last = (fixed(rows, seed, f"compound {which}") for which in ("first", "last"))
    zh: list[str] = []
    en: list[str] = []
    for i in rows.tolist():
        special, kind = int(grids.special[i]), int(grids.kind[i])
        if special >= 0:
            names = (sealed.COMPOUNDS[special].name_zh, sealed.COMPOUNDS[special].name_en)
        elif kind != FAMILY:
            word = parts.compounds[0][int(first[i] * len(parts.compounds[0]))]
            names = (word[0] + _COLLECTIVE[kind][0], f"{word[1]} {_COLLECTIVE[kind][1]}")
        else:
            village = divisions.communities[int(grids.community[i])][2].endswith("Village")
            firsts, lasts = parts.hamlets if village else parts.compounds
            a, b = firsts[int(first[i] * len(firsts))], lasts[int(last[i] * len(lasts))]
            names = (a[0] + b[0], f"{a[1]} {b[1]}")
        zh.append(names[0])
        en.append(names[1])
    return zh, en


def places(
    rows: Places, grid_town: Ints, divisions: Divisions, seed: int, parts: Parts
) -> tuple[list[str], list[str]]:
    """A name in Chinese and English for each place, made one of its own by its number within the kind."""
    word = (fixed(np.arange(rows.grid.size), seed, "firm") * len(parts.firms)).astype(np.int64).tolist()
    local = np.arange(rows.grid.size) - rows.start[rows.kind]
    town = [divisions.towns[int(t)] for t in grid_town[rows.grid]]
    zh: list[str] = []
    en: list[str] = []
    for i, (kind, number, sort) in enumerate(
        zip(rows.kind.tolist(), local.tolist(), rows.sort.tolist(), strict=True)
    ):
        name = KINDS[kind]
        kind_zh, kind_en = parts.kinds[name]
        if name in ("bus", "metro"):
            zh.append(f"{kind_zh}{number + 1}号")
            en.append(f"{kind_en} {number + 1}")
        elif name == "classroom":
            zh.append(f"{town[i][1]}第{number + 1}{_SCHOOL_ZH[sort]}")
            en.append(f"{town[i][2]} {_SCHOOL_EN[sort]} {number + 1}")
        elif name in ("outdoors", "sampling_point", "quarantine_site", "canteen", "hospital", "care_home"):
            zh.append(f"{town[i][1]}{kind_zh}{number + 1}号")
            en.append(f"{town[i][2]} {kind_en} {number + 1}")
        else:
            firm = parts.firms[word[i]]
            zh.append(f"{firm[0]}{kind_zh}{number + 1}号")
            en.append(f"{firm[1]} {kind_en} {number + 1}")
    return zh, en


def people(count: int, household: Ints, male: np.ndarray, seed: int) -> Iterator[pa.RecordBatch]:
    """Batches of (person, name): a surname mostly shared at home, and one or two given characters.

    The people are invented, and so are their names; there are no ID numbers and no telephones.
    """
    parts = read()
    surnames = pa.array(list(parts.surnames))
    pools = pa.array(list(parts.women + parts.men))
    for block, start in enumerate(range(0, count, BATCH)):
        rows = np.arange(start, min(start + BATCH, count))
        draw = stream(seed, "names", block).random((4, rows.size))
        own = np.where(draw[0] < 0.35, draw[1], fixed(household[rows], seed, "surname"))
        surname = (own**1.6 * len(parts.surnames)).astype(np.int64)
        offset = np.where(male[rows], len(parts.women), 0)
        width = np.where(male[rows], len(parts.men), len(parts.women))
        given = [offset + (draw[i] * width).astype(np.int64) for i in (2, 3)]
        second = pc.if_else(pa.array(draw[0] * 7 % 1 < 0.8), pools.take(pa.array(given[1])), "")
        name = pc.binary_join_element_wise(
            surnames.take(pa.array(surname)), pools.take(pa.array(given[0])), second, ""
        )
        yield pa.record_batch({"person": pa.array(rows + 1), "name": name})
