"""How is a screening round planned, opened, extended and closed? Each is a fact with an authority."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import ibis
import pyarrow as pa

from ringfence.actions.deciding import Answer, decide_at
from ringfence.actions.loading import known_areas
from ringfence.actions.store import Store
from ringfence.areas import contains
from ringfence.engine.coverage import by_area
from ringfence.engine.rounds import EXPECTED, covered, needs
from ringfence.errors import InputError, NotFoundError
from ringfence.intake.area_codes import read_area
from ringfence.journal import Submission
from ringfence.tables.facts import FACTS, ROUND
from ringfence.tables.rounds import COUNTS, DONE


@dataclass(frozen=True)
class Terms:
    """A round as somebody orders it: its id and names, where, and when."""

    round: str
    areas: tuple[str, ...]
    opens_at: datetime
    due_at: datetime
    name_zh: str = ""
    name_en: str = ""


@dataclass(frozen=True)
class Order:
    """Who orders it, and on an exercise when it became known."""

    authority: str
    recorded_at: datetime | None = None


@dataclass(frozen=True)
class Changed:
    """A round as it was and as it is, and the number of the submission that says so."""

    was: Terms
    now: Terms
    seq: int


@dataclass(frozen=True)
class Plan:
    """A round planned: how many people stand where, and what it needs (`tables.rounds`)."""

    answer: Answer
    counts: pa.Table
    needs: pa.Table


def plan(store: Store, terms: Terms, as_of: datetime, level: str, watch: Callable[[str], None]) -> Plan:
    """What a round would need as things stand at an instant, by area of a level; nothing is kept.

    Raises:
        InputError: it would end before it opens.
    """
    _check(terms)
    answer = decide_at(store, as_of, watch)
    rows = [{**row, "fact": number, "recorded_at": as_of} for number, row in enumerate(_rows(terms, ""))]
    schema = ROUND.schema.append(pa.field("fact", pa.int64())).append(
        pa.field("recorded_at", pa.timestamp("us"))
    )
    watch("coverage")
    facts = {**answer.known, "round": ibis.memtable(pa.Table.from_pylist(rows, schema=schema))}
    decided = {name: ibis.memtable(table) for name, table in answer.decisions.items()}
    people = covered(decided, facts, answer.rules, as_of)
    people = people.filter(people.round == terms.round)
    counts = counted(by_area(people, level).to_pyarrow())
    return Plan(answer, counts, needs(people, answer.rules, level).to_pyarrow())


def counted(counts: pa.Table) -> pa.Table:
    """Counts by status with those expected and done put beside (`tables.rounds.COUNTS`)."""
    rows = counts.to_pylist()
    for row in rows:
        row["done"] = sum(row[status] for status in DONE)
        row["expected"] = sum(row[status] for status in EXPECTED)
    return pa.Table.from_pylist(rows, schema=pa.schema([(c.name, c.arrow) for c in COUNTS.columns]))


def terms_of(store: Store, round_: str, as_of: datetime) -> Terms:
    """A round as it is known at an instant. NotFoundError where there is none of that id."""
    rows = _known(store, as_of)
    mine = [row for row in rows if row["round"] == round_]
    if not mine:
        known = ", ".join(sorted({row["round"] for row in rows}))
        raise NotFoundError(f'round "{round_}": not known here; known are {known or "none"}')
    return Terms(
        round_,
        tuple(sorted(row["area"] for row in mine)),
        min(row["opens_at"] for row in mine),
        max(row["due_at"] for row in mine),
        mine[0]["name_zh"],
        mine[0]["name_en"] or "",
    )


def rounds_at(store: Store, as_of: datetime) -> list[Terms]:
    """Every round known at an instant, in the order they are due."""
    names = {row["round"] for row in _known(store, as_of)}
    return sorted((terms_of(store, name, as_of) for name in names), key=lambda one: (one.due_at, one.round))


def open_round(store: Store, terms: Terms, order: Order, as_of: datetime) -> int:
    """Open a round; the number of the submission.

    Raises:
        InputError: it would end before it opens, or there is a round of that id.
    """
    _check(terms)
    if any(row["round"] == terms.round for row in _known(store, as_of)):
        raise InputError(f'round "{terms.round}" is there already; extend or close it, or choose another id')
    return _keep(store, terms, order)


def extend(store: Store, round_: str, due_at: datetime, order: Order, as_of: datetime) -> Changed:
    """Give a round more time.

    Raises:
        NotFoundError: no such round. InputError: the new instant is not later.
    """
    was = terms_of(store, round_, as_of)
    if due_at <= max(was.due_at, as_of):
        raise InputError(f'round "{round_}": the new end is not later than the one it has, and than now')
    return _changed(store, was, due_at, order)


def close(store: Store, round_: str, order: Order, as_of: datetime) -> Changed:
    """End a round at an instant, before it is due.

    Raises:
        NotFoundError: no such round. InputError: it is over, or has not begun.
    """
    was = terms_of(store, round_, as_of)
    if not was.opens_at < as_of < was.due_at:
        raise InputError(f'round "{round_}" is not running; what has not begun, or is over, cannot be closed')
    return _changed(store, was, as_of, order)


def _changed(store: Store, was: Terms, due_at: datetime, order: Order) -> Changed:
    now = replace(was, due_at=due_at)
    return Changed(was, now, _keep(store, now, order))


def read_areas(store: Store, named: Sequence[str]) -> tuple[str, ...]:
    """The areas a round is for, as codes in force; the store's whole area where none is named.

    InputError where one is no code, not in force, or not in the store's area.
    """
    if not named:
        return (store.settings.area,)
    known = known_areas(store)
    found: list[str] = []
    for text in named:
        code = read_area(text, known)
        if not isinstance(code, str):
            raise InputError(f'--area "{text}": {code.en}; {code.right_en}')
        if not contains(store.settings.area, code):
            raise InputError(f'--area "{text}" is not in {store.settings.area}, which this store is for')
        found.append(code)
    return tuple(sorted(set(found)))


def _check(terms: Terms) -> None:
    if terms.due_at <= terms.opens_at:
        raise InputError("--due: a round ends after it opens")


def _rows(terms: Terms, authority: str) -> list[dict[str, Any]]:
    return [
        {
            "round": terms.round, "area": area, "name_zh": terms.name_zh or terms.round,
            "name_en": terms.name_en or None, "opens_at": terms.opens_at, "due_at": terms.due_at,
            "source": authority or None,
        }
        for area in terms.areas
    ]  # fmt: skip


def _known(store: Store, as_of: datetime) -> Sequence[dict[str, Any]]:
    store.columns.refresh()
    return store.columns.snapshot(as_of)["round"].to_pyarrow().to_pylist()


def _keep(store: Store, terms: Terms, order: Order) -> int:
    rows = pa.Table.from_pylist(_rows(terms, order.authority), schema=FACTS["round"].schema)
    # The same order given twice, with another between, is two orders.
    seq, digest = store.journal.head()
    id_ = hashlib.sha256(f"{terms}{order.authority}{seq}{digest}".encode()).hexdigest()
    sent = Submission(id_, ROUND.name, rows, "ringfence round", source=order.authority)
    receipt = store.journal.append(sent, order.recorded_at)
    store.columns.refresh()
    return receipt.seq
