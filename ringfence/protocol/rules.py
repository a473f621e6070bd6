"""What a rule is: one frozen type for each table of an edition, and the resolved `Protocol`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ringfence.protocol.instants import Instant
from ringfence.protocol.predicates import Predicate

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
class WindowRule:
    """First match gives the infectious window."""

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


@dataclass(frozen=True)
class Tests:
    """The test days of a phase."""

    days: tuple[int, ...]
    axis: str
    traced_day: bool
    at_release: bool


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
    colour: str
    linked_tests: int
    """How many tests of the linked close contact must be negative as well."""
    linked_becomes: str
    """As which class a contact counts once the linked close contact is a case."""


@dataclass(frozen=True)
class CourseRule:
    """What a class of contact owes, phase by phase."""

    rule: Rule
    of: str
    phases: tuple[Phase, ...]


@dataclass(frozen=True)
class ZoneRule:
    """First match proposes a zone of this level at the smallest of `units` that holds the cases."""

    rule: Rule
    level: str
    rank: int
    why: str
    when: Predicate | None
    unknown: str
    units: tuple[str, ...]
    screen_within_h: int
    lift_days: int
    lift_zh: str
    lift_en: str


@dataclass(frozen=True)
class ClockRule:
    """From one event to another within so many hours, and whose duty it is."""

    rule: Rule
    begin: str
    end: str
    limit_h: int
    duty: str
    must: str


@dataclass(frozen=True)
class PoolRule:
    """First match gives the pool size for a person."""

    rule: Rule
    when: Predicate | None
    unknown: str
    size: int
    per: str


@dataclass(frozen=True)
class CampaignRule:
    """How a screening of a delineated range is run."""

    rule: Rule
    within_h: int


@dataclass(frozen=True)
class RatioRule:
    """How many of something a population needs: one for each `down` to `most` people, rounded up."""

    rule: Rule
    down: int
    most: int

    def needed(self, people: int) -> tuple[int, int]:
        """The fewest and the most that so many people need; the same where the rule gives one figure."""
        return -(-people // (self.most or self.down)), -(-people // self.down)


@dataclass(frozen=True)
class Protocol:
    """The rules in force for a place, a disease and an instant."""

    area: str
    disease: str
    at: datetime
    stack: tuple[str, ...]
    zone: str
    offsets: tuple[tuple[datetime, int], ...]
    """From which UTC instant on local time is how many seconds ahead of UTC, in order."""
    cases: tuple[CaseRule, ...]
    windows: tuple[WindowRule, ...]
    hold: HoldRule
    limits: tuple[LimitRule, ...]
    contacts: tuple[ContactRule, ...]
    companions: tuple[CompanionRule, ...]
    courses: tuple[CourseRule, ...]
    zones: tuple[ZoneRule, ...]
    clocks: tuple[ClockRule, ...]
    pools: tuple[PoolRule, ...]
    campaigns: tuple[CampaignRule, ...]
    ratios: tuple[RatioRule, ...]

    def every_rule(self) -> tuple[Rule, ...]:
        """Every rule, in the order of the tables and of the rows in them."""
        tables = (
            self.cases, self.windows, (self.hold,), self.limits, self.contacts, self.companions,
            self.courses, self.zones, self.clocks, self.pools, self.campaigns, self.ratios,
        )  # fmt: skip
        return tuple(row.rule for table in tables for row in table)

    def rules(self) -> Mapping[str, Rule]:
        """Every rule, by id."""
        return {rule.id: rule for rule in self.every_rule()}

    def limit(self, of: str) -> LimitRule | None:
        """The limit on something; None where the editions state none."""
        return next((limit for limit in self.limits if limit.of == of), None)
