"""Which visits of a segment met some visits, and what is to be said of each meeting? Compiled."""

from typing import NamedTuple

import numpy as np

from ringfence.columns.contact_kernels import (
    ABSENT,
    BLOCK,
    MICROSECONDS_PER_MINUTE,
    Array,
    Arrays,
    Ints,
    Number,
    before,
    bisect,
    compiled,
    inlined,
    place_number,
)

Time = tuple[Number, Number, Number, Number]
Numbers = tuple[Number, Number, Number]
TOGETHER, NOTHING = -(1 << 62), -(1 << 62) - 1


class Own(NamedTuple):
    """Visits whose meetings are asked for: of whom (code, and number), where, from, until; `scan` is 1 for a
    scan, else 0; part and row of the place, or `ABSENT`; and the fact."""

    person: Ints
    subject: Ints
    place: Ints
    begin: Ints
    end: Ints
    scan: Ints
    part: Ints
    row: Ints
    fact: Ints


class Want(NamedTuple):
    """Which meetings are asked for: also those with the air of somebody who had left less than `before`
    microseconds before, or who came less than `after` later; and the least length, where it is known."""

    before: int
    after: int
    least: int


class Met(NamedTuple):
    """The meetings, column by column; of what may be absent a bit a row says whether it is known."""

    subject: Ints
    person: Ints
    place: Ints
    begin: Ints
    end: Ints
    minutes: Array
    lag: Array
    own_part: Array
    part: Array
    near: Array
    row_gap: Array
    own_fact: Ints
    fact: Ints
    minutes_known: Array
    lag_known: Array
    own_part_known: Array
    part_known: Array
    near_known: Array
    row_gap_known: Array


def room(rows: int, facts: Ints) -> Met:
    """Room for so many meetings, whose facts are known."""
    numbers = (np.empty(rows, np.int64) for _ in range(5))
    smaller = (np.empty(rows, np.int32) for _ in range(4))
    bits = [np.zeros((rows + 7) // 8, np.uint8) for _ in range(7)]
    gaps, own_facts = np.empty(rows, np.int32), np.empty(rows, np.int64)
    return Met(*numbers, *smaller, bits[0], gaps, own_facts, facts, *bits[1:])


# In the loops below only single arrays and plain numbers are handed on: a whole segment handed to an inlined
# function costs as much as everything else (numba counts the references of each of its arrays).


@compiled
def meetings_of(at: Arrays, own: Own, want: Want, found: Ints) -> int:
    """How many visits met own ones; where there is room, (number of the own visit, position of the other)."""
    rows, reaches, late = at.rows, at.reaches, at.late
    scale, air = (at.base, at.tick, at.scan), (want.before, want.after, want.least)
    count = 0
    for number in range(own.place.size):
        who, mine = own.person[number], (own.begin[number], own.end[number], own.scan[number])
        # Whoever came later, for no time at all, may have left as the own visit began.
        since = mine[0] - max(want.before, min(want.after, 1))
        until = mine[1] + max(want.after, mine[2], min(want.before, 1))
        aside = since >= at.reach
        low, high = candidates(at, own.place[number], since, until)
        i = low
        while i < high:
            if not aside and (i % BLOCK == 0 or i == low) and reaches[i // BLOCK] <= since:
                i = (i // BLOCK + 1) * BLOCK
                continue
            position = np.int64(late[i]) if aside else i
            i += 1
            enter, end = span_in(rows, scale, position)
            # Most visits fail the first test.
            if end > since and np.int64(rows[position].person) != who:
                theirs = (enter, end, scan_in(rows, scale, position))
                if counts(shared(theirs, mine, air), air):
                    if found.shape[1]:
                        found[0, count], found[1, count] = number, position
                    count += 1
    return count


@inlined
def candidates(at: Arrays, place: int, since: int, until: int) -> tuple[Number, Number]:
    """The rows of a place that begin before an instant; of those in `late` where the rest have ended."""
    number = place_number(at, place)
    if number < 0 or since >= at.end or until <= at.begin:
        return np.int64(0), np.int64(0)
    if since >= at.reach:
        low = bisect(at.late_places, number, 0, at.late.size)
        return np.int64(low), np.int64(bisect(at.late_places, number + 1, low, at.late.size))
    low = np.int64(at.starts[number])
    return low, np.int64(before(at, low, np.int64(at.starts[number + 1]), until))


@inlined
def span_in(rows: Array, scale: Numbers, position: int) -> tuple[Number, Number]:
    """When a visit began and ended (see `contact_kernels.end_of`)."""
    enter = scale[0] + scale[1] * np.int64(rows[position].enter)
    stay = np.int64(rows[position].stay)
    return enter, enter + (1 if stay == scale[2] else scale[1] * stay)


@inlined
def scan_in(rows: Array, scale: Numbers, position: int) -> Number:
    """1 for a scan, else 0."""
    return np.int64(1) if np.int64(rows[position].stay) == scale[2] else np.int64(0)


@inlined
def shared(theirs: Numbers, mine: Numbers, air: Numbers) -> Time:
    """The time a visit shared with another: from, until, whether the length is known (1), and the parting.

    Both were there `TOGETHER`; or the one came after the other's leaving, the parting, while the air
    lasted; or they shared `NOTHING`.
    """
    enter, end, scan = theirs
    begin, until, own_scan = mine
    leave = end - scan
    if enter < until + own_scan and end > begin:
        return max(enter, begin), min(leave, until), 1 - max(scan, own_scan), TOGETHER
    if until <= enter < until + air[1]:
        return enter, min(leave, until + air[1]), 1 - scan, until
    if begin - air[0] < leave <= begin:
        return begin, min(until, leave + air[0]), 1 - own_scan, leave
    return begin, begin, np.int64(0), NOTHING


@inlined
def counts(time: Time, air: Numbers) -> bool | np.bool:
    """Whether shared time counts: it is not too short, or its length is not known."""
    return time[3] != NOTHING and (time[2] == 0 or time[1] - time[0] >= air[2])


@compiled
def write_who(at: Arrays, own: Own, keys: Ints, found: Ints, met: Met) -> None:
    """Write of each meeting found who met whom, where, by which of the subject's visits."""
    rows, numbers, positions = at.rows, found[0], found[1]
    subject, place, fact = own.subject, own.place, own.fact
    subjects, people, places, facts = met.subject, met.person, met.place, met.own_fact
    for i in range(numbers.size):
        number = numbers[i]
        subjects[i], places[i], facts[i] = subject[number], place[number], fact[number]
        people[i] = keys[np.int64(rows[positions[i]].person)]


@compiled
def write_when(at: Arrays, own: Own, want: Want, found: Ints, met: Met) -> None:
    """Write of each meeting found from when until when it lasted, and how long after a parting it began."""
    rows, numbers, positions = at.rows, found[0], found[1]
    scale, air = (at.base, at.tick, at.scan), (want.before, want.after, want.least)
    own_begin, own_end, own_scan = own.begin, own.end, own.scan
    begins, ends, minutes, lags = met.begin, met.end, met.minutes, met.lag
    minutes_known, lag_known = met.minutes_known, met.lag_known
    for i in range(numbers.size):
        number = numbers[i]
        enter, end = span_in(rows, scale, positions[i])
        theirs = (enter, end, scan_in(rows, scale, positions[i]))
        mine = (own_begin[number], own_end[number], own_scan[number])
        begin, until, known, parted = shared(theirs, mine, air)
        begins[i], ends[i] = begin, until
        minutes[i] = (until - begin) // MICROSECONDS_PER_MINUTE
        put_bit(minutes_known, i, known)
        apart = parted != TOGETHER
        lags[i] = (begin - parted) // MICROSECONDS_PER_MINUTE if apart else 0
        put_bit(lag_known, i, np.int64(apart))


@compiled
def write_where(at: Arrays, own: Own, found: Ints, met: Met) -> None:
    """Write of each meeting found the parts of the place, whether they are the same, and the rows between."""
    rows, numbers, positions, absent = at.rows, found[0], found[1], at.absent
    mine, seats = own.part, own.row
    own_parts, parts, near, gaps = met.own_part, met.part, met.near, met.row_gap
    bits = (met.own_part_known, met.part_known, met.near_known, met.row_gap_known)
    for i in range(numbers.size):
        one, seat = mine[numbers[i]], seats[numbers[i]]
        visit = rows[positions[i]]
        other, row = np.int64(visit.part), np.int64(visit.row)
        here, there = np.int64(one != ABSENT), np.int64(other != absent)
        own_parts[i], parts[i] = one * here, other * there
        alike = here * there * np.int64(one == other)
        # Seats are counted within a part, or within the whole place where it has none.
        counted = max(alike, (1 - here) * (1 - there))
        seated = counted * np.int64(row != absent) * np.int64(seat != ABSENT)
        gaps[i] = abs(row - seat) * seated
        put_bit(bits[0], i, here)
        put_bit(bits[1], i, there)
        put_bit(bits[2], i, here * there)
        put_bit(bits[3], i, seated)
        put_bit(near, i, alike)


@inlined
def put_bit(bits: Array, i: int, one: int) -> None:
    """Set a bit where something is so (1); it was not set."""
    bits[i >> 3] |= np.uint8(one << (i & 7))


@inlined
def in_void(void: Ints, position: int) -> bool:
    """Whether a visit is not in force."""
    at = bisect(void, position, 0, void.size)
    return at < void.size and void[at] == position
