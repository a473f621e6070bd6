"""Rules as data: editions are read, checked, and resolved for a place, a disease and an instant."""

from ringfence.protocol.read import SHIPPED, Edition, read_editions
from ringfence.protocol.resolve import merged, resolve, stacked
from ringfence.protocol.rows import Fault
from ringfence.protocol.rules import Protocol, Rule

__all__ = ["SHIPPED", "Edition", "Fault", "Protocol", "Rule", "merged", "read_editions", "resolve", "stacked"]
