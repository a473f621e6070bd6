"""What would other rules do, before anybody switches? Rule by rule, and person by person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa

from ringfence.actions.ruling import Known
from ringfence.actions.store import Store
from ringfence.areas import contains
from ringfence.engine import decide
from ringfence.engine.moves import moves
from ringfence.errors import NotFoundError
from ringfence.protocol import Edition, Fault, Protocol, resolve_from, resolve_within
from ringfence.protocol.diff import Change, compare


@dataclass(frozen=True)
class Comparison:
    """What changes between two sets of rules, and whom that moves."""

    before: Protocol
    after: Protocol
    changes: Sequence[Change]
    moved: pa.Table | None


def rules_named(known: Known, named: str, area: str, disease: str, now: datetime) -> tuple[Protocol, ...]:
    """The rules that a word names: `now`, or those when an edition first is in force, by its id.

    Raises:
        NotFoundError: no such edition is known.
    """
    if named == "now":
        return resolve_within(known.editions, known.faults, area, disease, now)
    edition = next((edition for edition in known.editions if edition.id == named), None)
    if edition is None:
        names = ", ".join(sorted(one.id for one in known.editions))
        raise NotFoundError(f"{named}: no such edition; known are {names}")
    return resolve_within(known.editions, known.faults, area, disease, edition.begin)


def compare_editions(
    editions: Sequence[Edition], faults: Sequence[Fault], named: tuple[str, str], area: str
) -> Comparison:
    """Two editions compared by their rules alone, each with what it stands on when it comes into force.

    `area` is where; empty: where the later edition is. Raises NotFoundError as `rules_named`.
    """
    found: list[Protocol] = []
    for name in named:
        edition = next((edition for edition in editions if edition.id == name), None)
        if edition is None:
            names = ", ".join(sorted(one.id for one in editions))
            raise NotFoundError(f"{name}: no such edition; known are {names}")
        where = area or edition.area
        found.append(resolve_from(editions, faults, where, edition.disease, edition.begin))
    before, after = found
    return Comparison(before, after, compare(before, after), None)


def compare_over(
    store: Store, before: Sequence[Protocol], after: Sequence[Protocol], as_of: datetime
) -> Comparison:
    """Two sets of rules compared over a store's facts: the same people at the same instant.

    The rules after come into force at that instant: whoever is under a course keeps theirs where they
    say so.
    """
    store.columns.refresh()
    facts = store.columns.snapshot(as_of)
    switched = [_switched(protocol, before, as_of) for protocol in after]
    old, new = decide(facts, tuple(before), as_of), decide(facts, switched, as_of)
    moved = moves(old["restrictions"], new["restrictions"])
    return Comparison(before[0], after[0], _changes(before, after), moved)


def _changes(before: Sequence[Protocol], after: Sequence[Protocol]) -> list[Change]:
    """Every change, part by part; what changes in the whole area is not said of its parts again."""
    found: list[Change] = []
    for protocol in after:
        old = _standing(before, protocol.area)
        said = {replace(change, area="") for change in found}
        found += [one for one in compare(old, protocol) if replace(one, area="") not in said]
    return found


def _standing(rules: Sequence[Protocol], area: str) -> Protocol:
    """The narrowest of some rules that hold an area."""
    return [protocol for protocol in rules if contains(protocol.area, area)][-1]


def _switched(protocol: Protocol, before: Sequence[Protocol], as_of: datetime) -> Protocol:
    """A protocol as it would be if it came into force now, over those in force before."""
    if protocol.in_flight == "recompute":
        return replace(protocol, since=as_of, before=None)
    return replace(protocol, since=as_of, before=replace(_standing(before, protocol.area), before=None))
