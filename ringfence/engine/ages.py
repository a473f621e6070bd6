"""How long ago was somebody last swabbed, or given a dose?"""

import ibis
import ibis.expr.types as ir

from ringfence.engine.match import beside
from ringfence.tables import Facts

_MICROSECONDS_PER_HOUR = 3_600_000_000


def hours_between(since: ir.TimestampValue, until: ir.TimestampValue) -> ir.Value:
    """Elapsed hours, not rounded: a minute past 48 hours is more than 48.

    Microseconds are whole numbers, so that exactly 48 hours is exactly 48.
    """
    since, until = since.cast("timestamp(6)"), until.cast("timestamp(6)")
    return until.delta(since, unit="microsecond") / _MICROSECONDS_PER_HOUR


def nucleic_swabs(facts: Facts) -> ir.Table:
    """Swabs for a nucleic acid test: person, tube, at, fact.

    A tube that only another test has answered for was for that test; one nothing is back from yet is
    taken to be for this one.
    """
    result = facts["result"]
    other = result.filter(result.test != "nat").anti_join(result.filter(result.test == "nat"), "tube")
    sample = facts["sample"].select("person", "tube", at="sampled_at", fact="fact")
    return sample.anti_join(other, "tube")


def doses(facts: Facts) -> ir.Table:
    """Vaccine doses: person, at, fact."""
    given = facts["immunity"]
    return given.filter(given.kind == "vaccine").select("person", "at", "fact")


def last_before(done: ir.Table, moments: ir.Table) -> ir.Table:
    """The last of each person's doings at or before each moment: of, person, at, fact.

    Args:
        done: person, at, fact.
        moments: of (a name for the moment) and moment.
    """
    both = done.select("person", "at", "fact").cross_join(moments.select("of", "moment"))
    both = both.filter(both["at"] <= both.moment)
    last = both["at"].max().over(ibis.window(group_by=["of", "person"]))
    both = both.mutate(last=both["at"] == last).filter(lambda t: t.last)
    return both.group_by("of", "person").aggregate(at=both["at"].max(), fact=both.fact.min())


def last_of(done: ir.Table) -> ir.Table:
    """The last of each person's doings: person, at, fact; of two at one instant the fact told first."""
    last = done.group_by("person").aggregate(at=done["at"].max())
    same = beside(last, done.select("person", "at", "fact"), "person", "at")
    return same.group_by("person", "at").aggregate(fact=same.fact.min())
