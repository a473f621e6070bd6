"""The one list: what is owed, to whom, by which unit, by when, and is it done?"""

import ibis.expr.types as ir

from ringfence.engine.holds import holds, pools
from ringfence.engine.tasks import tasks
from ringfence.protocol import Protocol
from tests.drawing import Names, assert_shows, decided, facts, instant

EMPTY = {
    "holds": "person | tube", "pools": "tube", "cases": "person", "contacts": "person", "courses": "person",
    "course_tests": "person", "course_visits": "person", "coverage": "person", "zones": "area",
    "clocks": "clock", "zone_steps": "area",
}  # fmt: skip
POOL = {
    "tube": """
        tube | pool | area
        T1   | 10   | 320211001006
        S1   | 1    |
        S2   | 1    |
    """,
    "sample": """
        tube | person | sampled_at
        T1   | Ana    | 03-30 14:00
        T1   | Bo     | 03-30 14:00
    """,
    "result": """
        tube | test | result   | reported_at
        T1   | nat  | positive | 03-30 17:10
    """,
}


def owed(wuxi: Protocol, names: Names, at: str, told: dict[str, str] | None = None, **drawn: str) -> ir.Table:
    """The tasks that some drawn decisions leave; holds and pools follow from the facts."""
    known = facts(names, told or {})
    done = {kind: decided(kind, names, drawn.get(kind, head)) for kind, head in EMPTY.items()}
    done["holds"] = holds(known, wuxi, instant(at))
    done["pools"] = pools(known, wuxi, done["holds"])
    return tasks(done, known, wuxi, instant(at))


def test_a_positive_tube_calls_every_member_back(wuxi: Protocol, names: Names) -> None:
    told = {**POOL, "sample": f"{POOL['sample']}S1 | Ana | 03-30 18:00"}
    assert_shows(owed(wuxi, names, "03-30 20:00", told), names, """
        task                 | duty       | since       | due_at      | done_at     | state | rule
        single_swab/Ana/T1   | sampling   | 03-30 17:10 | 03-30 19:10 | 03-30 18:00 | done  | limit-swab
        single_swab/Bo/T1    | sampling   | 03-30 17:10 | 03-30 19:10 |             | late  | limit-swab
        single_result/Ana/T1 | laboratory | 03-30 18:00 | 03-31 00:00 |             | open  | limit-result
    """)  # fmt: skip


def test_a_hold_that_ended_by_its_limit_still_owes_the_swab(wuxi: Protocol, names: Names) -> None:
    assert_shows(owed(wuxi, names, "04-02 20:00", POOL), names, """
        task               | done_at | state
        single_swab/Ana/T1 |         | late
        single_swab/Bo/T1  |         | late
    """)  # fmt: skip


def test_an_invalid_single_is_owed_again(wuxi: Protocol, names: Names) -> None:
    told = {
        **POOL,
        "sample": f"{POOL['sample']}S1 | Ana | 03-30 18:00",
        "result": f"{POOL['result']}S1 | nat | invalid | 03-30 22:00",
    }
    found = owed(wuxi, names, "03-30 23:00", told)
    assert_shows(found.filter(found.person == names.number("Ana")), names, """
        task                 | since       | due_at      | done_at     | state
        single_swab/Ana/T1   | 03-30 22:00 | 03-31 00:00 |             | open
        single_result/Ana/T1 | 03-30 18:00 | 03-31 00:00 | 03-30 22:00 | done
    """)  # fmt: skip


def test_a_tube_without_a_positive_is_reviewed_until_closed(wuxi: Protocol, names: Names) -> None:
    told = {
        **POOL,
        "sample": f"{POOL['sample']}S1 | Ana | 03-30 18:00\nS2 | Bo | 03-30 18:00",
        "result": f"{POOL['result']}S1 | nat | negative | 03-30 22:00\nS2 | nat | negative | 03-30 22:00",
    }
    for step, done, state in (("", "", "open"), ("T:T1 | closed | 03-31 08:00", "03-31 08:00", "done")):
        found = owed(wuxi, names, "03-31 09:00", {**told, "step": f"subject | step | at\n{step}"})
        assert_shows(found.filter(found.must == "review_pool"), names, f"""
            task             | subject | duty       | due_at | done_at | state
            review_pool/T:T1 | T:T1    | laboratory |        | {done}  | {state}
        """)  # fmt: skip


def test_a_tube_whose_members_nobody_knows_is_somebodys_task(wuxi: Protocol, names: Names) -> None:
    told = {**POOL, "sample": "tube | person | sampled_at"}
    assert_shows(owed(wuxi, names, "03-30 20:00", told), names, "task\nreview_pool/T:T1")


def test_contacts_to_be_judged(wuxi: Protocol, names: Names) -> None:
    found = owed(wuxi, names, "03-31 03:00", cases="person\nZoe", contacts="""
        person | index | ring | class     | review | known_at
        Bo     | Ana   | 1    | close     | yes    | 03-30 21:00
        Cy     | Ana   | 1    | close     | yes    | 03-30 21:00
        Cy     | Zoe   | 1    | close     | no     | 03-30 22:00
        Dee    | Bo    | 2    | secondary | yes    | 03-30 21:00
        Dee    | Zoe   | 1    | general   | no     | 03-30 21:00
        Zoe    | Ana   | 1    | close     | yes    | 03-30 21:00
    """, courses="""
        person | class | phase
        Cy     | close | 1
    """)  # fmt: skip
    # Cy is a close contact anyway, and Zoe is a case: nobody need judge them. The limit is the same as
    # for bringing a contact into place. The names' numbers: Ana is P3, Bo P2.
    assert_shows(found, names, f"""
        task                        | duty    | due_at      | state
        review_contact/Bo/{names.number("Ana")}/1  | tracing | 03-31 21:00 | open
        review_contact/Dee/{names.number("Bo")}/2 | tracing | 03-31 21:00 | open
    """)  # fmt: skip


def test_what_a_round_still_owes(wuxi: Protocol, names: Names) -> None:
    told = {
        "round": "round | area | name_zh | opens_at | due_at\nR1 | 3202 | 首轮 | 03-31 06:00 | 03-31 20:00"
    }
    found = owed(wuxi, names, "03-31 21:00", told, coverage="""
        round | person | status  | area         | evidence
        R1    | Ana    | missing | 320211001006 | 7
        R1    | Bo     | sampled | 320211001006 | 8
    """)  # fmt: skip
    assert_shows(found, names, """
        task          | duty     | due_at      | state | rule  | evidence        | values.round
        sample/Ana/R1 | coverage | 03-31 20:00 | late  | round | [7, 4294967296] | R1
    """)  # fmt: skip


def test_zones_to_be_decided(wuxi: Protocol, names: Names) -> None:
    found = owed(wuxi, names, "03-31 03:00", zones="""
        area            | level  | last_case_at | declared_at
        320211001006-01 | sealed | 03-30 20:00  | 03-30 22:00
        320211001006-02 | sealed | 03-30 20:00  |
    """)  # fmt: skip
    assert_shows(found, names, """
        task                          | due_at      | done_at     | state
        decide_zone/A:320211001006-01 | 03-31 02:00 | 03-30 22:00 | done
        decide_zone/A:320211001006-02 | 03-31 02:00 |             | late
    """)  # fmt: skip


def test_the_steps_of_a_case_are_tasks(wuxi: Protocol, names: Names) -> None:
    found = owed(wuxi, names, "03-31 03:00", clocks="""
        clock               | subject | begin       | due_at      | done_at     | duty
        clock-report        | P7      | 03-30 21:00 | 03-30 23:00 | 03-30 23:30 | tracing
        clock-pool-resolved | T:T1    | 03-30 21:00 | 03-30 23:00 |             | laboratory
    """)  # fmt: skip
    # The clock of a tube asks nothing of its own: its members' swabs and results are the tasks.
    assert found.to_pyarrow().select(["task", "person", "state"]).to_pylist() == [
        {"task": "report|P7", "person": 7, "state": "done_late"}
    ]


UNITS = """
    unit     | duty  | area            | name_zh
    CITY     | zones | 3202            | 市指挥部
    DISTRICT | zones | 320211          | 区指挥部
    COMM     | zones | 320211001006    | 社区
    GRID     | zones | 320211001006-01 | 网格
    OTHER    | zones | 320211001006-1  | 网格
    TRACERS  | tracing | 320211001006  | 流调队
    CITY-2   | zones | 3202            | 市指挥部二组
"""


def test_the_unit_of_the_longest_area_answers(wuxi: Protocol, names: Names) -> None:
    found = owed(wuxi, names, "03-31 03:00", {"unit": UNITS}, zones="""
        area                | level  | last_case_at
        320211001006-01-002 | sealed | 03-30 20:00
        320211001006-12-001 | sealed | 03-30 20:00
        320211002           | sealed | 03-30 20:00
        320205              | sealed | 03-30 20:00
        3204                | sealed | 03-30 20:00
    """)  # fmt: skip
    # Grid -1 is not above grid -12. Of two units for one area the first by its id. Changzhou has none.
    assert_shows(found, names, """
        area                | unit
        320211001006-01-002 | GRID
        320211001006-12-001 | COMM
        320211002           | DISTRICT
        320205              | CITY
        3204                |
    """)  # fmt: skip


def test_a_task_without_an_area_or_a_unit_is_still_a_task(wuxi: Protocol, names: Names) -> None:
    told = {**POOL, "tube": "tube | pool\nT1 | 10", "unit": UNITS}
    assert_shows(owed(wuxi, names, "03-30 20:00", told), names, """
        task               | area | unit | state
        single_swab/Ana/T1 |      |      | late
        single_swab/Bo/T1  |      |      | late
    """)  # fmt: skip
