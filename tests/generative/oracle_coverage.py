"""Who was sampled in each round, who was not, and with how many in a tube? Person by person."""

from datetime import datetime

from ringfence import areas
from tests.generative.oracle_known import Known, Row, evidence, least, swabs
from tests.generative.oracle_screening import Tables, skipped, tube

ELSEWHERE = ("away", "central", "hospital")
"""The stays in which nobody is at their own door."""


def coverage(known: Known, done: Tables) -> list[Row]:
    """Everyone each round concerns, one status each: as things stand, or stood when the round was due."""
    found: list[Row] = []
    people = {row["person"] for kind in ("residence", "sample") for row in known.facts[kind]}
    rounds = {row["round"] for kind in ("round", "tube") for row in known.facts[kind]} - {None}
    for name in sorted(rounds):
        terms = known.every("round", round=name)
        at = min(known.as_of, max((term["due_at"] for term in terms), default=known.as_of))
        for person in sorted(people):
            lives = known.one("residence", person=person, kind="living")
            expected = lives is not None and _lives_in(known, lives, terms, at)
            taken = [swab for swab in swabs(known, person) if swab["round"] == name]
            if expected or taken:
                excused = _excused(known, person, at) if terms else ([], [])
                row = _status(lives, expected, taken, excused, skipped(known, person, terms))
                found.append({"round": name, "person": person, **row, **tube(known, person, done)})
    return found


def _lives_in(known: Known, lives: Row, terms: list[Row], at: datetime) -> bool:
    """Whether somebody lives in a round's areas on the civil day of an instant."""
    begun = lives["from_day"] is None or lives["from_day"] <= known.day(at)
    gone = lives["to_day"] is not None and lives["to_day"] <= known.day(at)
    return begun and not gone and any(areas.contains(term["area"], lives["area"]) for term in terms)


def _excused(known: Known, person: int, at: datetime) -> tuple[list[int], list[int]]:
    """The exemptions of the day and the stays of the instant that keep somebody from their door."""
    today = known.day(at)
    free = [
        row for row in known.every("exemption", person=person) if row["from_day"] <= today < row["to_day"]
    ]
    gone = [
        stay
        for stay in known.every("stay", person=person)
        if stay["kind"] in ELSEWHERE and stay["begin"] <= at and (stay["end"] is None or stay["end"] > at)
    ]
    return [row["fact"] for row in free], [stay["fact"] for stay in gone]


def _status(
    lives: Row | None,
    expected: bool,
    taken: list[Row],
    excused: tuple[list[int], list[int]],
    left_out: tuple[str | None, frozenset[int]],
) -> Row:
    first = min(taken, key=lambda swab: (swab["sampled_at"], swab["tube"]), default=None)
    ladder = (
        ("unregistered", lives is None),
        ("elsewhere", not expected),
        ("resulted", any(swab["result"] for swab in taken)),
        ("received", any(swab["received_at"] for swab in taken)),
        ("sampled", taken),
        ("exempt", excused[0]),
        ("away", excused[1]),
        ("skipped", left_out[0]),
        ("missing", True),
    )
    status = next(name for name, so in ladder if so)
    rests = evidence(
        lives["fact"] if lives and expected else None, least(excused[0]), least(excused[1]),
        least(swab["sample_fact"] for swab in taken), least(swab["result_fact"] for swab in taken),
    )  # fmt: skip
    skip = left_out if status == "skipped" else (None, frozenset[int]())
    return {
        "area": lives and lives["area"], "tube": first and first["tube"],
        "sampled_at": first and first["sampled_at"], "status": status, "skip_rule": skip[0],
        # Which of several tubes, results or reasons a row names is not settled.
        "evidence": rests | skip[1] if max(len(taken), len(excused[0]), len(excused[1])) < 2 else None,
    }  # fmt: skip
