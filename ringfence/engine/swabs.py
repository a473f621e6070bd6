"""Who was swabbed, when, in what tube, and what came of it: samples, tubes and results put together."""

import ibis
import ibis.expr.types as ir

from ringfence.engine.days import day_of
from ringfence.engine.match import beside, stacked, worked_out
from ringfence.protocol import Protocol
from ringfence.tables import Facts


def swabs_of(facts: Facts, people: ir.Table) -> ir.Table:
    """The swabs of some people, a row a person, tube and test; narrowed first, for a city's are many.

    Columns: person, tube, pool, single, area, sampled_at, test, result, ct_x100, reported_at, sample_fact,
    result_fact. Test and result are null until a result is reported. The pool is what the tube is for, or
    the people known to be in it where they are more or the tube itself is not known. A swab is single
    where nobody else's is in the tube, and an antigen test always is.
    """
    return _put_together(facts["sample"].semi_join(people, "person"), facts)


def swabs_in(facts: Facts, tubes: ir.Table) -> ir.Table:
    """The swabs in some tubes, as `swabs_of`."""
    return _put_together(facts["sample"].semi_join(tubes, "tube"), facts)


def _put_together(sample: ir.Table, facts: Facts) -> ir.Table:
    inside = facts["sample"].semi_join(sample, "tube").group_by("tube").aggregate(people=lambda t: t.count())
    sample = sample.select("tube", "person", "sampled_at", sample_fact="fact")
    tube = facts["tube"].select("tube", "area", size="pool")
    result = facts["result"].select("tube", "test", "result", "ct_x100", "reported_at", result_fact="fact")
    told = beside(beside(beside(sample, tube, "tube"), inside, "tube"), result, "tube")
    told = told.mutate(pool=ibis.greatest(told["size"], told.people))
    told = told.mutate(single=(told.pool == 1) | (told.test == "antigen").fill_null(False))
    return told.drop("size", "people")


def homes(facts: Facts) -> ir.Table:
    """Where each person lives: person and area."""
    residence = facts["residence"]
    living = residence.filter(residence.kind == "living")
    return living.group_by("person").aggregate(area=living.area.min())


def homes_of(facts: Facts, people: ir.Table) -> ir.Table:
    """Where some people live."""
    return homes({**facts, "residence": facts["residence"].semi_join(people, "person")})


def tests_of(facts: Facts, people: ir.Table, protocol: Protocol) -> ir.Table:
    """Single swabs of some people: person, sampled_at, day, and test and result once one is reported.

    A pool is none, whatever it said: contacts are swabbed singly. What is single is as in `swabs_of`.
    """
    mine = facts["sample"].semi_join(people, "person").select("tube", "person", "sampled_at")
    mine = worked_out(mine)
    result = facts["result"].select("tube", "test", "result")
    swab = beside(beside(mine, _pooled(mine, people, facts), "tube"), result, "tube")
    swab = swab.filter(swab.pooled.isnull() | (swab.test == "antigen").fill_null(False))
    return swab.select(
        "person", "sampled_at", "test", "result", day=day_of(swab.sampled_at, protocol.offsets)
    )


def _pooled(mine: ir.Table, people: ir.Table, facts: Facts) -> ir.Table:
    """The tubes that may hold more than one of the swabs, by what they are for or by whose are in them: tube,
    pooled."""
    twice = mine.group_by("tube").aggregate(swabs=mine.count())
    others = facts["sample"].anti_join(people, "person").semi_join(mine, "tube")
    pools = facts["tube"].filter(facts["tube"].pool > 1).semi_join(mine, "tube")
    every = stacked(*(part.select("tube") for part in (twice.filter(twice.swabs > 1), others, pools)))
    return worked_out(every.distinct().mutate(pooled=ibis.literal(value=True)))


def answers(swab: ir.Table, test: ir.Value) -> ir.BooleanValue:
    """Whether a swab is of a test that was asked for: not known, and so it may be, until it is reported."""
    return swab.test.isnull() | (swab.test == test)
