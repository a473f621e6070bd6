"""Whom would the next rings hold? For planning: everyone who met the ring before, cut as the rules cut."""

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ringfence.actions.deciding import Answer
from ringfence.actions.tracing_cases import Asked
from ringfence.columns.contact_index import ContactIndex
from ringfence.columns.contact_rings import Cut, next_ring
from ringfence.engine.match import as_rows, beside
from ringfence.engine.stays import first_apart
from ringfence.engine.swabs import homes_of
from ringfence.protocol.bounds import least_minutes, settings
from ringfence.tables.tracing import TRACE, columns


def planned(
    answer: Answer, index: ContactIndex, people: pa.Table, contacts: pa.Table, asked: Asked
) -> pa.Table:
    """Rings 2 and up: everyone who met the ring before and stands in none yet, longest together first.

    The second begins for each close contact with their first exposure and ends when they were kept apart; the
    third for each of the second with their own first meeting; and so on. In the columns of TRACE, without a
    case: a ring is worked out for all cases at once.
    """
    cut = cut_by(answer, asked)
    now = answer.as_of
    last = _first_spans(answer, contacts)
    known = set(people["person"].to_pylist()) | set(contacts["case"].to_pylist())
    found: list[pa.Table] = []
    for ring in range(2, asked.rings + 1):
        met = next_ring(index, last, cut, ranked=True)
        met = met.filter(pc.less(met["first"], pa.scalar(now, pa.timestamp("us"))))
        fresh = pc.invert(pc.is_in(met["person"], value_set=pa.array(sorted(known), pa.int64())))
        met = met.filter(fresh)
        known |= set(met["person"].to_pylist())
        found.append(_shaped(answer, met, ring))
        last = pa.table({
            "index": met["person"], "begin": met["first"],
            "end": pa.array([now] * met.num_rows, pa.timestamp("us")),
        })  # fmt: skip
    return pa.concat_tables(found)


def cut_by(answer: Answer, asked: Asked) -> Cut:
    """Which meetings a ring for planning counts: those that could make a contact by the rules of the second
    ring; by those of the first where there are none."""
    rules = [rule for rule in answer.protocol.contacts if rule.ring == 2]
    rules = rules or [rule for rule in answer.protocol.contacts if rule.ring == 1]
    wanted = settings(rules)
    place = answer.known["place"]
    but = place.filter(place.kind.notin(sorted(wanted))).place.to_pyarrow().to_pylist() if wanted else []
    return Cut(least_minutes(rules, ("minutes",)), asked.most_visits, frozenset(but))


def _first_spans(answer: Answer, contacts: pa.Table) -> pa.Table:
    """When the first ring could be met: whoever is a close contact for sure, else whoever is classed."""
    first = contacts.filter(pc.field("ring") == 1)
    close = first.filter((pc.field("class") == "close") & ~pc.field("review"))
    rows = ibis.memtable(close if close.num_rows else first)
    since = rows.group_by("person").aggregate(begin=rows.first_exposure.min(), known_at=rows.known_at.min())
    apart = first_apart(answer.known, since)
    spans = since.left_join(apart, "person")
    until = spans.apart_at.fill_null(ibis.literal(answer.as_of, "timestamp(6)"))
    spans = spans.select(index="person", begin="begin", end=until)
    return as_rows(spans.filter(spans.begin < spans.end).order_by("index"))


def _shaped(answer: Answer, met: pa.Table, ring: int) -> pa.Table:
    rows = ibis.memtable(met.append_column("order_", pa.array(np.arange(met.num_rows))))
    homes = homes_of(answer.known, rows.select("person")).select("person", "area")
    rows = beside(rows, homes, "person")
    rows = rows.order_by([rows.minutes.desc(), rows["first"], rows.person])
    told = as_rows(rows.select("person", "first", "minutes", "area"))
    number = told.num_rows
    given = {name: told[name] for name in told.column_names} | {"ring": pa.array(np.full(number, ring))}
    return pa.table([
        given[field.name].cast(field.type) if field.name in given else pa.nulls(number, field.type)
        for field in columns(TRACE)
    ], schema=columns(TRACE))  # fmt: skip
