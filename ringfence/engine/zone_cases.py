"""Which cases belong to a zone in force, when was the last found or taken away, and was one found since?"""

from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.engine.clocks import Decided
from ringfence.engine.contacts import at_large
from ringfence.engine.declared import within
from ringfence.engine.exposures import own_visits
from ringfence.engine.match import beside, merged_facts, stacked, worked_out
from ringfence.engine.match import facts as evidence
from ringfence.engine.stays import spells_of
from ringfence.protocol import Protocol
from ringfence.tables import Facts

_POSITIVE = ("confirmed", "asymptomatic", "positive", "reported")
"""The cases that a zone is escalated for: what is suspected, or positive by a kit, is still to be settled."""
_TAKEN = ("central", "hospital")
"""The stays that take a case out of a zone."""


def cases_of(
    zones: ir.Table, people: ir.Table, decided: Decided, facts: Facts, protocol: Protocol, as_of: datetime
) -> ir.Table:
    """The cases tied to each zone: those who live inside, or were inside in their windows.

    Columns: zone, cases, last_case_at, case_facts (of the last), at_large (how many were not taken away),
    removed_at (when the last was), alarm_at (when the first positive was detected after the zone was
    declared, who lives inside or was there since). Cases other cities keep are none, and neither is
    somebody found positive again after being cleared. Where the edition draws no zones at places visited,
    a visit ties nobody to one.

    Args:
        zones: as of `declared.in_force`.
        people: id, zone: who lives inside, as of `declared.within`.
    """
    known = decided["cases"]
    known = known.filter(~known.elsewhere & (known["class"] != "re_positive"))
    mine = worked_out(known.select("person", "class", "detected_at", "evidence"))
    lived = people.inner_join(mine.select(id="person"), "id")
    lived = lived.select("zone", person="id", until=ibis.null("timestamp(6)"))
    ties = [lived]
    if any(rule.why == "visited" and rule.level != "none" for rule in protocol.zones):
        ties.append(_visited(zones, known, facts, protocol, as_of))
    tied = stacked(*ties)
    tied = tied.group_by("zone", "person").aggregate(until=tied.until.max(), lives=tied.until.isnull().any())
    tied = tied.inner_join(mine, "person").inner_join(zones.select("zone", "begin"), "zone")
    tied = worked_out(beside(worked_out(tied), _taken(tied, facts, protocol), "person"))
    here = tied.lives | (tied.until > tied.begin).fill_null(False)
    alarm = here & tied["class"].isin(_POSITIVE) & (tied.detected_at > tied.begin)
    last = tied.detected_at == tied.detected_at.max().over(ibis.window(group_by="zone"))
    tied = worked_out(tied.mutate(alarm=alarm, last=last))
    found = tied.group_by("zone").aggregate(
        cases=tied.count(),
        last_case_at=tied.detected_at.max(),
        at_large=tied.taken_at.isnull().sum(),
        removed_at=tied.taken_at.max(),
        alarm_at=tied.detected_at.min(where=tied.alarm),
    )
    deciding = tied.filter(tied["last"] | tied.alarm)
    rests = deciding.group_by("zone").aggregate(case_facts=merged_facts(deciding.evidence))
    return beside(found, rests, "zone")


def _visited(zones: ir.Table, cases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """Which cases were inside which zone in their windows, and until when: zone, person, until."""
    places = within(facts["place"].select("area", "fact", id="place"), zones)
    visit = own_visits(at_large(worked_out(cases), as_of), facts, protocol)
    seen = visit.select("end", person="index", id="place").inner_join(places.select("id", "zone"), "id")
    return seen.group_by("zone", "person").aggregate(until=seen.end.max())


def _taken(tied: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """When each case was taken to a site or a hospital, if not before they were let go again."""
    who = worked_out(tied.select("person", "detected_at").distinct())
    spell = spells_of(facts, who, _TAKEN, protocol.offsets).inner_join(who, "person")
    spell = spell.filter(spell.end.isnull() | (spell.end >= spell.detected_at))
    return spell.group_by("person").aggregate(taken_at=spell.begin.min())


def disinfected(zones: ir.Table, facts: Facts) -> ir.Table:
    """When each zone was disinfected for the last time: zone, disinfected_at, step_facts."""
    step = facts["step"].filter(facts["step"].step == "disinfected")
    done = zones.select("zone", subject=ibis.literal("A:") + zones.area).inner_join(step, "subject")
    return done.group_by("zone").aggregate(
        disinfected_at=done["at"].max(), step_facts=merged_facts(evidence(done.fact))
    )
