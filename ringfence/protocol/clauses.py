"""What do the worded parts of a row say: its rule, its predicate and its instants?"""

from collections.abc import Collection, Mapping

from ringfence.errors import ProtocolError
from ringfence.protocol.instants import Instant, parse_instant
from ringfence.protocol.predicates import Predicate, parse
from ringfence.protocol.rows import Row
from ringfence.protocol.rules import GRADES, UNKNOWN, Rule
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
        checked_on=str(row.data.get("checked_on", "")),
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
    text = row.text(key)
    if text:
        try:
            return parse_instant(text, known)
        except ProtocolError as error:
            row.fault(key, str(error))
    return Instant(("isolated",))
