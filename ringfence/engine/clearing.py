"""Which tests end a case? So many clean ones in a row, so far apart, as the edition says."""

import ibis
import ibis.expr.types as ir

from ringfence.engine.days import day_of
from ringfence.engine.match import first_match, stacked, worked_out
from ringfence.protocol import Protocol
from ringfence.protocol.rules import CaseReleaseRule
from ringfence.protocol.vocabulary import CASE
from ringfence.tables.facts import TESTS

_CLEARING = tuple(test for test in TESTS if test not in ("antigen", "immune"))
"""The tests that can clear somebody: a laboratory's own, not a kit's."""


def cleared_by(ill: ir.Table, single: ir.Table, protocol: Protocol) -> ir.Table | None:
    """Who was cleared, when the last of their tests was in, by which rule and tests; None: nobody can be.

    Columns: person, cleared_at, cleared_rule, last_clean (when the last of them was taken), clean_from (the
    Ct from which a positive is clean by that rule), clean_facts.

    Negatives and, where the rule says so, weak positives are clean. A positive or grey test, at the same
    instant too, breaks the row; an invalid one says nothing, and one that is not back says nothing yet. The
    first clean one counts, then the first that is far enough from it, and so on.

    Args:
        ill: the illnesses: what the case tables ask, first_single and first_positive.
        single: single swabs of these people: as `swabs.swabs_of`.
        protocol: the first match in its case release table says which tests end each illness.
    """
    rules = protocol.case_releases
    if not rules:
        return None
    number = first_match(rules, {name: ill[name] for name in CASE}).number
    begun = ill.mutate(number=number).filter(ill.first_single.notnull())
    first_day = day_of(begun.first_positive, protocol.offsets)
    begun = worked_out(begun.select("person", "first_single", "number", first_day=first_day))
    said = single.filter(single.test.isin(_CLEARING) & single.result.isin(["negative", "positive", "grey"]))
    said = said.select(
        "person", "tube", "test", "sampled_at", "result", "ct_x100", "reported_at", "result_fact"
    )
    said = said.inner_join(begun, "person").filter(lambda t: t.sampled_at >= t.first_single)
    said = worked_out(said.mutate(day=day_of(said.sampled_at, protocol.offsets)))
    if not ibis.or_(*(_is_clean(said, rule) for rule in rules)).any().to_pyarrow().as_py():
        return None
    return worked_out(stacked(*(_by_rule(said, rule, place) for place, rule in enumerate(rules))))


def _by_rule(said: ir.Table, rule: CaseReleaseRule, number: int) -> ir.Table:
    """Who was cleared by one rule, first of all."""
    clean = worked_out(_clean(said.filter(said.number == number), rule))
    begun = clean.filter(clean.day >= clean.first_day + ibis.interval(days=rule.after_d))
    taken = _first(begun.mutate(in_at=begun.reported_at, facts=ibis.array([begun.result_fact])))
    for _ in range(rule.clean - 1):
        later = taken.drop("day", "first_day", "reported_at", "result_fact").rename(
            before="place", last_clean="sampled_at"
        )
        both = clean.inner_join(worked_out(later), ["person", "run"])
        both = both.filter(
            (both.place > both.before)
            & (both.sampled_at >= both.last_clean + ibis.interval(hours=rule.gap_h))
        )
        both = both.mutate(
            in_at=ibis.greatest(both.in_at, both.reported_at),
            facts=both.facts.concat(ibis.array([both.result_fact])),
        )
        taken = _first(both.drop("before", "last_clean"))
    # Of several rows of clean ones the first that was long enough.
    order = ibis.window(group_by="person", order_by=taken.run)
    taken = taken.mutate(turn=ibis.row_number().over(order)).filter(lambda t: t.turn == 0)
    return taken.select(
        "person", cleared_at="in_at", cleared_rule=ibis.literal(rule.rule.id), last_clean="sampled_at",
        clean_from=_weak_from(rule), clean_facts="facts",
    )  # fmt: skip


def _clean(said: ir.Table, rule: CaseReleaseRule) -> ir.Table:
    """The clean tests, each with its place in order of taking and the run of clean ones it is in."""
    said = said.mutate(foul=(~_is_clean(said, rule)).cast("int64"))
    order = [said.sampled_at, said.foul.desc(), said.tube, said.test]
    until = ibis.window(group_by="person", order_by=order, rows=(None, 0))
    same = ibis.window(group_by=["person", "sampled_at"])
    said = said.mutate(
        place=ibis.row_number().over(ibis.window(group_by="person", order_by=order)),
        run=said.foul.sum().over(until),
        spoilt=said.foul.max().over(same),
    )
    said = said.filter(said.spoilt == 0)
    return said.select(
        "person", "run", "place", "sampled_at", "reported_at", "result_fact", "day", "first_day"
    )


def _is_clean(said: ir.Table, rule: CaseReleaseRule) -> ir.BooleanValue:
    weak = (said.ct_x100 >= _weak_from(rule)).fill_null(False)
    return (said.result == "negative") | ((said.result == "positive") & weak)


def _first(taken: ir.Table) -> ir.Table:
    """The first of each person's tests in each run."""
    order = ibis.window(group_by=["person", "run"], order_by=taken.place)
    return worked_out(
        taken.mutate(turn=ibis.row_number().over(order)).filter(lambda t: t.turn == 0).drop("turn")
    )


def _weak_from(rule: CaseReleaseRule) -> ir.Value:
    """The Ct from which a positive is clean; unknown where only a negative is."""
    return ibis.literal(rule.ct_x100_from, "int64") if rule.ct_x100_from else ibis.null("int64")
