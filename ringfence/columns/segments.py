"""How do journal entries become segments: the same files from the same journal, however often refreshed?"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ringfence.columns.manifest import Kind, segment_file
from ringfence.journal import Entry, partitions
from ringfence.tables import fact_number
from ringfence.tables.facts import FACTS

SEGMENT_ROWS = 1_000_000
"""A segment closes with the submission that brings it to this many rows."""
_ROW_GROUP = 122_880  # what DuckDB reads at once


def schema(kind: str) -> pa.Schema:
    """The columns of a segment: the declared ones, a visit's civil day, the fact's number and instant.

    What a retraction calls `fact` is here `retracts`: `fact` is the retraction's own number.
    """
    declared = [field.with_name(_named(field.name)) for field in FACTS[kind].schema]
    day = [pa.field("day", pa.date32())] if kind == "visit" else []
    added = [pa.field("fact", pa.int64()), pa.field("recorded_at", pa.timestamp("us"))]
    return pa.schema([field.with_nullable(True) for field in (*declared, *day, *added)])


def rows_of(entry: Entry, zone: str) -> pa.Table:
    """An entry's rows as a segment has them."""
    rows, numbers = entry.left()
    columns = {_named(name): rows[name] for name in rows.column_names}
    if entry.kind == "visit":
        columns["day"] = pa.chunked_array([partitions.days_of(rows["enter"], zone)])
    columns["fact"] = pa.array(fact_number(entry.seq, 0) + numbers)
    columns["recorded_at"] = pa.repeat(pa.scalar(entry.recorded_at, pa.timestamp("us")), rows.num_rows)
    wanted = schema(entry.kind)
    return pa.Table.from_arrays([columns[name] for name in wanted.names], schema=wanted)


def _named(column: str) -> str:
    return "retracts" if column == "fact" else column


@dataclass
class Growing:
    """A kind's segments while entries are added: those closed, and the rows of the open one."""

    directory: Path
    kind: str
    closed: list[int] = field(default_factory=list[int])
    open: list[pa.Table] = field(default_factory=list[pa.Table])
    open_rows: int = 0

    def add(self, rows: pa.Table) -> None:
        """Add a submission; writes the segment it closes."""
        self.open.append(rows)
        self.open_rows += rows.num_rows
        if self.open_rows >= SEGMENT_ROWS:
            self._write()
            self.closed.append(self.open_rows)
            self.open, self.open_rows = [], 0

    def finish(self) -> tuple[int, ...]:
        """Write the open segment; the rows of all of them."""
        if not self.open_rows:
            return tuple(self.closed)
        self._write()
        return (*self.closed, self.open_rows)

    def _write(self) -> None:
        write(pa.concat_tables(self.open), segment_file(self.directory, self.kind, len(self.closed)))


def grow(directory: Path, kind: str, known: Kind) -> Growing:
    """Go on from what the manifest knows of a kind.

    The open segment's file may have more rows than the manifest says, where a refresh was killed:
    its first rows are the known ones all the same.
    """
    growing = Growing(directory, kind, list(known.segments))
    if known.segments and known.segments[-1] < SEGMENT_ROWS:
        rows = growing.closed.pop()
        growing.add(pq.read_table(segment_file(directory, kind, len(growing.closed))).slice(0, rows))
    return growing


def write(rows: pa.Table, path: Path) -> None:
    """Put a file in place at once. One chunk, so that the bytes follow from the rows alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as file:
        pq.write_table(rows.combine_chunks(), file, compression="zstd", row_group_size=_ROW_GROUP)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def files(directory: Path, kinds: dict[str, Kind]) -> Iterator[Path]:
    """The segment files of all kinds."""
    for kind, its in kinds.items():
        for number in range(len(its.segments)):
            yield segment_file(directory, kind, number)
