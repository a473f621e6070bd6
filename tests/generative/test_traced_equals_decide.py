"""Does a trace, which works out what is about the people some cases met, say what `decide` says of them?"""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ringfence.actions.tracing_answers import Indexed
from ringfence.columns.contact_index import opened
from ringfence.columns.contact_near import NEAR
from ringfence.columns.contact_sources import VisitSources
from ringfence.engine import decide
from ringfence.engine.tasks import CONTACT_MUSTS
from ringfence.engine.traced import TRACED, traced
from tests.generative.cities import tables, united
from tests.generative.rule_sets import FIRST, RULES, made


def about(table: pa.Table, people: Collection[int]) -> list[dict[str, object]]:
    return table.filter(pc.field("person").isin(list(people))).to_pylist()


@pytest.mark.parametrize("rules", ["wuxi", "keep"])
def test_what_is_said_of_those_the_cases_met_is_what_is_decided(rules: str, tmp_path: Path):
    protocol, as_of = RULES[rules][0](), RULES[rules][1]
    facts = tables(united(made(FIRST, FIRST + 40, protocol, as_of)), protocol.zone)
    visit = facts["visit"].select(NEAR.names).to_pyarrow().cast(NEAR)
    visits = Indexed(opened(tmp_path, VisitSources((), visit, np.zeros(0, np.int64))))
    whole = dict(decide(facts, protocol, as_of))
    whole["tasks"] = whole["tasks"].filter(pc.field("must").isin(list(CONTACT_MUSTS)))
    every = traced(facts, (protocol,), as_of, visits, None, lambda _: None)
    for name in TRACED:
        assert every[name].to_pylist() == whole[name].to_pylist(), name

    of = sorted(whole["cases"]["person"].to_pylist())[::3]
    some = traced(facts, (protocol,), as_of, visits, [*of, 1], lambda _: None)
    met = whole["exposures"].filter((pc.field("ring") == 1) & pc.field("index").isin(of))
    assert pc.any(pc.is_valid(met["place"])).as_py()
    classed = whole["contacts"].filter(pc.field("case").isin(of))
    assert 2 in classed["ring"].to_pylist()
    people = {*met["person"].to_pylist(), *classed["person"].to_pylist()}
    assert some["cases"].to_pylist() == whole["cases"].to_pylist()
    for name in TRACED[1:]:
        assert about(some[name], people) == about(whole[name], people), name
