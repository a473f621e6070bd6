"""Where is everything in Wuxi? The real division tree, and invented middles inside real district outlines."""

import csv
import io
import json
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import pyarrow as pa
import shapely
from shapely.geometry import shape as geometry

from ringfence.city.chance import Floats, Ints, stream
from ringfence.tables.facts import AREA

CITY = "3202"
SOURCE = "statistical divisions, 2023 edition"
ALIASES = (("320205990", "云林街道", "Yunlin Subdistrict", "320205400"),)
"""Towns that people name but the statistical tree files under another code: (code, names, code in force).

云林街道 has no statistical code; its communities stand under 320205400. Its code here is invented."""
_TRIED = 4000


@dataclass(frozen=True)
class Divisions:
    """Province, city, districts, towns and communities, each level in order of code."""

    top: list[tuple[str, str, str]]
    districts: list[tuple[str, str, str]]
    towns: list[tuple[str, str, str]]
    communities: list[tuple[str, str, str]]
    town_district: Ints
    community_town: Ints
    district_at: Floats
    town_at: Floats
    community_at: Floats


def read(seed: int) -> Divisions:
    """The tree that ships with Ringfence, with a middle (longitude, latitude) for each area."""
    levels: dict[int, list[tuple[str, str, str]]] = {2: [], 4: [], 6: [], 9: [], 12: []}
    for row in csv.DictReader(io.StringIO(_text("wuxi_divisions.csv"))):
        levels[len(row["code"])].append((row["code"], row["name_zh"], row["name_en"]))
    districts, towns, communities = levels[6], levels[9], levels[12]
    place_of = {code: i for level in (districts, towns) for i, (code, _, _) in enumerate(level)}
    town_district = np.array([place_of[code[:6]] for code, _, _ in towns])
    community_town = np.array([place_of[code[:9]] for code, _, _ in communities])
    outlines = _outlines()
    town_at, community_at = np.zeros((len(towns), 2)), np.zeros((len(communities), 2))
    middles: list[Floats] = []
    for i, (code, _, _) in enumerate(districts):
        points = _points_in(outlines[code], seed, i)
        middles.append(points.mean(axis=0))
        _settle(points, np.flatnonzero(town_district == i), community_town, town_at, community_at)
    return Divisions(
        levels[2] + levels[4], districts, towns, communities, town_district, community_town,
        np.array(middles), town_at, community_at,
    )  # fmt: skip


def real_areas() -> pa.Table:
    """The real tree as facts, without invented middles: province, city, districts, towns, communities."""
    rows = [
        {"area": row["code"], "name_zh": row["name_zh"], "name_en": row["name_en"], "source": SOURCE}
        for row in csv.DictReader(io.StringIO(_text("wuxi_divisions.csv")))
    ]
    return pa.Table.from_pylist(rows, schema=AREA.schema)


def _text(name: str) -> str:
    return files("ringfence.city").joinpath("data", name).read_text(encoding="utf-8")


def _outlines() -> dict[str, shapely.Geometry]:
    features = json.loads(_text("wuxi_districts.geojson"))["features"]
    return {feature["properties"]["code"]: geometry(feature["geometry"]) for feature in features}


def _points_in(outline: shapely.Geometry, seed: int, block: int) -> Floats:
    """Random points inside an outline."""
    west, south, east, north = outline.bounds
    draws = stream(seed, "points", block).random((_TRIED, 2))
    points = np.array([west, south]) + draws * np.array([east - west, north - south])
    return points[shapely.contains_xy(outline, points[:, 0], points[:, 1])]


def _settle(points: Floats, towns: Ints, community_town: Ints, town_at: Floats, community_at: Floats) -> None:
    """Towns far from each other among the points; communities far from each other around their town."""
    town_at[towns] = points[_far_apart(points, towns.size)]
    nearest = ((points[:, None, :] - town_at[towns][None, :, :]) ** 2).sum(axis=2).argmin(axis=1)
    for i, town in enumerate(towns):
        around = points[nearest == i]
        members = np.flatnonzero(community_town == town)
        near = ((around - town_at[town]) ** 2).sum(axis=1).argsort(kind="stable")
        around = around[near[: max(members.size * 2, 12)]]
        chosen = _far_apart(around, min(members.size, len(around)))
        community_at[members] = around[np.resize(chosen, members.size)]


def _far_apart(points: Floats, count: int) -> Ints:
    """`count` of the points, each as far as can be from those before it (Gonzalez 1985)."""
    chosen = [0]
    away = ((points - points[0]) ** 2).sum(axis=1)
    for _ in range(count - 1):
        chosen.append(int(away.argmax()))
        away = np.minimum(away, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
    return np.array(chosen[:count], dtype=np.int64)
