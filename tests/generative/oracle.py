"""What follows from the facts, by plain loops? A second answer, to compare the engine's with.

Written from what the tables and the editions mean, not from the engine: slow, obvious, one row at a time.
"""

from datetime import datetime
from typing import Any

from ringfence.protocol import Protocol
from ringfence.tables.decisions import DECISIONS
from tests.generative.oracle_campaigns import campaigns
from tests.generative.oracle_cases import cases, holds, pools
from tests.generative.oracle_chain import chain
from tests.generative.oracle_coverage import coverage
from tests.generative.oracle_known import Facts, Known, Row
from tests.generative.oracle_places import zones
from tests.generative.oracle_restrictions import codes, restrictions
from tests.generative.oracle_screening import cadences
from tests.generative.oracle_tasks import clocks, tasks
from tests.generative.oracle_zone_steps import zone_steps

COLUMNS = {
    name: tuple(column.name for column in table.columns if column.name != "values")
    for name, table in DECISIONS.items()
}
"""The columns compared of each table: all but the values used."""


def decide(facts: Facts, protocol: Protocol, as_of: datetime) -> dict[str, list[tuple[Any, ...]]]:
    """Every decision, as rows of `COLUMNS`; evidence is a set, None where the texts leave it open."""
    known = Known(facts, protocol, as_of)
    done: dict[str, list[Row]] = {"holds": holds(known), "cases": cases(known)}
    done["pools"] = pools(known, done["holds"])
    done |= chain(known, done["cases"])
    done["coverage"] = coverage(known, done)
    done["campaigns"] = campaigns(known, done)
    done["cadences"] = cadences(known)
    done["zones"] = zones(known, done["cases"])
    done["zone_steps"] = zone_steps(known, done)
    done["restrictions"] = restrictions(known, done)
    done["codes"] = codes(done["restrictions"])
    done["clocks"] = clocks(known, done)
    done["tasks"] = tasks(known, done)
    return {name: [tuple(row[c] for c in COLUMNS[name]) for row in done[name]] for name in DECISIONS}
