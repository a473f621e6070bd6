"""Which rules did China's COVID-19 editions set in Wuxi on a given day? Values worked out by hand.

Expected values are those of the research notes, sections 2 to 4, 8 and 11.6 (vectors 6, 8 and 9).
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import pytest

from ringfence.protocol.predicates import Value
from ringfence.protocol.rules import Phase
from tests.drawing import drawn, instant
from tests.spec.in_force import at, first, on, phases, read

AREAS = ("320206", "3205", "5101", "1101")  # Wuxi's Huishan, Suzhou, Chengdu, Beijing
ARRIVED = date(2022, 3, 16)
MOMENT = timedelta(microseconds=1)


def told(phase: Phase) -> str:
    """A phase as the tables below write it: its days, place and test days."""
    tests = "/".join(map(str, phase.tests.days(phase.days))) or "-"
    return f"{phase.days} {phase.place} {tests}"


def test_which_editions_were_in_force_in_wuxi() -> None:
    rows = drawn("""
        day        | patches on the 8th
        2021-05-14 |
        2021-08-01 | cn-covid-8-delta
        2021-10-01 | cn-covid-8-delta cn-testing-2 js-codes js-colours js-companion
        2022-03-21 | cn-covid-8-delta cn-testing-2 cn-antigen cn-clinical-9 js-codes js-colours \
js-companion wuxi-78
        2022-06-27 | cn-covid-8-delta cn-antigen cn-clinical-9 cn-testing-3 js-codes js-colours \
js-companion js-testing wuxi-78 wuxi-97 wuxi-109 wuxi-110 wuxi-3-11 wuxi-113
        2022-06-28 | cn-antigen cn-clinical-9 cn-testing-3 cn-covid-9 js-colours js-companion js-testing
        2022-11-11 | cn-antigen cn-clinical-9 cn-testing-3 cn-covid-9 cn-20 js-colours js-companion js-testing
        2022-12-07 | cn-antigen cn-clinical-9 cn-testing-3 cn-covid-9 cn-20 cn-10 js-colours \
js-companion js-testing
    """)
    for row in rows:
        stack = on(row["day"]).stack
        assert stack[:3] == ("cn-covid-8", "ringfence-safeguards", "cn-covid-safeguards"), row["day"]
        assert list(stack[3:]) == row["patches on the 8th"].split(), row["day"]


def test_how_far_back_contacts_are_looked_for() -> None:
    # 2 days by the 8th, 4 from Delta until the 9th edition, 2 again.
    for day, shift in (("2021-06-01", -2), ("2022-03-31", -4), ("2022-06-27", -4), ("2022-06-28", -2)):
        windows = {window.rule.id: window.begin for window in on(day).windows}
        assert {window.parts[0].shift for window in windows.values()} == {shift}, day
        assert windows["window-symptomatic"].anchors == ("onset",)
        assert windows["window-asymptomatic"].anchors == ("first_positive.sampled",)


COURSES = """
    day        | who         | phases
    2022-03-31 | close       | 14 central 1/4/7/14, 7 home_monitoring 2/7
    2022-03-31 | secondary   | 7 central 1/4/7
    2022-03-31 | abroad      | 14 central -, 14 home_monitoring -
    2022-03-31 | high_area   | 14 central -, 7 home_monitoring -
    2022-03-31 | medium_area | 14 central -, 7 home_monitoring -
    2022-03-31 | discharged  | 14 home -
    2022-03-31 | companion   | 3 free 1/3
    2022-04-18 | companion   | 3 free 1/2/3
    2022-07-01 | companion   | 3 free 1/3
    2022-07-01 | close       | 7 central 1/2/3/5/7, 3 home_monitoring 3
    2022-07-01 | secondary   | 7 home 1/4/7
    2022-07-01 | abroad      | 7 central 1/2/3/5/7, 3 home_monitoring 3
    2022-07-01 | high_area   | 7 central 1/2/3/5/7
    2022-07-01 | medium_area | 7 home 1/4/7
    2022-07-01 | low_area    | 3 free 1/3
    2022-07-01 | closed_loop | 7 home -
    2022-07-01 | discharged  | 7 home_monitoring -
    2022-11-11 | close       | 5 central 1/2/3/5, 3 home 1/3
    2022-11-11 | abroad      | 5 central 1/2/3/5, 3 home 1/3
    2022-11-11 | high_area   | 7 home 1/3/5/7
    2022-11-11 | closed_loop | 5 home_monitoring 1/3/5
    2022-12-07 | close       | 5 home 5
    2022-12-07 | abroad      | 5 central 1/2/3/5, 3 home 1/3
"""


@pytest.mark.parametrize("row", drawn(COURSES), ids=lambda row: f"{row['day']} {row['who']}")
def test_what_each_class_owes(row: dict[str, str]) -> None:
    assert ", ".join(map(told, phases(on(row["day"]), row["who"]))) == row["phases"]


def test_vector_6_what_the_9th_edition_changes_for_a_close_contact() -> None:
    # Last exposed on 14 March as day 0: 7 days end on the 21st. Traced on the 16th as day 1 of control: day 7
    # is the 22nd and moves to release. Three days at home from the 22nd: day 3 is the 24th.
    central, tail = phases(on("2022-07-01"), "close")
    assert (central.anchor, central.numbering, central.days) == ("last_exposure", 0, 7)
    assert date(2022, 3, 14) + timedelta(central.days - central.numbering) == date(2022, 3, 21)
    assert (central.tests.axis, central.tests.at_release) == ("control", True)
    assert [date(2022, 3, 15 + day) for day in central.tests.days(7)] == [
        date(2022, 3, day) for day in (16, 17, 18, 20, 22)
    ]  # fmt: skip
    assert (tail.tests.axis, tail.tests.days(3)) == ("phase", (3,))
    assert date(2022, 3, 21) + timedelta(3) == date(2022, 3, 24)


def test_the_second_ring_ends_with_the_twenty_measures() -> None:
    for day, ring in (("2022-11-10", True), ("2022-11-11", False), ("2022-12-07", False)):
        rules = on(day)
        assert ({contact.ring for contact in rules.contacts} == {1, 2}) is ring
        assert any(course.of == "secondary" for course in rules.courses) is ring
    for day in ("2022-03-31", "2022-07-01"):
        [phase] = phases(on(day), "secondary")
        assert (phase.linked_tests, phase.linked_becomes) == (2, "close")


def test_vectors_8_and_9_test_days_after_arriving_on_16_march() -> None:
    rows = drawn("""
        day        | who        | tested in March
        2022-03-16 | low_area   | 16 17 18 20 22 25 29
        2022-04-20 | low_area   | 16 17 18 20 22 25 29
        2022-04-19 | other_area | 16 17 18 22 29
        2022-04-20 | other_area | 16 17 18 19 20 22 29
    """)
    for row in rows:
        days = list(_tested(phases(on(row["day"]), row["who"])))
        assert [day.day for day in days] == [int(day) for day in row["tested in March"].split()], row
        assert ARRIVED + timedelta(13) == max(days)


def _tested(stretches: Sequence[Phase]) -> Iterator[date]:
    """The test days of somebody traced on the day they arrived, which is day 1."""
    begin = ARRIVED
    for phase in stretches:
        assert (phase.anchor, phase.numbering) == ("entered", 1)
        start = ARRIVED if phase.tests.axis == "exposure" else begin
        due = [start + timedelta(ordinal - 1) for ordinal in phase.tests.days(phase.days)]
        begin += timedelta(phase.days)
        assert all(day < begin for day in due)
        yield from due


ARRIVALS = """
    day        | area | origin   | left | gives
    2022-03-01 | 5101 | abroad   |      | abroad
    2022-03-01 | 5101 | high     |      | none
    2022-03-01 | 3204 | medium   |      | medium_area
    2022-03-01 | 3204 | low      |      | none
    2022-03-14 | 3202 | high     | 9    | high_area
    2022-03-14 | 3202 | low      |      | low_area
    2022-03-14 | 3202 | affected |      | low_area
    2022-03-14 | 3202 | none     |      | other_area
    2022-07-01 | 3202 | high     | 7    | high_area
    2022-07-01 | 3202 | high     | 8    | none
    2022-07-01 | 3202 | medium   |      | medium_area
    2022-07-01 | 3202 | affected |      | low_area
    2022-07-01 | 3202 | none     |      | none
    2022-11-11 | 3202 | medium   |      | none
    2022-11-11 | 3202 | high     | 1    | high_area
"""


@pytest.mark.parametrize("row", drawn(ARRIVALS), ids=lambda row: " ".join(row.values()))
def test_what_becomes_of_people_who_arrive(row: dict[str, str]) -> None:
    facts: dict[str, Value] = {"origin": row["origin"]}
    if row["left"]:
        facts["left_d"] = int(row["left"])
    assert first(on(row["day"], row["area"]).arrivals, facts).gives == row["gives"]


def test_suzhou_tried_10_and_7_for_four_weeks() -> None:
    for day, days in (("04-10", [14, 14]), ("04-11", [10, 7]), ("05-08", [10, 7]), ("05-09", [14, 14])):
        assert [phase.days for phase in phases(on(day, "3205"), "abroad")] == days, day
        assert [phase.days for phase in phases(on(day), "abroad")] == [14, 14]
    central, _ = phases(on("04-11", "3205"), "abroad")
    assert central.tests.days(10) == (1, 4, 7, 10)
    # After a positive in the same site it is 14 and 7 again, as for a close contact.
    assert central.reset_becomes == "close"
    assert [phase.days for phase in phases(on("04-11", "3205"), "close")] == [14, 7]


def test_what_clears_a_case() -> None:
    for day, ct, after in (("2022-03-14", 0, 0), ("2022-03-15", 3500, 0), ("2022-12-07", 3500, 6)):
        [release] = on(day).case_releases
        assert (release.clean, release.gap_h, release.ct_x100_from, release.after_d) == (2, 24, ct, after)


def test_what_is_from_memory_says_so() -> None:
    for day, ids in (
        ("2022-03-31", "case-re-positive case-confirmed case-asymptomatic case-positive clock-interview "
         "clock-contacts clock-transfer"),
        ("2022-12-07", "case-re-positive case-confirmed case-asymptomatic case-positive limit-place "
         "course-discharged zone-high-residence zone-high-visited clock-interview clock-contacts "
         "cadence-public"),
    ):  # fmt: skip
        remembered = {rule.id for rule in on(day).every_rule if rule.grade == "M"}
        assert remembered == set(ids.split()), day


def _turns() -> list[datetime]:
    """The first and last moment of every edition, and one long after."""
    editions, _ = read()
    found = {instant("2021-06-01 00:00"), instant("2023-01-31 00:00")}
    for edition in (edition for edition in editions if edition.disease in ("covid-19", "*")):
        found |= {edition.begin} | ({edition.end - MOMENT, edition.end} if edition.end else set())
    return sorted(when for when in found if when >= instant("2021-05-14 00:00"))


def test_the_rules_are_sound_at_every_turn() -> None:
    for when in _turns():
        for area in AREAS:
            rules = at(when, area)  # resolving names every fault
            owing = {course.of for course in rules.courses}
            given = {row.gives for row in (*rules.contacts, *rules.arrivals)} - {"none"}
            assert given <= owing, (when, area)
            ranks = {zone.level: zone.rank for zone in rules.zones}
            for zone in rules.zones:
                assert not zone.steps_to or ranks[zone.steps_to] < zone.rank
                assert not zone.escalates_to or ranks[zone.escalates_to] > zone.rank
                assert zone.steps_to or zone.lift_zh
            for of in ("hold", "course", "zone", "case", "arrival"):
                assert rules.appeal(of) is not None, (when, area, of)
