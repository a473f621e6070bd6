"""Which map goes with a sheet: districts, zones, where cases live and were, how far the round has come?"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any as Anything

from ringfence.areas import at_level, level
from ringfence.exchange.drawing import (
    Box,
    Circle,
    Map,
    Marker,
    Point,
    Shape,
    Sheet,
    apart,
    box_of,
    path,
    rings,
    sheet,
    slice_of,
)  # fmt: skip
from ringfence.exchange.speech import Speech, Text

_GAP = 46.0
_LARGEST = 34.0
_FINEST = "grid"
"""Nothing is placed more finely than its compound: never a building, never a door."""
_LEAST_CLOSE = 0.06
_SCALES = (50, 20, 10, 5, 2, 1)


@dataclass(frozen=True)
class Ground:
    """What is known of the ground: district outlines (GeoJSON features) and the middles of areas."""

    outlines: Sequence[Mapping[str, Anything]]
    middles: Mapping[str, Point]

    def middle(self, code: str) -> Point | None:
        """The middle of an area's compound, else of the next coarser area that has one."""
        for wanted in (_FINEST, "community", "town", "district"):
            above = at_level(code, wanted)
            if above in self.middles:
                return self.middles[above]
        return None


@dataclass(frozen=True)
class Spot:
    """Something to mark: kind is case, or a zone's level, with " proposed" where it is not declared."""

    kind: str
    area: str
    count: int
    name: Text
    view: int


@dataclass(frozen=True)
class Town:
    """How far the round has come in a town."""

    area: str
    expected: int
    sampled: int
    view: int


def chart(ground: Ground, spots: Sequence[Spot], towns: Sequence[Town], speech: Speech) -> Map | None:
    """The map of a sheet; None where nothing has a place on the ground."""
    corners = [point for shape in ground.outlines for ring in rings(shape["geometry"]) for point in ring]
    corners += [place for town in towns if (place := ground.middles.get(town.area))]
    points = [place for spot in spots if not _whole(spot) and (place := ground.middle(spot.area))]
    if not corners and not points:
        return None
    paper = sheet(box_of([*((lon, lat) for lon, lat, *_ in corners), *points]))
    close = _close_up(points)
    inset = _drawn(sheet(close), ground, spots, towns, speech) if close else None
    city = _drawn(paper, ground, [], towns, speech)
    whole = [spot for spot in spots if _whole(spot)]
    shapes = _shapes(ground, whole, paper, speech)
    if inset is None or close is None:
        return Map(**{**_fields(city), "shapes": shapes})
    near = Map(**{**_fields(inset), "shapes": _shapes(ground, whole, sheet(close), speech)})
    west, north = paper.put(close[0], close[3])
    east, south = paper.put(close[2], close[1])
    frame = (west, north, round(east - west, 1), round(south - north, 1))
    return Map(**{**_fields(city), "shapes": shapes, "close": near, "frame": frame})


def _fields(drawn: Map) -> dict[str, Anything]:
    return {name: getattr(drawn, name) for name in Map.__dataclass_fields__}


def _whole(spot: Spot) -> bool:
    return spot.kind != "case" and level(spot.area) in ("province", "city", "district")


def _close_up(points: Sequence[Point]) -> Box | None:
    if not points:
        return None
    west, south, east, north = box_of(points)
    rim = max(0.12 * max(east - west, north - south), _LEAST_CLOSE / 2)
    return west - rim, south - rim, east + rim, north + rim


def _drawn(paper: Sheet, ground: Ground, spots: Sequence[Spot], towns: Sequence[Town], speech: Speech) -> Map:
    markers = apart(_markers(paper, ground, spots), _GAP, paper)
    scale = next((one for one in _SCALES if paper.width_of(one) <= 250), 1)
    return Map(
        width=1000.0,
        height=paper.height,
        shapes=(),
        circles=_circles(paper, ground, towns, speech),
        markers=markers,
        legend=tuple((marker.label, marker.kind, marker.title, marker.view) for marker in markers),
        scale_km=scale,
        scale_width=paper.width_of(scale),
    )


def _shapes(ground: Ground, whole: Sequence[Spot], paper: Sheet, speech: Speech) -> tuple[Shape, ...]:
    shapes: list[Shape] = []
    for feature in ground.outlines:
        code = feature["properties"]["code"]
        kind = next((spot.kind for spot in whole if code.startswith(spot.area)), "")
        name = speech.names.get(code, (feature["properties"]["name_zh"], code))
        middle = ground.middles.get(code)
        x, y = paper.put(*middle) if middle else (0.0, 0.0)
        shapes.append(Shape(code, name, path(feature["geometry"], paper), x, y, kind))
    return tuple(shapes)


def _markers(paper: Sheet, ground: Ground, spots: Sequence[Spot]) -> list[Marker]:
    markers: list[Marker] = []
    number = 0
    for spot in spots:
        place = ground.middle(spot.area)
        if place is None or _whole(spot):
            continue
        x, y = paper.put(*place)
        if spot.kind == "case":
            label = str(spot.count)
        else:
            number += 1
            label = str(number)
        markers.append(Marker(spot.kind, label, spot.name, spot.view, x, y, x, y))
    return markers


def _circles(paper: Sheet, ground: Ground, towns: Sequence[Town], speech: Speech) -> tuple[Circle, ...]:
    most = max((town.expected for town in towns), default=1)
    circles: list[Circle] = []
    for town in sorted(towns, key=lambda town: (-town.expected, town.area)):
        place = ground.middles.get(town.area)
        if place is None or not town.expected:
            continue
        x, y = paper.put(*place)
        if not (0 <= x <= 1000 and 0 <= y <= paper.height):
            continue
        radius = round(max(8.0, _LARGEST * math.sqrt(town.expected / most)), 1)
        share = town.sampled / town.expected
        zh, en = speech.area(town.area)
        said = f"{town.sampled:,} / {town.expected:,} ({100 * town.sampled // town.expected}%)"
        name = speech.names.get(town.area, ("", ""))
        circles.append(
            Circle(x, y, radius, slice_of(x, y, radius, share),
                   (f"{zh}:已采 {said}", f"{en}: sampled {said}"), town.view, name[0])
        )  # fmt: skip
    return tuple(circles)
