"""What does each contact owe, from when until when, and may they go? The 8th edition in Wuxi.

Ana is the case, known since 30 March 20:00. A close contact owes 14 days of central quarantine from the last
exposure (day 0) and 7 of home monitoring; a secondary contact 7 days.
"""

from pathlib import Path

import ibis.expr.types as ir

from ringfence.protocol import SHIPPED, Protocol, resolve
from tests.drawing import Names, assert_shows, decided, facts, instant
from tests.spec.steps import quarantine

EDITIONS = Path(__file__).parents[1] / "editions"
HEAD = "person | index | ring | case | class | review | known_at | first_exposure | last_exposure"
ANA = "person | detected_at | first_positive\nAna | 03-30 20:00 | 03-30 14:00"


def close(person: str, last: str, rest: str = "close | no", index: str = "Ana", ring: int = 1) -> str:
    return f"{person} | {index} | {ring} | Ana | {rest} | 03-30 20:00 | 03-27 12:00 | {last}"


def owed(
    protocol: Protocol, names: Names, contacts: list[str], stays: str, at: str, cases: str = ANA
) -> tuple[ir.Table, ir.Table]:
    return quarantine(
        decided("contacts", names, "\n".join([HEAD, *contacts])),
        decided("cases", names, cases),
        facts(names, {"stay": f"person | kind | begin | end | place\n{stays}"}),
        protocol,
        instant(at),
    )


def test_who_owes_what(wuxi: Protocol, names: Names) -> None:
    kept, _ = owed(wuxi, names, [
        close("Bo", "03-28 13:00"),
        close("Bo", "03-30 13:00", "secondary | no", "Cy", 2),
        close("Cy", "03-28 13:00"),
        close("Cy", "03-29 13:00", "close | no", "Zoe"),
        close("Dee", "03-28 13:00", "close | yes"),
        close("Eve", "03-28 13:00", "general | no"),
        close("Fay", "03-28 13:00", "secondary | no", "Bo", 2),
        close("Ana", "03-28 13:00", "close | no", "Zoe"),
    ], "", "03-31 03:00")  # fmt: skip
    # Bo owes by his gravest class, Cy by her last exposure; Dee has to be judged first, Eve owes
    # nothing, and Ana is a case herself. Nobody is in place yet: the days run from today.
    assert_shows(kept, names, """
        person | phase | class     | place           | index | anchor_day | begin_day | until_day | state
        Bo     | 1     | close     | central         | Ana   | 03-28      | 03-31     | 04-11     | to_place
        Bo     | 2     | close     | home_monitoring | Ana   | 03-28      | 04-12     | 04-18     | to_come
        Cy     | 1     | close     | central         | Zoe   | 03-29      | 03-31     | 04-12     | to_place
        Cy     | 2     | close     | home_monitoring | Zoe   | 03-29      | 04-13     | 04-19     | to_come
        Fay    | 1     | secondary | central         | Bo    | 03-28      | 03-31     | 04-04     | to_place
    """)  # fmt: skip


def test_in_place_moved_left_and_gone_early(wuxi: Protocol, names: Names) -> None:
    kept, _ = owed(wuxi, names, [close(who, "03-28 13:00") for who in ("Bo", "Cy", "Dee", "Eve", "Fay")], """
        Bo  | central  | 03-30 22:00 |             |
        Cy  | central  | 03-30 22:00 | 04-03 09:00 |
        Cy  | central  | 04-03 10:30 |             |
        Dee | central  | 03-30 22:00 | 04-03 09:00 |
        Eve | home     | 03-30 22:00 |             |
        Fay | hold     | 03-30 17:00 | 03-31 01:00 |
        Fay | hospital | 03-31 09:00 |             |
    """, "04-05 12:00")  # fmt: skip
    # Cy was moved within a day. Dee left before her day and has to be brought back. At home is not a
    # site, though it counts as control; hospital is strict enough; a hold was about a tube.
    assert_shows(kept.filter(kept.phase == 1), names, """
        person | traced_day | placed_at   | state    | until_day
        Bo     | 03-30      | 03-30 22:00 | running  | 04-11
        Cy     | 03-30      | 03-30 22:00 | running  | 04-11
        Dee    | 03-30      |             | to_place | 04-11
        Eve    | 03-30      |             | to_place | 04-11
        Fay    | 03-31      | 03-31 09:00 | running  | 04-11
    """)  # fmt: skip


def test_met_again_inside_the_site(wuxi: Protocol, names: Names) -> None:
    # Bo had been in a site since 20 March when a case was found in it: his days run from the last meeting.
    kept, _ = owed(wuxi, names, [close("Bo", "03-28 13:00")], "Bo | central | 03-20 09:00 | |", "03-31 03:00")
    assert_shows(kept.filter(kept.phase == 1), names, """
        anchor_day | traced_day | begin_day | until_day | state   | placed_at
        03-28      | 03-28      | 03-28     | 04-11     | running | 03-20 09:00
    """)  # fmt: skip


def test_a_stay_that_ended_before_the_exposure_is_no_control(wuxi: Protocol, names: Names) -> None:
    kept, _ = owed(
        wuxi, names, [close("Bo", "03-28 13:00")], "Bo | central | 03-27 18:00 | 03-28 09:00 |", "03-31 03:00"
    )
    assert_shows(kept.filter(kept.phase == 1), names, """
        traced_day | placed_at | state
        03-31      |           | to_place
    """)  # fmt: skip


def test_traced_late_credit_or_floor(wuxi: Protocol, names: Names) -> None:
    # Exposed on 1 March, found on the 31st. Credit: the days are long over, one test is owed that day.
    # Floor: none of them count, 14 days from the 31st.
    floor = resolve("9903", "covid-19", instant("03-31 03:00"), (SHIPPED, EDITIONS))
    expected = (
        (wuxi, "03-31", ["03-31"]),
        (floor, "04-14", ["03-31", "04-03", "04-06", "04-13", "04-14"]),
    )
    for protocol, until, days in expected:
        kept, tests = owed(
            protocol, names, [close("Bo", "03-01 13:00")], "Bo | central | 03-31 02:00 | |", "03-31 03:00"
        )
        assert_shows(kept.filter(kept.phase == 1), names, f"until_day\n{until}")
        assert_shows(tests.filter(tests.phase == 1), names, "\n".join(["due_day", *days]))


def test_a_positive_in_the_site_starts_the_days_again(wuxi: Protocol, names: Names) -> None:
    kept, _ = owed(wuxi, names, [close(who, "03-28 13:00") for who in ("Bo", "Cy", "Dee", "Eve")], """
        Bo  | central  | 03-30 22:00 |             | 1
        Cy  | central  | 03-30 22:00 |             | 2
        Dee | central  | 03-30 22:00 |             | 3
        Eve | central  | 04-04 22:00 |             | 1
        Ana | central  | 03-29 22:00 |             | 1
        Ana | hospital | 04-02 09:00 |             |
        Zoe | central  | 03-01 22:00 | 03-10 09:00 | 2
        Zoe | hospital | 04-03 09:00 |             |
        Yan | central  | 03-30 22:00 | 04-01 09:00 | 3
    """, "04-05 12:00", cases="""
        person | detected_at | first_positive
        Ana    | 04-02 08:00 | 04-01 14:00
        Zoe    | 04-03 08:00 | 04-02 14:00
        Yan    | 04-01 10:00 | 04-01 08:00
    """)  # fmt: skip
    # Ana was taken from site 1 on 2 April, Yan left site 3 on the 1st. Zoe had left site 2 weeks before
    # she fell ill, and Eve came after Ana had gone.
    assert_shows(kept.filter(kept.phase == 1), names, """
        person | anchor_day | until_day
        Bo     | 04-02      | 04-16
        Cy     | 03-28      | 04-11
        Dee    | 04-01      | 04-15
        Eve    | 03-28      | 04-11
    """)  # fmt: skip


def test_once_the_linked_contact_is_a_case_a_secondary_contact_is_a_close_one(
    wuxi: Protocol, names: Names
) -> None:
    contacts = [
        close("Bo", "03-28 13:00", "secondary | no", "Cy", 2),
        close("Bo", "03-29 13:00", "secondary | no", "Dee", 2),
    ]
    kept, _ = owed(wuxi, names, contacts, "", "03-31 03:00")
    assert_shows(kept, names, "class | index | until_day | waits_on\nsecondary | Dee | 04-05 | Dee")
    both = f"{ANA}\nCy | 03-31 02:00 | 03-31 00:00"
    kept, _ = owed(wuxi, names, contacts, "", "03-31 03:00", cases=both)
    assert_shows(kept, names, """
        class | phase | index | until_day | waits_on | rule
        close | 1     | Cy    | 04-11     |          | course-close
        close | 2     | Cy    | 04-18     |          | course-close
    """)  # fmt: skip


def test_each_course_says_why(wuxi: Protocol, names: Names) -> None:
    kept, tests = owed(
        wuxi, names, [close("Bo", "03-28 13:00")], "Bo | central | 03-30 22:00 | |", "03-31 03:00"
    )
    assert_shows(kept.filter(kept.phase == 1), names, """
        rule         | edition    | grade | values.days | values.anchor_day | values.late | evidence
        course-close | cn-covid-8 | ?     | 14          | 2022-03-28        | credit      | [1]
    """)  # fmt: skip
    assert_shows(tests.filter(tests.ordinal == 1), names, """
        rule         | edition    | grade | values.axis | values.day_0 | evidence
        course-close | cn-covid-8 | ?     | control     | 2022-03-29   | [1]
    """)  # fmt: skip
