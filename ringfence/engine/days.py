"""Which civil day is it, and when does a civil day begin? Worked out from the protocol's offsets.

Civil days belong to the edition's zone, not to the machine or the database session; the offsets are a
table in the protocol, so the same expression gives the same day on any engine.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir

from ringfence.protocol.instants import Instant, Shifted

Offsets = Sequence[tuple[datetime, int]]


def day_of(instant: ir.TimestampValue, offsets: Offsets) -> ir.DateValue:
    """The civil day an instant falls on."""
    return (instant + _seconds(instant, [begin for begin, _ in offsets], offsets)).date()


def start_of(day: ir.DateValue, offsets: Offsets) -> ir.Value:
    """The instant a civil day begins."""
    midnight = day.cast("timestamp")
    # A midnight is in the new time from the clock reading at which that begins.
    local = [begin + timedelta(seconds=seconds) for begin, seconds in offsets[1:]]
    return midnight - _seconds(midnight, [offsets[0][0], *local], offsets)


def _seconds(reading: ir.TimestampValue, begins: Sequence[datetime], offsets: Offsets) -> ir.IntervalValue:
    """How far local time is ahead of UTC at a reading, the last of the steps it has reached.

    The reading stands in the expression once: a branch a step would double it with every step, and days
    of days many times over.
    """
    if len(offsets) == 1:
        return ibis.interval(seconds=offsets[0][1])
    steps = ibis.array([ibis.literal(begin, "timestamp(6)") for begin in begins[1:]])
    reached = steps.filter(lambda begin: begin <= reading).length()
    return ibis.array([seconds for _, seconds in offsets])[reached].as_interval("s")


def when(
    instant: Instant,
    anchors: Mapping[str, ir.TimestampValue],
    days: Mapping[str, ir.DateValue],
    offsets: Offsets,
) -> ir.Value:
    """The instant an expression stands for, given instants and civil days by name; unknown where all are.

    A shift in days, weeks or months moves the civil day and gives its start; a shift in hours is elapsed
    time.
    """
    named = [_shifted(part, anchors, days, offsets) for part in instant.parts]
    if len(named) == 1:
        return named[0]
    return ibis.least(*named) if instant.pick == "earliest" else ibis.greatest(*named)


def _shifted(
    part: Shifted,
    anchors: Mapping[str, ir.TimestampValue],
    days: Mapping[str, ir.DateValue],
    offsets: Offsets,
) -> ir.Value:
    if not part.unit or part.unit == "h":
        named = start_of(days[part.anchor], offsets) if part.anchor in days else anchors[part.anchor]
        return named + ibis.interval(hours=part.shift) if part.shift else named
    day = days[part.anchor] if part.anchor in days else day_of(anchors[part.anchor], offsets)
    return start_of(later(day, part.shift, part.unit), offsets)


def later(day: ir.DateValue, shift: int, unit: str) -> ir.DateValue:
    """A civil day so many days (d), weeks (w) or months (mo) later, or earlier.

    A month from a day its month does not have ends on that month's last day.
    """
    moved = {"d": "days", "w": "weeks", "mo": "months"}[unit]
    return (day + ibis.interval(**{moved: shift})).cast("date")
