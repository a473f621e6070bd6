"""How is the contact index built, brought up to date and opened? It answers who met whom, in milliseconds.

It is derived from the visits and can be deleted at any time. A day of visits (a file) is a segment: a folder
named by the file's digest, so a segment of anything but the file in force is never found. A new day is one
new folder; a day past its retention goes by deleting its folder. `contact_search` and `contact_rings` ask it.
"""

import shutil
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ringfence.columns import contact_people, contact_segments
from ringfence.columns.columns import CONTACTS, Columns
from ringfence.columns.contact_kernels import Ints, same, visits_at
from ringfence.columns.contact_people import People
from ringfence.columns.contact_segments import Segment
from ringfence.columns.contact_sources import Source, VisitSources
from ringfence.errors import StoreError
from ringfence.journal import Progress
from ringfence.journal.lock import WriterLock

_WAIT = 600.0  # seconds for another process to finish building
_CHUNK = 1 << 20


@dataclass(frozen=True)
class ContactIndex:
    """The visits known at an instant, to be searched. Any number of threads may search at once."""

    people: People
    segments: tuple[Segment, ...]


def refresh(columns: Columns, as_of: datetime, progress: Progress | None = None) -> int:
    """Bring the index up to the files of visits known at an instant; how many days were laid out.

    The columns are to be refreshed before. Cheap where nothing is new. What belongs to no file in force
    is deleted. A kill at any instant leaves whole segments, or none. `progress` is told the files done
    and to do. StoreError where another process builds for longer than ten minutes; IntegrityError where a
    file is not the one that was named.
    """
    return build(columns.directory / CONTACTS, columns.visit_sources(as_of).files, progress)


def open_index(columns: Columns, as_of: datetime) -> ContactIndex:
    """The index of the visits known at an instant.

    StoreError where the index of one of their files is not there: refresh it first.
    """
    return opened(columns.directory / CONTACTS, columns.visit_sources(as_of))


def build(directory: Path, sources: Sequence[Source], progress: Progress | None = None) -> int:
    """Lay out the files that have no segment yet, and delete the segments of all others (see `refresh`)."""
    with _locked(directory):
        return _built(directory, sources, progress)


@contextmanager
def _locked(directory: Path) -> Generator[None]:
    directory.mkdir(parents=True, exist_ok=True)
    lock = WriterLock(directory / "writer")
    lock.take(_WAIT)
    try:
        yield
    finally:
        lock.release()


def _built(directory: Path, sources: Sequence[Source], progress: Progress | None = None) -> int:
    people = contact_people.read(directory)
    _sweep(directory, {source.digest for source in sources}, people)
    missing = {
        source.digest: source
        for source in sources
        if not contact_segments.fresh(directory / source.digest, source, people)
    }
    growing = contact_people.Growing(people)
    for done, (digest, source) in enumerate(missing.items()):
        if progress is not None:
            progress(done, len(missing))
        arrays = contact_segments.make(source, growing)
        contact_segments.keep(arrays, directory / digest, source, growing.write(directory))
    return len(missing)


def opened(directory: Path, known: VisitSources) -> ContactIndex:
    """The index over some files and single visits (see `open_index`)."""
    people = contact_people.read(directory)
    found: list[Segment] = []
    for source in known.files:
        if not contact_segments.fresh(directory / source.digest, source, people):
            raise StoreError(
                f"the contact index has no segment of the visits of {source.partition.day} "
                f"({source.partition.source}); refresh the index first"
            )
        segment = contact_segments.opened(directory / source.digest, source)
        if segment is not None:
            found.append(segment)
    if known.single.num_rows:
        people = people.with_more(known.single["person"].to_numpy())
        for day in known.single["day"].unique().to_pylist():
            visits = known.single.filter(pc.equal(known.single["day"], pa.scalar(day, pa.date32())))
            found.append(contact_segments.in_memory(day, visits, people))
    return ContactIndex(people, tuple(_compared(_retracted(found, known.retracted))))


def forget(columns: Columns, as_of: datetime) -> int:
    """Bring the index up to date and let go of everybody who has no visit in it; how many went.

    What was deleted is to be on record, and the columns refreshed. Nothing happens where there is no index.
    """
    directory = columns.directory / CONTACTS
    if not directory.is_dir():
        return 0
    sources = columns.visit_sources(as_of).files
    with _locked(directory):
        # One lock for both: what another process lays out between them would lose its people.
        _built(directory, sources)
        people = contact_people.read(directory)
        seen = np.zeros(len(people.keys), np.bool_)
        for source in sources:
            segment = contact_segments.opened(directory / source.digest, source)
            if segment is not None:
                codes = segment.arrays.rows["person"]
                for low in range(0, len(codes), _CHUNK):
                    seen[codes[low : low + _CHUNK]] = True
        return contact_people.keep_only(directory, people, seen)


def _sweep(directory: Path, digests: set[str], people: People) -> None:
    """Delete what no file in force is behind, and what a kill left half made."""
    contact_people.sweep(directory, people)
    for folder in directory.iterdir():
        if folder.is_dir() and folder.name not in digests and not folder.name.startswith("people-"):
            shutil.rmtree(folder)


def _retracted(segments: Sequence[Segment], facts: Ints) -> list[Segment]:
    """The segments without the visits that were withdrawn."""
    found: list[Segment] = []
    for segment in segments:
        rows = len(segment.arrays.rows)
        if segment.facts is None:
            positions = facts - segment.first_fact
            positions = positions[(positions >= 0) & (positions < rows)]
        elif len(facts):
            positions = np.flatnonzero(np.isin(segment.facts_at(np.arange(rows)), facts))
        else:
            positions = facts
        found.append(segment.without(positions) if len(positions) else segment)
    return found


def _compared(segments: Sequence[Segment]) -> list[Segment]:
    """The segments where a visit told twice (person, place, beginning) is in force as it was told last.

    Only segments whose beginnings overlap are compared: single visits, and several sources of a day.
    """
    found = list(segments)
    for i, j in combinations(range(len(found)), 2):
        less, more = (i, j) if len(found[i].arrays.rows) < len(found[j].arrays.rows) else (j, i)
        if not _overlap(found[less], found[more]):
            continue
        void = _outdone(found[less], found[more])
        for number, positions in zip((less, more), void, strict=True):
            if len(positions):
                found[number] = found[number].without(positions)
    return found


def _overlap(one: Segment, other: Segment) -> bool:
    """Whether visits of both may begin at one instant."""
    return one.arrays.begin <= other.arrays.last and other.arrays.begin <= one.arrays.last


def _outdone(less: Segment, more: Segment) -> tuple[Ints, Ints]:
    """The positions in each of two segments of the visits that the other tells later."""
    lost: tuple[list[Ints], list[Ints]] = ([], [])
    for low in range(0, len(less.arrays.rows), _CHUNK):
        positions = np.arange(low, min(low + _CHUNK, len(less.arrays.rows)))
        positions = less.in_force(positions.reshape(1, -1))[0]
        visits = visits_at(less.arrays, positions)
        there = same(more.arrays, visits.person, visits.place, visits.begin)
        both = more.in_force(np.stack((positions, there))[:, there >= 0])
        later = less.facts_at(both[0]) > more.facts_at(both[1])
        lost[0].append(both[0][~later])
        lost[1].append(both[1][later])
    return np.concatenate(lost[0]), np.concatenate(lost[1])
