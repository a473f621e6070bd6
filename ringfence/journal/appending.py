"""How is something appended to the journal? Checked, numbered, chained and durable, all or nothing."""

import threading
from collections.abc import Generator, Iterable, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from itertools import islice
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa

from ringfence.errors import InputError, IntegrityError, StoreError
from ringfence.journal import database, schema
from ringfence.journal.entries import (
    EARLIEST,
    GENESIS,
    SCHEMA_VERSION,
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


class Group:
    """What is appended together in one transaction: durable, all or nothing, when `Journal.group` ends."""

    def __init__(self, connection: sa.Connection, clock: datetime | None) -> None:
        """Use `Journal.group`."""
        self.connection = connection
        """For what is written beside the submissions, in the same transaction."""
        self._clock = clock

    def head(self) -> int:
        """Number of the last entry, as no other writer can change it now."""
        return last_entry(self.connection)[0]

    def append(self, submissions: Iterable[Submission]) -> list[Receipt]:
        """Add submissions in their order; see `Journal.append_all`."""
        prepared = (prepare(submission) for submission in submissions)
        receipts: list[Receipt] = []
        while batch := list(islice(prepared, _BATCH)):
            receipts += _keep(self.connection, batch, self._clock)
        return receipts


class Appender:
    """What a journal is appended to by; see `Journal`."""

    def __init__(self, engine: sa.Engine, meta: schema.Meta) -> None:
        """Use `Journal.create` or `Journal.open`."""
        self._engine = engine
        self._meta = meta
        self._thread = threading.Lock()
        file = database.file_of(engine.url)
        self._writer = WriterLock(file.with_name(f"{file.name}-writer")) if file else None

    @property
    def exercise(self) -> bool:
        """Whether this is an exercise: marked so for ever, and free to set its clock."""
        return self._meta.exercise

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
        with self.group(recorded_at) as group:
            return group.append(submissions)

    @contextmanager
    def group(
        self, recorded_at: datetime | None = None, *, wait: float = 0.0, share: bool = False
    ) -> Generator[Group]:
        """A transaction of submissions and of what is written beside them; see `append_all`.

        Waits so many seconds for another process that writes. Where it is to `share`, others may append
        once this has ended, and not only when the journal is closed.
        """
        if recorded_at is not None and not self.exercise:
            raise StoreError("only an exercise may say when its facts became known; this is not one")
        clock = None if recorded_at is None else naive(recorded_at)
        with self._thread:
            if self._writer:
                self._writer.take(wait)
            try:
                with database.writing(self._engine) as connection:
                    yield Group(connection, clock)
            finally:
                if self._writer and share:
                    self._writer.release()

    def reading(self) -> AbstractContextManager[sa.Connection]:
        """A connection that sees one state, for what is written beside the submissions."""
        return database.reading(self._engine)

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


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def naive(instant: datetime) -> datetime:
    if instant.tzinfo is not None:
        raise InputError(f"{instant.isoformat()}: instants are UTC without a zone mark")
    return instant


def last_entry(connection: sa.Connection, as_of: datetime | None = None) -> tuple[int, str, datetime]:
    wanted = sa.select(ENTRY.c.seq, ENTRY.c.digest, ENTRY.c.recorded_at)
    if as_of is not None:
        # Seq and recorded_at rise together, so this reads the index backwards and stops.
        wanted = wanted.where(ENTRY.c.recorded_at <= as_of).order_by(ENTRY.c.recorded_at.desc())
    row = connection.execute(wanted.order_by(ENTRY.c.seq.desc()).limit(1)).one_or_none()
    return (0, GENESIS, EARLIEST) if row is None else (row.seq, row.digest, row.recorded_at)


def _keep(connection: sa.Connection, batch: Sequence[Prepared], clock: datetime | None) -> list[Receipt]:
    known = _known(connection, [prepared.submission.id for prepared in batch])
    seq, digest, last = last_entry(connection)
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
        return max(now(), last)
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
