"""Which day or instant do people mean by what they write?

A day is a civil date. An instant is written in local time, or with its offset, and becomes UTC without
a zone mark. What can be read in two ways is refused, and so is a clock time that never was or was twice.
"""

import datetime
import functools
import re
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from ringfence.errors import InputError
from ringfence.intake.cells import half_width
from ringfence.intake.faults import Fault, not_a

DATE_ORDERS = ("ymd", "dmy", "mdy")
_YEARS = range(1880, 2101)
_YMD = re.compile(r"(\d{4})([-/.年])(\d{1,2})[-/.月](\d{1,2})[日号]?", re.ASCII)
_SOLID = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_SHORT = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)
_SERIAL = re.compile(r"\d{5}(\.\d+)?", re.ASCII)
_CLOCK = re.compile(
    r"(?P<half>凌晨|早上|上午|中午|下午|傍晚|晚上|AM|PM)?\s*(?P<hour>\d{1,2})(?:[:时点](?P<minute>\d{1,2}|半)?)"
    r"(?:[:分](?P<second>\d{1,2})?(?:\.(?P<fraction>\d{1,9}))?)?秒?\s*(?P<after>AM|PM)?"
    r"\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)
_SOLID_INSTANT = re.compile(r"(\d{8})(\d{2})(\d{2})(\d{2})", re.ASCII)
_SPLIT = re.compile(r"(?<=\d)[日号]?[\sT]+|[日号]\s*|(?<=\d)(?=[凌早上中下傍晚])", re.IGNORECASE)
_FORENOON = ("凌晨", "早上", "上午", "AM")
_NOON = 12
_AFTERNOONS = {"中午": (12, 14), "下午": (12, 19), "傍晚": (16, 20), "晚上": (17, 23), "PM": (12, 23)}
"""The hours each word can mean; 12 in the evening could be either midnight."""

_NOT_A_DAY = not_a("not_a_day", "日期", "a day", "2022-03-30")
_NOT_AN_INSTANT = not_a("not_an_instant", "日期加时刻", "a day and a time of day", "2022-03-30 14:30")
_SERIAL_DAY = Fault(
    "serial_day",
    "是电子表格的日期序号",
    "this is the serial number a spreadsheet keeps for a day",
    "把该列设为“日期”格式后再导出",
    "format the column as a date and export again",
)
_NO_TIME = Fault(
    "no_time_of_day", "只有日期，没有时刻", "a day is given and no time of day", "2022-03-30 14:30",
    "2022-03-30 14:30",
)  # fmt: skip
_AMBIGUOUS = Fault(
    "ambiguous_day",
    "日和月的先后不明",
    "which is the day and which is the month cannot be told",
    "年-月-日，如 2022-03-30；或在映射文件中写明 date_order",
    'year first, as 2022-03-30; or date_order = "dmy" or "mdy" in the mapping file',
)
_CLOCK_CHANGED = Fault(
    "clock_changed",
    "当地在该时刻调整了时钟，时刻不存在或出现两次",
    "clocks were changed then: this time never was, or was twice",
    "带时区偏移的时刻，如 2022-03-30T14:30:00+08:00",
    "the time with its offset, such as 2022-03-30T14:30:00+08:00",
)


@dataclass(frozen=True)
class Clock:
    """How a file writes time: its zone, and the order of day and month where the year comes last."""

    zone: str = "Asia/Shanghai"
    date_order: str = "ymd"
    _offsets: dict[int, datetime.timedelta | None] = field(
        default_factory=dict[int, datetime.timedelta | None], repr=False, compare=False
    )

    def __post_init__(self) -> None:
        """Refuse a zone or an order that does not exist."""
        if self.date_order not in DATE_ORDERS:
            raise InputError(f"date_order {self.date_order!r} is not one of {', '.join(DATE_ORDERS)}")
        _zone(self.zone)

    def utc(self, local: datetime.datetime) -> datetime.datetime | Fault:
        """The instant of a local time in the file's zone, in UTC without a mark."""
        minute = local.toordinal() * 1440 + local.hour * 60 + local.minute
        if minute not in self._offsets:
            self._offsets[minute] = _offset(_zone(self.zone), local)
        offset = self._offsets[minute]
        return _CLOCK_CHANGED if offset is None else local - offset


@functools.cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise InputError(f"there is no time zone {name!r}; write one such as Asia/Shanghai") from error


def _offset(zone: ZoneInfo, local: datetime.datetime) -> datetime.timedelta | None:
    """The zone's offset at that local time; None where there are none or two."""
    first = local.replace(tzinfo=zone, fold=0).utcoffset()
    return first if first == local.replace(tzinfo=zone, fold=1).utcoffset() else None


def read_day(text: str, clock: Clock) -> datetime.date | Fault:
    """The civil day a text names. A time of day after it must be midnight, as spreadsheets write it."""
    plain = half_width(text)
    day = _day(plain, clock)
    if not isinstance(day, Fault) or day is not _NOT_A_DAY:
        return day
    parts = _SPLIT.split(plain, maxsplit=1)
    if len(parts) > 1 and re.fullmatch(r"0?0:00(:00(\.0+)?)?", parts[1]):
        return _day(parts[0], clock)
    return _NOT_A_DAY


def _day(plain: str, clock: Clock) -> datetime.date | Fault:
    if found := _YMD.fullmatch(plain):
        return _date(int(found[1]), int(found[3]), int(found[4]))
    if found := _SOLID.fullmatch(plain):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _SHORT.fullmatch(plain):
        first, second, year = (int(part) for part in found.groups())
        if clock.date_order == "ymd":
            return _AMBIGUOUS
        return _date(year, second, first) if clock.date_order == "dmy" else _date(year, first, second)
    return _SERIAL_DAY if _SERIAL.fullmatch(plain) else _NOT_A_DAY


def _date(year: int, month: int, day: int) -> datetime.date | Fault:
    if year not in _YEARS:
        return _NOT_A_DAY
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return _NOT_A_DAY


def read_instant(text: str, clock: Clock) -> datetime.datetime | Fault:
    """The instant a text names, in UTC without a mark."""
    if _is_iso(text):
        return _iso(text, clock)
    plain = half_width(text)
    if found := _SOLID_INSTANT.fullmatch(plain):
        plain = f"{found[1]} {found[2]}:{found[3]}:{found[4]}"
    parts = _SPLIT.split(plain, maxsplit=1)
    day = _day(parts[0], clock)
    if isinstance(day, Fault):
        return _NOT_AN_INSTANT if day is _NOT_A_DAY else day
    if len(parts) == 1 or not parts[1].strip():
        return _NO_TIME
    found = _CLOCK.fullmatch(parts[1].strip())
    return _at(day, found, clock) if found else _NOT_AN_INSTANT


def _is_iso(text: str) -> bool:
    """Whether it looks like 2022-03-30 14:30 or 2022-03-30 14:30:05: most do, and need no patterns."""
    size = len(text)
    known = (size == 19 and text[16] == ":") or size == 16
    return known and text[4] + text[7] + text[13] == "--:" and text[11:13] != "24"


def _iso(text: str, clock: Clock) -> datetime.datetime | Fault:
    try:
        local = datetime.datetime.fromisoformat(text)
    except ValueError:
        return _NOT_AN_INSTANT
    return clock.utc(local) if local.year in _YEARS[:-1] else _NOT_AN_INSTANT


def _at(day: datetime.date, found: re.Match[str], clock: Clock) -> datetime.datetime | Fault:
    since_midnight = _time_of_day(found)
    if since_midnight is None or day.year == _YEARS[-1]:
        return _NOT_AN_INSTANT
    local = datetime.datetime.combine(day, datetime.time()) + since_midnight
    offset = found["offset"]
    if not offset:
        return clock.utc(local)
    if offset in ("Z", "z"):
        return local
    minutes = int(offset[1:3]) * 60 + int(offset[-2:])
    return local - datetime.timedelta(minutes=minutes if offset[0] == "+" else -minutes)


def _time_of_day(found: re.Match[str]) -> datetime.timedelta | None:
    """The time since midnight; 24:00 is the end of the day; None where no clock shows it."""
    half = (found["half"] or found["after"] or "").upper()
    hour = _full_hour(int(found["hour"]), half)
    minute = 30 if found["minute"] == "半" else int(found["minute"] or 0)
    second = int(found["second"] or 0)
    micro = int((found["fraction"] or "")[:6].ljust(6, "0"))
    past = hour == 24 and (minute or second or micro)
    if hour is None or hour > 24 or minute > 59 or second > 59 or past:
        return None
    return datetime.timedelta(hours=hour, minutes=minute, seconds=second, microseconds=micro)


def _full_hour(hour: int, half: str) -> int | None:
    """The hour of 24 from an hour of 12 and the half of the day it is said to be in."""
    if not half:
        return hour
    if half in _FORENOON:
        return hour % _NOON if hour <= _NOON else None
    first, last = _AFTERNOONS[half]
    if hour > _NOON:
        return hour
    return hour % _NOON + _NOON if first <= hour % _NOON + _NOON <= last else _midday(hour, half)


def _midday(hour: int, half: str) -> int | None:
    return hour if half == "中午" and hour in (11, 12) else None
