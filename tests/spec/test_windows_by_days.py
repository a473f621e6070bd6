"""Windows of other illnesses: from a rash, a cough or months back, until so many days later or treated.

Instants are drawn in Chinese time; an edition of the WHO counts days in UTC, which begin at 08:00 there.
"""

from dataclasses import replace

import pytest

from ringfence.engine.cases import cases
from ringfence.engine.contacts import at_large
from ringfence.protocol import Protocol, resolve
from tests.drawing import Names, assert_shows, decided, facts, instant

SWABBED = {
    "sample": """
        tube | person | sampled_at
        S1   | Ana    | 03-20 18:00
    """,
    "tube": """
        tube | pool
        S1   | 1
    """,
    "result": """
        tube | test | result   | reported_at
        S1   | nat  | positive | 03-20 21:00
    """,
    "case_report": """
        person | reported_at | symptoms | onset
        Ana    | 03-20 22:00 | yes      | 03-18
    """,
}


def under(area: str, disease: str, at: str = "03-31 03:00") -> Protocol:
    return resolve(area, disease, instant(at))


def milestones(rows: str) -> dict[str, str]:
    return {**SWABBED, "milestone": f"person | kind | day\n{rows}"}


def test_measles_from_four_days_before_the_rash_to_four_after(names: Names) -> None:
    told = facts(names, milestones("Ana | rash | 03-20"))
    # In New York on summer time: 16 March 00:00 is 12:00 in China. The 24th is the last day.
    assert_shows(cases(told, under("US", "measles")), names, """
        person | window_from | window_to   | lingers_min | values.rash
        Ana    | 03-16 12:00 | 03-25 12:00 | 120         | 2022-03-20
    """)  # fmt: skip


def test_without_the_day_of_the_rash_measles_has_no_window_yet(names: Names) -> None:
    told = facts(names, milestones("Ana | cough | 03-20"))
    assert_shows(cases(told, under("US", "measles")), names, """
        person | window_from | window_to | window_rule | lingers_min
        Ana    |             |           |             | 0
    """)  # fmt: skip


def test_tuberculosis_three_months_back_until_two_weeks_treated(names: Names) -> None:
    told = facts(names, milestones("Ana | treatment | 03-21"))
    # Detected on 20 March: three months before is 20 December; 14 days after 21 March is 4 April.
    rules = under("CN", "tuberculosis")
    assert_shows(cases(told, rules), names, """
        person | window_from | window_to   | values.treatment
        Ana    | 12-20 00:00 | 04-04 00:00 | 2022-03-21
    """)  # fmt: skip
    assert_shows(cases(facts(names, SWABBED), rules), names, """
        person | window_from | window_to
        Ana    | 12-20 00:00 |
    """)  # fmt: skip


ENDS = {
    # COVID-19 by the WHO: until 13 days after onset, or later until three days after the symptoms were gone.
    "not yet recovered": ("", "04-01 08:00"),
    "recovered early": ("Ana | recovery | 03-24", "04-01 08:00"),
    "recovered late": ("Ana | recovery | 03-30", "04-02 08:00"),
}


@pytest.mark.parametrize("recovery", ENDS)
def test_the_latest_of_two_ends_as_far_as_they_are_known(recovery: str, names: Names) -> None:
    row, expected = ENDS[recovery]
    found = cases(facts(names, milestones(row)), under("WORLD", "covid-19", "07-10 03:00"))
    assert_shows(found, names, f"window_from | window_to\n03-16 08:00 | {expected}")


PERTUSSIS = {
    # Three weeks after onset, or sooner: two days after treatment began.
    "not treated": ("", "04-08 07:00"),
    "treated": ("Ana | treatment | 03-22", "03-24 08:00"),
    "treated late": ("Ana | treatment | 04-20", "04-08 07:00"),
}


@pytest.mark.parametrize("treatment", PERTUSSIS)
def test_the_earliest_of_two_ends(treatment: str, names: Names) -> None:
    row, expected = PERTUSSIS[treatment]
    found = cases(facts(names, milestones(row)), under("GB", "pertussis"))
    # In London the clocks go forward on 27 March: midnight is at 08:00 in China before it, at 07:00 after.
    assert_shows(found, names, f"window_to\n{expected}")


def test_ebola_until_the_tests_that_end_it_are_in(names: Names) -> None:
    told = facts(names, {
        **SWABBED,
        "sample": SWABBED["sample"] + "S2 | Ana | 03-27 09:00\nS3 | Ana | 03-29 09:00\n",
        "tube": SWABBED["tube"] + "S2 | 1\nS3 | 1\n",
        "result": SWABBED["result"]
        + "S2 | nat | negative | 03-27 15:00\nS3 | nat | negative | 03-29 15:00\n",
    })  # fmt: skip
    ebola = under("WORLD", "ebola")
    assert_shows(cases(told, ebola), names, "window_from | window_to\n03-18 08:00 | 03-29 15:00")
    ill = cases(facts(names, SWABBED), ebola)
    assert_shows(ill, names, "window_from | window_to\n03-18 08:00 |")


def test_milestones_of_an_illness_before_are_not_of_this_one(wuxi: Protocol, names: Names) -> None:
    rules = under("WORLD", "covid-19", "07-10 03:00")
    rows = """
        S2 | Ana | 03-27 09:00
        S3 | Ana | 03-28 09:00
        S4 | Ana | 04-20 09:00
    """
    told = {
        **milestones("Ana | recovery | 03-24"),
        "sample": SWABBED["sample"] + rows,
        "tube": SWABBED["tube"] + "S2 | 1\nS3 | 1\nS4 | 1\n",
        "result": SWABBED["result"] + """
            S2 | nat | negative | 03-27 15:00
            S3 | nat | negative | 03-28 15:00
            S4 | nat | positive | 04-20 15:00
        """,
        "case_report": """
            person | reported_at | symptoms | onset
            Ana    | 04-21 22:00 | yes      | 04-19
        """,
    }  # fmt: skip
    cleared = replace(rules, case_releases=wuxi.case_releases)
    # Onset of the second illness was on 19 April, less two days; its end is 14 days after, on 3 May. That she
    # had recovered from the first says nothing of it.
    assert_shows(cases(facts(names, told), cleared), names, """
        window_from | window_to   | onset
        04-17 08:00 | 05-03 08:00 | 04-19
    """)  # fmt: skip


SPANS = {
    "over": ("03-26 00:00 | 03-30 17:00", "03-26 00:00 | 03-30 17:00"),
    "by days, still to come": ("03-26 00:00 | 04-05 00:00", "03-26 00:00 | 03-31 03:00"),
    "at large": ("03-26 00:00 |", "03-26 00:00 | 03-31 03:00"),
    "not begun": ("04-02 00:00 | 04-05 00:00", ""),
    "empty": ("03-26 00:00 | 03-26 00:00", ""),
    "not known": ("|", ""),
}


@pytest.mark.parametrize("window", SPANS)
def test_nobody_is_met_in_what_is_to_come(window: str, names: Names) -> None:
    given, expected = SPANS[window]
    drawing = f"person | window_from | window_to\nAna | {given}"
    found = at_large(decided("cases", names, drawing), instant("03-31 03:00"))
    assert_shows(found, names, f"begin | end\n{expected}")
