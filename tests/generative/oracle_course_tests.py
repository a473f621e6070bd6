"""Which tests and visits does a course owe, and what came of them? One course at a time."""

from datetime import date, timedelta
from typing import Any

from ringfence.tables.decisions import CONTACT_CLASSES
from tests.generative.oracle_known import SETTLED, Known, Row, least, swabs

KEPT = ("person", "class", "phase", "area", "rule", "edition", "grade", "evidence")


def wanted_swabs(known: Known, person: int, test: str) -> list[Row]:
    """A person's single swabs that can answer a test: of that test, or not back yet."""
    return [
        {"at": swab["sampled_at"], "day": known.day(swab["sampled_at"]), "result": swab["result"]}
        for swab in swabs(known, person)
        if swab["single"] and swab["test"] in (None, test)
    ]


def tests_of_course(known: Known, phases: list[Row]) -> list[Row]:
    """The tests of all phases of one course, each with the swab taken for it."""
    due: dict[tuple[str, date], tuple[Row, int]] = {}
    for test, day, phase, ordinal in sorted(_due(phases), key=lambda one: (one[2]["phase"], one[3])):
        # The first phase that has a test on a day owes it, under the highest number that falls on it.
        first = due[test, day][0] if (test, day) in due else phase
        numbers = [number for kind, on, _, number in _due(phases) if (kind, on) == (test, day)]
        due[test, day] = (first, max([ordinal, *numbers]))
    rows = [
        {
            **{name: phase[name] for name in KEPT}, "test": test, "due_day": day, "ordinal": ordinal,
            "kin": "contact" if phase["class"] in CONTACT_CLASSES else phase["class"],
        }
        for (test, day), (phase, ordinal) in due.items()
    ]  # fmt: skip
    rows.sort(key=lambda row: (row["due_day"], row["phase"]))
    for row in rows:
        later = [other["due_day"] for other in rows if other["test"] == row["test"]]
        until = min((day for day in later if day > row["due_day"]), default=date.max)
        row |= _taken(known, row, until) if phases[0]["control_at"] else {"sampled_at": None, "result": None}
    return rows


def _due(phases: list[Row]) -> list[tuple[str, date, Row, int]]:
    """Test, day, the phase it falls in and its number: every reason for a test."""
    found: list[tuple[str, date, Row, int]] = []
    for phase in phases:
        asks, begin, until = phase["asks"], phase["begin_day"], phase["until_day"]
        tests, traced = asks.tests, phase["traced_day"]
        for day, ordinal in _listed(phase):
            if max(begin, traced) <= day <= until:
                found.append((tests.test, day, phase, ordinal))
            elif day > until and tests.axis == "exposure":
                found += [
                    (other["asks"].tests.test if _asks(other) else tests.test, day, other, ordinal)
                    for other in phases
                    if other["phase"] > phase["phase"] and other["begin_day"] <= day <= other["until_day"]
                ]
        if tests.at_release:
            found.append((tests.test, until, phase, _last_number(phase)))
        gone = asks.late == "convert" and any(day < traced for day, _ in _listed(phase))
        if tests.traced_day or gone:
            found.append((tests.test, traced, phase, 0))
    return found


def _last_number(phase: Row) -> int:
    """The number of a test moved to the release: the last listed, or of every so many until then."""
    listed = phase["asks"].tests.schedule.days
    return max(listed or [number for _, number in _listed(phase)], default=0)


def _asks(phase: Row) -> bool:
    tests = phase["asks"].tests
    return bool(tests.schedule.days) or tests.schedule.every > 0 or tests.at_release or tests.traced_day


def _listed(phase: Row) -> list[tuple[date, int]]:
    """The days of the list, or every so many of them until the release, and their numbers."""
    asks = phase["asks"]
    tests = asks.tests
    day_1 = {
        "control": phase["traced_day"],
        "exposure": phase["anchor_day"] + timedelta(days=1 - asks.numbering),
        "phase": phase["begin_day"],
    }[tests.axis]
    numbers = tests.schedule.days or range(
        tests.schedule.every or 1, (phase["until_day"] - day_1).days + 2 if tests.schedule.every else 0,
        tests.schedule.every or 1,
    )  # fmt: skip
    return [(day_1 + timedelta(days=number - 1), number) for number in numbers]


def _taken(known: Known, test: Row, until: date) -> Row:
    """The swab from a test's day on and before the next one's: the first that settled it, or the last."""
    mine = wanted_swabs(known, test["person"], test["test"])
    taken = [swab for swab in mine if test["due_day"] <= swab["day"] < until]
    settled = [swab for swab in taken if swab["result"] in SETTLED]
    chosen: Any
    if settled:
        # Of two taken at one instant the positive counts.
        chosen = min(settled, key=lambda swab: (swab["at"], swab["result"] == "negative"))
    else:
        chosen = max(taken, key=lambda swab: (swab["at"], swab["result"] or ""), default=None)
    return {"sampled_at": chosen["at"] if chosen else None, "result": chosen["result"] if chosen else None}


def visits_of_course(known: Known, phases: list[Row]) -> list[Row]:
    """The days somebody is to be seen or called, the first of a phase being 1, and when they were."""
    found: list[Row] = []
    for phase in phases:
        schedule = phase["asks"].visits
        day = max(phase["begin_day"], phase["traced_day"])
        while schedule is not None and day <= phase["until_day"]:
            number = (day - phase["begin_day"]).days + 1
            if number in schedule.days or (schedule.every and number % schedule.every == 0):
                seen = [
                    step["at"]
                    for step in known.every("step", subject=f"P{phase['person']}", step="visited")
                    if phase["control_at"] and known.day(step["at"]) == day
                ]
                row = {name: phase[name] for name in KEPT}
                found.append({**row, "due_day": day, "visited_at": least(seen)})
            day += timedelta(days=1)
    return found
