"""Whom would a change of rules release, confine, keep longer or let go sooner?"""

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ringfence.engine.match import settle
from ringfence.tables.decisions import MOVES

_SIDES = ("before", "after")


def moves(before: pa.Table, after: pa.Table) -> pa.Table:
    """Everybody the change moves (see `tables.decisions.MOVES`).

    Args:
        before: restrictions under the rules in force (see `tables.decisions.RESTRICTIONS`).
        after: the same facts at the same instant under the others.

    A person is compared by the live restriction that lasts longest on each side; one that only a test ends
    lasts longest of all.
    """
    both = _longest(before, "before").outer_join(_longest(after, "after"), "person")
    both = both.mutate(
        person=ibis.coalesce(both.person, both.person_right),
        area=ibis.coalesce(both.area_after, both.area_before),
    )
    ends = [both[f"until_{side}"].fill_null(ibis.timestamp("9999-12-31")) for side in _SIDES]
    same = (both.rule_before == both.rule_after) & (both.subject_before == both.subject_after)
    move = ibis.cases(
        (both.rule_after.isnull(), "released"),
        (both.rule_before.isnull(), "confined"),
        (ends[0] < ends[1], "longer"),
        (ends[0] > ends[1], "shorter"),
        (~same, "changed"),
    )
    found = both.mutate(move=move)
    return settle(found.filter(found.move.notnull()), MOVES).to_pyarrow()


def _longest(restrictions: pa.Table, side: str) -> ir.Table:
    """The live restriction of each person that lasts longest, with its columns named for a side."""
    rows = ibis.memtable(restrictions)
    live = rows.filter(rows.live)
    order = [live.until.isnull().desc(), live.until.desc(), live.kind, live.subject]
    turn = ibis.row_number().over(ibis.window(group_by="person", order_by=order))
    first = live.mutate(turn=turn).filter(lambda t: t.turn == 0)
    named = {f"{name}_{side}": first[name] for name in ("subject", "rule", "until", "area")}
    return first.select("person", **named)
