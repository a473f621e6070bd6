"""Whose visits met whose? Compiled searches through the arrays of one segment of the contact index.

Nothing is compiled on import: each search is, once, when it is first called, and kept for later runs.

Within the kernels a visit lasts from `enter` until before its end, in microseconds UTC. A scan without an
end is given one microsecond, so that one test serves all: two visits meet where each begins before the
other ends. That is what the Ibis expression of `engine.exposures` says of stays and of scans.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Array = npt.NDArray[Any]
Number = int | np.integer[Any]
F = TypeVar("F", bound=Callable[..., Any])

BLOCK = 64
"""Rows whose latest end is kept as one number, so that a search can pass them by."""
MICROSECONDS_PER_MINUTE = 60_000_000
_FIRST_ROOM = 256


def compiled(function: F) -> F:
    """A function compiled when it is first called, without the interpreter's lock.

    The code is kept beside the source or, where that cannot be written, in the user's cache; where
    there is neither, it is compiled anew in each run.
    """
    try:
        kernel = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:
        kernel = numba.njit(nogil=True)(function)
    return cast(F, kernel)


def inlined(function: F) -> F:
    """A small part of kernels, put into each: a call would hand over every array of a segment."""
    return cast(F, numba.njit(nogil=True, forceinline=True)(function))


class Arrays(NamedTuple):
    """The arrays of a segment, and the numbers that say what is in them.

    `rows` has a record a visit, by place, enter and person: person (code), enter and stay (in ticks of
    `tick` microseconds since `base`; a scan's stay is `scan`), part and row (`absent` where unknown).
    The rows of place i (`places`, ascending) are `starts[i]` to `starts[i + 1]`. The rows of the people
    with codes of one bucket (code >> `shift`) are `order[buckets[b]:buckets[b + 1]]`, by code and enter.
    Of each block of rows `reaches` has the latest end and `firsts` the first row's place. The first row
    begins at `begin`, the last at `last`, and all have ended by `end`. The rows that
    end after `reach` stand once more in `late` (ascending, their places in `late_places`) and in
    `late_order` (by code and enter, the codes in `late_people`): whoever asks about a time from `reach`
    on need not look at the others.
    """

    rows: Array
    places: Ints
    starts: Array
    buckets: Array
    order: Array
    reaches: Ints
    firsts: Array
    late: Array
    late_places: Array
    late_order: Array
    late_people: Array
    base: int
    tick: int
    scan: int
    absent: int
    shift: int
    begin: int
    last: int
    reach: int
    end: int


class Visits(NamedTuple):
    """Visits of a segment by position: `end` is the beginning where `scan` is 1."""

    person: Ints
    place: Ints
    begin: Ints
    end: Ints
    scan: Ints
    part: Ints
    row: Ints


ABSENT = -(1 << 31)
"""A part or row that is not known, outside the segments."""


@inlined
def enter_of(at: Arrays, position: int) -> Number:
    return at.base + at.tick * np.int64(at.rows[position].enter)


@inlined
def end_of(at: Arrays, position: int) -> Number:
    """When a visit ends; a microsecond after it began for a scan."""
    row = at.rows[position]
    enter = at.base + at.tick * np.int64(row.enter)
    stay = np.int64(row.stay)
    return enter + 1 if stay == at.scan else enter + at.tick * stay


@inlined
def bisect(values: Array, wanted: int, low: int, high: int) -> int:
    """The first of the ascending values from low to high that is not less than the wanted one."""
    while low < high:
        middle = (low + high) // 2
        if np.int64(values[middle]) < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@inlined
def place_number(at: Arrays, place: int) -> int:
    """Where a place stands in the segment; -1 where nobody visited it."""
    found = bisect(at.places, place, 0, at.places.size)
    return found if found < at.places.size and at.places[found] == place else -1


@inlined
def place_at(at: Arrays, position: int) -> Number:
    """Which place, by where it stands in the segment, a row is of."""
    block = position // BLOCK
    low = np.int64(at.firsts[block])
    high = at.places.size if block + 1 == at.firsts.size else np.int64(at.firsts[block + 1]) + 1
    while low + 1 < high:
        middle = (low + high) // 2
        if np.int64(at.starts[middle]) <= position:
            low = middle
        else:
            high = middle
    return low


@inlined
def before(at: Arrays, low: int, high: int, instant: int) -> Number:
    """The first row of a place's rows that begins at an instant or after it."""
    while low < high:
        middle = (low + high) // 2
        if enter_of(at, middle) < instant:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def grown(found: Ints) -> Ints:
    """The same with twice the room."""
    larger = np.empty((found.shape[0], 2 * found.shape[1]), np.int64)
    larger[:, : found.shape[1]] = found
    return larger


@compiled
def visits_of(at: Arrays, codes: Ints, begins: Ints, ends: Ints) -> Ints:
    """The visits of people that touch a span of theirs: (number of the span, position of the visit)."""
    found = np.empty((2, _FIRST_ROOM), np.int64)
    count = 0
    for number in range(codes.size):
        code, begin, end = codes[number], begins[number], ends[number]
        if code < 0 or begin >= end or begin >= at.end or end <= at.begin:
            continue
        if begin < at.reach:
            order = at.order
            bucket = code >> at.shift
            if bucket + 1 >= at.buckets.size:
                continue
            low, high = np.int64(at.buckets[bucket]), np.int64(at.buckets[bucket + 1])
        else:
            order = at.late_order
            low = bisect(at.late_people, code, 0, order.size)
            high = bisect(at.late_people, code + 1, low, order.size)
        for i in range(low, high):
            position = np.int64(order[i])
            if (
                np.int64(at.rows[position].person) == code
                and enter_of(at, position) < end
                and end_of(at, position) > begin
            ):
                if count == found.shape[1]:
                    found = grown(found)
                found[0, count], found[1, count] = number, position
                count += 1
    return found[:, :count]


@compiled
def visits_at(at: Arrays, positions: Ints) -> Visits:
    """What the segment has of visits."""
    n = positions.size
    person, place, begin = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    end, scan = np.empty(n, np.int64), np.empty(n, np.int64)
    part, row = np.empty(n, np.int64), np.empty(n, np.int64)
    for i in range(n):
        visit = at.rows[positions[i]]
        person[i] = np.int64(visit.person)
        place[i] = at.places[place_at(at, positions[i])]
        begin[i] = enter_of(at, positions[i])
        scan[i] = 1 if np.int64(visit.stay) == at.scan else 0
        end[i] = end_of(at, positions[i]) - scan[i]
        part[i] = ABSENT if np.int64(visit.part) == at.absent else np.int64(visit.part)
        row[i] = ABSENT if np.int64(visit.row) == at.absent else np.int64(visit.row)
    return Visits(person, place, begin, end, scan, part, row)


@compiled
def present(at: Arrays, place: int, begin: int, end: int) -> Ints:
    """The positions of the visits to a place that touch a span."""
    number = place_number(at, place)
    if number < 0 or begin >= end or begin >= at.end or end <= at.begin:
        return np.empty(0, np.int64)
    low = np.int64(at.starts[number])
    high = before(at, low, np.int64(at.starts[number + 1]), end)
    found = np.empty(high - low, np.int64)
    count = 0
    for position in range(low, high):
        if end_of(at, position) > begin:
            found[count] = position
            count += 1
    return found[:count]


@compiled
def same(at: Arrays, codes: Ints, places: Ints, enters: Ints) -> Ints:
    """Where a visit of the same person, place and beginning stands; -1 where there is none."""
    found = np.full(codes.size, -1, np.int64)
    for number in range(codes.size):
        bucket = codes[number] >> at.shift
        if codes[number] < 0 or bucket + 1 >= at.buckets.size:
            continue
        for i in range(np.int64(at.buckets[bucket]), np.int64(at.buckets[bucket + 1])):
            position = np.int64(at.order[i])
            if (
                np.int64(at.rows[position].person) == codes[number]
                and enter_of(at, position) == enters[number]
                and at.places[place_at(at, position)] == places[number]
            ):
                found[number] = position
    return found
