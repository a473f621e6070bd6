"""What makes somebody a case, and when is it over? Reports, smears, cultures, clean tests, a new illness."""

import pytest

from ringfence.engine.cases import cases
from ringfence.protocol import Protocol, resolve
from tests.drawing import Names, assert_shows, facts, instant
from tests.spec.rules import with_cases, with_release
from tests.spec.steps import ring_1, ring_2

AGAIN = """
    gives       | when
    re_positive | recovered = yes and nat = positive
"""


@pytest.fixture(scope="module")
def ebola() -> Protocol:
    return resolve("WORLD", "ebola", instant("03-31 03:00"))


@pytest.fixture(scope="module")
def tuberculosis() -> Protocol:
    return resolve("US", "tuberculosis", instant("03-31 03:00"))


def test_a_suspected_case_is_one_where_the_edition_says_so(
    ebola: Protocol, wuxi: Protocol, names: Names
) -> None:
    told = facts(names, {
        "case_report": """
            person | reported_at | symptoms | onset | status
            Ana    | 03-28 11:00 | yes      | 03-27 | suspected
            Bo     | 03-28 12:00 | yes      | 03-27 | probable
            Cy     | 03-28 13:00 | no       |       | excluded
            Dee    | 03-28 14:00 | yes      | 03-28 |
        """,
    })  # fmt: skip
    assert_shows(cases(told, ebola), names, """
        person | class     | detected_at | onset | rule
        Ana    | suspected | 03-28 11:00 | 03-27 | case-suspected
        Bo     | probable  | 03-28 12:00 | 03-27 | case-probable
    """)  # fmt: skip
    assert cases(told, wuxi).to_pyarrow().num_rows == 0


SUSPECTED = {
    "sample": """
        tube | person | sampled_at
        S1   | Ana    | 03-29 18:00
    """,
    "tube": """
        tube | pool
        S1   | 1
    """,
    "result": """
        tube | test | result   | reported_at
        S1   | nat  | positive | 03-29 21:00
    """,
    "case_report": """
        person | reported_at | symptoms | onset | status
        Ana    | 03-28 11:00 | yes      | 03-27 | suspected
    """,
}


def test_a_report_is_the_first_sign_where_it_makes_a_case_by_itself(
    ebola: Protocol, wuxi: Protocol, names: Names
) -> None:
    told = facts(names, SUSPECTED)
    # Suspected is a case of Ebola, so she was detected by the report; of COVID-19 it is none, so by the swab.
    assert_shows(cases(told, ebola), names, "class | detected_at\nconfirmed | 03-28 11:00")
    assert_shows(cases(told, wuxi), names, "class | detected_at\nconfirmed | 03-29 21:00")


def test_tests_since_a_report_can_answer_it(ebola: Protocol, names: Names) -> None:
    asking = with_cases(ebola, """
        gives | when
        none  | reported = suspected and nat = negative
    """)  # fmt: skip
    negative = SUSPECTED["result"].replace("positive", "negative")
    assert cases(facts(names, {**SUSPECTED, "result": negative}), asking).to_pyarrow().num_rows == 0
    # What was known before the report does not answer it.
    before = negative.replace("03-29 21:00", "03-28 08:00")
    taken = SUSPECTED["sample"].replace("03-29 18:00", "03-28 06:00")
    told = facts(names, {**SUSPECTED, "result": before, "sample": taken})
    assert_shows(cases(told, asking), names, "person | class\nAna | suspected")


def test_smears_and_cultures(tuberculosis: Protocol, wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "sample": """
            tube | person | sampled_at
            S1   | Ana    | 03-20 09:00
            S2   | Bo     | 03-20 09:00
            S3   | Cy     | 03-20 09:00
            S4   | Dee    | 03-20 09:00
        """,
        "tube": """
            tube | pool
            S1   | 1
            S2   | 1
            S3   | 1
            S4   | 1
        """,
        "result": """
            tube | test    | result   | reported_at
            S1   | smear   | positive | 03-20 17:00
            S2   | smear   | positive | 03-20 17:00
            S2   | culture | positive | 03-30 17:00
            S3   | smear   | positive | 03-20 17:00
            S3   | culture | negative | 03-30 17:00
            S4   | immune  | positive | 03-22 17:00
        """,
    })  # fmt: skip
    # A culture that grew confirms what the smear made probable; one that did not rules it out. A skin test
    # says that somebody once met the germ, not that they are ill.
    assert_shows(cases(told, tuberculosis), names, """
        person | class     | detected_at | first_positive | rule
        Ana    | probable  | 03-20 17:00 | 03-20 09:00    | case-probable
        Bo     | confirmed | 03-20 17:00 | 03-20 09:00    | case-confirmed
    """)  # fmt: skip
    assert cases(told, wuxi).to_pyarrow().num_rows == 0


def swabbed(rows: str) -> dict[str, str]:
    """Ana's single swabs, each reported six hours later: when, what it said, Ct in hundredths."""
    samples, tubes, results = (
        ["tube|person|sampled_at"],
        ["tube|pool"],
        ["tube|test|result|ct_x100|reported_at"],
    )
    for n, line in enumerate(line for line in rows.strip().splitlines() if line.strip()):
        at, result, ct, back = [cell.strip() for cell in line.split("|")]
        samples.append(f"S{n}|Ana|{at}")
        tubes.append(f"S{n}|1")
        results.append(f"S{n}|nat|{result}|{ct}|{back}")
    return {"sample": "\n".join(samples), "tube": "\n".join(tubes), "result": "\n".join(results)}


FIRST = "03-10 09:00 | positive | 2000 | 03-10 15:00\n"
ROWS = {
    # What was swabbed after the first positive of 10 March, and when that cleared her.
    "two negatives a day apart": (
        "03-18 09:00 | negative | | 03-18 15:00\n03-19 09:00 | negative | | 03-19 15:00", "03-19 15:00"),
    "an hour too near": (
        "03-18 09:00 | negative | | 03-18 15:00\n03-19 08:00 | negative | | 03-19 15:00", ""),
    "the third is far enough from the first": (
        "03-18 09:00 | negative | | 03-18 15:00\n03-18 20:00 | negative | | 03-19 02:00\n"
        "03-19 09:00 | negative | | 03-19 15:00", "03-19 15:00"),
    "only one": ("03-18 09:00 | negative | | 03-18 15:00", ""),
    "weak positives": (
        "03-18 09:00 | positive | 3500 | 03-18 15:00\n03-19 09:00 | positive | 3700 | 03-19 15:00",
        "03-19 15:00"),
    "just not weak": (
        "03-18 09:00 | positive | 3499 | 03-18 15:00\n03-19 09:00 | negative | | 03-19 15:00", ""),
    "a Ct nobody told": (
        "03-18 09:00 | positive | | 03-18 15:00\n03-19 09:00 | negative | | 03-19 15:00", ""),
    "a positive between": (
        "03-18 09:00 | negative | | 03-18 15:00\n03-18 20:00 | positive | 2500 | 03-19 02:00\n"
        "03-19 09:00 | negative | | 03-19 15:00", ""),
    "a grey one between": (
        "03-18 09:00 | negative | | 03-18 15:00\n03-18 20:00 | grey | | 03-19 02:00\n"
        "03-19 09:00 | negative | | 03-19 15:00", ""),
    "an invalid one between": (
        "03-18 09:00 | negative | | 03-18 15:00\n03-18 20:00 | invalid | | 03-19 02:00\n"
        "03-19 09:00 | negative | | 03-19 15:00", "03-19 15:00"),
    "the first came back last": (
        "03-18 09:00 | negative | | 03-21 15:00\n03-19 09:00 | negative | | 03-19 15:00", "03-21 15:00"),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_which_tests_end_a_case(row: str, wuxi: Protocol, names: Names) -> None:
    swabs, expected = ROWS[row]
    rule = "case-release" if expected else ""
    assert_shows(cases(facts(names, swabbed(FIRST + swabs)), wuxi), names, f"""
        person | first_positive | cleared_at | cleared_rule
        Ana    | 03-10 09:00    | {expected} | {rule}
    """)  # fmt: skip


def test_the_earlier_plans_ask_for_negatives(national: Protocol, names: Names) -> None:
    told = facts(names, swabbed(FIRST + ROWS["weak positives"][0]))
    assert_shows(cases(told, national), names, "person | cleared_at | cleared_rule\nAna | |")


def test_not_before_so_many_days(wuxi: Protocol, names: Names) -> None:
    late = with_release(wuxi, "clean | gap_h | ct_x100_from | after_d\n2 | 24 | 0 | 6")
    swabs = """
        03-15 23:00 | negative | | 03-16 05:00
        03-16 01:00 | negative | | 03-16 05:00
        03-17 01:00 | negative | | 03-17 05:00
    """
    # The 6th day after the first positive swab of 10 March is the 16th: what was swabbed an hour before it
    # began does not count.
    assert_shows(cases(facts(names, swabbed(FIRST + swabs)), late), names, "cleared_at\n03-17 05:00")


CLEARED = FIRST + ROWS["two negatives a day apart"][0]


def test_positive_again_after_being_cleared(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        **swabbed(CLEARED + "\n03-28 09:00 | positive | 2800 | 03-28 15:00"),
        "case_report": """
            person | reported_at | symptoms | onset | status    | elsewhere
            Ana    | 03-10 16:00 | yes      | 03-08 | confirmed | yes
        """,
    })  # fmt: skip
    # A new illness: four days before the swab of 28 March is the 24th. The report was of the one before:
    # neither its symptoms nor who kept that case says anything of this one.
    assert_shows(cases(told, with_cases(wuxi, AGAIN)), names, """
        person | class       | first_positive | detected_at | onset | window_from | elsewhere
        Ana    | re_positive | 03-28 09:00    | 03-28 15:00 |       | 03-24 00:00 | no
    """)  # fmt: skip
    [found] = cases(told, with_cases(wuxi, AGAIN)).to_pyarrow().to_pylist()
    # It rests on the new positive and on the two tests that ended the first.
    assert [fact & 0xFFFFFFFF for fact in found["evidence"]] == [1, 2, 3]


def test_a_report_is_of_the_illness_it_came_after(wuxi: Protocol, names: Names) -> None:
    for reported, expected in (("03-19 09:00", "re_positive | "), ("03-19 09:01", "re_positive | 03-18")):
        told = facts(names, {
            **swabbed(CLEARED + "\n03-28 09:00 | positive | 2800 | 03-28 15:00"),
            "case_report": f"person | reported_at | onset\nAna | {reported} | 03-18",
        })  # fmt: skip
        # The last of the swabs that cleared her was taken on 19 March at 09:00.
        assert_shows(cases(told, wuxi), names, f"class | onset\n{expected}")


NOT_AGAIN = {
    "weak": "03-28 09:00 | positive | 3600 | 03-28 15:00",
    "grey": "03-28 09:00 | grey | | 03-28 15:00",
}


@pytest.mark.parametrize("last", NOT_AGAIN)
def test_what_is_clean_is_no_new_illness(last: str, wuxi: Protocol, names: Names) -> None:
    told = facts(names, swabbed(CLEARED + "\n" + NOT_AGAIN[last]))
    assert_shows(cases(told, with_cases(wuxi, AGAIN)), names, """
        person | class    | first_positive | cleared_at
        Ana    | positive | 03-10 09:00    | 03-19 15:00
    """)  # fmt: skip


def test_ill_and_cleared_twice(wuxi: Protocol, names: Names) -> None:
    told = facts(names, swabbed(CLEARED + """
        03-22 09:00 | positive | 2800 | 03-22 15:00
        03-24 09:00 | negative |      | 03-24 15:00
        03-25 09:00 | negative |      | 03-25 15:00
    """))  # fmt: skip
    assert_shows(cases(told, with_cases(wuxi, AGAIN)), names, """
        person | class       | first_positive | cleared_at
        Ana    | re_positive | 03-22 09:00    | 03-25 15:00
    """)  # fmt: skip


def test_who_met_them_in_the_illness_before_stays_a_contact(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        **swabbed(CLEARED + "\n03-28 09:00 | positive | 2800 | 03-28 15:00"),
        "stay": """
            person | kind     | begin       | end
            Ana    | hospital | 03-11 09:00 | 03-20 09:00
            Cy     | central  | 03-11 10:00 | 03-21 10:00
        """,
        "place": """
            place | kind       | area            | closed
            7     | restaurant | 320206001001-01 | yes
            8     | restaurant | 320206001001-01 | yes
        """,
        "visit": """
            person | place | enter       | leave       | part
            Ana    | 7     | 03-05 12:00 | 03-05 13:00 | 1
            Bo     | 7     | 03-05 12:00 | 03-05 13:00 | 1
            Ana    | 7     | 03-06 12:00 | 03-06 13:00 | 1
            Cy     | 7     | 03-06 12:00 | 03-06 13:00 | 1
            Ana    | 7     | 03-21 12:00 | 03-21 13:00 | 1
            Dee    | 7     | 03-21 12:00 | 03-21 13:00 | 1
            Ana    | 7     | 03-25 12:00 | 03-25 13:00 | 1
            Eve    | 7     | 03-25 12:00 | 03-25 13:00 | 1
            Cy     | 7     | 03-25 12:00 | 03-25 13:00 | 1
            Cy     | 8     | 03-27 12:00 | 03-27 13:00 | 1
            Flo    | 8     | 03-27 12:00 | 03-27 13:00 | 1
        """,
    })  # fmt: skip
    # The first window is from 6 March (four days before the swab of the 10th) until she was taken in on the
    # 11th, the second from the 24th on. Bo met her before the one, Dee between the two.
    assert_shows(cases(told, wuxi), names, """
        person | before_at   | before_onset | before_from | before_to   | window_from
        Ana    | 03-10 15:00 |              | 03-06 00:00 | 03-11 09:00 | 03-24 00:00
    """)  # fmt: skip
    close = ring_1(told, wuxi, instant("03-29 03:00"))
    # Cy met her in both and was in quarantine between: the present one counts.
    assert_shows(close, names, """
        person | class | case | known_at    | first_exposure | last_exposure | meetings
        Cy     | close | Ana  | 03-28 15:00 | 03-25 12:00    | 03-25 13:00   | 1
        Eve    | close | Ana  | 03-28 15:00 | 03-25 12:00    | 03-25 13:00   | 1
    """)  # fmt: skip
    # So whoever Cy met since then is met as of a close contact.
    assert_shows(ring_2(close, told, wuxi, instant("03-29 03:00")), names, """
        person | class     | index | case
        Flo    | secondary | Cy    | Ana
    """)  # fmt: skip


def test_who_met_them_only_before_counts_from_then(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        **swabbed(CLEARED + "\n03-28 09:00 | positive | 2800 | 03-28 15:00"),
        "stay": "person | kind | begin | end\nAna | hospital | 03-11 09:00 | 03-20 09:00",
        "place": "place | kind | area | closed\n7 | restaurant | 320206001001-01 | yes",
        "visit": """
            person | place | enter       | leave       | part
            Ana    | 7     | 03-10 12:00 | 03-10 13:00 | 1
            Bo     | 7     | 03-10 12:00 | 03-10 13:00 | 1
        """,
    })  # fmt: skip
    assert_shows(ring_1(told, wuxi, instant("03-29 03:00")), names, """
        person | class | case | known_at    | first_exposure | last_exposure | meetings
        Bo     | close | Ana  | 03-10 15:00 | 03-10 12:00    | 03-10 13:00   | 1
    """)  # fmt: skip


def test_a_pool_of_the_illness_before_is_not_of_the_new_one(wuxi: Protocol, names: Names) -> None:
    weak = ROWS["weak positives"][0]
    told = swabbed(FIRST + weak + "\n03-28 09:00 | positive | 2800 | 03-28 15:00")
    told["sample"] += "\nT1|Ana|03-12 09:00"
    told["tube"] += "\nT1|10"
    told["result"] += "\nT1|nat|positive||03-12 15:00"
    # No negative lies between the pool of 12 March and the swab of the 28th; that she was cleared does.
    assert_shows(cases(facts(names, told), wuxi), names, "class | first_positive\nre_positive | 03-28 09:00")


def test_without_a_rule_nobody_is_cleared(ebola: Protocol, tuberculosis: Protocol, names: Names) -> None:
    told = facts(names, swabbed(CLEARED))
    assert_shows(cases(told, tuberculosis), names, "class | cleared_at\nconfirmed |")
    # Ebola asks for 48 hours between the two.
    assert_shows(cases(told, ebola), names, "class | cleared_at\nconfirmed |")
    later = CLEARED.replace("03-19", "03-20")
    assert_shows(
        cases(facts(names, swabbed(later)), ebola), names, "class | cleared_at\nconfirmed | 03-20 15:00"
    )
