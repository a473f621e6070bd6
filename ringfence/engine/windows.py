"""In which window was each case infectious, and in which span were they infected?"""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from ringfence.engine.days import day_of, when
from ringfence.engine.match import beside, first_match, pick, why, worked_out
from ringfence.engine.stays import first_apart
from ringfence.protocol import Protocol
from ringfence.protocol.rules import IncubationRule, WindowRule
from ringfence.protocol.vocabulary import CASE
from ringfence.tables import Facts

Spanning = WindowRule | IncubationRule
"""A row that gives a span: from when until when."""
DAYS = {"rash": "rash", "cough": "cough", "treated": "treatment", "recovered": "recovery"}
"""The anchors that are days of an illness, and the milestone that tells each."""


def days_asked(rows: Sequence[Spanning]) -> tuple[str, ...]:
    """Which of `DAYS` some rows count from."""
    named = {name for row in rows for name in (*row.begin.anchors, *row.end.anchors)}
    return tuple(name for name in DAYS if name in named)


def with_window(people: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """The people with isolated, window_from, window_to, window_rule, lingers_min and the `days_asked`.

    An end by days may lie in the future: `contacts.at_large` says up to when somebody could be met.
    """
    rows = protocol.windows
    spans = _spans(people, facts, protocol, rows)
    begun, ended = _begun(spans, rows), _ended(spans, rows)
    return spans.mutate(
        window_from=begun,
        # Kept apart before the window began: it is empty.
        window_to=ended.isnull().ifelse(ended, ibis.greatest(begun, ended)),
        window_rule=pick(spans.number, [row.rule.id for row in rows]),
        lingers_min=pick(spans.number, [row.lingers_min for row in rows], 0),
    )


def with_incubation(people: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """The people with isolated, infected_from, infected_to, rule, edition, grade and the `days_asked`; at
    least one row of incubation is needed."""
    rows = protocol.incubations
    spans = _spans(people, facts, protocol, rows)
    begun = _begun(spans, rows)
    return spans.mutate(
        infected_from=begun,
        infected_to=ibis.greatest(begun, _ended(spans, rows)),
        **why(spans.number, [row.rule for row in rows]),
    )


def _spans(people: ir.Table, facts: Facts, protocol: Protocol, rows: Sequence[Spanning]) -> ir.Table:
    """The people with isolated, the days asked, `from_n` and `to_n` of each row, and `number`: first match.

    A row whose beginning cannot be known does not match: the next may still give a span.
    """
    apart = first_apart(facts, people.select("person", known_at="detected_at"))
    people = beside(people, apart.rename(isolated="apart_at"), "person")
    people = worked_out(_with_days(people, facts, protocol, rows))
    anchors = {
        "first_positive.sampled": people.first_positive,
        "detected": people.detected_at,
        "isolated": people.isolated,
        "cleared": people.cleared_at,
    }
    days = {"onset": people.onset, **{name: people[DAYS[name]] for name in days_asked(rows)}}
    spans = people.mutate(
        **{f"from_{n}": when(row.begin, anchors, days, protocol.offsets) for n, row in enumerate(rows)},
        **{f"to_{n}": when(row.end, anchors, days, protocol.offsets) for n, row in enumerate(rows)},
    )
    spans = worked_out(spans)
    columns = {name: spans[name] for name in CASE}
    number = ibis.cases(
        *[
            ((first_match([row], columns).number == 0) & spans[f"from_{n}"].notnull(), n)
            for n, row in enumerate(rows)
        ],
        else_=-1,
    )
    return spans.mutate(number=number)


def _begun(spans: ir.Table, rows: Sequence[Spanning]) -> ir.Value:
    return ibis.cases(*[(spans.number == n, spans[f"from_{n}"]) for n, _ in enumerate(rows)])


def _ended(spans: ir.Table, rows: Sequence[Spanning]) -> ir.Value:
    return ibis.cases(*[(spans.number == n, spans[f"to_{n}"]) for n, _ in enumerate(rows)])


def _with_days(people: ir.Table, facts: Facts, protocol: Protocol, rows: Sequence[Spanning]) -> ir.Table:
    """The people with the days the rows count from; those of an illness before are not of this one."""
    after = people.select("person", over=day_of(people.after, protocol.offsets))
    for name in days_asked(rows):
        told = facts["milestone"]
        told = told.filter(told.kind == DAYS[name]).inner_join(after, "person")
        told = told.filter(told.over.isnull() | (told.day > told.over))
        told = told.select("person", "fact", **{DAYS[name]: "day"})
        people = beside(people, told, "person")
        known = people.fact.notnull().ifelse(ibis.array([people.fact]), ibis.literal([], "array<int64>"))
        people = people.mutate(evidence=people.evidence.concat(known)).drop("fact")
    return people
