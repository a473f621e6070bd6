"""What is somebody's present illness: which tests and report are of it, and which tests ended it?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.generative.oracle_known import WORST, Known, Row, evidence, first_match, least, swabs

ILL = ("nat", "antigen", "smear", "culture")
"""The tests that say somebody is ill."""
LABORATORY = ("nat", "smear", "culture")
"""The tests that can clear somebody."""
NO_REPORT = ("status", "reported_at", "symptoms", "onset", "elsewhere", "fact")


@dataclass(frozen=True)
class Over:
    """How an illness before ended: the rule, when its last test was taken, and all that it rests on."""

    rule: Any
    last: datetime
    cleared_at: datetime
    facts: frozenset[int]


@dataclass(frozen=True)
class Illness:
    """An illness of a person: what the tables ask of it, and what the case's row tells."""

    words: Row
    report: Row
    positive: list[Row]
    first_positive: datetime | None
    detected_at: datetime
    evidence: frozenset[int]
    before: Over | None
    over: Over | None


def illnesses(known: Known, person: int) -> list[Illness]:
    """The illnesses of somebody with a positive single or a report, one after another; of others none."""
    found: list[Illness] = []
    before: Over | None = None
    while True:
        one = _since(known, person, before)
        if one is None:
            return found
        found.append(one)
        if one.over is None or not any(_bad(swab, one.over) for swab in _singles(known, person)):
            return found
        before = one.over


def _singles(known: Known, person: int) -> list[Row]:
    mine = _swabs(known, person)
    return [swab for swab in mine if swab["single"] and not _answered(known, swab, mine)]


def _swabs(known: Known, person: int) -> list[Row]:
    return [swab for swab in swabs(known, person) if swab["test"] is None or swab["test"] in ILL]


def _weak(swab: Row, rule: Any) -> bool:
    return bool(rule.ct_x100_from) and swab["ct_x100"] is not None and swab["ct_x100"] >= rule.ct_x100_from


def _bad(swab: Row, before: Over | None) -> bool:
    """Whether a single says somebody is ill, again if they had been before."""
    if swab["result"] != "positive":
        return False
    return before is None or (swab["sampled_at"] > before.last and not _weak(swab, before.rule))


def _since(known: Known, person: int, before: Over | None) -> Illness | None:
    """The illness that began after another was over, or the first."""
    report = known.one("case_report", person=person)
    if report is None or (before is not None and report["reported_at"] <= before.last):
        report = dict.fromkeys(NO_REPORT)
    singles = [s for s in _singles(known, person) if before is None or s["sampled_at"] > before.last]
    positive = [swab for swab in singles if _bad(swab, before)]
    if not positive and report["fact"] is None:
        return None
    words = {
        **dict.fromkeys(ILL, "none"), "reported": report["status"] or "none", "recovered": before is not None,
        "symptoms": {"yes": True, "no": False}.get(report["symptoms"]),
    }  # fmt: skip
    sign = _sign(known, report)
    began = least(swab["sampled_at"] for swab in positive) or report["reported_at"]
    told = least(swab["reported_at"] for swab in positive) or report["reported_at"]
    # What was swabbed before that day, or known before the first sign was, says nothing of this illness.
    counted = [
        swab
        for swab in singles
        if known.day(swab["sampled_at"]) >= known.day(began)
        and (swab["reported_at"] is None or swab["reported_at"] >= told)
    ]
    for test in ILL:
        words[test] = _worst(swab["result"] for swab in counted if (swab["test"] or "nat") == test)
    first = _first_positive(known, person, positive, before)
    over = _over(known, words, positive, first, singles)
    facts = {swab["result_fact"] for swab in counted if swab["result"] == "positive"}
    return Illness(
        words, report, positive, first,
        least([sign, *(swab["reported_at"] for swab in positive)]) or report["reported_at"],
        evidence(report["fact"], *facts) | (before.facts if before else set())
        | (over.facts if over else set()),
        before, over,
    )  # fmt: skip


def _sign(known: Known, report: Row) -> datetime | None:
    """When a report was made that makes somebody a case whatever tests will say."""
    words = {
        **dict.fromkeys(ILL, "none"), "reported": report["status"] or "none", "recovered": False,
        "symptoms": {"yes": True, "no": False}.get(report["symptoms"]),
    }  # fmt: skip
    rule, _ = first_match(known.protocol.cases, words)
    return report["reported_at"] if rule is not None and rule.gives != "none" else None


def _cleared(swabs_: list[Row]) -> list[Row]:
    return [s for s in swabs_ if s["single"] and s["test"] == "nat" and s["result"] == "negative"]


def _answered(known: Known, swab: Row, mine: list[Row]) -> bool:
    """Whether an antigen positive was answered: by a negative nucleic acid test of that day or later."""
    if swab["test"] != "antigen" or swab["result"] != "positive":
        return False
    return any(
        known.day(clear["sampled_at"]) >= known.day(swab["sampled_at"])
        and clear["reported_at"] >= swab["reported_at"]
        for clear in _cleared(mine)
    )


def _first_positive(known: Known, person: int, positive: list[Row], before: Over | None) -> datetime | None:
    """The first positive single, or a positive pool before it with no negative single between."""
    if not positive:
        return None
    mine = _swabs(known, person)
    first: datetime = min(swab["sampled_at"] for swab in positive)
    clear = [swab["sampled_at"] for swab in _cleared(mine)]
    pools = [
        swab["sampled_at"]
        for swab in mine
        if not swab["single"] and swab["result"] == "positive" and swab["sampled_at"] < first
        and (before is None or swab["sampled_at"] > before.last)
    ]  # fmt: skip
    return min([first, *(at for at in pools if not any(at < other < first for other in clear))])


def _worst(results: Iterable[str | None]) -> str:
    said = {result or "pending" for result in results}
    return next((word for word in WORST if word in said), "none")


def _over(
    known: Known, words: Row, positive: list[Row], first: datetime | None, singles: list[Row]
) -> Over | None:
    """The first clean tests that end the illness: enough in a row, far enough apart, late enough."""
    rule, _ = first_match(known.protocol.case_releases, words)
    if rule is None or first is None:
        return None
    began = min(swab["sampled_at"] for swab in positive)
    tests = [
        swab for swab in singles
        if swab["test"] in LABORATORY and swab["sampled_at"] >= began
        and swab["result"] in ("negative", "positive", "grey")
    ]  # fmt: skip
    tests.sort(key=lambda swab: (swab["sampled_at"], swab["tube"], swab["test"]))
    soonest = known.day(first) + timedelta(days=rule.after_d)
    for number, swab in enumerate(tests):
        if known.day(swab["sampled_at"]) >= soonest:
            row = _row(rule, tests, number)
            if len(row) == rule.clean:
                return Over(
                    rule, row[-1]["sampled_at"], max(one["reported_at"] for one in row),
                    evidence(*(one["result_fact"] for one in row)),
                )  # fmt: skip
    return None


def _row(rule: Any, tests: list[Row], number: int) -> list[Row]:
    """As many clean tests as are asked, or as there are, from one of them on."""
    first = tests[number]
    row: list[Row] = []
    for swab in tests[number:]:
        unclean = [
            one for one in tests
            if first["sampled_at"] <= one["sampled_at"] <= swab["sampled_at"]
            and one["result"] != "negative" and not (one["result"] == "positive" and _weak(one, rule))
        ]  # fmt: skip
        if unclean or len(row) == rule.clean:
            break
        if not row or swab["sampled_at"] >= row[-1]["sampled_at"] + timedelta(hours=rule.gap_h):
            row.append(swab)
    return row
