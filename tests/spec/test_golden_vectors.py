"""The vectors worked out by hand beside the rules: numbers 1 to 7 and 12 of the research notes, 11.6.

Bo is a close contact of Ana in all of them, last exposed on 14 March 2022 and traced on the 16th.
"""

from pathlib import Path

import ibis.expr.types as ir
import pytest

from ringfence.engine.cases import cases
from ringfence.protocol import SHIPPED, Protocol, resolve
from tests.drawing import Names, assert_shows, decided, facts, instant
from tests.spec.steps import quarantine

EDITIONS = Path(__file__).parents[1] / "editions"
CONTACT = """
    person | index | ring | case | class     | review | known_at    | first_exposure | last_exposure
    Bo     | Ana   | 1    | Ana  | close     | no     | 03-15 20:00 | 03-14 12:00    | 03-14 13:00
"""
TRACED = """
    person | kind    | begin       | end
    Bo     | central | 03-16 09:00 |
"""


def edition(area: str, at: str) -> Protocol:
    return resolve(area, "covid-19", instant(at), (SHIPPED, EDITIONS))


def owed(
    protocol: Protocol, names: Names, contact: str = CONTACT, stay: str = TRACED, at: str = "03-20 12:00"
) -> tuple[ir.Table, ir.Table]:
    told = facts(names, {"stay": stay})
    infected = decided("cases", names, "person | detected_at\nAna | 03-15 20:00")
    return quarantine(decided("contacts", names, contact), infected, told, protocol, instant(at))


@pytest.mark.parametrize(
    ("at", "window_from"), [("2021-06-01 00:00", "03-13 00:00"), ("2022-03-31 00:00", "03-11 00:00")]
)
def test_vector_1_the_window_of_an_onset_on_15_march(at: str, window_from: str, names: Names) -> None:
    told = facts(names, {
        "case_report": """
            person | reported_at | symptoms | onset | status
            Ana    | 03-15 20:00 | yes      | 03-15 | confirmed
        """,
    })  # fmt: skip
    found = cases(told, resolve("32", "covid-19", instant(at)))
    assert_shows(found, names, f"window_from\n{window_from}")


def test_vector_2_central_until_28_march(names: Names) -> None:
    # Under the other reading, the anchor being day 1, it would be the 27th: the trap.
    for area, until in (("1101", "03-28"), ("9901", "03-27")):
        kept, _ = owed(edition(area, "2022-03-20 00:00"), names)
        assert_shows(kept.filter(kept.phase == 1), names, f"""
            place   | anchor_day | traced_day | begin_day | until_day
            central | 03-14      | 03-16      | 03-16     | {until}
        """)  # fmt: skip


def test_vector_3_test_days_on_the_control_axis(names: Names) -> None:
    # Day 14 of control would be 29 March, after release: it moves to the 28th.
    _, tests = owed(edition("1101", "2022-03-20 00:00"), names)
    assert_shows(tests.filter(tests.phase == 1), names, """
        due_day | ordinal
        03-16   | 1
        03-19   | 4
        03-22   | 7
        03-28   | 14
    """)  # fmt: skip


def test_vector_4_test_days_on_the_exposure_axis(names: Names) -> None:
    # 15 March, day 1, was past when she was traced: the test of the day traced stands for it.
    _, tests = owed(edition("9902", "2022-03-20 00:00"), names)
    assert_shows(tests, names, """
        due_day | ordinal
        03-16   | 0
        03-18   | 4
        03-21   | 7
        03-28   | 14
    """)  # fmt: skip


def test_vector_5_the_tail_at_home(names: Names) -> None:
    kept, tests = owed(edition("1101", "2022-03-20 00:00"), names)
    assert_shows(kept.filter(kept.phase == 2), names, """
        place           | begin_day | until_day
        home_monitoring | 03-29     | 04-04
    """)  # fmt: skip
    assert_shows(tests.filter(tests.phase == 2), names, """
        due_day | ordinal
        03-30   | 2
        04-04   | 7
    """)  # fmt: skip


def test_vector_6_the_same_person_under_the_9th(names: Names) -> None:
    # Day 7 of control would be 22 March: it moves to the release on the 21st.
    kept, tests = owed(edition("1101", "2022-07-01 00:00"), names)
    assert_shows(kept, names, """
        phase | until_day
        1     | 03-21
        2     | 03-24
    """)  # fmt: skip
    assert_shows(tests, names, """
        phase | due_day | ordinal
        1     | 03-16   | 1
        1     | 03-17   | 2
        1     | 03-18   | 3
        1     | 03-20   | 5
        1     | 03-21   | 7
        2     | 03-24   | 3
    """)  # fmt: skip


SECOND = CONTACT.replace("Bo     | Ana   | 1 ", "Bo     | Cy    | 2 ").replace("close    ", "secondary")


@pytest.mark.parametrize(
    ("found", "days_left", "until"),
    [("03-18 09:00", 3, "03-21"), ("03-21 09:00", 0, "03-21"), ("03-23 09:00", 0, "03-23")],
)
def test_vector_7_a_secondary_contact_found_late(
    found: str, days_left: int, until: str, names: Names
) -> None:
    kept, tests = owed(
        edition("1101", "2022-03-25 00:00"), names, SECOND, f"person | kind | begin\nBo | central | {found}"
    )
    assert_shows(kept, names, f"phase | begin_day | until_day\n1 | {found[:5]} | {until}")
    [row] = kept.to_pyarrow().to_pylist()
    assert (row["until_day"] - row["begin_day"]).days == days_left
    if days_left == 0:
        assert_shows(tests, names, f"due_day\n{until}")


@pytest.mark.parametrize(
    ("swabbed", "state"),
    [
        ("S1 | Cy | 03-16 10:00, S2 | Cy | 03-19 10:00, S3 | Bo | 03-23 10:00", "releasable"),
        ("S1 | Cy | 03-16 10:00, S2 | Cy | 03-19 10:00", "blocked"),
        ("S1 | Cy | 03-16 10:00, S3 | Bo | 03-23 10:00", "blocked"),
    ],
)
def test_vector_7_one_negative_and_the_linked_contacts_tests_let_them_go(
    swabbed: str, state: str, names: Names
) -> None:
    # Bo was never brought anywhere; the swab of the 23rd, after the term had run, is how he is found.
    swabs = swabbed.split(", ")
    told = facts(names, {
        "sample": "\n".join(["tube | person | sampled_at", *swabs]),
        "tube": "tube | pool\nS1 | 1\nS2 | 1\nS3 | 1",
        "result": "\n".join(
            ["tube | test | result | reported_at"]
            + [f"{swab[:2]} | nat | negative | 03-23 20:00" for swab in swabs]
        ),
        "stay": """
            person | kind    | begin
            Cy     | central | 03-16 09:00
        """,
    })  # fmt: skip
    both = f"{CONTACT.replace('Bo ', 'Cy ')}{SECOND.strip().splitlines()[1]}"
    kept, _ = quarantine(
        decided("contacts", names, both),
        decided("cases", names, "person | detected_at\nAna | 03-15 20:00"),
        told,
        edition("1101", "2022-03-25 00:00"),
        instant("03-23 21:00"),
    )
    assert_shows(kept.filter(kept["class"] == "secondary"), names, f"""
        person | until_day | state   | waits_on
        Bo     | 03-23     | {state} | Cy
    """)  # fmt: skip


def test_vector_12_samplers_tables_and_points_for_wuxi(wuxi: Protocol) -> None:
    people = 7_462_135  # the census of 2020
    needed = {ratio.rule.id: ratio.needed(people) for ratio in wuxi.ratios}
    assert needed == {
        "ratio-samplers": (20_729, 20_729),
        "ratio-tables": (9_328, 12_437),
        "ratio-points": (2_488, 3_732),
    }
