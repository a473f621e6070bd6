"""The journal itself: append, read on, and say what was known when."""

import hashlib
import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa

from ringfence.errors import InputError, IntegrityError, NotFoundError, StoreError
from ringfence.journal import chain, database, schema
from ringfence.journal.chain import Fault, Progress
from ringfence.journal.deletion import submission_name
from ringfence.journal.entries import (
    EARLIEST,
    GENESIS,
    SCHEMA_VERSION,
    Entry,
    Prepared,
    Receipt,
    Submission,
    decode,
    digest_of,
    prepare,
)
from ringfence.journal.lock import WriterLock
from ringfence.journal.schema import ENTRY

_BATCH = 200  # submissions looked up and inserted by one statement


class Journal:
    """One append-only journal, in a SQLite file or in PostgreSQL. Use as a context manager, or close it.

    One object may be shared by threads. Of a SQLite journal one process at a time may append, from its
    first append until it closes; any number may read.
    """

    def __init__(self, engine: sa.Engine, meta: schema.Meta) -> None:
        """Use `create` or `open`."""
        self._engine = engine
        self._meta = meta
        self._thread = threading.Lock()
        file = database.file_of(engine.url)
        self._writer = WriterLock(file.with_name(f"{file.name}-writer")) if file else None

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
                schema.create(connection, exercise, _now() if at is None else _naive(at))
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
    def exercise(self) -> bool:
        """Whether this is an exercise: marked so for ever, and free to set its clock."""
        return self._meta.exercise

    @property
    def store_id(self) -> str:
        """The UUID this journal was given when it was created."""
        return self._meta.store

    def append(self, submission: Submission, recorded_at: datetime | None = None) -> Receipt:
        """Keep one submission; it is durable when this returns. See `append_all`."""
        return self.append_all((submission,), recorded_at)[0]

    def append_all(
        self, submissions: Iterable[Submission], recorded_at: datetime | None = None
    ) -> list[Receipt]:
        """Keep all of the submissions, or none, in their order; durable when this returns.

        A submission whose id is known is not kept again: its receipt is the first one, `repeated`;
        IntegrityError where its rows are not those of the first. `recorded_at` (UTC) only on an
        exercise, and never before the last one. InputError for rows that do not fit their table,
        StoreError where another process writes.
        """
        if recorded_at is not None and not self.exercise:
            raise StoreError("only an exercise may say when its facts became known; this is not one")
        clock = None if recorded_at is None else _naive(recorded_at)
        prepared = (prepare(submission) for submission in submissions)
        receipts: list[Receipt] = []
        with self._thread:
            if self._writer:
                self._writer.take()
            with database.writing(self._engine) as connection:
                while batch := list(islice(prepared, _BATCH)):
                    receipts += _keep(connection, batch, clock)
        return receipts

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
            seq, digest, _ = _last(connection, None if as_of is None else _naive(as_of))
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

    def close(self) -> None:
        """Let go of the database, and let others append."""
        if self._writer:
            self._writer.release()
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _naive(instant: datetime) -> datetime:
    if instant.tzinfo is not None:
        raise InputError(f"{instant.isoformat()}: instants are UTC without a zone mark")
    return instant


def _last(connection: sa.Connection, as_of: datetime | None = None) -> tuple[int, str, datetime]:
    wanted = sa.select(ENTRY.c.seq, ENTRY.c.digest, ENTRY.c.recorded_at)
    if as_of is not None:
        # Seq and recorded_at rise together, so this reads the index backwards and stops.
        wanted = wanted.where(ENTRY.c.recorded_at <= as_of).order_by(ENTRY.c.recorded_at.desc())
    row = connection.execute(wanted.order_by(ENTRY.c.seq.desc()).limit(1)).one_or_none()
    return (0, GENESIS, EARLIEST) if row is None else (row.seq, row.digest, row.recorded_at)


def _keep(connection: sa.Connection, batch: Sequence[Prepared], clock: datetime | None) -> list[Receipt]:
    known = _known(connection, [prepared.submission.id for prepared in batch])
    seq, digest, last = _last(connection)
    new: list[dict[str, Any]] = []
    receipts: list[Receipt] = []
    for prepared in batch:
        first = known.get(prepared.submission.id)
        if first is None:
            recorded_at = _clock(clock, last)
            seq, digest, last = seq + 1, digest_of(digest, prepared, seq + 1, recorded_at), recorded_at
            first = _row(prepared, seq, digest, recorded_at)
            known[prepared.submission.id] = first
            new.append(first)
            repeated = False
        else:
            _check_same(connection, first, prepared)
            repeated = True
        receipts.append(
            Receipt(first["seq"], first["id"], first["rows"], first["digest"], first["recorded_at"], repeated)
        )
    if new:
        connection.execute(ENTRY.insert(), new)
    return receipts


def _known(connection: sa.Connection, ids: list[str]) -> dict[str, dict[str, Any]]:
    columns = [column for column in ENTRY.c if column.name != "body"]
    rows = connection.execute(sa.select(*columns).where(ENTRY.c.id.in_(ids))).mappings()
    return {row["id"]: dict(row) for row in rows}


def _row(prepared: Prepared, seq: int, digest: str, recorded_at: datetime) -> dict[str, Any]:
    sent = prepared.submission
    return {
        "seq": seq, "id": sent.id, "kind": sent.kind, "schema_version": SCHEMA_VERSION,
        "recorded_at": recorded_at, "actor": sent.actor, "device": sent.device, "source": sent.source,
        "rows": prepared.rows, "digest": digest, "body_digest": prepared.body_digest, "body": prepared.body,
    }  # fmt: skip


def _clock(given: datetime | None, last: datetime) -> datetime:
    if given is None:
        return max(_now(), last)
    if given < last:
        raise StoreError(f"the clock cannot go back: {given} is before the last submission's {last}")
    return given


def _check_same(connection: sa.Connection, first: dict[str, Any], prepared: Prepared) -> None:
    sent = prepared.submission
    if first["kind"] == sent.kind:
        if first["body_digest"] == prepared.body_digest:
            return
        # Another version of Arrow may compress the same rows to other bytes.
        body = (
            first.get("body")
            or connection.execute(sa.select(ENTRY.c.body).where(ENTRY.c.seq == first["seq"])).scalar()
        )
        if body and decode(body, f"submission {first['seq']}").equals(decode(prepared.body, "")):
            return
    raise IntegrityError(
        f"submission id {sent.id!r}: used before, as submission {first['seq']}, for something else; "
        "a new submission needs an id of its own"
    )
