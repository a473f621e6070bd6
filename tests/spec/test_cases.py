"""Who counts as a case, as what, and since when: cn-covid-8 with its patches of March 2022."""

from datetime import datetime

import pytest

from ringfence.engine.cases import cases
from ringfence.protocol import Protocol
from tests.drawing import Names, assert_shows, facts


def test_a_single_positive_is_classed_by_symptoms(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "sample": """
            tube | person | sampled_at
            S1   | Ana    | 03-30 18:00
            S2   | Bo     | 03-30 18:00
            S3   | Cy     | 03-30 18:00
            S4   | Dee    | 03-30 18:00
        """,
        "tube": """
            tube | pool
            S1   | 1
            S2   | 1
            S3   | 1
            S4   | 1
        """,
        "result": """
            tube | test | result   | reported_at
            S1   | nat  | positive | 03-30 21:00
            S2   | nat  | positive | 03-30 21:00
            S3   | nat  | positive | 03-30 21:00
            S4   | nat  | negative | 03-30 21:00
        """,
        "case_report": """
            person | reported_at | symptoms | onset | status
            Ana    | 03-30 22:00 | yes      | 03-29 |
            Bo     | 03-30 22:00 | no       |       |
            Eve    | 03-30 11:00 | yes      | 03-27 | confirmed
            Fay    | 03-30 11:00 | yes      | 03-27 | suspected
        """,
    })  # fmt: skip
    # Cy was not asked about symptoms. Dee is negative. Fay is suspected: not a case by this table.
    assert_shows(cases(told, wuxi), names, """
        person | class        | rule              | detected_at | onset
        Ana    | confirmed    | case-confirmed    | 03-30 21:00 | 03-29
        Bo     | asymptomatic | case-asymptomatic | 03-30 21:00 |
        Cy     | positive     | case-positive     | 03-30 21:00 |
        Eve    | reported     | case-reported     | 03-30 11:00 | 03-27
    """)  # fmt: skip


def test_a_positive_pool_makes_nobody_a_case(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "sample": """
            tube | person | sampled_at
            T1   | Ana    | 03-30 14:00
            T1   | Bo     | 03-30 14:01
        """,
        "tube": """
            tube | pool
            T1   | 10
        """,
        "result": """
            tube | test | result   | reported_at
            T1   | nat  | positive | 03-30 17:10
        """,
    })  # fmt: skip
    assert cases(told, wuxi).to_pyarrow().num_rows == 0


TUBES = """
    tube | pool
    N1   | 1
    N2   | 1
"""
ANTIGEN = {
    # An antigen kit has no tube on the register: the kit is one person's all the same.
    "not back": ("", "screen_positive"),
    "swabbed at the same visit, negative": ("N1 | 03-30 17:55 | negative | 03-30 21:00", ""),
    "swabbed at the same visit, positive": ("N1 | 03-30 17:55 | positive | 03-30 21:00", "positive"),
    "swabbed at the same visit, grey": ("N1 | 03-30 17:55 | grey | 03-30 21:00", "screen_positive"),
    # That was the morning's screening: it cannot answer what the evening's kit asked.
    "reported before the kit": ("N1 | 03-30 08:00 | negative | 03-30 14:00", "screen_positive"),
    "of the week before": ("N1 | 03-23 08:00 | negative | 03-23 14:00", "screen_positive"),
}


@pytest.mark.parametrize("swab", ANTIGEN)
def test_nucleic_acid_answers_an_antigen_positive(swab: str, wuxi: Protocol, names: Names) -> None:
    row, expected = ANTIGEN[swab]
    tube, at, result, reported = (row or " | | | ").split("|")
    swabbed = f"{tube} | Ana | {at}" if row else ""
    back = f"{tube} | nat | {result} | {reported}" if row else ""
    told = facts(names, {
        "sample": f"""
            tube | person | sampled_at
            K1   | Ana    | 03-30 18:00
            {swabbed}
        """,
        "tube": TUBES,
        "result": f"""
            tube | test    | result   | reported_at
            K1   | antigen | positive | 03-30 18:15
            {back}
        """,
    })  # fmt: skip
    found = cases(told, wuxi).to_pyarrow()["class"].to_pylist()
    assert found == ([expected] if expected else [])


def test_one_persons_negative_answers_only_their_own_kit(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "sample": """
            tube | person | sampled_at
            K1   | Ana    | 03-30 18:00
            K1   | Bo     | 03-30 18:00
            N1   | Bo     | 03-30 18:05
        """,
        "tube": TUBES,
        "result": """
            tube | test    | result   | reported_at
            K1   | antigen | positive | 03-30 18:15
            N1   | nat     | negative | 03-30 21:00
        """,
    })  # fmt: skip
    # The kit was entered for both of them: whose it was is not known, so it stands for Ana until answered.
    assert_shows(cases(told, wuxi), names, "person | class\nAna | screen_positive")


def test_a_new_antigen_positive_after_a_negative_is_a_new_sign(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "sample": """
            tube | person | sampled_at
            K1   | Ana    | 03-25 18:00
            N1   | Ana    | 03-25 18:05
            K2   | Ana    | 03-30 09:00
        """,
        "tube": TUBES,
        "result": """
            tube | test    | result   | reported_at
            K1   | antigen | positive | 03-25 18:15
            N1   | nat     | negative | 03-25 23:00
            K2   | antigen | positive | 03-30 09:15
        """,
    })  # fmt: skip
    # The first kit was answered; the second was not, so the case begins with it.
    assert_shows(cases(told, wuxi), names, """
        person | class           | detected_at | first_positive
        Ana    | screen_positive | 03-30 09:15 | 03-30 09:00
    """)  # fmt: skip


def test_a_corrected_result_ends_the_case(wuxi: Protocol, names: Names) -> None:
    drawings = {
        "sample": """
            tube | person | sampled_at
            N1   | Ana    | 03-30 18:00
        """,
        "tube": TUBES,
        "result": """
            tube | test | result   | reported_at
            N1   | nat  | positive | 03-30 21:00
        """,
    }
    assert cases(facts(names, drawings), wuxi).to_pyarrow().num_rows == 1
    # The laboratory reports the same tube again: what it said first is superseded.
    corrected = {**drawings, "result": drawings["result"].replace("positive", "negative")}
    assert cases(facts(names, corrected), wuxi).to_pyarrow().num_rows == 0


def test_recovery_leaves_a_case_a_case(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "sample": """
            tube | person | sampled_at
            N1   | Ana    | 03-30 18:00
            N2   | Ana    | 04-12 09:00
        """,
        "tube": TUBES,
        "result": """
            tube | test | result   | reported_at
            N1   | nat  | positive | 03-30 21:00
            N2   | nat  | negative | 04-12 15:00
        """,
    })  # fmt: skip
    assert_shows(cases(told, wuxi), names, """
        person | class    | first_positive
        Ana    | positive | 03-30 18:00
    """)  # fmt: skip


UNKNOWN = {
    "one swab in it": ("X1 | Ana | 03-30 18:00", ["Ana"]),
    "two swabs in it": ("X1 | Ana | 03-30 18:00\nX1 | Bo | 03-30 18:01", []),
}


@pytest.mark.parametrize("tube", UNKNOWN)
def test_a_tube_not_on_the_register_is_as_full_as_its_swabs(tube: str, wuxi: Protocol, names: Names) -> None:
    rows, expected = UNKNOWN[tube]
    told = facts(names, {
        "sample": f"tube | person | sampled_at\n{rows}",
        "result": """
            tube | test | result   | reported_at
            X1   | nat  | positive | 03-30 21:00
        """,
    })  # fmt: skip
    people = cases(told, wuxi).to_pyarrow()["person"].to_pylist()
    assert [names.name(person) for person in people] == expected


def test_two_people_in_a_single_tube_are_not_both_cases(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "sample": """
            tube | person | sampled_at
            N1   | Ana    | 03-30 18:00
            N1   | Bo     | 03-30 18:05
        """,
        "tube": TUBES,
        "result": """
            tube | test | result   | reported_at
            N1   | nat  | positive | 03-30 21:00
        """,
    })  # fmt: skip
    assert cases(told, wuxi).to_pyarrow().num_rows == 0


def test_where_a_case_lives_and_who_keeps_it(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "residence": """
            person | kind       | area
            Ana    | living     | 320211001006-01-002-1-0301
            Ana    | registered | 320402001001
        """,
        "case_report": """
            person | reported_at | symptoms | onset | status    | elsewhere
            Ana    | 03-30 11:00 | yes      | 03-27 | confirmed | yes
            Bo     | 03-30 11:00 | no       |       | asymptomatic |
        """,
    })  # fmt: skip
    assert_shows(cases(told, wuxi), names, """
        person | area                       | elsewhere | evidence
        Ana    | 320211001006-01-002-1-0301 | yes       | [8589934592]
        Bo     |                            | no        | [8589934593]
    """)  # fmt: skip


def test_an_instant_is_naive_utc(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "case_report": """
            person | reported_at | status
            Ana    | 03-30 07:00 | confirmed
        """,
    })  # fmt: skip
    [found] = cases(told, wuxi).to_pyarrow().to_pylist()
    assert found["detected_at"] == datetime(2022, 3, 29, 23, 0)  # noqa: DTZ001
