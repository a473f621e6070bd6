"""From merged rows to typed rules: one function a table of an edition that speaks of people."""

from ringfence.protocol import build_measures
from ringfence.protocol.clauses import (
    instant,
    instant_if_any,
    positive,
    predicate,
    rule,
    schedule,
    unknown,
)
from ringfence.protocol.rows import Row
from ringfence.protocol.rules import (
    ArrivalRule,
    CaseReleaseRule,
    CaseRule,
    CompanionRule,
    ContactRule,
    CourseRule,
    Extension,
    HoldRule,
    IncubationRule,
    LimitRule,
    Phase,
    Tests,
    WindowRule,
)
from ringfence.protocol.schedules import Schedule
from ringfence.protocol.vocabulary import (
    ARRIVAL,
    CASE,
    CASE_ANCHORS,
    CONTACT,
    COURSE,
    COURSE_ANCHORS,
    LIMITED,
)
from ringfence.tables.decisions import (
    ARRIVAL_CLASSES,
    CASE_CLASSES,
    CONTACT_CLASSES,
    COURSE_CLASSES,
    COURSE_PLACES,
)
from ringfence.tables.facts import TESTS

_LATE = ("credit", "floor", "convert")
_SERVED = ("days", "every_d")
"""The schedules that fall on days of a phase."""


def case(row: Row) -> CaseRule:
    """A row of [[case]]."""
    when = predicate(row, "when", CASE)
    return CaseRule(rule(row), row.choice("gives", (*CASE_CLASSES, "none")), when, unknown(row))


def case_release(row: Row) -> CaseReleaseRule:
    """A row of [[case_release]]."""
    when = predicate(row, "when", CASE)
    return CaseReleaseRule(
        rule(row),
        when,
        unknown(row),
        clean=positive(row, "clean"),
        gap_h=row.whole("gap_h"),
        ct_x100_from=row.whole("ct_x100_from", 0),
        after_d=row.whole("after_d", 0),
    )


def window(row: Row) -> WindowRule:
    """A row of [[infectious]]."""
    when = predicate(row, "when", CASE)
    return WindowRule(
        rule(row),
        when,
        unknown(row),
        instant(row, "from", CASE_ANCHORS),
        instant(row, "to", CASE_ANCHORS),
        row.whole("lingers_min", 0),
    )


def incubation(row: Row) -> IncubationRule:
    """A row of [[incubation]]."""
    when = predicate(row, "when", CASE)
    begin, end = instant(row, "from", CASE_ANCHORS), instant(row, "to", CASE_ANCHORS)
    return IncubationRule(rule(row), when, unknown(row), begin, end)


def hold(row: Row) -> HoldRule:
    """A row of [[hold]]."""
    return HoldRule(rule(row), row.texts("on", ("positive", "grey")))


def limit(row: Row) -> LimitRule:
    """A row of [[limit]]."""
    return LimitRule(rule(row), row.choice("of", LIMITED), positive(row, "hours"))


def contact(row: Row) -> ContactRule:
    """A row of [[contact]]."""
    when = predicate(row, "when", CONTACT)
    ring = row.one_of("ring", (1, 2))
    return ContactRule(rule(row), row.choice("gives", (*CONTACT_CLASSES, "none")), ring, when, unknown(row))


def companion(row: Row) -> CompanionRule:
    """A row of [[companion]]."""
    found = CompanionRule(
        rule=rule(row),
        radius_m=row.whole("radius_m", 0),
        cell_m=row.whole("cell_m", 0),
        overlap_min=row.whole("overlap_min"),
        begin=instant(row, "from", CASE_ANCHORS),
        stay_h=row.whole("stay_h", 0),
        stay_d=row.whole("stay_d", 0),
    )
    if (found.radius_m == 0) == (found.cell_m == 0):
        row.fault("", "give radius_m or cell_m, one of them: a circle is not a square")
    if (found.stay_h == 0) != (found.stay_d == 0):
        row.fault("", "give stay_h and stay_d together: so many hours in so many days")
    return found


def arrival(row: Row) -> ArrivalRule:
    """A row of [[arrival]]."""
    when = predicate(row, "when", ARRIVAL)
    return ArrivalRule(rule(row), row.choice("gives", (*ARRIVAL_CLASSES, "none")), when, unknown(row))


def course(row: Row) -> CourseRule:
    """A row of [[course]]."""
    of = row.choice("of", COURSE_CLASSES)
    if row.flag("owes_nothing", False):
        # A patch may say so of a course whose phases it inherits.
        row.used.add("phase")
        return CourseRule(rule(row), of, ())
    return CourseRule(rule(row), of, tuple(_phase(part) for part in row.parts("phase")))


def _phase(row: Row) -> Phase:
    zh, en = row.both("release")
    tests = row.part("tests")
    found = Phase(
        place=row.choice("place", COURSE_PLACES),
        days=row.whole("days"),
        anchor=row.choice("anchor", COURSE_ANCHORS),
        numbering=row.one_of("numbering", (0, 1)),
        tests=_tests(tests),
        late=row.choice("late", _LATE),
        reset=row.choice("reset", ("none", "positive_in_site")),
        release_zh=zh,
        release_en=en,
        linked_tests=row.whole("linked_tests", 0),
        linked_becomes=row.choice("linked_becomes", COURSE_CLASSES, None if row.has("linked_tests") else ""),
        start=instant_if_any(row, "start", COURSE_ANCHORS),
        visits=schedule(row, "visits", _SERVED),
        reset_becomes=row.choice("reset_becomes", COURSE_CLASSES, ""),
        extend=_extension(row.part("extend")) if row.has("extend") else None,
    )
    beyond = [day for day in found.tests.schedule.days if day > found.days]
    if beyond and not found.tests.at_release and found.tests.axis != "exposure":
        tests.fault("days", f"go past the phase of {found.days} days; set at_release or mend the days")
    tests.done()
    row.done()
    return found


def _tests(row: Row) -> Tests:
    days, every = row.wholes("days", ()), schedule(row, "every", ("every_d",))
    if row.has("days") == row.has("every"):
        row.fault("days", 'give days = [1, 4] or every = "every 2d", one of them')
    return Tests(
        schedule=every or Schedule("days", days=days),
        axis=row.choice("axis", ("control", "exposure", "phase")),
        traced_day=row.flag("traced_day"),
        at_release=row.flag("at_release"),
        test=row.choice("test", TESTS, "nat"),
    )


def _extension(row: Row) -> Extension:
    found = Extension(predicate(row, "when", COURSE), unknown(row), positive(row, "days"))
    row.done()
    return found


TABLES = {
    "case": case,
    "case_release": case_release,
    "infectious": window,
    "incubation": incubation,
    "hold": hold,
    "limit": limit,
    "contact": contact,
    "companion": companion,
    "arrival": arrival,
    "course": course,
    "zone": build_measures.zone,
    "campaign": build_measures.campaign,
    "skip": build_measures.skip,
    "pool": build_measures.pool,
    "gate": build_measures.gate,
    "clock": build_measures.clock,
    "cadence": build_measures.cadence,
    "ratio": build_measures.ratio,
    "colour": build_measures.colour,
    "appeal": build_measures.appeal,
}
"""How each table of an edition becomes rules, by its name in the file."""
