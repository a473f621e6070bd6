"""What do the facts behind a decision say, and who told them?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any as Anything

from ringfence.actions.deciding import Answer
from ringfence.actions.store import Store
from ringfence.tables import FACT_ROW_BITS
from ringfence.tables.facts import FACTS, KEEPING


@dataclass(frozen=True)
class Told:
    """A fact as it stands in the journal: its number, kind, values, when it was recorded and who told it."""

    fact: int
    kind: str
    row: dict[str, Anything]
    recorded_at: datetime
    source: str


def told(store: Store, answer: Answer, facts: Sequence[int]) -> list[Told]:
    """The facts of these numbers, in order, without the unknown values of their rows."""
    wanted = {fact: fact >> FACT_ROW_BITS for fact in facts}
    entries = {seq: _entry(store, seq) for seq in set(wanted.values())}
    found: list[Told] = []
    for kind in sorted({"visit" if kind == "visit_partition" else kind for kind, _, _ in entries.values()}):
        if kind not in FACTS or kind in KEEPING:
            continue
        table = answer.known[kind]
        rows = table.filter(table.fact.isin(list(wanted))).to_pyarrow().to_pylist()
        for row in rows:
            _, recorded_at, source = entries[row["fact"] >> FACT_ROW_BITS]
            said = {c.name: row[c.name] for c in FACTS[kind].stored if row[c.name] is not None}
            found.append(Told(row["fact"], kind, said, recorded_at, str(said.pop("source", "") or source)))
    return sorted(found, key=lambda one: one.fact)


def _entry(store: Store, seq: int) -> tuple[str, datetime, str]:
    entry = next(iter(store.journal.entries(seq - 1)))
    return entry.kind, entry.recorded_at.replace(tzinfo=None), entry.source or entry.actor
