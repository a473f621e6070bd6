"""What does a round need, and who was missing in the rounds before it as well?"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ringfence.engine.clocks import Decided
from ringfence.engine.coverage import coverage
from ringfence.engine.match import settle
from ringfence.engine.parts import Rules, by_part
from ringfence.engine.subtree import at_level
from ringfence.engine.tubes import with_tubes
from ringfence.protocol import Protocol
from ringfence.protocol.rules import Rule
from ringfence.tables import Facts
from ringfence.tables.decisions import COVERAGE
from ringfence.tables.rounds import DONE, NEEDS

EXPECTED = ("missing", *DONE)
"""The statuses of whoever is to be sampled."""


def covered(decided: Decided, facts: Facts, rules: Rules, as_of: datetime) -> ir.Table:
    """Everyone each round concerns, with the size of their tube (see `tables.decisions.COVERAGE`)."""

    def under(protocol: Protocol) -> ir.Table:
        people = coverage(facts, protocol, as_of)
        return settle(with_tubes(people, decided, facts, protocol, as_of), COVERAGE)

    return by_part(COVERAGE, rules, under)


def needs(people: ir.Table, rules: Rules, level: str) -> ir.Table:
    """What the rounds need in each area of a level (see `tables.rounds.NEEDS`).

    Args:
        people: everyone the rounds concern, as `covered` gives them.
        rules: whose ratios hold. A tube's size is that of its people.
        level: the level; an address known less finely stands for itself.
    """
    asked = people.filter(people.status.isin(EXPECTED) & people.area.notnull())
    asked = asked.mutate(place=ibis.coalesce(at_level(asked.area, level), asked.area))
    tubes = _tubes(asked).to_pyarrow().to_pylist()
    counts = asked.group_by("place").aggregate(people=asked.count()).to_pyarrow().to_pylist()

    def under(protocol: Protocol) -> ir.Table:
        rows = [*_for_tubes(tubes, protocol), *_for_ratios(counts, protocol)]
        return settle(ibis.memtable(pa.Table.from_pylist(rows, schema=NEEDS.schema)), NEEDS)

    return by_part(NEEDS, rules, under)


def _tubes(asked: ir.Table) -> ir.Table:
    """place, pool_rule, pool, people, tubes: a tube for one household where the rule keeps it apart, else
    filled from the whole area."""
    sized = asked.filter(asked.pool.notnull())
    alone = (sized.per == "household").fill_null(False)
    sized = sized.mutate(filled_from=alone.ifelse(sized.area, sized.place))
    held = sized.group_by("place", "pool_rule", "pool", "filled_from").aggregate(people=sized.count())
    held = held.mutate(tubes=(held.people + held.pool - 1) // held.pool)
    grouped = held.group_by("place", "pool_rule", "pool")
    return grouped.aggregate(people=held.people.sum(), tubes=held.tubes.sum())


def _for_tubes(tubes: Sequence[Mapping[str, Any]], protocol: Protocol) -> Iterator[dict[str, Any]]:
    rules = {row.rule.id: row.rule for row in protocol.pools}
    for row in tubes:
        if (rule := rules.get(row["pool_rule"])) is not None:
            used = {"people": row["people"], "pool": row["pool"]}
            yield {**_row(row, rule, used), "least": row["tubes"], "most": row["tubes"]}


def _for_ratios(counts: Sequence[Mapping[str, Any]], protocol: Protocol) -> Iterator[dict[str, Any]]:
    for row in counts:
        for ratio in protocol.ratios:
            least, most = ratio.needed(row["people"])
            used = {"people": row["people"], "down": ratio.down, "most": ratio.most or None}
            yield {**_row(row, ratio.rule, used), "least": least, "most": most}


def _row(row: Mapping[str, Any], rule: Rule, used: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "area": row["place"], "need": rule.id, "zh": rule.zh, "en": rule.en, "people": row["people"],
        "rule": rule.id, "edition": rule.edition, "grade": rule.grade, "values": json.dumps(used),
    }  # fmt: skip


def missed_before(people: npt.NDArray[np.int64], earlier: Sequence[pa.Table]) -> npt.NDArray[np.int32]:
    """For each person, in how many of the rounds before they were missing without a break.

    A round that did not concern them is passed over.

    Args:
        people: who, each once.
        earlier: person and status of the rounds before, the latest first.
    """
    counts = np.zeros(len(people), np.int32)
    going_on = np.ones(len(people), np.bool_)
    for rows in earlier:
        missing = pc.equal(rows["status"], "missing")
        absent = np.isin(people, rows.filter(missing)["person"].to_numpy())
        counts += going_on & absent
        going_on &= absent | ~np.isin(people, rows["person"].to_numpy())
    return counts
