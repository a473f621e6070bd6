"""How is a snapshot's SQL written? Names quoted, files listed, constants exact."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import duckdb

Connection = duckdb.DuckDBPyConnection

_TYPES = {
    "int64": "BIGINT",
    "int32": "INTEGER",
    "double": "DOUBLE",
    "string": "VARCHAR",
    "bool": "BOOLEAN",
    "date32[day]": "DATE",
    "timestamp[us]": "TIMESTAMP",
    "list<item: int64>": "BIGINT[]",
}


def name(column: str) -> str:
    """A column's name, quoted: some (`end`) are words of SQL."""
    return '"' + column.replace('"', '""') + '"'


def columns_sql(columns: Iterable[str]) -> str:
    """Columns' names, quoted, with commas."""
    return ", ".join(name(column) for column in columns)


def text(value: str) -> str:
    """A text as SQL has it."""
    return "'" + value.replace("'", "''") + "'"


def instant(value: datetime) -> str:
    """An instant as SQL has it, to the microsecond."""
    return f"TIMESTAMP '{value.isoformat(sep=' ', timespec='microseconds')}'"


def sql_type(arrow: str) -> str:
    """DuckDB's name of an Arrow type."""
    return _TYPES[arrow]


def parquet(files: Iterable[Path], options: str = "") -> str:
    """The rows of files, read when asked for."""
    listed = ", ".join(text(escaped(path)) for path in files)
    return f"read_parquet([{listed}]{options})"


def escaped(path: Path) -> str:
    """A path that DuckDB takes for itself and not for a pattern."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in str(path))
