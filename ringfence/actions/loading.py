"""How do files become facts in the store? Checked, identities to the vault, the rest to the journal.

Rows go in by batches of at most 100,000, each a submission whose id is made from what its rows say.
What was interrupted is finished by running it again: what went in before is recognised and not
repeated. Identities are kept before the rows that need them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ringfence.actions import spooling
from ringfence.actions.loading_visits import keep_visits, resumed
from ringfence.actions.store import Store
from ringfence.actions.submitting import FileSummary, Job, LoadOptions, Tell
from ringfence.errors import InputError
from ringfence.intake.area_codes import KnownAreas
from ringfence.intake.cells import Batch
from ringfence.intake.checking import Checked, Checker
from ringfence.intake.headings import Plan, make_plan
from ringfence.intake.mapping import FileMapping, read_mapping
from ringfence.intake.reading import Source, file_digest, open_source
from ringfence.intake.rejects import RejectsFile
from ringfence.intake.times import Clock
from ringfence.intake.values import Context
from ringfence.intake.words import words_for
from ringfence.journal import partitions
from ringfence.tables.facts import VISIT
from ringfence.vault import Identity


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
    if options.source and not partitions.SOURCE.fullmatch(options.source):
        raise InputError(f'source "{options.source}": write 1 to 64 letters, digits, - or _')
    with RejectsFile(rejects) as listed:
        known: KnownAreas | None = None
        for path in files:
            known = known or known_areas(store)
            summary = FileSummary(path.name)
            summaries.append(summary)
            try:
                origin = file_digest(path)[:16] if path.is_file() else ""
                _load_file(path, Job(store, options, mapping, known, listed, summary, origin, tell))
            except InputError as error:
                summary.error = str(error)
            if summary.table == "area":
                known = None
    refused = any(summary.refused for summary in summaries)
    return Summary(tuple(summaries), rejects if listed.written or (refused and rejects.exists()) else None)


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


def _load_file(path: Path, job: Job) -> None:
    source = open_source(path, job.mapping.options)
    name = spool_name(path, job)
    if resumed(job, name):
        return
    first = next(source.batches)
    plan = make_plan(source.name, first.numbers, first.rows, job.mapping, job.options.table)
    job.summary.table, job.summary.ignored = plan.table.name, plan.ignored
    clock = Clock(job.options.zone or job.mapping.zone or job.store.settings.zone, job.mapping.date_order)
    context = Context(plan.table, clock, words_for(plan.table, job.mapping.values), job.known)
    own_codes = job.mapping.people == "codes"
    checker = Checker(source.name, plan, context, job.store.vault.pseudonyms, own_codes)
    batches = _checked(checker, _below_headings(first, plan, source), job)
    if plan.table is VISIT:
        keep_visits(batches, job, name)
    elif job.options.source:
        raise InputError(
            f"{source.name}: a source is named for visits only; this is a table of {plan.table.name}"
        )
    else:
        for checked in batches:
            job.keep(plan.table, checked.rows, checked.digests)


def spool_name(path: Path, job: Job) -> str:
    """What the spool of a file is called: another mapping, table, zone or source reads it otherwise."""
    mapping = job.options.mapping.read_text(encoding="utf-8") if job.options.mapping else ""
    settings = job.store.settings
    return spooling.name_of(
        path, mapping, job.options.table, job.options.zone, job.options.source, settings.zone
    )


def _below_headings(first: Batch, plan: Plan, source: Source) -> Iterator[Batch]:
    at = first.numbers.index(plan.heading_row) + 1
    broken = [row for row in first.broken if row[0] > plan.heading_row]
    yield Batch(first.numbers[at:], first.rows[at:], broken, many=first.many)
    yield from source.batches


def _checked(checker: Checker, batches: Iterator[Batch], job: Job) -> Iterator[Checked]:
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
