"""What do rules about groups of people ask of a person: symptoms, quarantine, contact, zone, occupation?

Each answer is a table of the few of whom there is something to say.
"""

from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ringfence.engine import declared
from ringfence.engine.clocks import Decided
from ringfence.engine.match import pick, worked_out
from ringfence.protocol import Protocol
from ringfence.tables import Facts
from ringfence.tables.decisions import CONTACT_CLASSES
from ringfence.tables.facts import ZONE_LEVELS

_QUARANTINE = ("central", "home", "hospital")
"""The stays in which somebody is in quarantine, or as good as."""
_CONFINED = ("central", "home", "home_monitoring")
"""The phases of a course that confine; who is followed, or kept from work only, is not in quarantine."""
_NOT_OVER = ("to_place", "running", "blocked")
_OVER = ("releasable", "released")
_ZONED = pa.schema([("person", pa.int64()), ("zone_fact", pa.int64()), ("zone", pa.string())])


def symptoms(facts: Facts) -> ir.Table:
    """Of whom a report says whether there are symptoms: person, symptoms."""
    report = facts["case_report"]
    said = report.filter(report.symptoms.notnull())
    return said.group_by("person").aggregate(symptoms=(said.symptoms == "yes").any())


def quarantined(decided: Decided, facts: Facts, as_of: datetime) -> ir.Table:
    """Who is in quarantine now, by a stay or by a phase of a course: person, quarantined."""
    stay = facts["stay"]
    stay = stay.filter((stay.begin <= as_of) & (stay.end.isnull() | (stay.end > as_of)))
    kept = stay.filter(stay.kind.isin(_QUARANTINE)).select("person")
    course = decided["courses"]
    owing = course.filter(course.place.isin(_CONFINED) & course.state.isin(_NOT_OVER)).select("person")
    return kept.union(owing, distinct=True).mutate(quarantined=ibis.literal(value=True))


def contact_classes(decided: Decided) -> ir.Table:
    """The gravest class of contact that people still are: person, contact.

    As what they owe a course, until its last phase may end; and where they owe none, as what they are
    contacts for sure.
    """
    course, contact = decided["courses"], decided["contacts"]
    mine = course.filter(course["class"].isin(CONTACT_CLASSES))
    last = mine.phase == mine.phase.max().over(ibis.window(group_by=["person", "class"]))
    over = mine.mutate(last=last).filter(lambda t: t.last & t.state.isin(_OVER))
    owing = mine.anti_join(over, ["person", "class"]).select("person", "class")
    free = contact.filter(~contact.review).anti_join(mine, "person").select("person", "class")
    every = owing.union(free)
    place = ibis.cases(*((every["class"] == name, n) for n, name in enumerate(CONTACT_CLASSES)))
    gravest = every.group_by("person").aggregate(place=place.min())
    return gravest.select("person", contact=pick(gravest.place, CONTACT_CLASSES))


def zones_of(facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """The gravest zone in force that people live in: person, zone, zone_fact."""
    zone = declared.in_force(facts, protocol, as_of)
    if zone is None:
        return ibis.memtable(_ZONED.empty_table())
    held = declared.within(declared.living(facts, protocol, as_of), zone)
    held = held.select("zone", person="id").inner_join(zone.select("zone", "level", "facts"), "zone")
    # Two levels of one rank: the one named first.
    place = ibis.cases(*((held.level == level, n) for n, level in enumerate(ZONE_LEVELS)))
    held = worked_out(held.select("person", place=place, zone_fact=held.facts[0]))
    first = held.group_by("person").aggregate(place=held.place.min())
    one = held.semi_join(first, ["person", "place"]).group_by("person", "place")
    one = one.aggregate(zone_fact=lambda t: t.zone_fact.min())
    return one.select("person", "zone_fact", zone=pick(one.place, ZONE_LEVELS))


def occupations(facts: Facts) -> ir.Table:
    """What people do, where it is known: person, occupation, person_fact."""
    said = facts["person"]
    return said.filter(said.occupation.notnull()).select("person", "occupation", person_fact="fact")
