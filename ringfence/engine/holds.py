"""Which tubes are positive or grey, who in them is held, and when does each hold end?"""

from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.engine.match import because, beside, empty, settle, values
from ringfence.engine.match import facts as evidence
from ringfence.engine.swabs import homes_of, swabs_in, swabs_of
from ringfence.errors import ProtocolError
from ringfence.protocol import Protocol
from ringfence.protocol.rules import HoldRule, LimitRule
from ringfence.tables import Facts
from ringfence.tables.decisions import HOLDS, POOLS

_SETTLED = ("positive", "negative")
"""The single results that end a hold."""


def holds(facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """Every hold there has been: a row a member and tube (see `tables.decisions.HOLDS`)."""
    if protocol.hold is None:
        return empty(HOLDS)
    members = _members(facts, protocol.hold)
    told = beside(members, _singles(facts, members), "person", "tube")
    limit = _hold_limit(protocol)
    swab = protocol.limit("swab")
    until = told.begin + ibis.interval(hours=limit.hours)
    told = told.mutate(
        until=until,
        swab_due=told.begin + ibis.interval(hours=swab.hours) if swab else ibis.null("timestamp"),
    )
    # A single result that came after the limit ended nothing any more.
    said_at = ibis.least(
        ibis.coalesce(told.positive_at, told.negative_at), ibis.coalesce(told.negative_at, told.positive_at)
    )
    ended = ibis.greatest(said_at, told.begin)
    in_time = (said_at <= told.until).fill_null(False)
    state = ibis.cases(
        (told.positive_at.notnull(), "case"),
        (in_time, "released"),
        (told.until <= as_of, "expired"),
        else_="held",
    )
    told = told.mutate(
        state=state,
        ended_at=ibis.cases((in_time, ended), (told.until <= as_of, told.until)),
        reported_at=ibis.coalesce(told.positive_at, told.negative_at, told.other_at),
    )
    homes = homes_of(facts, told)
    told = beside(told, homes, "person")
    told = told.mutate(
        area=ibis.coalesce(told.area_right, told.area),
        values=values(
            tube=told.tube, tube_result=told.tube_result, reported_at=told.begin,
            limit_h=ibis.literal(limit.hours), limit_rule=ibis.literal(limit.rule.id), single=told.result,
        ),
        evidence=evidence(told.sample_fact, told.result_fact, told.single_fact, told.single_result_fact),
        **because(protocol.hold.rule),
    )  # fmt: skip
    return settle(told, HOLDS)


def pools(facts: Facts, protocol: Protocol, holds: ir.Table) -> ir.Table:
    """Every positive or grey tube and what became of it (see `tables.decisions.POOLS`)."""
    if protocol.hold is None:
        return empty(POOLS)
    nat = _set_off(facts, protocol.hold).select("tube", "result", "reported_at", result_fact="fact")
    nat = beside(nat, facts["tube"].select("tube", "area", "pool"), "tube")
    # What a tube is, its swabs say; where there are none, what it is for, if that is known.
    inside = swabs_in(facts, nat).group_by("tube").aggregate(alone=lambda t: t.single.all())
    nat = beside(nat, inside, "tube")
    nat = nat.filter(~nat.alone.fill_null((nat.pool == 1).fill_null(False)))
    members = holds.group_by("tube").aggregate(
        members=holds.count(),
        swabbed=holds.swabbed_at.notnull().sum(),
        reported=holds.result.isin(_SETTLED).fill_null(False).sum(),
        positives=(holds.result == "positive").fill_null(False).sum(),
    )
    told = beside(nat, members, "tube")
    told = told.mutate(
        **{name: told[name].fill_null(0) for name in ("members", "swabbed", "reported", "positives")}
    )
    told = told.mutate(
        state=ibis.cases(
            (told.positives > 0, "resolved"),
            ((told.members > 0) & (told.reported == told.members), "unresolved"),
            else_="waiting",
        ),
        values=values(members=told.members, back=told.reported, positives=told.positives),
        evidence=evidence(told.result_fact),
        **because(protocol.hold.rule),
    )
    return settle(told, POOLS)


def _members(facts: Facts, hold: HoldRule) -> ir.Table:
    """People in a tube of several swabs that was positive or grey: person, tube, begin, pooled_at, …"""
    mine = swabs_in(facts, _set_off(facts, hold))
    mine = mine.filter(~mine.single & (mine.test == "nat") & mine.result.isin(hold.on))
    return mine.select(
        "person", "tube", "area", "sample_fact", "result_fact",
        begin="reported_at", pooled_at="sampled_at", tube_result="result",
    )  # fmt: skip


def _set_off(facts: Facts, hold: HoldRule) -> ir.Table:
    """The results that hold the members of their tube."""
    result = facts["result"]
    return result.filter((result.test == "nat") & result.result.isin(hold.on))


def _singles(facts: Facts, members: ir.Table) -> ir.Table:
    """What each member's single swabs since the tube's said: a row a person and tube.

    Swabs count until one of them lets the member go; a positive years later is another matter. Where
    none has said yes or no, the last one stands for them, so that a swab gone wrong is seen to be owed
    again.
    """
    mine = swabs_of(facts, members.select("person").distinct())
    mine = mine.filter(mine.single & (mine.test.isnull() | (mine.test == "nat")))
    since = mine.inner_join(members.select("person", "pooled_at", pool_tube="tube"), "person")
    since = since.filter(since.sampled_at > since.pooled_at)
    let_go = since.filter(since.result == "negative")
    let_go = let_go.group_by("person", "pool_tube").aggregate(let_go=let_go.reported_at.min())
    since = beside(since, let_go, "person", "pool_tube")
    since = since.filter(since.let_go.isnull() | (since.sampled_at < since.let_go))
    rank = ibis.cases((since.result == "positive", 0), (since.result == "negative", 1), else_=len(_SETTLED))
    # Of swabs that settle it the earliest; of others the latest.
    turn = ibis.row_number().over(
        ibis.window(
            group_by=["person", "pool_tube"],
            order_by=[
                rank,
                (rank < len(_SETTLED)).ifelse(since.reported_at, None),
                since.sampled_at.desc(),
                since.tube,
            ],
        )
    )
    since = since.mutate(turn=turn)
    first = since.turn == 0
    failed = since.result.isin(["grey", "invalid"])
    return since.group_by("person", tube=since.pool_tube).aggregate(
        swabbed_at=since.sampled_at.max(where=first),
        result=since.result.max(where=first),
        positive_at=since.reported_at.min(where=since.result == "positive"),
        negative_at=since.reported_at.min(where=since.result == "negative"),
        other_at=since.reported_at.max(where=first & failed),
        single_fact=since.sample_fact.max(where=first),
        single_result_fact=since.result_fact.max(where=first),
    )


def _hold_limit(protocol: Protocol) -> LimitRule:
    limit = protocol.limit("hold")
    if limit is None:
        raise ProtocolError("no limit on holds is in force; nobody is held without an end")
    return limit
