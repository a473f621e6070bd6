"""Who met any of many people? The next ring as a set, without listing who met whom.

Listing the pairs of a second ring explodes: hundreds of millions for a hundred cases. Whether somebody met
any contact at all needs only the times at which some contact was in the place, one sweep over its visits.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from ringfence.columns.contact_index import ContactIndex
from ringfence.columns.contact_kernels import (
    BLOCK,
    MICROSECONDS_PER_MINUTE,
    Array,
    Arrays,
    Ints,
    bisect,
    compiled,
    end_of,
    enter_of,
    inlined,
)
from ringfence.columns.contact_kernels import before as first_at
from ringfence.columns.contact_layout import sealed
from ringfence.columns.contact_meetings import in_void
from ringfence.columns.contact_search import Theirs, instants, own_visits, spans_of
from ringfence.columns.contact_segments import Segment

_THREADS = 2


@dataclass(frozen=True)
class Cut:
    """What of a ring is wanted: without it a second ring is most of a city.

    least_minutes: a meeting with one contact lasted at least so long; scans, whose length is not known, do
        not count then. 0 counts every meeting.
    most_visits: a place counts where no civil day has more visits to it than this.
    but: places that do not count.
    """

    least_minutes: int = 0
    most_visits: int | None = None
    but: frozenset[int] = frozenset()


class Cover(NamedTuple):
    """Times place by place: those of `places[i]` are `bounds[i]` to `bounds[i + 1]`, apart and ascending."""

    places: Ints
    bounds: Ints
    begins: Ints
    ends: Ints


class Swept(NamedTuple):
    """Whom a sweep found, by code: a bit each; and, where asked for, when first (less `Times.since`, and one
    more) and how long."""

    bits: Array
    first_and_time: Ints


class Times(NamedTuple):
    """When some contact was in a place: `meet`, each time shortened by `less` microseconds, `stay`, whole.

    Two visits share so much time where both, shortened by a microsecond less than it, meet.
    """

    meet: Cover
    stay: Cover
    less: int
    since: int


def next_ring(
    index: ContactIndex, contacts: pa.Table, cut: Cut | None = None, ranked: bool = False
) -> pa.Table:
    """Everybody who met any of the contacts, and is not one of them. Exact.

    Args:
        index: the visits.
        contacts: index (int64), begin, end (timestamp[us]): a contact, and from and until when meeting them
            counts: from their first exposure until they were kept apart.
        cut: which meetings count; all where absent.
        ranked: say when and how long as well. Over most of a city that takes several times as long.

    Returns:
        person, ascending; where ranked also first, the instant the first meeting began, and minutes, whole
        ones with at least one contact in the same place, added up over the person's visits (0 where all are
        scans).
    """
    cut = cut or Cut()
    spans = spans_of(contacts)
    theirs = own_visits(index, spans)
    times = _times(index, theirs, cut)
    groups = [index.segments[i::_THREADS] for i in range(_THREADS)]
    with ThreadPoolExecutor(_THREADS) as pool:
        one, *others = pool.map(lambda group: _swept(index.people.count, group, times, ranked), groups)
    for other in others:
        merge(one.first_and_time, other.first_and_time)
        np.bitwise_or(one.bits, other.bits, out=one.bits)
    there = np.unpackbits(one.bits, count=index.people.count, bitorder="little").view(bool)
    codes = index.people.codes_of(spans.person)
    there[codes[codes >= 0]] = False
    people, by_number = index.people.ascending()
    listed = there[by_number]
    columns = {"person": pa.array(people[listed])}
    if ranked:
        first, time = one.first_and_time[by_number[listed]].T
        columns["first"] = instants(first + times.since - 1)
        columns["minutes"] = pa.array((time // MICROSECONDS_PER_MINUTE).astype(np.int32))
    return pa.table(columns)


def _times(index: ContactIndex, theirs: Theirs, cut: Cut) -> Times:
    """The times at which some contact was in a place, of the meetings that count."""
    own = theirs.own
    least = MICROSECONDS_PER_MINUTE * cut.least_minutes
    less = max(least - 1, 0)
    kept = own.end - own.begin >= least if least else np.ones(len(own.place), bool)
    if least:
        kept &= own.scan == 0
    if cut.but:
        kept &= ~np.isin(own.place, np.array(sorted(cut.but), np.int64))
    if cut.most_visits is not None:
        kept &= ~np.isin(own.place, _crowded(index.segments, np.unique(own.place[kept]), cut.most_visits))
    place, begin, end, scan = (column[kept] for column in (own.place, own.begin, own.end, own.scan))
    # Few runs, each a segment in order: a merge of them, and what was cut to a span put in its place.
    order = np.argsort(place, kind="stable")
    place, begin, end, scan = (column[order] for column in (place, begin, end, scan))
    straighten(place, begin, end, scan)
    place, begin, end, scan = (sealed(column) for column in (place, begin, end, scan))
    since = int(begin.min()) if len(begin) else 0
    stay = scan == 0
    stays = cover(sealed(place[stay]), sealed(begin[stay]), sealed(end[stay]))
    same = not less and bool(stay.all())
    meet = stays if same else cover(place, begin, sealed(end + scan - less))
    return Times(meet, stays, less, since)


def _crowded(segments: Sequence[Segment], places: Ints, most: int) -> Ints:
    """The places that some civil day has more visits to than a number."""
    days: dict[object, Ints] = {}
    for segment in segments:
        counted = visits_to(segment.arrays, sealed(segment.void), sealed(places))
        days[segment.day] = days.get(segment.day, 0) + counted
    over = np.zeros(len(places), bool)
    for counted in days.values():
        over |= counted > most
    return places[over]


def _swept(people: int, segments: Sequence[Segment], times: Times, ranked: bool) -> Swept:
    found = Swept(np.zeros(people // 8 + 1, np.uint8), np.zeros((people if ranked else 0, 2), np.int64))
    for segment in segments:
        sweep(segment.arrays, segment.void, times, found)
    return found


@compiled
def straighten(place: Ints, begin: Ints, end: Ints, scan: Ints) -> None:
    """Put visits that are nearly in order, of one place by beginning, in order."""
    for i in range(1, place.size):
        one, two, three = begin[i], end[i], scan[i]
        j = i
        while j > 0 and place[j - 1] == place[i] and begin[j - 1] > one:
            begin[j], end[j], scan[j] = begin[j - 1], end[j - 1], scan[j - 1]
            j -= 1
        begin[j], end[j], scan[j] = one, two, three


@compiled
def cover(place: Ints, begin: Ints, end: Ints) -> Cover:
    """The times covered by visits in order of place and beginning; those that overlap become one."""
    places, bounds = np.empty(place.size, np.int64), np.empty(place.size + 1, np.int64)
    begins, ends = np.empty(place.size, np.int64), np.empty(place.size, np.int64)
    n, count = 0, 0
    for i in range(place.size):
        if n == 0 or place[i] != places[n - 1]:
            places[n], bounds[n] = place[i], count
            n += 1
        elif begin[i] < ends[count - 1]:
            ends[count - 1] = max(ends[count - 1], end[i])
            continue
        begins[count], ends[count] = begin[i], end[i]
        count += 1
    bounds[n] = count
    return Cover(places[:n], bounds[: n + 1], begins[:count], ends[:count])


@compiled
def visits_to(at: Arrays, void: Ints, places: Ints) -> Ints:
    """How many visits in force each of some places has in a segment."""
    found = np.zeros(places.size, np.int64)
    number = 0
    for i in range(places.size):
        number = bisect(at.places, places[i], number, at.places.size)
        if number < at.places.size and at.places[number] == places[i]:
            low, high = np.int64(at.starts[number]), np.int64(at.starts[number + 1])
            out = bisect(void, high, 0, void.size) - bisect(void, low, 0, void.size)
            found[i] = high - low - out
    return found


@compiled
def sweep(at: Arrays, void: Ints, times: Times, found: Swept) -> None:
    """Note who met a contact."""
    meet = times.meet
    number, k = 0, 0
    for i in range(meet.places.size):
        while k < times.stay.places.size and times.stay.places[k] < meet.places[i]:
            k += 1
        stays = k < times.stay.places.size and times.stay.places[k] == meet.places[i]
        number = bisect(at.places, meet.places[i], number, at.places.size)
        if number == at.places.size:
            return
        low, high = meet.bounds[i], meet.bounds[i + 1]
        if (
            at.places[number] == meet.places[i]
            and meet.ends[high - 1] > at.begin
            and meet.begins[low] < at.end
        ):
            one = (low, high, times.stay.bounds[k] if stays else 0, times.stay.bounds[k + 1] if stays else 0)
            sweep_place(at, number, (void, times, found), one)


@inlined
def sweep_place(
    at: Arrays, number: int, given: tuple[Ints, Times, Swept], bounds: tuple[int, int, int, int]
) -> None:
    """The visits of one place against the times of its meetings and stays; both come by beginning."""
    void, times, found = given
    m, meets, s, stays = bounds
    since = times.meet.begins[m]
    late = since >= at.reach
    if late:
        i = bisect(at.late_places, number, 0, at.late.size)
        high = bisect(at.late_places, number + 1, i, at.late.size)
    else:
        i = np.int64(at.starts[number])
        high = first_at(at, i, np.int64(at.starts[number + 1]), times.meet.ends[meets - 1])
    while i < high:
        if not late and at.reaches[i // BLOCK] <= since:
            i = (i // BLOCK + 1) * BLOCK
            continue
        position = np.int64(at.late[i]) if late else i
        i += 1
        enter, end = enter_of(at, position), end_of(at, position)
        m = ended(times.meet.ends, enter, m, meets)
        if m < meets and meets_at(times, m, enter, end) and not in_void(void, position):
            code = np.int64(at.rows[position].person)
            found.bits[code >> 3] |= np.uint8(1 << (code & 7))
            if found.first_and_time.size:
                s = ended(times.stay.ends, enter, s, stays)
                scan = np.int64(at.rows[position].stay) == at.scan
                time = 0 if scan else shared_time(times.stay, (s, stays), enter, end)
                note(found.first_and_time, code, max(enter, times.meet.begins[m]) - times.since + 1, time)


@inlined
def note(found: Ints, code: int, began: int, time: int) -> None:
    """Add a meeting to a person's."""
    if found[code, 0] == 0 or began < found[code, 0]:
        found[code, 0] = began
    found[code, 1] += time


@inlined
def ended(ends: Ints, instant: int, low: int, high: int) -> int:
    """The first of some times that has not ended by an instant."""
    while low < high and ends[low] <= instant:
        low += 1
    return low


@inlined
def meets_at(times: Times, m: int, enter: int, end: int) -> bool:
    """Whether a visit meets some contact long enough; `m` is the first time that has not ended before it.

    A scan lasts a microsecond here, so it never lasts as long as a least time.
    """
    until = end - times.less
    return times.meet.begins[m] < until and (times.less == 0 or enter < until)


@inlined
def shared_time(stay: Cover, bounds: tuple[int, int], enter: int, end: int) -> int:
    """The time of a visit in which some contact was there."""
    found = 0
    for j in range(bounds[0], bounds[1]):
        if stay.begins[j] >= end:
            break
        found += min(end, stay.ends[j]) - max(enter, stay.begins[j])
    return found


@compiled
def merge(one: Ints, other: Ints) -> None:
    """Add what another sweep found."""
    for code in range(one.shape[0]):
        if other[code, 0] and (one[code, 0] == 0 or other[code, 0] < one[code, 0]):
            one[code, 0] = other[code, 0]
        one[code, 1] += other[code, 1]
