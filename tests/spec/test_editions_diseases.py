"""Do the editions for other diseases say what their sources do: which holds, who infects when, who owes what?

Instants are drawn in Chinese time: New York is 13 hours behind it in winter and 12 in summer. What contacts
become of the people Ana met is in `test_diseases_people`.
"""

import ibis.expr.types as ir
import pytest

from ringfence.engine.cases import cases
from ringfence.protocol import SHIPPED, Protocol, read_editions, resolve
from ringfence.protocol.instants import Instant
from tests.drawing import Names, assert_shows, facts, instant

DISEASES = ("ebola", "measles", "mpox", "tuberculosis", "pertussis", "cholera", "influenza", "hfmd")


def rules(area: str, disease: str, day: str) -> Protocol:
    return resolve(area, disease, instant(f"{day} 12:00"))


def written(expression: Instant) -> str:
    """An instant expression as an edition writes it, each part with its own shift."""
    parts = [f"{p.anchor}{p.shift:+d}{p.unit}" if p.unit else p.anchor for p in expression.parts]
    return parts[0] if len(parts) == 1 else f"{expression.pick}({', '.join(parts)})"


# ---- which edition, which window, which course ----------------------------------------------------


@pytest.mark.parametrize(
    ("area", "disease", "day", "edition"),
    [
        ("LR", "ebola", "2015-06-01", "ebola-who"),
        ("US", "ebola", "2014-10-26", "ebola-who"),
        ("US", "ebola", "2015-06-01", "ebola-us"),
        ("US", "ebola", "2017-07-02", "ebola-who"),
        ("320211", "ebola", "2026-06-01", "ebola-who"),
        ("US", "measles", "2025-02-11", "measles-us"),
        ("KE", "mpox", "2025-06-01", "mpox-who"),
        ("GB", "mpox", "2022-06-01", "mpox-uk"),
        ("US", "tuberculosis", "2025-06-01", "tb-us"),
        ("320211", "tuberculosis", "2025-06-01", "tb-cn"),
        ("US", "pertussis", "2025-06-01", "pertussis-us"),
        ("GB", "pertussis", "2025-06-01", "pertussis-uk"),
        ("BD", "cholera", "2025-06-01", "cholera-who"),
        ("US", "influenza", "2025-06-01", "influenza-us"),
        ("320211", "influenza", "2025-06-01", "influenza-cn"),
        ("320211", "hfmd", "2025-06-01", "hfmd-cn"),
    ],
)
def test_which_edition_holds_where_and_when(area: str, disease: str, day: str, edition: str) -> None:
    assert rules(area, disease, day).stack[0] == edition


@pytest.mark.parametrize(
    ("area", "disease", "window", "begin", "end"),
    [
        ("LR", "ebola", "window", "onset", "cleared"),
        ("US", "measles", "window", "rash-4d", "rash+5d"),
        ("KE", "mpox", "window", "earliest(onset-2d, rash-2d)", "recovered"),
        ("US", "tuberculosis", "window-symptomatic",
         "earliest(cough-3mo, onset-3mo, first_positive.sampled-3mo)", "latest(treated+2w, recovered)"),
        ("US", "tuberculosis", "window-asymptomatic", "earliest(detected-4w, first_positive.sampled-4w)",
         "latest(treated+2w, recovered)"),
        ("320211", "tuberculosis", "window", "detected-3mo", "treated+14d"),
        ("US", "pertussis", "window", "earliest(onset, cough)", "earliest(cough+3w, treated+5d)"),
        ("GB", "pertussis", "window", "onset", "earliest(onset+3w, treated+2d)"),
        ("BD", "cholera", "window-symptomatic", "onset", "recovered+3d"),
        ("US", "influenza", "window", "onset-1d", "onset+8d"),
        ("320211", "influenza", "window", "onset-1d", "isolated"),
        ("320211", "hfmd", "window-symptomatic", "onset-7d", "latest(onset+14d, recovered+7d)"),
    ],
)  # fmt: skip
def test_from_when_until_when_a_case_infects(
    area: str, disease: str, window: str, begin: str, end: str
) -> None:
    [row] = [row for row in rules(area, disease, "2025-06-01").windows if row.rule.id == window]
    assert (written(row.begin), written(row.end)) == (begin, end)


@pytest.mark.parametrize(
    ("area", "disease", "day", "courses"),
    [
        ("LR", "ebola", "2015-06-01", {"close": ("free", 21, "every day")}),
        ("US", "ebola", "2015-06-01", {
            "close": ("exclusion", 21, "every day"), "medium": ("free", 21, "every day"),
            "low": ("free", 21, "every day"), "other_area": ("free", 21, "every day"),
        }),
        ("US", "measles", "2025-06-01", {"close": ("exclusion", 21, "")}),
        ("KE", "mpox", "2025-06-01", {"close": ("free", 21, "every day")}),
        ("GB", "mpox", "2022-07-17", {
            "close": ("home", 21, ""), "medium": ("free", 21, "every day"), "low": (),
        }),
        ("GB", "mpox", "2022-07-19", {
            "close": ("free", 21, ""), "medium": ("free", 21, "every day"), "low": (),
        }),
        ("US", "tuberculosis", "2025-06-01", {"close": ("free", 70, ""), "low": ()}),
        ("US", "pertussis", "2025-06-01", {"close": ("exclusion", 21, ""), "medium": ("free", 21, "")}),
        ("GB", "pertussis", "2025-06-01", {"close": (), "general": ()}),
        ("BD", "cholera", "2025-06-01", {"close": ("free", 5, "")}),
        ("US", "influenza", "2025-06-01", {"close": ("free", 10, "every day")}),
        ("320211", "influenza", "2025-06-01", {"close": ("free", 7, "every day")}),
        ("320211", "hfmd", "2025-06-01", {"close": ("free", 7, "every day")}),
    ],
)  # fmt: skip
def test_what_each_class_owes(
    area: str, disease: str, day: str, courses: dict[str, tuple[str, int, str]]
) -> None:
    found: dict[str, tuple[object, ...]] = {}
    for course in rules(area, disease, day).courses:
        found[course.of] = ()
        for phase in course.phases:
            daily = phase.visits is not None and (phase.visits.form, phase.visits.every) == ("every_d", 1)
            found[course.of] = (phase.place, phase.days, "every day" if daily else "")
            # The day of the last exposure, or of leaving, is day 0 in all of them; nobody is put in a site.
            assert (phase.numbering, phase.reset) == (0, "none")
    assert found == courses


def test_no_rule_of_covid_hides_in_them() -> None:
    editions, faults = read_editions(SHIPPED)
    mine = [edition for edition in editions if edition.disease in DISEASES]
    assert {fault.file for fault in faults} & {edition.file for edition in mine} == set()
    assert {edition.disease for edition in mine} == set(DISEASES)
    for edition in mine:
        assert not set(edition.tables) & {"hold", "zone", "gate", "pool", "campaign", "cadence", "companion"}
        assert not edition.official
        assert edition.authority_zh
        assert edition.authority_en


def test_what_is_from_memory_says_so() -> None:
    editions, _ = read_editions(SHIPPED)
    for edition in (one for one in editions if one.disease in DISEASES):
        for row in (row for rows in edition.tables.values() for row in rows):
            remembered = "from memory" in row["source"] or "nothing was found" in row["source"]
            assert remembered == (row["grade"] == "M"), (edition.id, row["id"])
    [china] = [edition for edition in editions if edition.id == "tb-cn"]
    assert {row["grade"] for rows in china.tables.values() for row in rows} == {"M"}


# ---- cases and their windows ----------------------------------------------------------------------


def ill(area: str, disease: str, names: Names, drawings: dict[str, str], day: str = "2025-06-01") -> ir.Table:
    return cases(facts(names, drawings), rules(area, disease, day))


def reported(told: str, points: str = "", status: str = "confirmed") -> dict[str, str]:
    """Ana as a clinician reports her: symptoms and onset, and dated points of the illness."""
    head = "person | reported_at | symptoms | onset | status"
    drawings = {"case_report": f"{head}\nAna | 2025-03-20 20:00 | {told} | {status}"}
    return {**drawings, "milestone": f"person | kind | day\n{points}"} if points else drawings


def test_vector_11_the_window_of_a_rash_on_10_february(names: Names) -> None:
    # 6 to 14 February in New York: its midnights are 13:00 here; the 15th begins as the window ends.
    found = ill("US", "measles", names, reported("yes |", "Ana | rash | 2025-02-10"))
    assert_shows(found, names, """
        person | class    | window_from | window_to   | lingers_min
        Ana    | reported | 02-06 13:00 | 02-15 13:00 | 120
    """)  # fmt: skip


@pytest.mark.parametrize(
    ("told", "points", "window"),
    [
        # 3 months before the cough of 15 January; 2 weeks from the first day of treatment, 20 March.
        ("yes | 2025-02-01", "Ana | cough | 2025-01-15\nAna | treatment | 2025-03-20",
         "10-15 12:00 | 04-03 12:00"),
        # Better only on 10 April.
        ("yes | 2025-02-01", "Ana | treatment | 2025-03-20\nAna | recovery | 2025-04-10",
         "11-01 12:00 | 04-10 12:00"),
        # No symptoms and nothing under the microscope: 4 weeks before the report of 20 March.
        ("no |", "Ana | treatment | 2025-03-20", "02-20 13:00 | 04-03 12:00"),
    ],
)  # fmt: skip
def test_tuberculosis_looks_back_for_months(told: str, points: str, window: str, names: Names) -> None:
    found = ill("US", "tuberculosis", names, reported(told, points))
    assert_shows(found, names, f"window_from | window_to\n{window}")


@pytest.mark.parametrize(
    ("points", "window"),
    [
        ("Ana | cough | 2025-03-01", "02-22 13:00 | 03-22 12:00"),
        ("Ana | cough | 2025-03-01\nAna | treatment | 2025-03-05", "02-22 13:00 | 03-10 12:00"),
        ("Ana | cough | 2025-03-01\nAna | treatment | 2025-03-20", "02-22 13:00 | 03-22 12:00"),
    ],
)
def test_pertussis_ends_by_the_cough_or_by_antibiotics(points: str, window: str, names: Names) -> None:
    # New York goes to summer time on 9 March: midnight is 13:00 here before, 12:00 after.
    found = ill("US", "pertussis", names, reported("yes | 2025-02-22", points))
    assert_shows(found, names, f"window_from | window_to\n{window}")


@pytest.mark.parametrize(
    ("area", "disease", "points", "window"),
    [
        # WORLD editions count days of UTC, whose midnight is 08:00 here.
        ("LR", "ebola", "", "03-10 08:00 | "),
        ("KE", "mpox", "Ana | recovery | 2025-04-01", "03-08 08:00 | 04-01 08:00"),
        ("KE", "mpox", "Ana | rash | 2025-03-09", "03-07 08:00 | "),
        ("BD", "cholera", "Ana | recovery | 2025-03-14", "03-10 08:00 | 03-17 08:00"),
        ("US", "influenza", "", "03-09 13:00 | 03-18 12:00"),
        ("320211", "influenza", "", "03-09 00:00 | "),
        ("320211", "hfmd", "", "03-03 00:00 | 03-24 00:00"),
        ("320211", "hfmd", "Ana | recovery | 2025-03-20", "03-03 00:00 | 03-27 00:00"),
    ],
)  # fmt: skip
def test_the_window_of_an_onset_on_10_march(
    area: str, disease: str, points: str, window: str, names: Names
) -> None:
    found = ill(area, disease, names, reported("yes | 2025-03-10", points))
    assert_shows(found, names, f"window_from | window_to\n{window}")
