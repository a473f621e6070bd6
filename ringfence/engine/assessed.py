"""What do experts judge of an area? The longest assessed area that holds it, for each thing asked."""

import ibis
import ibis.expr.types as ir

from ringfence.engine.match import beside, worked_out
from ringfence.engine.match import facts as evidence
from ringfence.engine.subtree import holds
from ringfence.tables import Facts


def assessed(found: ir.Table, facts: Facts) -> ir.Table:
    """Rows with an area, with what experts judge of it: spread, traceable, judged, here and judgement.

    An assessment that leaves something out says nothing of it: the next wider one that does is asked.
    `judged`: both things are known; `here`: the area itself was assessed; `judgement`: the facts of it.
    """
    found = worked_out(found)
    said = facts["assessment"].select("spread", "traceable", holder="area", fact="fact")
    said = said.filter(said.spread.notnull() | said.traceable.notnull())
    both = found.select("area").distinct().cross_join(said)
    both = both.filter(holds(both.holder, both.area))
    near = both.holder.length()
    told = both.group_by("area").aggregate(
        here=(both.holder == both.area).any(),
        **{name: _nearest(both[name], both[name], near) for name in ("spread", "traceable")},
        spread_fact=_nearest(both.fact, both.spread, near),
        traceable_fact=_nearest(both.fact, both.traceable, near),
    )
    found = beside(found, worked_out(told), "area")
    return found.mutate(
        judged=found.spread.notnull() & found.traceable.notnull(),
        here=found.here.fill_null(False),
        judgement=evidence(found.spread_fact, found.traceable_fact),
    ).drop("spread_fact", "traceable_fact")


def _nearest(given: ir.Column, asked: ir.Column, near: ir.IntegerColumn) -> ir.Value:
    """What the nearest area that says something gives."""
    return ibis.cases((asked.notnull(), given)).argmax(near, where=asked.notnull())
