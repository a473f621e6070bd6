"""What is a submission, what is kept of it, and how are its rows written as bytes?"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ringfence.errors import InputError, IntegrityError
from ringfence.journal.rows import checked
from ringfence.tables.facts import FACTS

MOST_ROWS = 100_000
"""Rows in one submission, at most."""
SCHEMA_VERSION = 1
"""Version of the declared tables that bodies are written in."""
GENESIS = "0" * 64
"""The digest before the first submission."""
EARLIEST = datetime.fromisoformat("0001-01-01")
"""Before every submission."""
ROW = "row"
"""The column of a body some of whose rows were deleted: which rows the others were."""
Numbers = npt.NDArray[np.int64]
_LONGEST = 200
_COMPRESSION_LEVEL = 3


@dataclass(frozen=True)
class Submission:
    """Rows of one kind of fact, sent under the client's own id: the same id is the same submission."""

    id: str
    kind: str
    rows: pa.Table
    actor: str
    device: str = ""
    source: str = ""


@dataclass(frozen=True)
class Receipt:
    """The answer to a submission; the first answer again (`repeated`) when it comes again."""

    seq: int
    id: str
    rows: int
    digest: str
    recorded_at: datetime
    repeated: bool


@dataclass(frozen=True)
class Entry:
    """A submission as the journal keeps it. `recorded_at` is UTC, `body` an Arrow IPC stream."""

    seq: int
    id: str
    kind: str
    recorded_at: datetime
    actor: str
    device: str
    source: str
    rows: int
    digest: str
    body: bytes

    def table(self) -> pa.Table:
        """The rows, in the declared columns of the kind. IntegrityError where the body cannot be read."""
        return self.left()[0]

    def left(self) -> tuple[pa.Table, Numbers]:
        """The rows that were not deleted since, and which rows of the submission (from 0) they are."""
        rows = decode(self.body, f"submission {self.seq}")
        if ROW not in rows.column_names:
            return rows, np.arange(rows.num_rows, dtype=np.int64)
        return rows.drop_columns([ROW]), rows[ROW].to_numpy().astype(np.int64)


@dataclass(frozen=True)
class Prepared:
    """A submission checked and written as bytes, not yet numbered."""

    submission: Submission
    rows: int
    body: bytes
    body_digest: str


def prepare(submission: Submission) -> Prepared:
    """Check a submission against its table's declaration and encode it; InputError where it does not fit."""
    _check_header(submission)
    rows = submission.rows.num_rows
    if not 1 <= rows <= MOST_ROWS:
        raise InputError(f"{submission.kind}: {rows} rows; a submission has 1 to {MOST_ROWS}")
    body = encode(checked(FACTS[submission.kind], submission.rows))
    return Prepared(submission, rows, body, hashlib.sha256(body).hexdigest())


def _check_header(submission: Submission) -> None:
    if submission.kind not in FACTS:
        raise InputError(f"{submission.kind!r}: not a kind of fact; there are {', '.join(FACTS)}")
    for name in ("id", "actor", "device", "source"):
        text: str = getattr(submission, name)
        if len(text) > _LONGEST or not text.isprintable():
            raise InputError(f"submission's {name}: at most {_LONGEST} printable characters")
    if not submission.id or not submission.actor:
        raise InputError("a submission needs an id of its own and the actor who sends it")


def encode(rows: pa.Table) -> bytes:
    """The canonical bytes of rows: equal rows give equal bytes, whatever they were built from."""
    # `take` copies into fresh buffers, in which what lies under an absent value is always zero.
    rows = rows.combine_chunks().take(pa.array(np.arange(rows.num_rows))).combine_chunks()
    options = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", compression_level=_COMPRESSION_LEVEL))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema, options=options) as writer:
        writer.write_table(rows)
    return sink.getvalue().to_pybytes()


def without(entry: Entry, keep: pa.Array) -> bytes:
    """The body of an entry with only some of its rows left, each with its place among them all."""
    rows, numbers = entry.left()
    left = rows.append_column(pa.field(ROW, pa.int32(), nullable=False), pa.array(numbers, pa.int32()))
    return encode(left.filter(keep))


def decode(body: bytes, where: str) -> pa.Table:
    """The rows of a body; IntegrityError names where it was found."""
    try:
        return pa.ipc.open_stream(body).read_all()
    except (pa.ArrowInvalid, OSError) as error:
        raise IntegrityError(f"{where}: its body cannot be read; restore it from a copy") from error


def digest_of(previous: str, prepared: Prepared, seq: int, recorded_at: datetime) -> str:
    """The digest of an entry; see `chained`."""
    sent = prepared.submission
    header: dict[str, str | int] = {
        "seq": seq,
        "id": sent.id,
        "kind": sent.kind,
        "schema_version": SCHEMA_VERSION,
        "recorded_at": recorded_at.isoformat(timespec="microseconds"),
        "actor": sent.actor,
        "device": sent.device,
        "source": sent.source,
        "rows": prepared.rows,
        "body_digest": prepared.body_digest,
    }
    return chained(previous, header)


def chained(previous: str, header: dict[str, str | int]) -> str:
    """SHA-256 of the previous digest and the header: JSON, keys sorted, no spaces, UTF-8.

    The body stands in the header by its own SHA-256, so that a body can be deleted when its
    retention ends and the chain still verifies.
    """
    text = json.dumps(header, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(previous.encode() + text.encode()).hexdigest()
