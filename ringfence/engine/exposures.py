"""Who met whom, where, when, for how long and how near?

The same search serves both rings: its subjects are cases with their windows, or close contacts from
their first exposure on. Meetings come from visits to the same place, from a shared household, from a
standing tie (work, class) where no visits were recorded there, and from interviews. Where the air of a
room stays infectious after a case left it, whoever comes in meanwhile is met too
"""

import ibis
import ibis.expr.types as ir

from ringfence import areas
from ringfence.engine.days import day_of, start_of
from ringfence.engine.match import beside, settle, stacked, worked_out
from ringfence.engine.match import facts as evidence
from ringfence.engine.search import Near
from ringfence.engine.stays import while_present
from ringfence.protocol import Protocol
from ringfence.tables import Facts
from ringfence.tables.decisions import EXPOSURES

MICROSECONDS_PER_MINUTE = 60_000_000
_TOLD = (
    "near",
    "closed",
    "row_gap",
    "distance_m",
    "protected",
    "investigator",
    "setting",
    "relation",
    "manner",
)
_EMPTY = {
    "near": "boolean", "closed": "boolean", "row_gap": "int32", "distance_m": "int32", "manner": "string",
    "protected": "boolean", "investigator": "boolean", "setting": "string", "relation": "string",
    "place": "int64", "minutes": "int32",
}  # fmt: skip
_HOUSEHOLD_DASHES = areas.LEVELS.index("household") - areas.LEVELS.index("community")


def exposures(
    subjects: ir.Table, facts: Facts, protocol: Protocol, ring: int, near: Near | None = None
) -> ir.Table:
    """Every meeting with a subject inside the subject's span (see `tables.decisions.EXPOSURES`).

    Args:
        subjects: index, begin, end: whom to meet, and from and until when it counts; in ring 1 also
            lingers_min, how long the air of a room they left still counts, and now.
        facts: visits, places, residences, memberships and interviews.
        protocol: for its civil days.
        ring: 1 where the subjects are cases, 2 where they are close contacts.
        near: the visits that matter to the subjects; every visit where absent.
    """
    lingers = ring == 1 and any(rule.lingers_min for rule in protocol.windows)
    reach = subjects.end + subjects.lingers_min.as_interval("m") if lingers else subjects.end
    within = subjects.mutate(reach=reach)
    visit = _narrowed(facts["visit"] if near is None else near(within), within, protocol)
    theirs = worked_out(_own(visit, subjects))
    assumed = stacked(
        _shaped(_by_household(subjects, facts, protocol)), _shaped(_by_tie(subjects, theirs, facts))
    )
    parts = (
        _shaped(_by_visit(theirs, visit, facts)),
        while_present(worked_out(assumed), facts),
        _shaped(_by_interview(subjects, facts)),
        *([_shaped(_by_air(theirs, subjects, visit, facts))] if lingers else []),
    )
    return settle(stacked(*parts).mutate(ring=ibis.literal(ring, "int32")), EXPOSURES)


def _shaped(part: ir.Table) -> ir.Table:
    absent = {name: ibis.null(kind) for name, kind in _EMPTY.items() if name not in part.columns}
    part = part.mutate(**absent)
    columns = {name: part[name].cast(kind) for name, kind in _EMPTY.items()}
    # Whoever met them was there together with them, but for those who only came into their air.
    lag = part.lag_min.cast("int32") if "lag_min" in part.columns else ibis.literal(0, "int32")
    return part.select("index", "person", "begin", "end", "evidence", lag_min=lag, **columns)


def _narrowed(visit: ir.Table, subjects: ir.Table, protocol: Protocol) -> ir.Table:
    """Visits that can matter, with a scan's leave read as its enter: those of the days all spans lie in and
    reach, and earlier ones that still ran then."""
    begin = subjects.begin.min()
    span = subjects.aggregate(
        begin=begin,
        first=day_of(begin, protocol.offsets),
        last=day_of(subjects.reach.max(), protocol.offsets),
    ).to_pyarrow()
    since, first, last = (span[name][0].as_py() for name in ("begin", "first", "last"))
    if since is None or last is None:
        visit = visit.filter(ibis.literal(value=False))
    else:
        earlier = (visit.day < first) & (visit.leave > since)
        visit = visit.filter(visit.day.between(first, last) | earlier)
    return visit.mutate(scan=visit.leave.isnull(), leave=visit.leave.fill_null(visit.enter))


def own_visits(subjects: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """The subjects' own visits, cut to their spans: index, place, part, seat_row, scan, fact, begin, end."""
    return _own(_narrowed(facts["visit"], subjects.mutate(reach=subjects.end), protocol), subjects)


def _own(visit: ir.Table, subjects: ir.Table) -> ir.Table:
    mine = visit.inner_join(subjects.select("index", "begin", "end"), visit.person == subjects.index)
    mine = mine.filter(
        (mine.enter < mine.end) & ((mine.leave > mine.begin) | (mine.scan & (mine.enter >= mine.begin)))
    )
    return mine.select(
        "index", "place", "part", "seat_row", "scan", "fact",
        begin=ibis.greatest(mine.enter, mine.begin), end=ibis.least(mine.leave, mine.end),
    )  # fmt: skip


def _beside_visits(theirs: ir.Table) -> ir.Table:
    """The subjects' own visits, to be put beside those of others."""
    return theirs.select(
        "index", "begin", "end", at="place", own_part="part", own_row="seat_row", own_scan="scan",
        own_fact="fact",
    )  # fmt: skip


def _by_visit(theirs: ir.Table, visit: ir.Table, facts: Facts) -> ir.Table:
    own = _beside_visits(theirs)
    met = visit.inner_join(own, visit.place == own.at)
    both = (met.enter < met.end) & (met.begin < met.leave)
    met = met.filter((met.person != met.index) & ((both & ~met.scan & ~met.own_scan) | _scanned(met)))
    met = beside(met, _places(facts), "at")
    begin, end = ibis.greatest(met.enter, met.begin), ibis.least(met.leave, met.end)
    near = met.part == met.own_part
    # Seats are counted within a part, or within the whole place where it has none.
    counted = near.fill_null(met.part.isnull() & met.own_part.isnull())
    return met.mutate(
        minutes=(met.scan | met.own_scan).ifelse(ibis.null("int32"), _minutes(begin, end)),
        near=near,
        row_gap=counted.ifelse((met.seat_row - met.own_row).abs(), ibis.null("int32")),
        evidence=evidence(met.own_fact, met.fact, met.place_fact),
    ).select("index", "person", "minutes", "near", "closed", "row_gap", "setting", "place", "evidence",
             begin=begin, end=end)  # fmt: skip


def _places(facts: Facts) -> ir.Table:
    return facts["place"].select(at="place", setting="kind", closed="closed", place_fact="fact")


def _by_air(theirs: ir.Table, subjects: ir.Table, visit: ir.Table, facts: Facts) -> ir.Table:
    """Whoever came into a room after the subject had left it, while its air still counted.

    A place is one room unless both parts are known and are not the same. Where the subject only scanned, they
    left then or later, so whoever came so soon after met them or their air: which, and for how long, is not
    known.
    """
    air = subjects.select("index", "now", lasts=subjects.lingers_min.as_interval("m"))
    own = _beside_visits(theirs).inner_join(air, "index")
    own = worked_out(own.mutate(gone=own.end + own.lasts).drop("lasts"))
    met = visit.inner_join(own, visit.place == own.at)
    came = (met.enter >= met.end) & ~(met.own_scan & (met.enter == met.end))
    met = met.filter(
        (met.person != met.index)
        & came
        & (met.enter < ibis.least(met.gone, met.now))
        & (met.part == met.own_part).fill_null(True)
    )
    met = beside(met, _places(facts), "at")
    end = ibis.least(met.leave, met.gone, met.now)
    unknown = ibis.null("int32")
    return met.mutate(
        minutes=(met.scan | met.own_scan).ifelse(unknown, _minutes(met.enter, end)),
        lag_min=met.own_scan.ifelse(unknown, _minutes(met.end, met.enter)),
        near=met.part == met.own_part,
        evidence=evidence(met.own_fact, met.fact, met.place_fact),
    ).select("index", "person", "minutes", "lag_min", "near", "closed", "setting", "place", "evidence",
             begin="enter", end=end)  # fmt: skip


def _scanned(met: ir.Table) -> ir.BooleanValue:
    """A scan has no length: it meets a stay that holds its instant, the start of the stay included."""
    held = (met.begin <= met.enter) & ((met.enter < met.end) | (met.own_scan & (met.enter == met.end)))
    holding = (met.enter <= met.begin) & (met.begin < met.leave)
    return (met.scan & held) | (met.own_scan & holding)


def _minutes(begin: ir.TimestampValue, end: ir.TimestampValue) -> ir.IntegerValue:
    return end.delta(begin, unit="microsecond") // MICROSECONDS_PER_MINUTE


def _by_household(subjects: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    residence = facts["residence"]
    living = residence.filter(residence.kind == "living").select(
        "person", "area", "from_day", "to_day", "fact"
    )
    own = living.inner_join(subjects, living.person == subjects.index)
    dashes = own.area.length() - own.area.replace("-", "").length()
    own = own.filter(dashes == _HOUSEHOLD_DASHES).select(
        "index", "begin", "end", "area", own_from="from_day", own_to="to_day", own_fact="fact"
    )
    met = living.inner_join(own, "area")
    met = met.filter(met.person != met.index)
    came = [start_of(day, protocol.offsets) for day in (met.from_day, met.own_from)]
    went = [start_of(day, protocol.offsets) for day in (met.to_day, met.own_to)]
    met = met.mutate(begin=ibis.greatest(met.begin, *came), end=ibis.least(met.end, *went))
    return met.filter(met.begin < met.end).mutate(
        relation=ibis.literal("lives_with"), setting=ibis.literal("home"), near=True, closed=True,
        evidence=evidence(met.own_fact, met.fact),
    )  # fmt: skip


def _by_tie(subjects: ir.Table, theirs: ir.Table, facts: Facts) -> ir.Table:
    """Colleagues and classmates of the same room or team, where the subject left no visits there.

    The tie is standing: whether they were near each other in the span is not known.
    """
    tie = facts["membership"]
    tie = tie.filter(tie.kind.isin(["work", "class"]) & tie.part.notnull())
    tie = tie.select("person", "place", "part", "kind", "fact")
    own = tie.inner_join(subjects, tie.person == subjects.index)
    own = own.anti_join(theirs, ["index", "place"])
    own = own.select("index", "begin", "end", "place", "part", "kind", own_fact="fact")
    met = tie.inner_join(own, ["place", "part", "kind"])
    met = met.filter(met.person != met.index)
    place = facts["place"].select("place", "closed", setting="kind", place_fact="fact")
    met = beside(met, place, "place")
    return met.mutate(
        relation=(met.kind == "work").ifelse("colleague", "classmate"),
        evidence=evidence(met.own_fact, met.fact, met.place_fact),
    )


def _by_interview(subjects: ir.Table, facts: Facts) -> ir.Table:
    told = facts["interview"].rename(told_begin="begin", told_end="end")
    told = told.inner_join(subjects.select("index", "begin", "end"), told.case == subjects.index)
    told = told.filter(
        (told.told_begin < told.end) & (told.told_end > told.begin) & (told.person != told.index)
    )
    begin, end = ibis.greatest(told.told_begin, told.begin), ibis.least(told.told_end, told.end)
    columns = [name for name in _TOLD if name in told.columns]
    return told.select(
        "index", "person", *columns, begin=begin, end=end,
        minutes=_minutes(begin, end), evidence=evidence(told.fact),
    )  # fmt: skip
