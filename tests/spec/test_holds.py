"""Who in a positive or grey tube is held, until when, and what becomes of each of them and of the tube?"""

import pytest

from ringfence.engine.holds import holds, pools
from ringfence.protocol import Protocol
from tests.drawing import Names, assert_shows, facts, instant

POOL = {
    "sample": """
        tube | person | sampled_at
        T1   | Ana    | 03-30 14:00
        T1   | Bo     | 03-30 14:00
        T1   | Cy     | 03-30 14:01
    """,
    "tube": """
        tube | pool | area
        T1   | 10   | 320211001006
        S1   | 1    |
        S2   | 1    |
        S3   | 1    |
        S4   | 1    |
    """,
    "result": """
        tube | test | result   | reported_at
        T1   | nat  | positive | 03-30 17:10
    """,
    "residence": """
        person | kind   | area
        Ana    | living | 320211001006-01-002
    """,
}


def since(swabs: str, results: str, pool: dict[str, str] = POOL) -> dict[str, str]:
    """The pool, and the swabs and results that came after it."""
    return {**pool, "sample": pool["sample"] + swabs, "result": pool["result"] + results}


def test_every_member_is_held_where_they_are_for_a_day_at_most(wuxi: Protocol, names: Names) -> None:
    # The swab is due within 2 hours, the hold ends by itself after 24 (Ringfence's own safeguards).
    found = holds(facts(names, POOL), wuxi, instant("03-30 18:00"))
    assert_shows(found, names, """
        person | tube | begin       | swab_due    | until       | state | ended_at | area
        Ana    | T1   | 03-30 17:10 | 03-30 19:10 | 03-31 17:10 | held  |          | 320211001006-01-002
        Bo     | T1   | 03-30 17:10 | 03-30 19:10 | 03-31 17:10 | held  |          | 320211001006
        Cy     | T1   | 03-30 17:10 | 03-30 19:10 | 03-31 17:10 | held  |          | 320211001006
    """)  # fmt: skip


def test_a_single_result_ends_it_and_so_does_the_limit(wuxi: Protocol, names: Names) -> None:
    told = facts(names, since("""
        S1 | Ana | 03-30 18:00
        S2 | Bo  | 03-30 18:00
    """, """
        S1 | nat | negative | 03-30 21:00
        S2 | nat | positive | 03-30 21:30
    """))  # fmt: skip
    found = holds(told, wuxi, instant("03-31 17:10"))
    assert_shows(found, names, """
        person | swabbed_at  | result   | reported_at | state    | ended_at
        Ana    | 03-30 18:00 | negative | 03-30 21:00 | released | 03-30 21:00
        Bo     | 03-30 18:00 | positive | 03-30 21:30 | case     | 03-30 21:30
        Cy     |             |          |             | expired  | 03-31 17:10
    """)  # fmt: skip
    assert_shows(pools(told, wuxi, found), names, """
        tube | result   | members | swabbed | reported | positives | state
        T1   | positive | 3       | 2       | 2        | 1         | resolved
    """)  # fmt: skip


def test_a_grey_tube_holds_and_a_negative_or_invalid_one_does_not(wuxi: Protocol, names: Names) -> None:
    for said, held in (("grey", 3), ("negative", 0), ("invalid", 0)):
        pool = {**POOL, "result": POOL["result"].replace("positive", said)}
        found = holds(facts(names, pool), wuxi, instant("03-30 18:00"))
        assert found.to_pyarrow().num_rows == held


def test_all_negative_leaves_the_tube_unresolved(wuxi: Protocol, names: Names) -> None:
    told = facts(names, since("""
        S1 | Ana | 03-30 18:00
        S2 | Bo  | 03-30 18:00
        S3 | Cy  | 03-30 18:00
    """, """
        S1 | nat | negative | 03-30 21:00
        S2 | nat | negative | 03-30 21:00
        S3 | nat | negative | 03-30 21:00
    """))  # fmt: skip
    found = holds(told, wuxi, instant("03-31 00:00"))
    assert_shows(pools(told, wuxi, found), names, """
        tube | members | reported | positives | state
        T1   | 3       | 3        | 0         | unresolved
    """)  # fmt: skip


SINGLES = {
    # What Ana's single swabs were, and what follows at 16:00 the day after.
    "before the pool, so it says nothing of it": (
        "S1 | Ana | 03-30 13:00", "S1 | nat | negative | 03-30 16:00",
        " |  | held | ",
    ),
    "after the pool was taken but before it was reported": (
        "S1 | Ana | 03-30 15:00", "S1 | nat | negative | 03-30 16:30",
        "03-30 15:00 | negative | released | 03-30 17:10",
    ),
    "invalid, so it is owed again": (
        "S1 | Ana | 03-30 18:00", "S1 | nat | invalid | 03-30 21:00",
        "03-30 18:00 | invalid | held | ",
    ),
    "invalid, then swabbed again and not back": (
        "S1 | Ana | 03-30 18:00\nS2 | Ana | 03-30 21:30", "S1 | nat | invalid | 03-30 21:00",
        "03-30 21:30 |  | held | ",
    ),
    "grey, then negative": (
        "S1 | Ana | 03-30 18:00\nS2 | Ana | 03-30 21:30",
        "S1 | nat | grey | 03-30 21:00\nS2 | nat | negative | 03-30 23:00",
        "03-30 21:30 | negative | released | 03-30 23:00",
    ),
    "an antigen kit alone": (
        "S1 | Ana | 03-30 18:00", "S1 | antigen | negative | 03-30 18:15",
        " |  | held | ",
    ),
    "in a second pool": (
        "T2 | Ana | 03-30 18:00\nT2 | Dee | 03-30 18:00", "T2 | nat | negative | 03-30 21:00",
        " |  | held | ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("single", SINGLES)
def test_only_a_single_since_the_pool_ends_it(single: str, wuxi: Protocol, names: Names) -> None:
    swabs, results, expected = SINGLES[single]
    told = facts(names, since(swabs, results))
    found = holds(told, wuxi, instant("03-31 16:00")).filter(lambda t: t.person == names.number("Ana"))
    assert_shows(found, names, f"swabbed_at | result | state | ended_at\n{expected}")


def test_a_result_after_the_limit_does_not_lengthen_the_hold(wuxi: Protocol, names: Names) -> None:
    told = facts(names, since("""
        S1 | Ana | 03-30 18:00
        S2 | Bo  | 03-30 18:00
    """, """
        S1 | nat | negative | 03-31 20:00
        S2 | nat | positive | 03-31 20:00
    """))  # fmt: skip
    assert_shows(holds(told, wuxi, instant("03-31 21:00")), names, """
        person | result   | state   | ended_at
        Ana    | negative | expired | 03-31 17:10
        Bo     | positive | case    | 03-31 17:10
        Cy     |          | expired | 03-31 17:10
    """)  # fmt: skip


def test_infected_three_weeks_later_is_another_matter(wuxi: Protocol, names: Names) -> None:
    told = facts(names, since("""
        S1 | Ana | 03-30 18:00
        S2 | Ana | 04-20 18:00
    """, """
        S1 | nat | negative | 03-30 21:00
        S2 | nat | positive | 04-20 21:00
    """))  # fmt: skip
    found = holds(told, wuxi, instant("04-21 00:00")).filter(lambda t: t.person == names.number("Ana"))
    assert_shows(found, names, """
        person | result   | state    | ended_at
        Ana    | negative | released | 03-30 21:00
    """)  # fmt: skip


def test_in_two_positive_tubes_each_needs_a_swab_after_it(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "sample": """
            tube | person | sampled_at
            T1   | Ana    | 03-30 09:00
            S1   | Ana    | 03-30 12:00
            T2   | Ana    | 03-30 15:00
        """,
        "tube": """
            tube | pool
            T1   | 10
            T2   | 10
            S1   | 1
        """,
        "result": """
            tube | test | result   | reported_at
            T1   | nat  | positive | 03-30 11:00
            S1   | nat  | negative | 03-30 14:00
            T2   | nat  | positive | 03-30 17:00
        """,
    })  # fmt: skip
    assert_shows(holds(told, wuxi, instant("03-30 18:00")), names, """
        person | tube | state    | ended_at
        Ana    | T1   | released | 03-30 14:00
        Ana    | T2   | held     |
    """)  # fmt: skip


def test_a_tube_whose_members_nobody_knows_is_still_listed(wuxi: Protocol, names: Names) -> None:
    told = facts(names, {
        "tube": """
            tube | pool | area
            T9   | 10   | 320211001006
        """,
        "result": """
            tube | test | result   | reported_at
            T9   | nat  | positive | 03-30 17:10
            X9   | nat  | positive | 03-30 17:20
        """,
    })  # fmt: skip
    found = holds(told, wuxi, instant("03-30 18:00"))
    assert_shows(pools(told, wuxi, found), names, """
        tube | members | state   | area
        T9   | 0       | waiting | 320211001006
        X9   | 0       | waiting |
    """)  # fmt: skip


def test_swabs_arrive_before_their_tube_is_registered(wuxi: Protocol, names: Names) -> None:
    pool = {**POOL, "tube": "tube | pool"}
    found = holds(facts(names, pool), wuxi, instant("03-30 18:00"))
    assert_shows(found, names, """
        person | tube | state
        Ana    | T1   | held
        Bo     | T1   | held
        Cy     | T1   | held
    """)  # fmt: skip
    assert pools(facts(names, pool), wuxi, found).to_pyarrow()["members"].to_pylist() == [3]


def test_a_tube_code_with_a_quote_in_it_is_still_json(wuxi: Protocol, names: Names) -> None:
    pool = {kind: rows.replace("T1", 'T"1\\') for kind, rows in POOL.items()}
    found = holds(facts(names, pool), wuxi, instant("03-30 18:00"))
    assert_shows(found.limit(1), names, """
        values.tube
        T"1\\
    """)  # fmt: skip


def test_two_people_in_a_tube_for_one_are_held_like_a_pool(wuxi: Protocol, names: Names) -> None:
    pool = {**POOL, "tube": POOL["tube"].replace("T1   | 10 ", "T1   | 1  ")}
    found = holds(facts(names, pool), wuxi, instant("03-30 18:00"))
    assert_shows(pools(facts(names, pool), wuxi, found), names, "tube | members | state\nT1 | 3 | waiting")
