"""Is it so, not so, or not known? Predicates over a closed vocabulary, in three values.

    setting in [office, workshop] and near = yes
    not (protected = yes) and minutes >= 15
    vaccinated_d >= 14d

`and`, `or` and `not` follow Kleene: unknown stays unknown unless the other side settles it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ringfence.errors import ProtocolError
from ringfence.protocol.vocabulary import Word

Value = str | int | float | bool
"""What is compared; a rule's own numbers are whole, elapsed time need not be."""


@dataclass(frozen=True)
class Compare:
    """A name against a value: = or != for words and yes/no, and the orders too for numbers."""

    name: str
    sign: str
    value: Value

    def __str__(self) -> str:
        value = {True: "yes", False: "no"}[self.value] if isinstance(self.value, bool) else self.value
        return f"{self.name} {self.sign} {value}"


@dataclass(frozen=True)
class OneOf:
    """A name against several words."""

    name: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name} in [{', '.join(self.values)}]"


@dataclass(frozen=True)
class Not:
    """The opposite; unknown stays unknown."""

    of: "Predicate"

    def __str__(self) -> str:
        return f"not ({self.of})"


@dataclass(frozen=True)
class All:
    """Every part holds."""

    parts: tuple["Predicate", ...]

    def __str__(self) -> str:
        return " and ".join(f"({part})" if isinstance(part, Any) else str(part) for part in self.parts)


@dataclass(frozen=True)
class Any:
    """At least one part holds."""

    parts: tuple["Predicate", ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.parts))


Predicate = Compare | OneOf | Not | All | Any


def leaves(predicate: Predicate | None) -> Iterator[Compare | OneOf]:
    """The comparisons a predicate is made of, in order; none where there is no predicate."""
    match predicate:
        case None:
            return
        case Compare() | OneOf():
            yield predicate
        case Not(of):
            yield from leaves(of)
        case All(parts) | Any(parts):
            for part in parts:
                yield from leaves(part)


_TOKEN = re.compile(r"\s*(?:(<=|>=|!=|=|<|>|\(|\)|\[|\]|,)|([A-Za-z_][\w.]*)|(\d+(?:min|h|d|m)?\b))")
_UNITS = {"min": "minute", "h": "hour", "d": "day", "m": "metre"}
"""A number may say its unit; it is never made into another."""
_SIGNS = ("=", "!=", "<", "<=", ">", ">=")


def parse(text: str, words: Mapping[str, Word]) -> Predicate:
    """The predicate a text stands for; ProtocolError says what is wrong and what would be right."""
    reader = _Reader(_tokens(text), words, text)
    found = reader.any_of()
    if reader.tokens:
        raise ProtocolError(f'"{text}": "{reader.tokens[0]}" is not expected there')
    return found


def holds(predicate: Predicate, row: Mapping[str, Value | None]) -> bool | None:
    """Whether the predicate holds of one row: true, false, or None where it cannot be known."""
    match predicate:
        case Compare(name, sign, value):
            return _compare(row.get(name), sign, value)
        case OneOf(name, values):
            given = row.get(name)
            return None if given is None else given in values
        case Not(of):
            inner = holds(of, row)
            return None if inner is None else not inner
        case All(parts):
            found = [holds(part, row) for part in parts]
            return False if False in found else None if None in found else True
        case Any(parts):
            found = [holds(part, row) for part in parts]
            return True if True in found else None if None in found else False


def _compare(given: Value | None, sign: str, value: Value) -> bool | None:
    if given is None:
        return None
    if sign in ("=", "!="):
        return (given == value) == (sign == "=")
    if not isinstance(given, int | float) or not isinstance(value, int):
        raise TypeError(f"{given!r} {sign} {value!r}")
    return {"<": given < value, "<=": given <= value, ">": given > value, ">=": given >= value}[sign]


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            raise ProtocolError(f'"{text}": cannot read from "{text[at:].strip()}" on')
        tokens.append(found.group().strip())
        at = found.end()
    return tokens


class _Reader:
    """Reads a predicate from tokens, left to right; `or` binds loosest, `not` tightest."""

    def __init__(self, tokens: list[str], words: Mapping[str, Word], text: str) -> None:
        self.tokens = tokens
        self.words = words
        self.text = text

    def take(self, expected: str = "") -> str:
        if not self.tokens or (expected and self.tokens[0] != expected):
            raise ProtocolError(f'"{self.text}": expected {expected or "more"} at its end or earlier')
        return self.tokens.pop(0)

    def taken(self, token: str) -> bool:
        if self.tokens[:1] == [token]:
            self.tokens.pop(0)
            return True
        return False

    def any_of(self) -> Predicate:
        parts = [self.all_of()]
        while self.taken("or"):
            parts.append(self.all_of())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def all_of(self) -> Predicate:
        parts = [self.single()]
        while self.taken("and"):
            parts.append(self.single())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def single(self) -> Predicate:
        if self.taken("not"):
            return Not(self.single())
        if self.taken("("):
            inner = self.any_of()
            self.take(")")
            return inner
        word = self.word(self.take())
        if self.taken("in"):
            return OneOf(word.name, self.choices(word))
        sign = self.take()
        if sign not in _SIGNS or (word.kind != "number" and sign not in ("=", "!=")):
            raise ProtocolError(f'"{self.text}": {word.name} cannot be compared by "{sign}"')
        return Compare(word.name, sign, self.value(word, self.take()))

    def word(self, name: str) -> Word:
        if name not in self.words:
            raise ProtocolError(f'"{self.text}": {name} is not one of {", ".join(self.words)}')
        return self.words[name]

    def choices(self, word: Word) -> tuple[str, ...]:
        self.take("[")
        found = [self.value(word, self.take())]
        while self.taken(","):
            found.append(self.value(word, self.take()))
        self.take("]")
        return tuple(str(value) for value in found)

    def value(self, word: Word, token: str) -> Value:
        if word.kind == "number" and token[:1].isdigit():
            return self.count(word, token)
        if word.kind == "yes_no" and token in ("yes", "no"):
            return token == "yes"
        if word.kind == "choice" and token in word.choices:
            return token
        right = {"number": f"a whole number ({word.unit})", "yes_no": "yes or no"}.get(
            word.kind, ", ".join(word.choices)
        )
        raise ProtocolError(f'"{self.text}": {word.name} cannot be "{token}"; it is {right}')

    def count(self, word: Word, token: str) -> int:
        """A whole number, in the word's own unit where it says one: hours are never compared with days."""
        digits = token.rstrip("mindh")
        unit = _UNITS.get(token[len(digits) :], word.unit)
        if unit != word.unit:
            raise ProtocolError(f'"{self.text}": {word.name} counts {word.unit}s, and {token} is in {unit}s')
        return int(digits)
