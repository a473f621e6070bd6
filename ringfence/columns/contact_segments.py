"""What is a segment of the contact index: one file of visits, laid out to be searched, and how is it made?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ringfence.columns import contact_files as files
from ringfence.columns.contact_kernels import Array, Arrays, Ints
from ringfence.columns.contact_layout import frozen, given, lay_out, sealed
from ringfence.columns.contact_people import Growing, People
from ringfence.columns.contact_sources import Source
from ringfence.errors import IntegrityError
from ringfence.journal import partitions

_COLUMNS = ("person", "place", "enter", "leave", "part", "seat_row")
_NUMBERS = ("base", "tick", "scan", "absent", "shift", "begin", "last", "reach", "end")
_ARRAYS = tuple(name for name in Arrays._fields if name not in _NUMBERS)
_LEAST_BUCKETS = 1024


@dataclass(frozen=True)
class Segment:
    """Visits that begin on one civil day, to be searched.

    `void` are the positions, ascending, of those not in force.
    The fact at a position is `first_fact` and the position, or the position in `facts` where there are any.
    """

    day: date
    arrays: Arrays
    first_fact: int
    facts: Ints | None
    void: Ints

    def facts_at(self, positions: Ints) -> Ints:
        """The facts of visits."""
        found = positions if self.facts is None else self.facts[positions].astype(np.int64)
        return found + self.first_fact

    def in_force(self, found: Ints) -> Ints:
        """What a search found (its last row has positions), without the visits not in force."""
        if not len(self.void):
            return found
        positions = found[-1]
        at = np.minimum(np.searchsorted(self.void, positions), len(self.void) - 1)
        return np.ascontiguousarray(found[:, self.void[at] != positions])

    def without(self, positions: Ints) -> "Segment":
        """The segment with more positions that are not in force."""
        return replace(self, void=sealed(np.union1d(self.void, positions).astype(np.int64)))


def make(source: Source, people: Growing) -> dict[str, Array]:
    """Lay out a file's visits: the arrays and numbers to be written once the dictionary is.

    IntegrityError where the file is not the one that was named.
    """
    path = source.partition.path
    if not path.is_file() or partitions.digest(path) != source.digest:
        raise IntegrityError(f"{path}: missing, or not the file its digest was made from")
    visits = pq.ParquetFile(path).read(columns=list(_COLUMNS))
    if visits.num_rows == 0:
        return {}
    numbers, order = given(visits, people.codes_of(_people(visits)))
    del visits
    arrays = lay_out(numbers, *_buckets(people.count, len(numbers.place)))
    found = {name: getattr(arrays, name) for name in _ARRAYS}
    if order is not None:
        found["facts"] = order
    found["numbers"] = np.array([getattr(arrays, name) for name in _NUMBERS], np.int64)
    return found


def keep(arrays: Mapping[str, Array], folder: Path, source: Source, people: People) -> None:
    """Write a segment's folder; its dictionary is on the disk already."""
    told = {"digest": source.digest, "rows": source.rows, "people": people.id, "codes": len(people.keys)}
    files.write(folder, arrays, told)


def fresh(folder: Path, source: Source, people: People) -> bool:
    """Whether a folder is the segment of a file as it was named, in the codes of a dictionary."""
    told = files.read(folder)
    return told is not None and (
        (told["digest"], told["rows"], told["people"]) == (source.digest, source.rows, people.id)
        and told["codes"] <= len(people.keys)
    )


def opened(folder: Path, source: Source) -> Segment | None:
    """The segment in a folder, mapped; None where it has no visits."""
    told = files.read(folder)
    if told is None:
        raise IntegrityError(f"{folder}: no segment of the contact index any more; index again")
    if not source.rows:
        return None
    kept = files.mapped(folder, told)
    numbers = dict(zip(_NUMBERS, (int(number) for number in kept["numbers"]), strict=True))
    arrays = Arrays(**{name: kept[name] for name in _ARRAYS}, **numbers)
    partition = source.partition
    return Segment(
        partition.day, arrays, partition.first_fact, kept.get("facts"), sealed(np.zeros(0, np.int64))
    )


def in_memory(day: date, visits: pa.Table, people: People) -> Segment:
    """Visits of a day sent one by one, with their facts, as a segment that is kept nowhere."""
    visits = visits.combine_chunks()
    codes = people.codes_of(_people(visits)).astype(np.uint32)
    numbers, order = given(visits, codes)
    facts = visits["fact"].to_numpy()
    arrays = frozen(lay_out(numbers, *_buckets(people.count, visits.num_rows)))
    facts = facts if order is None else facts[order]
    return Segment(day, arrays, 0, sealed(facts), sealed(np.zeros(0, np.int64)))


def _people(visits: pa.Table) -> Ints:
    return np.ascontiguousarray(visits["person"].to_numpy())


def _buckets(people: int, rows: int) -> tuple[int, int]:
    """How many bits of a code to leave out, so that there are no more buckets than rows; and the buckets."""
    shift = 0
    while (people >> shift) > max(rows, _LEAST_BUCKETS):
        shift += 1
    return shift, (people >> shift) + 1
