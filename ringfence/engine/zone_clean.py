"""Is a zone clean: are its close contacts gone and negative, and was everyone inside negative lately?"""

from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.engine.clocks import Decided
from ringfence.engine.days import day_of, start_of
from ringfence.engine.declared import NOT_THERE
from ringfence.engine.match import beside, worked_out
from ringfence.engine.stays import spells_of
from ringfence.engine.swabs import swabs_of
from ringfence.protocol import Protocol
from ringfence.tables import Facts

_AWAY = ("central", "hospital")
"""The stays that take a contact out of a zone."""
_DAY = ibis.interval(days=1)


def gone(
    zones: ir.Table, people: ir.Table, decided: Decided, facts: Facts, protocol: Protocol, as_of: datetime
) -> ir.Table:
    """The close contacts who live in each zone that asks for them: zone, contacts_left, gone_at.

    One counts as gone once more than the rule's days have passed since they were taken away, or since their
    last exposure where they were not, and the last of their single tests since that exposure was negative.
    A contact somebody has still to judge is none yet, and one who became a case counts as such.

    Args:
        zones: zone and contacts_gone_d (0: not asked).
        people: id, zone: who lives inside.
    """
    contacts, cases = decided["contacts"], decided["cases"]
    close = contacts.filter((contacts["class"] == "close") & ~contacts.review)
    close = close.anti_join(cases.filter(cases.cleared_at.isnull()), "person")
    close = close.group_by("person").aggregate(last_exposure=close.last_exposure.max())
    asking = zones.filter(zones.contacts_gone_d > 0).select("zone", "contacts_gone_d")
    inside = people.select("zone", person="id").inner_join(asking, "zone")
    inside = worked_out(inside.inner_join(close, "person"))
    one = worked_out(inside.select("person", "last_exposure").distinct())
    one = beside(one, _taken(one, facts, protocol), "person")
    one = worked_out(beside(one, _last_said(one, facts), "person"))
    inside = beside(inside, one.drop("last_exposure"), "person")
    since = inside.taken_at.fill_null(inside.last_exposure)
    over = (day_of(since, protocol.offsets) + inside.contacts_gone_d.cast("int32").as_interval("D")).cast(
        "date"
    )
    # More than so many days: from the day after.
    inside = inside.mutate(free_at=start_of((over + _DAY).cast("date"), protocol.offsets))
    away = (inside.free_at <= ibis.literal(as_of, "timestamp(6)")) & inside.negative.fill_null(False)
    inside = inside.mutate(left=~away, gone_at=ibis.greatest(inside.free_at, inside.said_at))
    return inside.group_by("zone").aggregate(contacts_left=inside.left.sum(), gone_at=inside.gone_at.max())


def _taken(one: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """When each contact was taken away, or their last exposure where they were then already."""
    spell = spells_of(facts, one, _AWAY, protocol.offsets).inner_join(one, "person")
    spell = spell.filter(spell.end.isnull() | (spell.end > spell.last_exposure))
    return spell.group_by("person").aggregate(
        taken_at=ibis.greatest(spell.begin.min(), spell.last_exposure.max())
    )


def _last_said(one: ir.Table, facts: Facts) -> ir.Table:
    """What each contact's last single nucleic acid test since the last exposure said: negative, said_at."""
    swab = swabs_of(facts, one)
    swab = swab.filter(swab.single & (swab.test == "nat")).inner_join(one, "person")
    swab = swab.filter(swab.sampled_at >= swab.last_exposure)
    swab = swab.mutate(last=swab.sampled_at.max().over(ibis.window(group_by="person")))
    swab = swab.filter(swab.sampled_at == swab["last"])
    return swab.group_by("person").aggregate(
        negative=(swab.result == "negative").all(), said_at=swab.reported_at.max()
    )


def swept(zones: ir.Table, people: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """Who lives in each zone that asks for a sweep without a negative of late: zone, unswept, swept_at.

    Whoever is exempt, away, in a site or in a hospital is not asked. Any nucleic acid test does, of several
    in a tube too, swabbed within the rule's civil days up to today; `swept_at`: when the last person's
    first such negative was reported.

    Args:
        zones: zone and sweep_d (0: not asked).
        people: id, zone: who lives inside.
    """
    today = day_of(ibis.literal(as_of, "timestamp(6)"), protocol.offsets)
    asking = zones.filter(zones.sweep_d > 0).select("zone", "sweep_d")
    inside = people.select("zone", person="id").inner_join(asking, "zone")
    inside = worked_out(inside.anti_join(excused(facts, protocol, as_of), "person"))
    negative = facts["result"].filter(lambda t: (t.test == "nat") & (t.result == "negative"))
    negative = negative.select("tube", "reported_at")
    longest = asking.sweep_d.max().to_pyarrow().as_py() or 0
    since = (today - ibis.interval(days=longest)).cast("date")
    sample = facts["sample"]
    sample = sample.filter(sample.sampled_at >= start_of(since, protocol.offsets))
    sample = sample.semi_join(inside, "person").inner_join(negative, "tube")
    sample = sample.select("person", "reported_at", day=day_of(sample.sampled_at, protocol.offsets))
    told = inside.inner_join(sample, "person")
    told = told.filter((told.day + told.sweep_d.cast("int32").as_interval("D")).cast("date") > today)
    told = told.group_by("zone", "person").aggregate(said_at=told.reported_at.min())
    both = beside(inside, told, "zone", "person")
    return both.group_by("zone").aggregate(unswept=both.said_at.isnull().sum(), swept_at=both.said_at.max())


def excused(facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """Who need not be tested at their own door now: exempt, away, in a site, in a hospital: person."""
    today = day_of(ibis.literal(as_of, "timestamp(6)"), protocol.offsets)
    free = facts["exemption"].filter(lambda t: (t.from_day <= today) & (t.to_day > today))
    stay = facts["stay"].filter(
        lambda t: t.kind.isin(NOT_THERE) & (t.begin <= as_of) & (t.end.isnull() | (t.end > as_of))
    )
    return worked_out(free.select("person").union(stay.select("person"), distinct=True))
