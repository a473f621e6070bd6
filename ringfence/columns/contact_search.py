"""Who met whom, and where were they? Exact answers from the contact index, as Arrow tables.

Instants are UTC, spans are half-open. Rows come in an order that follows from the index; whoever compares
answers over differently cut files sorts them first.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
import pyarrow as pa

from ringfence.columns import contact_kernels as kernels
from ringfence.columns import contact_meetings as found_by
from ringfence.columns.contact_index import ContactIndex
from ringfence.columns.contact_kernels import MICROSECONDS_PER_MINUTE, Array, Ints
from ringfence.columns.contact_layout import sealed
from ringfence.columns.contact_meetings import Met, Own, Want
from ringfence.columns.contact_pairs import summed
from ringfence.columns.contact_segments import Segment
from ringfence.errors import InputError

_THREADS = 2
_SPAN_BITS = 31
_ALONE = 64
"""Visits to search for from which a second thread is worth its start."""
_NONE = sealed(np.zeros(0, np.int64))
_NO_ROOM = np.empty((2, 0), np.int64)
T = TypeVar("T")


class Spans(NamedTuple):
    """Whose visits, from when until when."""

    person: Ints
    begin: Ints
    end: Ints


class Theirs(NamedTuple):
    """The subjects' own visits, cut to their spans, and the number of the span each is of."""

    span: Ints
    own: Own


@dataclass(frozen=True)
class Meeting:
    """Which meetings are asked for.

    air_minutes: also with whoever came to the place less than so long after the subject had left it.
    backwards: the other way round, also with whoever had left less than so long before the subject came.
    least_minutes: only those that lasted so long, in whole minutes, or whose length is not known.
    """

    air_minutes: int = 0
    backwards: bool = False
    least_minutes: int = 0

    def want(self) -> Want:
        """The same in microseconds."""
        air, least = (MICROSECONDS_PER_MINUTE * of for of in (self.air_minutes, self.least_minutes))
        return Want(air, 0, least) if self.backwards else Want(0, air, least)


def meetings(index: ContactIndex, subjects: pa.Table, asked: Meeting | None = None) -> pa.Table:
    """Every visit of somebody else that met a visit of a subject inside the subject's span.

    These are the rows `engine.exposures` gets from visits: touching stays do not meet, a scan meets a stay
    that holds its instant or a scan of the same instant.

    Args:
        index: the visits.
        subjects: index (int64), begin, end (timestamp[us]), none absent: whom to meet, from and until when.
        asked: which meetings count; those together, of any length, where absent.

    Returns:
        index, person, place, begin, end: two people in a place, from when until when (with air: when
        the later one was in it, while it lasted);
        minutes: whole ones of it, absent where one of the two is a scan without an end;
        lag: whole minutes between the one's leaving and the other's coming, absent where both were there;
        own_part, part, near, row_gap: parts of the place, whether they are the same, and seat rows between;
        own_fact, fact: the two visits.
    """
    spans = spans_of(subjects)
    theirs = own_visits(index, spans)
    want = (asked or Meeting()).want()
    keys = index.people.every()
    segments = touching(index.segments, theirs.own.begin - want.before, theirs.own.end + want.after)

    def meet(segment: Segment) -> pa.RecordBatch:
        return _met(segment, theirs.own, want, keys)

    return pa.Table.from_batches(each(segments, len(theirs.span), meet), MEETINGS)


def pairs(met: pa.Table) -> pa.Table:
    """The meetings of each index and person together, a row a pair, by index.

    index, person, meetings (how many), minutes (whole, of the time in which any of them lasted, each instant
    once), longest (minutes of one), first, last (instants), lagged (how many only shared the air). Where no
    meeting's length is known, minutes and longest are absent.
    """
    return summed(met)


def own_visits(index: ContactIndex, spans: Spans) -> Theirs:
    """The visits of people in spans of theirs, segment by segment in order of place and beginning."""
    codes = index.people.codes_of(spans.person)
    order = np.argsort(codes)
    codes = sealed(codes[order])
    inside = Spans(*(sealed(column[order]) for column in spans))
    segments = touching(index.segments, inside.begin, inside.end)
    found = each(segments, len(codes), lambda segment: _visits_of(segment, codes, inside))
    own = Own(*(_joined([part.own[i] for part in found]) for i in range(len(Own._fields))))
    return Theirs(order[_joined([part.span for part in found])], own)


def _visits_of(segment: Segment, codes: Ints, spans: Spans) -> Theirs:
    found = kernels.visits_of(segment.arrays, codes, spans.begin, spans.end)
    numbers, positions = segment.in_force(found)
    # As one number they are sorted several times as fast; there are fewer than 2^31 spans.
    packed = np.sort(positions << _SPAN_BITS | numbers)
    numbers, positions = packed & (1 << _SPAN_BITS) - 1, packed >> _SPAN_BITS
    visits = kernels.visits_at(segment.arrays, positions)
    own = Own(
        subject=spans.person[numbers],
        fact=segment.facts_at(positions),
        **visits._replace(
            begin=np.maximum(visits.begin, spans.begin[numbers]),
            end=np.minimum(visits.end, spans.end[numbers]),
        )._asdict(),
    )
    return Theirs(numbers, own)


def spans_of(subjects: pa.Table) -> Spans:
    """The subjects as plain numbers. InputError where a value is absent."""
    columns = [subjects[name] for name in ("index", "begin", "end")]
    if any(column.null_count for column in columns):
        raise InputError("subjects: index, begin or end is absent in some row; each row needs all three")
    return Spans(*(sealed(column.cast(pa.int64()).to_numpy()) for column in columns))


def touching(segments: Sequence[Segment], begin: Ints, end: Ints) -> list[Segment]:
    """The segments with visits in the time of some spans."""
    if not len(begin):
        return []
    first, last = int(begin.min()), int(end.max())
    return [segment for segment in segments if segment.arrays.end >= first and segment.arrays.begin <= last]


def each(segments: Sequence[Segment], size: int, work: Callable[[Segment], T]) -> list[T]:
    """What some work gives for each segment, in order; on several threads where there is much of it."""
    if size < _ALONE or len(segments) < 2:
        return [work(segment) for segment in segments]
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(work, segments))


def instants(microseconds: Array) -> pa.Array:
    """Instants from microseconds."""
    return pa.array(microseconds).view(pa.timestamp("us"))


def _met(segment: Segment, own: Own, want: Want, keys: Ints) -> pa.RecordBatch:
    """The meetings in one segment: counted, and then written into just the room they need."""
    at = segment.arrays
    found = np.empty((2, found_by.meetings_of(at, own, want, _NO_ROOM)), np.int64)
    if found.size:
        found_by.meetings_of(at, own, want, found)
    found = np.ascontiguousarray(segment.in_force(found))
    count = found.shape[1]
    met = found_by.room(count, segment.facts_at(found[1]))
    if count:
        found_by.write_who(at, own, keys, found, met)
        found_by.write_when(at, own, want, found, met)
        found_by.write_where(at, own, found, met)
    return pa.RecordBatch.from_arrays([_column(met, field, count) for field in MEETINGS], schema=MEETINGS)


def _column(met: Met, field: pa.Field, rows: int) -> pa.Array:
    known = getattr(met, f"{field.name}_known", None)
    validity = None if known is None else pa.py_buffer(known)
    return pa.Array.from_buffers(
        field.type,
        rows,
        [validity, pa.py_buffer(getattr(met, "subject" if field.name == "index" else field.name))],
    )


def _joined(parts: Sequence[Array]) -> Ints:
    return sealed(np.concatenate(parts) if parts else _NONE)


MEETINGS = pa.schema(
    [
        ("index", pa.int64()),
        ("person", pa.int64()),
        ("place", pa.int64()),
        ("begin", pa.timestamp("us")),
        ("end", pa.timestamp("us")),
        ("minutes", pa.int32()),
        ("lag", pa.int32()),
        ("own_part", pa.int32()),
        ("part", pa.int32()),
        ("near", pa.bool_()),
        ("row_gap", pa.int32()),
        ("own_fact", pa.int64()),
        ("fact", pa.int64()),
    ]
)
"""The columns of `meetings`."""
