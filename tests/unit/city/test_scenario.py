"""The night is the notice's: its counts, its places, its districts; and nobody knows a thing before it is so.

Expected values: notice 97 of Wuxi, 31 March 2022; the press of 1 April for call-overs and deadline.
"""

from collections import Counter
from datetime import datetime

import pyarrow as pa
import pytest

from ringfence import areas
from ringfence.city import scenario
from ringfence.tables.facts import FACTS

at = datetime.fromisoformat

ONE_O_CLOCK = at("2022-03-30 17:00")  # facts carry no zone; 01:00 on the 31st in Wuxi
EIGHT, HALF_PAST_ELEVEN, THREE = scenario.CALL_OVERS
NAMED_BY_THE_NOTICE = {
    "长泰国际社区(南a区)", "美林湖花园小区", "春满园小区", "舜柯村蒋巷", "万达公寓", "华邸国际大厦",
    "溪南新村", "溪北新村", "东顾巷家园", "长广社区袁家湾", "江苏信息职业技术学院",
}  # fmt: skip


@pytest.fixture(scope="module")
def night(town):
    return scenario.night(town, 3)


def facts(night, kind, until=THREE):
    """The rows of a kind known at an instant; a later row with the same key stands for an earlier one."""
    known: dict[tuple[object, ...], dict[str, object]] = {}
    for happening in night:
        if happening.kind == kind and happening.at <= until:
            for row in happening.rows.to_pylist():
                known[tuple(row[name] for name in FACTS[kind].key)] = row
    return list(known.values())


def positives(night, until):
    """How many people are positive by a single nucleic acid test; and by antigen with no such result yet."""
    pools = {row["tube"]: row["pool"] for row in facts(night, "tube", until)}
    whose = {row["tube"]: row["person"] for row in facts(night, "sample", until) if pools[row["tube"]] == 1}
    said = {"nat": set(), "antigen": set()}
    for row in facts(night, "result", until):
        if row["result"] == "positive" and row["tube"] in whose:
            said[row["test"]].add(whose[row["tube"]])
    return len(said["nat"]), len(said["antigen"] - said["nat"])


def test_at_one_in_the_morning_five_are_positive_by_nucleic_acid_and_two_by_antigen(night):
    assert positives(night, ONE_O_CLOCK) == (5, 2)


@pytest.mark.parametrize(
    ("until", "expected"), [(EIGHT, (0, 1)), (HALF_PAST_ELEVEN, (3, 2)), (THREE, (6, 1))]
)
def test_what_each_call_over_hears(night, until, expected):
    assert positives(night, until) == expected


def test_one_tube_of_ten_is_positive_in_the_afternoon(night):
    pools = {row["tube"]: row["pool"] for row in facts(night, "tube")}
    found = [row for row in facts(night, "result") if row["result"] == "positive" and pools[row["tube"]] > 1]
    assert [pools[row["tube"]] for row in found] == [10]
    # 12:00 to 18:00 in Wuxi
    assert at("2022-03-30 04:00") < found[0]["reported_at"] < at("2022-03-30 10:00")
    members = [row["person"] for row in facts(night, "sample") if row["tube"] == found[0]["tube"]]
    assert len(set(members)) == 10


def test_all_ten_are_swabbed_singly_one_of_them_found_late(night, town):
    on = scenario.stage(town)
    ten = {on.people["clerk"], on.people["colleague_a"], on.people["colleague_b"], *on.tube_others}
    assert len(ten) == 10
    held = {row["person"]: row["begin"] for row in facts(night, "stay") if row["kind"] == "hold"}
    begins = sorted(held[person] for person in ten)
    assert begins[-2] < at("2022-03-30 11:00") < begins[-1]  # 19:00 in Wuxi


def test_eleven_places_are_sealed_and_three_districts_controlled(night, town):
    names = dict(zip(town.area["area"].to_pylist(), town.area["name_zh"].to_pylist(), strict=True))
    zones = facts(night, "zone")
    assert {names[row["area"]] for row in zones if row["level"] == "sealed"} == NAMED_BY_THE_NOTICE
    assert {names[row["area"]] for row in zones if row["level"] == "controlled"} == {
        "锡山区",
        "惠山区",
        "滨湖区",
    }
    assert {row["notice"] for row in zones} == {"97"}
    assert len(zones) == 14


def test_each_sealed_place_is_home_work_class_or_a_haunt_of_a_positive(night, town, visits):
    on = scenario.stage(town)
    seven = set(on.people.values())
    area_of = dict(zip(town.place["place"].to_pylist(), town.place["area"].to_pylist(), strict=True))
    reached = {row["area"] for row in town.residence.to_pylist()
               if row["person"] in seven and row["kind"] == "living"}  # fmt: skip
    reached |= {area_of[row["place"]] for row in town.membership.to_pylist() if row["person"] in seven}
    for table in visits.values():
        reached |= {area_of[row["place"]] for row in table.to_pylist() if row["person"] in seven}
    for area in on.sealed:
        assert any(areas.contains(area, code) for code in reached), area


def test_the_first_round_is_due_before_noon_and_about_half_done_by_three(night, town):
    rounds = [row for row in facts(night, "round") if row["round"] == "2022-03-30-r1"]
    assert {row["area"] for row in rounds} == {"320205", "320206", "320211"}
    assert {row["due_at"] for row in rounds} == {at("2022-03-31 04:00")}  # noon in Wuxi
    living = [r for r in town.residence.to_pylist() if r["kind"] == "living"]
    home = {row["person"]: row["area"] for row in living}
    expected = sum(code[:6] in ("320205", "320206", "320211") for code in home.values())
    sampled = {row["person"] for row in facts(night, "sample") if row["tube"].startswith("R1-")}
    strangers = {person for person in sampled if person not in home}
    assert 0.42 < len(sampled - strangers) / expected < 0.54
    assert len(strangers) >= 3
    assert min(strangers) > town.people + 1


def test_no_tube_holds_more_than_it_is_for(night):
    pools = {row["tube"]: row["pool"] for row in facts(night, "tube")}
    swabs = Counter(row["tube"] for row in facts(night, "sample"))
    assert set(swabs) == set(pools)
    assert all(count <= pools[tube] for tube, count in swabs.items())


def test_every_row_is_valid_short_and_says_where_it_comes_from(night):
    for happening in night:
        declared = FACTS[happening.kind]
        assert happening.rows.schema.equals(declared.schema)
        assert 1 <= happening.rows.num_rows <= 100_000
        for column in declared.stored:
            values = set(happening.rows[column.name].to_pylist())
            assert not (column.needed and None in values), (happening.kind, column.name)
            assert not column.choices or values <= {*column.choices, None}
        sources = {happening.source}
        if "source" in happening.rows.schema.names:
            sources |= set(happening.rows["source"].to_pylist())
        assert sources <= {"notice 97; hour invented", "press 2022-04-01", "invented"}


def test_facts_are_told_in_order_and_never_before_they_are_so(night):
    assert [h.at for h in night] == sorted(h.at for h in night)
    assert night[-1].at <= THREE
    past = {"sample": "sampled_at", "result": "reported_at", "case_report": "reported_at", "step": "at",
            "tube": "received_at", "interview": "end", "visit": "leave", "stay": "begin"}  # fmt: skip
    for happening in night:
        if happening.kind in past:
            for instant in happening.rows[past[happening.kind]].to_pylist():
                assert instant is None or instant <= happening.at, happening.says_en


def test_steps_name_people_tubes_and_areas_that_are_there(night, town):
    units = set(town.unit["unit"].to_pylist())
    known = set(town.area["area"].to_pylist())
    tubes = {row["tube"] for row in facts(night, "tube")}
    for row in facts(night, "step"):
        assert row["unit"] in units, row
        head, _, tail = row["subject"].partition(":")
        assert head.startswith("P") or (head == "T" and tail in tubes) or (head == "A" and tail in known)


def test_the_same_seed_plays_the_same_night(night, town):
    again = scenario.night(town, 3)
    assert [h.at for h in again] == [h.at for h in night]
    assert all(a.rows.equals(b.rows) for a, b in zip(again, night, strict=True))
    swabs = [pa.concat_tables([h.rows for h in some if h.kind == "sample"])
             for some in (night, scenario.night(town, 4))]  # fmt: skip
    assert not swabs[0].equals(swabs[1])
