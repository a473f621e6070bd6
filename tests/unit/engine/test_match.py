"""Does a whole table match as its rows do one by one? The rows' own logic is the oracle."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringfence.engine import match
from ringfence.protocol import predicates
from ringfence.protocol.predicates import All, Any, Compare, Not, OneOf, Predicate, Value
from ringfence.protocol.rules import Rule

SETTINGS = ("bus", "home", "office")
TYPES = {"setting": pa.string(), "near": pa.bool_(), "minutes": pa.int32()}
Row = Mapping[str, Value | None]

ROWS = st.lists(
    st.fixed_dictionaries({
        "setting": st.none() | st.sampled_from(SETTINGS),
        "near": st.none() | st.booleans(),
        "minutes": st.none() | st.integers(0, 4),
    }),
    min_size=1, max_size=40,
)  # fmt: skip
LEAVES = st.one_of(
    st.builds(Compare, st.just("setting"), st.sampled_from(("=", "!=")), st.sampled_from(SETTINGS)),
    st.builds(Compare, st.just("near"), st.sampled_from(("=", "!=")), st.booleans()),
    st.builds(
        Compare, st.just("minutes"), st.sampled_from(("=", "!=", "<", "<=", ">", ">=")), st.integers(0, 4)
    ),
    st.builds(
        OneOf, st.just("setting"), st.lists(st.sampled_from(SETTINGS), min_size=1, unique=True).map(tuple)
    ),
)
PREDICATES: st.SearchStrategy[Predicate] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Any, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Line:
    """A row of a first-match table."""

    rule: Rule
    when: Predicate | None
    unknown: str


LINES = st.lists(
    st.builds(
        Line,
        st.just(Rule("r", "", "", "", "A", "", "e")),
        st.none() | PREDICATES,
        st.sampled_from(("include", "exclude", "review")),
    ),
    min_size=1, max_size=5,
)  # fmt: skip


def table(rows: Sequence[Row]) -> ibis.Table:
    columns = {name: pa.array([row[name] for row in rows], kind) for name, kind in TYPES.items()}
    return ibis.memtable(pa.table({**columns, "n": pa.array(range(len(rows)))}))


@FEW
@given(st.lists(PREDICATES, min_size=1, max_size=6), ROWS)
def test_a_predicate_holds_of_a_table_as_of_its_rows(found: list[Predicate], rows: list[Row]) -> None:
    known = table(rows)
    columns = {name: known[name] for name in TYPES}
    told = known.select("n", **{f"p{n}": match.holds(one, columns) for n, one in enumerate(found)})
    said = told.order_by("n").to_pyarrow()
    for n, one in enumerate(found):
        assert said[f"p{n}"].to_pylist() == [predicates.holds(one, row) for row in rows]


def first(lines: Sequence[Line], row: Row) -> tuple[int, bool]:
    """The first line that matches one row, and whether it has to be judged: word for word the rule."""
    for number, line in enumerate(lines):
        held = True if line.when is None else predicates.holds(line.when, row)
        if held is True:
            return number, False
        if held is None and line.unknown != "exclude":
            return number, line.unknown == "review"
    return -1, False


@FEW
@given(LINES, ROWS)
def test_first_match_of_a_table_is_that_of_its_rows(lines: list[Line], rows: list[Row]) -> None:
    known = table(rows)
    found = match.first_match(lines, {name: known[name] for name in TYPES})
    said = known.select("n", number=found.number, review=found.review).order_by("n").to_pyarrow()
    seen = list(zip(said["number"].to_pylist(), said["review"].to_pylist(), strict=True))
    assert seen == [first(lines, row) for row in rows]


@FEW
@given(
    st.lists(st.none() | st.text(max_size=8).filter(lambda text: "\x00" not in text), min_size=1, max_size=30)
)
def test_values_are_json_whatever_the_text(texts: list[str | None]) -> None:
    known = ibis.memtable(pa.table({"text": pa.array(texts, pa.string()), "n": pa.array(range(len(texts)))}))
    told = known.select("n", said=match.values(text=known.text, n=known.n)).order_by("n").to_pyarrow()
    for n, (text, said) in enumerate(zip(texts, told["said"].to_pylist(), strict=True)):
        read = json.loads(said)
        assert read["n"] == n
        # What cannot be shown becomes a blank; everything else comes back as it was.
        assert (read["text"] is None) == (text is None)
        if text is not None and text.isprintable():
            assert read["text"] == text
