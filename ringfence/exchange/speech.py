"""How does a page speak: what areas and units are called, when things were, and why?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any as Anything

Text = tuple[str, str]
"""The same thing in Chinese and in English."""
Row = Mapping[str, Anything]
NOTHING: Text = ("—", "—")
MINUTES_PER_HOUR = 60


@dataclass(frozen=True)
class Speech:
    """What the page asks of whoever knows names, clocks and reasons."""

    as_of: datetime
    area: Callable[[str | None], Text]
    unit: Callable[[str | None], Text]
    names: Mapping[str, Text]
    """What an area itself is called, by code."""
    why: Callable[[str, Row], Text]
    offsets: Sequence[tuple[datetime, int]]
    """From which UTC instant on local time is how many seconds ahead of UTC, in order."""

    def time(self, instant: datetime | None) -> str:
        """An instant on the local clock, with its year; empty where there is none."""
        if instant is None:
            return ""
        return f"{self.local(instant):%Y-%m-%d %H:%M}"

    def local(self, instant: datetime) -> datetime:
        """What the local clock shows at an instant."""
        ahead = [seconds for since, seconds in self.offsets if since <= instant][-1]
        return instant + timedelta(seconds=ahead)


def short(time: str) -> str:
    """A local time without its year.

    >>> short("2022-03-30 17:10"), short("")
    ('03-30 17:10', '—')
    """
    return time[5:] or "—"


def span(minutes: int) -> Text:
    """A length of time as people say it.

    >>> span(125), span(40), span(3000)
    (('2小时05分', '2 h 05 min'), ('40分', '40 min'), ('50小时00分', '50 h 00 min'))
    """
    hours, rest = divmod(abs(minutes), MINUTES_PER_HOUR)
    if not hours:
        return f"{rest}分", f"{rest} min"
    return f"{hours}小时{rest:02d}分", f"{hours} h {rest:02d} min"


def left(due: datetime | None, as_of: datetime) -> Text:
    """How late a thing is, or how long it has left.

    >>> left(datetime(2022, 3, 30, 12), datetime(2022, 3, 30, 14, 5))
    ('已超时2小时05分', '2 h 05 min late')
    >>> left(None, datetime(2022, 3, 30))
    ('未规定时限', 'no limit stated')
    """
    if due is None:
        return "未规定时限", "no limit stated"
    minutes = int((due - as_of).total_seconds() // MINUTES_PER_HOUR)
    zh, en = span(minutes)
    return (f"已超时{zh}", f"{en} late") if due < as_of else (f"还有{zh}", f"{en} left")
