"""In which span was a case infected? Counted back from onset or the first positive swab, by edition."""

import pytest

from ringfence.engine.incubation import infected
from ringfence.protocol import Protocol, resolve
from tests.drawing import Names, assert_shows, facts, instant

SWABBED = {
    "sample": """
        tube | person | sampled_at
        S1   | Ana    | 03-30 18:00
        S2   | Bo     | 03-30 18:00
    """,
    "tube": """
        tube | pool
        S1   | 1
        S2   | 1
    """,
    "result": """
        tube | test | result   | reported_at
        S1   | nat  | positive | 03-30 21:00
        S2   | nat  | positive | 03-30 21:00
    """,
    "case_report": """
        person | reported_at | symptoms | onset
        Ana    | 03-30 22:00 | yes      | 03-28
        Cy     | 03-30 22:00 | yes      |
    """,
}


def test_fourteen_days_before_onset_or_else_before_the_first_positive_swab(
    wuxi: Protocol, names: Names
) -> None:
    # 28 March - 14 = 14 March; the day before onset is the last. 30 March - 14 = 16 March, until the swab.
    # Of Cy there is no onset and no swab: 14 days before the day of the report.
    assert_shows(infected(facts(names, SWABBED), [wuxi]), names, """
        person | infected_from | infected_to | rule                    | edition    | grade
        Ana    | 03-14 00:00   | 03-28 00:00 | incubation-symptomatic  | cn-covid-8 | A
        Bo     | 03-16 00:00   | 03-30 18:00 | incubation-asymptomatic | cn-covid-8 | ?
        Cy     | 03-16 00:00   | 03-30 22:00 | incubation-asymptomatic | cn-covid-8 | ?
    """)  # fmt: skip


def test_a_swab_before_onset_ends_the_span(wuxi: Protocol, names: Names) -> None:
    told = {
        **SWABBED,
        "case_report": "person | reported_at | symptoms | onset\nAna | 04-02 09:00 | yes | 04-01",
    }
    assert_shows(infected(facts(names, told), [wuxi]), names, """
        person | infected_from | infected_to
        Ana    | 03-18 00:00   | 03-30 18:00
        Bo     | 03-16 00:00   | 03-30 18:00
    """)  # fmt: skip


def test_the_ninth_edition_counts_seven_days(names: Names) -> None:
    ninth = resolve("3202", "covid-19", instant("07-15 12:00"))
    assert_shows(infected(facts(names, SWABBED), [ninth]), names, """
        person | infected_from | edition
        Ana    | 03-21 00:00   | cn-covid-9
        Bo     | 03-23 00:00   | cn-covid-9
        Cy     | 03-23 00:00   | cn-covid-9
    """)  # fmt: skip


@pytest.mark.parametrize(
    ("disease", "area", "at", "first", "last"),
    [
        # Onset on 28 March; the span ends before the day named last.
        ("ebola", "WORLD", "2025-03-01 00:00", "03-07", "03-27"),  # 2 to 21 days: 7 to 26 March
        ("mpox", "WORLD", "2025-03-01 00:00", "03-07", "03-28"),  # 1 to 21 days: 7 to 27 March
        ("pertussis", "US", "2025-03-01 00:00", "03-07", "03-25"),  # 4 to 21 days: 7 to 24 March
        ("hfmd", "CN", "2025-03-01 00:00", "03-18", "03-27"),  # 2 to 10 days: 18 to 26 March
    ],
)
def test_each_disease_has_its_own(disease: str, area: str, at: str, first: str, last: str) -> None:
    [row] = resolve(area, disease, instant(at)).incubations
    days = 28 + row.begin.parts[0].shift, 28 + row.end.parts[0].shift
    assert (f"03-{days[0]:02}", f"03-{days[1]:02}") == (first, last)


def test_measles_is_counted_from_the_first_symptom_or_else_from_the_rash(names: Names) -> None:
    # Ana: 7 to 21 days before 28 March are 7 to 21 March. Bo's rash came on 28 March, so the first symptom
    # was on 23 to 25 March: 21 days before the one and 7 before the other are 2 to 18 March. New York's
    # midnight is one in the afternoon in China, and noon from 13 March on.
    told = facts(names, {
        "case_report": """
            person | reported_at | symptoms | onset | status
            Ana    | 03-30 22:00 | yes      | 03-28 | confirmed
            Bo     | 03-30 22:00 | yes      |       | confirmed
        """,
        "milestone": "person | kind | day\nBo | rash | 03-28",
    })  # fmt: skip
    assert_shows(infected(told, [resolve("US", "measles", instant("2022-03-31 12:00"))]), names, """
        person | infected_from | infected_to | rule
        Ana    | 03-07 13:00   | 03-22 12:00 | incubation-onset
        Bo     | 03-02 13:00   | 03-19 12:00 | incubation-rash
    """)  # fmt: skip


def test_an_edition_may_say_nothing_of_incubation(names: Names) -> None:
    tuberculosis = resolve("CN", "tuberculosis", instant("2025-03-01 00:00"))
    assert tuberculosis.incubations == ()
    rows = infected(facts(names, SWABBED), [tuberculosis]).to_pyarrow().to_pylist()
    assert {(row["infected_from"], row["rule"]) for row in rows} == {(None, None)}
