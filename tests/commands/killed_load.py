"""What the tests of loading kill: loads one file in small batches, and ends itself at a chosen call.

python -m tests.commands.killed_load STORE FILE SOURCE CALL NUMBER
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from ringfence.actions.loading import LoadOptions, load
from ringfence.actions.spooling import Spool
from ringfence.actions.store import open_store
from ringfence.intake import cells
from ringfence.journal import Journal

CALLS = {"append": Journal, "add": Spool, "kept": Spool, "whole": Spool, "done": Spool}


def dying(done: Callable[..., object], number: int) -> Callable[..., object]:
    """The function, after whose call of this number (from 1) nothing more happens."""
    calls: list[int] = []

    def call(*arguments: object) -> object:
        result = done(*arguments)
        calls.append(0)
        if len(calls) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return call


def main(store: str, file: str, source: str, what: str, number: str) -> None:
    cells.BATCH_ROWS = 10
    setattr(CALLS[what], what, dying(getattr(CALLS[what], what), int(number)))
    with open_store(Path(store)) as opened:
        load([Path(file)], opened, LoadOptions(source=source), Path(store).parent / "rejects.csv")


if __name__ == "__main__":
    main(*sys.argv[1:])
