"""What are the journal's tables, and which version of them is in this database?"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ringfence.errors import StoreError
from ringfence.journal.database import shown

_whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_metadata = sa.MetaData()

META = sa.Table(
    "meta",
    _metadata,
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("store", sa.String(36), primary_key=True),
    sa.Column("exercise", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
)
ENTRY = sa.Table(
    "entry",
    _metadata,
    sa.Column("seq", _whole, primary_key=True, autoincrement=False),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("schema_version", sa.Integer, nullable=False),
    sa.Column("recorded_at", sa.DateTime, nullable=False, index=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("device", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("body_digest", sa.String(64), nullable=False),
    # Last, so that a walk over the other columns reads no body; may go when a retention day comes.
    sa.Column("body", sa.LargeBinary, nullable=True),
)
RECEIPT = sa.Table(
    "receipt",
    _metadata,
    sa.Column("device", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("seq", _whole, nullable=False),
    sqlite_with_rowid=False,
)


def _first(connection: sa.Connection) -> None:
    _metadata.create_all(connection, tables=[META, ENTRY], checkfirst=False)


def _second(connection: sa.Connection) -> None:
    _metadata.create_all(connection, tables=[RECEIPT], checkfirst=False)


MIGRATIONS: tuple[Callable[[sa.Connection], None], ...] = (_first, _second)
"""Step n brings a database from version n to version n + 1. Steps are added, never changed."""


@dataclass(frozen=True)
class Meta:
    """What a journal says of itself."""

    version: int
    store: str
    exercise: bool
    created_at: datetime


def exists(connection: sa.Connection) -> bool:
    """Whether the database holds a journal."""
    return sa.inspect(connection).has_table(META.name)


def create(connection: sa.Connection, exercise: bool, created_at: datetime) -> None:
    """A new, empty journal. StoreError where the database has one already."""
    if exists(connection):
        raise StoreError(f"{shown(connection.engine.url)}: there is a journal here already; open it")
    for step in MIGRATIONS:
        step(connection)
    connection.execute(
        META.insert().values(
            version=len(MIGRATIONS), store=str(uuid.uuid4()), exercise=exercise, created_at=created_at
        )
    )


def read(connection: sa.Connection) -> Meta:
    """What the journal says of itself. StoreError where there is none, or this version is too old for it."""
    where = shown(connection.engine.url)
    if not exists(connection):
        raise StoreError(f"{where}: there is no journal here; create one first")
    row = connection.execute(sa.select(META)).one_or_none()
    if row is None:
        raise StoreError(f"{where}: the journal's meta table is empty; restore it from a copy")
    if row.version > len(MIGRATIONS):
        raise StoreError(
            f"{where}: the journal has version {row.version}; this Ringfence knows up to "
            f"{len(MIGRATIONS)}: use a newer one"
        )
    return Meta(row.version, row.store, row.exercise, row.created_at)


def migrate(connection: sa.Connection, version: int) -> None:
    """Bring an older journal up to date, in the caller's transaction."""
    for step in MIGRATIONS[version:]:
        step(connection)
    connection.execute(META.update().values(version=len(MIGRATIONS)))
