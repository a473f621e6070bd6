"""Which civil day is it, and when does a civil day begin? Worked out from the protocol's offsets.

Civil days belong to the edition's zone, not to the machine or the database session; the offsets are a
table in the protocol, so the same expression gives the same day on any engine.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir

from ringfence.protocol.instants import Instant

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

    A shift in days moves the civil day and gives its start; a shift in hours is elapsed time.
    """
    named = [start_of(days[name], offsets) if name in days else anchors[name] for name in instant.anchors]
    if len(named) == 1:
        found = named[0]
    else:
        found = ibis.least(*named) if instant.pick == "earliest" else ibis.greatest(*named)
    if instant.unit == "d":
        return start_of(day_of(found, offsets) + ibis.interval(days=instant.shift), offsets)
    if instant.unit == "h":
        return found + ibis.interval(hours=instant.shift)
    return found
