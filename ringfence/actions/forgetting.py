"""How do the visits of days past the time they are kept go, for good, and from everywhere?

The deletion is recorded first: who decided it, what goes, and a digest of what is left of each submission.
Then everything that was ever recorded as deleted goes from every copy, the journal, the columns, the contact
index and the files of visits. Interrupted at any instant, it is finished by doing it again.
"""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ringfence.actions import answers, clustering
from ringfence.actions.deciding import decide_at
from ringfence.actions.spooling import forget_days
from ringfence.actions.store import Store, writing_visits
from ringfence.columns import contact_index
from ringfence.errors import InputError
from ringfence.journal import MOST_ROWS, Entry, Submission, partitions
from ringfence.journal.deletion import Deletion, latest, submission_name
from ringfence.journal.entries import without
from ringfence.tables.facts import DELETION, VISIT, VISIT_PARTITION


@dataclass(frozen=True)
class Order:
    """Who decided that visits are deleted, and why. `recorded_at` (UTC) on an exercise only."""

    authority: str
    reason: str = ""
    recorded_at: datetime | None = None


@dataclass(frozen=True)
class Forgotten:
    """What went: files, submissions that lost rows, visits in both, people let go of by the contact index;
    and the number of the submission that says so, None where there was nothing to delete."""

    before: date
    files: int
    submissions: int
    visits: int
    people: int
    seq: int | None


def first_kept(store: Store, at: datetime) -> date:
    """The first day whose visits are kept at an instant (UTC). InputError where nobody set for how long."""
    days = store.settings.keep_visits_days
    if days is None:
        raise InputError(
            "this store does not say how many days visits are kept: name the first day to keep, "
            "or write keep_visits_days in its store.toml"
        )
    return _day(store, at) - timedelta(days=days)


def forget(store: Store, before: date, order: Order, at: datetime) -> Forgotten:
    """Delete, for good, every visit that begins before a civil day; `at` (UTC) is now.

    InputError for a day that has not come; StoreError while another process writes, or reads the journal.
    """
    if before > _day(store, at):
        raise InputError(f"{before} has not come yet; visits of days to come cannot be deleted")
    with writing_visits(store):
        before = max(before, forgotten_before(store))  # what came late to a day that is gone goes too
        rows = [*_files(store, before), *_submissions(store, before)]
        seq = _record(store, rows, before, order)
        people = _carry_out(store, at)
    lost = [row for row in rows if row["left"] is not None]
    visits = sum(row["rows"] for row in rows)
    return Forgotten(before, len(rows) - len(lost), len(lost), visits, people, seq)


def standing_on(store: Store, before: date, at: datetime) -> int:
    """How many people owe something now, as of an instant (UTC), that rests on visits before a day.

    What they owe does not follow any more once those are gone. The columns are brought up to date.
    """
    store.columns.refresh()
    courses = decide_at(store, at).decisions["courses"]
    live = courses.filter(pc.field("state") != "released")
    facts = pc.list_flatten(live["evidence"]).to_numpy()
    sources = store.columns.visit_sources(at)
    single = sources.single.filter(pc.less(sources.single["day"], pa.scalar(before)))
    going = np.isin(facts, single["fact"].to_numpy())
    for file in sources.files:
        if file.partition.day < before:
            first = file.partition.first_fact
            going |= (facts >= first) & (facts < first + file.rows)
    rows = pc.list_parent_indices(live["evidence"]).filter(pa.array(going))
    return len(pc.unique(live["person"].take(rows)))


def _carry_out(store: Store, at: datetime) -> int:
    """Delete everything the journal says was deleted, where it is not yet; the people the index let go of.

    Copies go first and the files last: as long as anything is left, a file or a body that was to go is there
    too, and `verify` says so.
    """
    deletions = recorded(store)
    if not deletions:
        return 0
    before = max(deletion.before for deletion in deletions.values())
    forget_days(store.directory, before)
    answers.forget(store)
    shutil.rmtree(store.directory / clustering.FOLDER, ignore_errors=True)
    lost = {told.submission: told for told in deletions.values() if told.submission is not None}
    late = [
        entry for entry in _visits(store) if entry.seq in lost and _digest(entry.body) != lost[entry.seq].left
    ]
    if late:
        store.columns.clear()
    store.journal.leave((entry.seq, _left(store, entry, lost[entry.seq].before)[0]) for entry in late)
    store.columns.refresh()
    people = contact_index.forget(store.columns, at)
    partitions.remove(store.directory, before)
    return people


def recorded(store: Store) -> dict[str, Deletion]:
    """What the journal says was deleted for good, by the file's or submission's name."""
    return latest((entry.seq, entry.table()) for entry in store.journal.entries(kind=DELETION.name))


def forgotten_before(store: Store) -> date:
    """The day before which visits were deleted for good; the first of all days where none were."""
    return max((told.before for told in recorded(store).values()), default=date.min)


def _files(store: Store, before: date) -> Iterator[dict[str, Any]]:
    """The files of days before a day that were named and not deleted since."""
    deletions = recorded(store)
    named: dict[str, tuple[int, int]] = {}
    for entry in store.journal.entries(kind=VISIT_PARTITION.name):
        for row in entry.table().to_pylist():
            if row["day"] < before:
                named[row["file"]] = (entry.seq, row["rows"])
    for file, (seq, rows) in sorted(named.items()):
        if file not in deletions or deletions[file].seq < seq:
            yield {"what": file, "left": None, "rows": rows}


def _submissions(store: Store, before: date) -> Iterator[dict[str, Any]]:
    """The submissions with visits of days before a day, and the digest of what will be left of each."""
    deletions = recorded(store)
    for entry in _visits(store):
        body, gone = _left(store, entry, before)
        row = {"what": submission_name(entry.seq), "left": _digest(body), "rows": gone}
        said = deletions.get(row["what"])
        if gone and (said is None or said.left != row["left"]):
            yield row


def _visits(store: Store) -> Iterator[Entry]:
    return store.journal.entries(kind=VISIT.name)


def _left(store: Store, entry: Entry, before: date) -> tuple[bytes, int]:
    """What is left of a submission without the visits before a day, and how many those are."""
    keep = pc.greater_equal(partitions.days_of(entry.table()["enter"], store.settings.zone), before)
    return without(entry, keep), len(keep) - (pc.sum(keep).as_py() or 0)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _record(store: Store, rows: list[dict[str, Any]], before: date, order: Order) -> int | None:
    """Say in the journal what is to go, and who decided it; the submission's number."""
    if not order.authority:
        raise InputError("say who decided that visits are deleted")
    said = {"before": before, "authority": order.authority, "reason": order.reason or None}
    seq = None
    for low in range(0, len(rows), MOST_ROWS):
        table = pa.Table.from_pylist(
            [{**row, **said} for row in rows[low : low + MOST_ROWS]], schema=DELETION.schema
        )
        head = store.journal.head()
        id_ = hashlib.sha256(f"{head}{low}{before}".encode()).hexdigest()
        sent = Submission(id_, DELETION.name, table, "ringfence forget", source=order.authority)
        seq = store.journal.append(sent, order.recorded_at).seq
    return seq


def _day(store: Store, at: datetime) -> date:
    return at.replace(tzinfo=UTC).astimezone(ZoneInfo(store.settings.zone)).date()
