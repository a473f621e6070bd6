"""Why is somebody restricted, by whom, until when, and which colour follows?

The rules are those of Jiangsu in spring 2022: red for cases and for contacts in quarantine, yellow for the
weeks at home after it and for people who live in a sealed or controlled area.
"""

from dataclasses import replace

import ibis.expr.types as ir
import pytest

from ringfence.engine.restrictions import codes, restrictions
from ringfence.errors import ProtocolError
from ringfence.protocol import Protocol
from ringfence.protocol.measures import ColourRule
from ringfence.protocol.predicates import parse
from ringfence.protocol.vocabulary import COLOUR
from tests.drawing import Names, assert_shows, decided, facts, instant

NIGHT = "03-31 03:00"
GRID = "320211001006-01"
HOMES = f"""
    person | kind   | area              | from_day | to_day
    Ana    | living | {GRID}-002-1-0301 |          |
    Bo     | living | {GRID}-002-2-0101 |          |
    Cy     | living | {GRID}-003-1-0101 |          |
    Dee    | living | 320205001002      |          |
    Eve    | living | {GRID}-002-2-0102 |          | 03-31
"""
HEADS = {
    "cases": "person | class | detected_at | cleared_at",
    "holds": "person | tube | begin | until | ended_at | state",
    "courses": "person | class | phase | place | begin_day | until_day | state",
    "zone_steps": "area | level | step | due_day | last_case_at",
}
ZONE = "area | level | begin | end | authority"


def restricted(
    rules: Protocol, names: Names, told: dict[str, str], zone: str = "", at: str = NIGHT
) -> ir.Table:
    """The restrictions that follow from decisions drawn without their heads, and declared zones."""
    done = {name: decided(name, names, _as_decided(head, told.get(name, ""))) for name, head in HEADS.items()}
    known = facts(names, {"residence": HOMES, "zone": f"{ZONE}\n{zone}"})
    return restrictions(done, known, rules, instant(at))


def _as_decided(head: str, rows: str) -> str:
    """Every row is of the 8th edition, and says why."""
    lines = [f"{line} | cn-covid-8 | A | {{}}" for line in rows.splitlines() if line.strip()]
    return "\n".join([f"{head} | edition | grade | values", *lines])


def test_a_case_until_it_is_cleared(wuxi: Protocol, names: Names) -> None:
    told = {"cases": """
        Ana | confirmed | 03-30 21:00 |
        Bo  | positive  | 03-10 21:00 | 03-31 03:00
        Cy  | positive  | 03-10 21:00 | 03-31 09:00
        Dee | suspected | 03-30 21:00 |
    """}  # fmt: skip
    # Until the tests that end it are in nobody can say when it ends.
    assert_shows(restricted(wuxi, names, told), names, """
        person | kind | subject   | begin       | until       | colour | live | authority_en               | appeal_rule | appeal_duty
        Ana    | case | confirmed | 03-30 21:00 |             | red    | yes  | National Health Commission | appeal-case | headquarters
        Bo     | case | positive  | 03-10 21:00 | 03-31 03:00 | red    | no   | National Health Commission | appeal-case | headquarters
        Cy     | case | positive  | 03-10 21:00 | 03-31 09:00 | red    | yes  | National Health Commission | appeal-case | headquarters
        Dee    | case | suspected | 03-30 21:00 |             | red    | yes  | National Health Commission | appeal-case | headquarters
    """)  # noqa: E501  # fmt: skip


def test_a_hold_until_it_ended_or_its_limit(wuxi: Protocol, names: Names) -> None:
    told = {"holds": """
        Ana | T1 | 03-30 20:00 | 03-31 20:00 |             | held
        Bo  | T1 | 03-30 20:00 | 03-31 20:00 | 03-31 02:00 | released
        Cy  | T2 | 03-29 20:00 | 03-30 20:00 | 03-30 20:00 | expired
    """}  # fmt: skip
    assert_shows(restricted(wuxi, names, told), names, """
        person | kind | subject | begin       | until       | colour | live | appeal_h
        Ana    | hold | T:T1    | 03-30 20:00 | 03-31 20:00 |        | yes  | 12
        Bo     | hold | T:T1    | 03-30 20:00 | 03-31 02:00 |        | no   | 12
        Cy     | hold | T:T2    | 03-29 20:00 | 03-30 20:00 |        | no   | 12
    """)  # fmt: skip


def course(person: str, first: str, second: str, class_: str = "close") -> str:
    """A course of two phases: central from 16 to 28 March, at home until 4 April."""
    return (
        f"{person} | {class_} | 1 | central | 03-16 | 03-28 | {first}\n"
        f"{person} | {class_} | 2 | home_monitoring | 03-29 | 04-04 | {second}\n"
    )


def test_a_course_over_all_its_phases_in_the_colour_of_the_one_that_runs(
    wuxi: Protocol, names: Names
) -> None:
    shown = "kind | subject | begin | until | colour | live"
    for at, states, colour, live in (
        ("03-15 12:00", "to_come to_come", "", "no"),
        ("03-16 00:00", "running to_come", "red", "yes"),
        ("03-28 12:00", "releasable to_come", "red", "yes"),
        ("03-31 03:00", "released running", "yellow", "yes"),
        # He was not let go: what he waits for in quarantine holds him still, his week at home over or not.
        ("03-31 03:00", "blocked running", "red", "yes"),
        ("04-05 12:00", "blocked releasable", "red", "yes"),
        ("04-05 12:00", "released blocked", "yellow", "yes"),
        ("04-03 23:59", "released running", "yellow", "yes"),
        # The last day counts whole, unless he was let go on it.
        ("04-04 23:59", "released releasable", "yellow", "yes"),
        ("04-04 09:00", "released released", "yellow", "no"),
        ("04-05 00:00", "released releasable", "yellow", "no"),
    ):
        told = {"courses": course("Bo", *states.split())}
        row = f"course | close | 03-16 00:00 | 04-05 00:00 | {colour} | {live}"
        assert_shows(restricted(wuxi, names, told, at=at), names, f"{shown}\n{row}")


def test_who_arrived_is_restricted_for_arriving_and_who_is_only_followed_is_not(
    wuxi: Protocol, names: Names
) -> None:
    told = {
        "courses": course("Bo", "released", "running", "abroad")
        + """
        Cy  | general   | 1 | free | 03-30 | 04-01 | running
        Dee | companion | 1 | free | 03-30 | 04-01 | running
    """
    }
    # Nobody keeps Dee in, but the yellow code restricts her.
    assert_shows(restricted(wuxi, names, told), names, """
        person | kind    | subject   | colour | appeal_rule
        Bo     | arrival | abroad    | yellow | appeal-arrival
        Dee    | course  | companion | yellow | appeal-course
    """)  # fmt: skip


SEALED = f"{GRID}-002 | sealed | 03-31 02:00 | | 市指挥部\n320211001 | controlled | 03-30 02:00 | | 区指挥部"
STEPS = f"{GRID}-002 | sealed | keep | 04-13 |\n320211001 | controlled | escalate | 03-30 | 03-30 21:00"


def test_who_lives_in_a_zone(wuxi: Protocol, names: Names) -> None:
    # Of the zones that hold a home the gravest. The controlled town is to be sealed for a case of 30 March
    # at 21:00: 14 days from then. Eve has moved away, Dee lives in another district.
    found = restricted(wuxi, names, {"zone_steps": STEPS}, zone=SEALED)
    assert_shows(found, names, f"""
        person | kind | subject      | begin       | until       | colour | authority_zh | authority_en | values.level | rule
        Ana    | zone | A:{GRID}-002 | 03-31 02:00 | 04-13 00:00 | yellow | 市指挥部     | 市指挥部     | sealed       | zone-sealed-residence
        Bo     | zone | A:{GRID}-002 | 03-31 02:00 | 04-13 00:00 | yellow | 市指挥部     | 市指挥部     | sealed       | zone-sealed-residence
        Cy     | zone | A:320211001  | 03-30 02:00 | 04-13 00:00 | yellow | 区指挥部     | 区指挥部     | controlled   | zone-controlled-visited
    """)  # noqa: E501  # fmt: skip
    # The zone's own fact and that of the home: rows of the second and the first submission.
    [cy] = [row for row in found.to_pyarrow().to_pylist() if row["subject"] == "A:320211001"]
    assert (cy["area"], cy["evidence"]) == (f"{GRID}-003-1-0101", [(2 << 32) + 1, (1 << 32) + 2])


def test_an_area_declared_at_two_levels_restricts_by_the_graver(wuxi: Protocol, names: Names) -> None:
    zone = "320205 | controlled | 03-30 02:00 | | 区指挥部\n320205 | sealed | 03-31 02:00 | | 市指挥部"
    steps = "320205 | controlled | keep | 04-13 |\n320205 | sealed | keep | 04-14 |"
    assert_shows(restricted(wuxi, names, {"zone_steps": steps}, zone=zone), names, """
        person | subject  | until
        Dee    | A:320205 | 04-14 00:00
    """)  # fmt: skip


def test_nobody_is_restricted_without_an_appeal(wuxi: Protocol, names: Names) -> None:
    mute = replace(wuxi, appeals=tuple(row for row in wuxi.appeals if row.of != "hold"))
    told = {"holds": "Ana | T1 | 03-30 20:00 | 03-31 20:00 | | held"}
    with pytest.raises(ProtocolError, match=r'appeal: has no row with of = "hold"'):
        restricted(mute, names, told)
    # Where nobody is held it does not matter.
    assert_shows(restricted(mute, names, {}), names, "person")


def test_the_rules_before_a_change_have_their_own_authority(wuxi: Protocol, names: Names) -> None:
    only = {"wuxi-97": wuxi.authorities["wuxi-97"]}
    changed = replace(wuxi, authorities=only, before=wuxi)
    found = restricted(changed, names, {"courses": course("Bo", "released", "running")})
    assert_shows(found, names, "authority_en\nNational Health Commission")


def coloured(rules: Protocol, *rows: tuple[str, str]) -> Protocol:
    """The same rules with a table of colours: when, and what it gives."""
    like = rules.cases[0].rule
    table = [
        ColourRule(replace(like, id=f"colour-{n}"), gives, parse(when, COLOUR) if when else None, "exclude")
        for n, (when, gives) in enumerate(rows)
    ]
    return replace(rules, colours=tuple(table))


def test_the_colour_follows_from_the_first_row_that_matches(wuxi: Protocol, names: Names) -> None:
    rules = coloured(
        wuxi,
        ("kind = course and class = close and place = home_monitoring", "red"),
        ("kind = zone and level in [sealed, high]", "red"),
        ("kind = hold", "yellow"),
        ("class = confirmed", "green"),
        ("", "none"),
    )
    told = {
        "cases": "Dee | confirmed | 03-30 21:00 |\nBo | positive | 03-30 21:00 |",
        "holds": "Ana | T1 | 03-30 20:00 | 03-31 20:00 | | held",
        "courses": course("Bo", "released", "running"),
        "zone_steps": STEPS,
    }
    assert_shows(restricted(rules, names, told, zone=SEALED), names, """
        person | kind   | colour | values.colour_rule
        Ana    | hold   | yellow | colour-2
        Ana    | zone   | red    | colour-1
        Bo     | case   |        | colour-4
        Bo     | course | red    | colour-0
        Bo     | zone   | red    | colour-1
        Cy     | zone   |        | colour-4
        Dee    | case   | green  | colour-3
    """)  # fmt: skip
    # Where the editions have no such table nothing has a colour.
    plain = restricted(replace(wuxi, colours=()), names, told, zone=SEALED)
    assert set(plain.colour.to_pyarrow().to_pylist()) == {None}


REASONS = "person | kind | subject | until | colour | live"


def test_the_gravest_live_colour_and_the_reason_that_lasts_longest(names: Names) -> None:
    told = decided("restrictions", names, f"""
        {REASONS}
        Ana | zone   | A:3202 | 04-20 00:00 | yellow | yes
        Ana | course | close  | 04-05 00:00 | red    | yes
        Ana | hold   | T:T1   | 03-31 20:00 |        | yes
        Ana | case   | close  |             | red    | no
        Bo  | course | close  | 04-05 00:00 | red    | yes
        Bo  | case   | reported |           | red    | yes
        Bo  | zone   | A:3202 | 05-04 00:00 | red    | yes
        Cy  | zone   | A:3202 | 04-05 00:00 | yellow | yes
        Cy  | course | close  | 04-06 00:00 | yellow | yes
        Dee | zone   | A:3202 | 04-20 00:00 |        | yes
        Eve | case   | close  | 03-30 00:00 | red    | no
        Fay | zone   | A:3202 | 04-20 00:00 | green  | yes
    """)  # fmt: skip
    # What only a test ends lasts longest. A reason without a colour counts as one all the same; whose live
    # reasons have none has no colour, and nobody is green unless a rule says so.
    assert_shows(codes(told), names, """
        person | colour | kind   | subject  | until       | reasons
        Ana    | red    | course | close    | 04-05 00:00 | 3
        Bo     | red    | case   | reported |             | 3
        Cy     | yellow | course | close    | 04-06 00:00 | 2
        Fay    | green  | zone   | A:3202   | 04-20 00:00 | 1
    """)  # fmt: skip
