"""How do visits become facts: a few as they are, many as one file a day, each day as soon as it is whole?

Every day is a submission of its own that names the day's file, by source. The same day again changes
nothing; a corrected one of the same source takes its place where that was asked for. Whatever was interrupted
goes on from the last day that went in.
"""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from ringfence.actions import spooling, submitting
from ringfence.actions.forgetting import forgotten_before
from ringfence.actions.spooling import Day, Spool
from ringfence.actions.store import writing_visits
from ringfence.actions.submitting import Job
from ringfence.columns.visits import Partition
from ringfence.errors import InputError
from ringfence.intake.checking import Checked
from ringfence.intake.faults import Reject, conflicting
from ringfence.intake.repeats import row_digests
from ringfence.journal import partitions
from ringfence.tables.facts import VISIT, VISIT_PARTITION

_COUNTS = ("table", "read", "repeated", "refused", "expired", "ignored")
_Named = dict[tuple[date, str], Partition]


def resumed(job: Job, name: str) -> bool:
    """Go on with a file that was read whole before; whether there was nothing left to read.

    A file of which all is in the store, and nothing was refused, is not read again.
    """
    spool = spooling.found(job.store.directory, name, job.store.settings.zone)
    if spool is None or spool.told is None or job.options.dry_run:
        return False
    waiting = spool.waiting()
    named = _named(job)
    kept = {day for day in map(date.fromisoformat, spool.days) if _is_kept(spool, day, named, _source(job))}
    if len(kept) < len(spool.days) or (not waiting and spool.told["refused"]):
        return False
    for count in _COUNTS:
        setattr(job.summary, count, spool.told[count])
    job.summary.ignored, job.summary.unread = tuple(job.summary.ignored), True
    job.listed.go_on()
    _keep_days(spool, job, named)
    job.summary.repeated = job.summary.read - job.summary.refused - job.summary.accepted - job.summary.expired
    return True


def keep_visits(batches: Iterator[Checked], job: Job, name: str) -> None:
    """Keep the visits of a file: a batch without a source as it is, everything else by day."""
    before = forgotten_before(job.store)
    batches = (_unexpired(checked, before, job) for checked in batches)
    first = next(batches)
    second = next(batches, None)
    if second is None and not job.options.source:
        with writing_visits(job.store):
            first = _unexpired(first, forgotten_before(job.store), job)
            job.keep(VISIT, first.rows, first.digests)
        return
    spool = spooling.fresh(job.store.directory, name, job.store.settings.zone)
    for checked in chain((first,), () if second is None else (second,), batches):
        spool.add(checked.rows, checked.numbers)
    job.listed.flush()
    if job.options.dry_run:
        for day in spool.waiting():
            job.summary.accepted += _settled(spool.visits(day), job).visits.num_rows
        spooling.discard(spool)
    else:
        spool.whole({count: value for count, value in asdict(job.summary).items() if count in _COUNTS})
        _keep_days(spool, job, _named(job))


def _unexpired(checked: Checked, before: date, job: Job) -> Checked:
    """The visits without those of days that were deleted for good: they do not come back."""
    if before == date.min or not checked.rows.num_rows:
        return checked
    keep = pc.greater_equal(partitions.days_of(checked.rows["enter"], job.store.settings.zone), before)
    flags: list[bool] = keep.to_pylist()
    job.summary.expired += flags.count(False)
    return checked.only(flags)


def _keep_days(spool: Spool, job: Job, named: _Named) -> None:
    """Keep each day that waits; those of which the source said something else stay, told at the end."""
    differing: list[str] = []
    for day in spool.waiting():
        with writing_visits(job.store):
            # Somebody may have ordered its deletion while the file was read.
            if day < forgotten_before(job.store):
                job.summary.expired += spool.visits(day).visits.num_rows
            elif not _is_kept(spool, day, named, _source(job)):
                try:
                    _keep_day(spool, _settled(spool.visits(day), job), job, named.get((day, _source(job))))
                except _DiffersError as differs:
                    differing.append(str(differs))
    if differing:
        raise InputError(
            f"{job.summary.file}: source {_source(job)} sent other visits of the same days before; to put "
            "these in their place give --replace:\n" + "\n".join(differing)
        )
    spool.done()


class _DiffersError(InputError):
    """The source said something else of the day before."""


def _keep_day(spool: Spool, day: Day, job: Job, before: Partition | None) -> None:
    """The day's file is durable before the submission that names it; the list of refused rows too."""
    job.listed.flush()
    count = day.visits.num_rows

    def agreed(digest: str) -> None:
        if before is not None and before.digest != digest and not job.options.replace:
            raise _DiffersError(f"  {day.day}: {before.rows:,} visits there, {count:,} in this file")

    row = partitions.write(job.store.directory, day.day, _source(job), day.visits, spool.zone, agreed)
    if before is not None and before.digest == row["digest"]:
        job.summary.repeated += count
    else:
        rows = pa.Table.from_pylist([row], schema=VISIT_PARTITION.schema)
        # What was put in the place of another, and later put back, is a submission of its own.
        after = b"" if before is None else before.first_fact.to_bytes(8)
        id_ = submitting.submission_id(VISIT_PARTITION.name, [*row_digests(rows), after])
        job.send(VISIT_PARTITION, rows, id_, count)
        job.summary.replaced += 0 if before is None else before.rows
    spool.kept(day.day, row["digest"])


def _settled(day: Day, job: Job) -> Day:
    """A day, the rows of it that came twice counted, or listed where they contradict each other."""
    job.summary.repeated += day.repeated
    job.summary.refused += len(day.conflicts)
    job.listed.write(
        Reject(job.summary.file, row, "", "", conflicting(earlier)) for row, earlier in day.conflicts
    )
    return day


def _source(job: Job) -> str:
    return job.options.source or job.origin


def _named(job: Job) -> _Named:
    """The files of visits in force now, by day and source."""
    job.store.columns.refresh()
    files = job.store.columns.visit_sources(datetime.max).files  # noqa: DTZ901 - instants are naive UTC
    return {(file.partition.day, file.partition.source): file.partition for file in files}


def _is_kept(spool: Spool, day: date, named: _Named, source: str) -> bool:
    """Whether a day is in force as the spool says it went in."""
    digest = spool.days.get(day.isoformat())
    return digest is not None and (day, source) in named and named[day, source].digest == digest
