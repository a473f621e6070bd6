"""Who should have been sampled in a round, and where does each stand? By name."""

import ibis.expr.types as ir
import pytest

from ringfence.engine.coverage import by_area, coverage
from ringfence.protocol import Protocol
from ringfence.tables import fact_text
from tests.drawing import Names, assert_shows, facts, instant
from tests.spec.screening import screening

ROUND = """
    round | area         | name_zh | opens_at    | due_at
    R1    | 320211001    | 首轮    | 03-31 06:00 | 03-31 20:00
"""
PEOPLE = """
    person | kind       | area                       | from_day | to_day
    Ana    | living     | 320211001006-01-002-1-0301 |          |
    Bo     | living     | 320211001006-01-002-1-0301 |          |
    Cy     | living     | 320211001006-01-002-1-0302 |          |
    Dee    | living     | 320211001007               |          |
    Eve    | living     | 320211002001               |          |
    Fay    | living     | 320211001006-01-003-1-0101 |          |
    Gil    | registered | 320211001006-01-003-1-0101 |          |
"""
TUBES = """
    tube | pool | round | received_at
    T1   | 10   | R1    |
    T2   | 10   | R1    | 03-31 09:00
    T3   | 10   | R1    | 03-31 09:00
    T0   | 10   |       |
"""


def seen(wuxi: Protocol, names: Names, at: str = "03-31 10:00", **drawings: str) -> ir.Table:
    return coverage(
        facts(names, {"round": ROUND, "residence": PEOPLE, "tube": TUBES, **drawings}), wuxi, instant(at)
    )


def test_everyone_living_in_the_area_stands_somewhere(wuxi: Protocol, names: Names) -> None:
    found = seen(wuxi, names, sample="""
        tube | person | sampled_at
        T1   | Ana    | 03-31 08:00
        T2   | Bo     | 03-31 08:00
        T3   | Cy     | 03-31 08:00
        T3   | Eve    | 03-31 08:01
        T3   | Gil    | 03-31 08:02
        T0   | Fay    | 03-31 08:00
    """, result="""
        tube | test | result   | reported_at
        T3   | nat  | negative | 03-31 15:00
    """)  # fmt: skip
    # Eve lives in another town and Gil is only registered here: both were sampled. Fay's tube belongs to
    # no round. Dee's address is known to the community only.
    assert_shows(found, names, """
        round | person | status       | area                       | tube
        R1    | Ana    | sampled      | 320211001006-01-002-1-0301 | T1
        R1    | Bo     | received     | 320211001006-01-002-1-0301 | T2
        R1    | Cy     | resulted     | 320211001006-01-002-1-0302 | T3
        R1    | Dee    | missing      | 320211001007               |
        R1    | Eve    | elsewhere    | 320211002001               | T3
        R1    | Fay    | missing      | 320211001006-01-003-1-0101 |
        R1    | Gil    | unregistered |                            | T3
    """)  # fmt: skip


def test_who_need_not_come(wuxi: Protocol, names: Names) -> None:
    found = seen(wuxi, names, exemption="""
        person | from_day | to_day | reason
        Ana    | 03-30    | 04-01  | vaccinated
        Bo     | 03-29    | 03-31  | vaccinated
        Dee    | 03-30    | 04-01  | vaccinated
    """, stay="""
        person | kind    | begin       | end
        Cy     | away    | 03-29 08:00 |
        Fay    | central | 03-29 08:00 |
    """, sample="""
        tube | person | sampled_at
        T1   | Dee    | 03-31 08:00
    """)  # fmt: skip
    # Bo's exemption ended with the 30th. Dee came all the same. Fay is in a site, which samples its own.
    assert_shows(found, names, """
        person | status
        Ana    | exempt
        Bo     | missing
        Cy     | away
        Dee    | sampled
        Fay    | away
    """)  # fmt: skip


AWAY = {
    "came back before it was due": ("03-31 10:00", "03-29 08:00 | 03-31 18:00", "away"),
    "and is looked at after": ("03-31 19:00", "03-29 08:00 | 03-31 18:00", "missing"),
    "left after it was due": ("04-02 10:00", "04-01 08:00 |", "missing"),
    "was away then, and is looked at long after": ("04-09 10:00", "03-29 08:00 | 04-05 18:00", "away"),
}


@pytest.mark.parametrize("away", AWAY)
def test_a_round_that_is_over_stays_as_it_was(away: str, wuxi: Protocol, names: Names) -> None:
    at, stay, status = AWAY[away]
    found = seen(wuxi, names, at, stay=f"person | kind | begin | end\nAna | away | {stay}")
    assert_shows(found.filter(found.person == names.number("Ana")), names, f"status\n{status}")


def test_who_moved(wuxi: Protocol, names: Names) -> None:
    found = seen(wuxi, names, residence="""
        person | kind   | area         | from_day | to_day
        Ana    | living | 320211001006 | 04-01    |
        Bo     | living | 320211001006 |          | 03-31
        Cy     | living | 320211001006 | 03-31    | 04-01
    """)  # fmt: skip
    assert_shows(found, names, "person | status\nCy | missing")


def test_rounds_that_overlap_are_counted_apart(wuxi: Protocol, names: Names) -> None:
    found = seen(wuxi, names, round=f"""{ROUND}
        R1    | 320211001006 | 首轮    | 03-31 06:00 | 03-31 20:00
        R2    | 320211001006 | 加测    | 03-31 12:00 | 03-31 22:00
    """, sample="""
        tube | person | sampled_at
        T1   | Ana    | 03-31 08:00
        T2   | Ana    | 03-31 08:00
    """)  # fmt: skip
    # Twice in one round, by two rows of its area and two tubes, is once; the second round is its own.
    assert_shows(found, names, """
        round | person | status   | tube
        R1    | Ana    | received | T1
        R1    | Bo     | missing  |
        R1    | Cy     | missing  |
        R1    | Dee    | missing  |
        R1    | Fay    | missing  |
        R2    | Ana    | missing  |
        R2    | Bo     | missing  |
        R2    | Cy     | missing  |
        R2    | Fay    | missing  |
    """)  # fmt: skip


def test_a_prefix_is_not_an_ancestor(wuxi: Protocol, names: Names) -> None:
    round_ = ROUND.replace("320211001 ", "320211001006-1 ")
    found = seen(wuxi, names, round=round_, residence="""
        person | kind   | area
        Ana    | living | 320211001006-1-002
        Bo     | living | 320211001006-12-002
    """)  # fmt: skip
    assert_shows(found, names, "person\nAna")


def test_counted_by_community(wuxi: Protocol, names: Names) -> None:
    found = seen(wuxi, names, sample="tube | person | sampled_at\nT1 | Ana | 03-31 08:00")
    rows = by_area(found, "community").to_pyarrow().to_pylist()
    assert [(row["area"], row["missing"], row["sampled"]) for row in rows] == [
        ("320211001006", 3, 1),
        ("320211001007", 1, 0),
    ]


def test_every_row_rests_on_facts(wuxi: Protocol, names: Names) -> None:
    found = seen(
        wuxi, names, sample="tube | person | sampled_at\nT1 | Ana | 03-31 08:00\nT1 | Gil | 03-31 08:00"
    )
    assert all(row["evidence"] for row in found.to_pyarrow().to_pylist())


SKIPPING = {
    "immunity": """
        person | kind      | at
        Ana    | vaccine   | 03-29 06:00
        Bo     | vaccine   | 03-29 06:01
        Bo     | vaccine   | 03-01 09:00
        Dee    | infection | 03-30 09:00
    """,
    "sample": """
        tube | person | sampled_at
        T0   | Cy     | 03-30 06:00
        T9   | Dee    | 03-30 05:59
        K1   | Dee    | 03-30 20:00
        T0   | Fay    | 03-31 06:01
    """,
    "result": """
        tube | test    | result   | reported_at
        K1   | antigen | negative | 03-30 20:15
    """,
}


def test_who_is_left_out_by_a_rule(names: Names) -> None:
    # By the minute: 48 hours are not less than 48, 24 hours are within 24. An infection is no dose, an
    # antigen test no nucleic acid swab, and Fay's swab came after the round opened.
    found = seen(screening(), names, **SKIPPING)
    assert_shows(found, names, """
        person | status  | skip_rule
        Ana    | missing |
        Bo     | skipped | skip-vaccinated
        Cy     | skipped | skip-tested
        Dee    | missing |
        Fay    | missing |
    """)  # fmt: skip
    # Told in this order: 1 rounds, 2 homes, 3 tubes, 4 doses, 5 samples, 6 results.
    rests = {names.name(row["person"]): row["evidence"] for row in found.to_pyarrow().to_pylist()}
    assert [fact_text(fact) for fact in rests["Bo"]] == ["2.1", "4.1"]
    assert [fact_text(fact) for fact in rests["Cy"]] == ["2.2", "5.0"]
    assert [fact_text(fact) for fact in rests["Ana"]] == ["2.0"]


def test_whoever_is_sampled_exempt_or_away_was_not_left_out(names: Names) -> None:
    found = seen(screening(), names, immunity="""
        person | kind    | at
        Ana    | vaccine | 03-30 09:00
        Bo     | vaccine | 03-30 09:00
        Cy     | vaccine | 03-30 09:00
        Dee    | vaccine | 03-30 09:00
        Eve    | vaccine | 03-30 09:00
    """, sample="""
        tube | person | sampled_at
        T1   | Ana    | 03-31 08:00
        T1   | Eve    | 03-31 08:00
    """, exemption="""
        person | from_day | to_day | reason
        Bo     | 03-30    | 04-01  | dialysis
    """, stay="""
        person | kind | begin       | end
        Cy     | away | 03-29 08:00 |
    """)  # fmt: skip
    assert_shows(found, names, """
        person | status    | skip_rule
        Ana    | sampled   |
        Bo     | exempt    |
        Cy     | away      |
        Dee    | skipped   | skip-vaccinated
        Eve    | elsewhere |
        Fay    | missing   |
    """)  # fmt: skip


def test_left_out_is_as_things_stood_when_the_round_opened(names: Names) -> None:
    doses = "person | kind | at\nAna | vaccine | 03-31 07:00\nBo | vaccine | 03-30 09:00"
    for at in ("03-31 10:00", "04-09 10:00"):
        found = seen(screening(), names, at, immunity=doses)
        found = found.filter(found.person.isin([names.number("Ana"), names.number("Bo")]))
        assert_shows(found, names, "person | status\nAna | missing\nBo | skipped")


def test_an_edition_without_skip_rows_skips_nobody(names: Names, national: Protocol) -> None:
    assert not national.skips
    found = seen(national, names, **SKIPPING)
    assert set(found.to_pyarrow()["status"].to_pylist()) == {"missing"}
