"""The journal itself: append, read on, and say what was known when."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Self

import sqlalchemy as sa

from ringfence.errors import IntegrityError, NotFoundError, StoreError
from ringfence.journal import chain, database, schema
from ringfence.journal.appending import Appender, last_entry, naive, now
from ringfence.journal.chain import Fault, Progress
from ringfence.journal.deletion import submission_name
from ringfence.journal.entries import (
    GENESIS,
    Entry,
)
from ringfence.journal.schema import ENTRY


class Journal(Appender):
    """One append-only journal, in a SQLite file or in PostgreSQL. Use as a context manager, or close it.

    One object may be shared by threads. Of a SQLite journal one process at a time may append, from its
    first append until it closes; any number may read.
    """

    @classmethod
    def create(cls, url: str, *, exercise: bool = False, at: datetime | None = None) -> Self:
        """A new journal at a path or URL. StoreError where there is one already.

        Only an exercise may set when it was created (`at`, UTC).
        """
        if at is not None and not exercise:
            raise StoreError("only an exercise may say when it was created; this is not one")
        where = database.url_of(url)
        engine = database.engine_of(where)
        file = database.file_of(where)
        if file and not file.parent.is_dir():
            raise StoreError(f"{file.parent}: no such directory for a journal")
        try:
            database.check_server(engine)
            with database.writing(engine) as connection:
                schema.create(connection, exercise, now() if at is None else naive(at))
        finally:
            engine.dispose()
        return cls.open(url)

    @classmethod
    def open(cls, url: str) -> Self:
        """The journal at a path or URL. StoreError where there is none, or a newer version wrote it."""
        where = database.url_of(url)
        file = database.file_of(where)
        if file and not file.is_file():
            raise StoreError(f"{file}: there is no journal here; create one first")
        engine = database.engine_of(where)
        try:
            database.check_server(engine)
            with database.reading(engine) as connection:
                meta = schema.read(connection)
            if meta.version < len(schema.MIGRATIONS):
                with database.writing(engine) as connection:
                    schema.migrate(connection, schema.read(connection).version)
        except StoreError:
            engine.dispose()
            raise
        return cls(engine, meta)

    @property
    def store_id(self) -> str:
        """The UUID this journal was given when it was created."""
        return self._meta.store

    def entries(self, after: int = 0, kind: str = "") -> Iterator[Entry]:
        """The entries after a number, of a kind or all, in order."""
        for page in chain.pages(self._engine, after, kind):
            for row in page:
                yield Entry(
                    row["seq"], row["id"], row["kind"], row["recorded_at"], row["actor"], row["device"],
                    row["source"], row["rows"], row["digest"], row["body"] or b"",
                )  # fmt: skip

    def leave(self, bodies: Iterable[tuple[int, bytes]]) -> None:
        """Keep only what deletions said would be left of some submissions; the rest goes from the disk.

        IntegrityError where no deletion in the journal named these bytes; StoreError while another process
        reads, whose end lets the rest go when this is called again.
        """
        told = chain.deletions(self._engine)
        for seq, body in bodies:
            named = told.get(submission_name(seq))
            if named is None or named.left != hashlib.sha256(body).hexdigest():
                raise IntegrityError(f"submission {seq}: no deletion on record leaves this of it")
            with self._thread:
                if self._writer:
                    self._writer.take()
                with database.writing(self._engine) as connection:
                    connection.execute(ENTRY.update().where(ENTRY.c.seq == seq).values(body=body))
        database.empty_pages(self._engine, ENTRY.name)

    def head(self, as_of: datetime | None = None) -> tuple[int, str]:
        """Number and digest of the last entry, or of the last recorded by an instant (UTC); 0 where none."""
        with database.reading(self._engine) as connection:
            seq, digest, _ = last_entry(connection, None if as_of is None else naive(as_of))
        return seq, digest

    def digest(self, seq: int) -> str:
        """The digest of an entry (of 0: what the chain starts from). NotFoundError where there is none."""
        if seq == 0:
            return GENESIS
        with database.reading(self._engine) as connection:
            found = connection.execute(sa.select(ENTRY.c.digest).where(ENTRY.c.seq == seq)).scalar()
        if found is None:
            raise NotFoundError(f"submission {seq}: the journal ends before it")
        return found

    def verify(self, store_dir: Path, progress: Progress | None = None) -> list[Fault]:
        """Everything that does not verify: entries, bodies, and the partition files below `store_dir`."""
        return list(chain.faults(self._engine, store_dir, progress))
