"""Which tests and which report are of a person's present illness, and what do they say together?"""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from ringfence.engine.clearing import cleared_by
from ringfence.engine.days import day_of, start_of
from ringfence.engine.match import beside, first_match, pick, stacked, worked_out
from ringfence.engine.match import facts as evidence
from ringfence.engine.swabs import swabs_of
from ringfence.protocol import Protocol
from ringfence.tables import Facts

_WORST = ("positive", "grey", "pending", "invalid", "negative")
_TESTS = ("nat", "antigen", "smear", "culture")
"""The tests that say somebody is ill; one of an immune answer says they once met the germ."""
_NO_FACTS = ibis.literal([], type="array<int64>")


def illnesses(facts: Facts, protocol: Protocol) -> tuple[ir.Table, ir.Table | None]:
    """What the case tables ask of the illness of everyone with a positive single or a case report, a row a
    person, and the same of the illness each had before; None where nobody was ill twice.

    Columns: person, the words of `vocabulary.CASE`, onset, elsewhere, first_positive, detected_at (its first
    sign), evidence, after (of an illness after another: when the last of the tests that ended that was
    taken), cleared_at and cleared_rule (the tests that end this one).

    Somebody cleared as a case who is positive later has a new illness: what was swabbed or reported before
    is not of it.
    """
    reports = worked_out(_reports(facts, protocol))
    swabs = worked_out(_swabs(facts, reports))
    negative = swabs.filter(swabs.single & (swabs.test == "nat") & (swabs.result == "negative"))
    negative = negative.select("person", clear_from="sampled_at", clear_at="reported_at")
    single = swabs.filter(swabs.single)
    single = worked_out(single.anti_join(_answered(single, negative, protocol), ["person", "tube", "test"]))
    told = {"reports": reports, "swabs": swabs, "negative": negative, "single": single}
    people = _sick(single).union(reports.select("person"), distinct=True)
    people = people.mutate(
        after=ibis.null("timestamp(6)"), weak_from=ibis.null("int64"),
        before=_NO_FACTS,
    )  # fmt: skip
    over: list[ir.Table] = []
    before: ir.Table | None = None
    while True:
        ill = worked_out(_illness(people, told, protocol))
        cleared = cleared_by(ill, single, protocol)
        if cleared is None:
            return _together(over, _uncleared(ill)), before
        known = worked_out(beside(ill, cleared, "person"))
        again = worked_out(_again(known, single))
        known = known.mutate(evidence=known.evidence.concat(ibis.coalesce(known.clean_facts, _NO_FACTS)))
        if again.count().to_pyarrow().as_py() == 0:
            return _together(over, known), before
        over.append(known.anti_join(again, "person"))
        earlier = [] if before is None else [before.anti_join(again, "person")]
        before = worked_out(stacked(known.semi_join(again, "person"), *earlier))
        people = again


def _reports(facts: Facts, protocol: Protocol) -> ir.Table:
    """The case reports, with `sign`: when one was made that makes a case by itself, with no test known."""
    report = facts["case_report"]
    report = report.select(
        "person", "reported_at", "onset", "elsewhere", symptoms=report.symptoms == "yes",
        reported=report.status.fill_null("none"), report_fact="fact",
    )  # fmt: skip
    none = dict.fromkeys(_TESTS, ibis.literal("none"))
    alone = {
        **none, "symptoms": report.symptoms, "reported": report.reported,
        "recovered": ibis.literal(value=False),
    }  # fmt: skip
    gives = pick(first_match(protocol.cases, alone).number, [row.gives for row in protocol.cases])
    return report.mutate(sign=(gives != "none").ifelse(report.reported_at, ibis.null("timestamp(6)")))


def _swabs(facts: Facts, reports: ir.Table) -> ir.Table:
    """The swabs of everyone with a positive test or a report, but those for an immune answer."""
    result = facts["result"]
    bad = result.filter((result.result == "positive") & result.test.isin(_TESTS))
    positive = facts["sample"].semi_join(bad, "tube").select("person")
    swabs = swabs_of(facts, positive.union(reports.select("person"), distinct=True))
    return swabs.filter(swabs.test.isnull() | swabs.test.isin(_TESTS))


def _sick(single: ir.Table) -> ir.Table:
    return single.filter(single.result == "positive").select("person").distinct()


def _answered(single: ir.Table, negative: ir.Table, protocol: Protocol) -> ir.Table:
    """Antigen positives that a negative nucleic acid test answered: swabbed on that civil day or later,
    and reported after it."""
    antigen = single.filter((single.test == "antigen") & (single.result == "positive"))
    day = start_of(day_of(antigen.sampled_at, protocol.offsets), protocol.offsets)
    antigen = antigen.mutate(day=day).inner_join(negative, "person")
    return antigen.filter((antigen.clear_from >= antigen.day) & (antigen.clear_at >= antigen.reported_at))


def _illness(people: ir.Table, told: Mapping[str, ir.Table], protocol: Protocol) -> ir.Table:
    """The illness of each person that began after an instant, or their first."""
    single = told["single"].inner_join(people, "person")
    single = single.filter(single.after.isnull() | (single.sampled_at > single.after))
    mine = single.filter((single.result == "positive") & ~weak(single))
    first = mine.group_by("person").aggregate(
        first_sign=mine.reported_at.min(), first_single=mine.sampled_at.min()
    )
    report = told["reports"].inner_join(people.select("person", "after"), "person")
    report = report.filter(report.after.isnull() | (report.reported_at > report.after)).drop("after")
    begun = worked_out(beside(beside(people, first, "person"), report, "person"))
    tests = _counted(single, begun, protocol)
    ill = beside(begun, tests, "person")
    pooled = _pooled(told["swabs"], begun, told["negative"])
    ill = beside(ill, pooled, "person")
    return ill.mutate(
        **{name: ill[name].fill_null("none") for name in (*_TESTS, "reported")},
        recovered=ill.after.notnull(),
        first_positive=ibis.least(ill.first_single, ill.first_pooled),
        detected_at=ibis.least(ill.first_sign, ill.sign).fill_null(ill.reported_at),
        elsewhere=ill.elsewhere.fill_null(False),
        evidence=ibis.coalesce(ill.positives, _NO_FACTS).concat(evidence(ill.report_fact)).concat(ill.before),
    )


def weak(single: ir.Table) -> ir.BooleanValue:
    """Whether a positive is so weak that by the rule that cleared its person it is clean (`weak_from`)."""
    return (single.ct_x100 >= single.weak_from).fill_null(False)


def _counted(single: ir.Table, begun: ir.Table, protocol: Protocol) -> ir.Table:
    """The worst that each sort of test said since an illness began: person, a column a test, positives.

    It began with the first positive single, or for who has none with the report. Both swabs of one visit
    count, whichever was taken first: from the start of that civil day, but for what was known before the
    first sign was.
    """
    since = begun.select(
        "person",
        first=begun.first_single.fill_null(begun.reported_at),
        known=begun.first_sign.fill_null(begun.reported_at),
    )
    since = since.mutate(since=start_of(day_of(since.first, protocol.offsets), protocol.offsets))
    tests = single.inner_join(worked_out(since), "person")
    tests = tests.filter(
        (tests.sampled_at >= tests.since) & (tests.reported_at.isnull() | (tests.reported_at >= tests.known))
    )
    # Until a result says which test it was, a swab is for nucleic acid.
    tests = worked_out(tests.mutate(said=tests.result.fill_null("pending"), test=tests.test.fill_null("nat")))
    return tests.group_by("person").aggregate(
        **{test: _worst(tests.said, tests.test == test) for test in _TESTS},
        positives=tests.result_fact.collect(where=tests.result == "positive"),
    )


def _pooled(swabs: ir.Table, begun: ir.Table, negative: ir.Table) -> ir.Table:
    """The first positive pool that led up to each person's first positive single: person, first_pooled.

    A pool is not a case, but where its member's single is positive it is their first positive swab. A
    negative single between the two says that it was somebody else's.
    """
    pool = swabs.filter(~swabs.single & (swabs.result == "positive"))
    pool = pool.inner_join(begun.select("person", "first_single", "after"), "person")
    pool = pool.filter(
        (pool.sampled_at < pool.first_single) & (pool.after.isnull() | (pool.sampled_at > pool.after))
    )
    cleared = pool.inner_join(negative, "person")
    cleared = cleared.filter(
        (cleared.clear_from > cleared.sampled_at) & (cleared.clear_from < cleared.first_single)
    )
    pool = pool.anti_join(cleared, ["person", "tube"])
    return pool.group_by("person").aggregate(first_pooled=pool.sampled_at.min())


def _worst(said: ir.StringColumn, where: ir.BooleanValue) -> ir.Value:
    ranks = ibis.cases(*[(said == word, rank) for rank, word in enumerate(_WORST)], else_=len(_WORST))
    return pick(ranks.min(where=where), _WORST, "none")


def _again(known: ir.Table, single: ir.Table) -> ir.Table:
    """Who was positive again after they were cleared: as `people` of `_illness`."""
    cleared = known.filter(known.last_clean.notnull())
    cleared = cleared.select("person", after="last_clean", weak_from="clean_from", before="clean_facts")
    later = single.inner_join(cleared, "person")
    later = later.filter((later.result == "positive") & (later.sampled_at > later.after) & ~weak(later))
    return cleared.semi_join(later, "person")


def _uncleared(ill: ir.Table) -> ir.Table:
    return ill.mutate(cleared_at=ibis.null("timestamp(6)"), cleared_rule=ibis.null("string"))


def _together(over: list[ir.Table], last: ir.Table) -> ir.Table:
    """Those whose illness was their last at each turn, as one table."""
    return worked_out(stacked(*(part.select(last.columns) for part in (*over, last)))) if over else last
