"""What did each round find in each of its areas: who was swabbed, who positive, what is not back?"""

from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ringfence.engine.clocks import Decided
from ringfence.engine.match import beside, stacked, worked_out
from ringfence.engine.match import facts as evidence
from ringfence.engine.subtree import holds
from ringfence.engine.swabs import swabs_in
from ringfence.protocol import Protocol
from ringfence.tables import Facts

_WATCHED = ("central", "home", "hospital", "hold", "closed_loop")
"""The stays outside the community: a positive among them was looked for there."""
_SHUT = ("sealed", "high")
"""The levels of zone in which nobody leaves home; the 9th edition calls a sealed area high risk."""
_FOUND = pa.schema(
    {
        "area": pa.string(), "round": pa.string(), "swabs": pa.int64(), "waiting": pa.int64(),
        "positives": pa.int64(), "community": pa.int64(), "positive_facts": pa.list_(pa.int64()),
        "community_facts": pa.list_(pa.int64()),
    }
)  # fmt: skip


def rounds_done(facts: Facts, as_of: datetime) -> ir.Table:
    """The rounds whose time has passed, a row an area: area, round, opens_at, due_at."""
    said = facts["round"].filter(facts["round"].due_at <= as_of)
    return worked_out(said.select("area", "round", "opens_at", "due_at"))


def found_in(done: ir.Table, decided: Decided, facts: Facts, protocol: Protocol) -> ir.Table:
    """What each done round found, a row an area: area, round, swabs (of people who live there), waiting,
    positives, community, and the facts of both.

    Somebody counts in the area of the round that they live in; who lives in none of its areas counts in
    each. Waiting are swabs of which nothing is back, and those in a tube whose members' singles are not.
    """
    if done.count().to_pyarrow().as_py() == 0:
        return ibis.memtable(_FOUND.empty_table())
    swab = _swabs(done, facts)
    every = swab.inner_join(done.select("area", "round"), "round")
    every = every.filter(holds(every.area, every.home))
    every = every.group_by("area", "round").aggregate(swabs=every.count())
    positive = _positive(worked_out(_suspect(swab, facts)), decided, facts, protocol)
    counted = _counted(positive, facts)
    home = counted.watched.isnull()
    found = counted.group_by("area", "round").aggregate(
        positives=counted.person.nunique(),
        community=counted.person.nunique(where=home),
        positive_facts=counted.rests.collect().flatten(),
        community_facts=counted.rests.collect(where=home).flatten(),
    )
    waiting = _counted(_waiting(swab, decided, facts), facts)
    waiting = waiting.group_by("area", "round").aggregate(waiting=waiting.count())
    told = done.select("area", "round")
    for part in (every, found, waiting):
        told = beside(told, part, "area", "round")
    return told


def _swabs(done: ir.Table, facts: Facts) -> ir.Table:
    """The swabs of the done rounds: person, tube, round, sampled_at, home, sample_fact."""
    tube = facts["tube"].semi_join(done, "round").select("tube", "round")
    swab = facts["sample"].select("person", "tube", "sampled_at", sample_fact="fact").inner_join(tube, "tube")
    residence = facts["residence"]
    living = residence.filter(residence.kind == "living").select("person", home="area")
    return beside(swab, living, "person")


def _counted(swab: ir.Table, facts: Facts) -> ir.Table:
    """Some swabs with the areas of their round that they count in, those not due yet among them."""
    swab = worked_out(swab).inner_join(facts["round"].select("area", "round"), "round")
    swab = swab.mutate(here=holds(swab.area, swab.home).fill_null(False))
    at_home = swab.here.any().over(ibis.window(group_by=["person", "round"]))
    return swab.mutate(at_home=at_home).filter(lambda t: t.here | ~t.at_home)


def _waiting(swab: ir.Table, decided: Decided, facts: Facts) -> ir.Table:
    """The swabs that nothing is back of, and those of tubes whose members' singles are still awaited."""
    pool = decided["pools"]
    awaited = swab.semi_join(pool.filter(pool.state == "waiting"), "tube")
    return swab.anti_join(facts["result"], "tube").union(awaited)


def _suspect(swab: ir.Table, facts: Facts) -> ir.Table:
    """The swabs in tubes that were positive or grey, with result and result_fact."""
    said = facts["result"]
    said = said.filter((said.test == "nat") & said.result.isin(["positive", "grey"]))
    return swab.inner_join(said.select("tube", "result", result_fact="fact"), "tube")


def _positive(suspect: ir.Table, decided: Decided, facts: Facts, protocol: Protocol) -> ir.Table:
    """The swabs of people who were positive: alone in the tube, or by the single that the tube led to.

    Adds rests, the facts, and watched, present where they were outside the community when swabbed.
    """
    alone = swabs_in(facts, suspect).filter(lambda t: t.single & (t.test == "nat")).select("person", "tube")
    hold = decided["holds"]
    found = hold.filter(hold.state == "case").select("person", "tube", "evidence")
    told = beside(suspect, alone.mutate(alone=ibis.literal(value=True)), "person", "tube")
    told = beside(told, found, "person", "tube")
    # Without a rule that calls the members back, a positive tube is all that is known of them.
    alone = told.alone.fill_null(protocol.hold is None)
    told = told.filter((alone & (told.result == "positive")) | told.evidence.notnull())
    none = ibis.literal([], type="array<int64>")
    rests = evidence(told.sample_fact, told.result_fact).concat(told.evidence.fill_null(none))
    told = worked_out(told.mutate(rests=rests.unique().sort()).drop("alone", "evidence"))
    return beside(told, _watched(told, decided, facts), "person", "tube")


def _watched(positive: ir.Table, decided: Decided, facts: Facts) -> ir.Table:
    """Those who were in quarantine, held, in a closed loop or in a sealed zone when swabbed: person, tube,
    watched."""
    who = positive.select("person", "tube", "sampled_at", "home")
    stay, hold, zone = facts["stay"], decided["holds"], facts["zone"]
    kept = stay.filter(stay.kind.isin(_WATCHED)).select("person", "begin", "end")
    held = hold.select("person", "begin", end="ended_at")
    kept = who.inner_join(stacked(kept, held), "person")
    shut = zone.filter(zone.level.isin(_SHUT)).select("begin", "end", held="area")
    shut = who.cross_join(shut)
    shut = shut.filter(holds(shut.held, shut.home))
    both = stacked(*(some.select("person", "tube", "sampled_at", "begin", "end") for some in (kept, shut)))
    both = both.filter((both.begin <= both.sampled_at) & (both.end.isnull() | (both.end > both.sampled_at)))
    return both.select("person", "tube").distinct().mutate(watched=ibis.literal(value=True))
