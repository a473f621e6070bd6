"""In which window was each case infectious?"""

import ibis
import ibis.expr.types as ir

from ringfence.engine.days import day_of, when
from ringfence.engine.match import beside, first_match, pick, worked_out
from ringfence.engine.stays import first_apart
from ringfence.protocol import Protocol
from ringfence.protocol.vocabulary import CASE
from ringfence.tables import Facts

DAYS = {"rash": "rash", "cough": "cough", "treated": "treatment", "recovered": "recovery"}
"""The anchors that are days of an illness, and the milestone that tells each."""


def days_asked(protocol: Protocol) -> tuple[str, ...]:
    """Which of `DAYS` the protocol's windows count from."""
    named = {name for row in protocol.windows for name in (*row.begin.anchors, *row.end.anchors)}
    return tuple(name for name in DAYS if name in named)


def with_window(people: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """The people with isolated, window_from, window_to, window_rule, lingers_min and the `days_asked`.

    An end by days may lie in the future: `contacts.at_large` says up to when somebody could be met.
    """
    apart = first_apart(facts, people.select("person", known_at="detected_at"))
    people = beside(people, apart.rename(isolated="apart_at"), "person")
    people = worked_out(_with_days(people, facts, protocol))
    anchors = {
        "first_positive.sampled": people.first_positive,
        "detected": people.detected_at,
        "isolated": people.isolated,
        "cleared": people.cleared_at,
    }
    days = {"onset": people.onset, **{name: people[DAYS[name]] for name in days_asked(protocol)}}
    spans = people.mutate(
        **{
            f"from_{n}": when(row.begin, anchors, days, protocol.offsets)
            for n, row in enumerate(protocol.windows)
        },
        **{
            f"to_{n}": when(row.end, anchors, days, protocol.offsets)
            for n, row in enumerate(protocol.windows)
        },
    )
    return _first(worked_out(spans), protocol)


def _with_days(people: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """The people with the days the windows count from; those of an illness before are not of this one."""
    after = people.select("person", over=day_of(people.after, protocol.offsets))
    for name in days_asked(protocol):
        told = facts["milestone"]
        told = told.filter(told.kind == DAYS[name]).inner_join(after, "person")
        told = told.filter(told.over.isnull() | (told.day > told.over))
        told = told.select("person", "fact", **{DAYS[name]: "day"})
        people = beside(people, told, "person")
        known = people.fact.notnull().ifelse(ibis.array([people.fact]), ibis.literal([], "array<int64>"))
        people = people.mutate(evidence=people.evidence.concat(known)).drop("fact")
    return people


def _first(spans: ir.Table, protocol: Protocol) -> ir.Table:
    """First match; a row whose beginning cannot be known does not: the next may still give a window."""
    columns = {name: spans[name] for name in CASE}
    rows = protocol.windows
    number = ibis.cases(
        *[
            ((first_match([row], columns).number == 0) & spans[f"from_{n}"].notnull(), n)
            for n, row in enumerate(rows)
        ],
        else_=-1,
    )
    begun = ibis.cases(*[(number == n, spans[f"from_{n}"]) for n, _ in enumerate(rows)])
    ended = ibis.cases(*[(number == n, spans[f"to_{n}"]) for n, _ in enumerate(rows)])
    return spans.mutate(
        window_from=begun,
        # Kept apart before the window began: it is empty.
        window_to=ended.isnull().ifelse(ended, ibis.greatest(begun, ended)),
        window_rule=pick(number, [row.rule.id for row in rows]),
        lingers_min=pick(number, [row.lingers_min for row in rows], 0),
    )
