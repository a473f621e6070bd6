"""Who counts as a contact, of which class, and of whom?"""

from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.engine.asked import asked
from ringfence.engine.contact_words import TOLD, with_words
from ringfence.engine.durations import with_time
from ringfence.engine.exposures import MICROSECONDS_PER_MINUTE, exposures
from ringfence.engine.match import (
    beside,
    empty,
    first_match,
    merged_facts,
    pick,
    settle,
    together,
    values,
    why,
    worked_out,
)  # fmt: skip
from ringfence.engine.search import Near
from ringfence.engine.stays import first_apart
from ringfence.engine.swabs import homes_of
from ringfence.protocol import Protocol
from ringfence.protocol.rules import ContactRule
from ringfence.protocol.vocabulary import CONTACT
from ringfence.tables import Facts
from ringfence.tables.decisions import CONTACT_CLASSES, CONTACTS, EXPOSURES


def first_ring(
    cases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime, near: Near | None = None
) -> ir.Table:
    """Meetings with cases inside their windows; a case still at large counts until now.

    Whoever is ill again was met in the illness before, too, until the window of this one begins.
    """
    met = exposures(at_large(cases, as_of), facts, protocol, 1, near)
    ended = cases.filter(cases.before_from.notnull())
    until = ibis.least(ended.before_to.fill_null(as_of), as_of, _turned(ended))
    earlier = worked_out(at_large(ended.mutate(window_from=ended.before_from, window_to=until), as_of))
    if earlier.count().to_pyarrow().as_py() == 0:
        return met
    return together(EXPOSURES, met, exposures(earlier, facts, protocol, 1, near))


def _turned(cases: ir.Table) -> ir.Value:
    """From when a case is met for the present illness."""
    return ibis.coalesce(cases.window_from, cases.detected_at)


def at_large(cases: ir.Table, as_of: datetime) -> ir.Table:
    """When cases could be met, in their windows and until now: index, begin, end, lingers_min, now."""
    known = cases.filter(cases.window_from.notnull())
    end = ibis.least(known.window_to.fill_null(as_of), as_of)
    lingers = known.lingers_min.fill_null(0)
    now = ibis.literal(as_of, "timestamp(6)")
    found = known.select(index="person", begin="window_from", end=end, lingers_min=lingers, now=now)
    return found.filter(found.begin < found.end)


def second_ring(
    contacts: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime, near: Near | None = None
) -> ir.Table:
    """Meetings with close contacts from their first exposure until they were kept apart.

    Whoever is a close contact for sure, or whom close contacts met as the case, is not met again here.
    """
    if not _rules(protocol, 2):
        return empty(EXPOSURES)
    close = contacts.filter((contacts["class"] == "close") & ~contacts.review)
    close = close.group_by("person").aggregate(
        begin=close.first_exposure.min(), known_at=close.known_at.min()
    )
    close = worked_out(close)
    subjects = beside(close, first_apart(facts, close), "person")
    subjects = subjects.select(index="person", begin="begin", end=subjects.apart_at.fill_null(as_of))
    within = worked_out(subjects.filter(lambda t: t.begin < t.end))
    met = exposures(within, facts, protocol, 2, near)
    return met.anti_join(close, "person").anti_join(contacts.select(person="index"), "person")


def roots_of(close: ir.Table) -> ir.Table:
    """For each sure close contact, the case they hang on that was detected first: index, case, known_at."""
    sure = close.filter((close["class"] == "close") & ~close.review)
    first = sure.group_by(index="person").aggregate(known_at=sure.known_at.min())
    theirs = sure.select("case", "known_at", index="person").inner_join(first, ["index", "known_at"])
    # Two cases of one batch are detected at one instant.
    return theirs.group_by("index", "known_at").aggregate(case=theirs.case.min())


def roots(cases: ir.Table) -> ir.Table:
    """The cases as the roots of those who met them: index, case, known_at, onset; and turned, before which a
    meeting counts for the illness that was detected before_at and began before_onset."""
    return cases.select(
        "onset", "before_at", "before_onset", index="person", case="person", known_at="detected_at",
        turned=_turned(cases),
    )  # fmt: skip


def with_onset(roots: ir.Table, cases: ir.Table) -> ir.Table:
    """The roots with the day their case fell ill, of the illness they count for."""
    told = beside(roots, cases.select("onset", "before_at", "before_onset", case="person"), "case")
    earlier = (told.known_at == told.before_at).fill_null(False)
    onset = earlier.ifelse(told.before_onset, told.onset)
    return told.mutate(onset=onset).drop("before_at", "before_onset")


def contacts(met: ir.Table, roots: ir.Table, facts: Facts, protocol: Protocol, ring: int) -> ir.Table:
    """The contacts that some meetings make, a row a person and index (see `tables.decisions.CONTACTS`).

    Args:
        met: exposures of one ring.
        roots: index, case, known_at: which case each index hangs on, and when that was detected; its onset
            where a rule asks how old the case's illness was; of cases themselves see `roots`.
        facts: for where people live, how old they are and what protects them.
        protocol: its contact table is matched meeting by meeting; a pair has the class of its
            gravest meeting, and needs no judging where any meeting of that class is sure; of two illnesses
            of the case the present one counts where its meetings give that class.
        ring: which ring.
    """
    rules = _rules(protocol, ring)
    if not rules:
        return empty(CONTACTS)
    words = asked(rules)
    # Worked out first: DuckDB 2.0 fails on some joins of joins ("dict-surviving join").
    met = worked_out(_rooted(met, roots))
    judged = worked_out(_judged(with_words(met, facts, protocol, words), rules))
    best = judged.group_by("index", "person").aggregate(best=judged.order.min())
    same = judged.inner_join(best, ["index", "person"])
    same = same.filter(same.order // (2 * len(rules)) == same.best // (2 * len(rules)))
    same = with_time(same)
    decisive = same.order == same.best
    found = same.group_by("index", "person", "best", "case").aggregate(
        known_at=same.known_at.min(),
        **{word: same[word].min(where=decisive) for word in TOLD if word in words},
        first_exposure=same.begin.min(),
        last_exposure=same.end.max(),
        meetings=same.count(),
        minutes=same.added.sum() // MICROSECONDS_PER_MINUTE,
        setting=same.setting.min(where=decisive),
        evidence=merged_facts(same.evidence),
    )
    number = found.best % len(rules)
    found = found.mutate(
        **why(number, [row.rule for row in rules]),
        **{"class": pick(number, [row.gives for row in rules])},
        review=found.best // len(rules) % 2 == 1,
        ring=ibis.literal(ring, "int32"),
    )
    found = beside(found, homes_of(facts, found.select("person").distinct()), "person")
    told = values(
        setting=found.setting, minutes=found.minutes, meetings=found.meetings,
        first_exposure=found.first_exposure, last_exposure=found.last_exposure,
        **{word: found[word] for word in TOLD if word in words},
    )  # fmt: skip
    return settle(found.mutate(values=told), CONTACTS)


def _rooted(met: ir.Table, roots: ir.Table) -> ir.Table:
    """The meetings with the case each hangs on, and when the illness it counts for was detected."""
    met = met.inner_join(roots, "index")
    if "turned" not in roots.columns:
        return met.mutate(earlier=ibis.literal(value=False))
    earlier = (met.begin < met.turned) & met.before_at.notnull()
    return met.mutate(
        earlier=earlier,
        known_at=earlier.ifelse(met.before_at, met.known_at),
        onset=earlier.ifelse(met.before_onset, met.onset),
    ).drop("turned", "before_at", "before_onset")


def _rules(protocol: Protocol, ring: int) -> list[ContactRule]:
    return [row for row in protocol.contacts if row.ring == ring]


def _judged(met: ir.Table, rules: list[ContactRule]) -> ir.Table:
    """The meetings that count, with `order`: class first, then the present illness of the case before one it
    had earlier, then sure before unsure, then the rule's place.

    The order is one number, so that the gravest meeting of a pair is its least. The time together of a
    pair is a fact of the meetings whose length is known; for the others it is unknown. Where a tracer
    judged that a person is not a contact, what was unknown of earlier meetings no longer counts.
    """
    met = with_time(met)
    pair = ibis.window(group_by=["index", "person"])
    total = met.added.sum().over(pair) // MICROSECONDS_PER_MINUTE
    dismissed = (met.investigator == ibis.literal(value=False)).ifelse(met.end, ibis.null("timestamp(6)"))
    met = met.mutate(
        total_minutes=met.minutes.notnull().ifelse(total, ibis.null("int64")),
        dismissed=(met.begin < dismissed.max().over(pair)).fill_null(False),
    )
    found = first_match(rules, {name: met[name] for name in CONTACT if name in met.columns}, met.dismissed)
    classes = [CONTACT_CLASSES.index(row.gives) if row.gives in CONTACT_CLASSES else -1 for row in rules]
    met = met.mutate(number=found.number, review=found.review)
    met = met.mutate(order=pick(met.number, classes, -1))
    met = met.filter(met.order >= 0)
    met = met.mutate(order=met.order * 2 + met.earlier.cast("int32"))
    return met.mutate(order=(met.order * 2 + met.review.cast("int32")) * len(rules) + met.number)
