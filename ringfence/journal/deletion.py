"""What was deleted for good, when the time visits are kept had ended, and what is left of a submission?

Deleting is a fact: it names what goes before anything goes, and a digest of what is left of each submission,
so that the chain still verifies and an interrupted deletion can be finished.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pyarrow as pa


@dataclass(frozen=True)
class Deletion:
    """What one deletion did to one thing: by which submission, before which day, and what it leaves."""

    seq: int
    what: str
    before: date
    left: str | None

    @property
    def submission(self) -> int | None:
        """The number of the submission that lost rows; None for a file."""
        return int(self.what[1:]) if self.left is not None else None


def submission_name(seq: int) -> str:
    """What a deletion calls a submission.

    >>> submission_name(12)
    'S12'
    """
    return f"S{seq}"


def latest(told: Iterable[tuple[int, pa.Table]]) -> dict[str, Deletion]:
    """The last deletion of each thing, from deletions' submissions in order and their rows."""
    return {
        row["what"]: Deletion(seq, row["what"], row["before"], row["left"])
        for seq, rows in told
        for row in rows.to_pylist()
    }
