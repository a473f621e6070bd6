"""Who was near a case by position? Drawn by hand: 250 metres and 30 minutes in Jiangsu, cells in Chengdu.

On a sphere of 6,371,008.8 m one degree of latitude is 111,195.08 m: 0.002248 degrees are 249.97 m, 0.002249
are 250.08 m. At 31.5 degrees north a degree of longitude is 0.85264 of that: 0.002636 degrees are 249.92 m,
0.002638 are 250.11 m.
"""

from dataclasses import replace

import ibis
import pytest

from ringfence.engine.companions import companions
from ringfence.protocol import Protocol
from ringfence.protocol.instants import parse_instant
from ringfence.protocol.rules import CompanionRule, Rule
from ringfence.protocol.vocabulary import CASE_ANCHORS
from tests.drawing import Names, assert_shows, facts, instant

SWABBED = {
    "sample": "tube | person | sampled_at\nS1 | Ana | 03-30 18:00",
    "tube": "tube | pool\nS1 | 1",
    "result": "tube | test | result | reported_at\nS1 | nat | positive | 03-30 21:00",
}
AS_OF = instant("03-31 12:00")
ANY = Rule("in-a-cell", "", "", "drawn", "B", "2026-11-22", "drawn")


def found(names: Names, protocol: Protocol, fixes: str, **more: str) -> ibis.Table:
    told = facts(names, {**SWABBED, "fix": fixes, **more})
    cases = ibis.memtable({"person": [names.number("Ana")]})
    return companions(cases, told, [protocol], AS_OF)


def in_cells(protocol: Protocol, overlap_min: int, stay_h: int = 0, stay_d: int = 0) -> Protocol:
    begin = parse_instant("first_positive.sampled - 14d", CASE_ANCHORS)
    rule = CompanionRule(ANY, 0, 800, overlap_min, begin, stay_h, stay_d)
    return replace(protocol, companions=(rule,))


def test_within_250_metres_for_thirty_minutes_together(wuxi: Protocol, names: Names) -> None:
    # Bo is 249.97 m to the north, Cy 250.08; Di 249.92 m to the east, Ed 250.11. Flo is near for 29 minutes.
    assert_shows(found(names, wuxi, """
        person | begin       | end         | lon        | lat
        Ana    | 03-29 09:00 | 03-29 10:00 | 120.300000 | 31.500000
        Bo     | 03-29 09:30 | 03-29 11:00 | 120.300000 | 31.502248
        Cy     | 03-29 09:00 | 03-29 10:00 | 120.300000 | 31.502249
        Di     | 03-29 09:00 | 03-29 09:30 | 120.302636 | 31.500000
        Ed     | 03-29 09:00 | 03-29 10:00 | 120.302638 | 31.500000
        Flo    | 03-29 09:31 | 03-29 11:00 | 120.300000 | 31.500000
    """), names, """
        case | person | rule             | cell | sure | minutes | longest | first       | last
        Ana  | Bo     | companion-js-250 |      | yes  | 30      | 30      | 03-29 09:30 | 03-29 10:00
        Ana  | Di     | companion-js-250 |      | yes  | 30      | 30      | 03-29 09:00 | 03-29 09:30
    """)  # fmt: skip


def test_time_is_added_up_and_each_instant_counted_once(wuxi: Protocol, names: Names) -> None:
    # Bo: 15 minutes twice. Cy has two devices: 09:00-09:20 twice and 09:20-09:30 once are 30 minutes.
    # Di was near for 20 minutes only, though in two places.
    assert_shows(found(names, wuxi, """
        person | begin       | end         | lon   | lat
        Ana    | 03-29 09:00 | 03-29 10:00 | 120.3 | 31.5
        Ana    | 03-29 20:00 | 03-29 21:00 | 120.4 | 31.6
        Bo     | 03-29 09:00 | 03-29 09:15 | 120.3 | 31.5
        Bo     | 03-29 20:30 | 03-29 20:45 | 120.4 | 31.6
        Cy     | 03-29 09:00 | 03-29 09:20 | 120.3 | 31.5
        Cy     | 03-29 09:05 | 03-29 09:30 | 120.3 | 31.5
        Di     | 03-29 09:00 | 03-29 09:10 | 120.3 | 31.5
        Di     | 03-29 20:00 | 03-29 20:10 | 120.4 | 31.6
    """), names, """
        person | sure | minutes | longest | meetings
        Bo     | yes  | 30      | 15      | 2
        Cy     | yes  | 30      | 30      | 2
    """)  # fmt: skip


def test_only_from_four_days_before_and_until_kept_apart(wuxi: Protocol, names: Names) -> None:
    # The first positive swab was on 30 March: positions count from 26 March 00:00, until 31 March 08:00.
    assert_shows(found(names, wuxi, """
        person | begin       | end         | lon   | lat
        Ana    | 03-25 23:00 | 03-26 00:40 | 120.3 | 31.5
        Ana    | 03-31 07:40 | 03-31 11:00 | 120.4 | 31.6
        Bo     | 03-25 23:00 | 03-26 00:30 | 120.3 | 31.5
        Cy     | 03-25 23:00 | 03-26 00:29 | 120.3 | 31.5
        Di     | 03-31 07:00 | 03-31 11:00 | 120.4 | 31.6
    """, stay="person | kind | begin | end\nAna | hospital | 03-31 08:00 |"), names, """
        person | minutes | first
        Bo     | 30      | 03-26 00:00
    """)  # fmt: skip


def test_an_instant_has_no_length_and_may_have_been_long_enough(wuxi: Protocol, names: Names) -> None:
    # Bo's fix has no end: known to be near, for how long is not. Cy was near for 30 minutes and an instant.
    # Di's instant is the one at which Ana's stay had ended.
    assert_shows(found(names, wuxi, """
        person | begin       | end         | lon   | lat
        Ana    | 03-29 09:00 | 03-29 10:00 | 120.3 | 31.5
        Bo     | 03-29 09:10 |             | 120.3 | 31.5
        Cy     | 03-29 09:20 | 03-29 09:50 | 120.3 | 31.5
        Cy     | 03-29 09:55 |             | 120.3 | 31.5
        Di     | 03-29 10:00 |             | 120.3 | 31.5
    """), names, """
        person | sure | minutes | meetings
        Bo     |      |         | 1
        Cy     | yes  | 30      | 2
    """)  # fmt: skip


def test_a_cell_is_not_a_radius(wuxi: Protocol, names: Names) -> None:
    # Bo shares the cell; Cy is a metre away in the next one; Di's cell of that name is of another grid; Ed
    # gave coordinates only.
    assert_shows(found(names, in_cells(wuxi, 10), """
        person | begin       | end         | lon   | lat  | cell | cell_m
        Ana    | 03-20 09:00 | 03-20 10:00 | 120.3 | 31.5 | g7   | 800
        Bo     | 03-20 09:50 | 03-20 11:00 | 120.9 | 31.9 | g7   | 800
        Cy     | 03-20 09:00 | 03-20 10:00 | 120.3 | 31.5 | g8   | 800
        Di     | 03-20 09:00 | 03-20 10:00 | 120.3 | 31.5 | g7   | 500
        Ed     | 03-20 09:00 | 03-20 10:00 | 120.3 | 31.5 |      |
    """), names, """
        person | rule      | cell | sure | minutes | nearest_m | grade
        Bo     | in-a-cell | g7   | yes  | 10      |           | B
    """)  # fmt: skip


@pytest.mark.parametrize(("hours", "who"), [(3, "Bo Cy Di"), (4, "Bo Di"), (30, "Bo"), (31, "")])
def test_or_so_many_hours_of_either_in_the_cell(wuxi: Protocol, names: Names, hours: int, who: str) -> None:
    # Ana is in g7 for 3 hours and in g8 for 1; Bo in g7 for 30 in the 14 days, Cy for 2, Di in g8 for 4.
    # On 31 March at noon the 14 days began on 17 March at noon: half of Bo's 60 hours lie before.
    rows = found(names, in_cells(wuxi, 10, hours, 14), """
        person | begin       | end         | cell | cell_m
        Ana    | 03-18 00:00 | 03-18 03:00 | g7   | 800
        Ana    | 03-29 09:00 | 03-29 10:00 | g8   | 800
        Bo     | 03-16 06:00 | 03-18 18:00 | g7   | 800
        Cy     | 03-18 00:00 | 03-18 02:00 | g7   | 800
        Di     | 03-29 09:00 | 03-29 13:00 | g8   | 800
    """).to_pyarrow().to_pylist()  # fmt: skip
    assert sorted(names.name(row["person"]) for row in rows) == who.split()


def test_no_rule_on_companions_finds_nobody(national: Protocol, names: Names) -> None:
    rows = found(names, national, """
        person | begin       | end         | lon   | lat
        Ana    | 03-29 09:00 | 03-29 10:00 | 120.3 | 31.5
        Bo     | 03-29 09:00 | 03-29 10:00 | 120.3 | 31.5
    """)  # fmt: skip
    assert rows.count().to_pyarrow().as_py() == 0
