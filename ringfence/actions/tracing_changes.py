"""What changed between two traces: who is new, who is gone, who counts as more or less than before?"""

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ringfence.engine.match import as_rows
from ringfence.tables.decisions import CONTACT_CLASSES
from ringfence.tables.tracing import CHANGES, TRACE


def with_changes(now: pa.Table, before: pa.Table, held: pa.Table) -> pa.Table:
    """The people of a trace with what changed, changed ones first; whoever is gone stands as they stood.

    Args:
        now: the people (see `tables.tracing.TRACE`); those of rings for planning are left as they are.
        before: the same as of an earlier instant.
        held: case, person: contacts by the rules now. They are not gone, whichever illness they were met in.
    """
    rows = ibis.memtable(now.append_column("order_", pa.array(range(now.num_rows), pa.int64())))
    old = ibis.memtable(before)
    old = old.filter(old["case"].notnull())
    stood = old.select(was_case="case", was_person="person", stood=standing(old))
    both = rows.left_join(stood, [rows["case"] == stood.was_case, rows.person == stood.was_person])
    change = ibis.cases(
        (both["case"].isnull(), ibis.null("string")),
        (both.stood.isnull(), ibis.literal("new")),
        (standing(both) < both.stood, ibis.literal("upgraded")),
        (standing(both) > both.stood, ibis.literal("downgraded")),
        else_=ibis.null("string"),
    )
    kept = both.mutate(change=change).select(*TRACE.schema.names, "order_")
    gone = old.anti_join(rows, [old["case"] == rows["case"], old.person == rows.person])
    still = ibis.memtable(held).distinct().select(held_case="case", held_person="person")
    gone = gone.left_join(still, [gone["case"] == still.held_case, gone.person == still.held_person])
    gone = gone.mutate(
        change=gone.held_case.isnull().ifelse("gone", ibis.null("string")),
        order_=ibis.literal(now.num_rows, "int64"),
    )
    every = ibis.union(kept, gone.select(*TRACE.schema.names, "order_"))
    rank = every.change.cases(*[(name, number) for number, name in enumerate(CHANGES)], else_=len(CHANGES))
    graver = every.change.isnull().ifelse(0, standing(every))
    found = every.order_by([rank, graver, every.order_, every["case"], every.person]).drop("order_")
    return as_rows(found).cast(now.schema)


def standing(rows: ir.Table) -> ir.IntegerValue:
    """From the gravest class, settled before to be judged, to none."""
    classes = [(name, 2 * number) for number, name in enumerate(CONTACT_CLASSES)]
    order = rows["class"].cases(*classes, else_=2 * len(CONTACT_CLASSES))
    return order + rows.review.fill_null(False).cast("int8")
