"""Does reading a column of ID numbers at once say what reading them one by one says?"""

from hypothesis import given
from hypothesis import strategies as st

from ringfence.intake.faults import MISSING
from ringfence.intake.id_columns import read_id_numbers
from ringfence.intake.id_numbers import read_id_number
from tests.unit.intake.invented import check_character

AREAS = ("320206", "320200", "999999", "110101", "320299", "000000")


@st.composite
def nearly(draw: st.DrawFn) -> str:
    """A number with the right check character, of any place and date, right or not."""
    day = f"{draw(st.integers(1800, 2120))}{draw(st.integers(0, 13)):02}{draw(st.integers(0, 32)):02}"
    body = f"{draw(st.sampled_from(AREAS))}{day}{draw(st.integers(0, 999)):03}"
    return body + check_character(body)


@given(st.lists(st.one_of(nearly(), nearly().map(lambda one: one[:-1] + "0"), st.text(max_size=20))))
def test_a_column_is_read_as_its_numbers_are(texts: list[str]) -> None:
    expected = [read_id_number(text) if text.strip() else MISSING for text in texts]
    assert read_id_numbers(texts) == expected


def test_a_right_number_is_right() -> None:
    body = "32020619000101001"
    number = body + check_character(body)
    assert read_id_numbers([number, number[:-1], ""]) == [number, read_id_number(number[:-1]), MISSING]
