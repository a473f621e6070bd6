"""What a rule about people is: one frozen type for each table of an edition that speaks of them."""

from dataclasses import dataclass

from ringfence.protocol.instants import Instant
from ringfence.protocol.predicates import Predicate
from ringfence.protocol.schedules import Schedule

GRADES = ("A", "B", "L", "M", "?", "R")
"""A official or two pages, B one page, L local, M memory, ? sources disagree, R Ringfence's own
safeguard: no source gives a value, the city has to confirm it."""
UNKNOWN = ("include", "exclude", "review")
"""What a rule does where its predicate is unknown: match, not match, match and ask a person."""


@dataclass(frozen=True)
class Rule:
    """What every rule says of itself."""

    id: str
    zh: str
    en: str
    source: str
    grade: str
    checked_on: str
    edition: str


@dataclass(frozen=True)
class CaseRule:
    """First match gives the class of a case."""

    rule: Rule
    gives: str
    when: Predicate | None
    unknown: str


@dataclass(frozen=True)
class CaseReleaseRule:
    """First match says which tests end a case: so many clean ones in a row, so far apart."""

    rule: Rule
    when: Predicate | None
    unknown: str
    clean: int
    gap_h: int
    ct_x100_from: int
    """A positive at this Ct or above is clean as well; 0: only a negative is."""
    after_d: int
    """The first of them not before so many civil days after the first positive swab."""


@dataclass(frozen=True)
class WindowRule:
    """First match gives the infectious window."""

    rule: Rule
    when: Predicate | None
    unknown: str
    begin: Instant
    end: Instant
    lingers_min: int
    """How long after the case left a room somebody who comes in still meets them."""


@dataclass(frozen=True)
class IncubationRule:
    """First match gives the span in which a case was infected: the incubation, counted back."""

    rule: Rule
    when: Predicate | None
    unknown: str
    begin: Instant
    end: Instant


@dataclass(frozen=True)
class HoldRule:
    """What a positive or grey tube does to its members."""

    rule: Rule
    on: tuple[str, ...]


@dataclass(frozen=True)
class LimitRule:
    """How long something may take: a hold, a single swab, its result, bringing a contact into place."""

    rule: Rule
    of: str
    hours: int


@dataclass(frozen=True)
class ContactRule:
    """First match gives the class of a meeting, which a course of that class answers."""

    rule: Rule
    gives: str
    ring: int
    when: Predicate | None
    unknown: str


@dataclass(frozen=True)
class CompanionRule:
    """Who counts as a companion by position: a radius or a cell, never one made into the other."""

    rule: Rule
    radius_m: int
    cell_m: int
    overlap_min: int
    begin: Instant
    stay_h: int
    """Either's stay in the cell together, at least, over `stay_d` days; 0: not asked."""
    stay_d: int


@dataclass(frozen=True)
class ArrivalRule:
    """First match gives the class of somebody who arrives, which a course of that class answers."""

    rule: Rule
    gives: str
    when: Predicate | None
    unknown: str


@dataclass(frozen=True)
class Tests:
    """The test days of a phase."""

    schedule: Schedule
    axis: str
    traced_day: bool
    at_release: bool
    test: str = "nat"

    def days(self, last: int) -> tuple[int, ...]:
        """The ordinals owed, of an axis that runs to `last`; those listed, however far they go."""
        return self.schedule.days or self.schedule.ordinals(last)


@dataclass(frozen=True)
class Extension:
    """A length that takes the place of a phase's own where a predicate holds."""

    when: Predicate | None
    unknown: str
    days: int


@dataclass(frozen=True)
class Phase:
    """One stretch of a course."""

    place: str
    days: int
    anchor: str
    numbering: int
    tests: Tests
    late: str
    reset: str
    release_zh: str
    release_en: str
    linked_tests: int
    """How many tests of the linked close contact must be negative as well."""
    linked_becomes: str
    """As which class a contact counts once the linked close contact is a case."""
    start: Instant | None = None
    """When it begins, if not on the day traced or the day after the phase before."""
    visits: Schedule | None = None
    """How often somebody is to see or call them."""
    reset_becomes: str = ""
    """As which class they count once there was a positive in their site."""
    extend: Extension | None = None


@dataclass(frozen=True)
class CourseRule:
    """What a class of contact, arrival or leaver owes, phase by phase."""

    rule: Rule
    of: str
    phases: tuple[Phase, ...]
