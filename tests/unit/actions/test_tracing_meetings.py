"""Does the contact index say of visits, for a trace, what the engine says of them for its decisions?

The two are written apart: the index searches arrays, the engine joins tables.
"""

from dataclasses import replace
from datetime import timedelta
from random import Random

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ringfence.actions.tracing_meetings import by_visit, own_visits, with_settings
from ringfence.engine.contacts import first_ring
from ringfence.protocol import resolve
from ringfence.tables.decisions import CASES
from tests.drawing import Names, facts
from tests.unit.columns.contact_cities import DAY, PLACES, SCHEMA, city, indexed

AS_OF = DAY + timedelta(days=2)
# A day of visits is a civil day of the store's zone; so are the days of its editions.
MEASLES = replace(
    resolve("US", "measles", AS_OF), offsets=resolve("3202", "covid-19", AS_OF).offsets
)  # fmt: skip
COMPARED = ("index", "person", "begin", "end", "minutes", "place", "near", "row_gap", "setting")


def cases_of(number, visits, air):
    """Half the people, each with a window, as the trace takes them."""
    rng = Random(f"cases {number}")
    people = sorted({row["person"] for row in visits})[::2]
    begins = [DAY + timedelta(minutes=30 * rng.randrange(48)) for _ in people]
    ends = [AS_OF - timedelta(minutes=15 * rng.randrange(60)) for _ in people]
    return pa.table({
        "person": pa.array(people, pa.int64()),
        "begin": pa.array(begins, pa.timestamp("us")),
        "end": pa.array(ends, pa.timestamp("us")),
        "lingers_min": pa.array([air] * len(people), pa.int32()),
    })  # fmt: skip


def told(visits):
    """The facts the engine reads: the visits, and what sort of place each is."""
    scale = max((row["place"] for row in visits), default=1) // PLACES or 1
    named = [row["place"] for row in visits][:1] or [scale]
    places = pa.table({
        "place": pa.array(named, pa.int64()), "kind": ["shop"], "closed": [True],
        "fact": pa.array([9_000], pa.int64()),
    })  # fmt: skip
    visit = ibis.memtable(pa.Table.from_pylist(visits, SCHEMA))
    return {**facts(Names(), {}), "visit": visit, "place": ibis.memtable(places)}


def rows(table, *names):
    return sorted(map(str, zip(*(table[name].to_pylist() for name in names), strict=True)))


@pytest.mark.parametrize("air", [0, 120])
def test_shared_places_and_air_are_those_of_the_engine(tmp_path, air):
    found = 0
    for number in range(18):
        visits = city(number)
        cases, known = cases_of(number, visits, air), told(visits)
        index = indexed(visits, tmp_path)
        own = own_visits(
            index, cases.select(["person", "begin", "end"]).rename_columns(["index", "begin", "end"])
        )
        met = with_settings(by_visit(index, cases, AS_OF, own), known)
        windows = cases.rename_columns({"begin": "window_from", "end": "window_to"}).to_pylist()
        wanted = ibis.memtable(pa.Table.from_pylist(windows, CASES.schema))
        engine = first_ring(wanted, known, MEASLES, AS_OF).to_pyarrow()
        assert rows(met, *COMPARED) == rows(engine, *COMPARED), number
        shared = pc.equal(met["reason"], "visit")
        assert pc.all(pc.is_null(met["lag"].filter(shared)), min_count=0).as_py(), "there together: no lag"
        lags = engine.filter(pc.field("lag_min") > 0)["lag_min"].to_pylist()
        assert sorted(lag for lag in met["lag"].to_pylist() if lag) == sorted(lags), number
        found += met.num_rows
    assert found > 40


def test_where_a_case_was_is_cut_to_its_window_and_a_scan_has_no_end(tmp_path):
    visits = [
        {"person": 1, "place": 4, "enter": DAY, "leave": DAY + timedelta(hours=3), "part": None,
         "seat_row": None, "day": DAY.date(), "fact": 1},
        {"person": 1, "place": 5, "enter": DAY + timedelta(hours=4), "leave": None, "part": 7,
         "seat_row": None, "day": DAY.date(), "fact": 2},
    ]  # fmt: skip
    subject = pa.table({
        "index": pa.array([1], pa.int64()),
        "begin": pa.array([DAY + timedelta(hours=1)], pa.timestamp("us")),
        "end": pa.array([DAY + timedelta(hours=9)], pa.timestamp("us")),
    })  # fmt: skip
    own = own_visits(indexed(visits, tmp_path), subject).to_pylist()
    assert [(row["place"], row["part"], row["scan"]) for row in own] == [(4, None, False), (5, 7, True)]
    assert own[0]["begin"] == DAY + timedelta(hours=1)
    assert own[1]["begin"] == own[1]["end"] == DAY + timedelta(hours=4)
