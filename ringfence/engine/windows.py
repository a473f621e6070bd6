"""In which window was each case infectious, and in which span were they infected?"""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from ringfence.engine.days import day_of, when
from ringfence.engine.match import beside, first_match, pick, worked_out
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
    spans = with_span(people, facts, protocol, rows)
    return spans.mutate(
        window_from=spans.span_from,
        window_to=spans.span_to,
        window_rule=pick(spans.number, [row.rule.id for row in rows]),
        lingers_min=pick(spans.number, [row.lingers_min for row in rows], 0),
    )


def with_span(people: ir.Table, facts: Facts, protocol: Protocol, rows: Sequence[Spanning]) -> ir.Table:
    """The people with isolated, the `days_asked`, span_from, span_to and `number`: which row matched first.

    Args:
        people: person, the words of `vocabulary.CASE`, onset, first_positive, detected_at, cleared_at, after
            and evidence, as `illnesses` gives them.
        facts: stays and milestones.
        protocol: for its civil days.
        rows: at least one.

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
    spans = spans.mutate(number=number)
    begun = ibis.cases(*[(spans.number == n, spans[f"from_{n}"]) for n, _ in enumerate(rows)])
    ended = ibis.cases(*[(spans.number == n, spans[f"to_{n}"]) for n, _ in enumerate(rows)])
    # Where it ended before it began (kept apart before the window), it is empty.
    end = ended.isnull().ifelse(ended, ibis.greatest(begun, ended))
    return spans.mutate(span_from=begun, span_to=end)


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
