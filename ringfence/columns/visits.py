"""What were the visits, as known at an instant: day partitions beside the journal, and single ones in it?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from ringfence.columns.sql import columns_sql, instant, parquet, text
from ringfence.journal import partitions
from ringfence.tables import FACT_ROW_BITS, fact_number
from ringfence.tables.facts import VISIT

_KEY = VISIT.key
_ALL = columns_sql([*(column.name for column in VISIT.stored), "day", "fact", "recorded_at"])
_OPTIONS = ", hive_partitioning = true, hive_types = {'day': DATE}, filename = true, file_row_number = true"


@dataclass(frozen=True)
class Partition:
    """A file of visits: the number of the fact in its first row, when it was recorded, digest and rows."""

    day: date
    source: str
    path: Path
    first_fact: int
    recorded_at: datetime
    digest: str = ""
    rows: int = 0

    @property
    def seq(self) -> int:
        """The submission that named it."""
        return self.first_fact >> FACT_ROW_BITS


@dataclass(frozen=True)
class Single:
    """The visits sent one by one that begin on a day: the first and last submission with any."""

    day: date
    first_seq: int
    last_seq: int


def live(store: Path, named: Iterable[dict[str, Any]], deleted: Mapping[str, int]) -> list[Partition]:
    """The files in force: for each day and source the last one named, if no later submission deleted it.

    `named` are rows of visit_partition with their facts, in order. A visit's number is its
    submission's and its row in the file; where a submission names several files, their rows are
    counted on.
    """
    found: dict[tuple[date, str], Partition] = {}
    for seq, rows in groupby(named, key=lambda row: row["fact"] >> FACT_ROW_BITS):
        before = 0
        for row in rows:
            path = partitions.path_of(store, row["file"])
            first, said = fact_number(seq, before), (row["recorded_at"], row["digest"], row["rows"])
            found.pop((row["day"], row["source"]), None)
            if deleted.get(row["file"], 0) < seq:
                found[row["day"], row["source"]] = Partition(row["day"], row["source"], path, first, *said)
            before += row["rows"]
    return sorted(found.values(), key=lambda partition: (partition.day, partition.first_fact))


@dataclass(frozen=True)
class Relations:
    """Where the single visits and the retracted facts are, and which submissions these are of."""

    single: str
    retracted: str
    withdrawn: set[int]


def query(files: Sequence[Partition], singles: Sequence[Single], others: Relations) -> str | None:
    """The visits of the files and the single ones, of each natural key the latest; None for none at all.

    A file that nothing can contradict is read as it is: whole days are never compared without need.
    """
    days = {single.day: single for single in singles}
    before = {file.day for file in files if file.day in days and file.seq < days[file.day].last_seq}
    contradicted = [file for file in files if file.day in before]
    plain = [file for file in files if file.day not in before]
    parts = _parts(plain, others)
    if contradicted:
        parts.append(_without_later(_union(_parts(contradicted, others)), others.single))
    if singles:
        over = [file for file in files if file.day in days and file.seq > days[file.day].first_seq]
        single = f"SELECT {_ALL} FROM {others.single}"  # noqa: S608 - names are ours
        parts.append(_without_later(single, f"({_union(_parts(over, others))})") if over else single)
    return _union(parts) if parts else None


def _union(parts: Sequence[str]) -> str:
    return " UNION ALL ".join(f"({part})" for part in parts)


def _parts(files: Sequence[Partition], others: Relations) -> list[str]:
    """Queries for files: those alone on their day as they are, those of several sources compared."""
    days = [file.day for file in files]
    alone = [file for file in files if days.count(file.day) == 1]
    sets = (
        [file for file in alone if file.seq not in others.withdrawn],
        [file for file in alone if file.seq in others.withdrawn],
        [file for file in files if file not in alone],
    )
    scans = [_scan(some) + _without_retracted(some, others) for some in sets if some]
    if sets[2]:
        keys = columns_sql(_KEY)
        scans[-1] += f" QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY fact DESC) = 1"
    return scans


def _without_retracted(files: Sequence[Partition], others: Relations) -> str:
    any_of_them = any(file.seq in others.withdrawn for file in files)
    return f" ANTI JOIN {others.retracted} USING (fact)" if any_of_them else ""


def _scan(files: Sequence[Partition]) -> str:
    """The rows of files; what is the file's own comes by its name, which DuckDB works out once a file."""
    first = _by_file((text(str(file.path)), str(file.first_fact)) for file in files)
    recorded = _by_file((text(str(file.path)), instant(file.recorded_at)) for file in files)
    declared = columns_sql(column.name for column in VISIT.stored)
    rows = parquet([file.path for file in files], _OPTIONS)
    own = f"{first} + file_row_number AS fact, {recorded} AS recorded_at"
    inner = f"SELECT {declared}, day, {own} FROM {rows}"  # noqa: S608
    return f"SELECT {_ALL} FROM ({inner})"  # noqa: S608


def _by_file(values: Iterable[tuple[str, str]]) -> str:
    return "CASE filename " + " ".join(f"WHEN {file} THEN {value}" for file, value in values) + " END"


def _without_later(rows: str, other: str) -> str:
    """Rows of which `other` has no later fact with the same key."""
    same = " AND ".join(f"a.{column} = b.{column}" for column in (f'"{key}"' for key in _KEY))
    return f"SELECT {_ALL} FROM ({rows}) a ANTI JOIN {other} b ON {same} AND b.fact > a.fact"  # noqa: S608
