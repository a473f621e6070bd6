"""What must two visits share at least for a rule to make a contact of them, and where?"""

from datetime import datetime
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringfence.protocol import resolve
from ringfence.protocol.bounds import least_minutes
from ringfence.protocol.bounds import settings as settings_of
from ringfence.protocol.predicates import holds, parse
from ringfence.protocol.rules import ContactRule, Rule
from ringfence.protocol.vocabulary import CONTACT
from ringfence.tables.facts import PLACE_KINDS

UNTOLD = ("relation", "distance_m", "manner", "protected", "investigator")
SAYS = Rule("drawn", "画的", "drawn", "here", "L", "2022-03-30", "drawn")


def rule(when: str | None, unknown: str = "exclude", gives: str = "close") -> ContactRule:
    return ContactRule(SAYS, gives, 1, parse(when, CONTACT) if when else None, unknown)


@pytest.mark.parametrize(
    ("rules", "least"),
    [
        ([rule(None)], 0),
        ([rule("minutes >= 15")], 15),
        ([rule("minutes > 15")], 16),
        ([rule("near = yes and minutes >= 15")], 15),
        ([rule("near = yes or minutes >= 15")], 0),
        ([rule("minutes >= 15"), rule("day_minutes >= 30")], 15),
        ([rule("minutes >= 15 and total_minutes >= 480")], 480),
        ([rule("not minutes < 20")], 20),
        # Only somebody who was told can know: of two visits it is unknown, which this row leaves out.
        ([rule("relation = lives_with"), rule("minutes >= 15")], 15),
        ([rule("relation = lives_with", "review"), rule("minutes >= 15")], 0),
        ([rule(None, gives="none"), rule("minutes >= 15")], 15),
    ],
)
def test_the_least_time_any_rule_asks_for(rules: list[ContactRule], least: int) -> None:
    assert least_minutes(rules) == least


def test_one_meeting_need_not_last_as_long_as_all_of_them_together() -> None:
    rules = [rule("minutes >= 5 and total_minutes >= 480")]
    assert least_minutes(rules, ("minutes",)) == 5


@pytest.mark.parametrize(
    ("area", "day", "least"),
    [
        ("3202", "2022-03-30", 0),
        ("US", "2021-06-01", 15),
        ("WORLD", "2021-12-30", 15),
        ("GB", "2021-07-01", 0),
    ],
)
def test_the_least_time_of_shipped_editions(area: str, day: str, least: int) -> None:
    # China: none. WHO and CDC: 15 minutes. UK: a shared car counts, however short the ride.
    protocol = resolve(area, "covid-19", datetime.fromisoformat(day))
    assert least_minutes([one for one in protocol.contacts if one.ring == 1]) == least


def test_the_second_ring_in_china_is_of_work_school_meals_and_leisure() -> None:
    protocol = resolve("3202", "covid-19", datetime.fromisoformat("2022-03-30"))
    second = settings_of([one for one in protocol.contacts if one.ring == 2])
    work, meals = {"office", "workshop", "classroom", "dormitory"}, {"restaurant", "entertainment", "canteen"}
    assert second == work | meals


ATOMS = (
    "minutes >= 15", "minutes < 10", "day_minutes > 30", "total_minutes >= 60", "near = yes",
    "setting in [office, shop]", "setting = taxi", "relation = lives_with", "distance_m <= 2",
)  # fmt: skip


def predicates() -> st.SearchStrategy[str]:
    return st.recursive(
        st.sampled_from(ATOMS),
        lambda inner: st.one_of(
            inner.map("not ({})".format),
            st.tuples(inner, inner).map(lambda two: f"({two[0]}) and ({two[1]})"),
            st.tuples(inner, inner).map(lambda two: f"({two[0]}) or ({two[1]})"),
        ),
        max_leaves=5,
    )


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(predicates(), st.sampled_from(("include", "exclude", "review"))), min_size=1, max_size=3
    )
)
def test_nobody_below_the_least_time_is_ever_classed(drawn: list[tuple[str, str]]) -> None:
    rules = [rule(when, unknown) for when, unknown in drawn]
    least, where = least_minutes(rules), settings_of(rules)
    lengths = [0, 9, 10, 14, 15, 16, 30, 31, 59, 60, 90]
    for one, day, total in product(lengths, lengths, lengths):
        if not one <= day <= total:
            continue
        for near, setting in product((True, False, None), ("office", "taxi", "market")):
            told = {
                "minutes": one,
                "day_minutes": day,
                "total_minutes": total,
                "near": near,
                "setting": setting,
            }
            matched = any(_matches(each, told) for each in rules)
            assert not matched or (total >= least and setting in where)
    assert where <= set(PLACE_KINDS)


def _matches(one: ContactRule, told: dict[str, object]) -> bool:
    found = holds(one.when, {**told, **dict.fromkeys(UNTOLD)})
    return bool(found) or (found is None and one.unknown != "exclude")
