"""What is known of a meeting beside the meeting: who they are, what protects them, how long in a day?"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from tests.generative.oracle_known import Known, Row

Span = tuple[datetime, datetime]


def with_words(known: Known, meetings: list[Row]) -> list[Row]:
    """The meetings of a pair with all that a rule may ask; each has known_at and onset of its case."""
    longest = _longest_day(known, meetings)
    return [
        {
            **one, "onset_age_d": _aged(known, one),
            "day_minutes": None if one["minutes"] is None else longest,
            "age": _age(known, one), "immune": _immune(known, one),
            "vaccinated_d": _since(known, one, "vaccine"), "infected_d": _since(known, one, "infection"),
        }
        for one in meetings
    ]  # fmt: skip


def _aged(known: Known, one: Row) -> int | None:
    """Days from onset until the case was found."""
    return None if one["onset"] is None else (known.day(one["known_at"]) - one["onset"]).days


def together(meetings: list[Row]) -> int | None:
    """Minutes two were together, where known, each counted once; None where none is known."""
    timed = _timed(meetings)
    return int(_seconds(timed)) // 60 if timed else None


def _timed(meetings: list[Row]) -> list[Span]:
    return [(one["begin"], one["end"]) for one in meetings if one["minutes"] is not None]


def _seconds(spans: Iterable[Span]) -> float:
    """How long any of some spans lasts, each moment once."""
    seconds, reached = 0.0, datetime.min  # noqa: DTZ901 - instants are naive UTC
    for begin, end in sorted(spans):
        seconds += max(0.0, (end - max(begin, reached)).total_seconds())
        reached = max(reached, end)
    return seconds


def _longest_day(known: Known, meetings: list[Row]) -> int | None:
    """Whole minutes together on the civil day it is most."""
    timed = _timed(meetings)
    if not timed:
        return None
    day, most = known.day(min(begin for begin, _ in timed)), 0.0
    while known.midnight(day) <= max(end for _, end in timed):
        start, stop = known.midnight(day), known.midnight(day + timedelta(days=1))
        most = max(most, _seconds((max(b, start), min(e, stop)) for b, e in timed if b < stop and e > start))
        day += timedelta(days=1)
    return int(most) // 60


def _age(known: Known, one: Row) -> int | None:
    person = known.one("person", person=one["person"])
    born = person["birth_year"] if person else None
    return None if born is None else known.day(one["begin"]).year - born


def _register(known: Known, one: Row) -> list[Row]:
    """What the register told of somebody before a meeting began."""
    return [row for row in known.every("immunity", person=one["person"]) if row["at"] < one["begin"]]


def _immune(known: Known, one: Row) -> Any:
    """The last word of the register; of two at one instant the no."""
    said = [row for row in _register(known, one) if row["immune"] is not None]
    last = max((row["at"] for row in said), default=None)
    return all(row["immune"] for row in said if row["at"] == last) if said else None


def _since(known: Known, one: Row, kind: str) -> int | None:
    given = [row["at"] for row in _register(known, one) if row["kind"] == kind]
    return (known.day(one["begin"]) - known.day(max(given))).days if given else None
