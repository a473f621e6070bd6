"""What do the rules say of everybody some cases met, in the time it takes to ask?

Where everything was decided as of the instant already, it is read back; else only what is about those people
is worked out, the visits coming from the contact index.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow.compute as pc

from ringfence.actions import answers
from ringfence.actions.deciding import Answer, uncollected
from ringfence.actions.ruling import rules_at
from ringfence.actions.store import Store
from ringfence.columns import contact_near, contact_search
from ringfence.columns.contact_index import ContactIndex
from ringfence.engine.match import as_rows
from ringfence.engine.traced import TRACED, traced
from ringfence.tables import person_text


@dataclass(frozen=True)
class Indexed:
    """The visits of an index, for the engine (see `engine.search.Visits`)."""

    index: ContactIndex

    def met(self, subjects: ir.Table) -> ir.Table:
        """The visits of subjects, and of whoever can have met them."""
        return self._near(subjects, None)

    def among(self, subjects: ir.Table, people: ir.Table) -> ir.Table:
        """The visits of subjects, and of some people."""
        return self._near(subjects, people)

    def _near(self, subjects: ir.Table, people: ir.Table | None) -> ir.Table:
        rows = as_rows(subjects.select("index", "begin", "end", "reach"))
        air = pc.max(pc.microseconds_between(rows["end"], rows["reach"])).as_py() or 0
        among = None if people is None else people.to_pyarrow()["person"].to_numpy()
        return ibis.memtable(contact_near.visits_near(self.index, contact_search.spans_of(rows), air, among))


def answered(
    store: Store,
    as_of: datetime,
    index: ContactIndex,
    of: Collection[int] | None,
    watch: Callable[[str], None],
) -> Answer:
    """The decisions about everybody whom some cases met (see `engine.traced.traced`).

    Args:
        store: an open store, its columns refreshed.
        as_of: the instant (naive UTC).
        index: the visits known then.
        of: these cases; all where absent.
        watch: is told what is being done.
    """
    rules = rules_at(store, as_of)
    facts = store.columns.snapshot(as_of)
    said = "all" if of is None else " ".join(map(person_text, sorted(of)))
    folder = answers.folder_of(store, answers.TRACED, rules, as_of, said)
    whole = answers.folder_of(store, answers.DECIDED, rules, as_of)
    decisions = answers.read(whole, TRACED) or answers.read(folder, TRACED)
    if decisions is None:
        with uncollected():
            decisions = traced(facts, rules, as_of, Indexed(index), of, watch)
        answers.keep(folder, decisions)
    return Answer(as_of, rules, decisions, facts)
