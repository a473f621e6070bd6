"""Who keeps the rules that were in force when their course began?"""

import ibis.expr.types as ir

from ringfence.engine.match import beside, settle, stacked, worked_out
from ringfence.engine.owing import CONTACT, family
from ringfence.protocol import Protocol
from ringfence.tables import Table
from ringfence.tables.decisions import CONTACTS, COURSE_TESTS, COURSE_VISITS, COURSES, EXPOSURES

_PEOPLE = {"exposures": EXPOSURES, "contacts": CONTACTS}
_OWED = {"courses": COURSES, "course_tests": COURSE_TESTS, "course_visits": COURSE_VISITS}
_KEY = ("person", "kin")


def in_flight(
    now: dict[str, ir.Table], before: dict[str, ir.Table], protocol: Protocol
) -> dict[str, ir.Table]:
    """The chain, where people whose course began before the last change keep what they had, or not.

    A course began when its person came under control for it. Under `keep` it goes on as it was, with the
    contacts it hangs on; under `shorter-of` only where it ends before the one the new rules ask, and
    whoever owes none by them is free. Courses that began since are under the new rules, as are those a
    person comes to owe for something else.

    Args:
        now: the chain under the rules in force.
        before: the chain under the rules before the last change.
        protocol: the rules in force, when they came into force, and what that does to those in flight.
    """
    begun = _courses(before["courses"])
    begun = begun.filter(begun.control_at < protocol.since)
    if protocol.in_flight == "shorter-of":
        new = _courses(now["courses"]).select(*_KEY, new_day="until_day")
        begun = beside(begun, new, *_KEY)
        begun = begun.filter(begun.until_day < begun.new_day)
    kept = worked_out(begun.select(*_KEY))
    met = kept.filter(kept.kin == CONTACT)
    people = {name: _of(before[name].semi_join(met, "person"), now[name].anti_join(met, "person"), declared)
              for name, declared in _PEOPLE.items()}  # fmt: skip
    courses = {
        name: _of(_kin(before[name]).semi_join(kept, _KEY), _kin(now[name]).anti_join(kept, _KEY), declared)
        for name, declared in _OWED.items()
    }
    return {**now, **people, **courses}


def _kin(rows: ir.Table) -> ir.Table:
    return rows.mutate(kin=family(rows["class"]))


def _courses(phases: ir.Table) -> ir.Table:
    """The courses as wholes: person, kin, control_at, and the last day of each."""
    known = _kin(phases)
    return known.group_by(*_KEY).aggregate(control_at=known.control_at.min(), until_day=known.until_day.max())


def _of(kept: ir.Table, new: ir.Table, declared: Table) -> ir.Table:
    return settle(stacked(kept, new), declared)
