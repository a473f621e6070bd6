"""Which steps run against a limit, which are done, and which are late?"""

from collections.abc import Mapping
from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.engine.match import because, beside, empty, merged_facts, settle, stacked, values, worked_out
from ringfence.engine.match import facts as evidence
from ringfence.protocol import Protocol
from ringfence.protocol.measures import ClockRule
from ringfence.tables import Facts
from ringfence.tables.decisions import CLOCKS

_TOLD = ("reported", "interviewed", "contacts_listed", "transferred", "place_locked")
"""Events that are steps somebody reports done."""
_TUBE = ibis.literal("T:")

Decided = Mapping[str, ir.Table]
"""The decision tables worked out so far, by name."""


def clocks(decided: Decided, facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """Every clock of the edition for every case and tube it concerns (see `tables.decisions.CLOCKS`).

    Cases another city keeps run no clock here.
    """
    cases = decided["cases"].filter(~decided["cases"].elsewhere)
    events = worked_out(
        stacked(
            _case_events(cases, decided["courses"], facts), _pool_events(decided["pools"], decided["holds"])
        )
    )
    parts = [_run(rule, events) for rule in protocol.clocks]
    if not parts:
        return empty(CLOCKS)
    run = stacked(*parts)
    state = ibis.cases(
        (run.done_at.isnull() & (run.due_at < as_of), "late"),
        (run.done_at.isnull(), "running"),
        (run.done_at > run.due_at, "done_late"),
        else_="done",
    )
    return settle(run.mutate(state=state), CLOCKS)


def _run(rule: ClockRule, events: ir.Table) -> ir.Table:
    begun = events.filter(events.event == rule.begin).select(
        "subject", "area", begin="at", begin_facts="facts"
    )
    ended = events.filter(events.event == rule.end).select("subject", done_at="at", end_facts="facts")
    run = beside(begun, ended, "subject")
    due = run.begin + ibis.interval(hours=rule.limit_h)
    none = ibis.literal([], type="array<int64>")
    return run.mutate(
        clock=ibis.literal(rule.rule.id),
        limit_h=ibis.literal(rule.limit_h, "int32"),
        due_at=due,
        duty=ibis.literal(rule.duty),
        values=values(begin_event=ibis.literal(rule.begin), end_event=ibis.literal(rule.end), begin=run.begin,
                      limit_h=ibis.literal(rule.limit_h)),
        evidence=run.begin_facts.concat(run.end_facts.fill_null(none)).unique().sort(),
        **because(rule.rule),
    ).drop("begin_facts", "end_facts")  # fmt: skip


def _case_events(cases: ir.Table, courses: ir.Table, facts: Facts) -> ir.Table:
    """subject, area, event, at, facts: what has happened in the work on each case."""
    who = cases.select("person", "area", subject=ibis.literal("P") + cases.person.cast("string"))
    detected = cases.select(
        subject=ibis.literal("P") + cases.person.cast("string"), area="area", event=ibis.literal("detected"),
        at="detected_at", facts="evidence",
    )  # fmt: skip
    step = facts["step"].filter(facts["step"].step.isin(_TOLD))
    told = step.inner_join(who, "subject").select(
        "subject", "area", event="step", at="at", facts=evidence(step.fact)
    )
    stay = facts["stay"]
    moved = stay.filter(stay.kind == "hospital").inner_join(who, "person")
    moved = moved.select(
        "subject", "area", event=ibis.literal("transferred"), at="begin", facts=evidence(moved.fact)
    )
    placed = _contacts_placed(courses, who)
    every = stacked(detected, told, moved, placed)
    return (
        every.group_by("subject", "event")
        .aggregate(area=every.area.min(), at=every["at"].min(), facts=merged_facts(every.facts))
        .select("subject", "area", "event", "at", "facts")
    )


def _contacts_placed(courses: ir.Table, who: ir.Table) -> ir.Table:
    """When the last close contact of a case was in place; absent while one is not."""
    close = courses.filter((courses["class"] == "close") & (courses.phase == 1))
    all_in = close.group_by(person="index").aggregate(
        at=close.placed_at.max(), missing=close.placed_at.isnull().sum(), facts=merged_facts(close.evidence)
    )
    all_in = all_in.filter(all_in.missing == 0).inner_join(who, "person")
    return all_in.select("subject", "area", event=ibis.literal("contacts_placed"), at="at", facts="facts")


def _pool_events(pools: ir.Table, holds: ir.Table) -> ir.Table:
    """subject, area, event, at, facts: what has happened to each positive or grey tube."""
    single = holds.group_by("tube").aggregate(
        singles_swabbed=holds.swabbed_at.max(),
        unswabbed=holds.swabbed_at.isnull().sum(),
        singles_reported=holds.reported_at.max(),
        unreported=(~holds.result.isin(["negative", "positive"]).fill_null(False)).sum(),
        single_facts=merged_facts(holds.evidence),
    )
    tube = beside(pools, single, "tube").rename(pool_reported="reported_at")
    tube = tube.mutate(facts=tube.single_facts.fill_null(tube.evidence))
    events = {
        "pool_reported": tube,
        "singles_swabbed": tube.filter(tube.unswabbed == 0),
        "singles_reported": tube.filter(tube.unreported == 0),
    }
    return stacked(
        *(
            rows.select(
                "area", "facts", subject=_TUBE + rows.tube, event=ibis.literal(event), at=event
            ).select("subject", "area", "event", "at", "facts")
            for event, rows in events.items()
        )
    )
