"""Which unit answers for a duty in an area?"""

import ibis
import ibis.expr.types as ir

from ringfence import areas
from ringfence.engine.match import beside
from ringfence.engine.subtree import at_level
from ringfence.tables import Facts


def with_units(rows: ir.Table, facts: Facts) -> ir.Table:
    """Rows that have a duty and an area, with the unit whose duty it is in the longest matching area."""
    unit = facts["unit"].group_by("duty", "area").aggregate(unit=facts["unit"].unit.min())
    codes = unit.select("area").distinct().to_pyarrow()["area"].to_pylist()
    levels = sorted({areas.level(code) for code in codes}, key=areas.LEVELS.index, reverse=True)
    for level in levels:
        here = unit.filter(at_level(unit.area, level) == unit.area)
        here = here.select("duty", **{f"cut_{level}": "area", f"unit_{level}": "unit"})
        rows = rows.mutate(**{f"cut_{level}": at_level(rows.area, level)})
        rows = beside(rows, here, "duty", f"cut_{level}")
    nearest = [rows[f"unit_{level}"] for level in levels]
    return rows.mutate(unit=ibis.coalesce(*nearest) if nearest else ibis.null("string"))
