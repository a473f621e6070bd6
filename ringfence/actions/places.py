"""Which places do cases share, who was in a place, and in which parts of it?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from ringfence.actions.deciding import Answer
from ringfence.actions.indexing import indexes
from ringfence.actions.store import Store
from ringfence.columns import contact_places
from ringfence.columns.contact_index import ContactIndex
from ringfence.columns.contact_search import instants, own_visits, spans_of
from ringfence.errors import InputError, NotFoundError
from ringfence.tables.searches import CLUSTERS, PARTS, PRESENT

_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - instants are naive UTC
_MICROSECOND = timedelta(microseconds=1)
SUBJECTS = pa.schema([("index", pa.int64()), ("begin", pa.timestamp("us")), ("end", pa.timestamp("us"))])


@dataclass(frozen=True)
class Stay:
    """Somebody in a place from one instant until another; `scan` where how long is not known."""

    person: int
    place: int
    begin: datetime
    end: datetime
    scan: bool
    fact: int


@dataclass(frozen=True)
class Present:
    """Who was in a place in a span: how many people, part by part (`tables.searches.PARTS`), and their
    stays (`PRESENT`); these absent where more people were there than were to be listed."""

    place: Mapping[str, Any]
    people: int
    parts: pa.Table
    visits: pa.Table | None


def present(
    store: Store,
    as_of: datetime,
    place: int,
    span: tuple[datetime, datetime],
    part: int | None = None,
    most: int | None = None,
) -> Present:
    """Everybody whose stay in a place touches a span of time.

    Args:
        store: the visits, by its contact index.
        as_of: as they were known then (naive UTC).
        place: which place.
        span: from when until when (naive UTC).
        part: only this part of the place.
        most: list them where no more people than this were there; always where absent.

    Raises:
        NotFoundError: no such place is known. InputError: the span ends before it begins.
    """
    if span[0] >= span[1]:
        raise InputError("the time asked about ends before it begins; give --from an earlier time than --to")
    index = indexes(store, as_of)[0]
    known = store.columns.snapshot(as_of)["place"]
    told = known.filter(known.place == place).to_pyarrow().to_pylist()
    begin, end = ((instant - _EPOCH) // _MICROSECOND for instant in span)
    found = contact_places.at(index, place, (begin, end), most, part)
    if not told and not found.people:
        raise NotFoundError(f"place {place} is not known as of {as_of:%Y-%m-%d %H:%M} UTC")
    about = told[0] if told else {"place": place}
    visits = None if found.visits is None else found.visits.select(PRESENT.schema.names).cast(PRESENT.schema)
    return Present(about, found.people, _named(found.parts), visits)


def _named(parts: pa.Table) -> pa.Table:
    """The parts as they are told: one that was not recorded has no name."""
    names = pa.array(["" if part is None else str(part) for part in parts["part"].to_pylist()], pa.string())
    return parts.set_column(0, "part", names).select(PARTS.schema.names).cast(PARTS.schema)


def clusters(
    store: Store, answer: Answer, spans: Sequence[tuple[int, datetime, datetime]], least: int
) -> pa.Table:
    """The places that several cases were in, each in a span of theirs (`tables.searches.CLUSTERS`).

    The places most cases were in come first, then those where more of them were at one instant.

    Args:
        store: the visits, by its contact index.
        answer: whose instant it is.
        spans: cases, and from and until when being somewhere counts.
        least: a place is told where at least so many of them were.
    """
    index = indexes(store, answer.as_of)[0]
    subjects = subjects_of(spans)
    places = contact_places.shared(index, subjects, least).to_pylist()
    places.sort(key=lambda row: (-row["people"], -row["together"], row["place"]))
    wanted = {row["place"] for row in places}
    there: dict[tuple[int, int], list[Stay]] = defaultdict(list)
    for stay in stays(index, subjects):
        if stay.place in wanted:
            there[stay.place, stay.person].append(stay)
    rows = [
        _member(rank, place, person, there[place["place"], person])
        for rank, place in enumerate(places, 1)
        for person in place["who"]
    ]
    return pa.Table.from_pylist(rows, CLUSTERS.schema)


def _member(rank: int, place: Mapping[str, Any], person: int, own: Sequence[Stay]) -> dict[str, Any]:
    timed = [(stay.begin, stay.end) for stay in own if not stay.scan]
    return {
        "rank": rank,
        "place": place["place"],
        "person": person,
        "cases": place["people"],
        "together": place["together"],
        "first": min(stay.begin for stay in own),
        "last": max(stay.end for stay in own),
        "visits": len({stay.fact for stay in own}),
        "minutes": covered(timed) // _MINUTE if timed else None,
        "evidence": sorted({stay.fact for stay in own}),
    }


def stays(index: ContactIndex, subjects: pa.Table) -> list[Stay]:
    """The visits of some people in spans of theirs, cut to the spans."""
    own = own_visits(index, spans_of(subjects)).own
    begins, ends = instants(own.begin).to_pylist(), instants(own.end).to_pylist()
    return [
        Stay(int(own.subject[n]), int(own.place[n]), begins[n], ends[n], bool(own.scan[n]), int(own.fact[n]))
        for n in range(len(begins))
    ]


def touches(stay: Stay, span: tuple[datetime, datetime] | None) -> bool:
    """Whether a stay lies in a span, if only in part."""
    if span is None:
        return False
    return stay.begin < span[1] and (stay.begin >= span[0] if stay.scan else stay.end > span[0])


def subjects_of(spans: Iterable[tuple[int, datetime, datetime]]) -> pa.Table:
    """People and spans of theirs, as the searches of the index take them."""
    rows = [{"index": person, "begin": begin, "end": end} for person, begin, end in spans]
    return pa.Table.from_pylist(rows, SUBJECTS)


def covered(spans: Sequence[tuple[datetime, datetime]]) -> timedelta:
    """The time that any of some spans covers."""
    total, reached = timedelta(), None
    for begin, end in sorted(spans):
        since = begin if reached is None else max(begin, reached)
        total += max(end - since, timedelta())
        reached = end if reached is None else max(reached, end)
    return total


def place_kinds(answer: Answer) -> dict[int, str]:
    """What sort of place each is."""
    rows = answer.known["place"].select("place", "kind").to_pyarrow()
    return dict(zip(rows["place"].to_pylist(), rows["kind"].to_pylist(), strict=True))


def place_names(answer: Answer) -> dict[int, str]:
    """What each place is called, in Chinese."""
    rows = answer.known["place"].select("place", "name_zh").to_pyarrow()
    return dict(zip(rows["place"].to_pylist(), rows["name_zh"].to_pylist(), strict=True))
