"""Which rule decides for the many of whom nothing a rule asks about is known, worked out once for all?"""

from collections.abc import Mapping, Sequence

from ringfence.engine.match import Row
from ringfence.protocol.predicates import Value, holds


def number_for(rows: Sequence[Row], words: Mapping[str, Value | None]) -> int:
    """Where the first match of one row of words stands in its table; -1 where nothing matches."""
    for number, row in enumerate(rows):
        said = True if row.when is None else holds(row.when, words)
        if said or (said is None and row.unknown != "exclude"):
            return number
    return -1
