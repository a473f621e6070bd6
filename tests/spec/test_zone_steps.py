"""When does a zone in force go up, down or away, and what does it still wait for?

Under the 8th edition a sealed area is lifted after 14 days without a new case, once the last close contact
who lives in it is gone for more than 14 days and negative, and once everyone at home in it was negative in
the last 2 days. A controlled area is sealed on any positive.
"""

from dataclasses import replace

import ibis.expr.types as ir
import pytest

from ringfence.engine.zone_steps import zone_steps
from ringfence.protocol import Protocol, resolve
from tests.drawing import Names, assert_shows, decided, facts, instant

GRID = "320211001006-01"
HOMES = f"""
    person | kind   | area                    | from_day | to_day
    Ana    | living | {GRID}-002-1-0301       |          |
    Bo     | living | {GRID}-002-2-0101       |          |
    Cy     | living | {GRID}-003-1-0101       |          |
    Dee    | living | 320211001006-1-002-1-01 |          |
    Eve    | living | {GRID}-002-2-0102       |          | 04-01
    Fay    | living | {GRID}-002-2-0102       | 06-01    |
"""
CASES = "person | class | detected_at | elsewhere | window_from | evidence"
CONTACTS = "person | index | ring | class | review | last_exposure"
ZONES = "area | level | declared_at | lift_day"
ZONE = "area | level | begin | end | authority"
KINDS = ("asymptomatic", "confirmed", "positive", "reported")


def stepped(
    rules: Protocol, names: Names, at: str, tables: dict[str, str] | None = None, **drawings: str
) -> ir.Table:
    """What becomes of the declared zones, given cases, contacts and proposals (`tables`) and facts."""
    told = {"cases": CASES, "contacts": CONTACTS, "zones": ZONES, **(tables or {})}
    done = {name: decided(name, names, drawing) for name, drawing in told.items()}
    told = {name: f"{HEADS[name]}\n{rows}" for name, rows in drawings.items()}
    return zone_steps(done, facts(names, {"residence": HOMES, **told}), rules, instant(at))


HEADS = {
    "zone": ZONE,
    "stay": "person | kind | begin | end",
    "step": "subject | step | at",
    "exemption": "person | from_day | to_day | reason",
    "place": "place | name_zh | kind | area",
    "visit": "person | place | enter | leave",
    "tube": "tube | pool",
    "sample": "tube | person | sampled_at",
    "result": "tube | test | result | reported_at",
}
SEALED = f"{GRID}-002 | sealed | 03-31 02:00 | | 指挥部"
ANA = f"{CASES}\nAna | confirmed | 03-30 21:00 | no | 03-26 00:00 | 7"


def swabs(*said: str) -> dict[str, str]:
    """Swabs: who, when, what came of it, an hour later; a tube each."""
    rows = [(f"S{n}", *(part.strip() for part in one.split("|"))) for n, one in enumerate(said)]
    return {
        "tube": "\n".join(f"{tube} | 1" for tube, *_ in rows),
        "sample": "\n".join(f"{tube} | {who} | {at}" for tube, who, at, _ in rows),
        "result": "\n".join(f"{tube} | nat | {what} | {at[:6]}23:00" for tube, _, at, what in rows if what),
    }


FIRST, SECOND = "Ana | 04-12 09:00 | negative", "Bo | 04-13 10:00 | negative"


def test_lifted_when_the_days_are_over_and_everyone_is_negative(wuxi: Protocol, names: Names) -> None:
    # 30 March and 14 days: 13 April. Eve moved away and Fay has not come yet: two live inside. On the 14th
    # Ana's swab of the 12th is no longer of the last two days.
    shown = "area | level | step | to_level | due_day | last_case_at | unswept | people | possible_at"
    for at, said, expected in (
        ("04-12 23:30", (FIRST,), "keep | | 04-13 | 03-30 21:00 | 1 | 2 |"),
        ("04-13 23:30", (FIRST, SECOND), "lift | | 04-13 | 03-30 21:00 | 0 | 2 | 04-13 23:00"),
        ("04-14 23:30", (FIRST, SECOND), "keep | | 04-13 | 03-30 21:00 | 1 | 2 |"),
        ("04-13 23:30", (), "keep | | 04-13 | 03-30 21:00 | 2 | 2 |"),
    ):
        found = stepped(wuxi, names, at, {"cases": ANA}, zone=SEALED, **swabs(*said))
        assert_shows(found, names, f"{shown}\n{GRID}-002 | sealed | {expected}")


def test_who_need_not_be_swept(wuxi: Protocol, names: Names) -> None:
    # In hospital, away, exempt today: not asked. Back since yesterday, exempt until today: asked.
    for more, unswept in (
        ({"stay": "Ana | hospital | 03-31 09:00 |"}, 1),
        ({"stay": "Ana | central | 03-31 09:00 | 05-01 09:00"}, 1),
        ({"stay": "Ana | away | 03-31 09:00 |\nBo | home | 03-31 09:00 |"}, 1),
        ({"stay": "Ana | hospital | 03-31 09:00 | 04-12 09:00"}, 2),
        ({"stay": "Ana | hospital | 04-13 12:00 |"}, 2),
        ({"exemption": "Ana | 04-13 | 04-14 | 孕产"}, 1),
        ({"exemption": "Ana | 04-01 | 04-13 | 孕产"}, 2),
        (swabs("Ana | 04-12 09:00 | grey", "Bo | 04-12 09:00 |"), 2),
        (swabs("Ana | 04-11 23:59 | negative", "Bo | 04-12 00:00 | negative"), 1),
    ):
        found = stepped(wuxi, names, "04-13 11:00", {"cases": ANA}, zone=SEALED, **more)
        assert_shows(found, names, f"unswept | people\n{unswept} | 2")


def test_a_tube_of_several_sweeps_its_members_and_an_antigen_kit_nobody(wuxi: Protocol, names: Names) -> None:
    for test, unswept in (("nat", 0), ("antigen", 2)):
        found = stepped(
            wuxi, names, "04-13 23:00", {"cases": ANA}, zone=SEALED, tube="T1 | 10",
            sample="T1 | Ana | 04-13 09:00\nT1 | Bo | 04-13 09:00",
            result=f"T1 | {test} | negative | 04-13 20:00",
        )  # fmt: skip
        assert_shows(found, names, f"unswept\n{unswept}")


def test_a_new_case_starts_the_days_again(wuxi: Protocol, names: Names) -> None:
    # Found on 5 April: 19 April. Bo lives inside; Dee, of grid 1 and not 01, was only there to visit, until
    # she was found. Cy lives beside it. A case another city keeps, or one found positive again, is none.
    place = {"place": f"1 | 一号 | office | {GRID}-002", "visit": "Dee | 1 | 04-02 09:00 | 04-02 10:00"}
    for row, day in {
        "Bo  | suspected    | 04-05 09:00 | no  | 04-03 00:00 | 8": "04-19",
        "Dee | asymptomatic | 04-05 09:00 | no  | 04-01 00:00 | 8": "04-19",
        "Dee | asymptomatic | 04-05 09:00 | no  | 04-03 00:00 | 8": "04-13",
        "Cy  | confirmed    | 04-05 09:00 | no  | 04-03 00:00 | 8": "04-13",
        "Bo  | confirmed    | 04-05 09:00 | yes | 04-03 00:00 | 8": "04-13",
        "Bo  | re_positive  | 04-05 09:00 | no  | 04-03 00:00 | 8": "04-13",
    }.items():
        found = stepped(wuxi, names, "04-06 09:00", {"cases": f"{ANA}\n{row}"}, zone=SEALED, **place)
        assert_shows(found, names, f"step | due_day\nkeep | {day}")


def test_a_zone_nobody_was_found_in_counts_from_its_beginning(wuxi: Protocol, names: Names) -> None:
    # And so does one declared so long after its last case that those 14 days had passed by then.
    for cases in (CASES, ANA.replace("03-30 21:00", "03-17 21:00")):
        found = stepped(wuxi, names, "04-06 09:00", {"cases": cases}, zone=SEALED)
        assert_shows(found, names, "step | due_day\nkeep | 04-14")
    found = stepped(wuxi, names, "04-06 09:00", {"cases": ANA.replace("03-30", "03-18")}, zone=SEALED)
    assert_shows(found, names, "step | due_day\nkeep | 04-01")


def test_the_last_close_contact_inside_gone_and_negative(wuxi: Protocol, names: Names) -> None:
    # Bo met somebody last on 30 March: gone on 14 April, the 15th day, if at home; taken away on 1 April,
    # on the 16th. Either way their last single test since has to be negative.
    everyone = swabs("Ana | 04-15 09:00 | negative", "Bo | 04-15 09:00 | negative")
    met = "Bo | Ana | 1 | close | no | 03-30 12:00"
    contact = {"cases": ANA, "contacts": f"{CONTACTS}\n{met}"}
    for stay, at, left in (
        ("", "04-13 23:30", 1),
        ("", "04-15 23:30", 0),
        ("Bo | central | 04-01 09:00 | 04-14 09:00", "04-15 23:30", 1),
        ("Bo | central | 04-01 09:00 |", "04-16 23:30", 0),
        ("Bo | central | 03-20 09:00 |", "04-15 23:30", 0),
        ("Bo | central | 03-20 09:00 | 03-29 09:00", "04-15 23:30", 0),
        ("Bo | home    | 04-01 09:00 |", "04-15 23:30", 0),
    ):
        found = stepped(wuxi, names, at, contact, zone=SEALED, stay=stay, **everyone)
        assert_shows(found, names, f"contacts_left\n{left}")
    # Pending, grey, positive or none since the exposure: not yet.
    for said in (
        ["Bo | 04-15 09:00 |"],
        ["Bo | 04-10 09:00 | negative", "Bo | 04-15 09:00 | grey"],
        ["Bo | 03-30 11:00 | negative"],
        [],
    ):
        found = stepped(wuxi, names, "04-15 23:30", contact, zone=SEALED, **swabs(*said))
        assert_shows(found, names, "contacts_left\n1")


def test_whose_contacts_count(wuxi: Protocol, names: Names) -> None:
    # Those who live inside, whoever it was they met; not those who live elsewhere, are still to be judged,
    # are secondary only, or became a case.
    for contact, left in {
        "Bo  | Dee | 1 | close     | no  | 03-30 12:00": 1,
        "Cy  | Ana | 1 | close     | no  | 03-30 12:00": 0,
        "Bo  | Ana | 1 | close     | yes | 03-30 12:00": 0,
        "Bo  | Cy  | 2 | secondary | no  | 03-30 12:00": 0,
        "Ana | Bo  | 1 | close     | no  | 03-30 12:00": 0,
    }.items():
        told = {"cases": ANA, "contacts": f"{CONTACTS}\n{contact}"}
        assert_shows(stepped(wuxi, names, "04-13 11:00", told, zone=SEALED), names, f"contacts_left\n{left}")


CONTROLLED = "320211001 | controlled | 03-31 02:00 | | 指挥部"


@pytest.mark.parametrize("kind", KINDS)
def test_a_controlled_area_is_sealed_on_any_positive(kind: str, wuxi: Protocol, names: Names) -> None:
    found = stepped(wuxi, names, "04-06 09:00", {"cases": ANA.replace("confirmed", kind)}, zone=CONTROLLED)
    # Ana was found before it was declared.
    assert_shows(found, names, "step | due_day\nkeep | 04-13")
    later = f"{CASES}\nCy | {kind} | 04-05 09:00 | no | 04-03 00:00 | 8"
    found = stepped(wuxi, names, "04-06 09:00", {"cases": later}, zone=CONTROLLED)
    assert_shows(found, names, """
        level      | step     | to_level | due_day | possible_at | evidence       | rule
        controlled | escalate | sealed   | 04-05   | 04-05 09:00 | [8, 8589934592] | zone-controlled-visited
    """)  # fmt: skip


def test_what_escalates_nothing(wuxi: Protocol, names: Names) -> None:
    # Suspected; positive by a kit only; found in the sealed building of the controlled town; there only
    # before the town was declared.
    more = {"place": f"1 | 一号 | office | {GRID}-003", "visit": "Zoe | 1 | 03-30 09:00 | 03-30 10:00"}
    for row, step in {
        "Cy  | suspected       | 04-05 09:00 | no | 04-03 00:00 | 8": "keep",
        "Cy  | screen_positive | 04-05 09:00 | no | 04-03 00:00 | 8": "keep",
        "Bo  | confirmed       | 04-05 09:00 | no | 04-03 00:00 | 8": "keep",
        "Zoe | confirmed       | 04-05 09:00 | no | 03-29 00:00 | 8": "keep",
        "Cy  | confirmed       | 04-05 09:00 | no | 04-03 00:00 | 8": "escalate",
    }.items():
        zone = f"{SEALED}\n{CONTROLLED}"
        found = stepped(wuxi, names, "04-06 09:00", {"cases": f"{CASES}\n{row}"}, zone=zone, **more)
        assert_shows(found.filter(found.level == "controlled"), names, f"step\n{step}")
    # Somebody who was there since is inside.
    more["visit"] = "Zoe | 1 | 03-31 01:00 | 03-31 03:00"
    row = "Zoe | confirmed | 04-05 09:00 | no | 03-29 00:00 | 8"
    found = stepped(wuxi, names, "04-06 09:00", {"cases": f"{CASES}\n{row}"}, zone=CONTROLLED, **more)
    assert_shows(found, names, "step\nescalate")


def test_a_zone_within_a_zone_has_its_own_people(wuxi: Protocol, names: Names) -> None:
    # Of the four in the town, two live in the sealed building; three with Cy's in the sealed grid.
    found = stepped(wuxi, names, "04-06 09:00", {"cases": ANA}, zone=f"{SEALED}\n{CONTROLLED}")
    assert_shows(found, names, f"""
        area        | level      | people | due_day
        {GRID}-002  | sealed     | 2      | 04-13
        320211001   | controlled | 2      | 04-14
    """)  # fmt: skip
    both = f"{CONTROLLED}\n320211001 | sealed | 04-01 00:00 | | 指挥部"
    found = stepped(wuxi, names, "04-06 09:00", zone=both)
    assert_shows(found, names, "level | people | step\ncontrolled | 0 | keep\nsealed | 4 | keep")


def test_only_zones_in_force(wuxi: Protocol, names: Names) -> None:
    for zone in (
        f"{GRID} | sealed | 03-31 02:00 | 04-06 09:00 | 指挥部",
        f"{GRID} | sealed | 04-06 09:01 | | 指挥部",
        f"{GRID} | high | 03-31 02:00 | | 指挥部",
        "",
    ):
        assert_shows(stepped(wuxi, names, "04-06 09:00", zone=zone), names, "area")
    # Declared again at the same level: it stands since the first.
    twice = f"{SEALED}\n{GRID}-002 | sealed | 04-02 02:00 | 04-20 00:00 | 区指挥部"
    assert_shows(stepped(wuxi, names, "04-06 09:00", zone=twice), names, """
        begin       | due_day | evidence
        03-31 02:00 | 04-14   | [8589934592, 8589934593]
    """)  # fmt: skip


def test_the_rest_is_lifted_with_the_last_zone_in_it(wuxi: Protocol, names: Names) -> None:
    rest = "320211 | precaution | 03-31 02:00 | | 指挥部"
    found = stepped(wuxi, names, "04-10 09:00", {"cases": ANA}, zone=f"{rest}\n{SEALED}")
    assert_shows(found.filter(found.level == "precaution"), names, """
        step | due_day | people | values.graver
        keep | 04-13   | 2      | 1
    """)  # fmt: skip
    # Nothing is left, or what is left lies in another district: lifted. A graver zone that is proposed and
    # not yet declared, nor over, keeps it.
    for zone, proposed, step in (
        ("", "", "lift"),
        ("320205 | sealed | 03-31 02:00 | | 指挥部", "", "lift"),
        ("", "320211001009 | sealed | | 04-20", "keep"),
        ("", "320211001009 | sealed | | 04-10", "lift"),
        ("", "320211001009 | sealed | 04-09 10:00 | 04-20", "lift"),
        ("", "320211 | precaution | | 04-20", "lift"),
    ):
        told = {"cases": ANA, "zones": f"{ZONES}\n{proposed}"}
        found = stepped(wuxi, names, "04-10 09:00", told, zone=f"{rest}\n{zone}")
        assert_shows(found.filter(found.level == "precaution"), names, f"step\n{step}")


def from_(rules: Protocol, counts: str) -> Protocol:
    return replace(rules, zones=tuple(replace(zone, counts_from=counts) for zone in rules.zones))


def test_counted_from_the_removal_of_the_last_case(wuxi: Protocol, names: Names) -> None:
    # Ana was taken on 1 April, by way of a site; Bo, found on the 2nd, is still there on the 6th: 20 April
    # at the earliest. A stay that was over before they were found took nobody away.
    both = f"{ANA}\nBo | confirmed | 04-02 09:00 | no | 03-31 00:00 | 8"
    taken = "Ana | central | 04-01 09:00 | 04-01 20:00\nAna | hospital | 04-01 22:00 |"
    for more, day, last in (
        ("", "04-20", "04-02 09:00"),
        ("Bo | hospital | 04-03 09:00 |", "04-17", "04-03 09:00"),
        ("Bo | central | 03-31 09:00 | 04-01 09:00", "04-20", "04-02 09:00"),
    ):
        told = from_(wuxi, "case_removed")
        found = stepped(told, names, "04-06 09:00", {"cases": both}, zone=SEALED, stay=f"{taken}\n{more}")
        assert_shows(found, names, f"due_day | last_case_at\n{day} | {last}")


def test_counted_from_disinfection(wuxi: Protocol, names: Names) -> None:
    taken = "Ana | hospital | 04-01 09:00 |"
    for step, day in (
        ("", "04-15"),
        (f"A:{GRID}-002 | disinfected | 04-02 09:00", "04-16"),
        (f"A:{GRID}-002 | disinfected | 03-31 09:00", "04-15"),
        (f"A:{GRID} | disinfected | 04-02 09:00", "04-15"),
        (f"A:{GRID}-002 | closed | 04-02 09:00", "04-15"),
    ):
        rules = from_(wuxi, "disinfected")
        found = stepped(rules, names, "04-06 09:00", {"cases": ANA}, zone=SEALED, stay=taken, step=step)
        assert_shows(found, names, f"due_day\n{day}")
    # She has not been taken away: whatever was disinfected, the days have not begun.
    done = f"A:{GRID}-002 | disinfected | 04-02 09:00"
    found = stepped(from_(wuxi, "disinfected"), names, "04-06 09:00", {"cases": ANA}, zone=SEALED, step=done)
    assert_shows(found, names, "due_day\n04-20")


HIGH = f"{GRID} | high   | 07-08 09:00 | 07-17 12:00 | 指挥部"
LAST = f"{CASES}\nAna | confirmed | 07-10 20:00 | no | 07-05 00:00 | 7"
ROUND = ("Ana", "Bo", "Cy", "Fay")


@pytest.mark.parametrize(
    ("at", "zone", "clean", "expected"),
    [
        ("07-16 23:30", HIGH, "07-16", "high | keep | | 07-17 | 0"),
        ("07-17 08:00", HIGH, "07-16", "high | keep | | 07-17 | 4"),
        ("07-17 11:00", HIGH, "07-17", "high | step_down | medium | 07-17 | 0"),
        ("07-19 23:30", "medium", "07-19", "medium | keep | | 07-20 | 0"),
        ("07-20 23:30", "medium", "07-20", "medium | step_down | low | 07-20 | 0"),
    ],
)
def test_vector_10_a_high_zone_of_the_9th(
    at: str, zone: str, clean: str, expected: str, names: Names
) -> None:
    """Research notes 11.6: last new case 10 July, medium on the 17th with a clean round, low on the 20th."""
    ninth = resolve("1101", "covid-19", instant("2022-07-17 00:00"))
    if zone == "medium":
        zone = f"{HIGH}\n{GRID} | medium | 07-17 12:00 | | 指挥部"
    said = swabs(*(f"{who} | {clean} 06:00 | negative" for who in ROUND))
    found = stepped(ninth, names, at, {"cases": LAST}, zone=zone, **said)
    assert_shows(found, names, f"level | step | to_level | due_day | unswept\n{expected}")


def test_after_a_new_case_a_zone_stepped_down_counts_its_whole_days(names: Names) -> None:
    # Medium since the 17th; a case on the 18th: 7 days from then. And one that was never high: 7 days too.
    ninth = resolve("1101", "covid-19", instant("2022-07-17 00:00"))
    medium = f"{GRID} | medium | 07-17 12:00 | | 指挥部"
    again = f"{LAST}\nBo | confirmed | 07-18 20:00 | no | 07-14 00:00 | 8"
    found = stepped(ninth, names, "07-20 08:00", {"cases": again}, zone=f"{HIGH}\n{medium}")
    assert_shows(found, names, "level | step | due_day\nmedium | keep | 07-25")
    fresh = LAST.replace("07-10", "07-17")
    found = stepped(ninth, names, "07-20 08:00", {"cases": fresh}, zone=medium)
    assert_shows(found, names, "level | step | due_day\nmedium | keep | 07-24")
    # High until the 16th, or in another grid, is not what it was stepped down from.
    for before in (HIGH.replace("07-17 12:00", "07-16 12:00"), HIGH.replace(GRID, "320211001006-02")):
        found = stepped(ninth, names, "07-20 08:00", {"cases": fresh}, zone=f"{before}\n{medium}")
        assert_shows(found, names, "level | step | due_day\nmedium | keep | 07-24")
