"""Who stands where in a round: counted by area, and listed door by door for whoever knocks there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from ringfence.actions.rounds import Terms, counted, rounds_at
from ringfence.actions.ruling import rules_at
from ringfence.actions.store import Store
from ringfence.engine.coverage import by_area, coverage
from ringfence.engine.match import settle
from ringfence.engine.parts import Rules, by_part
from ringfence.engine.rounds import missed_before
from ringfence.engine.subtree import holds
from ringfence.engine.units import with_units
from ringfence.errors import InputError, NotFoundError
from ringfence.protocol import Protocol
from ringfence.tables import Facts
from ringfence.tables.decisions import COVERAGE
from ringfence.tables.rounds import DOORS

DUTY = "coverage"
"""The duty of whoever goes from door to door for a round."""
_LAST = "~"
"""Comes after every area code."""
_PLAIN = ("pool", "per", "pool_rule")
"""What the size of a tube needs other decisions for; who stands where does not."""


@dataclass(frozen=True)
class Standing:
    """Everyone the rounds up to one concern, as of an instant; worked out when it is asked."""

    as_of: datetime
    round: Terms
    earlier: tuple[Terms, ...]
    facts: Facts
    rules: Rules


def standing(store: Store, round_: str, as_of: datetime) -> Standing:
    """Where people stand in a round; the one that opened last where none is named.

    Raises:
        NotFoundError: there is no such round. InputError: there is none at all.
    """
    known = rounds_at(store, as_of)
    if not known:
        raise InputError("no round is known here; `ringfence round open` opens one")
    if not round_:
        begun = [one for one in known if one.opens_at <= as_of] or known
        round_ = max(begun, key=lambda one: (one.opens_at, one.round)).round
    named = {one.round: number for number, one in enumerate(known)}
    if round_ not in named:
        raise NotFoundError(f'round "{round_}": not known here; known are {", ".join(named)}')
    number = named[round_]
    facts = store.columns.snapshot(as_of)
    return Standing(as_of, known[number], tuple(known[:number]), facts, rules_at(store, as_of))


def counts(found: Standing, level: str, area: str = "") -> pa.Table:
    """How many stand where, by area of a level (`tables.rounds.COUNTS`)."""
    people = _inside(_people(found, [found.round]), area)
    return counted(by_area(people, level).to_pyarrow())


def doors(found: Standing, statuses: Sequence[str], area: str = "", missed: int = 0) -> pa.Table:
    """The people in some statuses, door by door (`tables.rounds.DOORS`): an address's code orders its
    stairwells and floors, and those whose address is not known come last.

    Args:
        found: the round.
        statuses: which people.
        area: only who lives there.
        missed: only who was missing in so many rounds before it without a break.
    """
    people = _inside(_people(found, [found.round]), area)
    people = people.filter(people.status.isin(list(statuses)))
    rows = with_units(people.mutate(duty=ibis.literal(DUTY)), found.facts).to_pyarrow()
    earlier = _people(found, found.earlier).select("round", "person", "status").to_pyarrow()
    before = [earlier.filter(pc.field("round") == one.round) for one in reversed(found.earlier)]
    times = missed_before(rows["person"].to_numpy(), before)
    rows = rows.append_column("missed_before", pa.array(times, pa.int32()))
    rows = rows.filter(pc.field("missed_before") >= missed).select(DOORS.schema.names)
    keys = pa.table({"area": pc.fill_null(rows["area"], _LAST), "person": rows["person"]})
    return rows.take(pc.sort_indices(keys, sort_keys=[("area", "ascending"), ("person", "ascending")]))


def _people(found: Standing, rounds: Sequence[Terms]) -> ir.Table:
    """Everyone some rounds concern, with their status."""
    ids = [one.round for one in rounds]
    said, tube = found.facts["round"], found.facts["tube"]
    facts = {
        **found.facts,
        "round": said.filter(said.round.isin(ids)),
        "tube": tube.filter(tube.round.isin(ids)),
    }
    if len(found.rules) == 1:
        return coverage(facts, found.rules[0], found.as_of)

    def under(protocol: Protocol) -> ir.Table:
        none = {name: ibis.null("int32" if name == "pool" else "string") for name in _PLAIN}
        return settle(coverage(facts, protocol, found.as_of).mutate(**none), COVERAGE)

    return by_part(COVERAGE, found.rules, under)


def _inside(people: ir.Table, area: str) -> ir.Table:
    return people.filter(holds(ibis.literal(area), people.area).fill_null(False)) if area else people
