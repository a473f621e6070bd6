"""How are more visits than memory should hold sorted into days before they are kept?"""

import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ringfence.journal import partitions
from ringfence.tables.facts import VISIT


class DaySpool:
    """Visits put down by the civil day they begin on, in files of a folder that is thrown away."""

    def __init__(self, folder: Path, zone: str) -> None:
        """Use `spool`."""
        self._folder = folder
        self._zone = zone
        self._pieces: dict[date, list[Path]] = {}
        self.rows = 0

    def add(self, visits: pa.Table) -> None:
        """Put down visits in the declared columns."""
        days = partitions.days_of(visits["enter"], self._zone)
        for day in pc.unique(days).to_pylist():
            pieces = self._pieces.setdefault(day, [])
            path = self._folder / f"{day}-{len(pieces)}.arrow"
            with pa.ipc.new_file(path, VISIT.schema) as writer:
                writer.write_table(visits.filter(pc.equal(days, day)))
            pieces.append(path)
        self.rows += visits.num_rows

    def tables(self) -> Iterator[tuple[date, pa.Table]]:
        """Each day and its visits, in order of the days."""
        for day in sorted(self._pieces):
            yield day, pa.concat_tables(_read(path) for path in self._pieces[day])


def _read(path: Path) -> pa.Table:
    with pa.ipc.open_file(path) as reader:
        return reader.read_all()


@contextmanager
def spool(store: Path, zone: str) -> Generator[DaySpool]:
    """A spool beside the store's own files, gone when the `with` ends."""
    with tempfile.TemporaryDirectory(dir=store, prefix=".loading-") as folder:
        yield DaySpool(Path(folder), zone)
