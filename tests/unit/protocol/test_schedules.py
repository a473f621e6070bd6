"""Is a schedule read as it is written, and told apart from those that only look like it?"""

import pytest

from ringfence.errors import ProtocolError
from ringfence.protocol.schedules import Schedule, parse_schedule

READ = [
    # As written, what it is, and how it is written back.
    ("days 1, 4, 7, 14", Schedule("days", days=(1, 4, 7, 14)), "days 1, 4, 7, 14"),
    ("days 1,4", Schedule("days", days=(1, 4)), "days 1, 4"),
    ("every 2d", Schedule("every_d", every=2), "every 2d"),
    ("every 72h", Schedule("every_h", every=72), "every 72h"),
    ("2 a week", Schedule("a_week", times=2), "2 a week"),
    ("2 a week, 48h apart", Schedule("a_week", times=2, gap=48), "2 a week, 48h apart"),
    ("until 3 clean", Schedule("until", times=3), "until 3 clean"),
    ("until 3 clean, 3d apart, 1 more", Schedule("until", times=3, gap=3, more=1),
     "until 3 clean, 3d apart, 1 more"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "schedule", "again"), READ)
def test_what_is_written_is_read_and_written_back(text: str, schedule: Schedule, again: str) -> None:
    assert parse_schedule(text) == schedule
    assert str(parse_schedule(text)) == again


REFUSED = [
    ("", "is not a schedule; write one like"),
    ("weekly", "is not a schedule"),
    ("every 2", "is not a schedule"),
    ("every 0d", "give a number from 1"),
    ("0 a week", "give a number from 1"),
    ("days 4, 1", "give rising days from 1"),
    ("days 0, 1", "give rising days from 1"),
    ("days 1, 1", "give rising days from 1"),
    ("until 3 clean, 3d apart", "is not a schedule"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_what_is_none_is_refused(text: str, said: str) -> None:
    with pytest.raises(ProtocolError, match=said):
        parse_schedule(text)


def test_a_schedule_of_another_form_does_not_fit() -> None:
    with pytest.raises(ProtocolError, match=r'does not fit here; write one like "every 2d"'):
        parse_schedule("every 48h", ("every_d",))


FALLS = [
    # The schedule, the last day of the axis, and the days it falls on.
    ("every 1d", 3, (1, 2, 3)),
    ("every 2d", 4, (2, 4)),
    ("every 2d", 7, (2, 4, 6)),
    ("every 5d", 4, ()),
    ("days 1, 4, 7", 6, (1, 4)),
]


@pytest.mark.parametrize(("text", "last", "days"), FALLS)
def test_on_which_days_it_falls(text: str, last: int, days: tuple[int, ...]) -> None:
    assert parse_schedule(text).ordinals(last) == days
