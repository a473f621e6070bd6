"""From merged rows to typed rules: one function a table of an edition."""

from ringfence.areas import LEVELS
from ringfence.protocol.clauses import instant, predicate, rule, unknown
from ringfence.protocol.rows import Row
from ringfence.protocol.rules import (
    CampaignRule,
    CaseRule,
    ClockRule,
    CompanionRule,
    ContactRule,
    CourseRule,
    HoldRule,
    LimitRule,
    Phase,
    PoolRule,
    RatioRule,
    Tests,
    WindowRule,
    ZoneRule,
)  # fmt: skip
from ringfence.protocol.vocabulary import (
    CASE,
    CASE_ANCHORS,
    CASE_EVENTS,
    CONTACT,
    COURSE_ANCHORS,
    LIMITED,
    POOL,
    POOL_EVENTS,
    ZONE,
)  # fmt: skip
from ringfence.tables.decisions import CASE_CLASSES, MUSTS
from ringfence.tables.facts import DUTIES, ZONE_LEVELS

_OWING = ("close", "secondary", "general")


def case(row: Row) -> CaseRule:
    """A row of [[case]]."""
    when = predicate(row, "when", CASE)
    return CaseRule(rule(row), row.choice("gives", (*CASE_CLASSES, "none")), when, unknown(row))


def window(row: Row) -> WindowRule:
    """A row of [[infectious]]."""
    when = predicate(row, "when", CASE)
    return WindowRule(
        rule(row),
        when,
        unknown(row),
        instant(row, "from", CASE_ANCHORS),
        instant(row, "to", CASE_ANCHORS),
    )


def hold(row: Row) -> HoldRule:
    """A row of [[hold]]."""
    return HoldRule(rule(row), row.texts("on", ("positive", "grey")))


def limit(row: Row) -> LimitRule:
    """A row of [[limit]]."""
    found = LimitRule(rule(row), row.choice("of", LIMITED), row.whole("hours"))
    if row.data.get("hours") == 0:
        row.fault("hours", "is 0; give whole hours, or leave the row out where nothing is stated")
    return found


def contact(row: Row) -> ContactRule:
    """A row of [[contact]]."""
    when = predicate(row, "when", CONTACT)
    ring = row.one_of("ring", (1, 2))
    gives = row.choice("gives", ("close", "secondary", "general", "none"))
    return ContactRule(rule(row), gives, ring, when, unknown(row))


def companion(row: Row) -> CompanionRule:
    """A row of [[companion]]."""
    found = CompanionRule(
        rule=rule(row),
        radius_m=row.whole("radius_m", 0),
        cell_m=row.whole("cell_m", 0),
        overlap_min=row.whole("overlap_min"),
        begin=instant(row, "from", CASE_ANCHORS),
    )
    if (found.radius_m == 0) == (found.cell_m == 0):
        row.fault("", "give radius_m or cell_m, one of them: a circle is not a square")
    return found


def course(row: Row) -> CourseRule:
    """A row of [[course]]."""
    of = row.choice("of", _OWING)
    phases = () if row.flag("owes_nothing", False) else tuple(_phase(part) for part in row.parts("phase"))
    return CourseRule(rule(row), of, phases)


def _phase(row: Row) -> Phase:
    zh, en = row.both("release")
    tests = row.part("tests")
    found = Phase(
        place=row.choice("place", ("central", "home", "home_monitoring")),
        days=row.whole("days"),
        anchor=row.choice("anchor", COURSE_ANCHORS),
        numbering=row.one_of("numbering", (0, 1)),
        tests=_tests(tests),
        late=row.choice("late", ("credit", "floor")),
        reset=row.choice("reset", ("none", "positive_in_site")),
        release_zh=zh,
        release_en=en,
        colour=row.choice("colour", ("red", "yellow", "none")),
        linked_tests=row.whole("linked_tests", 0),
        linked_becomes=row.choice("linked_becomes", _OWING, None if row.has("linked_tests") else ""),
    )
    if any(day > found.days for day in found.tests.days) and not found.tests.at_release:
        tests.fault("days", f"go past the phase of {found.days} days; set at_release or mend the days")
    tests.done()
    row.done()
    return found


def _tests(row: Row) -> Tests:
    return Tests(
        days=row.wholes("days"),
        axis=row.choice("axis", ("control", "exposure", "phase")),
        traced_day=row.flag("traced_day"),
        at_release=row.flag("at_release"),
    )


def zone(row: Row) -> ZoneRule:
    """A row of [[zone]]."""
    when = predicate(row, "when", ZONE)
    zh, en = row.both("lift")
    return ZoneRule(
        rule=rule(row),
        level=row.choice("level", (*ZONE_LEVELS, "none")),
        rank=row.whole("rank"),
        why=row.choice("why", ("residence", "visited")),
        when=when,
        unknown=unknown(row),
        units=row.texts("units", LEVELS),
        screen_within_h=row.whole("screen_within_h", 0),
        lift_days=row.whole("lift_days"),
        lift_zh=zh,
        lift_en=en,
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
    return PoolRule(
        rule(row), when, unknown(row), row.whole("size"), row.choice("per", ("household", ""), "")
    )


def campaign(row: Row) -> CampaignRule:
    """A row of [[campaign]]."""
    return CampaignRule(rule(row), row.whole("within_h"))


def ratio(row: Row) -> RatioRule:
    """A row of [[ratio]]."""
    found = RatioRule(rule(row), row.whole("down"), row.whole("most", 0))
    if row.data.get("down") == 0:
        row.fault("down", "is 0; give how many people there is one for")
    if 0 < found.most < found.down:
        row.fault("most", f"is {found.most}, fewer than down; give a number from {found.down}")
    return found


TABLES = {
    "case": case,
    "infectious": window,
    "hold": hold,
    "limit": limit,
    "contact": contact,
    "companion": companion,
    "course": course,
    "zone": zone,
    "clock": clock,
    "pool": pool,
    "campaign": campaign,
    "ratio": ratio,
}
"""How each table of an edition becomes rules, by its name in the file."""
