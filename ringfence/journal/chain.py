"""Is the journal as it was written? Walks every digest, every body and every partition file."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import sqlalchemy as sa

from ringfence.errors import IntegrityError, StoreError
from ringfence.journal import partitions
from ringfence.journal.database import file_of, reading
from ringfence.journal.deletion import Deletion, latest, submission_name
from ringfence.journal.entries import EARLIEST, GENESIS, chained, decode
from ringfence.journal.schema import ENTRY
from ringfence.tables.facts import DELETION, FACTS

Progress = Callable[[int, int], None]
"""Told how much of how much is done."""

_PAGE_ENTRIES = 500
_PAGE_ROWS = 1_000_000
_UNDELETED = "was to be deleted, and is not as it was to be left: delete again"
_ALTERED = "its body is not the one its digest was made from"
_HEADER = (
    "seq", "id", "kind", "schema_version", "actor", "device", "source", "rows", "body_digest",
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """Something that does not verify: the submission it is at, and what is wrong."""

    seq: int
    what: str


def pages(engine: sa.Engine, after: int, kind: str = "") -> Iterator[list[sa.RowMapping]]:
    """Entries after a number in order, of a kind or all, some at a time, so that no transaction stays open
    between."""
    while True:
        with reading(engine) as connection:
            last = _page_end(connection, after, kind)
            if last is None:
                return
            wanted = sa.select(ENTRY).where(ENTRY.c.seq > after, ENTRY.c.seq <= last, _of(kind))
            page = list(connection.execute(wanted.order_by(ENTRY.c.seq)).mappings())
        yield page
        after = last


def _of(kind: str) -> sa.ColumnElement[bool]:
    return ENTRY.c.kind == kind if kind else sa.true()


def _page_end(connection: sa.Connection, after: int, kind: str) -> int | None:
    sizes = sa.select(ENTRY.c.seq, ENTRY.c.rows).where(ENTRY.c.seq > after, _of(kind)).order_by(ENTRY.c.seq)
    last, total = None, 0
    for seq, rows in connection.execute(sizes.limit(_PAGE_ENTRIES)).all():
        total += rows
        if last is not None and total > _PAGE_ROWS:
            break
        last = seq
    return last


def faults(engine: sa.Engine, store: Path, progress: Progress | None) -> Iterator[Fault]:
    """Everything that does not verify, in the order of the journal."""
    walk = _Walk(store)
    try:
        yield from _database_faults(engine)
        walk.deleted = deletions(engine)
        with reading(engine) as connection:
            total = connection.execute(sa.select(sa.func.count()).select_from(ENTRY)).scalar_one()
        done = 0
        for page in pages(engine, 0):
            for row in page:
                yield from walk.step(row)
            done += len(page)
            if progress is not None:
                progress(done, total)
    except StoreError as error:
        yield Fault(walk.seq + 1, f"the database cannot be read on from here: {error}")


def deletions(engine: sa.Engine) -> dict[str, Deletion]:
    """What was deleted for good, by the file's or submission's name: the last deletion of each."""
    return latest(
        (row["seq"], decode(row["body"] or b"", f"submission {row['seq']}"))
        for page in pages(engine, 0, DELETION.name)
        for row in page
    )


def _database_faults(engine: sa.Engine) -> Iterator[Fault]:
    if file_of(engine.url) is None:
        return
    with reading(engine) as connection:
        for (line,) in connection.exec_driver_sql("PRAGMA quick_check(10)").all():
            if line != "ok":
                yield Fault(0, f"the database file is damaged: {line}")


class _Walk:
    """Where the walk is: the number, digest and instant of the entry before."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.deleted: dict[str, Deletion] = {}
        self.seq = 0
        self.digest = GENESIS
        self.recorded_at = EARLIEST

    def step(self, row: sa.RowMapping) -> Iterator[Fault]:
        """The faults of the next entry. A digest is compared with what is stored before it, so that
        one altered entry is one fault and not one for every entry after it."""
        if row["seq"] != self.seq + 1:
            yield Fault(row["seq"], f"submissions {self.seq + 1} to {row['seq'] - 1} are missing")
        elif row["digest"] != _recomputed(self.digest, row):
            yield Fault(row["seq"], "its digest does not follow from the one before and what it says")
        if row["recorded_at"] < self.recorded_at:
            yield Fault(row["seq"], "recorded before the submission before it")
        self.seq, self.digest, self.recorded_at = row["seq"], row["digest"], row["recorded_at"]
        yield from self._body(row)

    def _body(self, row: sa.RowMapping) -> Iterator[Fault]:
        if row["body"] is None:
            yield Fault(row["seq"], "its body is missing")
            return
        left = self.deleted.get(submission_name(row["seq"]))
        if hashlib.sha256(row["body"]).hexdigest() != (left.left if left else row["body_digest"]):
            yield Fault(
                row["seq"], _UNDELETED if left else "its body is not the one its digest was made from"
            )
            return
        try:
            rows = decode(row["body"], "")
        except IntegrityError:
            yield Fault(row["seq"], "its body cannot be read")
            return
        if left is None and (
            row["kind"] not in FACTS
            or rows.num_rows != row["rows"]
            or rows.schema != FACTS[row["kind"]].schema
        ):
            yield Fault(row["seq"], f"its body is not {row['rows']} rows of {row['kind']}")
        elif row["kind"] == "visit_partition":
            yield from self._partitions(row["seq"], rows)

    def _partitions(self, seq: int, rows: pa.Table) -> Iterator[Fault]:
        for named in rows.to_pylist():
            deleted = self.deleted.get(named["file"])
            if deleted is None or deleted.seq < seq:
                wrong = partitions.fault(self.store, named)
            else:
                wrong = _UNDELETED if partitions.path_of(self.store, named["file"]).exists() else ""
            if wrong:
                yield Fault(seq, wrong)


def _recomputed(previous: str, row: sa.RowMapping) -> str:
    header: dict[str, str | int] = {name: row[name] for name in _HEADER}
    header["recorded_at"] = row["recorded_at"].isoformat(timespec="microseconds")
    return chained(previous, header)
