"""Which number of 32 bits stands for a person within the contact index, and for whom does one stand?

A person's pseudonym has 63 bits. The index has each of them once, here, and a code everywhere else: people
are numbered as they first appear. Codes already given stay; a larger dictionary serves every older segment.
"""

import shutil
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ringfence.columns import contact_files as files
from ringfence.columns.contact_kernels import Array, Ints, Number, bisect, compiled
from ringfence.columns.contact_layout import sealed
from ringfence.errors import StoreError

_FENCE = 512  # keys of one memory page
_CHUNK = 1 << 20
_LEAST_SLOTS = 1 << 12
_MOST_PEOPLE = (1 << 32) - 1
_FREE = np.iinfo(np.int64).min
NOBODY = -1
"""Stands at the code of somebody who was let go of; a pseudonym is never negative."""
_MIX = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio: spreads running numbers over the slots


@dataclass(frozen=True)
class People:
    """The dictionary: `keys` by code; `ordered`, the same ascending, its `codes`; `fence`, every 512th."""

    id: str
    keys: Ints
    ordered: Ints
    codes: Array
    fence: Ints
    more: Ints = field(default_factory=lambda: sealed(np.zeros(0, np.int64)))
    """People known only in memory, ascending; their codes follow on."""

    @property
    def count(self) -> int:
        """How many people have codes."""
        return len(self.keys) + len(self.more)

    def codes_of(self, people: Ints) -> Ints:
        """The code of each person; -1 for somebody without visits."""
        people = sealed(people)
        found = looked_up(self.ordered, self.codes, self.fence, people)
        if len(self.more):
            at = np.searchsorted(self.more, people)
            there = (at < len(self.more)) & (self.more[np.minimum(at, len(self.more) - 1)] == people)
            found = np.where((found < 0) & there, at + len(self.keys), found)
        return found

    def every(self) -> Ints:
        """Everybody by code."""
        return sealed(np.append(self.keys, self.more)) if len(self.more) else self.keys

    def ascending(self) -> tuple[Ints, Ints]:
        """Everybody in order of their numbers, and their codes."""
        if not len(self.more):
            return self.ordered, self.codes
        at = np.searchsorted(self.ordered, self.more)
        more = np.arange(len(self.keys), self.count)
        return np.insert(self.ordered, at, self.more), np.insert(self.codes.astype(np.int64), at, more)

    def with_more(self, people: Ints) -> "People":
        """The dictionary with some people more, in memory alone."""
        new = np.unique(people[self.codes_of(people) < 0])
        return People(self.id, self.keys, self.ordered, self.codes, self.fence, new)


def nobody() -> People:
    """A dictionary without anybody."""
    none = sealed(np.zeros(0, np.int64))
    return People("", none, none, sealed(np.zeros(0, np.uint32)), none)


def read(directory: Path) -> People:
    """The dictionary of an index; without anybody where there is none yet."""
    for folder in sorted(directory.glob("people-*"), reverse=True):
        told = files.read(folder)
        if told is not None:
            arrays = files.mapped(folder, told)
            files.expect(arrays["keys"])
            return People(told["id"], arrays["keys"], arrays["ordered"], arrays["codes"], arrays["fence"])
    return nobody()


def sweep(directory: Path, known: People) -> None:
    """Delete the dictionaries that another has taken the place of."""
    for folder in directory.glob("people-*"):
        if folder.name != _name(known):
            shutil.rmtree(folder)


def _name(people: People) -> str:
    return f"people-{len(people.keys):010d}"


def keep_only(directory: Path, people: People, seen: Array) -> int:
    """Let go of everybody but those whose codes are marked; how many went. Codes given stay as they are."""
    gone = ~seen & (people.keys != NOBODY)
    if not gone.any():
        return 0
    left = seen[people.codes]
    ordered = people.ordered[left]
    arrays = {
        "keys": np.where(seen, people.keys, NOBODY), "ordered": ordered, "codes": people.codes[left],
        "fence": ordered[::_FENCE],
    }  # fmt: skip
    arrays = {name: sealed(array) for name, array in arrays.items()}
    files.write(directory / _name(people), arrays, {"id": people.id})
    return int(np.count_nonzero(gone))


class Growing:
    """A dictionary that people are added to, kept in memory until written."""

    def __init__(self, known: People) -> None:
        self._known = known
        self._count = len(known.keys)
        self._keys = np.array(known.keys)
        self._slots = np.zeros(0, np.int64)
        self._codes = np.zeros(0, np.uint32)

    @property
    def count(self) -> int:
        """How many people there are."""
        return self._count

    def codes_of(self, people: Ints) -> Array:
        """The codes of people; those not met before get the next ones, in the order they come in.

        StoreError where there are more people than 32 bits count.
        """
        found = np.empty(len(people), np.uint32)
        for low in range(0, len(people), _CHUNK):
            some = sealed(people[low : low + _CHUNK])
            self._make_room(len(some))
            self._count = coded(
                (self._slots, self._codes), self._keys, self._count, some, found[low : low + _CHUNK]
            )
        return found

    def write(self, directory: Path) -> People:
        """Keep the dictionary with those added, durably; the dictionary as it is now."""
        if self._count == len(self._known.keys) and self._known.id:
            return self._known
        keys = self._keys[: self._count]
        old = len(self._known.keys)
        added = np.argsort(keys[old:], kind="stable")
        at = np.searchsorted(self._known.ordered, keys[old:][added])
        ordered = np.insert(self._known.ordered, at, keys[old:][added])
        codes = np.insert(self._known.codes, at, (added + old).astype(np.uint32))
        arrays = {"keys": keys, "ordered": ordered, "codes": codes, "fence": ordered[::_FENCE]}
        arrays = {name: sealed(array) for name, array in arrays.items()}
        made = People(self._known.id or uuid.uuid4().hex, **arrays)
        files.write(directory / _name(made), arrays, {"id": made.id})
        self._known = made
        sweep(directory, made)
        return made

    def _make_room(self, more: int) -> None:
        if self._count + more > _MOST_PEOPLE:
            raise StoreError("the contact index has codes for 4.2 thousand million people; these are more")
        if self._count + more > len(self._keys):
            self._keys = np.append(self._keys, np.empty(max(more, len(self._keys) // 4), np.int64))
        if 2 * (self._count + more) > len(self._slots):
            size = _LEAST_SLOTS
            while size < 3 * (self._count + more):
                size *= 2
            self._slots, self._codes = np.full(size, _FREE, np.int64), np.zeros(size, np.uint32)
            seat(self._slots, self._codes, self._keys, self._count)


@compiled
def slot_of(slots: Ints, person: int) -> Number:
    """Where a person is kept in the table, or the free place where they would be."""
    slot = ((np.uint64(person) * np.uint64(_MIX)) >> np.uint64(20)) & np.uint64(slots.size - 1)
    while slots[slot] != _FREE and slots[slot] != person:
        slot = (slot + np.uint64(1)) & np.uint64(slots.size - 1)
    return slot


@compiled
def seat(slots: Ints, codes: Array, keys: Ints, count: int) -> None:
    """Fill an empty table."""
    for code in range(count):
        slot = slot_of(slots, keys[code])
        slots[slot] = keys[code]
        codes[slot] = code


@compiled
def coded(table: tuple[Ints, Array], keys: Ints, count: int, people: Ints, found: Array) -> int:
    """Write the code of each person, adding those not known; how many are known then."""
    slots, codes = table
    for i in range(people.size):
        slot = slot_of(slots, people[i])
        if slots[slot] == _FREE:
            slots[slot] = people[i]
            codes[slot] = count
            keys[count] = people[i]
            count += 1
        found[i] = codes[slot]
    return count


@compiled
def looked_up(ordered: Ints, codes: Array, fence: Ints, people: Ints) -> Ints:
    """The code of each person; -1 where there is none. Two pages are read for each: the fence is kept."""
    found = np.full(people.size, -1, np.int64)
    for i in range(people.size):
        page = bisect(fence, people[i] + 1, 0, fence.size) - 1
        if page < 0:
            continue
        at = bisect(ordered, people[i], page * _FENCE, min((page + 1) * _FENCE, ordered.size))
        if at < ordered.size and ordered[at] == people[i]:
            found[i] = codes[at]
    return found
