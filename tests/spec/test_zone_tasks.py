"""What does a zone in force owe: a decision when it can change, and tests of everyone in it?

The residents of a sealed area are tested on its days 1, 4, 7, 10 and 14, those of a controlled area on
days 1, 4 and 7; the day it begins is day 1.
"""

import ibis.expr.types as ir

from ringfence.engine.tasks import tasks
from ringfence.protocol import Protocol
from tests.drawing import Names, assert_shows, decided, facts, instant
from tests.spec.test_tasks import EMPTY

GRID = "320211001006-01"
HOMES = f"""
    person | kind   | area
    Ana    | living | {GRID}-002-1-0301
    Bo     | living | {GRID}-002-2-0101
    Cy     | living | {GRID}-003-1-0101
    Dee    | living | 320205001002
"""
STEPS = "area | level | step | possible_at | rule | edition | grade | values | evidence"
ZONE = "area | level | begin | end | authority"
SEALED = f"{GRID}-002 | sealed | 03-31 02:00 | | 指挥部"


def owed(rules: Protocol, names: Names, at: str, steps: str = "", **drawings: str) -> ir.Table:
    """The tasks that some drawn steps of zones, and facts, leave."""
    done = {kind: decided(kind, names, head) for kind, head in EMPTY.items()}
    done["cadences"] = decided("cadences", names, "person")
    done["zone_steps"] = decided("zone_steps", names, f"{STEPS}\n{steps}")
    return tasks(done, facts(names, {"residence": HOMES, **drawings}), rules, instant(at))


def test_a_step_that_can_be_taken_is_to_be_decided(wuxi: Protocol, names: Names) -> None:
    steps = f"""
        {GRID}-002 | sealed     | lift     | 04-13 20:00 | zone | cn-covid-8 | A | {{}} | 1
        320211001  | controlled | escalate | 04-13 09:00 | zone | cn-covid-8 | A | {{}} | 1
        320205     | precaution | keep     |             | zone | cn-covid-8 | A | {{}} | 1
    """
    # Six hours to decide, as for a proposal.
    assert_shows(owed(wuxi, names, "04-13 21:00", steps), names, f"""
        task                                       | duty  | since       | due_at      | done_at | state
        step_zone/A:{GRID}-002/sealed/lift         | zones | 04-13 20:00 | 04-14 02:00 |         | open
        step_zone/A:320211001/controlled/escalate  | zones | 04-13 09:00 | 04-13 15:00 |         | late
    """)  # fmt: skip


def test_everyone_in_a_zone_is_tested_on_its_days(wuxi: Protocol, names: Names) -> None:
    # Day 1 is 31 March, day 4 is 3 April. Bo's two swabs of one day are one; Ana's of the 2nd is of no day
    # that is listed; Cy does not live inside.
    swabs = {
        "tube": "tube | pool\nS1 | 1\nS2 | 10\nS3 | 1\nS4 | 10\nS5 | 1",
        "sample": """
            tube | person | sampled_at
            S1   | Bo     | 03-31 09:00
            S3   | Bo     | 03-31 08:00
            S2   | Ana    | 03-31 23:59
            S2   | Cy     | 03-31 09:00
            S4   | Ana    | 04-02 09:00
            S5   | Bo     | 04-03 00:00
        """,
    }
    zone = f"{ZONE}\n{SEALED}"
    found = owed(wuxi, names, "04-04 12:00", zone=zone, **swabs)
    assert_shows(found, names, f"""
        task                                          | duty     | since       | due_at      | done_at     | state | values.ordinal | values.people | values.missing
        test_group/A:{GRID}-002/sealed/2022-03-31     | coverage | 03-31 00:00 | 04-01 00:00 | 03-31 23:59 | done  | 1              | 2             | 0
        test_group/A:{GRID}-002/sealed/2022-04-03     | coverage | 04-03 00:00 | 04-04 00:00 |             | late  | 4              | 2             | 1
    """)  # noqa: E501  # fmt: skip
    # Not yet day 4.
    found = owed(wuxi, names, "04-02 23:59", zone=zone, **swabs)
    assert_shows(found, names, "values.ordinal\n1")


def test_who_is_not_asked_on_a_test_day(wuxi: Protocol, names: Names) -> None:
    for more, people in (
        ({"stay": "person | kind | begin | end\nAna | hospital | 03-31 12:00 |"}, 1),
        ({"stay": "person | kind | begin | end\nAna | hospital | 03-31 01:00 | 03-31 12:00"}, 2),
        ({"stay": "person | kind | begin | end\nAna | home | 03-31 01:00 |"}, 2),
        ({"exemption": "person | from_day | to_day | reason\nAna | 03-31 | 04-01 | 孕产"}, 1),
        ({"exemption": "person | from_day | to_day | reason\nAna | 03-30 | 03-31 | 孕产"}, 2),
    ):
        found = owed(wuxi, names, "04-01 12:00", zone=f"{ZONE}\n{SEALED}", **more)
        assert_shows(found, names, f"values.people | values.missing | state\n{people} | {people} | late")
    # Today counts as it is now: somebody taken away an hour ago is not asked any more.
    stay = "person | kind | begin | end\nAna | hospital | 03-31 11:00 |\nBo | away | 03-31 13:00 |"
    found = owed(wuxi, names, "03-31 12:00", zone=f"{ZONE}\n{SEALED}", stay=stay)
    assert_shows(found, names, "values.people | state\n1 | open")


def test_an_antigen_kit_is_no_swab_of_a_test_day(wuxi: Protocol, names: Names) -> None:
    for test, missing in (("antigen", 2), ("nat", 1)):
        swab = {
            "sample": "tube | person | sampled_at\nS1 | Bo | 03-31 09:00",
            "result": f"tube | test | result | reported_at\nS1 | {test} | negative | 03-31 10:00",
        }
        found = owed(wuxi, names, "03-31 12:00", zone=f"{ZONE}\n{SEALED}", **swab)
        assert_shows(found, names, f"values.missing\n{missing}")


def test_the_zone_that_tests_somebody_is_the_gravest(wuxi: Protocol, names: Names) -> None:
    # The controlled town is Cy's only: day 1 and 4 for her. Nobody lives in the other town: nothing is owed.
    towns = "320211001 | controlled | 03-28 12:00 | | 区\n320205009 | sealed | 03-30 00:00 | | 区"
    zone = f"{ZONE}\n{SEALED}\n{towns}"
    assert_shows(owed(wuxi, names, "03-31 12:00", zone=zone), names, f"""
        area       | values.level | values.ordinal | values.people
        {GRID}-002 | sealed       | 1              | 2
        320211001  | controlled   | 1              | 1
        320211001  | controlled   | 4              | 1
    """)  # fmt: skip
