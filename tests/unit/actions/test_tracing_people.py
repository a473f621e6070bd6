"""Who stands on the list of a trace, below and above the least time, and what counts as a change?"""

from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from ringfence.actions.deciding import Answer
from ringfence.actions.tracing_cases import Asked
from ringfence.actions.tracing_changes import with_changes
from ringfence.actions.tracing_people import listed
from ringfence.protocol import resolve
from ringfence.tables.decisions import CONTACTS
from ringfence.tables.tracing import MEETINGS, TRACE, TRACED_CASES, columns
from tests.drawing import Names, facts

NOON = datetime.fromisoformat("2022-03-29T12:00")
CASE = 1


def answer() -> Answer:
    return Answer(NOON, (resolve("3202", "covid-19", NOON),), {}, facts(Names(), {}))


def case(least: int) -> pa.Table:
    row = {"person": CASE, "begin": NOON, "end": NOON, "lingers_min": 0, "least_min": least}
    return pa.Table.from_pylist([row], columns(TRACED_CASES))


def met(*rows: tuple[int, int, int | None, str]) -> pa.Table:
    """Meetings with the case: who, from which minute after noon, how long, how it is known."""
    told = [
        {
            "ring": 1, "case": CASE, "index": CASE, "person": person,
            "begin": NOON + timedelta(minutes=since),
            "end": NOON + timedelta(minutes=since + (long_ or 0)), "reason": reason, "minutes": long_,
            "lag": 3 if reason == "air" else None, "evidence": [person],
        }
        for person, since, long_, reason in rows
    ]  # fmt: skip
    return pa.Table.from_pylist(told, columns(MEETINGS))


def classed(*people: int) -> pa.Table:
    rows = [
        {
            "person": person, "index": CASE, "case": CASE, "ring": 1, "class": "close", "review": False,
            "rule": "drawn", "grade": "L", "evidence": [9, person],
        }
        for person in people
    ]  # fmt: skip
    schema = pa.schema([(column.name, column.arrow) for column in CONTACTS.columns])
    return pa.Table.from_pylist(rows, schema)


MEETINGS_DRAWN = (
    (2, 0, 14, "visit"),
    (3, 0, 10, "visit"), (3, 5, 10, "visit"),  # fifteen minutes, each once
    (4, 0, 5, "visit"), (4, 30, None, "visit"),  # a scan: how long is not known
    (5, 0, 5, "visit"),  # but the rules class them
    (6, 0, 20, "air"), (6, 60, 20, "told"),
)  # fmt: skip


def found(least: int, *, every: bool = False) -> dict[int, dict[str, object]]:
    people = listed(answer(), case(least), met(*MEETINGS_DRAWN), classed(5), Asked(every=every))
    rows = people.to_pylist()
    assert len({row["person"] for row in rows}) == len(rows), "each person once"
    return {row["person"]: row for row in rows}


def test_whoever_shared_less_than_any_rule_asks_for_is_left_out_unless_classed() -> None:
    assert sorted(found(15)) == [3, 4, 5, 6]
    assert sorted(found(0)) == sorted(found(15, every=True)) == [2, 3, 4, 5, 6]


def test_time_together_counts_each_instant_once_and_reasons_add_up() -> None:
    rows = found(15)
    shown = ("meetings", "minutes", "longest", "lagged", "reasons", "class")
    assert {person: tuple(rows[person][name] for name in shown) for person in rows} == {
        3: (2, 15, 10, 0, "visit", None),
        4: (2, 5, 5, 0, "visit", None),
        5: (1, 5, 5, 0, "visit", "close"),
        6: (2, 40, 20, 1, "air told", None),
    }
    assert rows[5]["evidence"] == [5, 9]
    assert (rows[6]["first"], rows[6]["last"]) == (NOON, NOON + timedelta(minutes=80))


def people(*rows: tuple[int, str | None, bool | None]) -> pa.Table:
    told = [
        {"ring": 1, "case": CASE, "person": person, "class": class_, "review": review, "first": NOON}
        for person, class_, review in rows
    ]
    return pa.Table.from_pylist(told, columns(TRACE))


NOBODY = pa.table({"case": pa.array([], pa.int64()), "person": pa.array([], pa.int64())})


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (("general", False), ("close", False), "upgraded"),
        (("close", True), ("close", False), "upgraded"),
        ((None, None), ("general", False), "upgraded"),
        (("close", False), ("secondary", False), "downgraded"),
        (("close", False), ("close", True), "downgraded"),
        (("close", False), ("close", False), None),
        ((None, None), (None, None), None),
    ],
)
def test_up_is_a_graver_class_or_settled_where_it_was_to_be_judged(before, now, change) -> None:
    rows = with_changes(people((2, *now)), people((2, *before)), NOBODY).to_pylist()
    assert [row["change"] for row in rows] == [change]


def test_what_changed_comes_first_the_graver_before_the_lesser_and_who_is_gone_last() -> None:
    before = people((2, "close", False), (3, "general", False), (4, "close", False))
    now = people((2, "close", False), (3, "close", False), (5, "general", False), (6, "close", True))
    rows = with_changes(now, before, NOBODY).to_pylist()
    assert [(row["change"], row["person"]) for row in rows] == [
        ("new", 6), ("new", 5), ("upgraded", 3), ("gone", 4), (None, 2),
    ]  # fmt: skip


def test_whom_the_rules_still_call_a_contact_is_not_gone() -> None:
    before = people((2, "close", False), (4, "close", False))
    case = before["case"][0].as_py()
    held = NOBODY.schema.empty_table().from_pylist([{"case": case, "person": 4}], NOBODY.schema)
    rows = with_changes(people((2, "close", False)), before, held).to_pylist()
    assert [(row["change"], row["person"]) for row in rows] == [(None, 2), (None, 4)]


def test_a_ring_for_planning_is_of_no_case_and_has_no_changes() -> None:
    planned = pa.Table.from_pylist([{"ring": 2, "person": 8, "first": NOON, "minutes": 4}], columns(TRACE))
    assert with_changes(planned, people(), NOBODY).to_pylist()[0]["change"] is None
