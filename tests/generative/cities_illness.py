"""What could be so of an illness and a meeting? Tests in a row, milestones, immunity, ages, air."""

from datetime import datetime, timedelta
from typing import Any

from ringfence.tables.facts import MANNERS
from tests.generative.making import Making

STATUSES = ("suspected", "probable", "confirmed", "asymptomatic", "excluded")
SAID = ("negative", "negative", "negative", "positive", "grey", "invalid", None)
CTS = (None, 2200, 3499, 3500, 3700)
HOURS = (0, 3, 6, 20, 23, 24, 24, 25, 48, 60)
"""Hours between two tests in a row."""


def illnesses(made: Making) -> None:
    """The rest of what the tables about cases and contacts may ask."""
    told = {row["person"] for row in made.rows["case_report"]}
    for person in made.people:
        if made.chance(0.5 if person in told else 0.15):
            _tested(made, person)
        if made.chance(0.25):
            _milestones(made, person)
        if made.chance(0.4):
            _immunity(made, person)
    _told(made)
    _air(made)


def _tested(made: Making, person: int) -> None:
    """Tests in a row: positive first, then what comes, and now and then positive again at the end."""
    at: datetime | None = made.when()
    said: list[Any] = ["positive", *(made.rng.choice(SAID) for _ in range(made.rng.randint(1, 6)))]
    if made.chance(0.5):
        said = ["positive", "negative", "negative", "negative", "positive", *said[1:]]
    for result in said:
        if at is None:
            return
        test = made.rng.choice(("nat", "nat", "nat", "nat", "smear", "culture", "antigen", "immune"))
        reported = made.after(at, 0, 2, 5, 30)
        name = f"{made.number}-{len(made.rows['tube']) + 200_000}"
        made.add("tube", tube=name, pool=made.rng.choice((1, 1, 1, 1, 5)))
        made.add("sample", tube=name, person=person, sampled_at=at)
        if result is not None and reported is not None:
            made.add("result", tube=name, test=test, result=result, reported_at=reported,
                     ct_x100=made.rng.choice(CTS) if result == "positive" else None)  # fmt: skip
        at = made.after(at, *HOURS)


def _milestones(made: Making, person: int) -> None:
    for kind in ("rash", "cough", "treatment", "recovery"):
        if made.chance(0.5):
            made.add("milestone", person=person, kind=kind, day=made.day())


def _immunity(made: Making, person: int) -> None:
    begins = [visit["enter"] for visit in made.rows["visit"] if visit["person"] == person]
    at = made.when()
    for _ in range(made.rng.randint(1, 3)):
        kind = made.rng.choice(("vaccine", "vaccine", "infection", "immune_globulin", "medicine", "test"))
        if made.chance(0.6):
            # As they come somewhere, or so many days before; else at the same instant as the last.
            at = made.rng.choice(begins) if begins and made.chance(0.5) else made.when()
            at -= timedelta(days=made.rng.choice((0, 0, 1, 89, 90, 91, 400)))
        made.add("immunity", person=person, kind=kind, at=at, immune=made.maybe(0.6, True, True, False))


def _told(made: Making) -> None:
    """What the other makers leave unsaid."""
    for row in made.rows["person"]:
        row["birth_year"] = made.maybe(0.7, 1940, 1962, 2003, 2004, 2015, 2018, 2021)
    for row in made.rows["interview"]:
        row["manner"] = made.maybe(0.5, *MANNERS)
    for row in made.rows["case_report"]:
        row["status"] = made.maybe(0.9, *STATUSES)
        swabbed = [one["sampled_at"] for one in made.rows["sample"] if one["person"] == row["person"]]
        if swabbed and made.chance(0.3):
            row["reported_at"] = made.rng.choice(swabbed)
    for row in made.rows["result"]:
        if row["result"] == "positive" and row["ct_x100"] is None:
            row["ct_x100"] = made.rng.choice(CTS)


def _air(made: Making) -> None:
    """Visits to a place that somebody left not long before, or scanned at."""
    if not made.rows["visit"]:
        return
    sick = {row["person"] for row in made.rows["sample"]}
    theirs = [visit for visit in made.rows["visit"] if visit["person"] in sick]
    for _ in range(made.rng.randint(0, 12)):
        left = made.rng.choice(theirs or made.rows["visit"])
        minutes = made.rng.choice((0, 0, 1, 15, 59, 60, 61, 119, 120, 130))
        enter = (left["leave"] or left["enter"]) + timedelta(minutes=minutes)
        length = made.rng.choice((None, 1, 30, 120, 200, 1500))
        leave = None if length is None else enter + timedelta(minutes=length)
        part = left["part"] if made.chance(0.6) else made.maybe(0.7, 1, 2)
        made.add("visit", person=made.rng.choice(made.people), place=left["place"], enter=enter, leave=leave,
                 part=part)  # fmt: skip
