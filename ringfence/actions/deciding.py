"""What follows, as of an instant? The facts known then, the rules in force then, and the decisions."""

import gc
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from ringfence.actions import answers
from ringfence.actions.clustering import searched_on
from ringfence.actions.ruling import rules_at
from ringfence.actions.store import Store
from ringfence.engine import Decisions, decide
from ringfence.engine.parts import Rules
from ringfence.engine.reasons import Names
from ringfence.journal import EARLIEST
from ringfence.protocol import Protocol
from ringfence.tables import Facts, person_number
from ringfence.tables.decisions import DECISIONS


@dataclass(frozen=True)
class Answer:
    """The decisions as of an instant, under the rules they were made by."""

    as_of: datetime
    rules: Rules
    decisions: Decisions
    known: Facts

    @property
    def protocol(self) -> Protocol:
        """The rules of the whole area; its parts may have their own."""
        return self.rules[0]


def _ignore(_step: str) -> None:
    """Nobody is watching."""


def decide_at(
    store: Store, as_of: datetime, watch: Callable[[str], None] = _ignore, engine: str = ""
) -> Answer:
    """Every decision as of an instant (naive UTC).

    An answer already worked out from the same facts under the same rules is read back instead: it
    would be the same bytes. Where an `engine` is named, meetings are searched for there, whatever is kept.
    """
    rules = rules_at(store, as_of)
    facts = store.columns.snapshot(as_of)
    folder = answers.folder_of(store, answers.DECIDED, rules, as_of)
    decisions = None if engine else answers.read(folder, DECISIONS)
    if decisions is None:
        with searched_on(store, as_of, engine) as searched, uncollected():
            decisions = decide(facts, rules, as_of, watch, searched)
        answers.keep(folder, decisions)
    return Answer(as_of, rules, decisions, facts)


@contextmanager
def uncollected() -> Generator[None]:
    """Without looking for garbage cycles: building expressions makes none worth the 40 % it costs."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def names(facts: Facts) -> Names:
    """What areas and units are called."""
    area = facts["area"].select("area", "name_zh", "name_en").to_pyarrow().to_pylist()
    unit = facts["unit"].select("unit", "name_zh", "name_en").to_pyarrow().to_pylist()
    return Names(
        {row["area"]: (row["name_zh"], row["name_en"] or row["name_zh"]) for row in area},
        {row["unit"]: (row["name_zh"], row["name_en"] or row["name_zh"]) for row in unit},
    )


def last_known(store: Store) -> datetime | None:
    """When the last submission was recorded: the natural "now" of an exercise; None where there is none."""
    seq, _ = store.journal.head()
    last = next(iter(store.journal.entries(seq - 1)), None) if seq else None
    if last is None or last.recorded_at == EARLIEST:
        return None
    return last.recorded_at.replace(tzinfo=None)


def rows_about(decisions: Decisions, subject: str) -> dict[str, pa.Table]:
    """The rows of every table that are about a person (P…), a tube (T:…), an area (A:…) or a task id."""
    found: dict[str, pa.Table] = {}
    for name, table in decisions.items():
        mask = _about(table, subject)
        if mask is not None and (rows := table.filter(mask)).num_rows:
            found[name] = rows
    return found


def _about(table: pa.Table, subject: str) -> pc.Expression | None:
    columns = table.column_names
    field = pc.field
    wanted: list[pc.Expression] = []
    if (person := person_number(subject)) is not None and "person" in columns:
        wanted.append(field("person") == person)
    if subject.startswith("T:") and "tube" in columns:
        wanted.append(field("tube") == subject[2:])
    if subject.startswith("A:") and "level" in columns:
        wanted.append(field("area") == subject[2:])
    wanted += [field(name) == subject for name in ("subject", "task") if name in columns]
    if not wanted:
        return None
    either = wanted[0]
    for one in wanted[1:]:
        either = either | one
    return either
