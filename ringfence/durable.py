"""Is what was written on the disk, and not only on its way there?"""

import os
from pathlib import Path


def synced(*paths: Path) -> None:
    """Wait until files, and the names in folders, are on the disk."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
