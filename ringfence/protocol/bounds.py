"""What must two visits in one place at least share, for any rule to make a contact of it?

Of such a meeting the lengths are known, and the sort of place; what only a person can tell (how far apart,
what they did, what they are to each other) is not. Whether a rule can match is asked of all the rest at once.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import product

from ringfence.protocol.predicates import All, Any, Compare, Not, OneOf, Predicate, holds, leaves
from ringfence.protocol.rules import ContactRule
from ringfence.tables.decisions import CONTACT_CLASSES
from ringfence.tables.facts import PLACE_KINDS

LENGTHS = ("minutes", "day_minutes", "total_minutes")
_UNTOLD = ("relation", "distance_m", "manner", "protected", "investigator")
_OUTCOMES: frozenset[bool | None] = frozenset((True, False, None))
Known = Mapping[str, Collection[str | int]]
"""Words of which is known what they can be; all others may be anything, or not known."""


def least_minutes(rules: Sequence[ContactRule], lengths: Collection[str] = LENGTHS) -> int:
    """The least whole minutes two people were together for a rule to make a contact of it; 0: no least time.

    Somebody who shared less, all lengths known, is of no class by these rules. `lengths` says which words
    the minutes are an upper limit of: all of them for the time of a pair, `minutes` alone for one meeting.
    """
    found = [_least(rule, lengths) for rule in _classing(rules)]
    return min((one for one in found if one is not None), default=0)


def settings(rules: Sequence[ContactRule]) -> frozenset[str]:
    """The sorts of place in which sharing it can make a contact."""
    return frozenset(
        kind for kind in PLACE_KINDS if any(_can(rule, {"setting": (kind,)}) for rule in _classing(rules))
    )


def _classing(rules: Sequence[ContactRule]) -> list[ContactRule]:
    return [rule for rule in rules if rule.gives in CONTACT_CLASSES]


def _least(rule: ContactRule, lengths: Collection[str]) -> int | None:
    """None where the rule asks for what only a person can tell."""
    compared = [leaf for leaf in leaves(rule.when) if isinstance(leaf, Compare)]
    numbers = {leaf.value for leaf in compared if leaf.name in lengths}
    steps = sorted({0, *(step for n in numbers if isinstance(n, int) for step in (n, n + 1))})
    for most in steps:
        reach = [step for step in steps if step <= most]
        if _can(rule, dict.fromkeys(lengths, reach)):
            return most
    return None


def _can(rule: ContactRule, known: Known) -> bool:
    """Whether the rule can match a meeting of two visits."""
    found = _OUTCOMES if rule.when is None else _possible(rule.when, known)
    return rule.when is None or True in found or (None in found and rule.unknown != "exclude")


def _possible(predicate: Predicate, known: Known) -> frozenset[bool | None]:
    """What a predicate may come to."""
    match predicate:
        case Compare(name) | OneOf(name):
            if name in _UNTOLD:
                return frozenset((None,))
            if name not in known:
                return _OUTCOMES
            return frozenset(holds(predicate, {name: value}) for value in known[name])
        case Not(of):
            return frozenset(None if one is None else not one for one in _possible(of, known))
        case All(parts):
            return frozenset(map(_all, product(*(_possible(part, known) for part in parts))))
        case Any(parts):
            return frozenset(map(_any, product(*(_possible(part, known) for part in parts))))


def _all(parts: tuple[bool | None, ...]) -> bool | None:
    return False if False in parts else None if None in parts else True


def _any(parts: tuple[bool | None, ...]) -> bool | None:
    return True if True in parts else None if None in parts else False
