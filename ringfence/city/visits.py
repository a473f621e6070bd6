"""Where was everybody, day by day? A Parquet file of visits a day, the same bytes on any number of cores."""

import hashlib
import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypedDict

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ringfence.city import day as days_
from ringfence.city import habits, shape
from ringfence.city.chance import Ints
from ringfence.city.day import Slot
from ringfence.city.places import KINDS
from ringfence.city.whole import City
from ringfence.durable import synced
from ringfence.tables.facts import VISIT

SOURCE = "synthetic city"
FIRST, LAST = date(2022, 3, 17), date(2022, 3, 30)
LAST_MINUTE = 20 * 60
"""On the last day the visits that had begun by 20:00 are known."""
ROW_GROUP = 262_144
_CHINA = timedelta(hours=8)
_MINUTE = 60_000_000
_PERSON_BITS, _MINUTE_BITS, _SLOT_BITS = 24, 12, 4
_BASE_MINUTE = 1024
"""Minutes are kept above nought in the sorting key by this much."""


class Partition(TypedDict):
    """A row of `visit_partition`."""

    day: date
    source: str
    file: str
    digest: str
    rows: int


@dataclass(frozen=True)
class _Job:
    habits: Path
    store: Path
    day: date


def days(first: date = FIRST, last: date = LAST) -> list[date]:
    """The days from the first to the last."""
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]


def write_visits(
    city: City,
    store: Path,
    when: Iterable[date],
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> list[Partition]:
    """Write a file of visits for each day below `store`, and say what was written, in order of day.

    Each file holds the columns of `visit`, in order of place, enter and person; it is there whole or not.
    `progress` is told (days done, days in all).
    """
    wanted = sorted(set(when))
    done: list[Partition] = []
    store.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".habits-", dir=store) as folder:
        habits.save(habits.of(city), Path(folder))
        jobs = [_Job(Path(folder), store, day) for day in wanted]
        for partition in _run(jobs, workers):
            done.append(partition)
            if progress is not None:
                progress(len(done), len(wanted))
    return sorted(done, key=lambda partition: partition["day"])


def _run(jobs: list[_Job], workers: int) -> Iterable[Partition]:
    if workers <= 1 or len(jobs) <= 1:
        yield from map(_write, jobs)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(jobs)), mp_context=context) as pool:
        for future in as_completed([pool.submit(_write, job) for job in jobs]):
            yield future.result()


def _write(job: _Job) -> Partition:
    """One day's file: to a temporary name, to the disk, then to its own name."""
    name = f"visits/day={job.day.isoformat()}/city.parquet"
    path = job.store / name
    path.parent.mkdir(parents=True, exist_ok=True)
    making = path.with_suffix(".making")
    rows = _write_file(making, job)
    with making.open("r+b") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    making.rename(path)
    synced(path.parent)
    return Partition(day=job.day, source=SOURCE, file=name, digest=digest, rows=rows)


def _write_file(path: Path, job: _Job) -> int:
    """Write the day kind by kind (places are numbered kind by kind), in row groups of one size."""
    plan = days_.plan(job.day, habits.load(job.habits), shape.read())
    until = LAST_MINUTE if job.day == LAST else None
    waiting = pa.schema(VISIT.schema).empty_table()
    total = 0
    with pq.ParquetWriter(
        path, VISIT.schema, compression="zstd", compression_level=1, use_dictionary=["place", "part"]
    ) as writer:
        for k, kind in enumerate(KINDS):
            rows = _sorted(days_.slots(plan, kind), int(plan.habits.kind_start[k]), job.day, until)
            total += rows.num_rows
            waiting = pa.concat_tables([waiting, rows])
            whole = waiting.num_rows // ROW_GROUP * ROW_GROUP
            if whole:
                writer.write_table(waiting.slice(0, whole), row_group_size=ROW_GROUP)
                waiting = waiting.slice(whole)
        if waiting.num_rows:
            writer.write_table(waiting.combine_chunks(), row_group_size=ROW_GROUP)
    return total


def _sorted(found: list[Slot], first_place: int, day: date, until: int | None) -> pa.Table:
    """One kind's visits in order of place, minute and person; of a person's begun at once one stays."""
    key = np.concatenate([_key(slot, i) for i, slot in enumerate(found)])
    order = np.argsort(key)
    key = key[order]
    visit = key >> _SLOT_BITS
    stays = np.ones(key.size, dtype=bool)
    stays[1:] = visit[1:] != visit[:-1]
    minute = (visit >> _PERSON_BITS & (1 << _MINUTE_BITS) - 1) - _BASE_MINUTE
    if until is not None:
        stays &= minute < until
    order, visit, minute = order[stays], visit[stays], minute[stays]
    leave = np.concatenate([slot.leave for slot in found])[order].astype(np.int64)
    part = np.concatenate([slot.part for slot in found])[order].astype(np.int32)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - _CHINA
    zero = int(midnight.timestamp()) * 1_000_000
    columns = [
        pa.array((visit & (1 << _PERSON_BITS) - 1) + 1),
        pa.array((visit >> _PERSON_BITS + _MINUTE_BITS) + first_place + 1),
        pa.array(zero + minute * _MINUTE).view(pa.timestamp("us")),
        pa.array(zero + np.maximum(leave, minute + 1) * _MINUTE).view(pa.timestamp("us")),
        pa.array(part, mask=part < 0),
        pa.nulls(part.size, pa.int32()),
    ]
    return pa.table(columns, schema=VISIT.schema)


def _key(slot: Slot, number: int) -> Ints:
    """One whole number a visit, in the order of the file: place, minute, person, slot. No two are equal."""
    key = slot.place.astype(np.int64) << _MINUTE_BITS
    key += slot.enter.astype(np.int64) + _BASE_MINUTE
    key <<= _PERSON_BITS
    key += slot.person.astype(np.int64)
    key <<= _SLOT_BITS
    return key + number
