"""Is a citizen's ID number told from what is not one, by GB 11643 worked out another way?"""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.intake.faults import Fault
from ringfence.intake.id_numbers import birth_year, read_id_number, sex
from tests.unit.intake.invented import check_character, id_number

BIRTHS = st.dates(datetime.date(1900, 1, 1), datetime.date(2015, 12, 31)).map("{:%Y%m%d}".format)
AREAS = st.sampled_from(["320202", "320205", "320206", "320211", "320281", "110101", "810000"])
ORDERS = st.integers(1, 999)


def kind(text: str) -> str:
    found = read_id_number(text)
    return found.kind if isinstance(found, Fault) else "good"


@given(ORDERS, BIRTHS, AREAS)
def test_a_number_with_its_own_check_character_is_good(order: int, birth: str, area: str) -> None:
    number = id_number(order, birth, area)
    assert read_id_number(number.lower()) == number
    assert birth_year(number) == int(birth[:4])
    assert sex(number) == ("male" if order % 2 else "female")


@given(ORDERS, BIRTHS, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(order: int, birth: str, place: int, by: int) -> None:
    number = id_number(order, birth)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert kind(wrong) != "good"


@given(st.text("0123456789", min_size=17, max_size=17).filter(lambda digits: digits[0] != "0"))
def test_only_the_right_check_character_passes_the_check(digits: str) -> None:
    right = check_character(digits)
    for character in "0123456789X":
        found = kind(digits + character)
        wrong = found in ("id_number_check", "spreadsheet_number")
        assert wrong == (character != right)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f" {id_number()} ", "good"),
        ("".join(chr(ord(c) + 0xFEE0) for c in id_number()), "good"),
        ("6.21E+17", "spreadsheet_number"),
        ("3.202061999090901e+17", "spreadsheet_number"),
        ("320206199909090011.0", "spreadsheet_number"),
        ("320206199909090000", "spreadsheet_number"),
        ("320206990909001", "old_id_number"),
        ("", "id_number_length"),
        ("王小明", "id_number_length"),
        (id_number(1, "18791231"), "id_number_birth"),
        (id_number(1, "19990229"), "id_number_birth"),
        (id_number(1, "19990909", "320299"), "id_number_area"),
    ],
)
def test_what_became_of_a_number(text: str, found: str) -> None:
    assert kind(text) == found


@pytest.mark.parametrize(
    ("birth", "area", "found"),
    [
        ("19500101", "320202", "good"),  # born before codes were given, registered while Chong'an existed
        ("20150101", "320202", "good"),
        ("20160101", "320202", "id_number_area"),  # born after Chong'an was merged into Liangxi
        ("19900101", "320213", "good"),  # Liangxi began in 2015; registered there since
        ("20220101", "330113", "good"),  # Linping, Hangzhou, 2021: newer than the list of codes
        ("19800101", "330199", "id_number_area"),
    ],
)
def test_the_place_is_that_of_first_registration(birth: str, area: str, found: str) -> None:
    assert kind(id_number(2, birth, area)) == found
