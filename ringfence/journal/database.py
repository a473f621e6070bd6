"""Which database is the journal in, and how does it promise that what it acknowledged stays?"""

import sqlite3
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from ringfence.errors import InputError, StoreError, refused_by

BUSY_SECONDS = 10
OLDEST_POSTGRES = (15,)
_WRITES = "ringfence_writes"
_APPEND_LOCK = 0x52494E47  # any number, the same for every writer: "RING"
_PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA fullfsync=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA secure_delete=ON",  # what a deletion frees is overwritten with zeros
)


def url_of(where: str) -> sa.URL:
    """The database a path, `sqlite:///path` or `postgresql://...` names; InputError for any other."""
    try:
        url = sa.make_url(where if "://" in where else f"sqlite:///{where}")
    except ArgumentError:
        raise InputError(f"{where.split('://')[0]}://...: not a database URL") from None
    if url.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database not in (None, "", ":memory:"):
        return url
    raise InputError(
        f"{url.drivername}: a journal is a file (sqlite:///path) or PostgreSQL (postgresql://host/database)"
    )


def shown(url: sa.URL) -> str:
    """The URL without its password."""
    return url.render_as_string(hide_password=True)


def file_of(url: sa.URL) -> Path | None:
    """The file of a SQLite database; None for PostgreSQL."""
    return Path(url.database) if url.drivername == "sqlite" and url.database else None


def engine_of(url: sa.URL) -> sa.Engine:
    """Connections that write durably: WAL and synchronous=FULL, or synchronous_commit."""
    if file_of(url) is None:
        return sa.create_engine(url, hide_parameters=True)
    # Without isolation_level=None the driver would begin transactions of its own, too late for a lock.
    engine = sa.create_engine(url, hide_parameters=True, connect_args={"isolation_level": None})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def told(where: str) -> Generator[None]:
    """Whatever the database refuses, as a StoreError that says where."""
    try:
        yield
    except DBAPIError as error:
        raise refused_by(error.orig)(f"{where}: {error.orig}") from error
    except sqlite3.Error as error:  # from our own listeners, which nothing wraps
        raise refused_by(error)(f"{where}: {error}") from error


@contextmanager
def reading(engine: sa.Engine) -> Generator[sa.Connection]:
    """A transaction that sees one state of the database."""
    with told(shown(engine.url)), engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: sa.Engine) -> Generator[sa.Connection]:
    """A transaction that no other writer runs beside; durable when it ends well."""
    with told(shown(engine.url)), engine.connect() as connection:
        options: dict[str, Any] = {_WRITES: True}
        chosen = connection.execution_options(**options)
        with chosen.begin():
            if engine.dialect.name == "postgresql":
                chosen.exec_driver_sql("SET LOCAL synchronous_commit = on")
                chosen.execute(sa.select(sa.func.pg_advisory_xact_lock(_APPEND_LOCK)))
            yield chosen


def insert_columns(connection: sa.Connection, table: sa.Table, columns: Sequence[Sequence[Any]]) -> None:
    """Insert rows given by column, straight to the driver: SQLAlchemy's preparing of each row takes longer
    than the writing."""
    names = ", ".join(table.c.keys())
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        rows = list(zip(*map(_as_sqlite, columns), strict=True))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)  # noqa: S608
        return
    types = [column.type.compile(connection.dialect) for column in table.c]
    arrays = ", ".join(f"CAST(%s AS {name}[])" for name in types)
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({arrays})",  # noqa: S608
        tuple(map(list, columns)),
    )


def _as_sqlite(column: Sequence[Any]) -> Sequence[Any]:
    # As SQLAlchemy writes an instant.
    if column and isinstance(column[0], datetime):
        return [instant.isoformat(" ", "microseconds") for instant in column]
    return column


def empty_pages(engine: sa.Engine, table: str) -> None:
    """Have nothing of deleted values left in a table's files, nor in SQLite's write-ahead log.

    StoreError where another process reads just now and keeps the log from being emptied.
    """
    with told(shown(engine.url)):
        connection = engine.raw_connection()
        try:
            if engine.dialect.name == "postgresql":
                _vacuum(connection, table)
                return
            cursor = connection.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy = cursor.fetchone()
        finally:
            connection.close()
    if busy is None or busy[0]:
        raise StoreError(
            f"{shown(engine.url)}: another process reads the journal; delete again when it ended"
        )


def _vacuum(connection: sa.PoolProxiedConnection, table: str) -> None:
    # A plain VACUUM leaves the old bytes in place until something is written over them.
    driver: Any = connection.driver_connection
    driver.rollback()
    driver.autocommit = True
    driver.execute(f"VACUUM (FULL) {table}")
    driver.autocommit = False


def check_server(engine: sa.Engine) -> None:
    """StoreError for a PostgreSQL older than the oldest this works with, or none at all."""
    if engine.dialect.name != "postgresql":
        return
    with reading(engine):
        version = engine.dialect.server_version_info or (0,)
    if version < OLDEST_POSTGRES:
        raise StoreError(
            f"{shown(engine.url)}: PostgreSQL {version[0]}; {OLDEST_POSTGRES[0]} or newer is needed"
        )
