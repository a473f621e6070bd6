"""Which clocks run, and what is owed by whom? Row by row."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from ringfence import areas
from ringfence.tables.decisions import CONTACT_CLASSES, COURSE_CLASSES
from tests.generative.oracle_known import SETTLED, Known, Row, because, evidence, least
from tests.generative.oracle_zone_tasks import days_due, steps_due

Tables = Mapping[str, list[Row]]
STEPS = ("reported", "interviewed", "contacts_listed", "transferred", "place_locked")
Event = tuple[datetime, frozenset[int]]


def clocks(known: Known, done: Tables) -> list[Row]:
    """Every clock of the editions, for every case kept here and every positive or grey tube."""
    subjects = [
        (f"P{case['person']}", case["area"], _case_events(known, case, done))
        for case in done["cases"]
        if not case["elsewhere"]
    ]
    for pool in done["pools"]:
        members = [hold for hold in done["holds"] if hold["tube"] == pool["tube"]]
        subjects.append((f"T:{pool['tube']}", pool["area"], _pool_events(pool, members)))
    return [
        _clock(known, rule, subject, area, events)
        for rule in known.protocol.clocks
        for subject, area, events in subjects
        if rule.begin in events
    ]


def _clock(known: Known, rule: Any, subject: str, area: str | None, events: Mapping[str, Event]) -> Row:
    begin, rests = events[rule.begin]
    at, more = events.get(rule.end, (None, frozenset[int]()))
    due = begin + timedelta(hours=rule.limit_h)
    state = _state(known, due, at)
    return {
        "clock": rule.rule.id, "subject": subject, "begin": begin, "limit_h": rule.limit_h, "due_at": due,
        "done_at": at, "state": "running" if state == "open" else state, "duty": rule.duty, "area": area,
        **because(rule), "evidence": rests | more,
    }  # fmt: skip


def _state(known: Known, due: datetime | None, done: datetime | None) -> str:
    if done is None:
        return "late" if due is not None and due < known.as_of else "open"
    return "done_late" if due is not None and done > due else "done"


def _case_events(known: Known, case: Row, done: Tables) -> dict[str, Event]:
    found: dict[str, Event] = {"detected": (case["detected_at"], case["evidence"])}
    told = [
        (row["step"], row["at"], row["fact"]) for row in known.every("step", subject=f"P{case['person']}")
    ]
    stays = known.every("stay", person=case["person"], kind="hospital")
    told += [("transferred", stay["begin"], stay["fact"]) for stay in stays]
    for step in STEPS:
        mine = [(at, fact) for name, at, fact in told if name == step]
        if mine:
            found[step] = (min(mine)[0], evidence(*(fact for _, fact in mine)))
    close = [
        row for row in done["courses"]
        if row["class"] == "close" and row["phase"] == 1 and row["index"] == case["person"]
    ]  # fmt: skip
    if close and all(row["placed_at"] for row in close):
        rests = frozenset[int]().union(*(row["evidence"] for row in close))
        found["contacts_placed"] = (max(row["placed_at"] for row in close), rests)
    return found


def _pool_events(pool: Row, members: list[Row]) -> dict[str, Event]:
    rests = frozenset[int]().union(*(hold["evidence"] for hold in members)) or pool["evidence"]
    found: dict[str, Event] = {"pool_reported": (pool["reported_at"], rests)}
    if members and all(hold["swabbed_at"] for hold in members):
        found["singles_swabbed"] = (max(hold["swabbed_at"] for hold in members), rests)
    if members and all(hold["result"] in SETTLED for hold in members):
        found["singles_reported"] = (max(hold["reported_at"] for hold in members), rests)
    return found


def tasks(known: Known, done: Tables) -> list[Row]:
    """Everything owed: each row with its state and the unit whose duty it is in the longest area."""
    owed = [
        *_of_holds(known, done),
        *_of_pools(known, done),
        *_of_clocks(known, done),
        *_of_contacts(known, done),
        *_of_courses(known, done),
        *_of_rounds(known, done),
        *_of_zones(known, done),
        *_of_groups(done),
        *_in_zones(known, done),
    ]
    return [
        {**task, "state": _state(known, task["due_at"], task["done_at"]), "unit": _unit(known, task)}
        for task in owed
    ]


def _unit(known: Known, task: Row) -> str | None:
    if task["area"] is None:
        return None
    able = [
        row for row in known.every("unit", duty=task["duty"]) if areas.contains(row["area"], task["area"])
    ]
    return min(able, key=lambda row: (-len(row["area"]), row["unit"]), default={"unit": None})["unit"]


def _task(must: str, subject: str, apart: str, row: Row, **given: Any) -> Row:
    """A task that follows from a decision row; what is not given is as in that row."""
    kept = {name: row.get(name) for name in ("person", "area", "rule", "edition", "grade", "evidence")}
    name = "|".join(part for part in (must, subject, apart) if part)
    return {"task": name, "must": must, "subject": subject, **kept, "due_at": None, "done_at": None, **given}


def _limited(known: Known, of: str, begin: datetime) -> Row:
    """The due instant of a limit and the rule that gives it; nothing where none is stated."""
    limit = known.protocol.limit(of)
    return {"due_at": begin + timedelta(hours=limit.hours), **because(limit)} if limit else {}


def _of_holds(known: Known, done: Tables) -> list[Row]:
    """A single swab each, owed again from when one was reported that said nothing; and its result."""
    found: list[Row] = []
    for hold in done["holds"]:
        who = f"P{hold['person']}"
        failed = hold["result"] in ("grey", "invalid")
        begin = hold["reported_at"] if failed else hold["begin"]
        swab = {**_limited(known, "swab", begin), "done_at": None if failed else hold["swabbed_at"]}
        found.append(_task("single_swab", who, hold["tube"], hold, duty="sampling", since=begin, **swab))
        if hold["swabbed_at"]:
            result = {**_limited(known, "result", hold["swabbed_at"]), "done_at": hold["reported_at"]}
            found.append(
                _task("single_result", who, hold["tube"], hold, duty="laboratory",
                      since=hold["swabbed_at"], **result)
            )  # fmt: skip
    return found


def _of_pools(known: Known, done: Tables) -> list[Row]:
    """Tubes with no positive among their members, or whose members nobody knows, until they are closed."""
    found: list[Row] = []
    for pool in done["pools"]:
        subject = f"T:{pool['tube']}"
        if pool["state"] == "unresolved" or pool["members"] == 0:
            closed = least(step["at"] for step in known.every("step", subject=subject, step="closed"))
            found.append(
                _task("review_pool", subject, "", pool, duty="laboratory", since=pool["reported_at"],
                      done_at=closed)
            )  # fmt: skip
    return found


def _of_clocks(known: Known, done: Tables) -> list[Row]:
    musts = {rule.rule.id: rule.must for rule in known.protocol.clocks}
    found: list[Row] = []
    for clock in done["clocks"]:
        if must := musts[clock["clock"]]:
            person = int(clock["subject"][1:]) if clock["subject"].startswith("P") else None
            given = {name: clock[name] for name in ("duty", "due_at", "done_at")}
            found.append(
                _task(must, clock["subject"], "", clock, person=person, since=clock["begin"], **given)
            )
    return found


def _of_contacts(known: Known, done: Tables) -> list[Row]:
    """Contacts to be judged, who owe no course yet as a contact and are no case."""
    sure = {row["person"] for row in done["courses"] if row["class"] in CONTACT_CLASSES}
    sick = {case["person"] for case in done["cases"] if case["cleared_at"] is None}
    found: list[Row] = []
    for row in done["contacts"]:
        if row["review"] and row["person"] not in sure | sick:
            due = _limited(known, "place", row["known_at"]).get("due_at")
            apart = f"{row['index']}|{row['ring']}"
            found.append(
                _task("review_contact", f"P{row['person']}", apart, row, duty="tracing",
                      since=row["known_at"], due_at=due)
            )  # fmt: skip
    return found


def _of_courses(known: Known, done: Tables) -> list[Row]:
    return [
        *_placements(known, done["courses"]),
        *_releases(known, done["courses"]),
        *_once_a_day(known, done["course_tests"], "test", "sampling", _answered),
        *_once_a_day(known, done["course_visits"], "visit", "visits", lambda row: row["visited_at"]),
    ]


def _gravity(row: Row) -> int:
    return COURSE_CLASSES.index(row["class"])


def _placements(known: Known, phases: list[Row]) -> list[Row]:
    """One a person: what they are not in place for and owe longest, else what they were placed for last.

    Found after the term had run and let go by a test, nobody is brought in any more.
    """
    owed = [
        row for row in phases
        if row["phase"] == 1 and row["place"] not in ("free", "exclusion")
        and not (row["placed_at"] is None and row["state"] == "releasable")
    ]  # fmt: skip
    found: list[Row] = []
    for person in sorted({row["person"] for row in owed}):
        mine = [row for row in owed if row["person"] == person]
        missing = [row for row in mine if row["placed_at"] is None]
        if missing:
            row = min(missing, key=lambda row: (row["known_at"], _gravity(row)))
        else:
            row = max(mine, key=lambda row: (row["known_at"], -_gravity(row)))
        limited = {**_limited(known, "place", row["known_at"]), "done_at": row["placed_at"]}
        found.append(
            _task("place", f"P{person}", "", row, duty="transfers", since=row["known_at"], **limited)
        )
    return found


def _releases(known: Known, phases: list[Row]) -> list[Row]:
    found: list[Row] = []
    for row in phases:
        may_go = row["state"] in ("releasable", "released") and row["placed_at"] is not None
        if may_go and row["place"] != "free":
            day = {**_whole_day(known, row["until_day"]), "done_at": row["left_at"]}
            apart = f"{row['class']}|{row['phase']}"
            found.append(_task("release", f"P{row['person']}", apart, row, duty="transfers", **day))
    return found


def _answered(test: Row) -> datetime | None:
    return None if test["result"] in ("grey", "invalid") else test["sampled_at"]


def _once_a_day(
    known: Known, rows: list[Row], must: str, duty: str, done_at: Callable[[Row], datetime | None]
) -> list[Row]:
    """One a person and day, whatever courses ask for it: done once each of them has what it asks."""
    found: list[Row] = []
    for person, day in sorted({(row["person"], row["due_day"]) for row in rows}):
        mine = [row for row in rows if (row["person"], row["due_day"]) == (person, day)]
        open_ = [row for row in mine if done_at(row) is None]
        last = max((done_at(row) for row in mine if done_at(row)), default=None)
        left = open_ or [row for row in mine if done_at(row) == last]
        row = min(left, key=lambda row: (_gravity(row), row["phase"]))
        whole = {**_whole_day(known, day), "done_at": done_at(row)}
        found.append(_task(must, f"P{person}", str(day), row, duty=duty, **whole))
    return found


def _whole_day(known: Known, day: Any) -> Row:
    return {"since": known.midnight(day), "due_at": known.midnight(day + timedelta(days=1))}


def _of_rounds(known: Known, done: Tables) -> list[Row]:
    found: list[Row] = []
    for row in done["coverage"]:
        if row["status"] == "missing":
            rounds = known.every("round", round=row["round"])
            opens, due = min(one["opens_at"] for one in rounds), max(one["due_at"] for one in rounds)
            found.append(
                _task("sample", f"P{row['person']}", row["round"], row, duty="coverage",
                      since=opens, due_at=due, rule="round", edition="round",
                      grade="L", evidence=None)
            )  # fmt: skip
    return found


def _of_zones(known: Known, done: Tables) -> list[Row]:
    found: list[Row] = []
    for zone in done["zones"]:
        due = _limited(known, "zone_decision", zone["last_case_at"]).get("due_at")
        found.append(
            _task("decide_zone", f"A:{zone['area']}", "", zone, person=None, duty="zones",
                  since=zone["last_case_at"], due_at=due, done_at=zone["declared_at"])
        )  # fmt: skip
    return found


def _of_groups(done: Tables) -> list[Row]:
    """Everyone whose cadence is overdue."""
    return [
        _task("test_group", f"P{row['person']}", row["rule"], row, duty="sampling", since=row["due_at"],
              due_at=row["due_at"])
        for row in done["cadences"]
        if row["state"] == "overdue"
    ]  # fmt: skip


def _in_zones(known: Known, done: Tables) -> list[Row]:
    """The steps of zones that could be taken, and their test days."""
    owed = [("step_zone", "zones", row) for row in steps_due(known, done)]
    owed += [("test_group", "coverage", row) for row in days_due(known)]
    return [
        _task(must, f"A:{row['area']}", row["apart"], row, person=None, duty=duty, since=row["since"],
              due_at=row["due_at"], done_at=row.get("done_at"))
        for must, duty, row in owed
    ]  # fmt: skip
