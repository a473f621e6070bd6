"""How long were two people together, all their meetings taken together?"""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ringfence.columns.contact_kernels import MICROSECONDS_PER_MINUTE, Array, Ints, compiled, grown
from ringfence.columns.contact_layout import sealed

_UNKNOWN = -1
_THREADS = 2
_ALONE = 1 << 17
"""Meetings from which a second thread is worth its start."""
_MIX = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio


class Rows(NamedTuple):
    """Meetings as plain numbers; `known` where the length is, `lagged` where only the air was shared."""

    person: Ints
    begin: Ints
    end: Ints
    known: Array
    lagged: Array


class Runs(NamedTuple):
    """Rows one after another with the same index, those of one index together: from row, to row, of which."""

    low: Ints
    high: Ints
    of: Ints


def summed(met: pa.Table) -> pa.Table:
    """The meetings pair by pair (see `contact_search.pairs`)."""
    columns = met.select(["index", "person", "begin", "end", "minutes", "lag"]).combine_chunks()
    index, *plain = (
        columns[name].cast(pa.int64()).to_numpy() for name in ("index", "person", "begin", "end")
    )
    valid = (pc.is_valid(columns[name]).to_numpy() for name in ("minutes", "lag"))
    rows = Rows(*(sealed(column) for column in (*plain, *valid)))
    runs, values = _runs(index)
    halves = [slice(0, len(runs.of))]
    if len(index) > _ALONE and len(values) > 1:
        cut = int(np.searchsorted(runs.of, len(values) // 2))
        halves = [slice(0, cut), slice(cut, None)]
    with ThreadPoolExecutor(_THREADS) as pool:
        parts = list(pool.map(lambda half: by_pair(rows, Runs(*(c[half] for c in runs))), halves))
    of, person, counts, total, longest, first, last, lagged = np.concatenate(parts, axis=1)
    return pa.table({
        "index": values[of],
        "person": person,
        "meetings": counts.astype(np.int32),
        "minutes": _minutes(total),
        "longest": _minutes(longest),
        "first": pa.array(first).view(pa.timestamp("us")),
        "last": pa.array(last).view(pa.timestamp("us")),
        "lagged": lagged.astype(np.int32),
    })  # fmt: skip


def _minutes(microseconds: Ints) -> pa.Array:
    whole = (microseconds // MICROSECONDS_PER_MINUTE).astype(np.int32)
    return pa.array(whole, mask=microseconds == _UNKNOWN)


def _runs(index: Ints) -> tuple[Runs, Ints]:
    """The runs of the same index, by index; and the indexes."""
    low = np.flatnonzero(np.diff(index, prepend=index[:1] - 1))
    high = np.append(low[1:], len(index))
    values, of = np.unique(index[low], return_inverse=True)
    order = np.argsort(of, kind="stable")
    return Runs(*(sealed(column[order].astype(np.int64)) for column in (low, high, of))), values


@compiled
def by_pair(rows: Rows, runs: Runs) -> Ints:
    """A column a pair: which index, person, meetings, total, longest, first, last, those of the air alone.

    One index at a time, whose people are numbered in a small table; a pair's meetings hang on one another.
    """
    found = np.empty((8, 256), np.int64)
    count, run = 0, 0
    spans = np.empty((2, 256), np.int64)
    while run < runs.of.size:
        last = run
        size = 0
        while last < runs.of.size and runs.of[last] == runs.of[run]:
            size += runs.high[last] - runs.low[last]
            last += 1
        chains = chained(rows, runs, run, last, size)
        while count + chains[0].size > found.shape[1]:
            found = grown(found)
        spans = gathered(rows, chains, found[:, count : count + chains[0].size], spans)
        found[0, count : count + chains[0].size] = runs.of[run]
        count += chains[0].size
        run = last
    return found[:, :count]


@compiled
def chained(rows: Rows, runs: Runs, first: int, last: int, size: int) -> tuple[Ints, Ints, Ints]:
    """One index's meetings by person: the last of each, the one before each or -1, and their rows."""
    slots = 4
    while slots < 2 * size:
        slots *= 2
    shift = np.uint64(64)
    room = slots
    while room > 1:
        room //= 2
        shift -= np.uint64(1)
    table = np.full(slots, -1, np.int64)
    numbers, follows = np.empty(size, np.int64), np.empty(size, np.int64)
    heads = np.empty(size, np.int64)
    people, i = 0, 0
    for run in range(first, last):
        for row in range(runs.low[run], runs.high[run]):
            person = rows.person[row]
            slot = np.int64((np.uint64(person) * np.uint64(_MIX)) >> shift)
            while table[slot] >= 0 and rows.person[numbers[heads[table[slot]]]] != person:
                slot = (slot + 1) & (slots - 1)
            numbers[i] = row
            if table[slot] < 0:
                table[slot] = people
                follows[i] = -1
                people += 1
            else:
                follows[i] = heads[table[slot]]
            heads[table[slot]] = i
            i += 1
    return heads[:people], follows, numbers


@compiled
def gathered(rows: Rows, chains: tuple[Ints, Ints, Ints], into: Ints, spans: Ints) -> Ints:
    """Sum up one index's meetings pair by pair; the room for spans, larger where it had to be."""
    heads, follows, numbers = chains
    person, begin, end, known, lagged = rows.person, rows.begin, rows.end, rows.known, rows.lagged
    for pair in range(heads.size):
        i = heads[pair]
        row = numbers[i]
        first, last, count, airs, timed = begin[row], end[row], 0, 0, 0
        while i >= 0:
            row = numbers[i]
            i = follows[i]
            count += 1
            first, last = min(first, begin[row]), max(last, end[row])
            airs += lagged[row]
            if known[row]:
                if timed == spans.shape[1]:
                    spans = grown(spans)
                spans[0, timed], spans[1, timed] = begin[row], end[row]
                timed += 1
        into[1, pair], into[2, pair], into[7, pair] = person[row], count, airs
        into[3, pair], into[4, pair] = together(spans, timed)
        into[5, pair], into[6, pair] = first, last
    return spans


@compiled
def together(spans: Ints, count: int) -> tuple[int, int]:
    """The time that spans cover, each instant once, and the longest of them; puts them in order."""
    if count == 0:
        return _UNKNOWN, _UNKNOWN
    for i in range(1, count):
        begin, end = spans[0, i], spans[1, i]
        j = i
        while j > 0 and spans[0, j - 1] > begin:
            spans[0, j], spans[1, j] = spans[0, j - 1], spans[1, j - 1]
            j -= 1
        spans[0, j], spans[1, j] = begin, end
    total, longest, reached = 0, 0, spans[0, 0]
    for i in range(count):
        total += max(0, spans[1, i] - max(spans[0, i], reached))
        reached = max(reached, spans[1, i])
        longest = max(longest, spans[1, i] - spans[0, i])
    return total, longest
