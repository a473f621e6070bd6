"""Everyone a case met, once each, with every reason: whom does a trace find, and who is new?"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from ringfence.actions.deciding import Answer
from ringfence.actions.indexing import indexes
from ringfence.actions.store import Store
from ringfence.actions.tracing_answers import Indexed, answered
from ringfence.actions.tracing_cases import Asked, check, could_be_met, judged, traced_cases
from ringfence.actions.tracing_changes import standing, with_changes
from ringfence.actions.tracing_meetings import (
    by_visit,
    otherwise,
    own_visits,
    second,
    together,
    with_settings,
)
from ringfence.actions.tracing_people import listed
from ringfence.actions.tracing_rings import planned
from ringfence.columns.contact_index import ContactIndex
from ringfence.engine.match import as_rows, beside
from ringfence.engine.tasks import CONTACT_MUSTS
from ringfence.engine.units import with_units
from ringfence.errors import InputError
from ringfence.tables.tracing import TRACE, columns


@dataclass(frozen=True)
class Trace:
    """What a trace found as of an instant, and the answer it rests on.

    cases, people, meetings: see `tables.tracing`; `people` say what changed where an earlier instant was
    asked about, those first. visits: where the cases were (see `tracing_meetings.own_visits`).
    """

    asked: Asked
    since: datetime | None
    answer: Answer
    cases: pa.Table
    visits: pa.Table
    meetings: pa.Table
    people: pa.Table
    new_cases: frozenset[int] = frozenset()
    """The cases that could not be met as of the earlier instant."""

    @property
    def as_of(self) -> datetime:
        """The instant it is of."""
        return self.answer.as_of


def _ignore(_step: str) -> None:
    """Nobody is watching."""


def trace(
    store: Store,
    asked: Asked,
    as_of: datetime,
    since: datetime | None = None,
    watch: Callable[[str], None] = _ignore,
) -> Trace:
    """Whom the cases met (see `Trace`).

    Args:
        store: an open store; nothing is added to it but what can be worked out again.
        asked: whom to trace, and how far.
        as_of: what was known then (naive UTC).
        since: an earlier instant; the same is asked as of then, and what differs is marked.
        watch: is told what is being done.

    Raises:
        InputError: what is asked contradicts itself.
        NotFoundError: somebody named is no case as of then.
    """
    check(asked)
    if since is not None and since >= as_of:
        raise InputError("--since is not before --as-of; give an earlier instant")
    instants = [as_of] if since is None else [as_of, since]
    watch("contact index")
    index, *earlier = indexes(store, *instants)
    # Of a window that was given nobody knows yet whom it is about.
    of = None if asked.begin is not None else asked.people
    now = _traced(answered(store, as_of, index, of, watch), index, asked, watch)
    if since is None:
        return now
    before = _before(answered(store, since, earlier[0], of, watch), earlier[0], asked, watch)
    held = now.answer.decisions["contacts"].select(["case", "person"])
    fresh = frozenset(now.cases["person"].to_pylist()) - frozenset(before.cases["person"].to_pylist())
    return replace(now, since=since, people=with_changes(now.people, before.people, held), new_cases=fresh)


def _before(answer: Answer, index: ContactIndex, asked: Asked, watch: Callable[[str], None]) -> Trace:
    """An earlier trace; whoever was no case then had met nobody."""
    if asked.people is not None and asked.begin is None:
        decided = set(answer.decisions["cases"]["person"].to_pylist())
        people = tuple(person for person in asked.people if person in decided)
        asked = replace(asked, people=people)
    return _traced(answer, index, replace(asked, rings=1), watch)


def _traced(answer: Answer, index: ContactIndex, asked: Asked, watch: Callable[[str], None]) -> Trace:
    watch("meetings")
    cases = traced_cases(answer, asked)
    exposures, contacts = judged(answer, cases, asked, Indexed(index))
    own, met = _met(answer, index, cases, exposures, contacts)
    watch("contacts")
    people = listed(answer, cases, met, contacts, asked)
    if asked.rings > 1:
        watch("rings")
        people = pa.concat_tables([people, planned(answer, index, people, contacts, asked)])
    return Trace(asked, None, answer, cases, own, met, _ordered(_with_duties(people, answer)))


def _met(
    answer: Answer, index: ContactIndex, cases: pa.Table, exposures: pa.Table, contacts: pa.Table
) -> tuple[pa.Table, pa.Table]:
    """Where the cases were, and every meeting with them and with their close contacts."""
    open_ = could_be_met(cases)
    subjects = open_.select(["person", "begin", "end"]).rename_columns(["index", "begin", "end"])
    own = own_visits(index, subjects)
    facts = answer.known
    found = [
        by_visit(index, open_, answer.as_of, own),
        otherwise(exposures, open_, facts),
        second(exposures, contacts, facts),
    ]
    return own, with_settings(together(found), facts)


def _with_duties(people: pa.Table, answer: Answer) -> pa.Table:
    """The people with the unit that traces where they live, and what is owed for them next."""
    rows = ibis.memtable(people.drop_columns(["unit", "must", "due_at", "state", "owed_by", "infected"]))
    rows = with_units(rows.mutate(duty=ibis.literal("tracing")), answer.known)
    tasks = answer.decisions["tasks"].filter(
        pc.field("must").isin(list(CONTACT_MUSTS)) & pc.field("person").isin(pc.unique(people["person"]))
    )
    task = ibis.memtable(tasks.select(["person", "must", "due_at", "state", "unit", "task"]))
    open_ = task.state.isin(["open", "late"])
    first = ibis.row_number().over(
        group_by=task.person,
        order_by=[open_.desc(), task.due_at.isnull(), task.due_at, task.task],
    )
    task = task.mutate(first=first).filter(lambda t: t["first"] == 0)
    rows = beside(rows, task.select("person", "must", "due_at", "state", owed_by="unit"), "person")
    cases = ibis.memtable(answer.decisions["cases"].select(["person", "class"])).rename(infected="class")
    rows = beside(rows, cases, "person")
    return as_rows(rows.select(*TRACE.schema.names)).cast(columns(TRACE))


def _ordered(people: pa.Table) -> pa.Table:
    """By case, graver classes first, then who was met longest."""
    rows = ibis.memtable(people)
    case = rows["case"]
    keys = [case.isnull(), case, standing(rows), rows.ring, rows.minutes.fill_null(0).desc(), rows.person]
    return as_rows(rows.order_by(keys)).cast(columns(TRACE))
