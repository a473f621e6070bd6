"""Who stands on the list of a trace: each person once a case, with every way they are known to have met."""

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from ringfence.actions.deciding import Answer
from ringfence.actions.tracing_cases import Asked
from ringfence.actions.tracing_changes import standing
from ringfence.columns import contact_search
from ringfence.engine.match import as_rows, beside, merged_facts
from ringfence.engine.swabs import homes_of
from ringfence.tables.tracing import REASONS, TRACE, columns

_PAIR = ("ring", "case", "person")


def listed(answer: Answer, cases: pa.Table, met: pa.Table, contacts: pa.Table, asked: Asked) -> pa.Table:
    """Everyone the traced met, and whom the rules class for meeting those (see `tables.tracing.TRACE`).

    Args:
        answer: the decisions, and what was known.
        cases: the traced.
        met: every meeting.
        contacts: what the engine says of them; its classes stand as they are.
        asked: whether those below the least time are wanted.

    Returns:
        the columns of TRACE; change, unit and what is owed are yet to be filled in.
    """
    pairs = _summed(met)
    classed = _classed(contacts)
    rows = beside(pairs, classed, *_PAIR)
    if not asked.every:
        least = ibis.memtable(cases.select(["person", "least_min"])).rename(of="person")
        rows = rows.left_join(least, rows["case"] == least.of)
        # Whose time is not known may have been there long enough.
        long_ = rows.unsure | (rows.minutes >= rows.least_min)
        rows = rows.filter(rows["class"].notnull() | long_.fill_null(True))
    rows = _once(rows)
    return as_rows(_with_homes(rows, answer)).cast(columns(TRACE))


def _summed(met: pa.Table) -> ir.Table:
    """The meetings of each ring, case and person together, and how they are known."""
    parts: list[pa.Table] = []
    for ring in (1, 2):
        some = met.filter(pc.field("ring") == ring)
        told = some.select(["case", "person", "begin", "end", "minutes", "lag"]).rename_columns(
            {"case": "index"}
        )
        sums = contact_search.pairs(told).rename_columns({"index": "case"})
        parts.append(sums.append_column("ring", pa.array([ring] * sums.num_rows, pa.int32())))
    sums = ibis.memtable(pa.concat_tables(parts))
    rows = ibis.memtable(met)
    known = rows.group_by(*_PAIR).aggregate(
        **{f"by_{reason}": (rows.reason == reason).any() for reason in REASONS},
        air=(rows.reason == "air").sum(),
        unsure=rows.minutes.isnull().any(),
        via=(rows.ring == 2).ifelse(rows["index"], ibis.null("int64")).collect(distinct=True),
    )
    rows = sums.inner_join(known, list(_PAIR))
    # Where the case only scanned it is not known whether only the air was shared; it may have been.
    return rows.mutate(lagged=rows.air.cast("int32"), via=rows.via.filter(lambda one: one.notnull())).drop(
        "air"
    )


def _classed(contacts: pa.Table) -> ir.Table:
    """What the rules say: of several close contacts met, the gravest."""
    rows = ibis.memtable(contacts)
    grave = standing(rows)
    first = ibis.row_number().over(group_by=[rows[name] for name in _PAIR], order_by=[grave, rows["index"]])
    every = rows.group_by(*_PAIR).aggregate(evidence=merged_facts(rows.evidence))
    best = rows.mutate(first=first).filter(lambda t: t["first"] == 0)
    best = best.select(*_PAIR, "class", "review", "setting", "rule", "grade")
    return best.inner_join(every, list(_PAIR))


def _once(rows: ir.Table) -> ir.Table:
    """Each person once a case: where they stand gravest, with every reason and whom they met besides."""
    pair = ibis.window(group_by=[rows["case"], rows.person])
    first = ibis.row_number().over(group_by=[rows["case"], rows.person], order_by=[standing(rows), rows.ring])
    flags = {f"by_{reason}": rows[f"by_{reason}"].any().over(pair) for reason in REASONS}
    via = rows.via.collect().over(pair).flatten().unique().sort()
    every = rows.mutate(place_=first, via=via, **flags).filter(lambda t: t.place_ == 0)
    said = ibis.array(
        [every[f"by_{reason}"].ifelse(ibis.literal(reason), ibis.null("string")) for reason in REASONS]
    )
    words = said.filter(lambda one: one.notnull())
    people = every.via.map(lambda one: ibis.literal("P") + one.cast("string"))
    return every.mutate(reasons=words.join(" "), via=(people.length() > 0).ifelse(people.join(" "), None))


def _with_homes(rows: ir.Table, answer: Answer) -> ir.Table:
    homes = homes_of(answer.known, rows.select("person").distinct()).select("person", "area")
    rows = beside(rows, homes, "person")
    given = set(rows.columns)
    absent = {
        name: ibis.null("timestamp(6)" if name == "due_at" else "string")
        for name in TRACE.schema.names
        if name not in given
    }
    return rows.mutate(**absent).select(*TRACE.schema.names)
