"""Who is, or may be, infected, and in which window were they infectious?"""

import ibis
import ibis.expr.types as ir

from ringfence.engine.days import day_of, start_of, when
from ringfence.engine.match import beside, first_match, pick, settle, values, why, worked_out
from ringfence.engine.match import facts as evidence
from ringfence.engine.stays import first_apart
from ringfence.engine.swabs import homes_of, swabs_of
from ringfence.protocol import Protocol
from ringfence.tables import Facts
from ringfence.tables.decisions import CASES

_WORST = ("positive", "grey", "pending", "invalid", "negative")


def cases(facts: Facts, protocol: Protocol) -> ir.Table:
    """Every case, first match in the edition's table, with its window (see `tables.decisions.CASES`)."""
    people = _evidence(facts, protocol)
    found = first_match(
        protocol.cases, {name: people[name] for name in ("nat", "antigen", "symptoms", "reported")}
    )
    classed = people.mutate(number=found.number).mutate(
        **{"class": pick(found.number, [row.gives for row in protocol.cases])},
        **why(found.number, [row.rule for row in protocol.cases]),
    )
    classed = classed.filter(classed["class"] != "none")
    windowed = _with_window(classed, facts, protocol)
    homes = homes_of(facts, windowed)
    placed = beside(windowed, homes, "person")
    told = values(
        nat=placed.nat, antigen=placed.antigen, reported=placed.reported, onset=placed.onset,
        first_positive=placed.first_positive, isolated=placed.isolated,
    )  # fmt: skip
    return settle(placed.mutate(values=told), CASES)


def _evidence(facts: Facts, protocol: Protocol) -> ir.Table:
    """One row a person with a positive single or a case report: what the case table asks about."""
    reports = facts["case_report"].select(
        "person", "reported_at", "symptoms", "onset", "elsewhere",
        reported=facts["case_report"].status.fill_null("none"), report_fact="fact",
    )  # fmt: skip
    tested = _tested(facts, protocol)
    people = tested.outer_join(reports, "person")
    report_sign = people.reported.isin(["confirmed", "asymptomatic"]).ifelse(people.reported_at, None)
    return people.select(
        person=ibis.coalesce(people.person, people.person_right),
        nat=people.nat.fill_null("none"),
        antigen=people.antigen.fill_null("none"),
        symptoms=people.symptoms == "yes",
        reported=people.reported.fill_null("none"),
        onset=people.onset,
        first_positive=people.first_positive,
        detected_at=ibis.least(
            ibis.coalesce(people.first_sign, report_sign, people.reported_at),
            ibis.coalesce(report_sign, people.first_sign, people.reported_at),
        ),
        elsewhere=people.elsewhere.fill_null(False),
        evidence=ibis.coalesce(people.facts, ibis.literal([], type="array<int64>"))
        .concat(evidence(people.report_fact))
        .sort(),
    )


def _tested(facts: Facts, protocol: Protocol) -> ir.Table:
    """People with a positive single: their worst tests since then, first positive swab and first sign."""
    result = facts["result"]
    positive = facts["sample"].semi_join(result.filter(result.result == "positive"), "tube").select("person")
    swabs = worked_out(swabs_of(facts, positive.distinct()))
    negative = swabs.filter(swabs.single & (swabs.test == "nat") & (swabs.result == "negative"))
    negative = negative.select("person", clear_from="sampled_at", clear_at="reported_at")
    single = swabs.filter(swabs.single)
    single = single.anti_join(_answered(single, negative, protocol), ["person", "result_fact"])
    mine = single.filter(single.result == "positive")
    first = mine.group_by("person").aggregate(
        first_sign=mine.reported_at.min(), first_single=mine.sampled_at.min()
    )
    # Both swabs of one visit count, whichever was taken first: from the start of that civil day, but for
    # what was known before the first sign was.
    first = first.mutate(since=start_of(day_of(first.first_single, protocol.offsets), protocol.offsets))
    since = single.inner_join(first, "person")
    since = since.filter(
        (since.sampled_at >= since.since)
        & (since.reported_at.isnull() | (since.reported_at >= since.first_sign))
    )
    since = since.mutate(said=since.result.fill_null("pending"))
    antigen = (since.test == "antigen").fill_null(False)
    worst = since.group_by("person").aggregate(
        nat=_worst(since.said, ~antigen),
        antigen=_worst(since.said, antigen),
        facts=since.result_fact.collect(where=since.result == "positive"),
    )
    told = beside(worst.inner_join(first, "person"), _pooled(swabs, first, negative), "person")
    return told.mutate(first_positive=ibis.least(told.first_single, told.first_pooled))


def _answered(single: ir.Table, negative: ir.Table, protocol: Protocol) -> ir.Table:
    """Antigen positives that a negative nucleic acid test answered: swabbed on that civil day or later,
    and reported after it."""
    antigen = single.filter((single.test == "antigen") & (single.result == "positive"))
    day = start_of(day_of(antigen.sampled_at, protocol.offsets), protocol.offsets)
    antigen = antigen.mutate(day=day).inner_join(negative, "person")
    return antigen.filter((antigen.clear_from >= antigen.day) & (antigen.clear_at >= antigen.reported_at))


def _pooled(swabs: ir.Table, first: ir.Table, negative: ir.Table) -> ir.Table:
    """The first positive pool that led up to each person's first positive single: person, first_pooled.

    A pool is not a case, but where its member's single is positive it is their first positive swab. A
    negative single between the two says that it was somebody else's.
    """
    pool = swabs.filter(~swabs.single & (swabs.result == "positive")).inner_join(first, "person")
    pool = pool.filter(pool.sampled_at < pool.first_single)
    cleared = pool.inner_join(negative, "person")
    cleared = cleared.filter(
        (cleared.clear_from > cleared.sampled_at) & (cleared.clear_from < cleared.first_single)
    )
    pool = pool.anti_join(cleared, ["person", "tube"])
    return pool.group_by("person").aggregate(first_pooled=pool.sampled_at.min())


def _worst(said: ir.StringColumn, where: ir.BooleanValue) -> ir.Value:
    ranks = ibis.cases(*[(said == word, rank) for rank, word in enumerate(_WORST)], else_=len(_WORST))
    return pick(ranks.min(where=where), _WORST, "none")


def _with_window(people: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """The people with isolated, window_from, window_to and window_rule."""
    apart = first_apart(facts, people.select("person", known_at="detected_at"))
    people = beside(people, apart.rename(isolated="apart_at"), "person")
    anchors = {
        "first_positive.sampled": people.first_positive,
        "detected": people.detected_at,
        "isolated": people.isolated,
    }
    days = {"onset": people.onset}
    columns = {name: people[name] for name in ("nat", "antigen", "symptoms", "reported")}
    begins = [when(row.begin, anchors, days, protocol.offsets) for row in protocol.windows]
    ends = [when(row.end, anchors, days, protocol.offsets) for row in protocol.windows]
    # A row whose beginning cannot be known does not match: the next one may still give a window.
    number = ibis.cases(
        *[
            ((first_match([row], columns).number == 0) & begins[n].notnull(), n)
            for n, row in enumerate(protocol.windows)
        ],
        else_=-1,
    )
    begun = ibis.cases(*[(number == n, begin) for n, begin in enumerate(begins)])
    ended = ibis.cases(*[(number == n, end) for n, end in enumerate(ends)])
    return people.mutate(
        window_from=begun,
        # Kept apart before the window began: it is empty.
        window_to=ended.isnull().ifelse(ended, ibis.greatest(begun, ended)),
        window_rule=pick(number, [row.rule.id for row in protocol.windows]),
    )
