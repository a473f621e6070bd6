"""From when until when was each person kept apart, in place, or away?"""

from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.engine.days import Offsets, day_of, start_of
from ringfence.engine.match import beside, worked_out
from ringfence.tables import Facts

KEPT_APART = ("hold", "central", "hospital")
"""The stays that end a window: kept where they are, in a quarantine site, in a hospital."""
NOT_AT_HOME = (*KEPT_APART, "away")
"""The stays in which nobody is met at home, in class or at work."""
_FOREVER = ibis.literal(datetime.max, "timestamp(6)")  # noqa: DTZ901 - instants are naive UTC


def spells(stay: ir.Table, offsets: Offsets | None = None) -> ir.Table:
    """Stays of a person that follow on one another, as one: person, begin, end (absent while it lasts).

    Args:
        stay: person, begin, end of the stays of the kinds asked about.
        offsets: with them, a stay that begins on the civil day the last one ended follows on it as
            well: people are moved from one place to another.
    """
    until = stay.end.fill_null(_FOREVER)
    reach = until if offsets is None else _day_after(stay.end, offsets).fill_null(_FOREVER)
    known = stay.select("person", "begin", until=until, reach=reach)
    order = {"group_by": "person", "order_by": [known.begin, known.until]}
    known = known.mutate(before=known.reach.max().over(ibis.window(rows=(None, -1), **order)))
    follows = known.begin <= known.before if offsets is None else known.begin < known.before
    fresh = (~follows.fill_null(False)).cast("int64")
    known = known.mutate(spell=fresh.sum().over(ibis.window(rows=(None, 0), **order)))
    found = known.group_by("person", "spell").aggregate(begin=known.begin.min(), until=known.until.max())
    return found.select("person", "begin", end=found.until.nullif(_FOREVER))


def _day_after(instant: ir.TimestampValue, offsets: Offsets) -> ir.Value:
    return start_of(day_of(instant, offsets) + ibis.interval(days=1), offsets)


def spells_of(
    facts: Facts, people: ir.Table, kinds: tuple[str, ...], offsets: Offsets | None = None
) -> ir.Table:
    """The spells of some people in stays of some kinds (see `spells`)."""
    stay = facts["stay"].semi_join(people, "person")
    return spells(stay.filter(stay.kind.isin(list(kinds))), offsets)


def first_apart(facts: Facts, since: ir.Table) -> ir.Table:
    """When each person was kept apart for good: person, apart_at.

    Args:
        facts: the stays.
        since: person and known_at. A spell that ended before they were known about let them go again
            and does not count.
    """
    spell = spells_of(facts, since, KEPT_APART).inner_join(since.select("person", "known_at"), "person")
    spell = spell.filter(spell.end.isnull() | (spell.end >= spell.known_at))
    return spell.group_by("person").aggregate(apart_at=spell.begin.min())


def while_present(met: ir.Table, facts: Facts) -> ir.Table:
    """Meetings assumed from a shared home or tie, less the time either of the two was not there.

    Only the edges are cut: who was there before and after met them before and after.
    """
    for who in ("index", "person"):
        met = worked_out(_cut(met, facts, who))
    return met


def _cut(met: ir.Table, facts: Facts, who: str) -> ir.Table:
    keys = (who, "begin", "end")
    span = met.select(*keys).distinct()
    spell = spells_of(facts, met.select(person=who).distinct(), NOT_AT_HOME)
    spell = spell.select(gone="begin", back=spell.end.fill_null(_FOREVER), **{who: "person"})
    both = span.inner_join(spell, who)
    edges = both.group_by(*keys).aggregate(
        back=both.back.max(where=(both.gone <= both.begin) & (both.back > both.begin)),
        gone=both.gone.min(where=(both.gone < both.end) & (both.back >= both.end)),
    )
    cut = beside(met, edges, *keys)
    cut = cut.mutate(begin=cut.back.fill_null(cut.begin), end=cut.gone.fill_null(cut.end))
    return cut.drop("back", "gone").filter(lambda t: t.begin < t.end)
