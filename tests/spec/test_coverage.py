"""Who should have been sampled in a round, and where does each stand? By name."""

import ibis.expr.types as ir
import pytest

from ringfence.engine.coverage import by_area, coverage
from ringfence.protocol import Protocol
from tests.drawing import Names, assert_shows, facts, instant

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
