"""When was the last positive taken out of somebody's quarantine site while they were in it?"""

import ibis
import ibis.expr.types as ir

from ringfence.engine.match import worked_out
from ringfence.protocol import Protocol
from ringfence.tables import Facts


def last_removal(people: ir.Table, cases: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """The last removal of a positive from the site of each of some people: person, removed_at.

    Nobody has any where no course of the protocol asks.
    """
    if not any(phase.reset != "none" for rule in protocol.courses for phase in rule.phases):
        return people.select("person", removed_at=ibis.null("timestamp(6)")).limit(0)
    stay = facts["stay"]
    central = stay.filter((stay.kind == "central") & stay.place.notnull())
    # Few are taken out of a site, and of most sites nobody is.
    theirs = worked_out(_removals(central, stay, cases))
    mine = worked_out(central.select("person", "place", "begin", "end").semi_join(theirs, "place"))
    met = mine.semi_join(people, "person").inner_join(theirs, "place")
    met = met.filter(
        (met.person != met.case) & (met.gone >= met.begin) & (met.end.isnull() | (met.gone < met.end))
    )
    return met.group_by("person").aggregate(removed_at=met.gone.max())


def _removals(central: ir.Table, stay: ir.Table, cases: ir.Table) -> ir.Table:
    """When each positive was taken out of a site, or left it: case, place, gone."""
    sign = cases.select(case="person", sign=ibis.coalesce(cases.first_positive, cases.detected_at))
    theirs = central.select("place", "end", case="person", came="begin").inner_join(sign, "case")
    hospital = stay.filter(stay.kind == "hospital").select(case="person", taken="begin")
    theirs = theirs.left_join(hospital, ["case", theirs.came <= hospital.taken]).drop("case_right")
    theirs = theirs.group_by("case", "place", "came", "end", "sign").aggregate(taken=theirs.taken.min())
    theirs = theirs.mutate(gone=ibis.least(theirs.end, theirs.taken))
    return theirs.filter(theirs.sign <= theirs.gone).select("case", "place", "gone")
