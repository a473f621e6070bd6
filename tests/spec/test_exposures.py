"""Who met a case, where, for how long and how near? Visits, scans, homes, ties and interviews.

The case is Ana throughout, infectious from 26 March 00:00 until she was kept apart on 30 March 17:00,
unless a test says otherwise.
"""

import ibis.expr.types as ir
import pytest

from ringfence.engine.contacts import first_ring
from ringfence.engine.exposures import exposures
from ringfence.protocol import Protocol
from ringfence.tables import Facts
from tests.drawing import Names, assert_shows, decided, facts, instant

NIGHT = instant("03-31 03:00")
ANA = """
    person | class    | detected_at | window_from | window_to
    Ana    | positive | 03-30 17:30 | 03-26 00:00 | 03-30 17:00
"""
PLACES = """
    place | name_zh | kind       | area         | closed
    1     | 饭店    | restaurant | 320211001006 | yes
    2     | 航班    | aircraft   | 320211001006 | yes
    3     | 工厂    | workshop   | 320211001006 |
"""


def met(told: Facts, wuxi: Protocol, names: Names, cases: str = ANA) -> ir.Table:
    return first_ring(decided("cases", names, cases), told, wuxi, NIGHT)


def test_a_visit_counts_while_both_are_there(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "place": PLACES,
        "visit": """
            person | place | enter       | leave       | part
            Ana    | 1     | 03-28 12:00 | 03-28 13:00 | 7
            Bo     | 1     | 03-28 12:30 | 03-28 14:00 | 7
            Cy     | 1     | 03-28 11:00 | 03-28 12:10 | 8
            Dee    | 1     | 03-28 12:15 | 03-28 12:45 |
            Eve    | 1     | 03-28 13:00 | 03-28 14:00 | 7
            Fay    | 3     | 03-28 12:00 | 03-28 13:00 | 7
        """,
    })  # fmt: skip
    # Eve came as Ana left; Fay was elsewhere. The same table is near, another is not, none told is unknown.
    assert_shows(met(told, wuxi, names), names, """
        ring | index | person | begin       | end         | minutes | near | closed | setting    | place
        1    | Ana   | Bo     | 03-28 12:30 | 03-28 13:00 | 30      | yes  | yes    | restaurant | 1
        1    | Ana   | Cy     | 03-28 12:00 | 03-28 12:10 | 10      | no   | yes    | restaurant | 1
        1    | Ana   | Dee    | 03-28 12:15 | 03-28 12:45 | 30      |      | yes    | restaurant | 1
    """)  # fmt: skip


def test_only_the_window_counts(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "place": PLACES,
        "visit": """
            person | place | enter       | leave
            Ana    | 1     | 03-25 12:00 | 03-25 13:00
            Bo     | 1     | 03-25 12:00 | 03-25 13:00
            Ana    | 3     | 03-25 20:00 | 03-26 02:00
            Cy     | 3     | 03-25 20:00 | 03-26 01:00
            Ana    | 1     | 03-30 16:00 | 03-30 18:00
            Dee    | 1     | 03-30 16:30 | 03-30 18:00
            Eve    | 1     | 03-30 17:00 | 03-30 18:00
        """,
    })  # fmt: skip
    # Cy's meeting began the evening before the window: what lies inside it counts. Eve came as Ana was
    # taken, and whatever Ana's phone did after that is not a meeting.
    assert_shows(met(told, wuxi, names), names, """
        person | begin       | end         | minutes
        Cy     | 03-26 00:00 | 03-26 01:00 | 60
        Dee    | 03-30 16:30 | 03-30 17:00 | 30
    """)  # fmt: skip


def test_a_visit_of_several_days_is_not_lost(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "place": PLACES,
        "visit": """
            person | place | enter       | leave
            Ana    | 3     | 03-20 08:00 | 03-27 08:00
            Bo     | 3     | 03-21 08:00 | 03-28 08:00
        """,
    })  # fmt: skip
    assert_shows(met(told, wuxi, names), names, """
        person | begin       | end         | minutes
        Bo     | 03-26 00:00 | 03-27 08:00 | 1920
    """)  # fmt: skip


def test_a_scan_has_no_length(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "place": PLACES,
        "visit": """
            person | place | enter       | leave
            Ana    | 1     | 03-28 12:00 | 03-28 13:00
            Bo     | 1     | 03-28 12:00 |
            Cy     | 1     | 03-28 12:59 |
            Dee    | 1     | 03-28 13:00 |
            Ana    | 3     | 03-29 09:00 |
            Eve    | 3     | 03-29 08:00 | 03-29 18:00
            Fay    | 3     | 03-29 09:00 |
            Gil    | 3     | 03-29 09:05 |
        """,
    })  # fmt: skip
    # How long is unknown, not nothing. Dee scanned as Ana left; two scans meet at one instant only.
    assert_shows(met(told, wuxi, names), names, """
        person | begin       | end         | minutes
        Bo     | 03-28 12:00 | 03-28 12:00 |
        Cy     | 03-28 12:59 | 03-28 12:59 |
        Eve    | 03-29 09:00 | 03-29 09:00 |
        Fay    | 03-29 09:00 | 03-29 09:00 |
    """)  # fmt: skip


def test_seats_are_counted_within_a_part_or_the_whole(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "place": PLACES,
        "visit": """
            person | place | enter       | leave       | part | seat_row
            Ana    | 2     | 03-28 12:00 | 03-28 14:00 |      | 10
            Bo     | 2     | 03-28 12:00 | 03-28 14:00 |      | 13
            Cy     | 2     | 03-28 12:00 | 03-28 14:00 | 2    | 10
            Dee    | 2     | 03-28 12:00 | 03-28 14:00 |      |
        """,
    })  # fmt: skip
    assert_shows(met(told, wuxi, names), names, """
        person | row_gap
        Bo     | 3
        Cy     |
        Dee    |
    """)  # fmt: skip


HOME = "320211001006-01-002-1-0301"
NEXT_DOOR = "320211001006-01-002-1-0302"


def test_those_who_live_behind_one_door(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "residence": f"""
            person | kind       | area                | from_day | to_day
            Ana    | living     | {HOME}              |          |
            Bo     | living     | {HOME}              |          |
            Cy     | living     | {NEXT_DOOR}         |          |
            Dee    | registered | {HOME}              |          |
            Eve    | living     | {HOME}              | 03-28    |
            Fay    | living     | {HOME}              |          | 03-20
        """,
    })  # fmt: skip
    # Dee is only registered there, Fay moved out before the window, Eve moved in during it.
    assert_shows(met(told, wuxi, names), names, """
        person | begin       | end         | minutes | relation   | setting | near
        Bo     | 03-26 00:00 | 03-30 17:00 |         | lives_with | home    | yes
        Eve    | 03-28 00:00 | 03-30 17:00 |         | lives_with | home    | yes
    """)  # fmt: skip


def test_an_address_above_the_door_is_no_household(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "residence": """
            person | kind   | area
            Ana    | living | 320211001006-01-002
            Bo     | living | 320211001006-01-002
        """,
    })  # fmt: skip
    assert met(told, wuxi, names).to_pyarrow().num_rows == 0


STAYS = {
    # Who was where, and when Bo met Ana at home.
    "in a site since before": ("Bo | central | 03-20 10:00 |", ""),
    "in a site for a while before": ("Bo | central | 03-20 10:00 | 03-27 10:00", "03-27 10:00 | 03-30 17:00"),
    "taken to a site": ("Bo | central | 03-29 10:00 |", "03-26 00:00 | 03-29 10:00"),
    "held, then taken": ("Bo | hold | 03-29 08:00 | 03-29 10:00\nBo | central | 03-29 10:00 |",
                         "03-26 00:00 | 03-29 08:00"),
    "held for a night in between": ("Bo | hold | 03-28 18:00 | 03-29 06:00", "03-26 00:00 | 03-30 17:00"),
    "on a journey": ("Bo | away | 03-01 10:00 |", ""),
    "the case on a journey": ("Ana | away | 03-01 10:00 | 03-29 18:00", "03-29 18:00 | 03-30 17:00"),
    "both at home": ("Bo | home | 03-20 10:00 |", "03-26 00:00 | 03-30 17:00"),
}  # fmt: skip


@pytest.mark.parametrize("stay", STAYS)
def test_who_was_not_there_was_not_met_there(stay: str, wuxi: Protocol, names: Names) -> None:
    rows, expected = STAYS[stay]
    told = facts(names, {
        "residence": f"""
            person | kind   | area
            Ana    | living | {HOME}
            Bo     | living | {HOME}
        """,
        "stay": f"person | kind | begin | end\n{rows}",
    })  # fmt: skip
    assert_shows(met(told, wuxi, names), names, f"begin | end\n{expected}")


def test_a_standing_tie_where_no_visits_were_recorded(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "place": PLACES,
        "membership": """
            person | place | kind  | part
            Ana    | 3     | work  | 5
            Bo     | 3     | work  | 5
            Cy     | 3     | work  | 6
            Dee    | 3     | group | 5
            Eve    | 3     | work  |
            Ana    | 1     | work  | 1
            Fay    | 1     | work  | 1
        """,
        "visit": """
            person | place | enter       | leave
            Ana    | 1     | 03-28 08:00 | 03-28 09:00
        """,
    })  # fmt: skip
    # Bo is of her team; how near they were is not known. At the restaurant her visits are known instead.
    assert_shows(met(told, wuxi, names), names, """
        person | begin       | end         | minutes | relation  | setting  | near | closed
        Bo     | 03-26 00:00 | 03-30 17:00 |         | colleague | workshop |      |
    """)  # fmt: skip


def test_what_a_tracer_was_told(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "interview": """
            case | person | begin       | end         | setting    | relation | near | protected | distance_m
            Ana  | Bo     | 03-28 12:00 | 03-28 13:00 | restaurant | friend   | yes  | no        | 1
            Ana  | Cy     | 03-25 12:00 | 03-25 13:00 | restaurant | friend   | yes  |           |
            Bo   | Dee    | 03-28 12:00 | 03-28 13:00 | restaurant | friend   | yes  |           |
        """,
    })  # fmt: skip
    # Cy's meeting was before the window; Bo is no case, so whom Bo met is another ring's matter.
    assert_shows(met(told, wuxi, names), names, """
        person | begin       | end         | minutes | setting    | relation | near | protected | distance_m
        Bo     | 03-28 12:00 | 03-28 13:00 | 60      | restaurant | friend   | yes  | no        | 1
    """)  # fmt: skip


def test_a_case_still_at_large_is_met_until_now(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "residence": f"""
            person | kind   | area
            Ana    | living | {HOME}
            Bo     | living | {HOME}
        """,
    })  # fmt: skip
    assert_shows(met(told, wuxi, names, ANA.replace("03-30 17:00", "")), names, """
        person | end
        Bo     | 03-31 03:00
    """)  # fmt: skip


def test_a_case_kept_apart_before_the_window_meets_nobody(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "place": PLACES,
        "residence": f"""
            person | kind   | area
            Ana    | living | {HOME}
            Bo     | living | {HOME}
        """,
        "visit": """
            person | place | enter       | leave
            Ana    | 1     | 03-20 08:00 | 03-30 09:00
            Cy     | 1     | 03-20 08:00 | 03-30 09:00
        """,
    })  # fmt: skip
    empty = ANA.replace("03-30 17:00", "03-26 00:00")
    assert met(told, wuxi, names, empty).to_pyarrow().num_rows == 0


def test_every_exposure_names_the_facts_it_rests_on(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "place": PLACES,
        "visit": """
            person | place | enter       | leave
            Ana    | 1     | 03-28 12:00 | 03-28 13:00
            Bo     | 1     | 03-28 12:30 | 03-28 14:00
        """,
    })  # fmt: skip
    # Submission 1 is the places, 2 the visits: hers, his, and the place.
    [found] = met(told, wuxi, names).to_pyarrow().to_pylist()
    assert [(fact >> 32, fact & 0xFFFFFFFF) for fact in found["evidence"]] == [(2, 0), (2, 1), (1, 0)]


def test_nobody_to_meet(wuxi: Protocol, names: Names) -> None:
    subjects = decided("exposures", names, "index | begin | end")
    assert exposures(subjects, facts(names, {}), wuxi, 1).to_pyarrow().num_rows == 0
