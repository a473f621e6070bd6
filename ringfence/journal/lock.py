"""Who may write here now? One process, and the lock goes when it dies."""

import sqlite3
from pathlib import Path

from ringfence.errors import StoreError


class WriterLock:
    """A lock between processes (and between holders in one process), kept by the operating system.

    It is SQLite's own file lock on an empty database: the same on every system, and released by a
    kill at any instant.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held: sqlite3.Connection | None = None

    def take(self, wait: float = 0.0) -> None:
        """Hold the lock until `release`; nothing happens where it is held already.

        `wait` is in seconds. StoreError when somebody else has it for longer than that.
        """
        if self._held is not None:
            return
        connection = sqlite3.connect(self.path, timeout=wait, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            connection.close()
            raise StoreError(
                f"{self.path.parent}: another process is writing here ({error}); one writer at a time: "
                "end it, or let it do the writing"
            ) from error
        self._held = connection

    def release(self) -> None:
        """Let others write; nothing happens where it is not held."""
        if self._held is not None:
            self._held.close()
            self._held = None
