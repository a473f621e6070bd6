"""What a rule about places, work and screening is: one frozen type for each such table of an edition."""

from dataclasses import dataclass

from ringfence.protocol.predicates import Predicate
from ringfence.protocol.rules import Rule
from ringfence.protocol.schedules import Schedule


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
    """Civil days without a new case, by `counts_from`."""
    lift_zh: str
    lift_en: str
    contacts_gone_d: int = 0
    """The last close contact away for more than so many days, and negative; 0: not asked."""
    sweep_d: int = 0
    """Everyone inside negative in the last so many days; 0: not asked."""
    after_step_d: int = 0
    """Days at this level for a zone that was stepped down into it; 0: as `lift_days`."""
    counts_from: str = "last_case"
    steps_to: str = ""
    """The level it is stepped down to; empty: it is lifted."""
    escalates_to: str = ""
    """The level it goes to on any positive inside; empty: it does not."""
    tests: Schedule | None = None
    """On which days residents are tested, the first day of the zone being day 1."""
    measures_zh: str = ""
    measures_en: str = ""


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
    """First match says how the screening of a delineated range is run."""

    rule: Rule
    when: Predicate | None
    unknown: str
    within_h: int
    rounds: int
    """At least so many."""
    stop: Schedule | None
    counts: str
    """Which positives make a round unclean: those found in the community, or any."""


@dataclass(frozen=True)
class SkipRule:
    """First match says who is left out of a round."""

    rule: Rule
    gives: str
    when: Predicate | None
    unknown: str


@dataclass(frozen=True)
class GateRule:
    """First match says what is done with somebody at a gate."""

    rule: Rule
    when: Predicate | None
    unknown: str
    clock: str
    """From when a negative's age counts: sampled, tested or reported."""
    do: tuple[str, ...]


@dataclass(frozen=True)
class CadenceRule:
    """First match says how often somebody is tested for what they do."""

    rule: Rule
    when: Predicate | None
    unknown: str
    schedule: Schedule | None
    """None: these are not tested again and again."""
    single: bool


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
class ColourRule:
    """First match gives the colour that follows from a restriction."""

    rule: Rule
    gives: str
    when: Predicate | None
    unknown: str


@dataclass(frozen=True)
class AppealRule:
    """Who answers an appeal against a restriction, and within how many hours."""

    rule: Rule
    of: str
    duty: str
    hours: int
