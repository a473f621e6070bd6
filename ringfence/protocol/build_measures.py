"""From merged rows to typed rules: one function a table of an edition that speaks of places and work."""

from ringfence.areas import LEVELS
from ringfence.protocol.clauses import positive, predicate, rule, schedule, unknown
from ringfence.protocol.measures import (
    AppealRule,
    CadenceRule,
    CampaignRule,
    ClockRule,
    ColourRule,
    GateRule,
    PoolRule,
    RatioRule,
    SkipRule,
    ZoneRule,
)
from ringfence.protocol.rows import Row
from ringfence.protocol.vocabulary import (
    CAMPAIGN,
    CASE_EVENTS,
    COLOUR,
    GATE,
    GATE_DOES,
    GROUP,
    POOL,
    POOL_EVENTS,
    SKIP,
    ZONE,
)
from ringfence.tables.decisions import COLOURS, MUSTS, RESTRICTING
from ringfence.tables.facts import DUTIES, ZONE_LEVELS

_AGAIN = ("every_d", "every_h", "a_week")


def zone(row: Row) -> ZoneRule:
    """A row of [[zone]]."""
    when = predicate(row, "when", ZONE)
    zh, en = row.both("lift")
    measures_zh, measures_en = row.both("measures") if row.has("measures") else ("", "")
    return ZoneRule(
        rule=rule(row),
        level=row.choice("level", (*ZONE_LEVELS, "none")),
        rank=row.whole("rank"),
        why=row.choice("why", ("residence", "visited", "around")),
        when=when,
        unknown=unknown(row),
        units=row.texts("units", LEVELS),
        screen_within_h=row.whole("screen_within_h", 0),
        lift_days=row.whole("lift_days"),
        lift_zh=zh,
        lift_en=en,
        contacts_gone_d=row.whole("contacts_gone_d", 0),
        sweep_d=row.whole("sweep_d", 0),
        after_step_d=row.whole("after_step_d", 0),
        counts_from=row.choice("counts_from", ("last_case", "case_removed", "disinfected"), "last_case"),
        steps_to=row.choice("steps_to", (*ZONE_LEVELS, ""), ""),
        escalates_to=row.choice("escalates_to", (*ZONE_LEVELS, ""), ""),
        tests=schedule(row, "tests", ("days", "every_d")),
        measures_zh=measures_zh,
        measures_en=measures_en,
    )


def clock(row: Row) -> ClockRule:
    """A row of [[clock]]."""
    events = (*CASE_EVENTS, *POOL_EVENTS)
    return ClockRule(
        rule=rule(row),
        begin=row.choice("from", events),
        end=row.choice("to", events),
        limit_h=row.whole("limit_h"),
        duty=row.choice("duty", DUTIES),
        must=row.choice("must", MUSTS, ""),
    )


def pool(row: Row) -> PoolRule:
    """A row of [[pool]]."""
    when = predicate(row, "when", POOL)
    size = positive(row, "size")
    return PoolRule(rule(row), when, unknown(row), size, row.choice("per", ("household", ""), ""))


def campaign(row: Row) -> CampaignRule:
    """A row of [[campaign]]."""
    when = predicate(row, "when", CAMPAIGN)
    return CampaignRule(
        rule=rule(row),
        when=when,
        unknown=unknown(row),
        within_h=positive(row, "within_h"),
        rounds=row.whole("rounds", 0),
        stop=schedule(row, "stop", ("until",)),
        counts=row.choice("counts", ("community", "any"), "any"),
    )


def skip(row: Row) -> SkipRule:
    """A row of [[skip]]."""
    when = predicate(row, "when", SKIP)
    return SkipRule(rule(row), row.choice("gives", ("skip", "none")), when, unknown(row))


def gate(row: Row) -> GateRule:
    """A row of [[gate]]."""
    when = predicate(row, "when", GATE)
    clock = row.choice("clock", ("sampled", "tested", "reported"))
    return GateRule(rule(row), when, unknown(row), clock, row.texts("do", GATE_DOES))


def cadence(row: Row) -> CadenceRule:
    """A row of [[cadence]]."""
    when = predicate(row, "when", GROUP)
    given = schedule(row, "schedule", _AGAIN)
    return CadenceRule(rule(row), when, unknown(row), given, row.flag("single", False))


def ratio(row: Row) -> RatioRule:
    """A row of [[ratio]]."""
    found = RatioRule(rule(row), row.whole("down"), row.whole("most", 0))
    if row.data.get("down") == 0:
        row.fault("down", "is 0; give how many people there is one for")
    if 0 < found.most < found.down:
        row.fault("most", f"is {found.most}, fewer than down; give a number from {found.down}")
    return found


def colour(row: Row) -> ColourRule:
    """A row of [[colour]]."""
    when = predicate(row, "when", COLOUR)
    return ColourRule(rule(row), row.choice("gives", (*COLOURS, "none")), when, unknown(row))


def appeal(row: Row) -> AppealRule:
    """A row of [[appeal]]."""
    of = row.choice("of", RESTRICTING)
    return AppealRule(rule(row), of, row.choice("duty", DUTIES), positive(row, "hours"))
