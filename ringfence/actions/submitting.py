"""What is being loaded, what became of it, and how do checked rows become a submission?"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ringfence.actions.store import Store
from ringfence.intake.area_codes import KnownAreas
from ringfence.intake.mapping import FileMapping
from ringfence.intake.rejects import RejectsFile
from ringfence.journal import Receipt, Submission
from ringfence.tables import Table

Tell = Callable[[str, int], None]
"""Told, after each batch, the file's name and how many of its rows have been read."""


@dataclass(frozen=True)
class LoadOptions:
    """How to load: empty where the mapping or the store decides.

    `source` names who sends visits: a later file of the same source and day takes the earlier one's place,
    where `replace` says so, and is refused else.
    `recorded_at` (UTC) only on an exercise. A dry run checks everything and keeps nothing.
    """

    mapping: Path | None = None
    table: str = ""
    zone: str = ""
    dry_run: bool = False
    actor: str = "ringfence load"
    recorded_at: datetime | None = None
    source: str = ""
    replace: bool = False


@dataclass
class FileSummary:
    """What became of one file. `repeated` rows had been said before, in this file or in the store.

    `expired` are visits of days whose visits were deleted for good. `replaced` visits, of the same source and
    days, were told by an earlier file and gave way. `unread`: it was read whole before.
    """

    file: str
    table: str = ""
    read: int = 0
    accepted: int = 0
    repeated: int = 0
    refused: int = 0
    expired: int = 0
    replaced: int = 0
    submissions: list[int] = field(default_factory=list[int])
    ignored: tuple[str, ...] = ()
    unread: bool = False
    error: str = ""


@dataclass(frozen=True)
class Job:
    """One file being loaded; `origin` is the beginning of its digest."""

    store: Store
    options: LoadOptions
    mapping: FileMapping
    known: KnownAreas
    listed: RejectsFile
    summary: FileSummary
    origin: str
    tell: Tell | None

    def send(self, table: Table, rows: pa.Table, id_: str, count: int) -> Receipt:
        """Append one submission of the file, `count` rows of it; what it came to is added to the summary."""
        sent = Submission(id_, table.name, rows, self.options.actor, source=f"file {self.origin}")
        receipt = self.store.journal.append(sent, self.options.recorded_at)
        self.summary.submissions.append(receipt.seq)
        if receipt.repeated:
            self.summary.repeated += count
        else:
            self.summary.accepted += count
        return receipt

    def keep(self, table: Table, rows: pa.Table, digests: Sequence[bytes]) -> None:
        """Append rows as one submission, in the order of their natural key, under an id made from them."""
        if rows.num_rows == 0:
            return
        if self.options.dry_run:
            self.summary.accepted += rows.num_rows
            return
        order = pc.sort_indices(rows, sort_keys=[(name, "ascending") for name in table.key])
        id_ = submission_id(table.name, [digests[place] for place in order.to_pylist()])
        self.send(table, rows.take(order), id_, rows.num_rows)


def submission_id(table: str, digests: Sequence[bytes]) -> str:
    """The id of rows of a table, from their digests in the order of their key: SHA-256, in hexadecimal."""
    return hashlib.sha256(table.encode() + b"\0" + b"".join(digests)).hexdigest()
