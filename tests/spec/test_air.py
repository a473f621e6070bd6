"""Who breathed the air a case had left behind? Only where the edition says that it lingers.

The case is Ana, infectious from 26 March until she was kept apart on 30 March 17:00; the air of a room she
left counts for two hours.
"""

from dataclasses import replace

import ibis.expr.types as ir
import pytest

from ringfence.engine.contacts import first_ring
from ringfence.engine.exposures import exposures
from ringfence.protocol import Protocol, resolve
from ringfence.tables import Facts
from tests.drawing import Names, assert_shows, decided, facts, instant

NIGHT = instant("03-31 03:00")
ANA = """
    person | class    | detected_at | window_from | window_to   | lingers_min
    Ana    | positive | 03-30 17:30 | 03-26 00:00 | 03-30 17:00 | 120
"""
PLACES = """
    place | name_zh | kind   | area         | closed
    1     | 诊所    | clinic | 320211001006 | yes
    2     | 超市    | shop   | 320211001006 |
"""


@pytest.fixture(scope="module")
def measles() -> Protocol:
    """The rules of measles with days as in China, for the visits drawn begin on those."""
    china = resolve("3202", "covid-19", NIGHT)
    return replace(resolve("US", "measles", NIGHT), zone=china.zone, offsets=china.offsets)


def met(told: Facts, rules: Protocol, names: Names, cases: str = ANA) -> ir.Table:
    return first_ring(decided("cases", names, cases), told, rules, NIGHT)


def visits(rows: str) -> dict[str, str]:
    return {"place": PLACES, "visit": f"person | place | enter | leave | part\n{rows}"}


STAYED = """
    Ana | 1 | 03-28 12:00 | 03-28 13:00 | 7
    Bo  | 1 | 03-28 12:30 | 03-28 14:00 | 7
    Cy  | 1 | 03-28 13:00 | 03-28 13:20 | 7
    Dee | 1 | 03-28 13:40 | 03-28 15:30 | 7
    Eve | 1 | 03-28 14:59 | 03-28 16:00 |
    Fay | 1 | 03-28 15:00 | 03-28 16:00 | 7
    Gil | 1 | 03-28 13:40 | 03-28 15:30 | 8
    Hal | 2 | 03-28 13:40 | 03-28 15:30 | 7
    Ida | 1 | 03-28 11:00 | 03-28 11:59 | 7
"""


def test_whoever_comes_before_the_air_is_clear(measles: Protocol, names: Names) -> None:
    # Bo was there with her, half an hour. Cy came as she left. Dee came 40 minutes later and breathed it
    # until it was clear at 15:00; Eve came a minute before that, Fay as it was. Gil was in another room, Hal
    # in another place, Ida before her. Which room Eve was in is not known: it may have been the same.
    assert_shows(met(facts(names, visits(STAYED)), measles, names), names, """
        person | begin       | end         | minutes | lag_min | near | closed | setting
        Bo     | 03-28 12:30 | 03-28 13:00 | 30      | 0       | yes  | yes    | clinic
        Cy     | 03-28 13:00 | 03-28 13:20 | 20      | 0       | yes  | yes    | clinic
        Dee    | 03-28 13:40 | 03-28 15:00 | 80      | 40      | yes  | yes    | clinic
        Eve    | 03-28 14:59 | 03-28 15:00 | 1       | 119     |      | yes    | clinic
    """)  # fmt: skip


def test_only_where_the_rule_says_so(wuxi: Protocol, measles: Protocol, names: Names) -> None:
    told = facts(names, visits(STAYED))
    assert_shows(met(told, wuxi, names), names, "person | lag_min\nBo | 0")
    # Her window came from a row without it.
    assert_shows(met(told, measles, names, ANA.replace("120", "0")), names, "person | lag_min\nBo | 0")


def test_after_a_scan_how_long_after_is_not_known(measles: Protocol, names: Names) -> None:
    told = facts(names, visits("""
        Ana | 1 | 03-28 12:00 |             |
        Bo  | 1 | 03-28 11:00 | 03-28 13:00 |
        Cy  | 1 | 03-28 12:30 | 03-28 13:00 |
        Dee | 1 | 03-28 13:59 |             |
        Eve | 1 | 03-28 14:00 |             |
        Fay | 1 | 03-28 12:00 |             |
        Ana | 2 | 03-29 12:00 | 03-29 13:00 |
        Gil | 2 | 03-29 12:10 |             |
        Hal | 2 | 03-29 13:10 |             |
    """))  # fmt: skip
    # She left some time after she scanned, so Cy and Dee met her or her air. When Hal scanned she had been
    # gone for ten minutes; how long he stayed is not known.
    assert_shows(met(told, measles, names), names, """
        person | begin       | end         | minutes | lag_min
        Bo     | 03-28 12:00 | 03-28 12:00 |         | 0
        Cy     | 03-28 12:30 | 03-28 13:00 |         |
        Dee    | 03-28 13:59 | 03-28 13:59 |         |
        Fay    | 03-28 12:00 | 03-28 12:00 |         | 0
        Gil    | 03-29 12:10 | 03-29 12:10 |         | 0
        Hal    | 03-29 13:10 | 03-29 13:10 |         | 10
    """)  # fmt: skip


def test_over_midnight_and_past_the_window(measles: Protocol, names: Names) -> None:
    told = facts(names, visits("""
        Ana | 1 | 03-25 20:00 | 03-26 01:00 |
        Bo  | 1 | 03-26 02:00 | 03-26 02:30 |
        Ana | 2 | 03-25 20:00 | 03-25 23:30 |
        Cy  | 2 | 03-26 00:10 | 03-26 02:30 |
        Ana | 1 | 03-30 16:00 | 03-30 20:00 |
        Dee | 1 | 03-30 18:30 | 03-30 20:00 |
        Eve | 1 | 03-30 19:30 | 03-30 20:00 |
    """))  # fmt: skip
    late = ANA.replace("03-30 17:00", "03-30 23:30")
    # What she left before the window began is nobody's exposure; what she left within it is, even when the
    # window is over: she was taken away at 17:00, whatever her phone did until 20:00.
    assert_shows(met(told, measles, names), names, """
        person | begin       | end         | lag_min
        Bo     | 03-26 02:00 | 03-26 02:30 | 60
        Dee    | 03-30 18:30 | 03-30 19:00 | 90
    """)  # fmt: skip
    # Those of the day after the window's last are not overlooked.
    told = facts(names, visits("""
        Ana | 1 | 03-30 21:00 | 03-30 23:30 |
        Fay | 1 | 03-31 00:30 | 03-31 01:00 |
    """))  # fmt: skip
    assert_shows(met(told, measles, names, late), names, "person | lag_min\nFay | 60")


def test_nothing_is_breathed_in_what_is_to_come(measles: Protocol, names: Names) -> None:
    told = facts(names, visits("""
        Ana | 1 | 03-31 01:00 | 03-31 02:30 |
        Bo  | 1 | 03-31 02:40 | 03-31 09:00 |
    """))  # fmt: skip
    still = ANA.replace("03-30 17:00", "")
    assert_shows(met(told, measles, names, still), names, "person | end | minutes\nBo | 03-31 03:00 | 20")


def test_the_second_ring_breathes_nothing(measles: Protocol, names: Names) -> None:
    subjects = decided("exposures", names, "index | begin | end\nAna | 03-26 00:00 | 03-30 17:00")
    found = exposures(subjects.select("index", "begin", "end"), facts(names, visits(STAYED)), measles, 2)
    assert_shows(found, names, "person | lag_min\nBo | 0")


def test_homes_ties_and_interviews_are_together(measles: Protocol, names: Names) -> None:
    told = facts(names, {
        "place": PLACES,
        "residence": """
            person | kind   | area
            Ana    | living | 320211001006-01-002-1-0301
            Bo     | living | 320211001006-01-002-1-0301
        """,
        "membership": """
            person | place | kind | part
            Ana    | 1     | work | 1
            Cy     | 1     | work | 1
        """,
        "interview": """
            case | person | begin       | end         | manner  | distance_m
            Ana  | Dee    | 03-28 12:00 | 03-28 13:00 | bedding | 1
        """,
    })  # fmt: skip
    assert_shows(met(told, measles, names), names, """
        person | lag_min | manner  | relation
        Bo     | 0       |         | lives_with
        Cy     | 0       |         | colleague
        Dee    | 0       | bedding |
    """)  # fmt: skip
