"""How often? A schedule: ordinals on an axis, every so often, so many a week, or until enough are clean.

    days 1, 4, 7, 14
    every 2d
    every 72h
    2 a week, 48h apart
    until 3 clean, 3d apart, 1 more

The forms do not stand for one another: "every 3d" counts civil days of an axis, "every 72h" counts from
the last time, "2 a week" counts within ISO weeks.
"""

import re
from dataclasses import dataclass

from ringfence.errors import ProtocolError

FORMS = ("days", "every_d", "every_h", "a_week", "until")
"""What sort of schedule it is."""
_DAYS = re.compile(r"days\s+(\d+(?:\s*,\s*\d+)*)")
_EVERY = re.compile(r"every\s+(\d+)\s*(d|h)")
_WEEK = re.compile(r"(\d+)\s+a\s+week(?:\s*,\s*(\d+)\s*h\s+apart)?")
_UNTIL = re.compile(r"until\s+(\d+)\s+clean(?:\s*,\s*(\d+)\s*d\s+apart\s*,\s*(\d+)\s+more)?")


@dataclass(frozen=True)
class Schedule:
    """One schedule; what does not belong to its form is 0 or empty."""

    form: str
    days: tuple[int, ...] = ()
    every: int = 0
    """Every so many civil days (every_d) or elapsed hours (every_h)."""
    times: int = 0
    """How many a week, or how many clean ones in a row."""
    gap: int = 0
    """Hours at least between two of a week, or days between the clean ones and the last."""
    more: int = 0
    """How many more after the gap."""

    def __str__(self) -> str:
        match self.form:
            case "days":
                return "days " + ", ".join(map(str, self.days)) if self.days else "never"
            case "every_d" | "every_h":
                return f"every {self.every}{self.form[-1]}"
            case "a_week":
                return f"{self.times} a week" + (f", {self.gap}h apart" if self.gap else "")
            case _:
                more = f", {self.gap}d apart, {self.more} more" if self.more else ""
                return f"until {self.times} clean{more}"

    def ordinals(self, last: int) -> tuple[int, ...]:
        """The days it falls on, of days 1 to `last` of an axis; only days and every_d have any.

        >>> parse_schedule("every 2d").ordinals(7)
        (2, 4, 6)
        """
        if self.form == "every_d":
            return tuple(range(self.every, last + 1, self.every))
        return tuple(day for day in self.days if day <= last)


def parse_schedule(text: str, forms: tuple[str, ...] = FORMS) -> Schedule:
    """The schedule a text stands for; ProtocolError says what would be right.

    >>> parse_schedule("2 a week, 48h apart").gap
    48
    """
    found = _read(text.strip())
    if found is None:
        raise ProtocolError(f'"{text}" is not a schedule; write one like {_like(forms)}')
    if found.form not in forms:
        raise ProtocolError(f'"{text}" does not fit here; write one like {_like(forms)}')
    if list(found.days) != sorted(set(found.days)) or 0 in found.days:
        raise ProtocolError(f'"{text}": give rising days from 1')
    if found.form != "days" and not (found.every or found.times):
        raise ProtocolError(f'"{text}": give a number from 1')
    return found


def _read(text: str) -> Schedule | None:
    if found := _DAYS.fullmatch(text):
        return Schedule("days", days=tuple(int(day) for day in found[1].split(",")))
    if found := _EVERY.fullmatch(text):
        return Schedule(f"every_{found[2]}", every=int(found[1]))
    if found := _WEEK.fullmatch(text):
        return Schedule("a_week", times=int(found[1]), gap=int(found[2] or 0))
    if found := _UNTIL.fullmatch(text):
        return Schedule("until", times=int(found[1]), gap=int(found[2] or 0), more=int(found[3] or 0))
    return None


_EXAMPLES = {
    "days": "days 1, 4, 7",
    "every_d": "every 2d",
    "every_h": "every 72h",
    "a_week": "2 a week, 48h apart",
    "until": "until 3 clean, 3d apart, 1 more",
}


def _like(forms: tuple[str, ...]) -> str:
    return " or ".join(f'"{_EXAMPLES[form]}"' for form in forms)
