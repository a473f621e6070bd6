"""Who owes a course, and what for? By an edition that has every choice: tests/editions/courses.toml.

It is 31 March 2022, noon.
"""

from pathlib import Path

import ibis.expr.types as ir
import pytest

from ringfence.engine.chain import observation
from ringfence.engine.match import empty
from ringfence.engine.tasks import tasks
from ringfence.protocol import SHIPPED, Protocol, resolve
from ringfence.tables import Facts
from ringfence.tables.decisions import DECISIONS
from tests.drawing import Names, assert_shows, decided, facts, instant
from tests.spec.steps import quarantine

EDITIONS = Path(__file__).parents[1] / "editions"
HEAD = "person | index | ring | case | class | review | known_at | first_exposure | last_exposure"
CASES = "person | detected_at | cleared_at"
NOON = "03-31 12:00"


@pytest.fixture(scope="module")
def rules() -> Protocol:
    return resolve("3202", "courses", instant(NOON), (SHIPPED, EDITIONS))


def told(names: Names, **drawings: str) -> Facts:
    """The facts drawn, each kind with the heading it has here."""
    heads = {
        "arrival": "person | at | origin | left_day", "stay": "person | kind | begin | end | place",
        "immunity": "person | kind | at", "step": "subject | step | at",
        "case_report": "person | reported_at | symptoms",
    }  # fmt: skip
    return facts(names, {kind: f"{heads.get(kind, '')}\n{rows}" for kind, rows in drawings.items()})


def owed(
    rules: Protocol, names: Names, known: Facts, contacts: str = "", cases: str = "", at: str = NOON
) -> tuple[ir.Table, ir.Table]:
    """The courses and tests of some contacts, and of whoever else the facts say owes one."""
    met = decided("contacts", names, f"{HEAD}\n{contacts}")
    return quarantine(met, decided("cases", names, f"{CASES}\n{cases}"), known, rules, instant(at))


def close(person: str, last: str, of: str = "close", first: str = "03-20 12:00") -> str:
    return f"{person} | Ana | 1 | Ana | {of} | no | 03-30 20:00 | {first} | {last}"


def test_whoever_arrives(rules: Protocol, names: Names) -> None:
    # Cal had left the high-risk area 8 days before; of Dov that is not known. Fay came again from
    # elsewhere, Gil from where nobody owes anything.
    known = told(names, arrival="""
        Abe | 03-28 10:00 | abroad |
        Bea | 03-28 10:00 | high   | 03-22
        Cal | 03-28 10:00 | high   | 03-20
        Dov | 03-28 10:00 | high   |
        Eli | 03-28 10:00 | none   |
        Fay | 03-20 10:00 | abroad |
        Fay | 03-28 10:00 | medium |
        Gil | 03-20 10:00 | abroad |
        Gil | 03-28 10:00 | none   |
        Hal | 03-31 18:00 | abroad |
    """)  # fmt: skip
    kept, _ = owed(rules, names, known)
    # Abe's 10 days have the 28th as day 1; Bea's 7 days, from when she left, have run: a test is owed.
    # Fay is only followed, from when she came. Hal is still to come.
    assert_shows(kept.filter(kept.phase == 1), names, """
        person | class      | known_at    | control_at  | anchor_day | begin_day | until_day | state
        Abe    | abroad     | 03-28 10:00 |             | 03-28      | 03-31     | 04-06     | to_place
        Bea    | high_area  | 03-28 10:00 |             | 03-22      | 03-31     | 03-31     | blocked
        Dov    | high_area  | 03-28 10:00 |             | 03-28      | 03-31     | 04-04     | to_place
        Fay    | other_area | 03-28 10:00 | 03-28 10:00 | 03-28      | 03-28     | 03-30     | blocked
        Gil    | abroad     | 03-20 10:00 |             | 03-20      | 03-31     | 03-31     | blocked
    """)  # fmt: skip


def test_whoever_leaves_a_closed_loop_or_a_hospital(rules: Protocol, names: Names) -> None:
    known = told(names, stay="""
        Abe | closed_loop | 03-01 08:00 | 03-29 18:00 |
        Abe | home        | 03-29 19:00 |             |
        Bea | closed_loop | 03-01 08:00 | 03-29 18:00 |
        Bea | closed_loop | 03-29 20:00 |             |
        Cal | closed_loop | 03-01 08:00 | 03-10 18:00 |
        Cal | closed_loop | 03-12 08:00 |             |
        Dov | hospital    | 03-10 18:00 | 03-30 09:00 |
        Dov | central     | 03-30 11:00 |             |
        Eli | hospital    | 03-10 18:00 |             |
        Fay | hospital    | 03-01 18:00 | 03-02 09:00 |
    """)  # fmt: skip
    # Bea was moved on the day, Cal is in the loop again. Eli is in hospital still, and Fay's stay there was
    # over before she was a case. Being a contact too asks nothing of a case, even one discharged.
    kept, tests = owed(rules, names, known, close("Dov", "03-09 13:00"), """
        Dov | 03-10 12:00 |
        Eli | 03-10 12:00 |
        Fay | 03-10 12:00 |
    """)  # fmt: skip
    assert_shows(kept, names, """
        person | class       | phase | known_at    | anchor_day | begin_day | until_day | state
        Abe    | closed_loop | 1     | 03-29 18:00 | 03-29      | 03-29     | 04-05     | running
        Dov    | discharged  | 1     | 03-30 09:00 | 03-30      | 03-30     | 04-13     | running
        Dov    | discharged  | 2     | 03-30 09:00 | 03-30      | 04-14     | 04-27     | to_come
    """)  # fmt: skip
    assert_shows(tests, names, """
        person | due_day
        Abe    | 03-29
        Abe    | 03-31
        Abe    | 04-02
        Dov    | 04-05
        Dov    | 04-12
    """)  # fmt: skip


def test_a_case_that_was_cleared_owes_for_what_came_after(rules: Protocol, names: Names) -> None:
    met = f"{close('Bo', '03-10 13:00')}\n{close('Cy', '03-28 13:00')}"
    kept, _ = owed(rules, names, told(names), met, """
        Bo | 03-12 12:00 | 03-26 09:00
        Cy | 03-12 12:00 | 03-26 09:00
    """)  # fmt: skip
    assert_shows(kept, names, "person | class\nCy | close")


BOTH = {
    "arrival": "Bo | 03-28 10:00 | abroad |",
    "stay": "Bo | central | 03-28 12:00 | | 1",
}


def test_a_contact_who_arrived_owes_two_courses(rules: Protocol, names: Names) -> None:
    kept, tests = owed(rules, names, told(names, **BOTH), close("Bo", "03-27 13:00"))
    assert_shows(kept, names, """
        class  | phase | index | anchor_day | begin_day | until_day
        close  | 1     | Ana   | 03-27      | 03-28     | 04-03
        abroad | 1     |       | 03-28      | 03-28     | 04-06
        abroad | 2     |       | 03-28      | 04-07     | 04-13
    """)  # fmt: skip
    assert_shows(tests, names, """
        class  | phase | due_day | ordinal
        close  | 1     | 03-28   | 1
        close  | 1     | 03-29   | 2
        close  | 1     | 03-30   | 3
        close  | 1     | 04-01   | 5
        close  | 1     | 04-03   | 7
        abroad | 1     | 03-28   | 1
        abroad | 1     | 03-31   | 4
        abroad | 1     | 04-03   | 7
        abroad | 1     | 04-06   | 10
        abroad | 2     | 04-09   | 3
        abroad | 2     | 04-12   | 6
    """)  # fmt: skip


def left_to_do(rules: Protocol, names: Names, known: Facts, contacts: str, at: str = NOON) -> ir.Table:
    """The tasks that the courses of some contacts, and of whoever else owes one, leave."""
    met = decided("contacts", names, f"{HEAD}\n{contacts}")
    infected = decided("cases", names, CASES)
    done = {kind: empty(declared) for kind, declared in DECISIONS.items()}
    done |= {"contacts": met, "cases": infected, **observation(met, infected, known, rules, instant(at))}
    return tasks(done, known, rules, instant(at))


def test_one_swab_a_day_and_one_placement_whatever_asks_for_it(rules: Protocol, names: Names) -> None:
    swab = {
        "sample": "tube | person | sampled_at\nS1 | Bo | 03-28 13:00\nS2 | Bo | 03-31 09:00",
        "tube": "tube | pool\nS1 | 1\nS2 | 1",
        "result": "tube | test | result | reported_at\nS1 | nat | negative | 03-28 20:00",
    }
    found = left_to_do(rules, names, told(names, **BOTH, **swab), close("Bo", "03-27 13:00"))
    # The swab of the 31st is not back yet: it is taken, which is what was owed that day, and it answers
    # the test of the 30th a day late. No limit on bringing people in is stated.
    assert_shows(found, names, """
        task               | done_at     | state     | rule
        place/Bo           | 03-28 12:00 | done      | course-close
        test/Bo/2022-03-28 | 03-28 13:00 | done      | course-close
        test/Bo/2022-03-29 |             | late      | course-close
        test/Bo/2022-03-30 | 03-31 09:00 | done_late | course-close
        test/Bo/2022-03-31 | 03-31 09:00 | done      | course-abroad
        test/Bo/2022-04-01 |             | open      | course-close
        test/Bo/2022-04-03 |             | open      | course-close
        test/Bo/2022-04-06 |             | open      | course-abroad
        test/Bo/2022-04-09 |             | open      | course-abroad
        test/Bo/2022-04-12 |             | open      | course-abroad
    """)  # fmt: skip


def test_followed_and_not_confined(rules: Protocol, names: Names) -> None:
    known = told(names, step="""
        P1 | visited | 03-30 21:00
        P1 | visited | 03-31 08:00
        P1 | visited | 03-31 09:00
    """)  # fmt: skip
    assert names.number("Bo") == 1
    met = close("Bo", "03-12 13:00", "low")
    kept, _ = owed(rules, names, known, met)
    # In place from when the case was known; nobody brings him anywhere, and nobody lets him go.
    assert_shows(kept, names, """
        place | placed_at   | begin_day | until_day | state
        free  | 03-30 20:00 | 03-30     | 04-02     | running
    """)  # fmt: skip
    assert_shows(left_to_do(rules, names, known, met), names, """
        task                | duty   | due_at      | done_at     | state
        visit/Bo/2022-03-30 | visits | 03-31 00:00 | 03-30 21:00 | done
        visit/Bo/2022-03-31 | visits | 04-01 00:00 | 03-31 08:00 | done
        visit/Bo/2022-04-01 | visits | 04-02 00:00 |             | open
        visit/Bo/2022-04-02 | visits | 04-03 00:00 |             | open
    """)  # fmt: skip
    kept, _ = owed(rules, names, known, met, at="04-02 12:00")
    assert_shows(kept, names, "state | left_at\nreleased |")


def test_nobody_is_followed_for_what_still_goes_on(rules: Protocol, names: Names) -> None:
    kept, _ = owed(rules, names, told(names), close("Bo", NOON, "low"))
    assert_shows(
        kept, names, "control_at | placed_at | begin_day | until_day | state\n|| 03-31 | 04-21 | running"
    )


def test_kept_from_work_nobody_is_brought_in(rules: Protocol, names: Names) -> None:
    known = told(names, stay="Cy | home | 03-31 09:00 | |")
    met = "\n".join(close(who, "03-28 13:00", "medium", "03-27 13:00") for who in ("Bo", "Cy"))
    kept, _ = owed(rules, names, known, met)
    # From 5 days after the first meeting, whether anybody has said that they stay at home or not.
    assert_shows(kept, names, """
        person | place     | traced_day | placed_at   | begin_day | until_day | state
        Bo     | exclusion | 03-31      |             | 04-01     | 04-18     | to_come
        Cy     | exclusion | 03-31      |             | 04-01     | 04-18     | to_come
    """)  # fmt: skip
    kept, _ = owed(rules, names, known, met, at="04-02 12:00")
    assert_shows(kept, names, """
        person | traced_day | placed_at   | begin_day | state
        Bo     | 04-02      |             | 04-01     | running
        Cy     | 03-31      | 03-31 09:00 | 04-01     | running
    """)  # fmt: skip
    assert left_to_do(rules, names, known, met).to_pyarrow()["task"].to_pylist() == []
