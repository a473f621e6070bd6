"""What does a predicate say, in three values, and does a wrong one say what would be right?"""

import pytest

from ringfence.errors import ProtocolError
from ringfence.protocol.predicates import All, Any, Compare, Not, OneOf, holds, parse
from ringfence.protocol.vocabulary import CONTACT, Word

WORDS = {
    "setting": Word("setting", "choice", "", ("bus", "home")),
    "near": Word("near", "yes_no", ""),
    "minutes": Word("minutes", "number", ""),
}


def test_and_binds_tighter_than_or_and_not_tightest() -> None:
    near, long, home = Compare("near", "=", True), Compare("minutes", ">=", 15), OneOf("setting", ("home",))
    text = "near = yes or not minutes >= 15 and setting in [home]"
    assert parse(text, WORDS) == Any((near, All((Not(long), home))))
    assert parse("(near = yes or not minutes >= 15) and setting in [home]", WORDS) == All(
        (Any((near, Not(long))), home)
    )


@pytest.mark.parametrize(("near", "minutes", "both", "either", "neither"), [
    # Kleene: unknown settles nothing, but is settled by the other side.
    (True, 20, True, True, False),
    (True, 5, False, True, True),
    (False, None, False, None, True),
    (True, None, None, True, None),
    (None, None, None, None, None),
    (None, 5, False, None, True),
])  # fmt: skip
def test_three_values(
    near: bool | None, minutes: int | None, both: bool | None, either: bool | None, neither: bool | None
) -> None:
    row = {"near": near, "minutes": minutes}
    assert holds(parse("near = yes and minutes >= 15", WORDS), row) is both
    assert holds(parse("near = yes or minutes >= 15", WORDS), row) is either
    assert holds(parse("not (near = yes and minutes >= 15)", WORDS), row) is neither


@pytest.mark.parametrize(("text", "row", "expected"), [
    ("minutes < 15", {"minutes": 15}, False),
    ("minutes <= 15", {"minutes": 15}, True),
    ("minutes > 15", {"minutes": 15}, False),
    ("minutes != 15", {"minutes": 15}, False),
    ("minutes != 15", {}, None),
    ("setting in [bus, home]", {"setting": "home"}, True),
    ("setting != bus", {"setting": "home"}, True),
    ("setting in [bus]", {"setting": None}, None),
    ("near = no", {"near": False}, True),
])  # fmt: skip
def test_comparisons(text: str, row: dict[str, str | int | bool | None], expected: bool | None) -> None:
    assert holds(parse(text, WORDS), row) is expected


@pytest.mark.parametrize(("text", "said"), [
    ("far = yes", "far is not one of setting, near, minutes"),
    ("setting = car", 'setting cannot be "car"; it is bus, home'),
    ("near = 1", 'near cannot be "1"; it is yes or no'),
    ("minutes = many", 'minutes cannot be "many"; it is a whole number'),
    ("minutes >= 1.5", 'cannot read from ".5" on'),
    ("setting < bus", 'setting cannot be compared by "<"'),
    ("near = yes or", "expected more at its end"),
    ("near = yes near = no", '"near" is not expected there'),
    ("(near = yes", "expected ) at its end"),
    ("setting in [bus", "expected ] at its end"),
    ("near ~ yes", 'cannot read from "~ yes" on'),
    ("", "expected more"),
])  # fmt: skip
def test_a_wrong_predicate_says_what_is_right(text: str, said: str) -> None:
    with pytest.raises(ProtocolError) as raised:
        parse(text, WORDS)
    assert said in str(raised.value)
    assert f'"{text}"' in str(raised.value)


def test_an_order_of_words_is_no_comparison() -> None:
    with pytest.raises(TypeError):
        holds(Compare("setting", "<", "bus"), {"setting": "home"})


def test_every_word_says_what_it_means() -> None:
    assert all(word.en and (word.kind != "number" or word.unit) for word in CONTACT.values())
