"""How do files become facts in the store? Checked, identities to the vault, the rest to the journal.

Rows go in by batches of at most 100,000, each a submission whose id is made from what its rows say.
What was interrupted is finished by running it again: what went in before is recognised and not
repeated. Identities are kept before the rows that need them.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ringfence.actions.spooling import DaySpool, spool
from ringfence.actions.store import Store
from ringfence.errors import InputError
from ringfence.intake.area_codes import KnownAreas
from ringfence.intake.cells import Batch
from ringfence.intake.checking import Checked, Checker
from ringfence.intake.headings import Plan, make_plan
from ringfence.intake.mapping import FileMapping, read_mapping
from ringfence.intake.reading import Source, file_digest, open_source
from ringfence.intake.rejects import RejectsFile
from ringfence.intake.repeats import row_digests
from ringfence.intake.times import Clock
from ringfence.intake.values import Context
from ringfence.intake.words import words_for
from ringfence.journal import Receipt, Submission, partitions
from ringfence.tables import Table
from ringfence.tables.facts import VISIT, VISIT_PARTITION
from ringfence.vault import Identity

Tell = Callable[[str, int], None]
"""Told, after each batch, the file's name and how many of its rows have been read."""


@dataclass(frozen=True)
class LoadOptions:
    """How to load: empty where the mapping or the store decides.

    `recorded_at` (UTC) only on an exercise. A dry run checks everything and keeps nothing.
    """

    mapping: Path | None = None
    table: str = ""
    zone: str = ""
    dry_run: bool = False
    actor: str = "ringfence load"
    recorded_at: datetime | None = None


@dataclass
class FileSummary:
    """What became of one file. `repeated` rows had been said before, in this file or in the store."""

    file: str
    table: str = ""
    read: int = 0
    accepted: int = 0
    repeated: int = 0
    refused: int = 0
    submissions: list[int] = field(default_factory=list[int])
    ignored: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class Summary:
    """What became of each file, and the rejects file where there is one."""

    files: tuple[FileSummary, ...]
    rejects: Path | None

    @property
    def refused(self) -> int:
        """Rows refused in all files."""
        return sum(file.refused for file in self.files)

    @property
    def errors(self) -> tuple[str, ...]:
        """Why files could not be read."""
        return tuple(file.error for file in self.files if file.error)


def load(
    files: Sequence[Path], store: Store, options: LoadOptions, rejects: Path, tell: Tell | None = None
) -> Summary:
    """Load files in the order given; a file that cannot be read does not stop the others.

    Each fault is listed in the file `rejects`, which is made only if there is one. Raises InputError
    where the mapping file cannot be read.
    """
    mapping = read_mapping(options.mapping) if options.mapping else FileMapping()
    summaries: list[FileSummary] = []
    with RejectsFile(rejects) as listed:
        known: KnownAreas | None = None
        for path in files:
            known = known or known_areas(store)
            summary = FileSummary(path.name)
            summaries.append(summary)
            try:
                _load_file(path, _Job(store, options, mapping, known, listed, summary, tell))
            except InputError as error:
                summary.error = str(error)
            if summary.table == "area":
                known = None
    return Summary(tuple(summaries), rejects if listed.written else None)


def known_areas(store: Store) -> KnownAreas:
    """The areas in force that the store knows now, and the codes that stand for others."""
    now = datetime.now(UTC).replace(tzinfo=None)
    store.columns.refresh()
    rows = store.columns.snapshot(now)["area"].select("area", "alias_of", "valid_to").to_pyarrow().to_pylist()
    in_force = [row for row in rows if row["valid_to"] is None or row["valid_to"] > now.date()]
    return KnownAreas(
        frozenset(row["area"] for row in in_force if row["alias_of"] is None),
        {row["area"]: row["alias_of"] for row in rows if row["alias_of"] is not None},
    )


@dataclass(frozen=True)
class _Job:
    """One file being loaded."""

    store: Store
    options: LoadOptions
    mapping: FileMapping
    known: KnownAreas
    listed: RejectsFile
    summary: FileSummary
    tell: Tell | None


def _load_file(path: Path, job: _Job) -> None:
    source = open_source(path, job.mapping.options)
    first = next(source.batches)
    plan = make_plan(source.name, first.numbers, first.rows, job.mapping, job.options.table)
    job.summary.table, job.summary.ignored = plan.table.name, plan.ignored
    clock = Clock(job.options.zone or job.mapping.zone or job.store.settings.zone, job.mapping.date_order)
    context = Context(plan.table, clock, words_for(plan.table, job.mapping.values), job.known)
    own_codes = job.mapping.people == "codes"
    checker = Checker(source.name, plan, context, job.store.vault.pseudonyms, own_codes)
    batches = _checked(checker, _below_headings(first, plan, source), job)
    origin = file_digest(path)[:16]
    if plan.table is VISIT:
        _keep_visits(batches, job, origin)
    else:
        for checked in batches:
            _keep(plan.table, checked.rows, checked.digests, job, origin)


def _below_headings(first: Batch, plan: Plan, source: Source) -> Iterator[Batch]:
    at = first.numbers.index(plan.heading_row) + 1
    broken = [row for row in first.broken if row[0] > plan.heading_row]
    yield Batch(first.numbers[at:], first.rows[at:], broken)
    yield from source.batches


def _checked(checker: Checker, batches: Iterator[Batch], job: _Job) -> Iterator[Checked]:
    """The batches checked, their faults listed and their identities in the vault."""
    for batch in batches:
        checked = checker.check(batch)
        job.listed.write(checked.rejects)
        job.summary.read += checked.read
        job.summary.repeated += checked.repeated
        job.summary.refused += checked.refused
        if checked.identities and not job.options.dry_run:
            job.store.vault.keep((person, Identity(*said)) for person, *said in checked.identities)
        yield checked
        if job.tell:
            job.tell(job.summary.file, job.summary.read)


def _keep(table: Table, rows: pa.Table, digests: Sequence[bytes], job: _Job, origin: str) -> None:
    """Append rows as one submission, in the order of their natural key, under an id made from them."""
    if rows.num_rows == 0:
        return
    if job.options.dry_run:
        job.summary.accepted += rows.num_rows
        return
    order = pc.sort_indices(rows, sort_keys=[(name, "ascending") for name in table.key])
    sent = Submission(
        id=submission_id(table.name, [digests[place] for place in order.to_pylist()]),
        kind=table.name,
        rows=rows.take(order),
        actor=job.options.actor,
        source=f"file {origin}",
    )
    _count(job, job.store.journal.append(sent, job.options.recorded_at), rows.num_rows)


def submission_id(table: str, digests: Sequence[bytes]) -> str:
    """The id of rows of a table, from their digests in the order of their key: SHA-256, in hexadecimal."""
    return hashlib.sha256(table.encode() + b"\0" + b"".join(digests)).hexdigest()


def _keep_visits(batches: Iterator[Checked], job: _Job, origin: str) -> None:
    """Few visits go in as they are; more than a batch go by day into partitions named in one submission."""
    first = next(batches)
    second = next(batches, None)
    if second is None:
        _keep(VISIT, first.rows, first.digests, job, origin)
        return
    with spool(job.store.directory, job.store.settings.zone) as days:
        for checked in (first, second):
            days.add(checked.rows)
        for checked in batches:
            days.add(checked.rows)
        if job.options.dry_run:
            job.summary.accepted += days.rows
        else:
            _keep_days(days, job, origin)


def _keep_days(days: DaySpool, job: _Job, origin: str) -> None:
    """Every day's file is durable before the one submission that names them all."""
    zone = job.store.settings.zone
    named: list[dict[str, Any]] = [
        partitions.write(job.store.directory, day, origin, visits, zone) for day, visits in days.tables()
    ]
    if not named:
        return
    rows = pa.Table.from_pylist(named, schema=VISIT_PARTITION.schema)
    sent = Submission(
        id=submission_id(VISIT_PARTITION.name, row_digests(rows)),
        kind=VISIT_PARTITION.name,
        rows=rows,
        actor=job.options.actor,
        source=f"file {origin}",
    )
    _count(job, job.store.journal.append(sent, job.options.recorded_at), days.rows)


def _count(job: _Job, receipt: Receipt, rows: int) -> None:
    job.summary.submissions.append(receipt.seq)
    if receipt.repeated:
        job.summary.repeated += rows
    else:
        job.summary.accepted += rows
