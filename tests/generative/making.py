"""A random city being made: its number, its chance, its clock, and what is so in it already."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from ringfence.tables.facts import FACTS, KEEPING

Row = dict[str, Any]
Rows = dict[str, list[Row]]
KINDS = tuple(kind for kind in FACTS if kind not in KEEPING)
HOURS = (0, 0, 7, 8, 9, 9, 12, 13, 18, 20, 22, 23)
PER_CITY = 100_000
"""Facts a city has numbers for."""
SPAN = 11
"""Days before the instant of decision in which things happen."""


@dataclass
class Making:
    """A city being made: its number, its chance, its clock and what is so in it."""

    number: int
    rng: Random
    as_of: datetime
    zone: ZoneInfo
    rows: Rows = field(default_factory=lambda: {kind: [] for kind in KINDS})
    keys: set[tuple[Any, ...]] = field(default_factory=set)
    people: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    homes: list[str] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)
    """Instants at which something happens already; others happen at the very same ones."""

    def add(self, kind: str, /, **given: Any) -> None:
        """A fact of a kind, unless one with its natural key is there already; absent columns are unknown."""
        table = FACTS[kind]
        key = (kind, *(given[name] for name in table.key))
        if key not in self.keys:
            self.keys.add(key)
            self.moments += [at for at in given.values() if isinstance(at, datetime) and at <= self.as_of]
            fact = self.number * PER_CITY + sum(map(len, self.rows.values())) + 1
            self.rows[kind].append({**{column.name: None for column in table.stored}, **given, "fact": fact})

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def maybe(self, share: float, *choices: Any) -> Any:
        """One of the choices with some chance, else unknown."""
        return self.rng.choice(choices) if self.chance(share) else None

    def when(self, back: int = SPAN) -> datetime:
        """An instant of the days before the decision: often on the hour, at midnight, or one already used."""
        soon = [at for at in self.moments if at > self.as_of - timedelta(days=back)]
        if soon and self.chance(0.25):
            return self.rng.choice(soon)
        local = self.as_of.replace(tzinfo=UTC).astimezone(self.zone)
        day = local.date() - timedelta(days=self.rng.randrange(back))
        minute = self.rng.choice((0, 0, 0, 15, 30, 59))
        at = datetime(day.year, day.month, day.day, self.rng.choice(HOURS), minute, tzinfo=self.zone)
        utc = at.astimezone(UTC).replace(tzinfo=None)
        return utc if utc <= self.as_of else utc - timedelta(days=1)

    def day(self) -> date:
        return self.when().date()

    def after(self, instant: datetime, *hours: float) -> datetime | None:
        """Some hours later; None where that is still to come."""
        later = instant + timedelta(hours=self.rng.choice(hours))
        return later if later <= self.as_of else None
