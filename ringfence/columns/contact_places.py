"""Who was in a place, and which places do several people share?"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from ringfence.columns import contact_kernels as kernels
from ringfence.columns.contact_index import ContactIndex
from ringfence.columns.contact_kernels import ABSENT, Ints
from ringfence.columns.contact_search import instants, own_visits, spans_of


class Present(NamedTuple):
    """Who was in a place: `people` of them, part by part in `parts`.

    parts: part (absent where unknown), visits, people; the largest first.
    visits: person, part, row, begin, end (as told: absent for a scan), fact, by begin and person; None
        where the place is too large for a list to be of use: ask for one of its parts, or a shorter span.
    """

    people: int
    parts: pa.Table
    visits: pa.Table | None


def at(
    index: ContactIndex, place: int, span: tuple[int, int], most: int | None = None, part: int | None = None
) -> Present:
    """Everybody whose visit to a place touches a span, of one part of it where asked.

    Args:
        index: the visits.
        place: which place.
        span: from when until when, in microseconds UTC.
        most: list the visits where no more people than this were there; always where absent.
        part: only this part of the place.
    """
    columns: list[kernels.Visits] = []
    facts: list[Ints] = [np.zeros(0, np.int64)]
    for segment in index.segments:
        positions = kernels.present(segment.arrays, place, *span)
        positions = segment.in_force(positions.reshape(1, -1))[0]
        visits = kernels.visits_at(segment.arrays, np.ascontiguousarray(positions))
        wanted = np.full(len(positions), True) if part is None else visits.part == part
        columns.append(kernels.Visits(*(column[wanted] for column in visits)))
        facts.append(segment.facts_at(positions[wanted]))
    every = kernels.Visits(
        *(
            np.concatenate([np.zeros(0, np.int64), *(c[i] for c in columns)])
            for i in range(len(kernels.Visits._fields))
        )
    )
    people = len(np.unique(every.person))
    listed = most is None or people <= most
    return Present(people, _parts(every), _listed(index, every, np.concatenate(facts)) if listed else None)


def _parts(visits: kernels.Visits) -> pa.Table:
    parts, of, counts = np.unique(visits.part, return_inverse=True, return_counts=True)
    pairs = np.unique(np.stack((of, visits.person)), axis=1)
    people = np.bincount(pairs[0], minlength=len(parts))
    order = np.lexsort((parts, -people))
    return pa.table({
        "part": pa.array(parts[order].astype(np.int32), mask=parts[order] == ABSENT),
        "visits": counts[order],
        "people": people[order],
    })  # fmt: skip


def _listed(index: ContactIndex, visits: kernels.Visits, facts: Ints) -> pa.Table:
    people = index.people.every()[visits.person]
    order = np.lexsort((facts, people, visits.begin))
    part, row = (column[order].astype(np.int32) for column in (visits.part, visits.row))
    end = visits.end[order]
    return pa.table({
        "person": people[order],
        "part": pa.array(part, mask=part == ABSENT),
        "row": pa.array(row, mask=row == ABSENT),
        "begin": instants(visits.begin[order]),
        "end": pa.array(end, mask=visits.scan[order] == 1).view(pa.timestamp("us")),
        "fact": facts[order],
    })  # fmt: skip


def shared(index: ContactIndex, subjects: pa.Table, least: int = 2) -> pa.Table:
    """The places that several of some people were in, each in a span of theirs: clusters are found here.

    Args:
        index: the visits.
        subjects: index (int64), begin, end (timestamp[us]): cases, and where they were from and until when.
        least: a place is told where at least so many of them were.

    Returns:
        place, people (how many), who (list of them, ascending), visits, first, last (instants), and
        together: the most of them who were there at one instant; the most people first, then by place.
    """
    spans = spans_of(subjects)
    theirs = own_visits(index, spans)
    own = theirs.own
    person = spans.person[theirs.span]
    order = np.lexsort((person, own.place))
    cuts = np.flatnonzero(np.diff(own.place[order])) + 1
    rows: list[dict[str, object]] = []
    for group in np.split(order, cuts) if len(order) else []:
        who = np.unique(person[group])
        if len(who) >= least:
            visits = np.unique(own.fact[group])
            rows.append({
                "place": int(own.place[group[0]]),
                "people": len(who),
                "who": who.tolist(),
                "visits": len(visits),
                "first": int(own.begin[group].min()),
                "last": int(own.end[group].max()),
                "together": _together(person[group], own.begin[group], (own.end + own.scan)[group]),
            })  # fmt: skip
    rows.sort(key=lambda row: (-row["people"], row["place"]))  # pyright: ignore - numbers
    return pa.Table.from_pylist(rows, SHARED)


def _together(person: Ints, begin: Ints, end: Ints) -> int:
    """The most different people who were there at one instant."""
    changes = sorted([(int(end[i]), 0, i) for i in range(len(end))] + [
        (int(begin[i]), 1, i) for i in range(len(begin))
    ])  # fmt: skip
    there: dict[int, int] = {}
    most = 0
    for _, came, i in changes:
        who = int(person[i])
        there[who] = there.get(who, 0) + (1 if came else -1)
        most = max(most, sum(count > 0 for count in there.values()) if came else 0)
    return most


SHARED = pa.schema(
    [
        ("place", pa.int64()),
        ("people", pa.int64()),
        ("who", pa.list_(pa.int64())),
        ("visits", pa.int64()),
        ("first", pa.timestamp("us")),
        ("last", pa.timestamp("us")),
        ("together", pa.int64()),
    ]
)
"""The columns of `shared`."""
