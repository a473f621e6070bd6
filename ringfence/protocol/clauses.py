"""What do the worded parts of a row say: its rule, its predicate, its instants and its schedules?"""

from collections.abc import Collection, Mapping
from datetime import date

from ringfence.errors import ProtocolError
from ringfence.protocol.instants import Instant, Shifted, parse_instant
from ringfence.protocol.predicates import Predicate, parse
from ringfence.protocol.rows import Row
from ringfence.protocol.rules import GRADES, UNKNOWN, Rule
from ringfence.protocol.schedules import FORMS, Schedule, parse_schedule
from ringfence.protocol.vocabulary import Word

_META = ("id", "says", "source", "grade", "checked_on", "note")


def rule(row: Row) -> Rule:
    """What the rule says of itself."""
    zh, en = row.both("says")
    row.used.update(_META)
    return Rule(
        id=row.text("id"),
        zh=zh,
        en=en,
        source=row.text("source"),
        grade=row.choice("grade", GRADES),
        checked_on=_day(row, "checked_on"),
        edition=str(row.data.get("edition", "")),
    )


def predicate(row: Row, key: str, words: Mapping[str, Word]) -> Predicate | None:
    """A predicate; None where the key is absent, which always matches."""
    text = row.text(key, "")
    if not text:
        if row.has(key):
            row.fault(key, "is empty; leave the key out where the row always matches")
        return None
    try:
        return parse(text, words)
    except ProtocolError as error:
        row.fault(key, str(error))
        return None


def unknown(row: Row) -> str:
    """What unknown means; required wherever there is a predicate."""
    return row.choice("unknown", UNKNOWN, None if row.has("when") else "exclude")


def instant(row: Row, key: str, known: Collection[str]) -> Instant:
    """An instant expression; required."""
    return _instant(row, key, row.text(key), known) or Instant((Shifted("isolated"),))


def instant_if_any(row: Row, key: str, known: Collection[str]) -> Instant | None:
    """An instant expression; None where the key is absent."""
    return _instant(row, key, row.text(key, ""), known)


def _instant(row: Row, key: str, text: str, known: Collection[str]) -> Instant | None:
    if text:
        try:
            return parse_instant(text, known)
        except ProtocolError as error:
            row.fault(key, str(error))
    return None


def schedule(row: Row, key: str, forms: tuple[str, ...] = FORMS) -> Schedule | None:
    """A schedule; None where the key is absent."""
    text = row.text(key, "")
    if text:
        try:
            return parse_schedule(text, forms)
        except ProtocolError as error:
            row.fault(key, str(error))
    return None


def positive(row: Row, key: str) -> int:
    """A whole number from 1; required."""
    value = row.whole(key)
    if row.data.get(key) == 0:
        row.fault(key, "is 0; give a whole number from 1, or leave the row out where none is stated")
    return value


def _day(row: Row, key: str) -> str:
    text = row.text(key)
    try:
        date.fromisoformat(text or "2022-03-31")
    except ValueError:
        row.fault(key, f'is "{text}"; give a day such as 2022-03-31')
    return text
