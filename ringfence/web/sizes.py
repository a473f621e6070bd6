"""Works out whose tube may hold what, in a process of its own: it takes seconds, and answers must not wait.

python -m ringfence.web.sizes STORE
"""

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from ringfence.actions.pooling import Sizes, age, read_sizes, work_out
from ringfence.actions.store import open_store
from ringfence.errors import StoreError

_log = logging.getLogger(__name__)
_NICE = 10


async def follow_sizes(directory: Path, every: float, use: Callable[[Sizes], None]) -> "asyncio.Task[None]":
    """Use what was written down last, or is now where nothing was: there are limits before there are tubes.

    The task works them out again every so many seconds, for ever; the last ones hold where it fails.
    """
    last = read_sizes(directory)
    use(last or await _fresh(directory))
    return asyncio.create_task(_follow(directory, every, use))


async def _follow(directory: Path, every: float, use: Callable[[Sizes], None]) -> None:
    await asyncio.sleep(max(0.0, every - age(directory)))
    while True:
        try:
            use(await _fresh(directory))
        except StoreError as error:
            _log.warning("%s; the last ones hold", error)
        await asyncio.sleep(every)


async def _fresh(directory: Path) -> Sizes:
    command = [sys.executable, "-m", "ringfence.web.sizes", str(directory)]
    child = await asyncio.create_subprocess_exec(*command)
    try:
        ended = await child.wait()
    except asyncio.CancelledError:
        child.terminate()
        raise
    sizes = read_sizes(directory)
    if ended or sizes is None:
        raise StoreError(f"the sizes of tubes could not be worked out (exit {ended})")
    return sizes


def main() -> None:
    """Work the sizes out now."""
    os.nice(_NICE)
    with open_store(Path(sys.argv[1])) as store:
        work_out(store, datetime.now(UTC).replace(tzinfo=None))


if __name__ == "__main__":
    main()
