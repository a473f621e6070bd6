"""Does the gate say of random people what a slow plain reading of its rules says?"""

import os
from datetime import timedelta
from random import Random

import ibis
import pyarrow as pa
import pytest

from ringfence.engine.gates import gate
from ringfence.protocol.vocabulary import RESULTS
from ringfence.tables.decisions import CODES, COLOURS
from ringfence.tables.facts import VEHICLES
from tests.generative import oracle_gates
from tests.generative.cities import city, tables, united
from tests.generative.making import Row, Rows
from tests.generative.oracle_known import Known
from tests.generative.other_rules import OTHER_AT
from tests.generative.other_screening import screening

pytestmark = pytest.mark.no_cover  # the specs cover the engine; tracing it here as well doubles the time

CITIES = int(os.environ.get("RINGFENCE_GENERATIVE", "200")) // 2
FIRST = int(os.environ.get("RINGFENCE_GENERATIVE_FROM", "0"))
ASKED = pa.schema(
    {
        "person": pa.int64(), "at": pa.timestamp("us"), "vehicle": pa.string(), "permit": pa.bool_(),
        "antigen": pa.string(),
    }
)  # fmt: skip


def asked_of(one: Rows, rng: Random) -> list[Row]:
    """Everybody at the gate once or twice: at the instant of deciding, or when something else happened."""
    moments = [OTHER_AT, OTHER_AT - timedelta(hours=20), *(row["at"] for row in one["arrival"])]
    moments += [row["reported_at"] + timedelta(hours=rng.choice((0, 20, 48))) for row in one["result"]]
    found: dict[tuple[object, ...], Row] = {}
    for row in one["person"]:
        for _ in range(rng.choice((1, 2))):
            at = rng.choice(moments)
            found[row["person"], at] = {
                "person": row["person"], "at": at,
                "vehicle": rng.choice((None, *VEHICLES)), "permit": rng.choice((None, True, False)),
                "antigen": rng.choice((None, None, *RESULTS)),
            }  # fmt: skip
    return list(found.values())


def colours_of(one: Rows, rng: Random) -> list[Row]:
    """A colour for some, and what it rests on."""
    return [
        {
            "person": row["person"], "colour": rng.choice(COLOURS), "evidence": [row["fact"]],
            "until": rng.choice((None, OTHER_AT + timedelta(days=3))),
        }
        for row in one["person"]
        if rng.random() < 0.4
    ]  # fmt: skip


def in_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["person"], row["at"]))


def test_the_gate_equals_the_oracle() -> None:
    protocol, rng = screening(), Random(FIRST)
    cities = [city(number, 20220330, OTHER_AT, protocol.zone) for number in range(FIRST, FIRST + CITIES)]
    asked = [asked_of(one, rng) for one in cities]
    colours = [colours_of(one, rng) for one in cities]
    facts = tables(united(cities), protocol.zone)
    names = ("person", "colour", "until", "evidence")
    schema = pa.schema([(name, CODES.column(name).arrow) for name in names])
    codes = ibis.memtable(pa.Table.from_pylist([row for rows in colours for row in rows], schema))
    seen = ibis.memtable(pa.Table.from_pylist([row for rows in asked for row in rows], ASKED))
    got = gate(facts, {"codes": codes}, protocol, seen).to_pyarrow().to_pylist()
    want: list[Row] = []
    for one, people, coloured in zip(cities, asked, colours, strict=True):
        known, by_person = Known(one, protocol, OTHER_AT), {row["person"]: row for row in coloured}
        for row in people:
            said = oracle_gates.gate(known, row, by_person.get(row["person"]))
            want += [said] if said else []
    for row in got:
        row.pop("values")
        row["evidence"] = frozenset(row["evidence"])
    assert in_order(got) == in_order(want)
    assert {row["rule"] for row in got} == {rule.rule.id for rule in protocol.gates}
