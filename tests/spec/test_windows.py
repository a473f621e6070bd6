"""In which window was a case infectious? Look-back by edition, and until kept apart."""

from ringfence.engine.cases import cases
from ringfence.protocol import Protocol
from tests.drawing import Names, assert_shows, facts

SWABBED = {
    "sample": """
        tube | person | sampled_at
        T1   | Ana    | 03-30 14:00
        T1   | Bo     | 03-30 14:00
        S1   | Ana    | 03-30 18:00
    """,
    "tube": """
        tube | pool
        T1   | 10
        S1   | 1
        S2   | 1
    """,
    "result": """
        tube | test | result   | reported_at
        T1   | nat  | positive | 03-30 17:10
        S1   | nat  | positive | 03-30 21:00
    """,
}


def with_stay(rows: str) -> dict[str, str]:
    return {**SWABBED, "stay": f"person | kind | begin | end\n{rows}"}


def test_from_the_first_positive_swab_the_pools_included(wuxi: Protocol, names: Names) -> None:
    # No symptoms told: four days before the day of the first positive swab, 30 March - 4 = 26 March.
    assert_shows(cases(facts(names, SWABBED), wuxi), names, """
        person | first_positive | window_from | window_to | window_rule
        Ana    | 03-30 14:00    | 03-26 00:00 |           | window-asymptomatic
    """)  # fmt: skip


def test_a_pool_answered_by_a_negative_was_not_theirs(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "sample": """
            tube | person | sampled_at
            T1   | Ana    | 03-10 14:00
            S1   | Ana    | 03-10 18:00
            S2   | Ana    | 03-30 18:00
        """,
        "tube": SWABBED["tube"],
        "result": """
            tube | test | result   | reported_at
            T1   | nat  | positive | 03-10 17:10
            S1   | nat  | negative | 03-10 21:00
            S2   | nat  | positive | 03-30 21:00
        """,
    })  # fmt: skip
    assert_shows(cases(told, wuxi), names, """
        person | first_positive | window_from
        Ana    | 03-30 18:00    | 03-26 00:00
    """)  # fmt: skip


def test_with_symptoms_from_onset(wuxi: Protocol, national: Protocol, names: Names) -> None:
    told = facts(names, {
        **SWABBED,
        "case_report": """
            person | reported_at | symptoms | onset
            Ana    | 03-30 22:00 | yes      | 03-29
        """,
    })  # fmt: skip
    # 29 March less four days; less two under the 8th edition alone.
    assert_shows(cases(told, wuxi), names, """
        person | window_from | window_rule
        Ana    | 03-25 00:00 | window-symptomatic
    """)  # fmt: skip
    assert_shows(cases(told, national), names, """
        person | window_from | window_rule
        Ana    | 03-27 00:00 | window-symptomatic
    """)  # fmt: skip


def test_symptoms_without_a_day_fall_back_on_the_swab(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        **SWABBED,
        "case_report": """
            person | reported_at | symptoms
            Ana    | 03-30 22:00 | yes
        """,
    })  # fmt: skip
    assert_shows(cases(told, wuxi), names, """
        person | class     | window_from | window_rule
        Ana    | confirmed | 03-26 00:00 | window-asymptomatic
    """)  # fmt: skip


def test_a_reported_case_without_onset_or_swab_has_no_window_yet(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "case_report": """
            person | reported_at | status
            Ana    | 03-30 22:00 | confirmed
        """,
    })  # fmt: skip
    assert_shows(cases(told, wuxi), names, """
        person | class    | window_from | window_to | window_rule
        Ana    | reported |             |           |
    """)  # fmt: skip


def ends(names: Names, wuxi: Protocol, stays: str) -> list[str]:
    [row] = cases(facts(names, with_stay(stays)), wuxi).to_pyarrow().to_pylist()
    return [f"{row[name]:%m-%d %H:%M}" if row[name] else "" for name in ("window_from", "window_to")]


def test_it_ends_when_the_case_is_kept_apart(wuxi: Protocol, names: Names) -> None:
    # Instants below are UTC: 26 March 00:00 in Wuxi is 25 March 16:00.
    begin = "03-25 16:00"
    assert ends(names, wuxi, "Ana | hold | 03-30 17:40 |") == [begin, "03-30 09:40"]
    # Held where she was, then taken to hospital: apart since the hold.
    moved = "Ana | hold | 03-30 17:40 | 03-30 23:00\nAna | hospital | 03-30 23:00 |"
    assert ends(names, wuxi, moved) == [begin, "03-30 09:40"]
    # A hold that ended before the positive was known let her go; 22:30 is when she was apart for good.
    free = "Ana | hold | 03-30 17:40 | 03-30 19:00\nAna | hospital | 03-30 22:30 |"
    assert ends(names, wuxi, free) == [begin, "03-30 14:30"]
    # At home with her family, or away on a journey, is not apart.
    assert ends(names, wuxi, "Ana | home | 03-30 17:40 |") == [begin, ""]
    assert ends(names, wuxi, "Ana | away | 03-30 17:40 |") == [begin, ""]


def test_a_case_found_in_quarantine_has_an_empty_window(wuxi: Protocol, names: Names) -> None:
    # In the site since 20 March: nobody was met from 26 March on.
    assert ends(names, wuxi, "Ana | central | 03-20 10:00 |") == ["03-25 16:00", "03-25 16:00"]
