"""Who is ill, when were they infected, and when infectious?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ringfence.actions.deciding import Answer
from ringfence.engine.incubation import infected
from ringfence.errors import NotFoundError
from ringfence.tables import person_text


@dataclass(frozen=True)
class Ill:
    """Somebody ill: their first sign; when infected (absent: not known); since when infectious (absent: not
    a case, or not known) and until when (absent: to this day); how long the air they left infects."""

    person: int
    first_sign: datetime
    infected: tuple[datetime, datetime] | None
    rule: tuple[str, str, str]
    since: datetime | None = None
    until: datetime | None = None
    lingers_min: int = 0
    case: bool = False


def ill_people(answer: Answer) -> dict[int, Ill]:
    """Everybody who is a case as of an answer, or was ever positive singly, by person."""
    cases = {row["person"]: row for row in answer.decisions["cases"].to_pylist()}
    found: dict[int, Ill] = {}
    for row in infected(answer.known, answer.rules).to_pyarrow().to_pylist():
        span = (row["infected_from"], row["infected_to"])
        why = (row["rule"] or "", row["edition"] or "", row["grade"] or "")
        first_sign = row["first_positive"] or row["detected_at"]
        one = Ill(row["person"], first_sign, None if None in span else span, why)
        case = cases.get(one.person)
        # Of anybody else there is but a report of an illness that is none.
        if case is None and row["first_positive"] is None:
            continue
        if case is not None:
            one = replace(
                one, since=case["window_from"], until=case["window_to"],
                lingers_min=case["lingers_min"], case=True,
            )  # fmt: skip
        found[one.person] = one
    return found


def check_cases(answer: Answer, people: Sequence[int]) -> None:
    """NotFoundError where one of some people is not a case as of an answer."""
    known = set(answer.decisions["cases"]["person"].to_pylist())
    for person in people:
        if person not in known:
            raise NotFoundError(
                f"{person_text(person)} is not a case as of {answer.as_of:%Y-%m-%d %H:%M} UTC"
            )


def spans_within(ill: Mapping[int, Ill], within: str, now: datetime) -> list[tuple[int, datetime, datetime]]:
    """From and until when being somewhere counts, of each case: while they were being `infected`, while
    `infectious` (to this day where that has no end), or `both`, in one span."""
    found: list[tuple[int, datetime, datetime]] = []
    for one in ill.values():
        ends = [min(one.until or now, now)] if one.since is not None and within != "infected" else []
        begins = [one.since] if one.since is not None and within != "infected" else []
        if one.infected is not None and within != "infectious":
            begins.append(one.infected[0])
            ends.append(one.infected[1])
        if one.case and begins and min(begins) < max(ends):
            found.append((one.person, min(begins), max(ends)))
    return found
