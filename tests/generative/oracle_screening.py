"""Who is left out of a round, pooled, or tested for their work, and how far is each campaign? Row by row."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from ringfence import areas
from ringfence.tables.decisions import CONTACT_CLASSES
from ringfence.tables.facts import ZONE_LEVELS
from tests.generative.oracle_known import Known, Row, because, evidence, first_match

Tables = Mapping[str, list[Row]]
RECORDED = datetime(2022, 1, 1)  # noqa: DTZ001 - instants are naive UTC
"""When everything of a random city was recorded."""
WATCHED = ("central", "home", "hospital", "hold", "closed_loop")
SHUT = ("sealed", "high")


def during(row: Row, at: datetime) -> bool:
    """Whether something with a begin and an end is so at an instant."""
    return row["begin"] <= at and (row["end"] is None or row["end"] > at)


def hours(since: datetime | None, until: datetime) -> float | None:
    return None if since is None else (until - since) / timedelta(hours=1)


def nucleic_swabs(known: Known, person: int) -> list[Row]:
    """Swabs in tubes that a nucleic acid test was reported of, or nothing yet."""
    mine: list[Row] = []
    for sample in known.every("sample", person=person):
        tests = {said["test"] for said in known.every("result", tube=sample["tube"])}
        if not tests or "nat" in tests:
            mine.append(sample)
    return mine


def last(rows: Iterable[Row], at: str, until: datetime) -> Row | None:
    """The last of some facts at or before an instant; of two at once the one with the lower number."""
    before = [row for row in rows if row[at] <= until]
    return min(before, key=lambda row: (until - row[at], row["fact"]), default=None)


def skipped(known: Known, person: int, terms: list[Row]) -> tuple[str | None, frozenset[int]]:
    """The rule that leaves somebody out of a round, and the facts it asked about."""
    if not terms or not known.protocol.skips:
        return None, frozenset()
    opens = min(term["opens_at"] for term in terms)
    doses = known.every("immunity", person=person, kind="vaccine")
    found = {
        "vaccinated_h": (last(doses, "at", opens), "at"),
        "tested_h": (last(nucleic_swabs(known, person), "sampled_at", opens), "sampled_at"),
    }
    words = {name: hours(row[at] if row else None, opens) for name, (row, at) in found.items()}
    rule, _ = first_match(known.protocol.skips, words)
    if rule is None or rule.gives != "skip":
        return None, frozenset()
    rests = [row["fact"] for name, (row, _) in found.items() if row and name in str(rule.when)]
    return rule.rule.id, frozenset(rests)


def zone_of(known: Known, person: int) -> tuple[str, int | None]:
    """The gravest zone in force that somebody lives in today, and its fact."""
    lives = known.one("residence", person=person, kind="living")
    if lives is None or not _lives_today(known, lives):
        return "none", None
    ranks: dict[str, int] = {}
    for rule in sorted(known.protocol.zones, key=lambda rule: rule.why != "residence"):
        if rule.level != "none":
            ranks.setdefault(rule.level, rule.rank)
    held = [
        (-ranks[zone["level"]], ZONE_LEVELS.index(zone["level"]), zone["fact"])
        for zone in known.facts["zone"]
        if zone["level"] in ranks
        and during(zone, known.as_of)
        and areas.contains(zone["area"], lives["area"])
    ]
    return (ZONE_LEVELS[min(held)[1]], min(held)[2]) if held else ("none", None)


def _lives_today(known: Known, lives: Row) -> bool:
    begun = lives["from_day"] is None or lives["from_day"] <= known.today
    return begun and (lives["to_day"] is None or lives["to_day"] > known.today)


def tube(known: Known, person: int, done: Tables) -> Row:
    """How many may share this person's tube."""
    report = known.one("case_report", person=person)
    who = known.one("person", person=person)
    words = {
        "symptoms": {"yes": True, "no": False}.get(report["symptoms"]) if report else None,
        "quarantined": _quarantined(known, person, done), "contact": _contact(person, done),
        "zone": zone_of(known, person)[0], "occupation": who["occupation"] if who else None,
    }  # fmt: skip
    rule, _ = first_match(known.protocol.pools, words)
    return {
        "pool": rule and rule.size, "per": (rule and rule.per) or None, "pool_rule": rule and rule.rule.id,
    }  # fmt: skip


def _quarantined(known: Known, person: int, done: Tables) -> bool:
    stays = known.every("stay", person=person)
    if any(stay["kind"] in ("central", "home", "hospital") and during(stay, known.as_of) for stay in stays):
        return True
    return any(
        row["person"] == person
        and row["place"] in ("central", "home", "home_monitoring")
        and row["state"] in ("to_place", "running", "blocked")
        for row in done["courses"]
    )


def _contact(person: int, done: Tables) -> str:
    """As what somebody owes a course that is not over; who never owed one, as what they surely are."""
    courses = [row for row in done["courses"] if row["person"] == person and row["class"] in CONTACT_CLASSES]
    classes = {row["class"] for row in courses}
    for name in list(classes):
        final = max((row for row in courses if row["class"] == name), key=lambda row: row["phase"])
        if final["state"] in ("releasable", "released"):
            classes.discard(name)
    if not courses:
        sure = [row for row in done["contacts"] if row["person"] == person and not row["review"]]
        classes = {row["class"] for row in sure}
    return next((name for name in CONTACT_CLASSES if name in classes), "none")


def cadences(known: Known) -> list[Row]:
    """Everybody whose first row, over all the places they work at, has a schedule."""
    ties = [row for row in known.facts["membership"] if row["kind"] == "work"]
    people = {row["person"] for row in (*known.facts["person"], *ties)}
    found = [_cadence(known, person) for person in sorted(people)] if known.protocol.cadences else []
    return [row for row in found if row is not None]


def _cadence(known: Known, person: int) -> Row | None:
    rules = list(known.protocol.cadences)
    who = known.one("person", person=person)
    work = who["occupation"] if who else None
    zone, zone_fact = zone_of(known, person)
    posts: list[tuple[int, int | None]] = []
    for tie in known.every("membership", person=person, kind="work") or [None]:
        place = known.one("place", place=tie["place"]) if tie else None
        words = {"occupation": work, "zone": zone, "setting": place["kind"] if place else None}
        rule, _ = first_match(rules, words)
        if rule is not None:
            posts.append((rules.index(rule), tie["fact"] if tie else None))
    if not posts or rules[min(posts, key=lambda post: post[0])[0]].schedule is None:
        return None
    number = min(post[0] for post in posts)
    swab = last(nucleic_swabs(known, person), "sampled_at", known.as_of)
    due = _due(known, person, rules[number].schedule, swab["sampled_at"] if swab else None)
    lives = known.one("residence", person=person, kind="living")
    tomorrow = known.midnight(known.today + timedelta(days=1))
    return {
        "person": person, "last_at": swab and swab["sampled_at"], "due_at": due,
        "state": "overdue" if due < known.as_of else "due" if due <= tomorrow else "in_time",
        "single": rules[number].single, "area": lives and lives["area"], **because(rules[number]),
        "evidence": evidence(
            who["fact"] if who and work else None, zone_fact, swab and swab["fact"],
            *(fact for at, fact in posts if at == number),
        ),
    }  # fmt: skip


def _due(known: Known, person: int, schedule: Any, swabbed: datetime | None) -> datetime:
    day = timedelta(days=1)
    if schedule.form == "a_week":
        return _due_in_week(known, person, schedule)
    if swabbed is None:
        return known.midnight(known.day(RECORDED) + day)
    if schedule.form == "every_h":
        return swabbed + timedelta(hours=schedule.every)
    return known.midnight(known.day(swabbed) + (schedule.every + 1) * day)


def _due_in_week(known: Known, person: int, schedule: Any) -> datetime:
    """The latest instant from which the rest of the week's swabs can still be taken, a gap apart."""
    monday = known.today - timedelta(days=known.today.weekday())
    taken: list[datetime] = []
    for at in sorted({swab["sampled_at"] for swab in nucleic_swabs(known, person)}):
        in_week = known.midnight(monday) <= at <= known.as_of
        if in_week and (not taken or at - taken[-1] >= timedelta(hours=schedule.gap)):
            taken.append(at)
    left = schedule.times - len(taken)
    if left > 0:
        return known.midnight(monday + timedelta(days=7)) - timedelta(hours=(left - 1) * schedule.gap)
    ends = known.midnight(monday + timedelta(days=14))
    return ends - timedelta(hours=(schedule.times - 1) * schedule.gap)
