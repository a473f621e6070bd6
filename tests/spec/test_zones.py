"""Which areas should be sealed or controlled, how many live inside, and from when could it be lifted?

Notice 97 seals the building where one case lives, or the grid where several do.
"""

import ibis.expr.types as ir

from ringfence.engine.zones import zones
from ringfence.protocol import Protocol
from tests.drawing import Names, assert_shows, decided, facts, instant

NIGHT = instant("03-31 03:00")
GRID = "320211001006-01"
HOMES = f"""
    person | kind   | area
    Ana    | living | {GRID}-002-1-0301
    Bo     | living | {GRID}-002-2-0101
    Cy     | living | {GRID}-003-1-0101
    Dee    | living | {GRID}-002-1-0301
    Eve    | living | 320211001006-12-002-1-0101
    Fay    | living | 320211001006
    Gil    | living | 320211
"""


def proposed(wuxi: Protocol, names: Names, people: str, **drawings: str) -> ir.Table:
    """The zones for some cases, detected on 30 March at 21:00, infectious since the 26th."""
    rows = [f"{person} | 03-30 21:00 | no | 03-26 00:00" for person in people.split()]
    infected = decided("cases", names, "\n".join(["person | detected_at | elsewhere | window_from", *rows]))
    return zones(infected, facts(names, {"residence": HOMES, **drawings}), wuxi, NIGHT)


def test_the_smallest_unit_that_holds_the_cases(wuxi: Protocol, names: Names) -> None:
    # 30 March and 14 days without a new case: 13 April. Three people behind two doors live in the building.
    assert_shows(proposed(wuxi, names, "Ana"), names, f"""
        area       | level  | why       | cases | people | households | review | lift_day | edition
        {GRID}-002 | sealed | residence | 1     | 3      | 2          | no     | 04-13    | wuxi-97
    """)  # fmt: skip
    # Two cases in one building: still the building. In two buildings of a grid: the grid.
    assert_shows(proposed(wuxi, names, "Ana Bo"), names, f"area | cases\n{GRID}-002 | 2")
    assert_shows(proposed(wuxi, names, "Ana Cy"), names, f"area | cases | people\n{GRID} | 2 | 4")
    # Cases in two grids are two zones.
    assert_shows(proposed(wuxi, names, "Ana Eve"), names, f"""
        area                    | cases | people | households
        {GRID}-002              | 1     | 3      | 2
        320211001006-12-002     | 1     | 1      | 1
    """)  # fmt: skip


def test_the_national_rule_starts_at_the_stairwell(national: Protocol, names: Names) -> None:
    assert_shows(proposed(national, names, "Ana"), names, f"area | people\n{GRID}-002-1 | 2")


def test_an_address_known_to_the_community_only_is_for_experts(wuxi: Protocol, names: Names) -> None:
    # Gil's address stops at the district: a district is not proposed because an address is unknown.
    assert_shows(proposed(wuxi, names, "Fay Gil"), names, """
        area         | level  | review | people | households
        320211001006 | sealed | yes    | 6      | 4
    """)  # fmt: skip


def test_a_zone_within_a_zone_is_not_proposed_again(wuxi: Protocol, names: Names) -> None:
    # The building of Ana lies in the community proposed for Fay, and is sealed with it.
    assert_shows(proposed(wuxi, names, "Ana Fay"), names, "area\n320211001006")


def test_no_zone_for_cases_other_cities_keep(wuxi: Protocol, names: Names) -> None:
    infected = decided("cases", names, "person | detected_at | elsewhere\nAna | 03-30 21:00 | yes")
    assert zones(infected, facts(names, {"residence": HOMES}), wuxi, NIGHT).to_pyarrow().num_rows == 0


PLACES = {
    "place": f"""
        place | name_zh | kind       | area
        1     | 饭店    | restaurant | 320211001009-03-004
        2     | 地铁    | metro      | 320211
        3     | 超市    | shop       | {GRID}-002
        4     | 工业园  | workshop   | 320211001008
        5     | 市场    | market     | 320211
    """,
    "visit": """
        person | place | enter       | leave
        Ana    | 1     | 03-28 12:00 | 03-28 13:00
        Bo     | 1     | 03-29 12:00 | 03-29 12:30
        Ana    | 2     | 03-28 08:00 | 03-28 08:40
        Ana    | 3     | 03-28 18:00 | 03-28 18:10
        Ana    | 4     | 03-28 19:00 | 03-28 20:00
        Ana    | 5     | 03-28 21:00 | 03-28 22:00
        Ana    | 1     | 03-20 12:00 | 03-20 13:00
    """,
}


def test_visited_places_are_for_experts_to_judge(wuxi: Protocol, names: Names) -> None:
    # A vehicle is no area. The shop lies in Ana's own building, which is sealed. The market's area is
    # known to the district only. The dinner of 20 March was before her window.
    assert_shows(proposed(wuxi, names, "Ana Bo", **PLACES), names, f"""
        area                | level      | why       | cases | values.minutes | review | edition
        {GRID}-002          | sealed     | residence | 2     | None           | no     | wuxi-97
        320211001009-03-004 | controlled | visited   | 2     | 90             | yes    | cn-covid-8
        320211001008        | controlled | visited   | 1     | 60             | yes    | cn-covid-8
    """)  # fmt: skip


def declared(wuxi: Protocol, names: Names, zone: str) -> list[str]:
    rows = f"area | level | begin | end | authority\n{zone} | 指挥部"
    [row] = proposed(wuxi, names, "Ana", zone=rows).to_pyarrow().to_pylist()
    return [row["declared_at"] and f"{row['declared_at']:%d %H:%M}"]


def test_a_declared_zone_answers_the_proposal_it_holds(wuxi: Protocol, names: Names) -> None:
    # Written in UTC: 23:00 in Wuxi is 15:00.
    assert declared(wuxi, names, f"{GRID}-002 | sealed | 03-30 23:00 |") == ["30 15:00"]
    assert declared(wuxi, names, f"{GRID} | sealed | 03-30 23:00 |") == ["30 15:00"]
    assert declared(wuxi, names, f"{GRID}-002 | sealed | 03-29 23:00 |") == ["29 15:00"]
    # Less grave, smaller, elsewhere, or lifted before the case was found: it does not.
    assert declared(wuxi, names, f"{GRID}-002 | controlled | 03-30 23:00 |") == [None]
    assert declared(wuxi, names, f"{GRID}-002-1 | sealed | 03-30 23:00 |") == [None]
    assert declared(wuxi, names, "320211001006-12 | sealed | 03-30 23:00 |") == [None]
    assert declared(wuxi, names, f"{GRID}-002 | sealed | 03-10 23:00 | 03-25 12:00") == [None]
    # An end that is already announced does not undo it.
    assert declared(wuxi, names, f"{GRID}-002 | sealed | 03-30 23:00 | 04-14 12:00") == ["30 15:00"]


def test_a_zone_waits_for_the_last_case_tied_to_it_in_any_way(wuxi: Protocol, names: Names) -> None:
    # Ana's building is sealed for her, found on the 30th. Eve, who lives elsewhere, worked in it and was
    # found on the 31st: 14 days without a new case run from then.
    infected = decided("cases", names, """
        person | detected_at | elsewhere | window_from
        Ana    | 03-30 21:00 | no        | 03-26 00:00
        Eve    | 03-31 01:00 | no        | 03-26 00:00
    """)  # fmt: skip
    known = facts(names, {
        "residence": HOMES,
        "place": f"place | name_zh | kind | area\n1 | 一号 | office | {GRID}-002",
        "visit": "person | place | enter | leave\nEve | 1 | 03-29 09:00 | 03-29 10:00",
    })  # fmt: skip
    assert_shows(zones(infected, known, wuxi, NIGHT), names, f"""
        area                | level  | why       | lift_day
        {GRID}-002          | sealed | residence | 04-14
        320211001006-12-002 | sealed | residence | 04-14
    """)  # fmt: skip
