"""How do the same facts look to another engine than DuckDB: the partitioned files, read where they lie?

The engine's expressions are Ibis, so a cluster can run them. Visits, nearly all of the bytes, are read from
their day partitions as they are; the few other tables are written out once beside the store. Each file is
a branch of one view with its day as a constant, so that a filter by day opens that day's files alone.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from ibis.backends.sql import SQLBackend

from ringfence.columns.columns import Columns
from ringfence.columns.contact_sources import VisitSources
from ringfence.columns.visits import Partition
from ringfence.errors import InputError
from ringfence.tables import FACT_ROW_BITS, Facts
from ringfence.tables.facts import VISIT

_READ = [*(column.name for column in VISIT.stored), "day", "fact"]
_COLUMNS = ", ".join(f"`{name}`" for name in _READ)
_KEY = ", ".join(f"`{name}`" for name in VISIT.key)
_PATTERN = set("*?[]{}`\\'")


def facts_in(
    backend: SQLBackend, columns: Columns, as_of: datetime, folder: Path, kinds: Iterable[str]
) -> Facts:
    """The facts of some kinds known at an instant (UTC), as tables of a Spark backend.

    Args:
        backend: Ibis's backend of Apache Spark (or of another engine that speaks its SQL).
        columns: refreshed before.
        as_of: the instant.
        folder: where the tables that are not visits are written; like the store, every worker reads it by
            the same path.
        kinds: `visit` (in the declared columns, `day` and `fact`) and others.

    Raises:
        InputError: the path of the store has characters that Spark takes for a pattern.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found: Facts = {
        kind: backend.read_parquet(
            str(_written(columns.snapshot(as_of)[kind].to_pyarrow(), folder / f"{kind}.parquet")),
            table_name=f"known_{kind}",
        )
        for kind in kinds
        if kind != "visit"
    }
    known = columns.visit_sources(as_of)
    backend.raw_sql(f"CREATE OR REPLACE TEMPORARY VIEW known_visit AS {visits_sql(known, folder)}")
    return {**found, "visit": backend.table("known_visit")}


def visits_sql(known: VisitSources, folder: Path) -> str:
    """The visits in force as Spark's SQL: of those told twice, in files or one by one, the latest."""
    files = [source.partition for source in known.files]
    days = [file.day for file in files]
    single = known.single.select(_READ)
    written = _written(single, folder / "single_visits.parquet")
    gone = _written(pa.table({"fact": pa.array(known.retracted)}), folder / "retracted.parquet")
    withdrawn = {fact >> FACT_ROW_BITS for fact in known.retracted.tolist()}
    told_singly = set(pc.unique(single["day"]).to_pylist())
    alone = [file for file in files if days.count(file.day) == 1 and file.day not in told_singly]
    several = [file for file in files if file not in alone]
    latest = f"SELECT *, row_number() OVER (PARTITION BY {_KEY} ORDER BY fact DESC) AS told FROM ({{}})"  # noqa: S608
    parts = [_scan(file, gone, withdrawn) for file in alone]
    compared = [_scan(file, gone, withdrawn) for file in several]
    compared.append(f"SELECT {_COLUMNS} FROM {_named(written)}")  # noqa: S608
    parts.append(f"SELECT {_COLUMNS} FROM ({latest.format(_union(compared))}) WHERE told = 1")  # noqa: S608
    return _union(parts)


def _scan(file: Partition, gone: Path, withdrawn: set[int]) -> str:
    """The visits of a file: a visit's number is that of the file's first, and its row in the file."""
    declared = ", ".join(f"`{column.name}`" for column in VISIT.stored)
    own = f"DATE'{file.day}' AS day, {file.first_fact} + _metadata.row_index AS fact"
    rows = f"SELECT {declared}, {own} FROM {_named(file.path)}"  # noqa: S608
    if file.seq not in withdrawn:
        return rows
    return f"SELECT {_COLUMNS} FROM ({rows}) LEFT ANTI JOIN {_named(gone)} USING (fact)"  # noqa: S608


def _named(path: Path) -> str:
    if _PATTERN & set(str(path)):
        raise InputError(f"{path}: Spark takes some of these characters for a pattern; move the store")
    return f"parquet.`{path}`"


def _union(parts: Sequence[str]) -> str:
    return " UNION ALL ".join(f"({part})" for part in parts)


def _written(rows: pa.Table, path: Path) -> Path:
    pq.write_table(rows, path, compression="zstd")
    return path.resolve()
