"""Who was near a case by position, and for how long? As the edition's rules on companions ask.

A cell and a radius are different geometry, and neither is made into the other: a rule of cells reads the
cells that whoever keeps the grid named, a rule of a radius reads coordinates. Companions are found; nobody
owes anything for it yet.

Distances are great circles on a sphere of the mean radius of the Earth (IUGG: 6,371,008.8 m) by the
haversine (R. W. Sinnott, Sky and Telescope 68, 1984, 159); against the ellipsoid they are wrong by less
than 0.6 %, 1.4 metres in 250.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import product
from math import pi, sin

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ringfence.engine.exposures import MICROSECONDS_PER_MINUTE
from ringfence.engine.illnesses import illnesses
from ringfence.engine.match import because, beside, settle, stacked, worked_out
from ringfence.engine.parts import Rules, by_part
from ringfence.engine.swabs import homes_of
from ringfence.engine.windows import with_span
from ringfence.protocol import Protocol
from ringfence.protocol.instants import Instant, Shifted
from ringfence.protocol.rules import CompanionRule, IncubationRule
from ringfence.tables import Facts
from ringfence.tables.searches import COMPANIONS

METRES_PER_EARTH_RADIUS = 6_371_008.8
DEGREES_PER_HALF_TURN = 180
MINUTES_PER_HOUR = 60
_TURN = 2 * DEGREES_PER_HALF_TURN
_POLE = DEGREES_PER_HALF_TURN / 2
_RADIANS = pi / DEGREES_PER_HALF_TURN
_GROUP = ("case", "person", "cell")


def companions(cases: ir.Table, facts: Facts, rules: Rules, as_of: datetime) -> ir.Table:
    """Everybody who was near a case as a rule on companions asks (see `tables.searches.COMPANIONS`).

    Args:
        cases: the cases as decided (`person`).
        facts: fixes, and what the rules count from.
        rules: whoever lives in a part with rules of its own is a companion by those.
        as_of: the end of the span of a case not kept apart (naive UTC).

    Fixes without an end have no length: whoever was near at such an instant may have been for long enough,
    and is told with `sure` absent.
    """
    return by_part(COMPANIONS, rules, lambda protocol: _of_part(cases, facts, protocol, as_of))


def _of_part(cases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    found = [_by_rule(rule, cases, facts, protocol, as_of) for rule in protocol.companions]
    if not found:
        return ibis.memtable(COMPANIONS.schema.empty_table())
    rows = worked_out(stacked(*found))
    return settle(beside(rows, homes_of(facts, rows), "person"), COMPANIONS)


def _by_rule(
    rule: CompanionRule, cases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime
) -> ir.Table:
    spans = _spans(rule, cases, facts, protocol, as_of)
    fixes = _narrowed(facts["fix"], spans, rule)
    met = worked_out(_by_cell(fixes, spans) if rule.cell_m else _by_radius(fixes, spans, rule.radius_m))
    pairs = worked_out(_summed(met))
    long_enough = _at_least(pairs.minutes, rule.overlap_min, pairs.unknown)
    if rule.stay_h:
        stayed = _stayed(pairs, fixes, spans)
        pairs = worked_out(beside(pairs, stayed, *_GROUP))
        long_enough = _at_least(pairs.minutes, rule.overlap_min, pairs.unknown) & _at_least(
            pairs.stay, rule.stay_h * MINUTES_PER_HOUR, pairs.stay_unknown
        )
    else:
        pairs = pairs.mutate(stay=ibis.null("int64"))
    pairs = worked_out(pairs.mutate(sure=long_enough, **because(rule.rule)))
    told = [name for name in COMPANIONS.schema.names if name != "area"]
    return pairs.filter(pairs.sure.fill_null(True)).select(*told)


def _at_least(minutes: ir.IntegerValue, least: int, unknown: ir.BooleanValue) -> ir.BooleanValue:
    """Whether a time is long enough: unknown where it is not, but some of it has no known length."""
    enough = minutes.fill_null(0) >= least
    return (~enough & unknown).ifelse(ibis.null("boolean"), enough)


def _spans(
    rule: CompanionRule, cases: ir.Table, facts: Facts, protocol: Protocol, as_of: datetime
) -> ir.Table:
    """From and until when positions of each case count: case, since, until, and `stayed` since."""
    present, _ = illnesses(facts, protocol)
    ill = worked_out(present.semi_join(cases, "person"))
    until_apart = Instant((Shifted("isolated"),))
    row = IncubationRule(rule.rule, None, "exclude", rule.begin, until_apart)
    spans = with_span(ill, facts, protocol, [row])
    end = ibis.least(spans.span_to.fill_null(as_of), ibis.literal(as_of, "timestamp(6)"))
    spans = spans.select(case="person", since="span_from", until=end)
    spans = spans.mutate(stayed=spans.until - ibis.interval(days=rule.stay_d))
    return worked_out(spans.filter(spans.since < spans.until))


def _narrowed(fix: ir.Table, spans: ir.Table, rule: CompanionRule) -> ir.Table:
    """The fixes of the geometry asked for that touch any of the spans, with a single instant's end as its
    beginning: person, begin, end, scan, fact, and cell, or lon and lat."""
    reach = spans.aggregate(since=ibis.least(spans.since, spans.stayed).min(), until=spans.until.max())
    [span] = reach.to_pyarrow().to_pylist()
    if span["since"] is None:
        fix = fix.filter(ibis.literal(value=False))
    else:
        fix = fix.filter((fix.begin < span["until"]) & (fix.end.fill_null(fix.begin) >= span["since"]))
    told = {"scan": fix.end.isnull(), "end": fix.end.fill_null(fix.begin)}
    if rule.cell_m:
        fix = fix.filter((fix.cell_m == rule.cell_m) & fix.cell.notnull())
        return fix.select("person", "begin", "fact", "cell", **told)
    fix = fix.filter(fix.lon.notnull() & fix.lat.notnull())
    return fix.select("person", "begin", "fact", "lon", "lat", **told)


def _own(fixes: ir.Table, spans: ir.Table, since: str = "since") -> ir.Table:
    """The cases' own fixes, cut to their spans, each column but the place as `own_…`."""
    own = fixes.inner_join(spans, fixes.person == spans.case)
    inside = own.scan.ifelse(own.begin >= own[since], own.end > own[since])
    own = own.filter((own.begin < own.until) & inside)
    places = {name: f"own_{name}" for name in ("lon", "lat") if name in own.columns}
    return own.select(
        "case", *(["cell"] if "cell" in own.columns else []),
        own_begin=ibis.greatest(own.begin, own[since]), own_end=ibis.least(own.end, own.until),
        own_scan="scan", own_fact="fact", **{new: old for old, new in places.items()},
    )  # fmt: skip


def _by_cell(fixes: ir.Table, spans: ir.Table) -> ir.Table:
    met = fixes.inner_join(_own(fixes, spans), "cell")
    return _at_once(met).select(*_MET, "cell", metres=ibis.null("float64"))


def _by_radius(fixes: ir.Table, spans: ir.Table, radius_m: int) -> ir.Table:
    """Whoever was within a radius: those in the same and the neighbouring squares of a hash, measured."""
    # Squares are a metre wider than need be, so that rounding loses nobody.
    wide = radius_m + 1
    step = wide / METRES_PER_EARTH_RADIUS / _RADIANS
    hashed = fixes.mutate(band=(fixes.lat / step).floor().cast("int64"))
    hashed = hashed.mutate(column=_column(hashed.lon, hashed.band, step, wide))
    around = [(band, turn) for band, turn in product((-1, 0, 1), (-_TURN, 0, _TURN))]
    near = ibis.memtable(pa.table({"by": [band for band, _ in around], "turn": [turn for _, turn in around]}))
    own = _own(fixes, spans).cross_join(near)
    own = own.mutate(band=(own.own_lat / step).floor().cast("int64") + own.by)
    own = own.mutate(middle=_column(own.own_lon + own.turn, own.band, step, wide))
    sides = ibis.memtable(pa.table({"aside": [-1, 0, 1]}))
    own = own.cross_join(sides)
    own = own.mutate(column=own.middle + own.aside).drop("by", "turn", "middle", "aside")
    met = hashed.inner_join(worked_out(own.distinct()), ["band", "column"])
    met = _at_once(met)
    metres = haversine(met.lat, met.lon, met.own_lat, met.own_lon)
    met = met.mutate(metres=metres)
    met = met.filter(met.metres <= radius_m)
    return met.select(*_MET, "metres", cell=ibis.literal(""))


_MET = ("case", "person", "begin", "end", "known", "own_fact", "fact")


def _at_once(met: ir.Table) -> ir.Table:
    """The pairs of fixes of different people at one time: begin, end, and whether its length is `known`.

    An instant meets a stay that holds it, its beginning included, or the same instant.
    """
    stays = (met.begin < met.own_end) & (met.own_begin < met.end)
    held = (met.own_begin <= met.begin) & (
        met.own_scan.ifelse(met.begin == met.own_begin, met.begin < met.own_end)
    )
    holding = (met.begin <= met.own_begin) & (met.own_begin < met.end)
    together = met.scan.ifelse(held, met.own_scan.ifelse(holding, stays))
    met = met.filter((met.person != met.case) & together)
    return met.mutate(
        known=~(met.scan | met.own_scan),
        begin=ibis.greatest(met.begin, met.own_begin),
        end=ibis.least(met.end, met.own_end),
    )


def _column(lon: ir.FloatingValue, band: ir.IntegerValue, step: float, wide: int) -> ir.IntegerValue:
    """Which square of its band a longitude lies in: squares are so wide that whoever is within `wide`
    metres of somebody in this band or a neighbouring one is in the same square or the next."""
    farthest = ibis.least((ibis.greatest(band.abs(), (band + 1).abs()) + 1) * step, _POLE)
    ratio = sin(wide / METRES_PER_EARTH_RADIUS / 2) / (farthest * _RADIANS).cos()
    width = (ratio < 1).ifelse(ibis.least(ratio, 1.0).asin() * (2 / _RADIANS), _TURN)
    return (lon / width).floor().cast("int64")


def haversine(
    lat: ir.FloatingValue, lon: ir.FloatingValue, other_lat: ir.FloatingValue, other_lon: ir.FloatingValue
) -> ir.FloatingValue:
    """Metres between two points given in degrees, on a sphere of the mean radius of the Earth."""
    up = ((lat - other_lat) * (_RADIANS / 2)).sin()
    along = ((lon - other_lon) * (_RADIANS / 2)).sin()
    half = up * up + (lat * _RADIANS).cos() * (other_lat * _RADIANS).cos() * along * along
    return ibis.least(half.sqrt(), 1.0).asin() * (2 * METRES_PER_EARTH_RADIUS)


def _spells(rows: ir.Table, by: Sequence[str]) -> ir.Table:
    """Times that touch or overlap, as one: the columns of `by`, begin and end."""
    earlier = ibis.window(rows=(None, -1), group_by=list(by), order_by=[rows.begin, rows.end])
    rows = rows.mutate(before=rows.end.max().over(earlier))
    rows = rows.mutate(fresh=(rows.begin <= rows.before).fill_null(False).ifelse(0, 1))
    until = ibis.window(rows=(None, 0), group_by=list(by), order_by=[rows.begin, rows.end])
    rows = rows.mutate(spell=rows.fresh.sum().over(until))
    return rows.group_by(*by, "spell").aggregate(begin=rows.begin.min(), end=rows.end.max())


def _minutes(rows: ir.Table, by: Sequence[str]) -> ir.Table:
    """How long some times are together and at the longest, in whole minutes: `by`, minutes, longest."""
    spell = _spells(rows, by)
    time = spell.end.delta(spell.begin, unit="microsecond")
    spell = spell.mutate(time=time, minutes=time // MICROSECONDS_PER_MINUTE)
    return spell.group_by(*by).aggregate(
        minutes=spell.time.sum() // MICROSECONDS_PER_MINUTE, longest=spell.minutes.max()
    )


def _summed(met: ir.Table) -> ir.Table:
    """The meetings of each case, person and cell together."""
    found = met.group_by(*_GROUP).aggregate(
        meetings=met.count(),
        first=met.begin.min(),
        last=met.end.max(),
        nearest_m=met.metres.min(),
        unknown=(~met.known).any(),
        evidence=met.own_fact.collect().concat(met.fact.collect()).unique().sort(),
    )
    return beside(found, _minutes(met.filter(met.known), _GROUP), *_GROUP)


def _stayed(pairs: ir.Table, fixes: ir.Table, spans: ir.Table) -> ir.Table:
    """The longer of the stays of the two in a cell since `stayed`: case, person, cell, stay, stay_unknown."""
    asked = pairs.select(*_GROUP).inner_join(spans.select("case", "stayed", "until"), "case")
    both = stacked(asked.mutate(who=asked.person), asked.mutate(who=asked.case))
    there = fixes.rename(who="person").inner_join(both, ["who", "cell"])
    inside = there.scan.ifelse(there.begin >= there.stayed, there.end > there.stayed)
    there = worked_out(there.filter((there.begin < there.until) & inside))
    cut = there.mutate(begin=ibis.greatest(there.begin, there.stayed), end=ibis.least(there.end, there.until))
    by = (*_GROUP, "who")
    time = _minutes(cut.filter(~cut.scan), by)
    known = beside(there.group_by(*by).aggregate(unknown=there.scan.any()), time, *by)
    return known.group_by(*_GROUP).aggregate(
        stay=known.minutes.fill_null(0).max(), stay_unknown=known.unknown.any()
    )
