"""What follows from the facts, by plain loops? A second answer, to compare the engine's with.

Written from what the tables and the editions mean, not from the engine: slow, obvious, one row at a time.
"""

from datetime import datetime
from typing import Any

from ringfence.protocol import Protocol
from ringfence.tables.decisions import DECISIONS
from tests.generative.oracle_cases import cases, holds, pools
from tests.generative.oracle_courses import courses
from tests.generative.oracle_known import Facts, Known, Row
from tests.generative.oracle_meetings import contacts, first_ring, roots_of, second_ring
from tests.generative.oracle_places import coverage, zones
from tests.generative.oracle_tasks import clocks, tasks

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
    ring_1 = first_ring(known, done["cases"])
    roots = {case["person"]: (case["detected_at"], case["person"]) for case in done["cases"]}
    close = contacts(known, ring_1, roots, 1)
    ring_2 = second_ring(known, close)
    done["exposures"] = ring_1 + ring_2
    done["contacts"] = close + contacts(known, ring_2, roots_of(close), 2)
    done["courses"], done["course_tests"] = courses(known, done["contacts"], done["cases"])
    done["coverage"] = coverage(known)
    done["zones"] = zones(known, done["cases"])
    done["clocks"] = clocks(known, done)
    done["tasks"] = tasks(known, done)
    return {name: [tuple(row[c] for c in COLUMNS[name]) for row in done[name]] for name in DECISIONS}
