"""What may a rule ask of a meeting? Time in a day, immunity, age, and how old the case's illness was.

The case is Ana, found on 30 March; every meeting is an hour at noon of 28 March unless drawn.
"""

import ibis.expr.types as ir
import pytest

from ringfence.engine.contacts import contacts
from ringfence.protocol import Protocol
from tests.drawing import Names, assert_shows, decided, facts
from tests.spec.rules import with_contacts


def judged(
    meetings: str, rules: Protocol, names: Names, told: dict[str, str] | None = None, ring: int = 1
) -> ir.Table:
    """The contacts some meetings with Ana make, each an hour long unless drawn; she fell ill on 20 March."""
    head, *rows = [line for line in meetings.strip().splitlines() if line.strip()]
    if "begin" not in head:
        head = f"{head} | begin | end | minutes"
        rows = [f"{row} | 03-28 12:00 | 03-28 13:00 | 60" for row in rows]
    rows = [f"{row} | Ana | {ring}" for row in rows]
    met = decided("exposures", names, "\n".join([f"{head} | index | ring", *rows]))
    roots = decided("contacts", names, "index | case | known_at\nAna | Ana | 03-30 17:30")
    roots = roots.select("index", "case", "known_at")
    onset = decided("cases", names, "person | onset\nAna | 03-20").select("onset", case="person")
    return contacts(met, roots.inner_join(onset, "case"), facts(names, told or {}), rules, ring)


def test_the_classes_from_the_gravest(wuxi: Protocol, names: Names) -> None:
    rules = with_contacts(wuxi, """
        ring | gives     | when           | unknown
        1    | general   | setting = shop |
        1    | companion | setting = bus  |
        1    | low       | setting = taxi |
        1    | secondary | setting = lift |
        1    | medium    | setting = home |
        1    | close     |                |
    """)  # fmt: skip
    order = ("office", "home", "lift", "taxi", "bus", "shop")
    classes = ("close", "medium", "secondary", "low", "companion", "general")
    for n, graver in enumerate(order):
        rows = "\n".join(f"Bo | {setting}" for setting in order[n:])
        assert_shows(judged(f"person | setting\n{rows}", rules, names), names, f"""
            person | class        | meetings | setting
            Bo     | {classes[n]} | 1        | {graver}
        """)  # fmt: skip


BY_DAY = """
    ring | gives  | when              | unknown
    1    | close  | day_minutes >= 30 | review
    1    | medium | day_minutes >= 15 |
    1    | low    |                   |
"""
DAYS = {
    # Meetings of Bo, and what they come to on the day it is most.
    "twice a day": ("03-28 09:00 | 03-28 09:15 | 15\n03-28 15:00 | 03-28 15:15 | 15", "close | no | 30"),
    "on two days": ("03-28 09:00 | 03-28 09:20 | 20\n03-29 15:00 | 03-29 15:20 | 20", "medium | no | 20"),
    "told twice": ("03-28 09:00 | 03-28 09:20 | 20\n03-28 09:05 | 03-28 09:25 | 20", "medium | no | 25"),
    "over midnight": ("03-28 23:40 | 03-29 00:25 | 45", "medium | no | 25"),
    "over two midnights": ("03-27 23:50 | 03-29 00:01 | 1451", "close | no | 1440"),
    "until midnight": ("03-28 23:31 | 03-29 00:00 | 29", "medium | no | 29"),
    "short ones that fill a minute": (
        "03-28 09:00:00 | 03-28 09:14:40 | 14\n03-28 10:00:00 | 03-28 10:00:20 | 0", "medium | no | 15"),
    "a scan": ("03-28 09:00 | 03-28 09:00 |", "close | yes | "),
}  # fmt: skip


@pytest.mark.parametrize("day", DAYS)
def test_minutes_on_the_day_it_is_most(day: str, wuxi: Protocol, names: Names) -> None:
    rows, expected = DAYS[day]
    meetings = "\n".join(f"Bo | {row}" for row in rows.splitlines())
    found = judged(f"person | begin | end | minutes\n{meetings}", with_contacts(wuxi, BY_DAY), names)
    said, minutes = expected.rsplit("|", 1)
    assert_shows(found, names, f"class | review\n{said}")
    [row] = found.to_pyarrow().to_pylist()
    assert f'"day_minutes": {minutes.strip() or "null"}' in row["values"]


IMMUNE = """
    ring | gives  | when         | unknown
    1    | none   | immune = yes |
    1    | low    | immune = no  |
    1    | medium |              |
"""


def test_immune_as_the_register_said_last_before_the_meeting(wuxi: Protocol, names: Names) -> None:
    told = {
        "immunity": """
            person | kind    | at          | immune
            P1     | vaccine | 03-01 00:00 | yes
            P2     | test    | 03-01 00:00 | no
            P3     | vaccine | 03-28 12:00 | yes
            P4     | vaccine | 03-01 00:00 |
            P5     | vaccine | 03-01 00:00 | yes
            P5     | test    | 03-20 00:00 | no
            P6     | test    | 03-01 00:00 | no
            P6     | vaccine | 03-20 00:00 | yes
            P7     | vaccine | 03-20 00:00 | yes
            P7     | test    | 03-20 00:00 | no
            P8     | test    | 03-01 00:00 | no
            P8     | vaccine | 03-20 00:00 |
        """
    }
    people = "\n".join(f"P{n}" for n in range(1, 10))
    # P3 was vaccinated as they met, which is not before. Of a yes and a no of one instant the no counts.
    # A dose of which nothing is said changes nothing. Of P9 the register knows nothing.
    assert_shows(judged(f"person\n{people}", with_contacts(wuxi, IMMUNE), names, told), names, """
        person | class
        P2     | low
        P3     | medium
        P4     | medium
        P5     | low
        P7     | low
        P8     | low
        P9     | medium
    """)  # fmt: skip


def test_immunity_is_asked_at_each_meeting(wuxi: Protocol, names: Names) -> None:
    told = {"immunity": "person | kind | at | immune\nBo | vaccine | 03-28 00:00 | yes"}
    found = judged("""
        person | begin       | end         | minutes
        Bo     | 03-27 12:00 | 03-27 13:00 | 60
        Bo     | 03-29 12:00 | 03-29 13:00 | 60
    """, with_contacts(wuxi, IMMUNE), names, told)  # fmt: skip
    assert_shows(found, names, "class | meetings | last_exposure\nmedium | 1 | 03-27 13:00")


LATELY = """
    ring | gives   | when              | unknown
    1    | low     | vaccinated_d <= 9 |
    1    | medium  | infected_d <= 90  |
    1    | close   | vaccinated_d > 9  |
    1    | general |                   |
"""


def test_days_since_the_last_dose_or_infection(wuxi: Protocol, names: Names) -> None:
    told = {
        "immunity": """
            person | kind      | at
            P1     | vaccine   | 03-19 00:00
            P2     | vaccine   | 03-18 23:59
            P3     | vaccine   | 01-01 00:00
            P3     | vaccine   | 03-27 00:00
            P4     | infection | 2021-12-28 00:00
            P5     | infection | 2021-12-27 23:59
            P6     | vaccine   | 03-29 00:00
            P7     | medicine  | 03-27 00:00
        """
    }
    people = "\n".join(f"P{n}" for n in range(1, 8))
    # Civil days: from the 19th to the 28th are 9, from the minute before midnight 10. From 28 December to
    # 28 March are 90. P6 was vaccinated after they had met.
    assert_shows(judged(f"person\n{people}", with_contacts(wuxi, LATELY), names, told), names, """
        person | class   | values.vaccinated_d | values.infected_d
        P1     | low     | 9                   | None
        P2     | close   | 10                  | None
        P3     | low     | 1                   | None
        P4     | medium  | None                | 90
        P5     | general | None                | 91
        P6     | general | None                | None
        P7     | general | None                | None
    """)  # fmt: skip


def test_age_in_the_year_of_the_meeting(wuxi: Protocol, names: Names) -> None:
    rules = with_contacts(wuxi, """
        ring | gives | when     | unknown
        1    | close | age < 5  | review
        1    | low   |          |
    """)  # fmt: skip
    told = {"person": "person | birth_year\nBo | 2018\nCy | 2017\nDee |"}
    meetings = "person\nBo\nCy\nDee\nEve"
    assert_shows(judged(meetings, rules, names, told), names, """
        person | class | review
        Bo     | close | no
        Cy     | low   | no
        Dee    | close | yes
        Eve    | close | yes
    """)  # fmt: skip


def test_how_old_the_illness_was_when_it_was_found(wuxi: Protocol, names: Names) -> None:
    for days, expected in (("9", "general"), ("10", "close")):
        rules = with_contacts(wuxi, f"""
            ring | gives   | when                  | unknown
            1    | general | onset_age_d > {days}  |
            1    | close   |                       |
        """)  # fmt: skip
        # From 20 to 30 March are ten days.
        assert_shows(judged("person\nBo", rules, names), names, f"class\n{expected}")


def test_in_what_way_and_how_long_after(wuxi: Protocol, names: Names) -> None:
    rules = with_contacts(wuxi, """
        ring | gives  | when                         | unknown
        1    | close  | manner in [fluids, physical] |
        1    | medium | lag_min <= 120               |
        1    | low    |                              |
    """)  # fmt: skip
    found = judged("""
        person | manner | lag_min
        Bo     | fluids |
        Cy     | talk   | 120
        Dee    |        | 0
        Eve    | talk   |
    """, rules, names)  # fmt: skip
    assert_shows(found, names, """
        person | class  | values.lag_min | values.manner
        Bo     | close  | None           | fluids
        Cy     | medium | 120            | talk
        Dee    | medium | 0              | None
        Eve    | low    | None           | talk
    """)  # fmt: skip


def test_what_no_rule_asks_is_not_shown(wuxi: Protocol, names: Names) -> None:
    [row] = judged("person | setting | near\nBo | office | yes", wuxi, names).to_pyarrow().to_pylist()
    assert "immune" not in row["values"]
    assert "day_minutes" not in row["values"]
