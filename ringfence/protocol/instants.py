"""When? An instant expression: a named instant, or the earliest or latest of several, and shifts.

    onset - 4d
    earliest(onset, first_positive.sampled) - 2d
    latest(onset + 10d, recovered + 3d)
    isolated

Days, weeks and months are civil, in the edition's zone, so a shift by them gives the start of a civil
day; hours are elapsed hours. Nothing else does arithmetic with time.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from ringfence.errors import ProtocolError

UNITS = ("h", "d", "w", "mo")
_SHIFT = r"\s*(?:([+-])\s*(\d+)\s*(mo|h|d|w))?"
_FORM = re.compile(rf"(?:(earliest|latest)\(([^()]+)\)|([\w.]+)){_SHIFT}")
_PART = re.compile(rf"([\w.]+){_SHIFT}")


@dataclass(frozen=True)
class Shifted:
    """A named instant, moved by whole hours or by civil days, weeks or months."""

    anchor: str
    shift: int = 0
    unit: str = ""

    def __str__(self) -> str:
        sign = "-" if self.shift < 0 else "+"
        return f"{self.anchor} {sign} {abs(self.shift)}{self.unit}" if self.unit else self.anchor


@dataclass(frozen=True)
class Instant:
    """The earliest or latest of some named instants, each with its shift."""

    parts: tuple[Shifted, ...]
    pick: str = "earliest"

    @property
    def anchors(self) -> tuple[str, ...]:
        """The instants it names."""
        return tuple(part.anchor for part in self.parts)

    def __str__(self) -> str:
        parts = ", ".join(map(str, self.parts))
        return parts if len(self.parts) == 1 else f"{self.pick}({parts})"


def parse_instant(text: str, known: Collection[str]) -> Instant:
    """The instant a text stands for; ProtocolError says what would be right.

    >>> parse_instant("onset - 4d", ["onset"])
    Instant(parts=(Shifted(anchor='onset', shift=-4, unit='d'),), pick='earliest')
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise _unread(text)
    pick, several, one, sign, count, unit = found.groups()
    parts = [_part(part, text, known) for part in (several.split(",") if several else [one])]
    if unit:
        if any(part.unit for part in parts):
            raise ProtocolError(f'"{text}" shifts the whole and its parts; shift one or the other')
        # The order of civil days is that of their instants: shifting all of them shifts the picked one.
        parts = [replace(part, shift=_count(sign, count), unit=unit) for part in parts]
    return Instant(tuple(parts), pick or "earliest")


def _part(text: str, whole: str, known: Collection[str]) -> Shifted:
    found = _PART.fullmatch(text.strip())
    if found is None:
        raise _unread(whole)
    anchor, sign, count, unit = found.groups()
    if anchor not in known:
        raise ProtocolError(f'"{whole}": {anchor} is not one of {", ".join(known)}')
    return Shifted(anchor, _count(sign, count), unit or "")


def _count(sign: str | None, count: str | None) -> int:
    return int(count or 0) * (-1 if sign == "-" else 1)


def _unread(text: str) -> ProtocolError:
    return ProtocolError(f'"{text}" is not an instant; write one like "onset - 4d" or "isolated"')
