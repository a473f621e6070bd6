"""Do the compiled searches say of thousands of random small cities what a slow plain reading says?

RINGFENCE_CONTACT_CITIES: how many cities (default 200).
"""

import os
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from ringfence.columns import contact_places
from ringfence.columns.contact_index import opened
from ringfence.columns.contact_kernels import inlined
from ringfence.columns.contact_rings import Cut, next_ring
from ringfence.columns.contact_search import MEETINGS, Meeting, meetings, pairs
from ringfence.columns.contact_sources import VisitSources
from ringfence.errors import InputError
from tests.unit.columns import contact_cities as cities
from tests.unit.columns.contact_cities import DAY, SCHEMA, city, indexed, spans, table

CITIES = range(int(os.environ.get("RINGFENCE_CONTACT_CITIES", "200")))
EPOCH = DAY.replace(year=1970, month=1, day=1)


def at(clock, day=0):
    hour, minute = clock.split(":")
    return DAY + timedelta(days=day, hours=int(hour), minutes=int(minute))


def drawn(*rows):
    """Visits as (person, place, from, until): facts 1, 2, ...; all in part 1 and row 1."""
    return [
        {
            "person": person, "place": place, "enter": at(enter), "leave": leave and at(leave),
            "part": 1, "seat_row": 1, "day": (at(enter) + cities.ZONE).date(), "fact": number,
        }
        for number, (person, place, enter, leave) in enumerate(rows, 1)
    ]  # fmt: skip


def asked(person, begin, end):
    return table([{"index": person, "begin": at(begin), "end": at(end)}])


def micros(instant):
    return (instant - EPOCH) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("air", "backwards", "least"), [(0, False, 0), (30, False, 0), (120, True, 0), (0, False, 10)]
)
def test_meetings_and_pairs_are_those_of_a_plain_reading(tmp_path, air, backwards, least):
    found = 0
    for number in CITIES:
        visits = city(number)
        subjects = spans(number, visits)
        met = meetings(indexed(visits, tmp_path), table(subjects), Meeting(air, backwards, least))
        wanted = cities.meetings(visits, subjects, air, backwards, least)
        assert cities.ordered(met.to_pylist()) == wanted, number
        together = {(row.pop("index"), row.pop("person")): row for row in pairs(met).to_pylist()}
        assert together == cities.summed(wanted), number
        found += len(wanted)
    assert found > len(CITIES)


@pytest.mark.parametrize("cut", [Cut(), Cut(1), Cut(15), Cut(0, 3), Cut(2, 4, frozenset({1, 2}))])
def test_the_next_ring_is_that_of_a_plain_reading(tmp_path, cut):
    found = 0
    for number in CITIES:
        visits = city(number)
        subjects = spans(number, visits)
        index = indexed(visits, tmp_path)
        ring = next_ring(index, table(subjects), cut, ranked=True).to_pylist()
        wanted = cities.ring(visits, subjects, cut.least_minutes, cut.most_visits, cut.but)
        assert {row["person"]: (row["first"], row["minutes"]) for row in ring} == wanted, number
        people = next_ring(index, table(subjects), cut)
        assert people.column_names == ["person"]
        assert people["person"].to_pylist() == sorted(wanted)
        found += len(wanted)
    assert found > len(CITIES) // 16


def test_who_was_in_a_place_is_what_a_plain_reading_says(tmp_path):
    for number in CITIES:
        visits = city(number)
        index = indexed(visits, tmp_path)
        for span in spans(number, visits):
            place = visits[0]["place"] if visits else 1
            wanted = [
                row for row in visits
                if row["place"] == place and cities.cut(row, span["begin"], span["end"])
            ]  # fmt: skip
            there = contact_places.at(index, place, (micros(span["begin"]), micros(span["end"])))
            assert sorted(there.visits["fact"].to_pylist()) == sorted(row["fact"] for row in wanted)
            assert there.people == len({row["person"] for row in wanted})
            assert sum(there.parts["visits"].to_pylist()) == len(wanted)


def test_touching_stays_do_not_meet_and_a_scan_meets_the_stay_that_holds_it(tmp_path):
    index = indexed(
        drawn(
            (1, 5, "09:00", "10:00"),
            (2, 5, "10:00", "11:00"),  # comes as 1 leaves
            (3, 5, "09:59", "10:30"),
            (4, 5, "09:00", None),  # scans as 1 comes
            (5, 5, "10:00", None),  # scans as 1 leaves
        ),
        tmp_path,
    )
    met = meetings(index, asked(1, "00:00", "23:00"))
    rows = zip(*(met[name].to_pylist() for name in ("person", "minutes")), strict=True)
    assert sorted(rows) == [(3, 1), (4, None)]


def test_the_air_stays_for_those_who_come_after_and_backwards_was_left_by_those_before(tmp_path):
    index = indexed(
        drawn((1, 5, "09:00", "10:00"), (2, 5, "11:59", "13:00"), (3, 5, "12:00", "13:00")), tmp_path
    )
    after = meetings(index, asked(1, "00:00", "23:00"), Meeting(air_minutes=120)).to_pylist()
    assert [(row["person"], row["lag"], row["minutes"]) for row in after] == [(2, 119, 1)]
    backwards = meetings(index, asked(2, "00:00", "23:00"), Meeting(120, backwards=True)).to_pylist()
    assert [(row["person"], row["lag"]) for row in backwards] == [(3, None), (1, 119)] or [
        (row["person"], row["lag"]) for row in backwards
    ] == [(1, 119), (3, None)]
    before = next(row for row in backwards if row["person"] == 1)
    assert (before["begin"], before["end"]) == (at("11:59"), at("12:00"))


def test_time_together_is_counted_once_where_meetings_overlap(tmp_path):
    index = indexed(
        drawn(
            (1, 5, "09:00", "12:00"), (1, 6, "10:00", "11:00"),  # in two places at once
            (2, 5, "09:30", "10:30"), (2, 6, "10:00", "10:40"),
        ),
        tmp_path,
    )  # fmt: skip
    found = pairs(meetings(index, asked(1, "00:00", "23:00"))).to_pylist()
    assert found == [{
        "index": 1, "person": 2, "meetings": 2, "minutes": 70, "longest": 60,
        "first": at("09:30"), "last": at("10:40"), "lagged": 0,
    }]  # fmt: skip


def test_a_stay_begun_a_week_before_still_meets(tmp_path):
    visits = drawn((1, 5, "09:00", "10:00"), (2, 5, "09:00", None))
    visits[1] |= {"enter": at("08:00", -7), "leave": at("09:30"), "day": at("08:00", -7).date()}
    met = meetings(indexed(visits, tmp_path), asked(1, "00:00", "23:00"))
    assert met["minutes"].to_pylist() == [30]


def test_a_place_too_large_gives_its_parts_instead_of_a_list(tmp_path):
    visits = drawn(*((person, 5, "09:00", "10:00") for person in range(1, 8)))
    for row in visits[:2]:
        row["part"] = None
    index = indexed(visits, tmp_path)
    span = micros(at("09:00")), micros(at("09:01"))
    crowd = contact_places.at(index, 5, span, most=6)
    assert (crowd.people, crowd.visits) == (7, None)
    assert crowd.parts.to_pylist() == [
        {"part": 1, "visits": 5, "people": 5},
        {"part": None, "visits": 2, "people": 2},
    ]
    assert contact_places.at(index, 5, span, most=6, part=1).visits.num_rows == 5
    assert contact_places.at(index, 6, span).visits.num_rows == 0


def test_shared_places_are_those_of_several_people(tmp_path):
    index = indexed(
        drawn(
            (1, 5, "09:00", "10:00"), (2, 5, "09:30", "11:00"), (3, 5, "10:30", "12:00"),
            (1, 6, "13:00", "14:00"), (2, 6, "14:00", "15:00"), (3, 7, "13:00", "14:00"),
            (9, 7, "13:00", "14:00"),
        ),
        tmp_path,
    )  # fmt: skip
    people = table([{"index": person, "begin": at("00:00"), "end": at("23:00")} for person in (1, 2, 3)])
    found = contact_places.shared(index, people)
    rows = [(row["place"], row["people"], row["who"], row["together"]) for row in found.to_pylist()]
    assert rows == [(5, 3, [1, 2, 3], 2), (6, 2, [1, 2], 1)]
    assert contact_places.shared(index, people, least=3)["place"].to_pylist() == [5]


def test_nothing_gives_nothing(tmp_path):
    index = opened(tmp_path, VisitSources((), pa.Table.from_pylist([], SCHEMA), np.zeros(0, np.int64)))
    for subjects in (table([]), asked(1, "00:00", "23:00")):
        met = meetings(index, subjects)
        assert met.num_rows == 0
        assert met.schema == MEETINGS
        assert pairs(met).num_rows == 0
        assert next_ring(index, subjects, ranked=True).num_rows == 0
        assert contact_places.shared(index, subjects).num_rows == 0
    assert contact_places.at(index, 1, (0, 1)).people == 0


def test_a_span_without_an_end_is_refused(tmp_path):
    with pytest.raises(InputError, match="end is absent"):
        meetings(indexed([], tmp_path), table([{"index": 1, "begin": DAY, "end": None}]))


def test_an_inlined_part_is_compiled_too():
    assert inlined(lambda number: number + 1)(1) == 2
