"""Which swabs answer what a contact owes? Only single ones: contacts are never pooled."""

from ringfence.engine import swabs
from ringfence.protocol import Protocol
from tests.drawing import Names, assert_shows, decided, facts


def test_a_pool_is_no_test_of_a_contact_whatever_it_said(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "sample": """
            tube | person | sampled_at
            T1   | Bo     | 03-29 09:00
            T2   | Bo     | 03-30 09:00
            T3   | Bo     | 03-30 10:00
            S1   | Bo     | 03-30 11:00
            S2   | Bo     | 03-30 12:00
            K1   | Bo     | 03-30 13:00
            S3   | Bo     | 03-30 14:00
            X1   | Bo     | 03-30 15:00
            X1   | Cy     | 03-30 15:01
        """,
        "tube": """
            tube | pool
            T1   | 10
            T2   | 10
            T3   | 20
            S1   | 1
            S2   | 1
            S3   | 1
        """,
        "result": """
            tube | test    | result   | reported_at
            T1   | nat     | negative | 03-29 15:00
            T2   | nat     | positive | 03-30 15:00
            S1   | nat     | negative | 03-30 15:00
            S2   | nat     | invalid  | 03-30 15:00
            K1   | antigen | negative | 03-30 13:15
            X1   | nat     | negative | 03-30 21:00
        """,
    })  # fmt: skip
    bo = decided("contacts", names, "person\nBo").select("person")
    # His pools of ten and twenty, and the tube he shared with Cy, say nothing of him.
    assert_shows(swabs.tests_of(told, bo, wuxi), names, """
        person | sampled_at  | test    | result   | day
        Bo     | 03-30 11:00 | nat     | negative | 03-30
        Bo     | 03-30 12:00 | nat     | invalid  | 03-30
        Bo     | 03-30 13:00 | antigen | negative | 03-30
        Bo     | 03-30 14:00 |         |          | 03-30
    """)  # fmt: skip
