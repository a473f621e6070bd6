"""What is done with somebody at a gate, and why?"""

from dataclasses import replace

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from ringfence.engine.gates import gate
from ringfence.protocol import Protocol
from tests.drawing import Names, assert_shows, decided, drawn, facts, instant
from tests.spec.screening import screening

AT = "03-31 10:00"
NEGATIVE = """
    tube | test | result   | tested_at   | reported_at
    T1   | nat  | negative | {tested}    | {reported}
"""


def at_the_gate(names: Names, asked: str, codes: str = "person", **facts_drawn: str) -> ir.Table:
    return with_rules(screening(), names, asked, codes, **facts_drawn)


def with_rules(
    rules: Protocol, names: Names, asked: str, codes: str = "person", **facts_drawn: str
) -> ir.Table:
    known = facts(names, facts_drawn)
    said = drawn(asked)
    columns = {
        "person": pa.array([names.number(row["person"]) for row in said], pa.int64()),
        "at": pa.array([instant(row["at"]) for row in said], pa.timestamp("us")),
        "vehicle": pa.array([row.get("vehicle") or None for row in said], pa.string()),
        "permit": pa.array(
            [{"yes": True, "no": False}.get(row.get("permit", "")) for row in said], pa.bool_()
        ),
        "antigen": pa.array([row.get("antigen") or None for row in said], pa.string()),
    }
    done = {"codes": decided("codes", names, codes)}
    return gate(known, done, rules, ibis.memtable(pa.table(columns)))


def test_the_gravest_comes_first(names: Names) -> None:
    found = at_the_gate(
        names,
        """
        person | at          | antigen
        Ana    | 03-31 10:00 | positive
        Bo     | 03-31 10:00 | positive
        Cy     | 03-31 10:00 | negative
        """,
        "person | colour | until | evidence\nAna | red | 04-07 00:00 | 77\nCy | yellow | | 78",
    )
    assert_shows(found, names, """
        person | at          | code   | do              | rule          | until       | review | evidence
        Ana    | 03-31 10:00 | red    | wait quarantine | gate-red      | 04-07 00:00 | no     | [77]
        Bo     | 03-31 10:00 | green  | seal sample     | gate-positive |             | no     | []
        Cy     | 03-31 10:00 | yellow | turn_back       | gate-else     |             | no     | [78]
    """)  # fmt: skip


# The rows ask in order: sampled less than 24 hours ago, else reported within 24 (or nothing known: judged).
AGES = {
    "sampled just within 24 hours": ("03-30 10:01", "", "03-30 22:00", "gate-day", "03-30 10:01", 23),
    "sampled 24 hours ago is not less": (
        "03-30 10:00",
        "",
        "03-30 22:00",
        "gate-reported",
        "03-30 22:00",
        12,
    ),
    "reported 24 hours ago is within": ("03-29 10:00", "", "03-30 10:00", "gate-reported", "03-30 10:00", 24),
    "a second more is not": ("03-29 10:00", "", "03-30 09:59:59", "gate-else", "03-29 10:00", 48),
}


@pytest.mark.parametrize("age", AGES)
def test_each_row_counts_by_its_own_clock(age: str, names: Names) -> None:
    sampled, tested, reported, rule, negative_at, hours = AGES[age]
    found = at_the_gate(
        names, f"person | at\nAna | {AT}", sample=f"tube | person | sampled_at\nT1 | Ana | {sampled}",
        result=NEGATIVE.format(tested=tested, reported=reported),
    )  # fmt: skip
    assert_shows(found, names, f"""
        person | rule   | negative_at   | negative_h | review
        Ana    | {rule} | {negative_at} | {hours}    | no
    """)  # fmt: skip


def test_freight_counts_from_the_test(names: Names) -> None:
    asked = (
        "person | at | vehicle | permit\nAna | 03-31 10:00 | freight | yes\nBo | 03-31 10:00 | freight | no"
    )
    for tested, reported, rule in (
        ("03-29 10:00", "03-30 10:00", "gate-freight"),
        ("03-29 09:59", "03-30 10:00", "gate-reported"),
        # Nobody said when it was tested: its age by that clock is unknown.
        ("", "03-30 10:00", "gate-reported"),
    ):
        found = at_the_gate(
            names, asked,
            sample="tube | person | sampled_at\nT1 | Ana | 03-29 09:00\nT1 | Bo | 03-29 09:00",
            result=NEGATIVE.format(tested=tested, reported=reported),
        )  # fmt: skip
        assert_shows(found, names, f"person | rule\nAna | {rule}\nBo | gate-reported")


def test_a_negative_is_one_known_by_then(names: Names) -> None:
    found = at_the_gate(
        names,
        "person | at\nAna | 03-31 10:00\nAna | 03-31 12:00\nBo | 03-31 10:00\nCy | 03-31 10:00",
        tube="tube | pool\nT1 | 10\nT2 | 1\nT3 | 1",
        sample="""
            tube | person | sampled_at
            T1   | Ana    | 03-31 06:00
            T2   | Bo     | 03-31 06:00
            T3   | Cy     | 03-31 06:00
        """,
        result="""
            tube | test    | result   | reported_at
            T1   | nat     | negative | 03-31 11:00
            T2   | antigen | negative | 03-31 06:15
            T3   | nat     | positive | 03-31 09:00
        """,
    )
    # Ana's pool is not back at ten. An antigen test is no such negative. Unknown is for the gate to judge.
    assert_shows(found, names, """
        person | at          | rule          | do            | review | negative_h
        Ana    | 03-31 10:00 | gate-reported | pass register | yes    |
        Ana    | 03-31 12:00 | gate-day      | pass          | no     | 6
        Bo     | 03-31 10:00 | gate-reported | pass register | yes    |
        Cy     | 03-31 10:00 | gate-reported | pass register | yes    |
    """)  # fmt: skip


def test_where_they_come_from_is_what_the_arrival_of_that_day_says(names: Names) -> None:
    found = at_the_gate(
        names,
        """
        person | at          | vehicle
        Ana    | 03-31 10:00 |
        Bo     | 03-31 10:00 |
        Cy     | 03-31 10:00 |
        Dee    | 03-31 10:00 |
        Eve    | 03-31 10:00 | car
        """,
        arrival="""
            person | at          | origin | vehicle | permit
            Ana    | 03-31 10:00 | abroad | coach   |
            Ana    | 03-31 06:00 | low    | coach   |
            Bo     | 03-30 23:59 | abroad | coach   |
            Cy     | 03-31 10:01 | abroad | coach   |
            Dee    | 03-31 00:00 | low    | freight | yes
            Eve    | 03-31 09:00 | low    | freight | yes
        """,
        sample="tube | person | sampled_at\nT1 | Dee | 03-30 09:00\nT1 | Eve | 03-30 09:00",
        result=NEGATIVE.format(tested="03-30 12:00", reported="03-30 12:00"),
    )
    # What Dee came in and showed is told of the arrival; what the gate saw of Eve goes before it.
    assert_shows(found, names, """
        person | origin | rule          | values.vehicle | values.permit
        Ana    | abroad | gate-abroad   | coach          | None
        Bo     |        | gate-reported | None           | None
        Cy     |        | gate-reported | None           | None
        Dee    | low    | gate-freight  | freight        | True
        Eve    | low    | gate-reported | car            | True
    """)  # fmt: skip


def test_it_rests_on_the_negative_and_the_arrival(names: Names) -> None:
    found = at_the_gate(
        names, f"person | at\nAna | {AT}", "person | colour | evidence\nAna | green | 77",
        arrival=f"person | at | origin\nAna | {AT} | low",
        sample="tube | person | sampled_at\nT1 | Ana | 03-31 06:00",
        result=NEGATIVE.format(tested="", reported="03-31 09:00"),
    )  # fmt: skip
    assert_shows(found, names, f"rule | evidence\ngate-day | {[77, 1 << 32, 3 << 32]}")


def test_an_edition_without_gates_says_nothing(names: Names) -> None:
    rules = replace(screening(), gates=())
    assert_shows(with_rules(rules, names, f"person | at\nAna | {AT}"), names, "person\n")
