"""Which steps run against a limit, which are done, and which are late?

Ana was detected on 30 March at 21:00 (a reported case is, by her report); tube T1 was reported at 17:10.
"""

import ibis.expr.types as ir

from ringfence.engine.clocks import clocks
from ringfence.engine.holds import holds, pools
from ringfence.protocol import Protocol
from tests.drawing import Names, assert_shows, decided, facts, instant

ANA = """
    person | detected_at | elsewhere | area
    Ana    | 03-30 21:00 | no        | 320211001006
    Zoe    | 03-30 21:00 | yes       | 320211001006
"""
HOLDS = "person | tube"
POOLS = "tube | reported_at"


def run(wuxi: Protocol, names: Names, at: str, cases: str = ANA, **drawings: str) -> ir.Table:
    told = facts(names, drawings)
    held = holds(told, wuxi, instant(at))
    done = {
        "holds": held,
        "pools": pools(told, wuxi, held),
        "cases": decided("cases", names, cases),
        "courses": decided("courses", names, "person | phase"),
    }
    return clocks(done, told, wuxi, instant(at))


def test_every_step_of_a_case_has_a_limit_and_a_duty(wuxi: Protocol, names: Names) -> None:
    # Zoe is kept by another city: no clock runs for her here.
    assert_shows(run(wuxi, names, "03-30 22:00"), names, """
        clock           | subject | begin       | limit_h | due_at      | done_at | state   | duty
        clock-report    | Ana     | 03-30 21:00 | 2       | 03-30 23:00 |         | running | tracing
        clock-interview | Ana     | 03-30 21:00 | 2       | 03-30 23:00 |         | running | tracing
        clock-contacts  | Ana     | 03-30 21:00 | 4       | 03-31 01:00 |         | running | tracing
        clock-transfer  | Ana     | 03-30 21:00 | 2       | 03-30 23:00 |         | running | transfers
        clock-lock      | Ana     | 03-30 21:00 | 24      | 03-31 21:00 |         | running | zones
    """)  # fmt: skip


def test_done_late_and_still_late(wuxi: Protocol, names: Names) -> None:
    found = run(wuxi, names, "03-31 03:00", step="""
        subject | step            | at
        P1      | reported        | 03-30 22:30
        P1      | interviewed     | 03-30 23:30
        P9      | contacts_listed | 03-30 23:30
    """, stay="""
        person | kind     | begin
        Ana    | central  | 03-30 22:00
        Ana    | hospital | 03-31 02:00
    """)  # fmt: skip
    # A stay in hospital is a transfer, whoever forgot to say so; a site is not. The list is somebody else's.
    assert_shows(found, names, """
        clock           | done_at     | state
        clock-report    | 03-30 22:30 | done
        clock-interview | 03-30 23:30 | done_late
        clock-contacts  |             | late
        clock-transfer  | 03-31 02:00 | done_late
        clock-lock      |             | running
    """)  # fmt: skip


def test_due_to_the_minute(wuxi: Protocol, names: Names) -> None:
    # At its due time a step is not late yet; done at that time it is done in time.
    for at, state in (("03-30 23:00", "running"), ("03-30 23:01", "late")):
        found = run(wuxi, names, at)
        assert_shows(found.filter(found.clock == "clock-report"), names, f"state\n{state}")
    found = run(wuxi, names, "03-31 03:00", step="subject | step | at\nP1 | reported | 03-30 23:00")
    assert_shows(found.filter(found.clock == "clock-report"), names, "state\ndone")


def test_the_first_word_that_it_was_done_counts(wuxi: Protocol, names: Names) -> None:
    found = run(wuxi, names, "03-31 03:00", step="""
        subject | step        | at
        P1      | transferred | 03-30 22:00
    """, stay="""
        person | kind     | begin
        Ana    | hospital | 03-30 22:40
    """)  # fmt: skip
    assert_shows(found.filter(found.clock == "clock-transfer"), names, """
        done_at     | evidence
        03-30 22:00 | [1, 4294967296, 8589934592]
    """)  # fmt: skip


TUBE = {
    "tube": """
        tube | pool | area
        T1   | 10   | 320211001006
        S1   | 1    |
        S2   | 1    |
    """,
    "result": """
        tube | test | result   | reported_at
        T1   | nat  | positive | 03-30 17:10
    """,
}
NOBODY = "person | detected_at | elsewhere"


def test_a_tube_is_done_when_its_last_member_is(wuxi: Protocol, names: Names) -> None:
    pooled = """
        tube | person | sampled_at
        T1   | Ana    | 03-30 14:00
        T1   | Bo     | 03-30 14:00
        S1   | Ana    | 03-30 18:00
    """
    found = run(wuxi, names, "03-30 20:00", NOBODY, **TUBE, sample=pooled)
    assert_shows(found, names, """
        clock               | subject | due_at      | done_at | state   | duty       | area
        clock-pool-swabbed  | T:T1    | 03-30 19:10 |         | late    | sampling   | 320211001006
        clock-pool-resolved | T:T1    | 03-31 01:10 |         | running | laboratory | 320211001006
    """)  # fmt: skip
    back = {
        **TUBE,
        "result": f"{TUBE['result']}S1 | nat | negative | 03-30 21:00\nS2 | nat | positive | 03-30 23:00",
    }
    found = run(wuxi, names, "03-31 00:00", NOBODY, **back, sample=f"{pooled}S2 | Bo | 03-30 19:30")
    assert_shows(found, names, """
        clock               | done_at     | state
        clock-pool-swabbed  | 03-30 19:30 | done_late
        clock-pool-resolved | 03-30 23:00 | done
    """)  # fmt: skip


def test_a_tube_whose_members_nobody_knows_runs_late_too(wuxi: Protocol, names: Names) -> None:
    found = run(wuxi, names, "03-31 02:00", NOBODY, **TUBE)
    assert_shows(found, names, """
        clock               | subject | state
        clock-pool-swabbed  | T:T1    | late
        clock-pool-resolved | T:T1    | late
    """)  # fmt: skip
