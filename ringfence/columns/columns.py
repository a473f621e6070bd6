"""The columns themselves: refresh from the journal, rebuild at will, and a snapshot of any instant."""

import shutil
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from ringfence.columns import contact_sources, manifest, repeats, segments
from ringfence.columns.manifest import Kind, Manifest
from ringfence.columns.snapshot import KINDS, View, create
from ringfence.errors import NotFoundError, StoreError
from ringfence.journal import Journal, Progress
from ringfence.journal.lock import WriterLock
from ringfence.journal.partitions import CHINA
from ringfence.tables import Facts
from ringfence.tables.facts import KEEPING

_WAIT = 60.0  # seconds for another process to finish its refresh
_SNAPSHOTS = 32  # kept open; older ones are dropped
_UNCOMPARED = KEEPING
CONTACTS = "contacts"
"""The folder, beside the segments, of the contact index; its own files say what they were made from."""


class Columns:
    """Everyone at once, for one journal. Use as a context manager, or close it.

    One object belongs to one thread. Any number of processes may have their own on one directory.
    """

    def __init__(
        self,
        directory: Path,
        journal: Journal,
        store: Path,
        zone: str = CHINA,
        limits: dict[str, Any] | None = None,
    ) -> None:
        """`limits` are DuckDB's settings: `threads` (a number), `memory_limit` (such as "4GB")."""
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory.resolve()
        self._journal = journal
        self._store = store.resolve()
        self._zone = zone
        self._lock = WriterLock(self.directory / "writer")
        spill = {"temp_directory": str(self.directory / "spill")}
        self._ibis = ibis.duckdb.connect(":memory:", **spill, **(limits or {}))
        self._snapshots: dict[tuple[int, str, int], tuple[str, Facts]] = {}
        self._made = 0

    def refresh(self, progress: Progress | None = None) -> int:
        """Bring the files up to the journal's end; the rows added. Cheap where nothing is new.

        A kill at any instant leaves what was there before, or what is there after. The files are a
        function of the journal alone: however many refreshes made them, a rebuild makes the same.
        StoreError where another process refreshes for longer than a minute.
        """
        seq, digest = self._journal.head()
        if (known := self._known()) and (known.seq, known.digest) == (seq, digest):
            return 0
        self._lock.take(_WAIT)
        try:
            before = self._known() or Manifest(self._journal.store_id, self._zone, 0, self._journal.digest(0))
            after = self._add(before, progress)
            if after != before or not self._known():
                manifest.write(self.directory, after)
                self._sweep(after)
        finally:
            self._lock.release()
        return sum(its.rows for its in after.kinds.values()) - sum(its.rows for its in before.kinds.values())

    def rebuild(self, progress: Progress | None = None) -> int:
        """Forget every file and make them again; the rows added."""
        self.clear()
        return self.refresh(progress)

    def clear(self) -> None:
        """Forget every file, past answers with them; the next refresh makes them from the journal."""
        self._lock.take(_WAIT)
        try:
            (self.directory / manifest.NAME).unlink(missing_ok=True)
            self._sweep(None)
        finally:
            self._lock.release()

    def snapshot(self, as_of: datetime) -> Facts:
        """What was known at an instant (UTC), as of the last refresh: every kind of fact, by name.

        Ibis tables on one connection, worked out only when asked: the declared columns, `fact`,
        `recorded_at`, and for visits `day`, the civil day they begin on; a filter by `day` reads only
        that day's files. The last 32 snapshots can be used. StoreError where nothing was refreshed yet.
        """
        return self._opened(as_of)[2]

    def visit_sources(self, as_of: datetime) -> contact_sources.VisitSources:
        """Where the visits of a snapshot lie: what the contact index is made from (see `contact_index`)."""
        view, space, _ = self._opened(as_of)
        return contact_sources.read(view, space)

    def _opened(self, as_of: datetime) -> tuple[View, str, Facts]:
        known = self._known()
        if known is None:
            raise StoreError(f"{self.directory}: not built from this journal yet; refresh first")
        seq = min(known.seq, self._journal.head(as_of)[0])
        key = (known.seq, known.digest, seq)
        view = View(self._ibis.con, self.directory, self._store, known, seq)
        if key not in self._snapshots:
            self._snapshots[key] = self._snapshot(view)
            while len(self._snapshots) > _SNAPSHOTS:
                space, _ = self._snapshots.pop(next(iter(self._snapshots)))
                self._ibis.con.execute(f"DROP SCHEMA {space} CASCADE")
        return view, *self._snapshots[key]

    def close(self) -> None:
        """Let go of the connection; its snapshots end."""
        self._snapshots.clear()
        self._ibis.disconnect()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _snapshot(self, view: View) -> tuple[str, Facts]:
        self._made += 1
        space = f"snapshot_{self._made}"
        create(view, space)
        return space, {kind: _table(self._ibis, space, kind) for kind in KINDS}

    def _known(self) -> Manifest | None:
        """The manifest, where it is of this journal as it is now and its files are there."""
        found = manifest.read(self.directory)
        if found is None or (found.store, found.zone) != (self._journal.store_id, self._zone):
            return None
        try:
            same = self._journal.digest(found.seq) == found.digest
        except NotFoundError:
            return None
        whole = same and all(path.is_file() for path in _files(self.directory, found))
        return found if whole else None

    def _add(self, known: Manifest, progress: Progress | None) -> Manifest:
        """Write the segments and repeated keys of the entries after a manifest; the next manifest."""
        head = self._journal.head()[0]
        growing: dict[str, segments.Growing] = {}
        seq, digest = known.seq, known.digest
        for entry in self._journal.entries(known.seq):
            rows = segments.rows_of(entry, self._zone)
            if entry.kind not in growing and rows.num_rows:
                kind = known.kinds.get(entry.kind, Kind())
                growing[entry.kind] = segments.grow(self.directory, entry.kind, kind)
            if rows.num_rows:  # none where all were deleted
                growing[entry.kind].add(rows)
            seq, digest = entry.seq, entry.digest
            if progress is not None:
                progress(seq, max(head, seq))
        kinds = dict(known.kinds)
        for name, its in growing.items():
            kinds[name] = Kind(its.finish(), kinds.get(name, Kind()).repeats)
            if name not in _UNCOMPARED:
                kinds[name] = repeats.update(self._ibis.con, self.directory, name, kinds[name], known.seq)
        return Manifest(known.store, known.zone, seq, digest, kinds)

    def _sweep(self, known: Manifest | None) -> None:
        """Delete what no manifest names: other journals' files, and what a kill left half made."""
        named = set(_files(self.directory, known)) if known else set[Path]()
        for path in sorted(self.directory.glob("*/*")):
            if path not in named and path.parent.name not in ("spill", CONTACTS):
                path.unlink() if path.is_file() else shutil.rmtree(path)
        for folder in self.directory.iterdir():
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _table(backend: Backend, space: str, kind: str) -> ir.Table:
    # What `backend.table` makes, without asking the database for a schema that is declared.
    schema = ibis.Schema.from_pyarrow(segments.schema(kind))
    return ops.DatabaseTable(kind, schema, backend, ops.Namespace(database=space)).to_expr()


def _files(directory: Path, known: Manifest) -> list[Path]:
    repeated = [manifest.repeats_file(directory, kind) for kind, its in known.kinds.items() if its.repeats]
    return [*segments.files(directory, known.kinds), *repeated]
