"""Rules for other courses: every choice a course has, for contacts, arrivals and whoever leaves.

Nothing in it is anybody's rule.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from ringfence.protocol import Protocol
from ringfence.protocol.instants import parse_instant
from ringfence.protocol.predicates import parse
from ringfence.protocol.rules import ArrivalRule, CaseReleaseRule, CourseRule, Extension, Phase, Tests
from ringfence.protocol.schedules import Schedule, parse_schedule
from ringfence.protocol.vocabulary import ARRIVAL, CASE, COURSE, COURSE_ANCHORS
from tests.generative.other_illness import illness

CHANGED_AT = datetime(2022, 3, 14, 4)  # noqa: DTZ001 - instants are naive UTC
SITE = {"reset": "positive_in_site"}
NO_TESTS = Tests(Schedule("days"), "control", traced_day=False, at_release=False)


def observing() -> Protocol:
    """The rules for another illness, with other courses."""
    base = illness()
    return replace(base, arrivals=_arrivals(base), courses=_courses(base), case_releases=_case_releases(base))


def keeping() -> Protocol:
    """Those rules, for whoever came under a course before them keeps what they had."""
    return replace(observing(), in_flight="keep", since=CHANGED_AT, before=_before())


def shortening() -> Protocol:
    """Those rules; whoever came under a course before them has the shorter one."""
    return replace(observing(), in_flight="shorter-of", since=CHANGED_AT, before=_before())


def _before() -> Protocol:
    """Other courses, other classes of arrivals, and contacts the new rules do not count."""
    now = observing()
    arrivals = tuple(
        replace(row, gives="abroad") if row.gives == "high_area" else row for row in now.arrivals
    )
    longer = tuple(
        replace(course, phases=tuple(replace(phase, days=phase.days + 2) for phase in course.phases))
        if number % 2 else course
        for number, course in enumerate(now.courses)
    )  # fmt: skip
    return replace(now, arrivals=arrivals, courses=longer, contacts=now.contacts[2:])


def _case_releases(base: Protocol) -> tuple[CaseReleaseRule, ...]:
    """One that is soon met, so that people are contacts again after it."""
    rule = replace(base.cases[0].rule, id="soon-over")
    return (CaseReleaseRule(rule, parse("symptoms != yes", CASE), "include", 1, 0, 0, 0),)


def _arrivals(base: Protocol) -> tuple[ArrivalRule, ...]:
    def row(gives: str, when: str, unknown: str = "exclude") -> ArrivalRule:
        rule = replace(base.cases[0].rule, id=f"came-{gives}")
        return ArrivalRule(rule, gives, parse(when, ARRIVAL) if when else None, unknown)

    return (
        row("abroad", "origin = abroad"),
        row("high_area", "origin = high and left_d <= 7", "include"),
        row("medium_area", "origin in [high, medium] and left_d < 7"),
        row("low_area", "origin = low"),
        row("other_area", "origin = affected or left_d > 7"),
        row("none", ""),
    )


def _days(
    *days: int, axis: str = "control", test: str = "nat", traced: bool = False, last: bool = False
) -> Tests:
    return Tests(Schedule("days", days), axis, traced_day=traced, at_release=last, test=test)


def _every(text: str, axis: str = "phase", *, traced: bool = False, last: bool = False) -> Tests:
    return Tests(parse_schedule(text), axis, traced_day=traced, at_release=last)


def _courses(base: Protocol) -> tuple[CourseRule, ...]:
    def course(of: str, *phases: Phase) -> CourseRule:
        return CourseRule(replace(base.courses[0].rule, id=f"owes-{of}"), of, phases)

    made = (_of_contacts(), _of_arrivals(), _of_leaving())
    return tuple(course(of, *phases) for courses in made for of, phases in courses.items())


def _phase(place: str, days: int, anchor: str, tests: Tests, **given: Any) -> Phase:
    return Phase(
        place=place, days=days, anchor=anchor, tests=tests,
        **{"numbering": 0, "late": "credit", "reset": "none", "release_zh": "", "release_en": "",
           "linked_tests": 0, "linked_becomes": "", **given},
    )  # fmt: skip


def _of_contacts() -> dict[str, tuple[Phase, ...]]:
    longer = parse("ig = yes or vaccinated = yes and symptoms != no", COURSE)
    return {
        "close": (
            _phase("central", 4, "last_exposure", _days(1, 2, 3, 6, 8, axis="exposure"), late="convert",
                   **SITE),
            _phase("home", 3, "last_exposure", _days(2, 3, axis="phase", test="antigen", traced=True)),
            _phase("free", 2, "last_exposure", NO_TESTS),
        ),
        "medium": (
            _phase("exclusion", 5, "last_exposure", _every("every 1d", last=True),
                   visits=parse_schedule("every 2d"), start=_at("first_exposure + 2d"),
                   extend=Extension(longer, "include", 8)),
        ),
        "secondary": (
            _phase("home", 3, "traced", _every("every 2d", "control", traced=True), numbering=1,
                   linked_tests=1, linked_becomes="close", reset_becomes="medium", **SITE),
            _phase("home_monitoring", 4, "first_exposure", _days(1, axis="phase"),
                   start=_at("last_exposure + 5d")),
        ),
        "low": (
            _phase("free", 5, "first_exposure", NO_TESTS, numbering=1, visits=parse_schedule("every 1d")),
        ),
        "companion": (_phase("free", 2, "traced", _days(1, 2, 3, test="antigen", last=True)),),
        "general": (),
    }  # fmt: skip


def _of_arrivals() -> dict[str, tuple[Phase, ...]]:
    return {
        "abroad": (
            _phase("central", 4, "entered", _days(1, 2, 4, traced=True), numbering=1,
                   reset_becomes="close", **SITE),
            _phase("home", 3, "entered", _every("every 3d")),
        ),
        "high_area": (
            _phase("central", 5, "left", _days(1, 4, 5), late="floor", reset_becomes="low_area", **SITE),
        ),
        "medium_area": (
            _phase("home", 6, "left", _every("every 2d", "exposure", last=True), late="convert",
                   extend=Extension(parse("treated = yes", COURSE), "exclude", 9),
                   visits=parse_schedule("days 1, 4")),
        ),
        "low_area": (
            _phase("home", 2, "entered", _days(1, 2, 4, 7, axis="exposure"), numbering=1),
            _phase("home_monitoring", 2, "entered", NO_TESTS),
            _phase("home_monitoring", 4, "entered", _days(7, 8, axis="exposure", test="antigen"),
                   numbering=1),
        ),
        "other_area": (_phase("free", 3, "entered", _days(1, 3), numbering=1),),
    }  # fmt: skip


def _of_leaving() -> dict[str, tuple[Phase, ...]]:
    return {
        "closed_loop": (_phase("home", 3, "ended", _days(1, 3, test="antigen"), late="floor"),),
        "discharged": (
            _phase("central", 3, "ended", _days(2, 3, axis="phase", last=True), **SITE),
            _phase("home_monitoring", 3, "ended", NO_TESTS),
        ),
    }


def _at(text: str) -> Any:
    return parse_instant(text, COURSE_ANCHORS)
