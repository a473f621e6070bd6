"""Which words do an edition's rules ask about? What none asks about need not be worked out."""

from collections.abc import Iterable, Iterator

from ringfence.engine.match import Row
from ringfence.protocol.predicates import All, Any, Compare, Not, OneOf, Predicate


def asked(rows: Iterable[Row]) -> frozenset[str]:
    """The words that the predicates of some rows name."""
    return frozenset(name for row in rows if row.when is not None for name in _named(row.when))


def _named(predicate: Predicate) -> Iterator[str]:
    match predicate:
        case Compare(name) | OneOf(name):
            yield name
        case Not(of):
            yield from _named(of)
        case All(parts) | Any(parts):
            for part in parts:
                yield from _named(part)
