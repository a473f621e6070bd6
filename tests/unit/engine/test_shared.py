"""Rows that share what they say: written by number, they say what the plain join says."""

import ibis
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ringfence.engine.shared import each, joined, lent, numbered, spread
from ringfence.tables import Column, Table

PLANS = st.lists(st.integers(0, 3), max_size=12)
"""The plan of each of some people, and of each of some tests."""


def said(plans: list[int], name: str) -> pa.Table:
    return numbered(pa.table({"plan": pa.array(plans, pa.int32())}), name)


@given(PLANS, PLANS, st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11))))
def test_each_is_the_ordered_join(people: list[int], tests: list[int], pairs: set[tuple[int, int]]) -> None:
    courses, slots = said(people, "course"), said(sorted(plan for plan in tests if plan in people), "slot")
    plan, wanted = courses["plan"].to_pylist(), slots["plan"].to_pylist()
    known = sorted(
        (c, s) for c, s in pairs if c < len(plan) and s < len(wanted) and plan[c] == wanted[s]
    )  # fmt: skip
    own = pa.table({
        "course": pa.array([c for c, _ in known], pa.int32()),
        "slot": pa.array([s for _, s in known], pa.int32()),
        "result": pa.array([f"{c}/{s}" for c, s in known], pa.string()),
    })  # fmt: skip
    both = ibis.memtable(courses).inner_join(ibis.memtable(slots), "plan")
    oracle = both.left_join(ibis.memtable(own), ["course", "slot"]).select("course", "slot", "result")
    expected = oracle.order_by("course", "slot").to_pyarrow().to_pylist()
    assert each(courses, slots, own, "plan").to_pylist() == expected


def test_what_is_shared_reads_as_if_it_stood_in_every_row() -> None:
    declared = Table(
        "declared", "表", "A table.",
        (
            Column("person", "person", "人", "Who.", key=True), Column("day", "day", "日", "When."),
            Column("area", "area", "区", "Where."), Column("result", "choice", "果", "What."),
            Column("evidence", "facts", "据", "Why."),
        ),
    )  # fmt: skip
    people = pa.table({
        "person": [7, 9], "area": pa.array([None, "A-1"]), "evidence": [[1], [2, 3]], "unasked": [0, 0],
    })  # fmt: skip
    days = pa.table({"day": pa.array([18_000, 18_001], pa.date32())})
    own = pa.table({"course": [0, 1, 1], "slot": [1, 0, 1], "result": pa.array([None, "negative", None])})
    told = spread(own, {"slot": days, "course": people}, declared)
    expected = [
        (7, 18_001, None, None, [1]), (9, 18_000, "A-1", "negative", [2, 3]),
        (9, 18_001, "A-1", None, [2, 3]),
    ]  # fmt: skip
    plain = told.to_pyarrow()
    assert [field.type for field in plain.schema] == [column.arrow for column in declared.columns]
    plain = plain.set_column(1, "day", plain["day"].cast(pa.int32()))
    assert [tuple(row.values()) for row in plain.to_pylist()] == expected
    # By number it is filtered, joined and counted like any other table.
    some = told.filter(told.area.isnull()).to_pyarrow()
    assert some["person"].to_pylist() == [7]
    counted = told.group_by("area").aggregate(rows=told.count()).order_by("area").to_pyarrow().to_pylist()
    assert counted == [{"area": "A-1", "rows": 2}, {"area": None, "rows": 1}]


def test_picked_rows_keep_the_words_lent_to_them() -> None:
    rows = lent(
        numbered(pa.table({"area": ["a", "b", "c"], "evidence": [[1], [], [2]]}), "row"), "area", "evidence"
    )
    more = pa.table({"row": pa.array([2, 0], pa.int32()), "class": ["close", "low"]})
    picked = ibis.memtable(joined(rows, more, "row")).to_pyarrow().to_pylist()
    assert picked == [
        {"area": "c", "evidence": [2], "row": 2, "class": "close"},
        {"area": "a", "evidence": [1], "row": 0, "class": "low"},
    ]
