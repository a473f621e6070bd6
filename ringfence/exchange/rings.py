"""How are the people around a case drawn: who met them in the inner ring, who met those in the outer?

A slice for each place they met in, as wide as it needs for all its people to be seen.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ringfence.exchange.speech import Text

SIZE = 1000.0
_MIDDLE = SIZE / 2
_BANDS = {1: (130.0, 285.0), 2: (320.0, 450.0)}
_NAMES = 472.0
_WIDEST, _FINEST = 34.0, 3.0
_ROOM = 0.9
"""Of a slice's area, as dots in rows fill it; the rest is its rims."""
_MOST_TIES = 400


@dataclass(frozen=True)
class Around:
    """Somebody around a case: their ring, class (empty where they are of none), whether they are a case as
    well, the slice they stand in, whom they met in ring 2, and what is told of them."""

    person: str
    ring: int
    kind: str
    infected: bool
    slice: int
    via: str
    title: Text


@dataclass(frozen=True)
class Dot:
    """Somebody on paper."""

    x: float
    y: float
    kind: str
    infected: bool
    title: Text


@dataclass(frozen=True)
class Slice:
    """A slice: its rims from the middle, its name, and where that stands."""

    path: str
    name: Text
    x: float
    y: float
    people: int


@dataclass(frozen=True)
class Rings:
    """Everyone around one case."""

    radius: float
    slices: tuple[Slice, ...]
    dots: tuple[Dot, ...]
    ties: tuple[tuple[float, float, float, float], ...]


def rings(people: Sequence[Around], names: Sequence[Text]) -> Rings | None:
    """The drawing; None where there is nobody. `names` are those of the slices, by number."""
    used = sorted({one.slice for one in people})
    if not used:
        return None
    counts = {number: [_count(people, number, ring) for ring in (1, 2)] for number in used}
    wanted = {n: max(counts[n][0] / _area(1), counts[n][1] / _area(2), 0.04 / _area(1)) for n in used}
    whole = sum(wanted.values())
    pitch = min(_WIDEST, max(_FINEST, math.sqrt(_ROOM / whole) if whole else _WIDEST))
    slices: list[Slice] = []
    dots: dict[str, Dot] = {}
    since = -math.pi / 2
    for number in used:
        wide = 2 * math.pi * wanted[number] / whole
        for ring in (1, 2):
            some = [one for one in people if one.slice == number and one.ring == ring]
            dots |= _placed(some, (since, wide), _BANDS[ring], pitch)
        slices.append(_slice(since, wide, names[number], sum(counts[number]), len(used) == 1))
        since += wide
    return Rings(round(max(pitch * 0.38, 1.6), 1), tuple(slices), tuple(dots.values()), _ties(people, dots))


def _count(people: Sequence[Around], number: int, ring: int) -> int:
    return sum(one.slice == number and one.ring == ring for one in people)


def _area(ring: int) -> float:
    inner, outer = _BANDS[ring]
    return math.pi * (outer**2 - inner**2)


def _placed(
    people: Sequence[Around], across: tuple[float, float], band: tuple[float, float], pitch: float
) -> dict[str, Dot]:
    """The people of a slice in rows from the inside out, as few as hold them, in the middle of the band."""
    since, wide = across
    most = max(1, int((band[1] - band[0]) // pitch))
    found: dict[str, Dot] = {}
    radii = next(
        (r for n in range(1, most) if _room(r := _radii(band, pitch, n), wide, pitch) >= len(people)),
        _radii(band, pitch, most),
    )
    left = list(people)
    for row, radius in enumerate(radii):
        share = -(-len(left) * radius // sum(radii[row:]))
        some = left[: int(share)]
        left = left[len(some) :]
        step = wide / max(len(some), 1)
        for n, one in enumerate(some):
            turn = since + step * (n + 0.5)
            x, y = _at(radius, turn)
            found[one.person] = Dot(x, y, one.kind or "none", one.infected, one.title)
    return found


def _radii(band: tuple[float, float], pitch: float, rows: int) -> list[float]:
    middle = (band[0] + band[1]) / 2
    return [middle + pitch * (row - (rows - 1) / 2) for row in range(rows)]


def _room(radii: Sequence[float], wide: float, pitch: float) -> int:
    return sum(int(radius * wide // pitch) for radius in radii)


def _at(radius: float, turn: float) -> tuple[float, float]:
    return round(_MIDDLE + radius * math.cos(turn), 1), round(_MIDDLE + radius * math.sin(turn), 1)


def _slice(since: float, wide: float, name: Text, people: int, alone: bool) -> Slice:
    inner, outer = _BANDS[1][0] - 12, _BANDS[2][1] + 4
    until = since + wide
    path = (
        ""
        if alone
        else "".join("M{} {}L{} {}".format(*_at(inner, turn), *_at(outer, turn)) for turn in (since, until))
    )
    x, y = _at(_NAMES, since + wide / 2)
    return Slice(path, name, x, y, people)


def _ties(people: Sequence[Around], dots: dict[str, Dot]) -> tuple[tuple[float, float, float, float], ...]:
    """From each close contact to whom they met in turn; left out where they would cover the drawing."""
    ties = [
        (dots[one.via].x, dots[one.via].y, dots[one.person].x, dots[one.person].y)
        for one in people
        if one.ring == 2 and one.via in dots
    ]
    return tuple(ties) if len(ties) <= _MOST_TIES else ()
