"""Which words do an edition's rules ask about? What none asks about need not be worked out."""

from collections.abc import Iterable

from ringfence.engine.match import Row
from ringfence.protocol.predicates import leaves


def asked(rows: Iterable[Row]) -> frozenset[str]:
    """The words that the predicates of some rows name."""
    return frozenset(leaf.name for row in rows for leaf in leaves(row.when))
