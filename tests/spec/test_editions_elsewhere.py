"""COVID-19 elsewhere: whose edition is in force where, and what WHO, ECDC, the UK and the US say of a case
and of those it met. Worked by hand from the words of the rules."""

from datetime import datetime
from zoneinfo import ZoneInfo

import ibis.expr.types as ir
import pytest

from ringfence.engine.cases import cases
from ringfence.engine.contacts import contacts
from ringfence.errors import ProtocolError
from ringfence.protocol import Protocol, resolve
from tests.drawing import Names, assert_shows, decided, facts, instant
from tests.spec.steps import quarantine

NOON = "20:00"
"""Noon UTC, as the drawings write it: in Chinese time."""


def rules(area: str, day: str) -> Protocol:
    """The protocol in an area at noon UTC of a day."""
    return resolve(area, "covid-19", instant(f"{day} {NOON}"))


def local(at: datetime | None, protocol: Protocol) -> str:
    """An instant on the clocks of the edition."""
    if at is None:
        return ""
    return f"{at.replace(tzinfo=ZoneInfo('UTC')).astimezone(ZoneInfo(protocol.zone)):%Y-%m-%d %H:%M}"


# ---- which edition -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("area", "day", "base"),
    [
        ("KE", "2021-06-26", "who-covid-2021"),
        ("KE", "2022-07-05", "who-covid-2021"),
        ("KE", "2022-07-06", "who-covid-2022"),
        ("EU", "2020-12-01", "ecdc-covid-2020"),
        ("EU", "2022-01-06", "ecdc-covid-2020"),
        ("EU", "2022-01-07", "who-covid-2021"),
        ("GB", "2021-07-01", "uk-covid-2021"),
        ("US", "2021-07-01", "us-covid"),
        ("3202", "2021-07-01", "cn-covid-8"),
        ("3202", "2022-07-10", "cn-covid-8"),
        ("CN", "2021-07-01", "cn-covid-8"),
    ],
)
def test_the_base_with_the_longest_area_is_taken_alone(area: str, day: str, base: str) -> None:
    stack = rules(area, day).stack
    assert stack[0] == base
    named = ("who-", "ecdc-", "uk-", "us-", "cn-")
    country = base.split("-")[0] + "-"
    assert [one for one in stack if one.startswith(named) and not one.startswith(country)] == []


def test_nothing_is_in_force_before_the_first() -> None:
    with pytest.raises(ProtocolError, match="no edition for covid-19 is in force in KE"):
        rules("KE", "2021-06-24")


@pytest.mark.parametrize(
    ("area", "day", "patches"),
    [
        ("GB", "2021-08-15", set()),
        ("GB", "2021-08-16", {"uk-covid-2021-08"}),
        ("GB", "2022-02-24", {"uk-covid-2021-08", "uk-covid-2022-02"}),
        ("US", "2021-12-26", set()),
        ("US", "2021-12-27", {"us-covid-2021-12"}),
        ("US", "2022-08-11", {"us-covid-2021-12", "us-covid-2022-08"}),
    ],
)
def test_patches_begin_on_their_day(area: str, day: str, patches: set[str]) -> None:
    assert set(rules(area, day).stack[1:]) - {"ringfence-safeguards"} == patches


def test_an_edition_of_who_is_no_change_of_the_rules_in_china() -> None:
    # WHO changed its guidance on 6 July 2022; China's had changed on 28 June.
    before, after = rules("3202", "2022-07-05"), rules("3202", "2022-07-10")
    assert (after.since, after.in_flight, after.stack) == (before.since, before.in_flight, before.stack)


def test_a_day_is_a_day_of_the_country() -> None:
    zones = {area: rules(area, "2021-07-01").zone for area in ("KE", "EU", "GB", "US", "3202")}
    assert zones == {
        "KE": "UTC", "EU": "Europe/Stockholm", "GB": "Europe/London", "US": "America/New_York",
        "3202": "Asia/Shanghai",
    }  # fmt: skip


# ---- the window --------------------------------------------------------------------------------


def window(protocol: Protocol, **drawings: str) -> list[str]:
    """From when until when the one case drawn is infectious, on the clocks of the edition."""
    [row] = cases(facts(Names(), drawings), protocol).to_pyarrow().to_pylist()
    return [local(row[name], protocol) for name in ("window_from", "window_to")]


def ill(onset: str) -> dict[str, str]:
    return {
        "case_report": f"""
            person | reported_at     | status    | symptoms | onset
            Ana    | {onset} {NOON} | confirmed | yes      | {onset}
        """
    }


def swabbed(day: str) -> dict[str, str]:
    return {
        "sample": f"tube | person | sampled_at\nS1 | Ana | {day} {NOON}",
        "tube": "tube | pool\nS1 | 1",
        "result": f"tube | test | result | reported_at\nS1 | nat | positive | {day} 23:00",
    }


def well_again(day: str) -> dict[str, str]:
    return {"milestone": f"person | kind | day\nAna | recovery | {day}"}


@pytest.mark.parametrize("day", ["2022-01-10", "2022-08-10"])
def test_who_two_days_before_to_ten_after_and_three_without_symptoms(day: str) -> None:
    who, month = rules("KE", day), day[:8]
    # 10 days after the 10th is the 20th; the 21st, 22nd and 23rd are the three more: 13 days after onset.
    assert window(who, **ill(day)) == [f"{month}08 00:00", f"{month}24 00:00"]
    # Well since the 13th: the 13 days stand. Well since the 22nd: the 22nd, 23rd and 24th are the three.
    assert window(who, **ill(day), **well_again(f"{month}13")) == [f"{month}08 00:00", f"{month}24 00:00"]
    assert window(who, **ill(day), **well_again(f"{month}22")) == [f"{month}08 00:00", f"{month}25 00:00"]
    # Without symptoms: two days before the day of the swab to ten after it, the 20th included.
    assert window(who, **swabbed(day)) == [f"{month}08 00:00", f"{month}21 00:00"]


def test_ecdc_forty_eight_hours_before_to_fourteen_days_after() -> None:
    ecdc = rules("EU", "2021-01-20")
    assert window(ecdc, **ill("2021-01-10")) == ["2021-01-08 00:00", "2021-01-25 00:00"]
    # The swab was taken at noon UTC, 13:00 in Stockholm: hours are elapsed hours, not days.
    assert window(ecdc, **swabbed("2021-01-10")) == ["2021-01-08 13:00", "2021-01-25 00:00"]


def test_the_uk_two_days_before_to_ten_days_after() -> None:
    uk = rules("GB", "2021-02-10")
    assert window(uk, **ill("2021-02-05")) == ["2021-02-03 00:00", "2021-02-16 00:00"]
    assert window(uk, **swabbed("2021-02-05")) == ["2021-02-03 00:00", "2021-02-16 00:00"]


def test_the_us_two_days_before_until_isolated() -> None:
    us = rules("US", "2020-11-15")
    assert window(us, **ill("2020-11-10")) == ["2020-11-08 00:00", ""]
    # To hospital at noon UTC on the 13th, 7:00 in New York.
    kept = {"stay": f"person | kind | begin\nAna | hospital | 2020-11-13 {NOON}"}
    assert window(us, **ill("2020-11-10"), **kept) == ["2020-11-08 00:00", "2020-11-13 07:00"]


# ---- who is a contact --------------------------------------------------------------------------


def judged(meetings: str, protocol: Protocol, names: Names, told: dict[str, str] | None = None) -> ir.Table:
    """The contacts that some meetings with Ana make, each from noon UTC on the day drawn, or as drawn."""
    head, *rows = [line for line in meetings.strip().splitlines() if line.strip()]
    rows = [f"{row} | Ana | 1" for row in rows]
    met = decided("exposures", names, "\n".join([f"{head} | index | ring", *rows]))
    roots = decided("contacts", names, "index | case | known_at\nAna | Ana | 2020-01-01 00:00")
    roots = roots.select("index", "case", "known_at")
    return contacts(met, roots, facts(names, told or {}), protocol, 1)


def minutes(length: int, start: str = f"2022-01-10 {NOON}") -> str:
    """begin | end | minutes of a meeting of so many minutes."""
    day, clock = start.split(" ")
    hour, minute = map(int, clock.split(":"))
    until = hour * 60 + minute + length
    return f"{start} | {day} {until // 60:02}:{until % 60:02} | {length}"


def test_who_one_metre_and_fifteen_minutes(names: Names) -> None:
    found = judged(f"""
        person | distance_m | near | manner   | relation   | protected | begin | end | minutes
        P01    | 1          |      |          |            |           | {minutes(15)}
        P02    | 1          |      |          |            |           | {minutes(14)}
        P03    | 2          | yes  |          |            |           | {minutes(90)}
        P04    |            |      | physical |            |           | {minutes(1)}
        P05    |            |      | care     |            | no        | {minutes(5)}
        P06    |            |      | care     |            | yes       | {minutes(60)}
        P07    |            | yes  |          | lives_with |           | {minutes(60)}
        P08    |            | yes  |          |            |           | {minutes(20)}
        P09    |            |      |          |            |           | {minutes(20)}
        P10    |            |      |          |            |           | {minutes(10)}
        P11    |            | no   |          |            |           | {minutes(60)}
    """, rules("KE", "2022-01-12"), names)  # fmt: skip
    # P02, P03, P06, P10 and P11 are no contacts: too short, too far, protected, too short, apart.
    assert_shows(found, names, """
        person | class | review | rule
        P01    | close | no     | contact-face
        P04    | close | no     | contact-physical
        P05    | close | no     | contact-care
        P07    | close | no     | contact-household
        P08    | close | no     | contact-near
        P09    | close | yes    | contact-near
    """)  # fmt: skip


def test_who_since_july_2022_only_those_at_high_risk_and_not_lately_immune(names: Names) -> None:
    day = f"2022-08-10 {NOON}"
    found = judged(f"""
        person | setting    | distance_m | begin | end | minutes
        P01    | restaurant | 1          | {minutes(15, day)}
        P02    | restaurant | 1          | {minutes(15, day)}
        P03    | restaurant | 1          | {minutes(15, day)}
        P04    | care_home  | 1          | {minutes(15, day)}
        P05    | restaurant | 1          | {minutes(15, day)}
        P06    | restaurant | 3          | {minutes(15, day)}
    """, rules("KE", "2022-08-12"), names, {
        "person": """
            person | birth_year
            P01    | 1961
            P02    | 1962
            P03    | 1950
            P04    | 1990
            P06    | 1950
        """,
        "immunity": """
            person | kind      | at
            P03    | vaccine   | 2022-05-12 20:00
            P04    | infection | 2022-05-11 20:00
        """,
    })  # fmt: skip
    # 61 in the year is over 60, 60 is not. A dose 90 days before counts, an infection 91 days before does
    # not. The age of P05 is not known: not taken to be over 60. P06 was 3 metres away.
    assert_shows(found, names, """
        person | class | review | rule
        P01    | close | no     | contact-high-risk
        P02    | low   | no     | contact-not-high-risk
        P03    | low   | no     | contact-recently-immune
        P04    | close | no     | contact-high-risk
        P05    | low   | no     | contact-not-high-risk
    """)  # fmt: skip


def test_the_uk_one_metre_at_once_or_a_minute_and_two_metres_for_a_quarter_of_an_hour(names: Names) -> None:
    morning, evening, next_day = f"2021-02-10 {NOON}", "2021-02-10 23:00", f"2021-02-11 {NOON}"
    found = judged(f"""
        person | setting | distance_m | manner | begin | end | minutes
        P01    | shop    | 1          | talk   | {minutes(0, morning)}
        P02    | shop    | 1          |        | {minutes(1, morning)}
        P03    | shop    | 2          |        | {minutes(16, morning)}
        P04    | shop    | 2          |        | {minutes(15, morning)}
        P05    | shop    | 2          |        | {minutes(8, morning)}
        P05    | shop    | 2          |        | {minutes(8, evening)}
        P06    | shop    | 2          |        | {minutes(8, morning)}
        P06    | shop    | 2          |        | {minutes(8, next_day)}
        P07    | shop    | 3          |        | {minutes(90, morning)}
        P08    | taxi    |            |        | {minutes(5, morning)}
        P09    | shop    | 2          | talk   | {minutes(1, morning)}
    """, rules("GB", "2021-02-12"), names)  # fmt: skip
    # More than 15 minutes: 15 is not. 8 and 8 on one day are 16; on two days they are not added up.
    assert_shows(found, names, """
        person | class | review | rule
        P01    | close | no     | contact-face-to-face
        P02    | close | no     | contact-one-metre
        P03    | close | no     | contact-two-metres
        P05    | close | no     | contact-two-metres
        P08    | close | no     | contact-small-vehicle
    """)  # fmt: skip


def test_the_uk_since_16_august_2021_children_and_the_fully_vaccinated_do_not_isolate(names: Names) -> None:
    day = f"2021-09-10 {NOON}"
    found = judged(f"""
        person | distance_m | begin | end | minutes
        P01    | 1          | {minutes(5, day)}
        P02    | 1          | {minutes(5, day)}
        P03    | 1          | {minutes(5, day)}
        P04    | 3          | {minutes(5, day)}
    """, rules("GB", "2021-09-12"), names, {
        "person": "person | birth_year\nP01 | 2004\nP02 | 1980\nP03 | 1980\nP04 | 2010",
        "immunity": "person | kind | at | immune\nP02 | vaccine | 2021-06-01 20:00 | yes",
    })  # fmt: skip
    assert_shows(found, names, """
        person | class | review | rule
        P01    | low   | no     | contact-exempt
        P02    | low   | no     | contact-exempt
        P03    | close | no     | contact-one-metre
    """)  # fmt: skip


def test_the_us_six_feet_and_fifteen_minutes_in_all(names: Names) -> None:
    morning, evening = f"2020-11-10 {NOON}", "2020-11-10 23:00"
    found = judged(f"""
        person | setting | distance_m | manner | relation | begin | end | minutes
        P01    |         | 2          |        |          | {minutes(15, morning)}
        P02    |         | 2          |        |          | {minutes(5, morning)}
        P02    |         | 2          |        |          | {minutes(10, evening)}
        P03    |         | 2          |        |          | {minutes(14, morning)}
        P04    |         | 3          |        |          | {minutes(90, morning)}
        P05    | home    |            | care   | carer    | {minutes(5, morning)}
    """, rules("US", "2020-11-15"), names)  # fmt: skip
    assert_shows(found, names, """
        person | class | review | rule
        P01    | close | no     | contact-six-feet
        P02    | close | no     | contact-six-feet
        P05    | close | no     | contact-care
    """)  # fmt: skip


def test_ecdc_high_and_low_risk(names: Names) -> None:
    day = f"2021-01-10 {NOON}"
    found = judged(f"""
        person | setting  | distance_m | near | closed | row_gap | manner   | begin | end | minutes
        P01    | shop     | 2          |      |        |         |          | {minutes(16, day)}
        P02    | shop     | 2          |      |        |         |          | {minutes(14, day)}
        P03    | shop     | 3          |      | yes    |         |          | {minutes(90, day)}
        P04    | aircraft |            |      | yes    | 2       |          | {minutes(200, day)}
        P05    | shop     |            | yes  | yes    |         |          | {minutes(15, day)}
        P06    | shop     |            |      | yes    |         |          | {minutes(15, day)}
        P07    | shop     |            | no   | no     |         |          | {minutes(60, day)}
        P08    | shop     |            |      |        |         | physical | {minutes(1, day)}
    """, rules("EU", "2021-01-15"), names)  # fmt: skip
    # P07 was apart and in the open: no contact. Whether P06 was near has to be judged.
    assert_shows(found, names, """
        person | class | review | rule
        P01    | close | no     | contact-face
        P02    | low   | no     | contact-brief
        P03    | low   | no     | contact-brief
        P04    | close | no     | contact-aircraft
        P05    | close | no     | contact-closed-room
        P06    | close | yes    | contact-closed-room
        P08    | close | no     | contact-physical
    """)  # fmt: skip


# ---- what they owe -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("area", "met", "expected"),
    [
        ("KE", "2022-01-10", "1 | home | 2022-01-12 | 2022-01-24"),
        ("KE", "2022-08-10", "1 | home | 2022-08-12 | 2022-08-20"),
        ("EU", "2021-01-10", "1 | home | 2021-01-12 | 2021-01-24"),
        ("GB", "2021-02-10", "1 | home | 2021-02-12 | 2021-02-20"),
        ("GB", "2022-03-10", ""),
        ("US", "2020-11-10", "1 | home | 2020-11-12 | 2020-11-24"),
        ("US", "2022-02-10", "1 | home | 2022-02-12 | 2022-02-15\n2 | free | 2022-02-16 | 2022-02-20"),
        ("US", "2022-09-10", ""),
    ],
)
def test_how_long_a_close_contact_is_kept(area: str, met: str, expected: str, names: Names) -> None:
    # Last met on the 10th, at home since the 12th; the days gone by count.
    met_at, traced = f"{met} {NOON}", f"{met[:8]}12 {NOON}"
    found = decided("contacts", names, f"""
        person | index | ring | case | class | review | known_at | first_exposure | last_exposure | meetings
        Bo     | Ana   | 1    | Ana  | close | no     | {traced} | {met_at}       | {met_at}      | 1
    """)  # fmt: skip
    told = facts(names, {"stay": f"person | kind | begin\nBo | home | {traced}"})
    kept, tests = quarantine(
        found,
        decided("cases", names, "person | detected_at\nAna | 2020-01-01 00:00"),
        told,
        rules(area, f"{met[:8]}12"),
        instant(f"{met[:8]}13 {NOON}"),
    )
    shown = [
        f"{row['phase']} | {row['place']} | {row['begin_day']} | {row['until_day']}"
        for row in sorted(kept.to_pyarrow().to_pylist(), key=lambda row: row["phase"])
    ]
    assert "\n".join(shown) == expected
    assert tests.count().to_pyarrow().as_py() == 0
