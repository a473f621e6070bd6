"""Who owes a course, and what for? One person at a time."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from ringfence.tables.decisions import ARRIVAL_CLASSES, CONTACT_CLASSES, COURSE_CLASSES
from tests.generative.oracle_known import FOREVER, Known, Row, evidence, first_match, home, least, spells


@dataclass(frozen=True)
class Reason:
    """What somebody owes a course for."""

    person: int
    class_: str
    known_at: datetime
    over_at: datetime
    area: str | None
    rests: frozenset[int]
    index: int | None = None
    ring: int | None = None
    first: datetime | None = None
    last: datetime | None = None
    days: tuple[tuple[str, date], ...] = ()
    """The days of its own that a course can count from: entered, left, ended."""
    reset_day: date | None = None

    @property
    def kin(self) -> str:
        """People owe for one reason of a kin at a time."""
        if self.class_ in CONTACT_CLASSES:
            return "contact"
        return "arrival" if self.class_ in ARRIVAL_CLASSES else self.class_


def reasons(known: Known, traced: list[Row], infected: list[Row]) -> list[Reason]:
    """Everything somebody owes a course of at least one phase for."""
    sick = {case["person"]: case for case in infected}
    met = [_linked(known, row, sick) for row in traced if not row["review"]]
    found = [_of_meeting(row) for row in met if _course(known, row["class"])]
    found += _arrivals(known) + _left_the_loop(known)
    found = [one for one in found if _well(one, sick)] + _discharged(known, sick)
    gravest: list[Reason] = []
    for person in sorted({one.person for one in found}):
        mine = _one_of_a_kin(known, [one for one in found if one.person == person])
        removed = last_removal(known, person, sick)
        mine = [_in_the_site(known, one, removed) for one in mine]
        gravest += _one_of_a_kin(known, mine)
    return [one for one in gravest if _owes(known, one)]


def _course(known: Known, class_: str) -> Any:
    return next((course for course in known.protocol.courses if course.of == class_), None)


def _owes(known: Known, one: Reason) -> bool:
    course = _course(known, one.class_)
    return course is not None and bool(course.phases)


def _linked(known: Known, row: Row, sick: dict[int, Row]) -> Row:
    """A contact whose linked contact has become a case counts as the class their course says."""
    course = _course(known, row["class"])
    becomes = [phase.linked_becomes for phase in course.phases if phase.linked_becomes] if course else []
    if not becomes or row["index"] not in sick:
        return row
    return {**row, "class": becomes[-1], "evidence": row["evidence"] | sick[row["index"]]["evidence"]}


def _of_meeting(row: Row) -> Reason:
    return Reason(
        row["person"], row["class"], row["known_at"], row["last_exposure"], row["area"], row["evidence"],
        row["index"], row["ring"], row["first_exposure"], row["last_exposure"],
    )  # fmt: skip


def _arrivals(known: Known) -> list[Reason]:
    """The last arrival of each person that the table gives a class."""
    last: dict[int, Reason] = {}
    for row in sorted(known.facts["arrival"], key=lambda row: row["at"]):
        entered = known.day(row["at"])
        left_d = None if row["left_day"] is None else (entered - row["left_day"]).days
        rule, _ = first_match(known.protocol.arrivals, {"origin": row["origin"], "left_d": left_d})
        if row["at"] <= known.as_of and rule is not None and rule.gives != "none":
            days = (("entered", entered), ("left", row["left_day"] or entered))
            last[row["person"]] = Reason(
                row["person"], rule.gives, row["at"], row["at"], home(known, row["person"]),
                evidence(row["fact"]), days=days,
            )  # fmt: skip
    return list(last.values())


def _left_the_loop(known: Known) -> list[Reason]:
    if not _course(known, "closed_loop") or not _course(known, "closed_loop").phases:
        return []
    people = sorted({stay["person"] for stay in known.every("stay", kind="closed_loop")})
    left = [_left(known, person, "closed_loop", "closed_loop") for person in people]
    return [one for one in left if one is not None]


def _discharged(known: Known, sick: dict[int, Row]) -> list[Reason]:
    if not _course(known, "discharged") or not _course(known, "discharged").phases:
        return []
    found: list[Reason] = []
    for person, case in sick.items():
        one = _left(known, person, "hospital", "discharged")
        if one is not None and one.over_at >= case["detected_at"]:
            found.append(replace(one, rests=one.rests | case["evidence"]))
    return found


def _left(known: Known, person: int, kind: str, class_: str) -> Reason | None:
    """The end of the last stay of a kind; None where they never had one or are in one now."""
    stays = [stay for stay in known.every("stay", person=person, kind=kind) if stay["begin"] <= known.as_of]
    whole = Known({**known.facts, "stay": stays}, known.protocol, known.as_of)
    ends = [end if end <= known.as_of else FOREVER for _, end in spells(whole, person, (kind,), moved=True)]
    if not ends or FOREVER in ends:
        return None
    over = max(ends)
    rests = evidence(*(stay["fact"] for stay in stays if stay["end"] == over))
    days = (("ended", known.day(over)),)
    return Reason(person, class_, over, over, home(known, person), rests, days=days)


def _well(one: Reason, sick: dict[int, Row]) -> bool:
    """A case owes nothing for what was over before they were cleared."""
    case = sick.get(one.person)
    return case is None or (case["cleared_at"] is not None and one.over_at > case["cleared_at"])


def _one_of_a_kin(known: Known, mine: list[Reason]) -> list[Reason]:
    """Of each kin the gravest reason, of those the one that was over last."""
    found: list[Reason] = []
    for kin in sorted({one.kin for one in mine}):
        kindred = [one for one in mine if one.kin == kin]
        best = min(
            kindred,
            key=lambda one: (
                COURSE_CLASSES.index(one.class_), -one.over_at.timestamp(), _or_last(one.index),
                _or_last(one.ring),
            ),
        )  # fmt: skip
        first = least(one.first for one in kindred if one.class_ == best.class_)
        since = least(one.known_at for one in kindred if _owes(known, one))
        found.append(replace(best, first=first, known_at=since or best.known_at))
    return found


def _or_last(number: int | None) -> float:
    return float("inf") if number is None else number


def _in_the_site(known: Known, one: Reason, removed: datetime | None) -> Reason:
    """What a positive taken out of their site does: it moves days, and may make them of another class."""
    if removed is None or not any(p.reset != "none" for c in known.protocol.courses for p in c.phases):
        return one
    one = replace(one, reset_day=known.day(removed))
    course = _course(known, one.class_)
    becomes = [phase.reset_becomes for phase in course.phases if phase.reset_becomes] if course else []
    if not becomes or removed < one.over_at:
        return one
    last = max(one.last or removed, removed)
    return replace(one, class_=becomes[-1], first=one.first or removed, last=last)


def last_removal(known: Known, person: int, sick: dict[int, Row]) -> datetime | None:
    """When the last positive was taken out of the site while the person was in it."""
    gone: list[datetime] = []
    for case in sick.values():
        sign = case["first_positive"] or case["detected_at"]
        hospital = [stay["begin"] for stay in known.every("stay", person=case["person"], kind="hospital")]
        for site in known.every("stay", person=case["person"], kind="central"):
            taken = least([site["end"], least(at for at in hospital if at >= site["begin"])])
            if case["person"] == person or site["place"] is None or taken is None or taken < sign:
                continue
            mine = known.every("stay", person=person, kind="central", place=site["place"])
            gone += [taken for stay in mine if stay["begin"] <= taken < (stay["end"] or FOREVER)]
    return max(gone, default=None)
