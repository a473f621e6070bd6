"""What is done with somebody at a gate? One at a time."""

from typing import Any

from tests.generative.oracle_known import Known, Row, because, evidence, first_match
from tests.generative.oracle_screening import hours, last


def gate(known: Known, asked: Row, code: Row | None) -> Row | None:
    """What the gate says of one person at one instant; None where no row matches.

    Args:
        known: the facts and rules.
        asked: person, at, vehicle, permit and antigen.
        code: their colour, until when, and the facts of it; None for green.
    """
    at = asked["at"]
    came = [
        row for row in known.every("arrival", person=asked["person"]) if known.day(row["at"]) == known.day(at)
    ]
    arrival = last(came, "at", at)
    negatives = _negatives(known, asked)
    words = {
        "code": code["colour"] if code else "green", "antigen": asked["antigen"],
        "origin": arrival and arrival["origin"],
        "vehicle": _or(asked["vehicle"], arrival, "vehicle"),
        "permit": _or(asked["permit"], arrival, "permit"),
    }  # fmt: skip
    for rule in known.protocol.gates:
        negative = last(negatives[rule.clock], "at", at)
        age = hours(negative["at"], at) if negative else None
        found, review = first_match([rule], {**words, "negative_h": age})
        if found is not None:
            rests = evidence(negative and negative["fact"], arrival and arrival["fact"])
            return {
                "person": asked["person"], "at": at, "do": " ".join(rule.do), "review": review,
                "code": words["code"], "until": code and code["until"],
                "negative_at": negative and negative["at"], "negative_h": None if age is None else int(age),
                "origin": words["origin"], **because(rule),
                "evidence": rests | (frozenset(code["evidence"]) if code else frozenset()),
            }  # fmt: skip
    return None


def _or(seen: Any, arrival: Row | None, name: str) -> Any:
    """What the gate saw, else what the arrival says."""
    return seen if seen is not None else arrival and arrival[name]


def _negatives(known: Known, asked: Row) -> dict[str, list[Row]]:
    """The negatives of somebody known by then, alone or pooled, with their instant by each clock."""
    found: dict[str, list[Row]] = {"sampled": [], "tested": [], "reported": []}
    for sample in known.every("sample", person=asked["person"]):
        said = known.one("result", tube=sample["tube"], test="nat", result="negative")
        if said and said["reported_at"] <= asked["at"] and sample["sampled_at"] <= asked["at"]:
            by = {
                "sampled": sample["sampled_at"],
                "tested": said["tested_at"],
                "reported": said["reported_at"],
            }
            for clock, at in by.items():
                if at is not None:
                    found[clock].append({"at": at, "fact": said["fact"]})
    return found
