"""Which areas should be sealed or controlled, how many live inside, and from when could it be lifted?

Notice 97 seals the building where one case lives, or the grid where several do. The rest of the district
is a precaution area, which the tests ask for apart.
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


def every(wuxi: Protocol, names: Names, people: str, **drawings: str) -> ir.Table:
    """The zones for some cases, detected on 30 March at 21:00, infectious since the 26th."""
    rows = [f"{person} | 03-30 21:00 | no | 03-26 00:00" for person in people.split()]
    rows = [row.replace("|", f"| {home_of(row)} |", 1) for row in rows]
    infected = decided(
        "cases", names, "\n".join(["person | area | detected_at | elsewhere | window_from", *rows])
    )
    return zones(infected, facts(names, {"residence": HOMES, **drawings}), wuxi, NIGHT)


def home_of(row: str) -> str:
    [line] = [line for line in HOMES.splitlines() if line.split()[:1] == row.split()[:1]]
    return line.split("|")[2].strip()


def proposed(wuxi: Protocol, names: Names, people: str, **drawings: str) -> ir.Table:
    """The same, but for the rest around them."""
    found = every(wuxi, names, people, **drawings)
    return found.filter(found.why != "around")


def rest(wuxi: Protocol, names: Names, people: str, **drawings: str) -> ir.Table:
    """The rest around them alone."""
    found = every(wuxi, names, people, **drawings)
    return found.filter(found.why == "around")


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
        area                | level      | why       | cases | values.minutes | rule
        {GRID}-002          | sealed     | residence | 2     | None           | zone-sealed-residence
        320211001009-03-004 | controlled | visited   | 2     | 90             | zone-controlled-visited
        320211001008        | controlled | visited   | 1     | 60             | zone-controlled-visited
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
        area                | level      | why       | cases | lift_day
        {GRID}-002          | sealed     | residence | 1     | 04-14
        320211001006-12-002 | sealed     | residence | 1     | 04-14
        320211              | precaution | around    | 2     | 04-14
    """)  # fmt: skip


def test_experts_judge_a_visited_place_once(wuxi: Protocol, names: Names) -> None:
    # Likely spread and contacts hard to trace: sealed. Some: controlled. Little, or contacts all known:
    # nothing. Nobody is asked again.
    seen = {name: PLACES[name] for name in ("place", "visit")}
    for said, expected in {
        "high | no": "320211001009-03-004 | sealed     | no",
        "some | no": "320211001009-03-004 | controlled | no",
        "low  | no": "",
        "some | yes": "",
        "low  |": "",
        "some |": "320211001009-03-004 | controlled | yes",
    }.items():
        judged = f"area | spread | traceable\n320211001009-03-004 | {said}\n320211001008 | low | yes"
        found = proposed(wuxi, names, "Ana Bo", **seen, assessment=judged)
        found = found.filter(found.why == "visited")
        assert_shows(found, names, f"area | level | review\n{expected}")


def test_the_longest_assessed_area_that_says_something_wins(wuxi: Protocol, names: Names) -> None:
    # The building's own assessment says only that tracing fails; how likely spread is, the grid's says. That
    # of the whole city is too wide to matter, and that of grid 3 says nothing of grid 03.
    found = proposed(wuxi, names, "Ana Bo", **PLACES, assessment="""
        area                | spread | traceable | chain
        3202                | low    | yes       |
        320211001009-03     | high   | yes       |
        320211001009-03-004 |        | no        | unclear
        320211001009-3      | low    | yes       |
    """)  # fmt: skip
    assert_shows(found.filter(found.why == "visited"), names, """
        area                | level  | values.spread | values.traceable | review
        320211001009-03-004 | sealed | high          | False            | no
    """)  # fmt: skip
    # What the judgement rests on is told: the second and third rows of the fourth submission.
    [row] = found.filter(found.why == "visited").to_pyarrow().to_pylist()
    assert [fact & 0xFFFFFFFF for fact in row["evidence"] if fact >> 32 == 4] == [1, 2]


def test_an_address_too_coarse_is_narrowed_or_judged_as_it_is(wuxi: Protocol, names: Names) -> None:
    for area, review in (("320211001006", "no"), ("320211", "yes")):
        judged = f"area | spread | traceable\n{area} | high | no"
        found = proposed(wuxi, names, "Fay", assessment=judged)
        assert_shows(found, names, f"area | review\n320211001006 | {review}")


def test_the_rest_of_the_district(wuxi: Protocol, names: Names) -> None:
    # Three of the seven live in Ana's building. Of the four others two live behind doors that are known.
    assert_shows(rest(wuxi, names, "Ana"), names, """
        area   | level      | cases | people | households | review | lift_day | declared_at
        320211 | precaution | 1     | 4      | 2          | no     | 04-13    |
    """)  # fmt: skip
    # One person tied to two zones is one case; the building and the restaurant are left out.
    assert_shows(rest(wuxi, names, "Ana Bo", **PLACES), names, "area | cases | people\n320211 | 2 | 4")
    assert_shows(rest(wuxi, names, "Ana Eve"), names, "area | cases | people\n320211 | 2 | 3")
    # No case, no zone, no rest. Gil's address is known to the district only: nothing is proposed for him.
    assert_shows(rest(wuxi, names, ""), names, "area")
    assert_shows(rest(wuxi, names, "Gil"), names, "area")


def test_the_rest_around_a_declared_zone(wuxi: Protocol, names: Names) -> None:
    # No case is known of: the zone counts from its own beginning. Ended, in another district, or no graver
    # than the rest itself, it has none; and nothing is left where it is the whole district.
    for zone, expected in {
        f"{GRID} | sealed | 03-30 09:00 |": "320211 | 0 | 3 | 04-13",
        f"{GRID} | sealed | 03-30 09:00 | 04-20 00:00": "320211 | 0 | 3 | 04-13",
        f"{GRID} | sealed | 03-30 09:00 | 03-31 03:00": "",
        f"{GRID} | sealed | 03-31 09:00 |": "",
        f"{GRID} | precaution | 03-30 09:00 |": "",
        "320211 | controlled | 03-30 09:00 |": "",
        "3202 | controlled | 03-30 09:00 |": "",
        "320205001 | controlled | 03-30 09:00 |": "320205 | 0 | 0 | 04-13",
    }.items():
        rows = f"area | level | begin | end | authority\n{zone} | 指挥部"
        found = rest(wuxi, names, "", zone=rows)
        assert_shows(found, names, f"area | cases | people | lift_day\n{expected}")
    # Declared and proposed together: the people of both are left out, the cases of both count once.
    rows = "area | level | begin | end | authority\n320211001006-12 | sealed | 03-30 22:00 | | 指挥部"
    found = rest(wuxi, names, "Ana Eve", zone=rows)
    assert_shows(found, names, "area | cases | people | lift_day\n320211 | 2 | 3 | 04-13")


def test_a_declared_rest_answers_the_proposal(wuxi: Protocol, names: Names) -> None:
    rows = "area | level | begin | end | authority\n320211 | precaution | 03-31 00:00 | | 指挥部"
    assert_shows(rest(wuxi, names, "Ana", zone=rows), names, "area | declared_at\n320211 | 03-31 00:00")
