"""Which files are the columns, and how far into the journal do they reach?"""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

NAME = "manifest.json"
VERSION = 1


@dataclass(frozen=True)
class Kind:
    """One kind of fact: the rows of its segments in order, and of its file of repeated keys.

    `repeats` counts the rows whose natural key another row has too; 0 means that keys are distinct.
    """

    segments: tuple[int, ...] = ()
    repeats: int = 0

    @property
    def rows(self) -> int:
        """Rows in all segments."""
        return sum(self.segments)


@dataclass(frozen=True)
class Manifest:
    """The columns of one journal (`store`) up to one of its entries; visits have their day in `zone`."""

    store: str
    zone: str
    seq: int
    digest: str
    kinds: dict[str, Kind] = field(default_factory=dict[str, Kind])
    version: int = VERSION


def segment_file(directory: Path, kind: str, number: int) -> Path:
    """The file of a segment; the last one is rewritten while it grows, its first rows never change."""
    return directory / kind / f"{number:05d}.parquet"


def repeats_file(directory: Path, kind: str) -> Path:
    """The file of the facts whose natural key comes more than once."""
    return directory / kind / "repeats.parquet"


def read(directory: Path) -> Manifest | None:
    """The manifest; None where there is none that this version can read."""
    try:
        told = json.loads((directory / NAME).read_text(encoding="utf-8"))
        if told.pop("version") != VERSION:
            return None
        kinds = {
            kind: Kind(tuple(its["segments"]), its["repeats"]) for kind, its in told.pop("kinds").items()
        }
        return Manifest(**told, kinds=kinds)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write(directory: Path, manifest: Manifest) -> None:
    """Put the manifest in place at once; the same manifest gives the same bytes."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    temporary = directory / f".{NAME}.tmp"
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(directory / NAME)
