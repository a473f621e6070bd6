"""How long does a phase last, and which tests fall in it? The choices the rules of Wuxi do not make.

By tests/editions/courses.toml, noon of 31 March 2022, but for the vectors of the research notes, 11.6.
"""

import pytest

from ringfence.protocol import SHIPPED, Protocol, resolve
from tests.drawing import Names, assert_shows, instant
from tests.spec.test_owing import EDITIONS, NOON, close, owed, told


@pytest.fixture(scope="module")
def rules() -> Protocol:
    return resolve("3202", "courses", instant(NOON), (SHIPPED, EDITIONS))


def test_days_gone_by_are_made_into_one_test(rules: Protocol, names: Names) -> None:
    # Days 1, 2 and 3 after the last meeting had gone by when Bo was found, and one of Cy's: a test on the day
    # each was found stands for them. All of Dee's had: she owes one, and goes.
    met = "\n".join([close("Bo", "03-27 13:00"), close("Cy", "03-28 13:00"), close("Dee", "03-10 13:00")])
    stays = "Bo | central | 03-31 02:00 | |\nCy | central | 03-30 02:00 | |\nDee | central | 03-31 02:00 | |"
    kept, tests = owed(rules, names, told(names, stay=stays), met)
    assert_shows(kept, names, "person | until_day\nBo | 04-03\nCy | 04-04\nDee | 03-31")
    assert_shows(tests, names, """
        person | due_day | ordinal
        Bo     | 03-31   | 0
        Bo     | 04-01   | 5
        Bo     | 04-03   | 7
        Cy     | 03-30   | 2
        Cy     | 03-31   | 3
        Cy     | 04-02   | 5
        Cy     | 04-04   | 7
        Dee    | 03-31   | 7
    """)  # fmt: skip


def test_days_since_arrival_fall_in_the_phase_they_land_in(rules: Protocol, names: Names) -> None:
    known = told(names, arrival="Bo | 03-28 10:00 | low |", stay="Bo | home | 03-28 12:00 | |")
    _, tests = owed(rules, names, known)
    # The first phase lists days 1, 2, 3, 10 and 14; the last lists none.
    assert_shows(tests, names, """
        phase | due_day | ordinal
        1     | 03-28   | 1
        1     | 03-29   | 2
        1     | 03-30   | 3
        2     | 04-01   | 2
        2     | 04-03   | 4
        3     | 04-06   | 10
        3     | 04-10   | 14
    """)  # fmt: skip


def test_only_the_test_asked_for_answers(rules: Protocol, names: Names) -> None:
    swabs = {
        "sample": "tube | person | sampled_at\nS1 | Bo | 03-29 09:00\nS2 | Bo | 03-31 09:00",
        "tube": "tube | pool\nS1 | 1\nS2 | 1",
        "result": """
            tube | test    | result   | reported_at
            S1   | nat     | negative | 03-29 20:00
            S2   | antigen | negative | 03-31 09:20
        """,
    }
    known = told(names, stay="Bo | home | 03-29 08:00 | |", **swabs)
    _, tests = owed(rules, names, known, close("Bo", "03-28 13:00", "secondary"))
    assert_shows(tests, names, """
        due_day | test    | sampled_at  | result
        03-29   | antigen |             |
        03-31   | antigen | 03-31 09:00 | negative
        04-02   | antigen |             |
    """)  # fmt: skip


GIVEN = {
    # What was given and when, and the last of 21 or 28 days from 9 March. Bo was first met on the 7th.
    "nothing": ("", "03-30"),
    "immune globulin on the day": ("Bo | immune_globulin | 03-07 00:00", "04-06"),
    "before it": ("Bo | immune_globulin | 03-06 00:00", "03-30"),
    "an appointment to come": ("Bo | immune_globulin | 04-01 09:00", "03-30"),
    "another thing": ("Bo | vaccine | 03-08 09:00", "03-30"),
}


@pytest.mark.parametrize("given", GIVEN)
def test_a_phase_lasts_longer_for_whom_it_says(given: str, rules: Protocol, names: Names) -> None:
    immunity, until = GIVEN[given]
    met = close("Bo", "03-09 13:00", "medium", "03-07 13:00")
    kept, _ = owed(rules, names, told(names, immunity=immunity), met)
    days = {"03-30": 21, "04-06": 28}[until]
    assert_shows(kept, names, f"begin_day | until_day | values.days\n03-12 | {until} | {days}")


@pytest.mark.parametrize(("symptoms", "until"), [("yes", "04-06"), ("no", "03-30"), ("", "03-30")])
def test_or_who_are_ill(symptoms: str, until: str, rules: Protocol, names: Names) -> None:
    known = told(names, case_report=f"Bo | 03-20 09:00 | {symptoms}")
    kept, _ = owed(rules, names, known, close("Bo", "03-09 13:00", "medium", "03-07 13:00"))
    assert_shows(kept, names, f"until_day\n{until}")


def test_without_tests_a_term_that_has_run_is_over_for_whoever_was_never_found(
    rules: Protocol, names: Names
) -> None:
    for at in (NOON, "04-20 12:00"):
        kept, _ = owed(rules, names, told(names), close("Bo", "03-01 13:00", "medium", "03-01 13:00"), at=at)
        assert_shows(kept, names, "begin_day | until_day | state\n03-06 | 03-22 | releasable")


def test_a_positive_in_the_site_makes_an_arrival_a_close_contact(rules: Protocol, names: Names) -> None:
    known = told(names, arrival="""
        Bo | 03-28 10:00 | abroad |
        Cy | 03-28 10:00 | abroad |
        Dee | 03-31 09:00 | abroad |
    """, stay="""
        Bo  | central  | 03-28 12:00 |             | 1
        Cy  | central  | 03-28 12:00 |             | 2
        Dee | central  | 03-29 12:00 | 03-31 08:00 | 1
        Dee | central  | 03-31 12:00 |             | 3
        Ana | central  | 03-28 12:00 |             | 1
        Ana | hospital | 03-30 22:00 |             |
    """)  # fmt: skip
    # Ana was taken from site 1 on the 30th. Dee had left it before she arrived again.
    kept, tests = owed(rules, names, known, cases="Ana | 03-30 20:00 |")
    assert_shows(kept.filter(kept.phase == 1), names, """
        person | class  | index | anchor_day | traced_day | until_day
        Bo     | close  |       | 03-30      | 03-28      | 04-06
        Cy     | abroad |       | 03-28      | 03-28      | 04-06
        Dee    | abroad |       | 03-31      | 03-31      | 04-09
    """)  # fmt: skip
    assert_shows(tests.filter(tests["class"] == "close"), names, """
        due_day | ordinal
        03-31   | 1
        04-01   | 2
        04-02   | 3
        04-04   | 5
        04-06   | 7
    """)  # fmt: skip


def wuxi(day: str) -> Protocol:
    return resolve("320206", "covid-19", instant(f"{day} 12:00"))


HOME = {"stay": "Bo | home | 03-16 12:00 | |"}


def test_vector_8_from_an_affected_prefecture_3_and_4_and_7_days(names: Names) -> None:
    known = told(names, arrival="Bo | 03-16 10:00 | low |", **HOME)
    kept, tests = owed(wuxi("03-16"), names, known, at="03-16 20:00")
    assert_shows(kept, names, """
        phase | place           | begin_day | until_day
        1     | home            | 03-16     | 03-18
        2     | home_monitoring | 03-19     | 03-22
        3     | home_monitoring | 03-23     | 03-29
    """)  # fmt: skip
    days = ["03-16", "03-17", "03-18", "03-20", "03-22", "03-25", "03-29"]
    assert_shows(tests, names, "\n".join(["due_day", *days]))


@pytest.mark.parametrize(
    ("day", "more"), [("03-16", []), ("04-20", ["03-19", "03-20"])], ids=["notice 78", "by 20 April"]
)
def test_vector_9_three_and_eleven_days(day: str, more: list[str], names: Names) -> None:
    known = told(names, arrival="Bo | 03-16 10:00 | none |", **HOME)
    _, tests = owed(wuxi(day), names, known, at="03-16 20:00")
    days = ["03-16", "03-17", "03-18", *more, "03-22", "03-29"]
    assert_shows(tests, names, "\n".join(["due_day", *days]))


@pytest.mark.parametrize(
    ("given", "until"), [("", "2025-03-02"), ("Bo | immune_globulin | 2025-02-11 00:00", "2025-03-09")]
)
def test_vector_11_measles(given: str, until: str, names: Names) -> None:
    # Noon in New York on 11 February; rash on the 10th, met on the 7th and on the 9th.
    at = "2025-02-12 01:00"
    rules = resolve("US", "measles", instant(at))
    met = f"Bo | Ana | 1 | Ana | close | no | {at} | 2025-02-08 01:00 | 2025-02-10 01:00"
    kept, _ = owed(rules, names, told(names, immunity=given), met, at=at)
    [row] = kept.to_pyarrow().to_pylist()
    assert (row["place"], str(row["begin_day"]), str(row["until_day"])) == ("exclusion", "2025-02-12", until)
