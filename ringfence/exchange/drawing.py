"""Where on the paper does a place on the ground go, and how do markers make room for each other?"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any as Anything

from ringfence.exchange.speech import Text

WIDTH = 1000.0
_PASSES = 80
Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""


@dataclass(frozen=True)
class Shape:
    """The outline of an area as an SVG path, and where its name goes."""

    code: str
    name: Text
    path: str
    x: float
    y: float
    level: str = ""
    """The level of the zone that covers all of it; empty where there is none."""


@dataclass(frozen=True)
class Marker:
    """A mark for cases or a zone: where it is drawn, what it marks, and the view it opens."""

    kind: str
    label: str
    title: Text
    view: int
    x: float
    y: float
    at_x: float
    at_y: float


@dataclass(frozen=True)
class Circle:
    """How far a round has come in a town: its size by people, its filled part by share sampled."""

    x: float
    y: float
    radius: float
    slice: str
    title: Text
    view: int
    label: str


@dataclass(frozen=True)
class Map:
    """The city, and a close-up of where the cases and zones are (`frame` shows it in the city)."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    circles: tuple[Circle, ...]
    markers: tuple[Marker, ...]
    close: "Map | None" = None
    frame: Box | None = None
    legend: tuple[tuple[str, str, Text, int], ...] = ()
    """Number, kind, words and view of each numbered marker."""
    scale_km: int = 0
    scale_width: float = 0.0


@dataclass(frozen=True)
class Sheet:
    """A piece of paper: which degrees it shows, and how large."""

    west: float
    north: float
    across: float
    height: float

    def put(self, lon: float, lat: float) -> Point:
        """Where a place goes: equal lengths at the middle of the sheet, north up."""
        return round((lon - self.west) * self.across, 1), round((self.north - lat) * self.down, 1)

    @property
    def down(self) -> float:
        """Units of paper for a degree of latitude."""
        return self.across / math.cos(math.radians(self.north))

    def width_of(self, kilometres: float) -> float:
        """Units of paper for a distance; a degree of latitude is 111.32 km."""
        return round(kilometres / 111.32 * self.down, 1)


def sheet(box: Box, margin: float = 0.04) -> Sheet:
    """A sheet that holds a box, with a margin of so much of its width."""
    west, south, east, north = box
    rim = margin * max(east - west, north - south, 0.01)
    across = WIDTH / (east - west + 2 * rim)
    paper = Sheet(west - rim, north + rim, across, 0.0)
    return replace(paper, height=round((north - south + 2 * rim) * paper.down, 1))


def box_of(points: Iterable[Point]) -> Box:
    """The box around points of longitude and latitude."""
    lons, lats = zip(*points, strict=True)
    return min(lons), min(lats), max(lons), max(lats)


def rings(geometry: Mapping[str, Anything]) -> list[Sequence[Point]]:
    """The rings of a GeoJSON polygon or multipolygon."""
    parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [ring for part in parts for ring in part]


def path(geometry: Mapping[str, Anything], paper: Sheet) -> str:
    """A polygon as an SVG path, leaving out points that fall on the one before."""
    said: list[str] = []
    for ring in rings(geometry):
        points = [paper.put(*point) for point in ring]
        kept = [point for n, point in enumerate(points) if n == 0 or math.dist(point, points[n - 1]) >= 1]
        said.append("M" + "L".join(f"{x:g} {y:g}" for x, y in kept) + "Z")
    return "".join(said)


def slice_of(x: float, y: float, radius: float, share: float) -> str:
    """A part of a disc as an SVG path, clockwise from the top; a whole disc is two halves."""
    if share <= 0:
        return ""
    if share >= 1:
        half = f"A{radius} {radius} 0 1 1 {x}"
        return f"M{x} {y - radius}{half} {y + radius}{half} {y - radius}Z"
    angle = 2 * math.pi * share
    to_x, to_y = round(x + radius * math.sin(angle), 1), round(y - radius * math.cos(angle), 1)
    far = int(share > 1 / 2)
    return f"M{x} {y}L{x} {round(y - radius, 1)}A{radius} {radius} 0 {far} 1 {to_x} {to_y}Z"


def apart(markers: Sequence[Marker], gap: float, paper: Sheet) -> tuple[Marker, ...]:
    """The markers moved until none lies on another; each keeps the place it marks."""
    points = [[marker.x, marker.y] for marker in markers]
    for _ in range(_PASSES):
        if not any([_pushed(points, n, m, gap) for m in range(len(points)) for n in range(m)]):
            break
    return tuple(
        replace(
            marker,
            x=round(min(max(x, gap), WIDTH - gap), 1),
            y=round(min(max(y, gap), paper.height - gap), 1),
        )
        for marker, (x, y) in zip(markers, points, strict=True)
    )


def _pushed(points: list[list[float]], n: int, m: int, gap: float) -> bool:
    """Push two points apart by half of what they lack; says whether it had to."""
    over_x, over_y = points[m][0] - points[n][0], points[m][1] - points[n][1]
    far = math.hypot(over_x, over_y)
    if far >= gap:
        return False
    if far < 1:
        turn = 2.4 * (n + 3 * m)  # a fixed direction for each pair that lies on one spot
        over_x, over_y, far = math.cos(turn), math.sin(turn), 1.0
    move = (gap - far) / 2 / far
    points[n][0] -= over_x * move
    points[n][1] -= over_y * move
    points[m][0] += over_x * move
    points[m][1] += over_y * move
    return True


def outlines(geojson: str) -> list[Mapping[str, Anything]]:
    """The features of a GeoJSON text; each has the properties code and name_zh."""
    return json.loads(geojson)["features"]
