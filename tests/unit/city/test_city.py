"""A city is a set of valid tables, the same for the same seed."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ringfence import areas, city
from ringfence.errors import InputError
from ringfence.tables.facts import DUTIES, FACTS

PEOPLE, SEED = 8_000, 3


def body(table):
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return sink.getvalue().to_pybytes()


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(town):
    again, other = city.build(PEOPLE, SEED), city.build(PEOPLE, SEED + 1)
    for kind, table in town.tables().items():
        assert body(table) == body(again.tables()[kind]), kind
        if kind != "unit":
            assert body(table) != body(other.tables()[kind]), kind


@pytest.mark.parametrize("kind", ["area", "unit", "person", "residence", "place", "membership"])
def test_a_table_has_the_declared_columns_keys_and_choices(town, kind):
    table, declared = town.tables()[kind], FACTS[kind]
    assert table.schema == declared.schema
    for column in declared.stored:
        if column.needed:
            assert table[column.name].null_count == 0, column.name
        if column.choices:
            assert set(table[column.name].unique().to_pylist()) <= {*column.choices, None}, column.name
        if column.type == "area":
            assert all(areas.is_code(code) for code in table[column.name].unique().to_pylist() if code)
    assert table.group_by(list(declared.key)).aggregate([]).num_rows == table.num_rows


def test_people_and_places_are_numbered_from_one_without_a_gap(town):
    assert town.person["person"].to_pylist() == list(range(1, PEOPLE + 1))
    assert town.place["place"].to_pylist() == list(range(1, town.place.num_rows + 1))


def test_everybody_lives_in_one_household_whose_building_is_an_area(town):
    living = town.residence.filter(pc.equal(town.residence["kind"], "living")).to_pylist()
    assert [row["person"] for row in living] == list(range(1, PEOPLE + 1))
    known = set(town.area["area"].to_pylist())
    households: dict[str, list[int]] = {}
    for row in living:
        assert areas.level(row["area"]) == "household"
        assert areas.at_level(row["area"], "building") in known
        households.setdefault(row["area"], []).append(row["person"])
    assert max(map(len, households.values())) <= 8


def test_every_area_below_the_province_has_its_parent(town):
    known = set(town.area["area"].to_pylist())
    missing = [code for code in known if code != "32" and areas.parent(code) not in known]
    assert missing == []


def test_places_stand_in_known_areas_and_members_have_places(town):
    known = set(town.area["area"].to_pylist())
    assert set(town.place["area"].to_pylist()) <= known
    assert max(town.membership["place"].to_pylist()) <= town.place.num_rows


def test_every_duty_has_a_unit_for_the_whole_city(town):
    whole = town.unit.filter(pc.equal(town.unit["area"], "3202"))
    assert set(whole["duty"].to_pylist()) == set(DUTIES)


def test_pupils_are_of_school_age_and_workers_are_not_children(town):
    age = 2022 - np.array(town.person["birth_year"].to_pylist())
    for kind, low, high in (("class", 3, 24), ("work", 15, 76)):
        rows = town.membership.filter(pc.equal(town.membership["kind"], kind))
        ages = age[np.array(rows["person"].to_pylist()) - 1]
        assert low <= ages.min(), kind
        assert ages.max() <= high, kind


def test_an_occupation_says_what_sort_of_place_people_work_in(town):
    work = town.membership.filter(pc.equal(town.membership["kind"], "work"))
    kind = dict(zip(town.place["place"].to_pylist(), town.place["kind"].to_pylist(), strict=True))
    does = dict(zip(town.person["person"].to_pylist(), town.person["occupation"].to_pylist(), strict=True))
    # The student works evenings at the diner and is a pupil all the same.
    pairs = {(kind[row["place"]], does[row["person"]]) for row in work.to_pylist()} - {
        ("restaurant", "pupil")
    }
    assert {("hospital", "health_worker"), ("classroom", "school"), ("workshop", "factory")} <= pairs
    assert len({where for where, _ in pairs}) == len(pairs), "two occupations at one kind of place"
    pupils = town.membership.filter(pc.equal(town.membership["kind"], "class"))["person"].to_pylist()
    assert {does[who] for who in pupils} == {"pupil"}


def test_identities_are_a_name_each_and_nothing_else(town):
    batches = list(city.identities(town, SEED))
    table = pa.Table.from_batches(batches)
    assert table.schema.names == ["person", "name"]
    assert table["person"].to_pylist() == list(range(1, PEOPLE + 1))
    lengths = set(pc.utf8_length(table["name"]).to_pylist())
    assert lengths == {2, 3}
    assert pa.Table.from_batches(list(city.identities(town, SEED))).equals(table)


def test_a_city_too_small_is_refused_with_what_would_do():
    with pytest.raises(InputError, match=r"between 5,000 and 16,000,000"):
        city.build(100, 1)


@pytest.mark.parametrize("people", [5_000, 20_011])
def test_any_size_holds_exactly_its_people(people):
    built = city.build(people, 11)
    assert built.person.num_rows == people
    assert int(built.rows.homes.size.sum()) == people
    assert (built.rows.homes.size > 0).all()
