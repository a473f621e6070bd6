"""What the fault tests kill: appends tubes, or refreshes columns, until it is killed.

python -m tests.faults.appender URL STORE ACKNOWLEDGED append|refresh

After each receipt the submission's number and digest are written to the file ACKNOWLEDGED; nothing is
promised before that.
"""

import os
import sys
from pathlib import Path

from ringfence.columns import Columns, segments
from ringfence.journal import Journal
from tests.unit.journal.sent import sample

SEGMENT_ROWS = 400


def append(journal, acknowledged):
    """Tubes of ten, one or three to a transaction, each known by the number it would have."""
    while True:
        first = journal.head()[0] + 1
        sent = [sample(number, *range(10)) for number in range(first, first + (3 if first % 4 == 0 else 1))]
        for receipt in journal.append_all(sent):
            os.write(acknowledged, f"{receipt.seq} {receipt.id} {receipt.digest}\n".encode())


def refresh(journal, store):
    """Columns made again from nothing, then grown with the journal, over and over."""
    segments.SEGMENT_ROWS = SEGMENT_ROWS
    while True:
        with Columns(store / "columns", journal, store, limits={"threads": 1}) as columns:
            columns.rebuild()
            for _ in range(5):
                first = journal.head()[0] + 1
                journal.append_all(sample(number, *range(10)) for number in range(first, first + 7))
                columns.refresh()


def main(url, store, acknowledged, what):
    handle = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with Journal.open(url) as journal:
        if what == "refresh":
            journal.append_all(sample(number, *range(10)) for number in range(1, 100))
        sample(1).rows.to_pylist()  # what is imported only when first used, pandas above all, is here by now
        os.write(handle, b"ready\n")
        if what == "append":
            append(journal, handle)
        else:
            refresh(journal, Path(store))


if __name__ == "__main__":
    main(*sys.argv[1:])
