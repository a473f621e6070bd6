"""How many swabs may each person's tube hold, and by which rule?"""

from dataclasses import replace

import ibis.expr.types as ir

from ringfence.engine.coverage import coverage
from ringfence.engine.tubes import with_tubes
from ringfence.protocol import Protocol
from tests.drawing import Names, assert_shows, decided, facts, instant
from tests.spec.screening import screening

ROUND = """
    round | area      | name_zh | opens_at    | due_at
    R1    | 320211001 | 首轮    | 03-31 06:00 | 03-31 20:00
"""
AT = "03-31 10:00"


def living(*people: str, at: str = "320211001006-01-002-1-0301") -> str:
    return "\n".join(["person | kind | area", *(f"{who} | living | {at}" for who in people)])


def pooled(
    names: Names, contacts: str = "person", courses: str = "person", protocol: Protocol | None = None,
    **drawn: str,
) -> ir.Table:  # fmt: skip
    """Everyone the round concerns, with their pool."""
    rules = protocol or screening()
    told = facts(names, {"round": ROUND, **drawn})
    done = {"contacts": decided("contacts", names, contacts), "courses": decided("courses", names, courses)}
    return with_tubes(coverage(told, rules, instant(AT)), done, told, rules, instant(AT))


def test_everybody_of_whom_nothing_is_known_has_the_row_of_all_others(names: Names) -> None:
    assert_shows(pooled(names, residence=living("Ana", "Bo")), names, """
        person | pool | per | pool_rule
        Ana    | 20   |     | pool-rest
        Bo     | 20   |     | pool-rest
    """)  # fmt: skip


def test_symptoms_and_quarantine_are_never_pooled(names: Names) -> None:
    found = pooled(
        names,
        residence=living("Ana", "Bo", "Cy", "Dee", "Eve", "Fay", "Gil"),
        case_report="""
            person | reported_at | symptoms | status
            Ana    | 03-30 20:00 | yes      | suspected
            Bo     | 03-30 20:00 | no       | suspected
            Cy     | 03-30 20:00 |          | suspected
        """,
        stay="""
            person | kind    | begin       | end
            Dee    | home    | 03-30 08:00 | 03-31 10:01
            Eve    | central | 03-29 08:00 | 03-31 10:00
            Fay    | hold    | 03-30 08:00 |
            Gil    | home    | 03-31 10:01 |
        """,
    )
    # Eve is just out, Gil not yet in; a hold is no quarantine. Of Cy's symptoms nothing is said.
    assert_shows(found, names, """
        person | pool | pool_rule
        Ana    | 1    | pool-never
        Bo     | 20   | pool-rest
        Cy     | 20   | pool-rest
        Dee    | 1    | pool-never
        Eve    | 20   | pool-rest
        Fay    | 20   | pool-rest
        Gil    | 20   | pool-rest
    """)  # fmt: skip


COURSES = """
    person | class      | phase | place           | state
    Ana    | close      | 1     | central         | to_place
    Ana    | close      | 2     | home_monitoring | to_come
    Bo     | close      | 1     | central         | released
    Bo     | close      | 2     | home_monitoring | blocked
    Cy     | close      | 1     | central         | released
    Cy     | close      | 2     | home_monitoring | released
    Dee    | secondary  | 1     | central         | releasable
    Eve    | abroad     | 1     | central         | running
    Fay    | companion  | 1     | free            | running
    Gil    | low        | 1     | exclusion       | running
"""
CONTACTS = """
    person | index | ring | class     | review
    Ana    | Zoe   | 1    | close     | no
    Bo     | Zoe   | 1    | close     | no
    Cy     | Zoe   | 1    | close     | no
    Dee    | Ana   | 2    | secondary | no
    Hua    | Zoe   | 1    | general   | no
    Ida    | Zoe   | 1    | close     | yes
    Zoe    | Jun   | 1    | close     | no
"""


def test_contacts_are_never_pooled_until_their_course_is_over(names: Names) -> None:
    people = ("Ana", "Bo", "Cy", "Dee", "Eve", "Fay", "Gil", "Hua", "Ida", "Zoe")
    found = pooled(names, CONTACTS, COURSES, residence=living(*people))
    # Eve is no contact but in quarantine; Fay and Gil are not confined; a tracer has still to judge Ida; Zoe
    # is a case, owes no course, and is the close contact of another.
    assert_shows(found, names, """
        person | pool | pool_rule
        Ana    | 1    | pool-never
        Bo     | 1    | pool-never
        Cy     | 20   | pool-rest
        Dee    | 20   | pool-rest
        Eve    | 1    | pool-never
        Fay    | 20   | pool-rest
        Gil    | 20   | pool-rest
        Hua    | 20   | pool-rest
        Ida    | 20   | pool-rest
        Zoe    | 1    | pool-never
    """)  # fmt: skip


def test_the_gravest_zone_in_force_decides(names: Names) -> None:
    found = pooled(names, residence="""
        person | kind   | area
        Ana    | living | 320211001006-01-002-1-0301
        Bo     | living | 320211001006-01-003-1-0301
        Cy     | living | 320211001006-12-002-1-0301
        Dee    | living | 320211001007
    """, zone="""
        area                | level      | begin       | end         | authority
        320211001006-01-002 | sealed     | 03-30 22:00 |             | 指挥部
        320211001006-1      | sealed     | 03-30 22:00 |             | 指挥部
        320211001006        | controlled | 03-30 22:00 |             | 指挥部
        320211001007        | sealed     | 03-30 22:00 | 03-31 09:00 | 指挥部
        320211001007        | precaution | 03-31 09:00 |             | 指挥部
    """)  # fmt: skip
    assert_shows(found, names, """
        person | pool | per       | pool_rule
        Ana    | 1    | household | pool-sealed
        Bo     | 10   |           | pool-controlled
        Cy     | 10   |           | pool-controlled
        Dee    | 20   |           | pool-rest
    """)  # fmt: skip


def test_what_people_do_decides_after_what_is_graver(names: Names) -> None:
    found = pooled(names, residence=living("Ana", "Bo", "Cy"), person="""
        person | occupation
        Ana    | cold_chain
        Bo     | cold_chain
        Cy     | courier
    """, stay="person | kind | begin\nBo | central | 03-30 08:00")  # fmt: skip
    assert_shows(found, names, """
        person | pool | pool_rule
        Ana    | 5    | pool-cold-chain
        Bo     | 1    | pool-never
        Cy     | 20   | pool-rest
    """)  # fmt: skip


def test_what_unknown_means_is_the_rules_to_say(names: Names) -> None:
    # Nobody's work but Ana's is known: where unknown is included, the others count as cold chain too.
    rules = screening()
    cold = next(row for row in rules.pools if row.rule.id == "pool-cold-chain")
    wide = tuple(replace(row, unknown="include") if row is cold else row for row in rules.pools)
    found = pooled(
        names, protocol=replace(rules, pools=wide), residence=living("Ana", "Bo"),
        person="person | occupation\nAna | courier\nBo |",
    )  # fmt: skip
    assert_shows(found, names, "person | pool_rule\nAna | pool-rest\nBo | pool-cold-chain")


def test_an_edition_without_pools_says_nothing(names: Names) -> None:
    found = pooled(names, protocol=replace(screening(), pools=()), residence=living("Ana"))
    assert_shows(found, names, "person | pool | pool_rule\nAna | |")
