"""How far is the screening of each area? Round by round."""

from datetime import date, datetime, timedelta
from typing import Any

from ringfence import areas
from tests.generative.oracle_known import Known, Row, because, first_match, people_in
from tests.generative.oracle_screening import SHUT, WATCHED, Tables, during

DAY = timedelta(days=1)


def campaigns(known: Known, done: Tables) -> list[Row]:
    """A row for every area that has rounds and a rule."""
    found = [_campaign(known, area, done) for area in sorted({row["area"] for row in known.facts["round"]})]
    return [row for row in found if row is not None]


def _campaign(known: Known, area: str, done: Tables) -> Row | None:
    people = {
        row["person"]
        for row in known.every("residence", kind="living")
        if areas.contains(area, row["area"])
        and (row["from_day"] is None or row["from_day"] <= known.today)
        and (row["to_day"] is None or row["to_day"] > known.today)
    }
    judged = [row for row in known.facts["assessment"] if row["chain"] and areas.contains(row["area"], area)]
    nearest = max(judged, key=lambda row: len(row["area"]), default=None)
    words = {"people": len(people), "chain": nearest and nearest["chain"]}
    rule, _ = first_match(known.protocol.campaigns, words)
    if rule is None:
        return None
    terms = known.every("round", area=area)
    held = [term for term in terms if term["due_at"] <= known.as_of]
    held.sort(key=lambda term: (term["due_at"], term["opens_at"], term["round"]))
    states = [_state(known, area, term["round"], rule.counts, done) for term in held]
    days = [known.day(term["due_at"] - timedelta(microseconds=1)) for term in held]
    ordered = [known.day(term["opens_at"]) for term in terms if term["due_at"] > known.as_of]
    next_, day, clean = _next(known, rule, [state for state, _ in states], days, ordered)
    asked = any("chain" in str(row.when) for row in known.protocol.campaigns)
    rests = {term["fact"] for term in terms} | {fact for _, facts in states for fact in facts}
    return {
        "area": area, "people": len(people), "rounds": len(held), "clean": clean, "next": next_,
        "next_day": day, "within_h": rule.within_h, **because(rule),
        "evidence": frozenset(rests | ({nearest["fact"]} if nearest and asked else set())),
    }  # fmt: skip


def _next(
    known: Known, rule: Any, states: list[str], days: list[date], ordered: list[date]
) -> tuple[str, date | None, int]:
    """What comes next, from when, and how many clean rounds there are in a row."""
    known_states = list(states)
    while known_states and known_states[-1] == "waiting":
        known_states.pop()
    clean = 0
    while clean < len(known_states) and known_states[-1 - clean] == "clean":
        clean += 1
    another = min(ordered) if ordered else max(days) + DAY if days else known.today
    if rule.stop is None:
        return "round", another, clean
    before = len(known_states) - clean
    # The round with which there are enough clean ones in a row, and enough rounds at all.
    enough = max(before + rule.stop.times, rule.rounds)
    if len(known_states) < enough:
        return "round", another, clean
    again = days[enough - 1] + rule.stop.gap * DAY
    since = [day for day in days[enough : len(known_states)] if day >= again]
    if len(since) >= rule.stop.more:
        return "stop", None, clean
    if again > known.today:
        return "gap", max(again, max(days) + DAY) if since else again, clean
    return "last_round", max(again, max(days) + DAY) if since else again, clean


def _state(known: Known, area: str, round_: str, counts: str, done: Tables) -> tuple[str, set[int]]:
    """Whether a round was clean in an area, unclean, or is not known yet; and the facts of its positives."""
    within = [term["area"] for term in known.every("round", round=round_)]
    locals_, open_, bad = 0, False, set[int]()
    positive = False
    for tube in known.every("tube", round=round_):
        for sample in known.every("sample", tube=tube["tube"]):
            lives = known.one("residence", person=sample["person"], kind="living")
            mine = lives is not None and areas.contains(area, lives["area"])
            elsewhere = lives is not None and any(areas.contains(one, lives["area"]) for one in within)
            if not mine and elsewhere:
                continue
            locals_ += mine
            open_ = open_ or _open(known, tube["tube"], done)
            rests = _positive(known, sample, done)
            if rests and (counts == "any" or not _watched(known, sample, lives, done)):
                positive = True
                bad |= rests
    if positive:
        return "unclean", bad
    return ("waiting" if open_ or not locals_ else "clean"), bad


def _open(known: Known, tube: str, done: Tables) -> bool:
    waiting = any(pool["tube"] == tube and pool["state"] == "waiting" for pool in done["pools"])
    return waiting or not known.every("result", tube=tube)


def _positive(known: Known, sample: Row, done: Tables) -> set[int]:
    """The facts by which somebody in a tube was positive; none where they were not."""
    result = known.one("result", tube=sample["tube"], test="nat")
    if result is None or result["result"] not in ("positive", "grey"):
        return set()
    facts = {sample["fact"], result["fact"]}
    if result["result"] == "positive" and people_in(known, sample["tube"]) == 1:
        return facts
    for hold in done["holds"]:
        if (hold["person"], hold["tube"], hold["state"]) == (sample["person"], sample["tube"], "case"):
            return facts | set(hold["evidence"])
    return set()


def _watched(known: Known, sample: Row, lives: Row | None, done: Tables) -> bool:
    """Whether somebody was outside the community when swabbed."""
    at: datetime = sample["sampled_at"]
    kept = [stay for stay in known.every("stay", person=sample["person"]) if stay["kind"] in WATCHED]
    held = [
        {"begin": hold["begin"], "end": hold["ended_at"]}
        for hold in done["holds"]
        if hold["person"] == sample["person"]
    ]
    shut = [
        zone
        for zone in known.facts["zone"]
        if zone["level"] in SHUT and lives and areas.contains(zone["area"], lives["area"])
    ]
    return any(during(row, at) for row in (*kept, *held, *shut))
