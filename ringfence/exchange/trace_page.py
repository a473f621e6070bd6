"""What does the page of a trace hold? Frozen values: the contract between who fills it and the template."""

from dataclasses import dataclass

from ringfence.exchange.drawing import Map
from ringfence.exchange.page import RuleUsed
from ringfence.exchange.rings import Rings
from ringfence.exchange.speech import Text
from ringfence.exchange.timeline import Timeline


@dataclass(frozen=True)
class Met:
    """One meeting, as evidence; `reason` is empty where the two shared a place at once."""

    where: Text
    when: str
    length: Text
    reason: Text


@dataclass(frozen=True)
class Person:
    """Somebody on a list."""

    person: str
    case: str
    ring: int
    via: str
    change: str
    changed: Text
    kind: str
    name: Text
    """As what they count."""
    review: bool
    infected: Text
    """As what kind of case they count themselves; empty where they are none."""
    total: Text
    longest: Text
    reasons: Text
    met: tuple[Met, ...]
    more: int
    """Meetings that are not shown."""
    rule: str
    grade: str
    must: Text
    due: str
    state: str
    state_name: Text
    owed_by: Text


@dataclass(frozen=True)
class UnitList:
    """Whom one unit has to reach."""

    unit: Text
    code: str
    total: int
    counts: tuple[tuple[Text, int], ...]
    people: tuple[Person, ...]


@dataclass(frozen=True)
class Visited:
    """A place a case was in: its number on the page, and how many they met there."""

    number: int
    name: Text
    area: Text
    kind: Text
    times: int
    people: int
    close: int


@dataclass(frozen=True)
class Sheet:
    """All about one case."""

    person: str
    name: Text
    fresh: bool
    window: Text
    rule: Text
    rule_id: str
    air: int
    least: int
    home: Text
    counts: tuple[tuple[str, Text, int], ...]
    timeline: Timeline | None
    places: tuple[Visited, ...]
    rings: Rings | None


@dataclass(frozen=True)
class Changes:
    """Those who changed in one way."""

    kind: str
    name: Text
    total: int
    people: tuple[Person, ...]


@dataclass(frozen=True)
class Planned:
    """A ring worked out for planning."""

    ring: int
    people: int
    first: tuple[tuple[str, Text, Text], ...]
    """Those who were together longest: who, how long, where they live."""


@dataclass(frozen=True)
class Page:
    """A whole trace, ready to be rendered."""

    place: Text
    at: str
    since: str
    zone: str
    ahead: str
    exercise: bool
    store: str
    version: str
    stack: tuple[str, ...]
    seq: int
    digest: str
    figures: tuple[tuple[Text, int], ...]
    changes: tuple[Changes, ...]
    map: Map | None
    sheets: tuple[Sheet, ...]
    more_cases: int
    units: tuple[UnitList, ...]
    planned: tuple[Planned, ...]
    rules: tuple[RuleUsed, ...]
