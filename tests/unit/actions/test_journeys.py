"""Which journeys had somebody elsewhere in their incubation? By the calendar of Wuxi, eight hours ahead."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from ringfence.actions.infections import Ill
from ringfence.actions.journeys import was_away


@pytest.mark.parametrize(
    ("arrived", "left", "away"),
    [
        ("03-14 16:00", None, False),  # when the span begins they are here already
        ("03-14 16:01", None, True),
        ("03-30 09:00", None, True),  # when their first sign was told
        ("03-30 09:01", None, False),
        ("03-30 09:00", "03-29", True),  # the span ends at noon of the 29th in Wuxi
        ("03-30 09:00", "03-30", False),
        ("03-30 09:01", "03-29", False),  # ill here before they came: no journey of this illness
        ("04-20 09:00", "03-29", False),
    ],
)
def test_a_journey_counts_that_had_them_elsewhere_in_the_span(arrived: str, left: str, away: bool) -> None:
    begin, end, sign, at = (
        datetime.fromisoformat(f"2022-{text}")
        for text in ("03-14 16:00", "03-29 04:00", "03-30 09:00", arrived)
    )
    one = Ill(1, sign, (begin, end), ("r", "e", "A"), None, None, 0, case=True)
    left_day = None if left is None else date.fromisoformat(f"2022-{left}")
    assert was_away(at, left_day, one, ZoneInfo("Asia/Shanghai")) is away
