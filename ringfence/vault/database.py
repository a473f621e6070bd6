"""Where is the vault kept? In a database of its own: a SQLite file, or PostgreSQL by URL."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from ringfence.errors import InputError, StoreError, refused_by

VERSION = 1
_LOCK = 0x5641554C  # any number, the same for every writer: "VAUL"
_PRAGMAS = (
    "PRAGMA busy_timeout=10000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",  # what is erased is overwritten
    "PRAGMA cache_size=-131072",
)
_whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_metadata = sa.MetaData()

META = sa.Table(
    "vault_meta",
    _metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("key_check", sa.String(64), nullable=False),
)
IDENTITY = sa.Table(
    "vault_identity",
    _metadata,
    sa.Column("person", _whole, primary_key=True, autoincrement=False),
    sa.Column("box", sa.LargeBinary, nullable=False),
)
LOOKUP = sa.Table(
    "vault_lookup",
    _metadata,
    sa.Column("token", sa.LargeBinary, primary_key=True),
    sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
ACCESS = sa.Table(
    "vault_access",
    _metadata,
    sa.Column("seq", _whole, primary_key=True, autoincrement=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("person", sa.BigInteger, nullable=False, index=True),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
)


def url_of(where: str | Path) -> sa.URL:
    """The database a path or URL names; InputError for any other."""
    text = str(where)
    try:
        url = sa.make_url(text if "://" in text else f"sqlite:///{text}")
    except ArgumentError:
        raise InputError("not a database URL for the vault") from None
    if url.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database not in (None, "", ":memory:"):
        return url
    raise InputError(f"{url.drivername}: a vault is a file (sqlite:///path) or postgresql://host/database")


def engine_of(url: sa.URL) -> sa.Engine:
    """Connections that write durably; parameters never show in an error."""
    if url.drivername != "sqlite":
        return sa.create_engine(url, hide_parameters=True)
    engine = sa.create_engine(url, hide_parameters=True, connect_args={"isolation_level": None})
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    # Every transaction of the vault writes, if only who looked.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def transaction(engine: sa.Engine) -> Generator[sa.Connection]:
    """A transaction no other writer runs beside; durable when it ends well. StoreError says where."""
    where = engine.url.render_as_string(hide_password=True)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL synchronous_commit = on")
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            yield connection
    except (DBAPIError, sqlite3.Error) as error:
        # The database's own words may quote a row.
        refused = refused_by(error.orig if isinstance(error, DBAPIError) else error)
        raise refused(f"{where}: the vault's database refused ({type(error).__name__})") from error


def forget_pages(engine: sa.Engine) -> None:
    """Empty SQLite's write-ahead log, where an erased row's old page would stay."""
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()


def create(connection: sa.Connection, key_check: str) -> None:
    """A new, empty vault; StoreError where there is one."""
    if sa.inspect(connection).has_table(META.name):
        raise StoreError("there is a vault here already; open it")
    _metadata.create_all(connection, checkfirst=False)
    connection.execute(META.insert().values(version=VERSION, key_check=key_check))


def key_check(connection: sa.Connection) -> str:
    """The value the right key has; StoreError where there is no vault or this version is too old for it."""
    if not sa.inspect(connection).has_table(META.name):
        raise StoreError("there is no vault here; create one first")
    row = connection.execute(sa.select(META)).one()
    if row.version > VERSION:
        raise StoreError(f"the vault has version {row.version}; this Ringfence knows up to {VERSION}")
    return row.key_check
