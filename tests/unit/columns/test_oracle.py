"""Is a snapshot of any journal what a slow, plain reading of the same submissions says?"""

import shutil
import tempfile
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringfence.columns import Columns, segments
from ringfence.journal import Journal, Submission, partitions
from tests.unit.journal.sent import NIGHT, at, rows, visit

DAYS = (date(2022, 3, 17), date(2022, 3, 18))

person = st.tuples(
    st.just("person"), st.lists(st.tuples(st.integers(1, 4), st.integers(1950, 1960)), min_size=1, max_size=4)
)
spot = st.tuples(st.sampled_from(DAYS), st.integers(1, 3), st.integers(1, 40))
single = st.tuples(st.just("visit"), st.lists(spot, min_size=1, max_size=3))
file = st.tuples(
    st.just("visit_partition"), st.sampled_from(DAYS), st.sampled_from(["metro", "bus"]),
    st.dictionaries(st.integers(1, 3), st.integers(1, 40), max_size=3),
)  # fmt: skip
retraction = st.tuples(
    st.just("retraction"), st.lists(st.tuples(st.integers(1, 12), st.integers(0, 3)), min_size=1, max_size=3)
)
journals = st.lists(
    st.tuples(st.one_of(person, single, file, retraction), st.booleans()), min_size=1, max_size=12
)


def noon(day):
    return at(f"{day} 04:00")


def submission(number, told, store):
    """What is told as a submission; what a reader of it by hand finds, a list of (key, value)."""
    kind, name = told[0], f"submission-{number}"
    if kind == "person":
        table = rows(kind, *({"person": who, "birth_year": year} for who, year in told[1]))
        return Submission(name, kind, table, "a"), [(("person", who), year) for who, year in told[1]]
    if kind == "visit":
        table = rows(kind, *(visit(who, 1, noon(day), minutes) for day, who, minutes in told[1]))
        return Submission(name, kind, table, "a"), [
            (("visit", day, who), minutes) for day, who, minutes in told[1]
        ]
    if kind == "visit_partition":
        _, day, source, people = told
        kept = rows("visit", *(visit(who, 1, noon(day), minutes) for who, minutes in people.items()))
        named = partitions.write(store, day, source, kept)
        return Submission(name, kind, rows(kind, named), "a"), [
            (("visit", day, who), minutes) for who, minutes in sorted(people.items())
        ]
    facts = [(seq << 32) + row for seq, row in told[1]]
    return Submission(name, kind, rows(kind, *({"fact": f, "reason": "wrong"} for f in facts)), "a"), facts


def oracle(history):
    """What is so after a history of (kind and source, facts): supersession and retraction as the words say.

    A fact is out where a retraction in force, made after it, names it; a file is out where a later one of
    its day and source came; of what is left the last fact of each key holds.
    """
    out = set()
    retractions = [
        ((seq << 32) + row, named)
        for seq, (what, facts) in enumerate(history, 1) if what[0] == "retraction"
        for row, named in enumerate(facts)
    ]  # fmt: skip
    for made, named in sorted(retractions, reverse=True):
        if made not in out and named < made:
            out.add(named)
    last_file = {what: seq for seq, (what, _) in enumerate(history, 1) if what[0] == "visit_partition"}
    known = defaultdict(dict)
    for seq, (what, facts) in enumerate(history, 1):
        if what[0] == "retraction" or last_file.get(what, seq) != seq:
            continue
        for row, (key, value) in enumerate(facts):
            fact = (seq << 32) + row
            if fact not in out:
                known[key[0]][key] = (value, fact)
    return {kind: dict(values) for kind, values in known.items()}


def snapshot(made, as_of):
    """The same from the columns."""
    facts = made.snapshot(as_of)
    people, visits = (facts[kind].to_pyarrow().to_pylist() for kind in ("person", "visit"))
    found = {"person": {}, "visit": {}}
    for row in people:
        found["person"]["person", row["person"]] = (row["birth_year"], row["fact"])
    for row in visits:
        minutes = (row["leave"] - row["enter"]).seconds // 60
        found["visit"]["visit", row["day"], row["person"]] = (minutes, row["fact"])
    assert [len(people), len(visits)] == [len(values) for values in found.values()]
    return {kind: values for kind, values in found.items() if values}


@pytest.fixture(autouse=True)
def short_segments(monkeypatch):
    monkeypatch.setattr(segments, "SEGMENT_ROWS", 5)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(journals)
def test_a_snapshot_is_what_a_plain_reader_finds(told):
    """Every submission is a minute later than the one before, sent twice, and refreshed after or not."""
    store = Path(tempfile.mkdtemp(prefix="ringfence-oracle-"))
    try:
        with (
            Journal.create(str(store / "journal.sqlite"), exercise=True) as journal,
            Columns(store / "columns", journal, store, limits={"threads": 1}) as made,
        ):
            history = []
            for number, (what, refreshed) in enumerate(told):
                sent, facts = submission(number, what, store)
                for _ in range(2):
                    journal.append(sent, NIGHT + timedelta(minutes=number))
                history.append((what[:3] if what[0] == "visit_partition" else what[:1], facts))
                if refreshed:
                    made.refresh()
            made.refresh()
            for number in range(len(told)):
                as_of = NIGHT + timedelta(minutes=number, seconds=30)
                assert snapshot(made, as_of) == oracle(history[: number + 1])
            assert journal.verify(store) == []
    finally:
        shutil.rmtree(store)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(st.integers(1, 60), unique=True, min_size=1, max_size=12),
    order=st.randoms(use_true_random=False),
)
def test_facts_that_do_not_contradict_may_come_in_any_order(people, order):
    """What each person's row says does not depend on when it came; only its number does."""
    answers = []
    for _ in range(2):
        store = Path(tempfile.mkdtemp(prefix="ringfence-oracle-"))
        with (
            Journal.create(str(store / "journal.sqlite"), exercise=True) as journal,
            Columns(store / "columns", journal, store, limits={"threads": 1}) as made,
        ):
            for who in people:
                table = rows("person", {"person": who, "birth_year": 1900 + who})
                journal.append(Submission(f"p{who}", "person", table, "a"), NIGHT)
            made.refresh()
            table = made.snapshot(NIGHT)["person"].drop("fact", "recorded_at").order_by("person")
            answers.append(table.to_pyarrow())
        shutil.rmtree(store)
        order.shuffle(people)
    assert answers[0].equals(answers[1])
