"""Where was a case, day by day, and for how long is nothing known? Bars and gaps on paper."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from ringfence.exchange.speech import Text, span

LEFT, WIDTH = 92.0, 960.0
LANE, SPACE, HEAD = 22.0, 12.0, 26.0
MINUTES_PER_HOUR, MINUTES_PER_DAY, SECONDS_PER_MINUTE = 60, 1440, 60
_LEAST_WIDTH = 3.0
_NAMED_GAP = 2 * MINUTES_PER_HOUR
"""Shorter gaps are drawn without their length."""


@dataclass(frozen=True)
class Stop:
    """A time in a place, on the local clock: the place's number on the page, what is told of it, and whether
    nobody, somebody or a close contact was met (`alone`, `met`, `close`); a scan has no end."""

    begin: datetime
    end: datetime | None
    number: int
    kind: str
    title: Text


@dataclass(frozen=True)
class Bar:
    """A stop on paper, or a gap (`kind` gap); what is written in it, where there is room."""

    kind: str
    x: float
    y: float
    width: float
    label: Text
    title: Text


@dataclass(frozen=True)
class Row:
    """A civil day."""

    label: str
    y: float
    height: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Timeline:
    """The days of a window, one below another."""

    height: float
    rows: tuple[Row, ...] = field(default=())
    hours: tuple[tuple[int, float], ...] = tuple(
        (hour, LEFT + WIDTH * hour / 24) for hour in (0, 6, 12, 18, 24)
    )


def timeline(begin: datetime, end: datetime, stops: Sequence[Stop]) -> Timeline:
    """The days of a window from beginning to end (local), with stops, and gaps where nothing is known.

    Stops at once stand below one another.
    """
    rows: list[Row] = []
    top = HEAD
    day = begin.date()
    while datetime.combine(day, time()) < end:
        start = datetime.combine(day, time())
        stop = start + timedelta(days=1)
        inside = (max(begin, start), min(end, stop))
        mine = [one for one in stops if one.begin < inside[1] and (one.end or one.begin) >= inside[0]]
        row = _row(start, inside, mine, top)
        rows.append(row)
        top += row.height + SPACE
        day += timedelta(days=1)
    return Timeline(round(top, 1), tuple(rows))


def _row(start: datetime, inside: tuple[datetime, datetime], stops: Sequence[Stop], top: float) -> Row:
    lanes: list[datetime] = []
    bars: list[Bar] = []
    for stop in sorted(stops, key=lambda one: (one.begin, one.number)):
        lane = next((n for n, until in enumerate(lanes) if until <= stop.begin), len(lanes))
        until = stop.end or stop.begin
        lanes[lane:] = [until, *lanes[lane + 1 :]]
        first, last = max(stop.begin, inside[0]), min(until, inside[1])
        x, width = _across(start, first, last)
        label = str(stop.number) if width >= 6 + 7 * len(str(stop.number)) else ""
        bars.append(Bar(stop.kind, x, round(top + LANE * lane, 1), width, (label, label), stop.title))
    height = LANE * max(1, len(lanes))
    gaps = [_gap(start, gap, top) for gap in gaps_of(inside, stops)]
    return Row(f"{start:%m-%d}", round(top, 1), height, (*gaps, *bars))


def gaps_of(inside: tuple[datetime, datetime], stops: Sequence[Stop]) -> list[tuple[datetime, datetime]]:
    """The times of a span in which no stop is."""
    found: list[tuple[datetime, datetime]] = []
    reached = inside[0]
    for stop in sorted(stops, key=lambda one: one.begin):
        if stop.begin > reached:
            found.append((reached, min(stop.begin, inside[1])))
        reached = max(reached, stop.end or stop.begin)
    if reached < inside[1]:
        found.append((reached, inside[1]))
    return found


def _gap(start: datetime, gap: tuple[datetime, datetime], top: float) -> Bar:
    x, width = _across(start, *gap)
    minutes = int((gap[1] - gap[0]).total_seconds() // SECONDS_PER_MINUTE)
    length = span(minutes)
    label = length if minutes >= _NAMED_GAP else ("", "")
    times = f"{gap[0]:%H:%M}–{gap[1]:%H:%M}"
    return Bar(
        "gap",
        x,
        round(top, 1),
        width,
        label,
        (f"{times} 无记录({length[0]})", f"{times} no record ({length[1]})"),
    )


def _across(start: datetime, first: datetime, last: datetime) -> tuple[float, float]:
    minute = WIDTH / MINUTES_PER_DAY
    since = (first - start).total_seconds() / SECONDS_PER_MINUTE
    long = max((last - first).total_seconds() / SECONDS_PER_MINUTE, 0)
    return round(LEFT + since * minute, 1), round(max(long * minute, _LEAST_WIDTH), 1)
