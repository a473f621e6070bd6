"""Where, when and how long did the traced and others meet, and how is each meeting known?

Shared places come from the contact index; homes, ties and what a tracer was told come from the engine's
exposures. Both say the same of visits: a test holds them against each other.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ringfence.columns import contact_search
from ringfence.columns.contact_index import ContactIndex
from ringfence.columns.contact_kernels import ABSENT, MICROSECONDS_PER_MINUTE
from ringfence.columns.contact_search import Meeting
from ringfence.tables import Facts
from ringfence.tables.tracing import MEETINGS, columns

_SHARED = ("person", "begin", "end", "minutes", "lag", "place", "own_part", "part", "near", "row_gap")


def own_visits(index: ContactIndex, subjects: pa.Table) -> pa.Table:
    """Where the traced were in their windows: person, place, part, begin, end, scan, fact; by begin.

    `subjects` are index, begin, end, as `contact_search.meetings` takes them.
    """
    spans = contact_search.spans_of(subjects)
    theirs = contact_search.own_visits(index, spans)
    own = theirs.own
    part = own.part.astype(np.int32)
    told = pa.table({
        "person": own.subject,
        "place": own.place,
        "part": pa.array(part, mask=own.part == ABSENT),
        "begin": contact_search.instants(own.begin),
        "end": contact_search.instants(own.end),
        "scan": pa.array(own.scan == 1),
        "fact": own.fact,
    })  # fmt: skip
    return told.sort_by([("person", "ascending"), ("begin", "ascending"), ("place", "ascending")])


def by_visit(index: ContactIndex, cases: pa.Table, as_of: datetime, own: pa.Table) -> pa.Table:
    """Meetings of the traced in shared places and their air, in the columns of MEETINGS but for setting.

    Args:
        index: the visits.
        cases: who could be met when, with lingers_min.
        as_of: whoever came later came after what is asked about.
        own: the visits of the traced.
    """
    scans = own.filter(pc.field("scan"))
    parts: list[pa.Table] = []
    for lingers in pc.unique(cases["lingers_min"]).to_pylist():
        some = cases.filter(pc.field("lingers_min") == lingers)
        subjects = some.select(["person", "begin", "end"]).rename_columns(["index", "begin", "end"])
        parts.append(contact_search.meetings(index, subjects, Meeting(air_minutes=lingers)))
    met = pa.concat_tables(parts) if parts else contact_search.MEETINGS.empty_table()
    met = met.filter(pc.less(met["begin"], pa.scalar(as_of, pa.timestamp("us"))))
    return _shaped(met.filter(_counts(met, scans)), scans["fact"], as_of)


def _counts(met: pa.Table, scans: pa.Table) -> pa.ChunkedArray:
    """Whether a meeting counts as the rules read the air: in one room, and after the case was there."""
    shared = pc.is_null(met["lag"])
    # A place is one room unless both parts are known and are not the same: its air is then another's.
    one_room = pc.fill_null(met["near"], True)
    scanned = scans["begin"].take(pc.index_in(met["own_fact"], value_set=scans["fact"]))
    at_once = pc.fill_null(pc.equal(scanned, met["begin"]), False)
    return pc.or_(shared, pc.and_(one_room, pc.invert(at_once)))


def _shaped(met: pa.Table, scans: pa.ChunkedArray, as_of: datetime) -> pa.Table:
    """Columns as declared. Where the case only scanned, when they left is not known: nor is the lag."""
    lagged = pc.is_valid(met["lag"])
    unsure = pc.and_(lagged, pc.is_in(met["own_fact"], value_set=scans))
    end = pc.min_element_wise(met["end"], pa.scalar(as_of, pa.timestamp("us")))
    cut = pc.and_(pc.is_valid(met["minutes"]), pc.not_equal(end, met["end"]))
    whole = pc.divide(pc.microseconds_between(met["begin"], end), MICROSECONDS_PER_MINUTE).cast(pa.int32())
    minutes = pc.if_else(cut, whole, met["minutes"])
    nothing = pa.scalar(None, pa.int32())
    rows = met.num_rows
    return _declared({
        **{name: met[name] for name in _SHARED},
        "ring": pa.array(np.ones(rows, np.int32)),
        "case": met["index"],
        "index": met["index"],
        "end": end,
        "minutes": pc.if_else(unsure, nothing, minutes),
        "row_gap": pc.if_else(lagged, nothing, met["row_gap"]),
        "lag": pc.if_else(unsure, nothing, met["lag"]),
        "reason": pc.if_else(lagged, "air", "visit"),
        "setting": pa.nulls(rows, pa.string()),
        "relation": pa.nulls(rows, pa.string()),
        "evidence": _pairs_of_facts(met["own_fact"], met["fact"]),
    })  # fmt: skip


def _pairs_of_facts(one: pa.ChunkedArray, other: pa.ChunkedArray) -> pa.ListArray:
    both = np.stack((one.to_numpy(), other.to_numpy()), axis=1).reshape(-1)
    return pa.ListArray.from_arrays(pa.array(np.arange(0, len(both) + 1, 2, dtype=np.int32)), pa.array(both))


def _declared(given: dict[str, Any]) -> pa.Table:
    return pa.table([given[name] for name in MEETINGS.schema.names], MEETINGS.schema.names).cast(
        columns(MEETINGS)
    )


def with_settings(met: pa.Table, facts: Facts) -> pa.Table:
    """The meetings, with the sort of place where nobody told one."""
    place = facts["place"].select("place", "kind").to_pyarrow()
    at = pc.index_in(met["place"], value_set=place["place"])
    setting = pc.coalesce(met["setting"], place["kind"].take(at))
    return met.set_column(met.schema.get_field_index("setting"), "setting", setting)


def otherwise(exposures: pa.Table, cases: pa.Table, facts: Facts) -> pa.Table:
    """Meetings of ring 1 that are known otherwise than by visits: told, of one household, of one tie."""
    first = pc.field("ring") == 1
    shared = pc.is_valid(pc.field("place")) & pc.is_null(pc.field("relation"))
    some = exposures.filter(first & pc.field("index").isin(cases["person"]) & ~shared)
    return _from_exposures(some, some["index"], facts)


def second(exposures: pa.Table, contacts: pa.Table, facts: Facts) -> pa.Table:
    """Meetings with the close contacts of the traced, of those whom the rules class for it."""
    classed = contacts.filter(pc.field("ring") == 2).select(["index", "person", "case"])
    met = exposures.filter(pc.field("ring") == 2)
    number = pa.array(np.arange(met.num_rows))
    pairs = met.select(["index", "person"]).append_column("number", number)
    found = pairs.join(classed, ["index", "person"], join_type="inner").sort_by("number")
    met = met.take(found["number"])
    return _from_exposures(met, found["case"], facts)


def _from_exposures(met: pa.Table, case: pa.ChunkedArray, facts: Facts) -> pa.Table:
    rows = met.num_rows
    people = pc.unique(met["index"]).to_pylist()
    interview = facts["interview"]
    told = (
        interview.filter(interview.case.isin(people)).fact.to_pyarrow()
        if people
        else pa.array([], pa.int64())
    )
    first_fact = pc.list_element(met["evidence"], 0) if rows else pa.array([], pa.int64())
    reason = pc.case_when(
        pc.make_struct(
            pc.is_in(first_fact, value_set=told),
            pc.is_null(met["relation"]),
            pc.equal(met["relation"], "lives_with"),
        ),
        "told", "visit", "lives_with", "tie",
    )  # fmt: skip
    return _declared({
        **{name: met[name] for name in MEETINGS.schema.names if name in met.column_names},
        "case": case,
        "lag": pa.nulls(rows, pa.int32()),
        "own_part": pa.nulls(rows, pa.int32()),
        "part": pa.nulls(rows, pa.int32()),
        "reason": reason,
    })  # fmt: skip


def together(parts: Sequence[pa.Table]) -> pa.Table:
    """Meetings from several sources, in one order whatever order they came in."""
    met = pa.concat_tables(parts)
    names = ("ring", "case", "index", "person", "begin", "end", "reason", "place")
    return met.sort_by([(name, "ascending") for name in names])
