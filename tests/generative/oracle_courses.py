"""What does everyone who owes a course owe, phase by phase? One person at a time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ringfence.protocol.predicates import holds
from tests.generative.oracle_course_tests import tests_of_course, visits_of_course, wanted_swabs
from tests.generative.oracle_known import FOREVER, Known, Row, because, instant_of, least, spells
from tests.generative.oracle_owing import Reason, reasons

CONTROL = ("home", "central", "hospital")
IN_PLACE = {
    "central": ("central", "hospital"), "home": CONTROL, "home_monitoring": CONTROL, "exclusion": CONTROL,
}  # fmt: skip


@dataclass(frozen=True)
class Owing:
    """What somebody owes a course for, the course, and what it counts from."""

    reason: Reason
    course: Any
    control_at: datetime | None
    days: dict[str, date]


def courses(known: Known, traced: list[Row], infected: list[Row]) -> tuple[list[Row], list[Row], list[Row]]:
    """Every phase with its state, every test owed, and every visit owed."""
    phases: list[Row] = []
    tests: list[Row] = []
    visits: list[Row] = []
    for reason in reasons(known, traced, infected):
        owing = _owing(known, reason)
        mine = _phases(known, owing)
        phases += mine
        tests += tests_of_course(known, mine)
        visits += visits_of_course(known, mine)
    return [{**phase, "state": _state(known, phase, tests)} for phase in phases], tests, visits


def _owing(known: Known, reason: Reason) -> Owing:
    course = next(course for course in known.protocol.courses if course.of == reason.class_)
    days = dict(reason.days)
    if reason.first and reason.last:
        days |= {"first_exposure": known.day(reason.first), "last_exposure": known.day(reason.last)}
    control = _controlled(known, reason, course)
    if control is None:
        control = _found_late(known, Owing(reason, course, None, days))
    days["traced"] = known.day(control or known.as_of)
    return Owing(reason, course, control, days)


def _controlled(known: Known, reason: Reason, course: Any) -> datetime | None:
    """When somebody came under control: the first spell that reached past what they owe the course for.

    Nobody is while the exposure goes on, as at home with a case still at large. Somebody who is only
    followed is as soon as it is known.
    """
    over = reason.over_at
    kept = spells(known, reason.person, CONTROL, moved=True)
    if course.phases[0].place == "free":
        kept = [*kept, (reason.known_at, FOREVER)]
    begins = [begin for begin, end in kept if end > over and (over < known.as_of or begin >= over)]
    return max(min(begins), over) if begins else None


def _found_late(known: Known, owing: Owing) -> datetime | None:
    """Somebody at large whose term has run is found by the swab they owe."""
    phase = owing.course.phases[0]
    if phase.late == "floor" or phase.anchor == "traced" or not _tested(phase):
        return None
    term = _anchor(owing, phase, known.today) + timedelta(days=_length(known, owing, phase) - phase.numbering)
    swabs = wanted_swabs(known, owing.reason.person, phase.tests.test)
    return least(swab["at"] for swab in swabs if swab["day"] >= term)


def _tested(phase: Any) -> bool:
    tests = phase.tests
    return (
        tests.schedule.form == "every_d" or bool(tests.schedule.days) or tests.at_release or tests.traced_day
    )


def _length(known: Known, owing: Owing, phase: Any) -> int:
    """How many days a phase has for somebody: more for those it says."""
    extend = phase.extend
    if extend is None:
        return phase.days
    reason = owing.reason
    since = known.day(reason.first or reason.over_at)
    given = {
        row["kind"]
        for row in known.every("immunity", person=reason.person)
        if row["at"] <= known.as_of and known.day(row["at"]) >= since
    }
    told = [row["symptoms"] for row in known.every("case_report", person=reason.person) if row["symptoms"]]
    words = {
        "ig": "immune_globulin" in given, "treated": "medicine" in given, "vaccinated": "vaccine" in given,
        "symptoms": "yes" in told if told else None,
    }  # fmt: skip
    met = True if extend.when is None else holds(extend.when, words)
    return extend.days if met or (met is None and extend.unknown != "exclude") else phase.days


def _anchor(owing: Owing, phase: Any, traced: date) -> date:
    """The day the length counts from; a positive in the site moves it to the last removal."""
    named = owing.days.get(phase.anchor, traced)
    reset = owing.reason.reset_day
    return max(named, reset) if phase.reset == "positive_in_site" and reset else named


def _phases(known: Known, owing: Owing) -> list[Row]:
    reason, traced = owing.reason, owing.days["traced"]
    found: list[Row] = []
    before: date | None = None
    for number, phase in enumerate(owing.course.phases, 1):
        anchor = _anchor(owing, phase, traced)
        begin, until = _span(known, owing, phase, anchor, before)
        before = until
        row = {
            "person": reason.person, "class": reason.class_, "phase": number, "place": phase.place,
            "index": reason.index,
            "anchor_day": anchor, "traced_day": traced, "begin_day": begin, "until_day": until,
            "known_at": reason.known_at, "control_at": owing.control_at,
            "waits_on": reason.index if phase.linked_tests else None, "area": reason.area,
            **because(owing.course), "evidence": reason.rests, "asks": phase,
        }  # fmt: skip
        found.append({**row, **_placed(known, row, reason.over_at)})
    return found


def _span(known: Known, owing: Owing, phase: Any, anchor: date, before: date | None) -> tuple[date, date]:
    """First day and day of release: the days gone by before a late tracing are credited, or floored."""
    traced, days = owing.days["traced"], _length(known, owing, phase)
    start = instant_of(known, phase.start, _all_days(owing)) if phase.start else None
    begin = known.day(start) if start else None
    counted = timedelta(days=days - phase.numbering)
    if before is not None:
        if begin is None:
            return before + timedelta(days=1), before + timedelta(days=days)
        until = max(anchor + counted, before)
    elif phase.late == "floor":
        begin, until = max(begin or traced, traced), max(anchor, traced) + counted
    else:
        until = max(anchor + counted, traced) if _tested(phase) else anchor + counted
    return min(begin or traced, until), until


def _all_days(owing: Owing) -> dict[str, date | None]:
    names = ("last_exposure", "first_exposure", "traced", "entered", "left", "ended")
    return {name: owing.days.get(name) for name in names}


def _placed(known: Known, row: Row, over: datetime) -> Row:
    """When they were in place for a phase, and left it: not in place who left before the day of release."""
    if row["begin_day"] > known.today:
        return {"placed_at": None, "left_at": None}
    if row["place"] == "free":
        return {"placed_at": row["control_at"], "left_at": None}
    in_place = [
        (begin, end)
        for begin, end in spells(known, row["person"], IN_PLACE[row["place"]], moved=True)
        if end == FOREVER or (end > over and known.day(end) >= row["until_day"])
    ]
    return {
        "placed_at": least(begin for begin, _ in in_place),
        "left_at": least(end for _, end in in_place if end <= known.as_of),
    }


def _state(known: Known, phase: Row, tests: list[Row]) -> str:
    met, over = _met(known, phase, tests), phase["until_day"] <= known.today
    if met and (phase["left_at"] is not None or (over and phase["place"] == "free")):
        return "released"
    if over:
        return "releasable" if met else "blocked"
    if phase["begin_day"] > known.today:
        return "to_come"
    brought = phase["place"] not in ("free", "exclusion")
    return "to_place" if brought and phase["placed_at"] is None else "running"


def _met(known: Known, phase: Row, tests: list[Row]) -> bool:
    """A test missed earlier is made up by a negative on another day; the last one must itself be negative."""
    key = ("person", "class", "phase")
    own = [test for test in tests if all(test[name] == phase[name] for name in key)]
    linked = [
        test for test in tests
        if test["person"] == phase["waits_on"] and test["kin"] == "contact" and test["result"] == "negative"
    ]  # fmt: skip
    if len(linked) < phase["asks"].linked_tests:
        return False
    if not own:
        return True
    swabs = wanted_swabs(known, phase["person"], own[0]["test"]) if phase["control_at"] else []
    clear = {s["day"] for s in swabs if s["result"] == "negative" and s["day"] >= phase["begin_day"]}
    return own[-1]["result"] == "negative" and len(clear) >= len(own)
