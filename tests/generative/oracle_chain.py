"""From cases to what everyone owes, and who keeps the rules there were before. Person by person."""

from typing import Any

from ringfence.tables.decisions import ARRIVAL_CLASSES, CONTACT_CLASSES
from tests.generative.oracle_courses import courses
from tests.generative.oracle_known import Known, Row
from tests.generative.oracle_meetings import contacts, first_ring, roots_of, second_ring

Chain = dict[str, list[Row]]


def chain(known: Known, infected: list[Row]) -> Chain:
    """Exposures, contacts, courses, tests and visits under the rules in force, or kept from before."""
    now = _under(known, infected)
    if known.protocol.before is None:
        return now
    earlier = Known(known.facts, known.protocol.before, known.as_of)
    return _in_flight(now, chain(earlier, infected), known.protocol)


def _under(known: Known, infected: list[Row]) -> Chain:
    ring_1 = first_ring(known, infected)
    roots = {case["person"]: (case["detected_at"], case["person"]) for case in infected}
    close = contacts(known, ring_1, roots, 1, infected)
    ring_2 = second_ring(known, close)
    traced = close + contacts(known, ring_2, roots_of(close), 2, infected)
    phases, tests, visits = courses(known, traced, infected)
    return {"exposures": ring_1 + ring_2, "contacts": traced, "courses": phases, "course_tests": tests,
            "course_visits": visits}  # fmt: skip


def _in_flight(now: Chain, before: Chain, protocol: Any) -> Chain:
    """Whoever came under control for a course before the change keeps it, or has the shorter one."""
    kept: set[tuple[int, str]] = set()
    for key in {_key(phase) for phase in before["courses"]}:
        old = [phase for phase in before["courses"] if _key(phase) == key]
        new = [phase for phase in now["courses"] if _key(phase) == key]
        control = [phase["control_at"] for phase in old if phase["control_at"] is not None]
        if not control or min(control) >= protocol.since:
            continue
        if protocol.in_flight == "shorter-of" and not (new and _end(old) < _end(new)):
            continue
        kept.add(key)
    found: Chain = {}
    for name in ("courses", "course_tests", "course_visits"):
        rest = [row for row in now[name] if _key(row) not in kept]
        found[name] = [row for row in before[name] if _key(row) in kept] + rest
    people = {person for person, kin in kept if kin == "contact"}
    for name in ("exposures", "contacts"):
        rest = [row for row in now[name] if row["person"] not in people]
        found[name] = [row for row in before[name] if row["person"] in people] + rest
    return found


def _end(phases: list[Row]) -> Any:
    return max(phase["until_day"] for phase in phases)


def _key(row: Row) -> tuple[int, str]:
    class_: str = row["class"]
    kin: dict[str, str] = {
        **dict.fromkeys(CONTACT_CLASSES, "contact"),
        **dict.fromkeys(ARRIVAL_CLASSES, "arrival"),
    }
    return row["person"], kin.get(class_, class_)
