"""Which civil day is it, and when does a civil day begin? Worked out from the protocol's offsets.

Civil days belong to the edition's zone, not to the machine or the database session; the offsets are a
table in the protocol, so the same expression gives the same day on any engine.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.protocol.instants import Instant

Offsets = Sequence[tuple[datetime, int]]
_Reached = Callable[[datetime, int], ir.BooleanValue]


def day_of(instant: ir.TimestampValue, offsets: Offsets) -> ir.DateValue:
    """The civil day an instant falls on."""
    return (instant + _seconds(offsets, lambda begin, _: instant >= begin)).date()


def start_of(day: ir.DateValue, offsets: Offsets) -> ir.Value:
    """The instant a civil day begins."""
    midnight = day.cast("timestamp")
    return midnight - _seconds(
        offsets, lambda begin, seconds: midnight - ibis.interval(seconds=seconds) >= begin
    )


def _seconds(offsets: Offsets, reached: _Reached) -> ir.IntervalValue:
    first = offsets[0][1]
    if len(offsets) == 1:
        return ibis.interval(seconds=first)
    steps = [(reached(begin, seconds), seconds) for begin, seconds in reversed(offsets[1:])]
    return ibis.cases(*steps, else_=first).as_interval("s")


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
