"""How are visits laid out for the contact index: by place, and by person?"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ringfence.columns.contact_kernels import BLOCK, Array, Arrays, Ints, compiled, end_of
from ringfence.errors import InputError

_COMPACT = np.dtype([("person", "<u4"), ("enter", "<u4"), ("stay", "<u4"), ("part", "<i2"), ("row", "<i2")])
_EXACT = np.dtype(
    [("person", "<u4"), ("part", "<i4"), ("row", "<i4"), ("none", "<u4"), ("enter", "<i8"), ("stay", "<i8")]
)
"""For instants finer than a compact record holds, and for large numbers of parts and rows."""
_TICKS = (60_000_000, 1_000_000, 1_000, 1)
_ORDINARY = 12 * 3_600_000_000
"""A visit that ends later than this after a segment's last beginning is late: few are."""
_MOST_ROWS = (1 << 32) - 1
_SCAN = np.iinfo(np.int64).max
_ABSENT = np.iinfo(np.int64).min


class Given(NamedTuple):
    """Visits as plain numbers, in order of place, enter and person; `_SCAN` for no end, `_ABSENT` for no
    part or row."""

    person: Array
    place: Ints
    enter: Ints
    leave: Ints
    part: Ints
    row: Ints


class Scale(NamedTuple):
    """Which record holds the visits, and what its numbers mean."""

    compact: bool
    base: int
    tick: int
    scan: int
    absent: int


def given(visits: pa.Table, codes: npt.NDArray[np.uint32]) -> tuple[Given, npt.NDArray[np.int64] | None]:
    """The columns as numbers in order, with the rows they came from; None where they came in order."""
    place, enter = _plain(visits["place"]), _plain(visits["enter"])
    columns = Given(
        sealed(codes), place, enter, _plain(visits["leave"], _SCAN),
        _plain(visits["part"], _ABSENT), _plain(visits["seat_row"], _ABSENT),
    )  # fmt: skip
    if in_order(columns.place, columns.enter):
        return columns, None
    order = np.lexsort((codes, enter, place))
    return Given(*(sealed(column[order]) for column in columns)), order


def sealed(array: Array) -> Array:
    """The array, no longer to be written; kernels are compiled for such arrays only."""
    plain = np.ascontiguousarray(array).view(np.ndarray)
    plain.setflags(write=False)
    return plain


def _plain(column: pa.ChunkedArray, absent: int | None = None) -> Ints:
    if column.null_count == len(column) and absent is not None:
        return sealed(np.full(len(column), absent, np.int64))
    whole = column.cast(pa.int64())
    if absent is not None and whole.null_count:
        whole = pc.fill_null(whole, absent)
    return sealed(whole.to_numpy())


def lay_out(visits: Given, shift: int, buckets: int) -> Arrays:
    """The arrays of a segment.

    Args:
        visits: in order; at least one.
        shift: people whose codes are the same but for so many bits share a bucket.
        buckets: how many there are.

    InputError where there are more visits than 32 bits count.
    """
    if len(visits.place) > _MOST_ROWS:
        raise InputError(f"a segment of the contact index holds {_MOST_ROWS:,} visits; this has more")
    scale = _scale(visits)
    rows = np.zeros(len(visits.place), _COMPACT if scale.compact else _EXACT)
    fill(rows, visits, scale)
    starts = np.flatnonzero(np.diff(visits.place, prepend=visits.place[0] - 1)).astype(np.int64)
    places = visits.place[starts].astype(np.int64)
    starts = np.append(starts, len(rows)).astype(np.uint32)
    firsts = (np.searchsorted(starts, np.arange(0, len(rows), BLOCK), side="right") - 1).astype(np.uint32)
    bounds, order = by_person(rows, shift, buckets)
    begin, last = int(visits.enter.min()), int(visits.enter.max())
    none = np.zeros(0, np.uint32)
    arrays = Arrays(
        rows, places, starts, bounds, order, np.zeros(0, np.int64), firsts, none, none, none, none,
        scale.base, scale.tick, scale.scan, scale.absent, shift, begin, last,
        last + _ORDINARY, last + 1,
    )  # fmt: skip
    reaches, late = ends(frozen(arrays))
    arrays = arrays._replace(reaches=reaches, end=int(reaches.max()))
    return frozen(_with_late(arrays, late))


def frozen(arrays: Arrays) -> Arrays:
    """The same arrays, not to be written any more."""
    return Arrays(*(sealed(value) if isinstance(value, np.ndarray) else value for value in arrays))


def _with_late(arrays: Arrays, late: Ints) -> Arrays:
    of = (np.searchsorted(arrays.starts, late, side="right") - 1).astype(np.int64)
    people = arrays.rows["person"][late]
    by_code = np.lexsort((arrays.rows["enter"][late], people))
    return arrays._replace(
        late=late.astype(np.uint32),
        late_places=of.astype(np.uint32),
        late_order=late[by_code].astype(np.uint32),
        late_people=people[by_code].astype(np.uint32),
    )


def _scale(visits: Given) -> Scale:
    base, span, least, known = int(visits.enter.min()), *extent(visits.enter, visits.leave)
    tick = next(tick for tick in _TICKS if divides(visits.enter, visits.leave, base, tick))
    limit = np.iinfo(np.uint32).max
    narrow = max(span // tick, known // tick) < limit and least >= 0
    small = np.iinfo(np.int16)
    if narrow and all(within(column, small.min, small.max) for column in (visits.part, visits.row)):
        return Scale(True, base, tick, int(limit), int(small.min))
    return Scale(False, base, 1, int(_SCAN), int(np.iinfo(np.int32).min))


@compiled
def in_order(places: Ints, enters: Ints) -> bool:
    """Whether visits come by place and, within one, by beginning."""
    for i in range(1, places.size):
        if places[i] < places[i - 1] or (places[i] == places[i - 1] and enters[i] < enters[i - 1]):
            return False
    return True


@compiled
def within(values: Ints, above: int, most: int) -> bool:
    """Whether all values that are known lie above one number and not above another."""
    for i in range(values.size):
        if values[i] != _ABSENT and (values[i] <= above or values[i] > most):
            return False
    return True


@compiled
def extent(enters: Ints, leaves: Ints) -> tuple[int, int, int]:
    """From the first beginning to the last, the least stay and the longest, in microseconds."""
    first, last, least, most = enters[0], enters[0], 0, 0
    for i in range(enters.size):
        first, last = min(first, enters[i]), max(last, enters[i])
        if leaves[i] != _SCAN:
            least, most = min(least, leaves[i] - enters[i]), max(most, leaves[i] - enters[i])
    return last - first, least, most


@compiled
def divides(enters: Ints, leaves: Ints, base: int, tick: int) -> bool:
    """Whether all instants are whole ticks from the base."""
    for i in range(enters.size):
        if (enters[i] - base) % tick != 0 or (leaves[i] != _SCAN and (leaves[i] - base) % tick != 0):
            return False
    return True


@compiled
def fill(rows: Array, visits: Given, scale: Scale) -> None:
    """Write the records."""
    for i in range(rows.size):
        rows[i].person = visits.person[i]
        rows[i].enter = (visits.enter[i] - scale.base) // scale.tick
        stay = visits.leave[i]
        rows[i].stay = scale.scan if stay == _SCAN else (stay - visits.enter[i]) // scale.tick
        rows[i].part = scale.absent if visits.part[i] == _ABSENT else visits.part[i]
        rows[i].row = scale.absent if visits.row[i] == _ABSENT else visits.row[i]


@compiled
def by_person(rows: Array, shift: int, buckets: int) -> tuple[Array, Array]:
    """The positions of the rows bucket by bucket, by code and beginning, and where each bucket begins."""
    bounds = np.zeros(buckets + 1, np.uint32)
    for i in range(rows.size):
        bounds[(np.int64(rows[i].person) >> shift) + 1] += 1
    for bucket in range(buckets):
        bounds[bucket + 1] += bounds[bucket]
    order = np.empty(rows.size, np.uint32)
    filled = bounds[:-1].copy()
    for i in range(rows.size):
        bucket = np.int64(rows[i].person) >> shift
        place = np.int64(filled[bucket])
        filled[bucket] += 1
        # The few of a bucket are put in order as they come.
        while place > np.int64(bounds[bucket]):
            other = rows[np.int64(order[place - 1])]
            if np.int64(other.person) < np.int64(rows[i].person) or (
                np.int64(other.person) == np.int64(rows[i].person)
                and np.int64(other.enter) <= np.int64(rows[i].enter)
            ):
                break
            order[place] = order[place - 1]
            place -= 1
        order[place] = i
    return bounds, order


@compiled
def ends(at: Arrays) -> tuple[Ints, Ints]:
    """Of each block the latest end; and the positions of the rows that are late."""
    blocks = (at.rows.size + BLOCK - 1) // BLOCK
    reaches = np.empty(blocks, np.int64)
    late = np.empty(16, np.int64)
    count = 0
    for block in range(blocks):
        low = block * BLOCK
        reaches[block] = end_of(at, low)
        for position in range(low, min(low + BLOCK, at.rows.size)):
            end = end_of(at, position)
            reaches[block] = max(reaches[block], end)
            if end > at.reach:
                if count == late.size:
                    larger = np.empty(2 * count, np.int64)
                    larger[:count] = late
                    late = larger
                late[count] = position
                count += 1
    return reaches, late[:count]
