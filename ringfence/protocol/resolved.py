"""What the rules in force come to: one frozen, typed `Protocol` for a place, a disease and an instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from ringfence.protocol.measures import (
    AppealRule,
    CadenceRule,
    CampaignRule,
    ClockRule,
    ColourRule,
    GateRule,
    PoolRule,
    RatioRule,
    SkipRule,
    ZoneRule,
)
from ringfence.protocol.rules import (
    ArrivalRule,
    CaseReleaseRule,
    CaseRule,
    CompanionRule,
    ContactRule,
    CourseRule,
    HoldRule,
    IncubationRule,
    LimitRule,
    Rule,
    WindowRule,
)


@dataclass(frozen=True)
class Authority:
    """Who issued an edition."""

    zh: str
    en: str


@dataclass(frozen=True)
class Protocol:
    """The rules in force for a place, a disease and an instant."""

    area: str
    disease: str
    at: datetime
    stack: tuple[str, ...]
    authorities: Mapping[str, Authority]
    """Who issued each edition of the stack."""
    since: datetime
    """When the last of the stack came into force."""
    in_flight: str
    """What that did to people already under a course: keep, recompute or shorter-of."""
    zone: str
    offsets: tuple[tuple[datetime, int], ...]
    """From which UTC instant on local time is how many seconds ahead of UTC, in order."""
    cases: tuple[CaseRule, ...]
    case_releases: tuple[CaseReleaseRule, ...]
    windows: tuple[WindowRule, ...]
    incubations: tuple[IncubationRule, ...]
    hold: HoldRule | None
    limits: tuple[LimitRule, ...]
    contacts: tuple[ContactRule, ...]
    companions: tuple[CompanionRule, ...]
    arrivals: tuple[ArrivalRule, ...]
    courses: tuple[CourseRule, ...]
    zones: tuple[ZoneRule, ...]
    campaigns: tuple[CampaignRule, ...]
    skips: tuple[SkipRule, ...]
    pools: tuple[PoolRule, ...]
    gates: tuple[GateRule, ...]
    clocks: tuple[ClockRule, ...]
    cadences: tuple[CadenceRule, ...]
    ratios: tuple[RatioRule, ...]
    colours: tuple[ColourRule, ...]
    appeals: tuple[AppealRule, ...]
    before: "Protocol | None" = None
    """The rules before the last change, where people already under a course may keep them."""

    @cached_property
    def every_rule(self) -> tuple[Rule, ...]:
        """Every rule, in the order of the tables and of the rows in them."""
        holds = (self.hold,) if self.hold else ()
        tables = (
            self.cases, self.case_releases, self.windows, self.incubations, holds, self.limits,
            self.contacts, self.companions, self.arrivals, self.courses, self.zones, self.campaigns,
            self.skips, self.pools, self.gates, self.clocks, self.cadences, self.ratios, self.colours,
            self.appeals,
        )  # fmt: skip
        return tuple(row.rule for table in tables for row in table)

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """Every rule by id, those before the last change as well where anybody keeps them."""
        earlier = self.before.rules if self.before else {}
        return {**earlier, **{rule.id: rule for rule in self.every_rule}}

    def limit(self, of: str) -> LimitRule | None:
        """The limit on something; None where the editions state none."""
        return next((limit for limit in self.limits if limit.of == of), None)

    def appeal(self, of: str) -> AppealRule | None:
        """How a restriction of a kind is appealed against; None where the editions do not say."""
        return next((appeal for appeal in self.appeals if appeal.of == of), None)
