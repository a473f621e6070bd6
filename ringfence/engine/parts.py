"""Whose rules decide a row? Those of the narrowest part of the store's area that holds it."""

from collections.abc import Callable, Sequence

import ibis
import ibis.expr.types as ir

from ringfence.engine.match import together
from ringfence.engine.subtree import holds
from ringfence.protocol import Protocol
from ringfence.tables import Table

Rules = Sequence[Protocol]
"""The protocols of an area and of the parts of it that have rules of their own, widest first."""


def by_part(declared: Table, rules: Rules, decided: Callable[[Protocol], ir.Table]) -> ir.Table:
    """What a question's answer is, each row by the rules of the part that its `area` lies in.

    A row without an area is decided by the widest rules. `decided` gives a settled table.
    """
    if len(rules) == 1:
        return decided(rules[0])
    answers = [of_part(decided(protocol), rules, number) for number, protocol in enumerate(rules)]
    return together(declared, *answers)


def of_part(answer: ir.Table, rules: Rules, number: int) -> ir.Table:
    """The rows in the area of one of the protocols (the first holds everything) and in none narrower."""
    mine = _in(rules[number].area, answer) if number else ibis.literal(value=True)
    for other in rules[number + 1 :]:
        mine = mine & ~_in(other.area, answer)
    return answer.filter(mine)


def _in(area: str, answer: ir.Table) -> ir.BooleanValue:
    return holds(ibis.literal(area), answer.area).fill_null(False)
