"""Are days and instants understood as people write them, and refused where they can be read two ways?"""

import datetime

import pytest

from ringfence.errors import InputError
from ringfence.intake.faults import Fault
from ringfence.intake.times import Clock, read_day, read_instant

CHINA = Clock("Asia/Shanghai")
THE_DAY = datetime.date(2022, 3, 30)
HALF_PAST_TWO = datetime.datetime.fromisoformat("2022-03-30 06:30")  # 14:30 in Wuxi is 06:30 UTC


@pytest.mark.parametrize(
    "text",
    ["2022-03-30", "2022/3/30", "2022.3.30", "2022年3月30日", "2022年03月30号", "20220330", " 2022-3-30 ",
     "２０２２－０３－３０", "2022-03-30 00:00:00", "2022-03-30T00:00"],
)  # fmt: skip
def test_days(text: str) -> None:
    assert read_day(text, CHINA) == THE_DAY


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("30/03/2022", "ambiguous_day"), ("3.4.2022", "ambiguous_day"), ("44650", "serial_day"),
        ("2022-02-30", "not_a_day"), ("22-3-30", "not_a_day"), ("3月30日", "not_a_day"),
        ("2022-03-30 14:30", "not_a_day"), ("0022-03-30", "not_a_day"), ("昨天", "not_a_day"),
    ],
)  # fmt: skip
def test_days_refused(text: str, kind: str) -> None:
    found = read_day(text, CHINA)
    assert isinstance(found, Fault)
    assert found.kind == kind


def test_the_mapping_says_which_is_the_day() -> None:
    assert read_day("30/03/2022", Clock(date_order="dmy")) == THE_DAY
    assert read_day("03/30/2022", Clock(date_order="mdy")) == THE_DAY
    assert read_instant("30/03/2022 14:30", Clock(date_order="dmy")) == HALF_PAST_TWO
    with pytest.raises(InputError, match="yyy"):
        Clock(date_order="yyy")


@pytest.mark.parametrize(
    "text",
    ["2022-03-30 14:30", "2022-03-30T14:30", "2022/3/30 14:30:00", "2022年3月30日14时30分", "2022.3.30 14:30",
     "2022年3月30日 14点30分00秒", "2022年3月30日下午2点半", "2022-03-30 下午2:30", "2022-03-30 2:30 PM",
     "20220330143000", "2022-03-30T14:30:00+08:00", "2022-03-30T06:30:00Z", "2022-03-30 06:30:00+00:00",
     "2022-03-30T12:00:00+0530", "2022-03-30 14:30:00.000000", "２０２２-3-30　14：30", "2022-3-30  14:30"],
)  # fmt: skip
def test_instants(text: str) -> None:
    assert read_instant(text, CHINA) == HALF_PAST_TWO


def test_seconds_and_fractions_are_kept() -> None:
    at = datetime.datetime.fromisoformat("2022-03-30 06:30:05")
    assert read_instant("2022-03-30 14:30:05", CHINA) == at
    assert read_instant("2022/3/30 14:30:05.25", CHINA) == at.replace(microsecond=250_000)


@pytest.mark.parametrize(
    ("text", "hour"),
    [("24:00", 40), ("凌晨12点", 16), ("凌晨3点", 19), ("中午12点", 28), ("中午1点", 29), ("晚上11点", 39),
     ("12:00 AM", 16), ("12:00 PM", 28), ("上午11点", 27), ("下午3点", 31)],
)  # fmt: skip
def test_hours_as_they_are_said(text: str, hour: int) -> None:
    """`hour`: hours since 2022-03-29 00:00 UTC; midnight in Wuxi is hour 16."""
    midnight = datetime.datetime.fromisoformat("2022-03-29")
    assert read_instant(f"2022-03-30 {text}", CHINA) == midnight + datetime.timedelta(hours=hour)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2022-03-30", "no_time_of_day"), ("2022年3月30日", "no_time_of_day"),
        ("30/03/2022 14:30", "ambiguous_day"), ("44650.6", "serial_day"),
        ("2022-03-30 25:00", "not_an_instant"), ("2022-03-30 24:01", "not_an_instant"),
        ("2022-03-30 14:60", "not_an_instant"), ("2022-03-30 14", "not_an_instant"),
        ("2022-02-30 14:30", "not_an_instant"), ("2022-03-30 晚上12点", "not_an_instant"),
        ("14:30", "not_an_instant"), ("2022-03-30T14+08:00", "not_an_instant"), ("", "not_an_instant"),
    ],
)  # fmt: skip
def test_instants_refused(text: str, kind: str) -> None:
    found = read_instant(text, CHINA)
    assert isinstance(found, Fault)
    assert found.kind == kind


def test_times_when_clocks_were_changed_are_refused() -> None:
    """China's clocks skipped 02:00 to 03:00 on 4 May 1986; Berlin had 02:30 twice on 31 October 2021."""
    for text, zone in (("1986-05-04 02:30", "Asia/Shanghai"), ("2021-10-31 02:30", "Europe/Berlin")):
        found = read_instant(text, Clock(zone))
        assert isinstance(found, Fault)
        assert found.kind == "clock_changed"
    told = read_instant("2021-10-31T02:30:00+01:00", Clock("Europe/Berlin"))
    assert told == datetime.datetime.fromisoformat("2021-10-31 01:30")


def test_a_zone_that_does_not_exist() -> None:
    with pytest.raises(InputError, match="Asia/Wuxi"):
        Clock("Asia/Wuxi")
