"""Which visits can matter to some people's meetings? Read out of the contact index as they were told."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from ringfence.columns import contact_kernels as kernels
from ringfence.columns import contact_meetings as found_by
from ringfence.columns.contact_index import ContactIndex
from ringfence.columns.contact_kernels import ABSENT, Array, Ints
from ringfence.columns.contact_layout import sealed
from ringfence.columns.contact_meetings import Own, Want
from ringfence.columns.contact_search import Spans, each, instants, own_visits, touching
from ringfence.columns.contact_segments import Segment

_BATCH = 1 << 12
"""Own visits whose meetings are held in memory at a time."""


def visits_near(index: ContactIndex, spans: Spans, air: int, people: Ints | None = None) -> pa.Table:
    """The visits of some people that touch a span of theirs, and others that can have met one of those.

    Args:
        index: the visits.
        spans: whose visits, from when until when.
        air: microseconds after an own visit in which whoever comes still meets its air.
        people: of the others these, whatever they did from the first span's beginning to the last one's end;
            where absent everybody who met one of the visits.

    Returns:
        the columns of NEAR, whole, as they were told; each visit once.
    """
    if not len(spans.person):
        return NEAR.empty_table()
    begin, end = int(spans.begin.min()), int(spans.end.max()) + max(air, 1)
    own = None if people is not None else own_visits(index, spans).own
    if people is not None:
        more = Spans(people, np.full(len(people), begin), np.full(len(people), end))
        spans = Spans(*(np.concatenate(both) for both in zip(spans, more, strict=True)))
    codes = index.people.codes_of(sealed(spans.person))
    order = np.argsort(codes)
    inside = Spans(sealed(codes[order]), sealed(spans.begin[order]), sealed(spans.end[order]))
    keys = index.people.every()

    def read(segment: Segment) -> pa.RecordBatch:
        theirs = kernels.visits_of(segment.arrays, inside.person, inside.begin, inside.end)[1:]
        found = [segment.in_force(theirs)[0]]
        if own is not None:
            found += _others(segment, own, Want(0, air, 0))
        return _told(segment, np.unique(np.concatenate(found)), keys)

    segments = touching(index.segments, np.array([begin]), np.array([end]))
    return pa.Table.from_batches(each(segments, len(codes), read), NEAR)


def _others(segment: Segment, own: Own, want: Want) -> Sequence[Ints]:
    """The positions of the visits that met own ones."""
    found: list[Ints] = []
    for low in range(0, len(own.place), _BATCH):
        some = Own(*(column[low : low + _BATCH] for column in own))
        met = np.empty((2, found_by.meetings_of(segment.arrays, some, want, _NO_ROOM)), np.int64)
        if met.size:
            found_by.meetings_of(segment.arrays, some, want, met)
            found.append(np.unique(segment.in_force(met)[1]))
    return found


def _told(segment: Segment, positions: Ints, keys: Ints) -> pa.RecordBatch:
    visits = kernels.visits_at(segment.arrays, positions)
    return pa.RecordBatch.from_arrays(
        [
            pa.array(keys[visits.person]),
            pa.array(visits.place),
            instants(visits.begin),
            pa.array(visits.end, mask=visits.scan == 1).view(pa.timestamp("us")),
            _known(visits.part),
            _known(visits.row),
            pa.array(segment.facts_at(positions)),
            pa.repeat(pa.scalar(segment.day, pa.date32()), len(positions)),
        ],
        schema=NEAR,
    )


def _known(numbers: Array) -> pa.Array:
    return pa.array(numbers.astype(np.int32), mask=numbers == ABSENT)


_NO_ROOM = np.empty((2, 0), np.int64)
NEAR = pa.schema(
    [
        ("person", pa.int64()),
        ("place", pa.int64()),
        ("enter", pa.timestamp("us")),
        ("leave", pa.timestamp("us")),
        ("part", pa.int32()),
        ("seat_row", pa.int32()),
        ("fact", pa.int64()),
        ("day", pa.date32()),
    ]
)
"""The columns of `visits_near`."""
