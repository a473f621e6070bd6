"""Who should have been sampled in a round, and who was not? By name, down to the household."""

from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.engine.days import day_of
from ringfence.engine.match import beside
from ringfence.engine.match import facts as evidence
from ringfence.engine.skips import only_the_skipped, with_skips
from ringfence.engine.subtree import at_level, holds
from ringfence.protocol import Protocol
from ringfence.tables import Facts
from ringfence.tables.decisions import COVERAGE

_ELSEWHERE = ("away", "central", "hospital")
"""The stays in which nobody is at their own door; a site or a hospital samples its own."""


def coverage(facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """Everyone each round concerns, one status each (see `tables.decisions.COVERAGE`).

    Expected is who lives in the round's areas, less the exempt and the away, as things stand until the
    round is due and as they stood then afterwards; whoever a rule skips is left out as well, as things stood
    when it opened. Somebody sampled counts as sampled even so. Sampled people who live elsewhere, or whose
    living address is not known, are listed too. The expression is left unworked: a city's rows are many,
    and most questions want their counts.
    """
    moments = _moments(facts, protocol, as_of)
    both = _expected(facts, moments).outer_join(_swabbed(facts), ["round", "person"])
    everyone = both.mutate(
        round=ibis.coalesce(both.round, both.round_right),
        person=ibis.coalesce(both.person, both.person_right),
        area=ibis.coalesce(both.area, both.home),
    ).drop("round_right", "person_right")
    everyone = beside(everyone, _excused(facts, moments), "round", "person")
    everyone = with_skips(everyone, facts, protocol)
    status = ibis.cases(
        (everyone.home_fact.isnull() & everyone.home.isnull(), "unregistered"),
        (everyone.home_fact.isnull(), "elsewhere"),
        (everyone.reported_at.notnull(), "resulted"),
        (everyone.received_at.notnull(), "received"),
        (everyone.sampled_at.notnull(), "sampled"),
        (everyone.exempt_fact.notnull(), "exempt"),
        (everyone.away_fact.notnull(), "away"),
        (everyone.skip_rule.notnull(), "skipped"),
        else_="missing",
    )
    grounds = ("home_fact", "exempt_fact", "away_fact", "sample_fact", "result_fact")
    told = everyone.mutate(status=status, evidence=evidence(*(everyone[name] for name in grounds)))
    if protocol.skips:
        told = only_the_skipped(told)
    return told.select(*(column.name for column in COVERAGE.columns if column.name in told.columns))


def _moments(facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """For each round, when its people are looked at: round, at, today. Now, or when it was due if past."""
    due = facts["round"].group_by("round").aggregate(due_at=facts["round"].due_at.max())
    at = ibis.least(due.due_at, as_of)
    return due.select("round", at=at, today=day_of(at, protocol.offsets))


def _living(facts: Facts) -> ir.Table:
    residence = facts["residence"]
    return residence.filter(residence.kind == "living")


def _expected(facts: Facts, moments: ir.Table) -> ir.Table:
    """Who lives in each round's areas: round, person, area, home_fact."""
    living = _living(facts).select("person", "area", "from_day", "to_day", home_fact="fact")
    scope = facts["round"].select("round", scope="area").inner_join(moments, "round")
    inside = living.cross_join(scope)
    inside = inside.filter(
        holds(inside.scope, inside.area)
        & (inside.from_day.isnull() | (inside.from_day <= inside.today))
        & (inside.to_day.isnull() | (inside.to_day > inside.today))
    )
    return inside.group_by("round", "person").aggregate(
        area=inside.area.min(), home_fact=inside.home_fact.min()
    )


def _swabbed(facts: Facts) -> ir.Table:
    """Who was sampled in each round, once: round, person, tube, sampled_at, received_at, reported_at, the
    facts, and where they live now."""
    tube = facts["tube"]
    tube = tube.filter(tube.round.notnull()).select("tube", "round", "received_at")
    result = (
        facts["result"]
        .group_by("tube")
        .aggregate(reported_at=facts["result"].reported_at.min(), result_fact=facts["result"].fact.min())
    )
    swab = facts["sample"].select("tube", "person", "sampled_at", sample_fact="fact").inner_join(tube, "tube")
    swab = beside(swab, result, "tube")
    first = swab.sampled_at.min().over(ibis.window(group_by=["round", "person"]))
    swab = swab.mutate(first=swab.sampled_at == first)
    found = swab.group_by("round", "person").aggregate(
        tube=swab.tube.min(where=swab.first),
        sampled_at=swab.sampled_at.min(),
        received_at=swab.received_at.min(),
        reported_at=swab.reported_at.min(),
        sample_fact=swab.sample_fact.min(),
        result_fact=swab.result_fact.min(),
    )
    return beside(found, _living(facts).select("person", home="area"), "person")


def _excused(facts: Facts, moments: ir.Table) -> ir.Table:
    """Who need not be sampled in each round, or not at this door: round, person, exempt_fact, away_fact."""
    free = facts["exemption"].select("person", "from_day", "to_day", "fact").cross_join(moments)
    free = free.filter((free.from_day <= free.today) & (free.to_day > free.today))
    exempt = free.group_by("round", "person").aggregate(exempt_fact=free.fact.min())
    stay = facts["stay"]
    gone = (
        stay.filter(stay.kind.isin(_ELSEWHERE)).select("person", "begin", "end", "fact").cross_join(moments)
    )
    gone = gone.filter((gone.begin <= gone["at"]) & (gone.end.isnull() | (gone.end > gone["at"])))
    away = gone.group_by("round", "person").aggregate(away_fact=gone.fact.min())
    both = exempt.outer_join(away, ["round", "person"])
    return both.select(
        "exempt_fact",
        "away_fact",
        round=ibis.coalesce(both.round, both.round_right),
        person=ibis.coalesce(both.person, both.person_right),
    )


def by_area(rows: ir.Table, level: str) -> ir.Table:
    """How many people stand where, by round and area of a level; those without one at that level apart."""
    counted = rows.mutate(area=at_level(rows.area, level)).group_by("round", "area")
    counts = {status: (rows.status == status).sum() for status in COVERAGE.column("status").choices}
    return counted.aggregate(**counts).order_by("round", "area")
