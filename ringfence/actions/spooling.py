"""How are more visits than memory should hold sorted into days before they are kept, and found again?

A spool is a folder of the store, named by the file that is loaded and how it is read. When the file has been
read whole the spool says so, and then which days have gone into the journal: whoever was interrupted goes on
from there without reading the file again. When all days are in, only what it says stays.
"""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ringfence.durable import synced
from ringfence.intake.reading import file_digest
from ringfence.journal import partitions
from ringfence.tables.facts import VISIT

FOLDER = "loading"
_STATE = "state.json"
_NUMBER = "number"
_SCHEMA = VISIT.schema.append(pa.field(_NUMBER, pa.int64(), nullable=False))


@dataclass(frozen=True)
class Day:
    """The visits of a civil day, each once.

    `repeated` rows only said again what another had said. `conflicts`: the numbers of rows that contradict an
    earlier one, and the number of that one.
    """

    day: date
    visits: pa.Table
    repeated: int
    conflicts: list[tuple[int, int]]


@dataclass
class Spool:
    """Visits put down by the civil day they begin on. `told` is what a whole reading came to, by name; `days`
    the digests of the days that are in the journal."""

    folder: Path
    zone: str
    told: dict[str, Any] | None = None
    days: dict[str, str] = field(default_factory=dict[str, str])
    _pieces: int = 0

    def add(self, visits: pa.Table, numbers: list[int]) -> None:
        """Put down visits in the declared columns, with their rows' numbers in the file."""
        days = partitions.days_of(visits["enter"], self.zone)
        rows = pa.Table.from_arrays([*visits.columns, pa.array(numbers, pa.int64())], schema=_SCHEMA)
        for day in pc.unique(days).to_pylist():
            with pa.ipc.new_file(self.folder / f"{day}-{self._pieces:06d}.arrow", _SCHEMA) as writer:
                writer.write_table(rows.filter(pc.equal(days, day)))
        self._pieces += 1

    def whole(self, told: dict[str, Any]) -> None:
        """The file has been read to its end, with this outcome; first what was put down is durable."""
        synced(*self.folder.glob("*.arrow"), self.folder)
        self.told = told
        self._write()

    def kept(self, day: date, digest: str) -> None:
        """A day is in the journal."""
        self.days[day.isoformat()] = digest
        self._write()

    def done(self) -> None:
        """Every day is: the visits themselves go."""
        for piece in self.folder.glob("*.arrow"):
            piece.unlink()

    def waiting(self) -> list[date]:
        """The days that have visits here, in order."""
        return sorted({_day(piece) for piece in self.folder.glob("*.arrow")})

    def visits(self, day: date) -> Day:
        """The visits of a day, in the order of the partitions' files."""
        pieces = sorted(self.folder.glob(f"{day}-*.arrow"))
        return _once(day, pa.concat_tables(_read(piece) for piece in pieces).combine_chunks())

    def _write(self) -> None:
        temporary = self.folder / f".{_STATE}.tmp"
        with temporary.open("w", encoding="utf-8") as file:
            json.dump({"told": self.told, "days": self.days}, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.folder / _STATE)


def name_of(path: Path, *how: str) -> str:
    """What a spool is called: a digest of the file and of how it is read."""
    return hashlib.sha256("\0".join((file_digest(path), *how)).encode()).hexdigest()[:32]


def found(store: Path, name: str, zone: str) -> Spool | None:
    """The spool of a file that was read whole before; None where there is none, or it is spoilt."""
    folder = store / FOLDER / name
    try:
        told = json.loads((folder / _STATE).read_text(encoding="utf-8"))
        return Spool(folder, zone, told["told"], told["days"])
    except (OSError, ValueError, KeyError):
        return None


def fresh(store: Path, name: str, zone: str) -> Spool:
    """An empty spool; what an earlier, interrupted reading left goes."""
    folder = store / FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return Spool(folder, zone)


def discard(spool: Spool) -> None:
    """Take a spool away, the folder of all of them too where it was the last."""
    shutil.rmtree(spool.folder, ignore_errors=True)
    if not any(spool.folder.parent.iterdir()):
        spool.folder.parent.rmdir()


def forget_days(store: Path, before: date) -> None:
    """Delete what lies in any spool of days before a day."""
    for piece in (store / FOLDER).glob("*/*.arrow"):
        if _day(piece) < before:
            piece.unlink()


def _day(piece: Path) -> date:
    return date.fromisoformat(piece.name[:10])


def _read(path: Path) -> pa.Table:
    with pa.ipc.open_file(path) as reader:
        return reader.read_all()


def _once(day: date, rows: pa.Table) -> Day:
    number = rows[_NUMBER].to_numpy()
    keys = [rows[name].to_numpy() for name in ("place", "enter", "person")]
    if np.all(partitions.rising(keys)):
        return Day(day, rows.drop_columns([_NUMBER]), 0, [])
    order, starts = partitions.order_of(keys)  # of the same key, in the order of the file
    if starts.all():
        return Day(day, rows.drop_columns([_NUMBER]).take(pa.array(order)), 0, [])
    first = np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))
    again = np.flatnonzero(~starts)
    one, other = (rows.take(pa.array(order[places])) for places in (again, first[again]))
    differs = np.zeros(len(again), np.bool_)
    for name in ("leave", "part", "seat_row"):
        same = pc.or_kleene(
            pc.equal(one[name], other[name]), pc.and_(one[name].is_null(), other[name].is_null())
        )
        differs |= ~pc.fill_null(same, False).to_numpy()
    conflicts = zip(
        number[order[again[differs]]].tolist(), number[order[first[again[differs]]]].tolist(), strict=True
    )
    visits = rows.drop_columns([_NUMBER]).take(pa.array(order[starts]))
    return Day(day, visits, int(np.count_nonzero(~differs)), sorted(conflicts))
