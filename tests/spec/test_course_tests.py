"""Which tests does a course owe, what came of them, and do they let the person go?

Bo is a close contact of Ana, last exposed on 28 March and in a site since the 30th: tests are owed on
30 March, 2, 5 and 11 April (the last is day 14, moved to the day of release), then 13 and 18 April.
"""

import ibis.expr.types as ir
import pytest

from ringfence.engine.match import empty
from ringfence.engine.tasks import tasks
from ringfence.protocol import Protocol
from ringfence.tables.decisions import DECISIONS
from tests.drawing import Names, assert_shows, decided, facts, instant
from tests.spec.steps import quarantine

BO = """
    person | index | ring | case | class | review | known_at    | first_exposure | last_exposure
    Bo     | Ana   | 1    | Ana  | close | no     | 03-30 20:00 | 03-27 12:00    | 03-28 13:00
"""
SITE = "Bo | central | 03-30 22:00 |"
ALL = "03-30 22:30 negative, 04-02 09:00 negative, 04-05 09:00 negative, 04-11 09:00 negative"


def followed(
    wuxi: Protocol, names: Names, swabs: str, at: str, stays: str = SITE, contacts: str = BO
) -> tuple[ir.Table, ir.Table]:
    """The courses and tests after some swabs of Bo's: when and what came of each, reported in 6 hours."""
    taken = [swab.rsplit(" ", 1) for swab in swabs.split(", ") if swab]
    told = facts(names, {
        "sample": "\n".join(
            ["tube | person | sampled_at", *(f"S{n} | Bo | {when}" for n, (when, _) in enumerate(taken))]
        ),
        "tube": "\n".join(
            ["tube | pool", *(f"S{n} | {10 if 'pool' in said else 1}" for n, (_, said) in enumerate(taken))]
        ),
        "result": "\n".join([
            "tube | test | result | reported_at",
            *(f"S{n} | nat | {said.removeprefix('pool-')} | {when}" for n, (when, said) in enumerate(taken)
              if said != "pending"),
        ]),
        "stay": f"person | kind | begin | end\n{stays}",
    })  # fmt: skip
    infected = decided("cases", names, "person | detected_at\nAna | 03-30 20:00")
    return quarantine(decided("contacts", names, contacts), infected, told, wuxi, instant(at))


def test_each_test_takes_the_swab_of_its_days(wuxi: Protocol, names: Names) -> None:
    _, tests = followed(
        wuxi, names, "03-30 22:30 negative, 04-03 09:00 negative, 04-05 09:00 pending", "04-05 12:00"
    )
    # The swab owed on the 2nd was taken a day late; that of the 5th is not back.
    assert_shows(tests, names, """
        phase | due_day | ordinal | sampled_at  | result
        1     | 03-30   | 1       | 03-30 22:30 | negative
        1     | 04-02   | 4       | 04-03 09:00 | negative
        1     | 04-05   | 7       | 04-05 09:00 |
        1     | 04-11   | 14      |             |
        2     | 04-13   | 2       |             |
        2     | 04-18   | 7       |             |
    """)  # fmt: skip


SWABS = {
    # What was taken for the test of 2 April, and what stands for it.
    "invalid": ("04-02 09:00 invalid", "04-02 09:00 | invalid"),
    "invalid, then negative": ("04-02 09:00 invalid, 04-03 09:00 negative", "04-03 09:00 | negative"),
    "a pool is no test of his, whatever it says": ("04-02 09:00 pool-negative", "|"),
    "two negatives": ("04-02 09:00 negative, 04-04 09:00 negative", "04-02 09:00 | negative"),
}


@pytest.mark.parametrize("swabs", SWABS)
def test_which_swab_stands_for_a_test(swabs: str, wuxi: Protocol, names: Names) -> None:
    taken, expected = SWABS[swabs]
    _, tests = followed(wuxi, names, taken, "04-05 12:00")
    second = tests.filter(tests.ordinal == 4)
    assert_shows(second, names, f"ordinal | sampled_at | result\n4 | {expected}")


RELEASES = {
    # Swabs, as of when, and the state of the first phase.
    "all negative, a day early": (ALL, "04-10 23:00", "running"),
    "all negative": (ALL, "04-11 20:00", "releasable"),
    "the last not taken": (ALL.rsplit(", ", 1)[0], "04-11 20:00", "blocked"),
    "the last not back": (ALL.rsplit(" ", 1)[0] + " pending", "04-11 20:00", "blocked"),
    "one missed": (ALL.split(", ", 1)[1], "04-11 20:00", "blocked"),
    "one missed and made up the day after": (
        ALL.split(", ", 1)[1] + ", 04-12 09:00 negative", "04-12 20:00", "releasable",
    ),
    "one missed and made up before": (
        ALL.split(", ", 1)[1] + ", 04-07 09:00 negative", "04-11 20:00", "releasable",
    ),
    "swabbed twice on one day is one test": (
        ALL.split(", ", 1)[1] + ", 04-11 09:05 negative", "04-11 20:00", "blocked",
    ),
}  # fmt: skip


@pytest.mark.parametrize("release", RELEASES)
def test_who_may_go(release: str, wuxi: Protocol, names: Names) -> None:
    swabs, at, state = RELEASES[release]
    kept, _ = followed(wuxi, names, swabs, at)
    assert_shows(kept.filter(kept.phase == 1), names, f"state\n{state}")


def test_whoever_left_on_their_day_is_released(wuxi: Protocol, names: Names) -> None:
    moved = "Bo | central | 03-30 22:00 | 04-11 18:00\nBo | home | 04-11 19:00 |"
    for swabs, state in ((ALL, "released"), (ALL.split(", ", 1)[1], "blocked")):
        kept, _ = followed(wuxi, names, swabs, "04-12 12:00", stays=moved)
        assert_shows(kept, names, f"""
            phase | placed_at   | left_at     | state
            1     | 03-30 22:00 | 04-11 18:00 | {state}
            2     | 03-30 22:00 |             | running
        """)  # fmt: skip


def test_nobodys_swab_counts_before_they_are_under_control(wuxi: Protocol, names: Names) -> None:
    # Sampled in the street on the 31st while the tracers were still looking for him: the days of his
    # tests move with the calendar until he is in place, and so nothing done can come undone.
    for at, due in (("03-31 12:00", "03-31"), ("04-01 12:00", "04-01")):
        _, tests = followed(wuxi, names, "03-31 09:00 negative", at, stays="")
        assert_shows(tests.filter(tests.ordinal == 1), names, f"due_day | sampled_at\n{due} |")


def test_found_after_the_term_a_swab_settles_it_for_good(wuxi: Protocol, names: Names) -> None:
    long_ago = BO.replace("03-28 13:00", "03-10 13:00")
    for at in ("03-31 12:00", "04-09 12:00"):
        kept, tests = followed(wuxi, names, "03-31 09:00 negative", at, stays="", contacts=long_ago)
        assert_shows(kept.filter(kept.phase == 1), names, """
            traced_day | until_day | state
            03-31      | 03-31     | releasable
        """)  # fmt: skip
        assert_shows(tests.filter(tests.phase == 1), names, """
            due_day | result
            03-31   | negative
        """)  # fmt: skip


def owed(table: ir.Table, tests: ir.Table, wuxi: Protocol, names: Names, at: str) -> ir.Table:
    """The tasks that courses and their tests leave."""
    done = {kind: empty(declared) for kind, declared in DECISIONS.items()}
    done |= {"contacts": decided("contacts", names, BO), "courses": table, "course_tests": tests}
    return tasks(done, facts(names, {}), wuxi, instant(at))


def test_what_a_course_leaves_to_be_done(wuxi: Protocol, names: Names) -> None:
    swabs = "03-30 22:30 negative, 04-02 09:00 invalid, 04-07 09:00 negative, 04-11 09:00 negative"
    kept, tests = followed(wuxi, names, swabs, "04-12 12:00")
    found = owed(kept, tests, wuxi, names, "04-12 12:00")
    # The invalid swab is owed still; that of the 5th was two days late. He was placed within 24 hours.
    assert_shows(found, names, """
        task           | since       | due_at      | done_at     | state     | rule
        place/Bo       | 03-30 20:00 | 03-31 20:00 | 03-30 22:00 | done      | limit-place
        test/Bo/2022-03-30 | 03-30 00:00 | 03-31 00:00 | 03-30 22:30 | done      | course-close
        test/Bo/2022-04-02 | 04-02 00:00 | 04-03 00:00 |             | late      | course-close
        test/Bo/2022-04-05 | 04-05 00:00 | 04-06 00:00 | 04-07 09:00 | done_late | course-close
        test/Bo/2022-04-11 | 04-11 00:00 | 04-12 00:00 | 04-11 09:00 | done      | course-close
        test/Bo/2022-04-13 | 04-13 00:00 | 04-14 00:00 |             | open      | course-close
        test/Bo/2022-04-18 | 04-18 00:00 | 04-19 00:00 |             | open      | course-close
    """)  # fmt: skip


def test_letting_go_is_owed_and_done(wuxi: Protocol, names: Names) -> None:
    left = "Bo | central | 03-30 22:00 | 04-11 18:00"
    for stays, done, state in ((SITE, "", "late"), (left, "04-11 18:00", "done")):
        kept, tests = followed(wuxi, names, ALL, "04-12 12:00", stays=stays)
        found = owed(kept, tests, wuxi, names, "04-12 12:00")
        assert_shows(found.filter(found.must == "release"), names, f"""
            task               | since       | due_at      | done_at | state
            release/Bo/close/1 | 04-11 00:00 | 04-12 00:00 | {done}  | {state}
        """)  # fmt: skip
