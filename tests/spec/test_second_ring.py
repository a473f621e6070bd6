"""Who met a close contact, and from when until when does that count?"""

import ibis.expr.types as ir

from ringfence.engine.contacts import contacts, roots_of, second_ring, with_onset
from ringfence.protocol import Protocol
from ringfence.tables import Facts
from tests.drawing import Names, assert_shows, decided, facts, instant
from tests.spec.rules import with_contacts
from tests.spec.steps import ring_1, ring_2

NIGHT = instant("03-31 03:00")
CLOSE = """
    person | index | ring | case | class | review | known_at    | first_exposure | last_exposure
    Bo     | Ana   | 1    | Ana  | close | no     | 03-30 17:30 | 03-27 12:00    | 03-28 12:00
"""
MEALS = {
    "place": """
        place | name_zh | kind       | area         | closed
        1     | 饭店    | restaurant | 320211001006 | yes
    """,
    "visit": """
        person | place | enter       | leave       | part
        Bo     | 1     | 03-27 11:00 | 03-27 11:30 | 1
        Cy     | 1     | 03-27 11:00 | 03-27 11:30 | 1
        Bo     | 1     | 03-28 19:00 | 03-28 20:00 | 1
        Dee    | 1     | 03-28 19:00 | 03-28 20:00 | 1
        Bo     | 1     | 03-30 22:00 | 03-30 23:00 | 1
        Eve    | 1     | 03-30 22:00 | 03-30 23:00 | 1
    """,
}


def met(told: Facts, wuxi: Protocol, names: Names, close: str = CLOSE) -> ir.Table:
    return ring_2(decided("contacts", names, close), told, wuxi, NIGHT)


def test_from_the_first_exposure_until_the_contact_was_kept_apart(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        **MEALS,
        "stay": """
            person | kind    | begin       | end
            Bo     | central | 03-30 20:00 |
        """,
    })  # fmt: skip
    # Cy ate with Bo before Bo had met Ana; Eve would have after Bo was taken to a site.
    assert_shows(met(told, wuxi, names), names, """
        person | index | case | ring | class     | review | rule           | known_at
        Dee    | Bo    | Ana  | 2    | secondary | no     | secondary-meal | 03-30 17:30
    """)  # fmt: skip


def test_until_now_while_the_contact_is_at_large(wuxi: Protocol, names: Names) -> None:
    assert_shows(met(facts(names, MEALS), wuxi, names), names, """
        person | last_exposure
        Dee    | 03-28 20:00
        Eve    | 03-30 23:00
    """)  # fmt: skip


def test_a_hold_that_ended_before_the_case_was_known_does_not_count(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        **MEALS,
        "stay": """
            person | kind    | begin       | end
            Bo     | hold    | 03-28 14:00 | 03-28 18:00
            Bo     | central | 03-30 20:00 |
        """,
    })  # fmt: skip
    assert met(told, wuxi, names).to_pyarrow()["person"].to_pylist() == [names.number("Dee")]


def test_a_contact_who_was_already_kept_apart_leads_to_nobody(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        **MEALS,
        "residence": """
            person | kind   | area
            Bo     | living | 320211001006-01-002-1-0301
            Fay    | living | 320211001006-01-002-1-0301
        """,
        "stay": """
            person | kind    | begin       | end
            Bo     | central | 03-20 20:00 |
        """,
    })  # fmt: skip
    assert met(told, wuxi, names).to_pyarrow().num_rows == 0


def test_contacts_still_to_be_judged_lead_to_nobody_yet(wuxi: Protocol, names: Names) -> None:
    unsure = CLOSE.replace("| no     |", "| yes    |")
    assert met(facts(names, MEALS), wuxi, names, unsure).to_pyarrow().num_rows == 0


def test_general_contacts_lead_to_nobody(wuxi: Protocol, names: Names) -> None:
    general = CLOSE.replace("close", "general")
    assert met(facts(names, MEALS), wuxi, names, general).to_pyarrow().num_rows == 0


def test_two_cases_of_one_batch_give_one_root_whatever_the_order(wuxi: Protocol, names: Names) -> None:
    for first, second in (("Ana", "Zoe"), ("Zoe", "Ana")):
        close = decided("contacts", names, f"""
            person | index    | case     | class | review | known_at
            Bo     | {first}  | {first}  | close | no     | 03-30 17:30
            Bo     | {second} | {second} | close | no     | 03-30 17:30
        """)  # fmt: skip
        assert_shows(roots_of(close), names, """
            index | case | known_at
            Bo    | Ana  | 03-30 17:30
        """)  # fmt: skip


def test_the_household_of_a_case_is_not_its_own_second_ring(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "sample": """
            tube | person | sampled_at
            S1   | Ana    | 03-30 18:00
        """,
        "tube": """
            tube | pool
            S1   | 1
        """,
        "result": """
            tube | test | result   | reported_at
            S1   | nat  | positive | 03-30 21:00
        """,
        "residence": """
            person | kind   | area
            Ana    | living | 320211001006-01-002-1-0301
            Bo     | living | 320211001006-01-002-1-0301
            Cy     | living | 320211001006-01-002-1-0301
        """,
        "membership": """
            person | place | kind  | part
            Bo     | 3     | class | 5
            Dee    | 3     | class | 5
        """,
        "place": """
            place | name_zh | kind      | area         | closed
            3     | 学校    | classroom | 320211001006 | yes
        """,
    })  # fmt: skip
    close = ring_1(told, wuxi, NIGHT)
    assert_shows(close, names, """
        person | index | class
        Bo     | Ana   | close
        Cy     | Ana   | close
    """)  # fmt: skip
    # Bo and Cy live together, and with Ana: neither is a secondary contact of the other, nor is she.
    # Whether Dee sat near Bo in class is for a tracer.
    assert_shows(ring_2(close, told, wuxi, NIGHT), names, """
        person | index | class     | review
        Dee    | Bo    | secondary | yes
    """)  # fmt: skip


def test_tiers_below_a_close_contact_lead_to_nobody(wuxi: Protocol, names: Names) -> None:
    for tier in ("medium", "low", "companion"):
        assert met(facts(names, MEALS), wuxi, names, CLOSE.replace("close", tier)).to_pyarrow().num_rows == 0


def test_the_second_ring_may_ask_of_the_case_and_the_person(wuxi: Protocol, names: Names) -> None:
    rules = with_contacts(wuxi, """
        ring | gives     | when                             | unknown
        1    | close     | relation = lives_with            |
        2    | secondary | onset_age_d >= 10 and age >= 60  |
        2    | general   |                                  |
    """)  # fmt: skip
    told = facts(names, {**MEALS, "person": "person | birth_year\nDee | 1962\nEve | 1963"})
    close = decided("contacts", names, CLOSE)
    infected = decided("cases", names, "person | onset\nAna | 03-20")
    roots = with_onset(roots_of(close), infected)
    found = contacts(second_ring(close, told, rules, NIGHT), roots, told, rules, 2)
    # Ana fell ill on 20 March and was found on the 30th. Dee turns 60 in the year they met, Eve a year later.
    assert_shows(found, names, "person | class\nDee | secondary\nEve | general")
