"""For whom does a phase last longer? Those given something since they were first exposed, or who are ill."""

from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.engine.days import day_of
from ringfence.engine.match import beside, holds, worked_out
from ringfence.protocol import Protocol
from ringfence.protocol.rules import Extension
from ringfence.tables import Facts

_GIVEN = {"ig": "immune_globulin", "treated": "medicine", "vaccinated": "vaccine"}
"""The kind of protection behind each word."""


def with_lengths(owing: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """The courses owed, with `longer_1`, `longer_2` ...: the days of a phase where they are not its own."""
    longer: dict[int, list[tuple[str, Extension]]] = {}
    for rule in protocol.courses:
        for number, phase in enumerate(rule.phases, 1):
            if phase.extend is not None:
                longer.setdefault(number, []).append((rule.of, phase.extend))
    if not longer:
        return owing
    told = worked_out(_told(owing, facts, protocol, as_of))
    words = {name: told[name] for name in (*_GIVEN, "symptoms")}
    found = {
        f"longer_{number}": ibis.cases(
            *[((told["class"] == of) & _met(extend, words), extend.days) for of, extend in rows]
        )
        for number, rows in longer.items()
    }
    return worked_out(told.mutate(**found).drop(*words))


def _met(extend: Extension, words: dict[str, ir.Value]) -> ir.Value:
    if extend.when is None:
        return ibis.literal(value=True)
    return holds(extend.when, words).fill_null(extend.unknown != "exclude")


def _told(owing: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """What was given on the day of the first exposure or later, and whether a report says there are symptoms.

    Where it is not for a meeting, what was given since that was over.
    """
    since = owing.select(
        "person", "class", since=owing.since_day.fill_null(day_of(owing.over_at, protocol.offsets))
    )
    given = facts["immunity"].semi_join(owing, "person")
    given = given.filter(given.kind.isin(list(_GIVEN.values())) & (given["at"] <= as_of))
    given = given.select("person", "kind", day=day_of(given["at"], protocol.offsets))
    given = since.inner_join(given, "person")
    given = given.filter(given.day >= given.since)
    given = given.group_by("person", "class").aggregate(
        **{name: (given.kind == kind).any() for name, kind in _GIVEN.items()}
    )
    said = facts["case_report"].semi_join(owing, "person")
    said = said.filter(said.symptoms.notnull())
    last = said.group_by("person").aggregate(symptoms=(said.symptoms == "yes").any())
    told = beside(beside(owing, given, "person", "class"), last, "person")
    return told.mutate(**{name: told[name].fill_null(False) for name in _GIVEN})
