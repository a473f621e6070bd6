"""What is done with somebody at a gate: let through, swabbed, turned back, and why?"""

import ibis
import ibis.expr.types as ir

from ringfence.engine.ages import hours_between
from ringfence.engine.clocks import Decided
from ringfence.engine.days import day_of
from ringfence.engine.match import beside, empty, first_match, pick, settle, values, why, worked_out
from ringfence.engine.match import facts as evidence
from ringfence.protocol import Protocol
from ringfence.tables import Facts
from ringfence.tables.decisions import GATES

_CLOCKS = {"sampled": "sampled_at", "tested": "tested_at", "reported": "reported_at"}
"""The instant each clock counts a negative's age from."""


def gate(facts: Facts, decided: Decided, protocol: Protocol, asked: ir.Table) -> ir.Table:
    """What each person asked about meets at the gate (see `tables.decisions.GATES`).

    Somebody without a colour is green. The negative is their last one by the row's own clock, alone or in a
    pool, reported by then; where none is, its age is unknown. The origin is that of their last arrival told
    of on that civil day; what the gate did not see of vehicle and permit, the arrival says.

    Args:
        facts: what is known.
        decided: `codes`, the colours now.
        protocol: its gate table; where it has none nothing is said.
        asked: person, at, vehicle, permit and antigen; all but the first two may be absent.
    """
    rules = protocol.gates
    if not rules:
        return empty(GATES)
    seen = asked.select("person", "vehicle", "permit", "antigen", at=asked["at"].cast("timestamp(6)"))
    seen = worked_out(seen)
    seen = beside(seen, _arrivals(seen, facts, protocol), "person", "at")
    seen = beside(seen, _negatives(seen, facts), "person", "at")
    code = decided["codes"].select("person", "colour", until="until", code_facts="evidence")
    seen = beside(seen, code, "person")
    seen = worked_out(
        seen.mutate(
            code=seen.colour.fill_null("green"),
            vehicle=seen.vehicle.fill_null(seen.came_in),
            permit=seen.permit.fill_null(seen.came_with),
        )
    )
    number, review = _first(seen, protocol)
    told = seen.mutate(number=number, review=review).filter(lambda t: t.number >= 0)
    return settle(_told(told, protocol), GATES)


def _arrivals(seen: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """The last arrival each told of by then, on that civil day: person, at, origin, came_in, came_with,
    arrival_fact."""
    said = facts["arrival"].select(
        "person", "origin", came_in="vehicle", came_with="permit", came_at="at", arrival_fact="fact"
    )
    both = seen.select("person", "at").distinct().inner_join(said, "person")
    same = day_of(both.came_at, protocol.offsets) == day_of(both["at"], protocol.offsets)
    both = both.filter(same & (both.came_at <= both["at"]))
    last = both.came_at == both.came_at.max().over(ibis.window(group_by=["person", "at"]))
    return both.mutate(last=last).filter(lambda t: t.last).drop("last", "came_at")


def _negatives(seen: ir.Table, facts: Facts) -> ir.Table:
    """The last negative of each by each clock, known by then: person, at, and for each clock the instant and
    its fact."""
    result = facts["result"]
    result = result.filter((result.test == "nat") & (result.result == "negative"))
    result = result.select("tube", "tested_at", "reported_at", result_fact="fact")
    swab = facts["sample"].semi_join(seen, "person").select("person", "tube", "sampled_at")
    both = seen.select("person", "at").distinct().inner_join(swab, "person").inner_join(result, "tube")
    both = worked_out(both.filter((both.reported_at <= both["at"]) & (both.sampled_at <= both["at"])))
    found = seen.select("person", "at").distinct()
    for clock, column in _CLOCKS.items():
        last = both.group_by("person", "at").aggregate(**{clock: both[column].max()})
        same = both.inner_join(last, ["person", "at", both[column] == last[clock]])
        fact = same.group_by("person", "at").aggregate(
            **{clock: same[clock].max(), f"{clock}_fact": same.result_fact.min()}
        )
        found = beside(found, fact, "person", "at")
    return found


def _first(seen: ir.Table, protocol: Protocol) -> tuple[ir.Value, ir.Value]:
    """The place of the first row that matches (-1: none), and whether a person has to judge it."""
    same = {name: seen[name] for name in ("code", "antigen", "origin", "vehicle", "permit")}
    matches = [
        first_match([row], {**same, "negative_h": hours_between(seen[row.clock], seen["at"])})
        for row in protocol.gates
    ]
    places = [(match.number == 0, number) for number, match in enumerate(matches)]
    reviews = [(match.number == 0, match.review) for match in matches]
    return ibis.cases(*places, else_=-1), ibis.cases(*reviews, else_=False)


def _told(told: ir.Table, protocol: Protocol) -> ir.Table:
    """The rows with what is done and why."""
    rules = protocol.gates
    by_clock = [(told.number == number, row.clock) for number, row in enumerate(rules)]
    negative = ibis.cases(*((so, told[clock]) for so, clock in by_clock))
    fact = ibis.cases(*((so, told[f"{clock}_fact"]) for so, clock in by_clock))
    told = told.mutate(
        do=pick(told.number, [" ".join(row.do) for row in rules]),
        clock=pick(told.number, [row.clock for row in rules]),
        negative_at=negative,
        negative_fact=fact,
        **why(told.number, [row.rule for row in rules]),
    )
    told = worked_out(told)
    none = ibis.literal([], type="array<int64>")
    rests = evidence(told.negative_fact, told.arrival_fact).concat(told.code_facts.fill_null(none))
    whole = hours_between(told.negative_at, told["at"]).floor().cast("int32")
    return told.mutate(
        negative_h=whole,
        values=values(
            code=told.code, negative_at=told.negative_at, negative_h=whole, clock=told.clock,
            antigen=told.antigen, origin=told.origin, vehicle=told.vehicle, permit=told.permit,
        ),
        evidence=rests.unique().sort(),
    )  # fmt: skip
