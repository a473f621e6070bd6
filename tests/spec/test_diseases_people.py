"""Whom does a case of another disease make a contact, of which class, and what do they owe?

Ana is the case everywhere. Instants are drawn in Chinese time: New York is 13 hours behind it in winter and
12 in summer, London 7 in summer.
"""

import ibis.expr.types as ir
import pytest

from ringfence.engine.chain import observation
from ringfence.protocol import Protocol, resolve
from tests.drawing import Names, assert_shows, decided, facts, instant
from tests.spec.steps import quarantine, ring_1

MET = "person | index | ring | case | class | review | known_at | first_exposure | last_exposure"
CLINIC = "place | name_zh | kind | area | closed\n1 | 某诊所 | clinic | 329901 | yes"


def rules(area: str, disease: str, day: str) -> Protocol:
    return resolve(area, disease, instant(f"{day} 12:00"))


def classed(area: str, disease: str, names: Names, drawings: dict[str, str], at: str) -> ir.Table:
    """The contacts of the cases in some drawings, decided under the rules of that instant."""
    return ring_1(facts(names, drawings), resolve(area, disease, instant(at)), instant(at))


def ana(onset: str, points: str = "") -> dict[str, str]:
    """Ana ill since a day, reported as confirmed; dated points of her illness."""
    head = "person | reported_at | symptoms | onset | status"
    told = {"case_report": f"{head}\nAna | {onset} 20:00 | yes | {onset} | confirmed"}
    return {**told, "milestone": f"person | kind | day\n{points}"} if points else told


def told(*rows: str) -> dict[str, str]:
    """Meetings with Ana as told to a tracer, each of half an hour on 12 March 2025, at no place of note."""
    head = "case | begin | end | setting | person | manner | protected | relation | distance_m | near"
    met = "Ana | 2025-03-12 10:00 | 2025-03-12 10:30 | other"
    return {"interview": "\n".join([head, *(f"{met} | {row}" for row in rows)])}


# ---- measles --------------------------------------------------------------------------------------

ANA_RASH = ana("2025-02-08", "Ana | rash | 2025-02-10")


def test_measles_hangs_in_the_air_for_two_hours_and_needs_no_time(names: Names) -> None:
    # Ana was in the clinic for an hour, until 02:00. One minute with her is enough; so is coming in within
    # two hours after she has left, but not as they are over. Fay is immune; of Gus nothing is known.
    found = classed("US", "measles", names, {
        **ANA_RASH,
        "place": CLINIC,
        "visit": """
            person | place | enter            | leave
            Ana    | 1     | 2025-02-10 01:00 | 2025-02-10 02:00
            Bo     | 1     | 2025-02-10 01:59 | 2025-02-10 02:00
            Cy     | 1     | 2025-02-10 03:59 | 2025-02-10 04:10
            Dee    | 1     | 2025-02-10 04:00 | 2025-02-10 04:10
            Fay    | 1     | 2025-02-10 01:10 | 2025-02-10 01:50
            Gus    | 1     | 2025-02-10 01:10 | 2025-02-10 01:50
        """,
        "immunity": """
            person | kind    | at               | immune
            Fay    | vaccine | 2001-05-01 12:00 | yes
            Cy     | vaccine | 2001-05-01 12:00 | no
        """,
    }, "2025-02-12 12:00")  # fmt: skip
    assert_shows(found, names, """
        person | class | review | rule
        Bo     | close | no     | close-together
        Cy     | close | no     | close-after
        Gus    | close | no     | close-together
    """)  # fmt: skip


def test_vector_11_excluded_from_12_february_to_2_march(names: Names) -> None:
    # Exposed on 7 and 9 February in New York: from day 5 after the first, 12 February, to day 21 after the
    # last, 2 March; immune globulin makes it day 28, 9 March.
    phases, _ = quarantine(
        decided("contacts", names, "\n".join([
            MET,
            "Bo | Ana | 1 | Ana | close | no | 2025-02-11 01:00 | 2025-02-08 01:00 | 2025-02-10 01:00",
            "Cy | Ana | 1 | Ana | close | no | 2025-02-11 01:00 | 2025-02-08 01:00 | 2025-02-10 01:00",
        ])),
        decided("cases", names, "person | detected_at\nAna | 2025-02-11 01:00"),
        facts(names, {
            "immunity": "person | kind | at\nCy | immune_globulin | 2025-02-11 09:00",
        }),
        rules("US", "measles", "2025-02-11"),
        instant("2025-02-11 12:00"),
    )  # fmt: skip
    assert_shows(phases, names, """
        person | place     | anchor_day | begin_day | until_day
        Bo     | exclusion | 02-09      | 02-12     | 03-02
        Cy     | exclusion | 02-09      | 02-12     | 03-09
    """)  # fmt: skip


# ---- ebola and mpox -------------------------------------------------------------------------------

SEEN = (
    "Bo  | needle   | no  |            |   |",
    "Cy  | physical | yes |            |   |",
    "Dee | physical |     |            |   |",
    "Eve |          | no  | carer      |   |",
    "Fay | talk     | no  |            | 1 |",
    "Gus |          |     | lives_with |   |",
    "Hal | bedding  | no  |            |   |",
    "Ida | talk     | no  | friend     | 3 | no",
    "Jo  | talk     | no  | friend     |   | yes",
)


@pytest.mark.parametrize(
    ("area", "disease", "year", "classes"),
    [
        # Touching counts, and caring whatever was worn; talking does not, at whatever distance.
        ("LR", "ebola", "2025", "Bo close, Cy close, Dee close, Eve close, Gus close, Hal close"),
        ("KE", "mpox", "2025", "Bo close, Dee close, Eve close, Hal close, Jo close"),
    ],
)
def test_whom_who_follows(area: str, disease: str, year: str, classes: str, names: Names) -> None:
    found = classed(area, disease, names, {**ana(f"{year}-03-10"), **told(*SEEN)}, "2025-03-14 12:00")
    assert_shows(found, names, "person | class\n" + classes.replace(" ", " | ").replace(", | ", "\n"))


def test_american_tiers_of_ebola(names: Names) -> None:
    # The same meetings ten years before: a stick is high risk whatever was worn, touching in protective
    # equipment is low, and being near without any is some risk.
    drawings = {**ana("2015-03-10"), **told(*SEEN)}
    drawings["interview"] = drawings["interview"].replace("2025-", "2015-")
    found = classed("US", "ebola", names, drawings, "2015-03-14 12:00")
    assert_shows(found, names, """
        person | class  | rule
        Bo     | close  | high-needle
        Cy     | low    | low-protected
        Dee    | close  | high-touch
        Eve    | close  | high-carer
        Fay    | medium | some-near
        Gus    | medium | some-household
        Hal    | close  | high-touch
        Jo     | medium | some-near
    """)  # fmt: skip


def test_british_tiers_of_mpox(names: Names) -> None:
    drawings = {**ana("2022-06-10"), **told(*SEEN)}
    drawings["interview"] = drawings["interview"].replace("2025-03", "2022-06")
    found = classed("GB", "mpox", names, drawings, "2022-06-14 12:00")
    assert_shows(found, names, """
        person | class  | rule
        Bo     | close  | high-direct
        Cy     | low    | low-protected
        Dee    | close  | high-direct
        Eve    | medium | medium-carer
        Fay    | medium | medium-metre
        Gus    | close  | high-household
        Hal    | close  | high-environment
        Ida    | low    | low-rest
        Jo     | low    | low-rest
    """)  # fmt: skip


def test_at_home_and_nobody_knows_how_is_asked(names: Names) -> None:
    home = "320211001006-01-002-1-0301"
    found = classed("KE", "mpox", names, {
        **ana("2025-03-10"),
        "residence": f"person | kind | area\nAna | living | {home}\nBo | living | {home}",
    }, "2025-03-14 12:00")  # fmt: skip
    assert_shows(found, names, "person | class | review | rule\nBo | close | yes | close-home-ask")


def owes(area: str, disease: str, day: str, names: Names, last: str) -> tuple[ir.Table, ir.Table]:
    """The phases and the visits of Bo, a close contact who last met Ana at an instant, known on a day."""
    protocol = rules(area, disease, day)
    nothing = facts(names, {})
    found = observation(
        decided("contacts", names, f"{MET}\nBo | Ana | 1 | Ana | close | no | {day} 22:00 | {last} | {last}"),
        decided("cases", names, "person | detected_at\nAna | 2014-01-01 12:00"),
        nothing,
        protocol,
        instant(f"{day} 23:00"),
    )
    return found["courses"], found["course_visits"]


def test_ebola_is_seen_every_day_for_21_days_and_not_confined(names: Names) -> None:
    # Last met on 10 March, known on the 14th: 21 days after it is the 31st. From the 14th to the 31st there
    # are 18 days.
    kept, visits = owes("LR", "ebola", "2015-03-14", names, "2015-03-10 12:00")
    assert_shows(kept, names, "place | begin_day | until_day\nfree | 03-14 | 03-31")
    days = [row["due_day"].isoformat() for row in visits.to_pyarrow().to_pylist()]
    assert sorted(days) == [f"2015-03-{day}" for day in range(14, 32)]


@pytest.mark.parametrize(("day", "place"), [("2022-07-17", "home"), ("2022-07-19", "free")])
def test_british_contacts_of_mpox_stay_at_home_until_18_july(day: str, place: str, names: Names) -> None:
    # Met on 10 July: 21 days to the 31st, whichever.
    kept, _ = owes("GB", "mpox", day, names, "2022-07-10 12:00")
    assert_shows(kept, names, f"place | anchor_day | until_day\n{place} | 07-10 | 07-31")


# ---- tuberculosis ---------------------------------------------------------------------------------


def test_tuberculosis_counts_hours_of_shared_air_together(names: Names) -> None:
    # Eight hours over all meetings of the window, the 3 months before the cough of 10 March included.
    def meetings(person: str, until: str, days: int) -> list[str]:
        dates = [f"2025-02-{day:02}" for day in range(1, days + 1)]
        return [f"Ana | {person} | {date} 01:00 | {date} {until}" for date in dates]

    rows = [*meetings("Bo", "03:00", 4), *meetings("Cy", "02:59", 4), *meetings("Dee", "01:10", 1)]
    found = classed("US", "tuberculosis", names, {
        **ana("2025-03-10", "Ana | cough | 2025-03-10"),
        "interview": "\n".join(["case | person | begin | end", *rows]),
        "person": "person | birth_year\nDee | 2022",
    }, "2025-03-14 12:00")  # fmt: skip
    assert_shows(found, names, """
        person | class | rule       | grade
        Bo     | close | high-hours | M
        Cy     | low   | low-rest   | A
        Dee    | close | high-child | ?
    """)  # fmt: skip


@pytest.mark.parametrize(
    ("day", "due", "until"),
    [
        # Last met on 3 March. Known on the 14th: tested that day, and 8 weeks after the 3rd: 28 April. The
        # 10 weeks end on 12 May.
        ("2025-03-14", ["03-14", "04-28"], "05-12"),
        # Known on 20 May, after the 10 weeks: one test is enough.
        ("2025-05-20", ["05-20"], "05-20"),
    ],
)
def test_tuberculosis_is_tested_twice_and_nobody_is_confined(
    day: str, due: list[str], until: str, names: Names
) -> None:
    kept, tests = quarantine(
        decided("contacts", names, (
            f"{MET}\nBo | Ana | 1 | Ana | close | no | {day} 21:00 | 2025-02-03 22:00 | 2025-03-03 22:00"
        )),
        decided("cases", names, "person | detected_at\nAna | 2025-03-12 12:00"),
        facts(names, {}),
        rules("US", "tuberculosis", day),
        instant(f"{day} 22:00"),
    )  # fmt: skip
    assert_shows(kept, names, f"place | until_day\nfree | {until}")
    assert_shows(tests, names, "due_day | test\n" + "\n".join(f"{one} | immune" for one in due))


# ---- pertussis, cholera, influenza, hand, foot and mouth disease -----------------------------------


@pytest.mark.parametrize(
    ("found_on", "rule"), [("2025-03-31", "close-household"), ("2025-04-01", "general-late")]
)
def test_british_pertussis_asks_how_old_the_illness_is(found_on: str, rule: str, names: Names) -> None:
    # Ill since 10 March: 21 days on the 31st.
    drawings = ana("2025-03-10")
    drawings["case_report"] = drawings["case_report"].replace("2025-03-10 20:00", f"{found_on} 20:00")
    rows = told("Bo | talk | | lives_with | | ")
    found = classed("GB", "pertussis", names, {**drawings, **rows}, "2025-04-02 12:00")
    assert_shows(found, names, f"person | rule\nBo | {rule}")


def test_american_pertussis_keeps_the_young_and_unvaccinated_away(names: Names) -> None:
    # Bo is 4 and not fully vaccinated, Cy is and is 4 too; of Dee, 6, nothing is known; Eve is 40.
    home = "320211001006-01-002-1-0301"
    people = ("Ana", "Bo", "Cy", "Dee", "Eve")
    found = classed("US", "pertussis", names, {
        **ana("2025-03-10", "Ana | cough | 2025-03-12"),
        "residence": "\n".join(["person | kind | area", *(f"{one} | living | {home}" for one in people)]),
        "person": "person | birth_year\nBo | 2021\nCy | 2021\nDee | 2019\nEve | 1985",
        "immunity": """
            person | kind    | at               | immune
            Bo     | vaccine | 2021-09-01 12:00 | no
            Cy     | vaccine | 2023-09-01 12:00 | yes
        """,
    }, "2025-03-14 12:00")  # fmt: skip
    assert_shows(found, names, """
        person | class  | review | rule
        Bo     | close  | no     | close-child
        Cy     | medium | no     | medium-household
        Dee    | close  | yes    | close-child
        Eve    | medium | no     | medium-household
    """)  # fmt: skip


@pytest.mark.parametrize(
    ("area", "disease", "classes"),
    [
        # Sharing food and water, or soiled things; talking is nothing.
        ("BD", "cholera", "Eve close, Gus close, Hal close"),
        # Nobody said that Fay and Jo were indoors with her.
        ("US", "influenza", "Dee close, Eve close, Gus close"),
        ("320211", "influenza", "Dee close, Eve close, Gus close, Jo close"),
        ("320211", "hfmd", "Cy close, Dee close, Eve close, Gus close, Hal close"),
    ],
)
def test_whom_the_others_follow(area: str, disease: str, classes: str, names: Names) -> None:
    found = classed(area, disease, names, {**ana("2025-03-10"), **told(*SEEN)}, "2025-03-14 12:00")
    assert_shows(found, names, "person | class\n" + classes.replace(" ", " | ").replace(", | ", "\n"))


@pytest.mark.parametrize(
    ("area", "disease", "until"),
    [("BD", "cholera", "03-17"), ("US", "influenza", "03-22"), ("320211", "influenza", "03-19"),
     ("320211", "hfmd", "03-19")],
)  # fmt: skip
def test_how_long_the_others_are_watched(area: str, disease: str, until: str, names: Names) -> None:
    # Last met on 12 March: 5, 10, 7 and 7 days after it.
    kept, _ = owes(area, disease, "2025-03-14", names, "2025-03-12 22:00")
    assert_shows(kept, names, f"place | until_day\nfree | {until}")
