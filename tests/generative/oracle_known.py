"""What is known, said plainly: rows by kind, civil days, first matches, swabs and homes."""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ringfence.protocol import Protocol
from ringfence.protocol.instants import Instant, Shifted
from ringfence.protocol.predicates import holds

Row = dict[str, Any]
Facts = Mapping[str, Sequence[Row]]
Spell = tuple[datetime, datetime]
APART = ("hold", "central", "hospital")
"""The stays in which somebody is kept apart."""
SETTLED = ("positive", "negative")
"""The results that say yes or no."""
WORST = ("positive", "grey", "pending", "invalid", "negative")


@dataclass(frozen=True)
class Known:
    """The facts, the rules and the instant of one decision."""

    facts: Facts
    protocol: Protocol
    as_of: datetime
    sorted_by: dict[tuple[str, ...], dict[tuple[Any, ...], list[Row]]] = field(default_factory=dict)
    """The facts of a kind by the values of some columns: the same question is asked a thousand times."""

    def every(self, kind: str, /, **where: Any) -> list[Row]:
        """The facts of a kind whose columns have these values, in their order."""
        asked = (kind, *where)
        if asked not in self.sorted_by:
            found = self.sorted_by.setdefault(asked, {})
            for row in self.facts[kind]:
                found.setdefault(tuple(row[name] for name in where), []).append(row)
        return list(self.sorted_by[asked].get(tuple(where.values()), ()))

    def one(self, kind: str, /, **where: Any) -> Row | None:
        """The one fact of a kind with these values; None where there is none."""
        return next(iter(self.every(kind, **where)), None)

    def day(self, instant: datetime) -> date:
        """The civil day an instant falls on."""
        return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(self.protocol.zone)).date()

    def midnight(self, day: date) -> datetime:
        """The instant a civil day begins."""
        local = datetime.combine(day, time(), ZoneInfo(self.protocol.zone))
        return local.astimezone(UTC).replace(tzinfo=None)

    @property
    def today(self) -> date:
        return self.day(self.as_of)

    def hours(self, of: str) -> int | None:
        """The hours of a limit; None where the editions state none."""
        limit = self.protocol.limit(of)
        return limit.hours if limit else None


def first_match(rules: Iterable[Any], words: Mapping[str, Any]) -> tuple[Any, bool]:
    """The first rule that matches, and whether a person has to judge it: (None, False) where none does."""
    for rule in rules:
        said = True if rule.when is None else holds(rule.when, words)
        if said or (said is None and rule.unknown != "exclude"):
            return rule, said is None and rule.unknown == "review"
    return None, False


def instant_of(known: Known, wanted: Instant, anchors: Mapping[str, Any]) -> datetime | None:
    """The instant an expression stands for; None where none of its anchors is known."""
    moved = (_moved(known, part, anchors[part.anchor]) for part in wanted.parts)
    at = [instant for instant in moved if instant is not None]
    if not at:
        return None
    return min(at) if wanted.pick == "earliest" else max(at)


def _moved(known: Known, part: Shifted, anchor: date | datetime | None) -> datetime | None:
    """An anchor moved by elapsed hours, or by civil days, weeks or months to the start of a day."""
    if anchor is None:
        return None
    if part.unit in ("", "h"):
        at = anchor if isinstance(anchor, datetime) else known.midnight(anchor)
        return at + timedelta(hours=part.shift)
    day = known.day(anchor) if isinstance(anchor, datetime) else anchor
    if part.unit == "mo":
        years, month = divmod(day.year * 12 + day.month - 1 + part.shift, 12)
        return known.midnight(date(years, month + 1, min(day.day, monthrange(years, month + 1)[1])))
    return known.midnight(day + timedelta(days=part.shift * {"d": 1, "w": 7}[part.unit]))


def home(known: Known, person: int) -> str | None:
    """Where a person lives."""
    found = known.one("residence", person=person, kind="living")
    return found["area"] if found else None


def people_in(known: Known, tube: str) -> int:
    """How many swabs a tube holds: what it is for, or the people known to be in it where they are more."""
    declared = known.one("tube", tube=tube)
    return max(declared["pool"] if declared else 0, len(known.every("sample", tube=tube)))


def swabs(known: Known, person: int) -> list[Row]:
    """A person's swabs, one row a result; result and test are None until one is reported.

    A swab is single where nobody else's is in the tube, and an antigen test always is.
    """
    found: list[Row] = []
    for sample in known.every("sample", person=person):
        tube = known.one("tube", tube=sample["tube"])
        alone = people_in(known, sample["tube"]) == 1
        taken = {
            "tube": sample["tube"], "sampled_at": sample["sampled_at"], "sample_fact": sample["fact"],
            "round": tube["round"] if tube else None, "received_at": tube["received_at"] if tube else None,
        }  # fmt: skip
        none = dict.fromkeys(("test", "result", "ct_x100", "reported_at", "fact"))
        for said in known.every("result", tube=sample["tube"]) or [none]:
            told = {name: said[name] for name in ("test", "result", "ct_x100", "reported_at")}
            single = alone or said["test"] == "antigen"
            found.append({**taken, **told, "single": single, "result_fact": said["fact"]})
    return found


def nucleic(known: Known, person: int) -> list[Row]:
    """A person's single nucleic acid swabs, with their day; a pool says nothing of them."""
    return [
        {"at": swab["sampled_at"], "day": known.day(swab["sampled_at"]), "result": swab["result"]}
        for swab in swabs(known, person)
        if swab["single"] and swab["test"] in (None, "nat")
    ]


FOREVER = datetime.max  # noqa: DTZ901 - instants are naive UTC


def spells(known: Known, person: int, kinds: Iterable[str], *, moved: bool = False) -> list[Spell]:
    """Stays of some kinds that follow on one another, as one; one that lasts ends at FOREVER.

    Where people may be moved, a stay that begins on the civil day the last one ended follows on it too.
    """
    stays = [stay for stay in known.every("stay", person=person) if stay["kind"] in kinds]
    found: list[Spell] = []
    for begin, end in sorted((stay["begin"], stay["end"] or FOREVER) for stay in stays):
        last = found[-1][1] if found else None
        same_day = moved and last not in (None, FOREVER) and known.day(begin) <= known.day(last or begin)
        if last is not None and (begin <= last or same_day):
            found[-1] = (found[-1][0], max(last, end))
        else:
            found.append((begin, end))
    return found


def kept_apart(known: Known, person: int, known_at: datetime) -> datetime | None:
    """When somebody was first kept apart for good: a spell over before they were known about let them go."""
    return least(begin for begin, end in spells(known, person, APART) if end >= known_at)


def because(rule: Any) -> Row:
    """The columns that name a rule."""
    return {"rule": rule.rule.id, "edition": rule.rule.edition, "grade": rule.rule.grade}


def evidence(*numbers: int | None) -> frozenset[int]:
    return frozenset(number for number in numbers if number is not None)


def least(values: Iterable[Any]) -> Any:
    """The least of the values that are known; None where none is."""
    return min((value for value in values if value is not None), default=None)
