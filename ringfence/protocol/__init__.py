"""Rules as data: editions are read, checked, and resolved for a place, a disease and an instant."""

from ringfence.protocol.read import SHIPPED, Edition, edition_of, files_in, read_editions, read_texts
from ringfence.protocol.resolve import merged, resolve, resolve_from, resolve_within, stacked
from ringfence.protocol.resolved import Authority, Protocol
from ringfence.protocol.rows import Fault
from ringfence.protocol.rules import Rule

__all__ = [
    "SHIPPED", "Authority", "Edition", "Fault", "Protocol", "Rule", "edition_of", "files_in", "merged",
    "read_editions", "read_texts", "resolve", "resolve_from", "resolve_within", "stacked",
]  # fmt: skip
