"""When? An instant expression: a named instant, or the earliest or latest of several, and a shift.

    onset - 4d
    earliest(onset, first_positive.sampled) - 2d
    isolated

Days are civil days in the edition's zone, so a shift in days gives the start of a civil day; hours
are elapsed hours. Nothing else does arithmetic with time.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from ringfence.errors import ProtocolError

_FORM = re.compile(r"(?:(earliest|latest)\(([^()]+)\)|([\w.]+))\s*(?:([+-])\s*(\d+)\s*([hd]))?")


@dataclass(frozen=True)
class Instant:
    """The earliest or latest of some named instants, shifted by whole hours or civil days."""

    anchors: tuple[str, ...]
    pick: str = "earliest"
    shift: int = 0
    unit: str = ""


def parse_instant(text: str, known: Collection[str]) -> Instant:
    """The instant a text stands for; ProtocolError says what would be right.

    >>> parse_instant("onset - 4d", ["onset"])
    Instant(anchors=('onset',), pick='earliest', shift=-4, unit='d')
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ProtocolError(f'"{text}" is not an instant; write one like "onset - 4d" or "isolated"')
    pick, several, one, sign, count, unit = found.groups()
    anchors = tuple(part.strip() for part in (several or one).split(","))
    for anchor in anchors:
        if anchor not in known:
            raise ProtocolError(f'"{text}": {anchor} is not one of {", ".join(known)}')
    shift = int(count or 0) * (-1 if sign == "-" else 1)
    return Instant(anchors, pick or "earliest", shift, unit or "")
