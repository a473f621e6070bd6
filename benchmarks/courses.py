"""Deciding the courses of a million people: where, until when, tested on which days, and who may go."""

import time
from datetime import datetime, timedelta

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa

from benchmarks.measure import Row, peak_gb, timed
from ringfence.city.scenario import CALL_OVERS
from ringfence.engine.chain import observation
from ringfence.engine.match import empty
from ringfence.protocol import resolve
from ringfence.tables import Facts
from ringfence.tables.decisions import CASES, CONTACTS
from ringfence.tables.facts import FACTS

PEOPLE = 1_000_000
_BACK = timedelta(days=9)
"""How long before the instant of decision the first of them were exposed."""
_MADE = {
    "contacts": """
        select i as person, 900000000 + i % 5000 + n as index, case when i % 5 then 1 else 2 end as ring,
        900000000 + i % 5000 as "case", case when i % 5 then 'close' else 'secondary' end as class,
        false as review, met + interval 6 hours as known_at, met as first_exposure,
        met + interval (n + 2) hour as last_exposure, 2 as meetings, 120 as minutes, 'canteen' as setting,
        '320206001001-01-001-1-0101' as area, 'close-work' as rule, 'cn-covid-8' as edition, 'A' as grade,
        '{}' as values, [i, i + 1] as evidence
        from (select i, n, $begun + interval (i % 7) day as met from range($people) as people(i),
        range(2) as cases(n) where n = 0 or i % 3 = 0)
    """,
    "stay": """
        select i as person, 'central' as kind, $begun + interval (i % 7 + 1) day as begin,
        null::timestamp as end, i % 3000 as place, i as fact
        from range($people) as people(i) where i % 10 > 0
    """,
    "sample": """
        select 'S' || (2 * i + n) as tube, i as person, 2 * i + n as fact,
        $begun + interval (i % 7 + 1 + 3 * n) day as sampled_at
        from range($people) as people(i), range(2) as swabs(n)
    """,
    "tube": "select tube, 1 as pool, fact from sample",
    "result": """
        select tube, 'nat' as test, 'negative' as result, sampled_at + interval 8 hours as reported_at, fact
        from sample
    """,
}
"""The contacts, a third of them of two cases, nine in ten in a site since, each swabbed singly twice."""


def rows(rounds: int) -> list[Row]:
    """Seconds to decide what a million contacts owe, from the table of contacts on, and to write it out."""
    as_of = CALL_OVERS[-1]
    protocol = resolve("320206", "covid-19", as_of)
    facts = _facts(as_of)
    found: dict[str, ir.Table] = {}

    def decided() -> int:
        found.update(observation(facts["contacts"], empty(CASES), facts, protocol, as_of))
        return found["courses"].count().to_pyarrow().as_py()

    def written() -> int:
        return sum(table.to_pyarrow().nbytes for table in found.values())

    begun = time.process_time()
    seconds, phases = timed(decided, rounds)
    processor = (time.process_time() - begun) / rounds
    tests = found["course_tests"].count().to_pyarrow().as_py()
    note = f"{phases:,} phases, {tests:,} tests; {processor:.1f} s of processor; peak {peak_gb():.1f} GB"
    begun = time.process_time()
    after, size = timed(written, rounds)
    processor = (time.process_time() - begun) / rounds
    out = f"every word in every row: {size / 1e9:.1f} GB; {processor:.1f} s of processor"
    return [
        Row("courses", "Ringfence", seconds, PEOPLE, note),
        Row("courses written out", "Ringfence", after, phases + tests, out),
    ]


def _facts(as_of: datetime) -> Facts:
    """The facts and the contacts, as tables in memory; kinds that are not made are empty."""
    store = duckdb.connect()
    given = {"begun": as_of - _BACK, "people": PEOPLE}
    for kind, made in _MADE.items():
        store.execute(
            f"create table {kind} as {made}", {key: given[key] for key in given if f"${key}" in made}
        )
    number = pa.field("fact", pa.int64())
    whole = {kind: FACTS[kind].schema.append(number) for kind in FACTS if kind != "retraction"}
    whole["contacts"] = CONTACTS.schema
    return {
        kind: ibis.memtable(_told(store, kind, schema) if kind in _MADE else schema.empty_table())
        for kind, schema in whole.items()
    }


def _told(store: duckdb.DuckDBPyConnection, kind: str, schema: pa.Schema) -> pa.Table:
    """A table that was made, with every column it has when it is told."""
    made = store.table(kind)
    listed = (f'"{name}"' if name in made.columns else f'null as "{name}"' for name in schema.names)
    return made.project(", ".join(listed)).to_arrow_table().cast(schema)
