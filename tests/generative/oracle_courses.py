"""What does each contact owe, day by day? One person at a time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests.generative.oracle_known import FOREVER, SETTLED, Known, Row, because, least, nucleic, spells
from tests.generative.oracle_meetings import GRAVITY

CONTROL = ("home", "central", "hospital")
IN_PLACE = {"central": ("central", "hospital"), "home": CONTROL, "home_monitoring": CONTROL}


@dataclass(frozen=True)
class Owing:
    """A contact and what their course counts from."""

    contact: Row
    course: Any
    control_at: datetime | None
    days: dict[str, date]
    reset_day: date | None


def courses(known: Known, traced: list[Row], infected: list[Row]) -> tuple[list[Row], list[Row]]:
    """Every phase with its state, and every test owed."""
    sick = {case["person"]: case for case in infected}
    phases: list[Row] = []
    tests: list[Row] = []
    for person in sorted({row["person"] for row in traced if not row["review"]} - set(sick)):
        owing = _owing(known, person, traced, sick)
        owed: list[Row] = []
        for phase, row in _phases(known, owing):
            phases.append(row)
            owed += _tests(row, phase)
        _with_swabs(known, owing, owed)
        tests += owed
    return [{**phase, "state": _state(known, phase, tests)} for phase in phases], tests


def _owing(known: Known, person: int, traced: list[Row], sick: dict[int, Row]) -> Owing:
    mine = [row for row in traced if row["person"] == person and not row["review"]]
    mine = [_reclassed(known, row, sick) for row in mine]
    last = max(row["last_exposure"] for row in mine)
    one = min(
        mine,
        key=lambda row: (
            GRAVITY.index(row["class"]), last - row["last_exposure"], row["index"], row["ring"],
        ),
    )  # fmt: skip
    course = next(course for course in known.protocol.courses if course.of == one["class"])
    begun = min(row["first_exposure"] for row in mine if row["class"] == one["class"])
    days = {"last_exposure": known.day(one["last_exposure"]), "first_exposure": known.day(begun)}
    removed = _removed(known, person, sick)
    reset = None if removed is None else known.day(removed)
    control = _controlled(known, person, one["last_exposure"])
    if control is None and course.phases:
        control = _found_late(known, person, Owing(one, course, None, days, reset))
    days["traced"] = known.day(control or known.as_of)
    return Owing(one, course, control, days, reset)


def _reclassed(known: Known, row: Row, sick: dict[int, Row]) -> Row:
    """A contact whose linked contact has become a case counts as the class their course says."""
    course = next(course for course in known.protocol.courses if course.of == row["class"])
    becomes = [phase.linked_becomes for phase in course.phases if phase.linked_becomes]
    if not becomes or row["index"] not in sick:
        return row
    return {**row, "class": becomes[-1], "evidence": row["evidence"] | sick[row["index"]]["evidence"]}


def _controlled(known: Known, person: int, last: datetime) -> datetime | None:
    """When somebody came under control: the first spell that reached past their last exposure.

    Nobody is while the exposure goes on, as at home with a case still at large.
    """
    begins = [
        begin
        for begin, end in spells(known, person, CONTROL, moved=True)
        if end > last and (last < known.as_of or begin >= last)
    ]
    return max(min(begins), last) if begins else None


def _found_late(known: Known, person: int, owing: Owing) -> datetime | None:
    """A contact at large whose term has run is found by the swab they owe."""
    phase = owing.course.phases[0]
    if phase.late != "credit" or phase.anchor == "traced":
        return None
    term = _anchor(owing, phase) + timedelta(days=phase.days - phase.numbering)
    return least(swab["at"] for swab in nucleic(known, person) if swab["day"] >= term)


def _removed(known: Known, person: int, sick: dict[int, Row]) -> datetime | None:
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


def _anchor(owing: Owing, phase: Any) -> date:
    """The day the length counts from; a positive in the site moves it to the last removal."""
    named = owing.days[phase.anchor]
    return max(named, owing.reset_day or named) if phase.reset == "positive_in_site" else named


def _until(phase: Any, anchor: date, traced: date, before: date | None) -> date:
    """Day of release: the days gone by before a late tracing are credited, unless the rule floors them."""
    if before is not None:
        return before + timedelta(days=phase.days)
    counted = timedelta(days=phase.days - phase.numbering)
    return max(anchor, traced) + counted if phase.late == "floor" else max(anchor + counted, traced)


def _phases(known: Known, owing: Owing) -> list[tuple[Any, Row]]:
    one, traced = owing.contact, owing.days["traced"]
    found: list[tuple[Any, Row]] = []
    before: date | None = None
    for number, phase in enumerate(owing.course.phases, 1):
        anchor = _anchor(owing, phase)
        first = traced if before is None else before + timedelta(days=1)
        before = _until(phase, anchor, traced, before)
        row = {
            "person": one["person"], "phase": number, "class": one["class"], "place": phase.place,
            "colour": None if phase.colour == "none" else phase.colour, "index": one["index"],
            "anchor_day": anchor, "traced_day": traced, "begin_day": first, "until_day": before,
            "waits_on": one["index"] if phase.linked_tests else None, "area": one["area"],
            **because(owing.course), "evidence": one["evidence"], "asked": phase.linked_tests,
            "controlled": owing.control_at is not None,
        }  # fmt: skip
        found.append((phase, {**row, **_placed(known, row, one["last_exposure"])}))
    return found


def _placed(known: Known, row: Row, last: datetime) -> Row:
    """When they were in place for a phase, and left it: not in place who left before the day of release."""
    in_place = [
        (begin, end)
        for begin, end in spells(known, row["person"], IN_PLACE[row["place"]], moved=True)
        if row["begin_day"] <= known.today
        and (end == FOREVER or (end > last and known.day(end) >= row["until_day"]))
    ]
    return {
        "placed_at": least(begin for begin, _ in in_place),
        "left_at": least(end for _, end in in_place if end <= known.as_of),
    }


def _tests(row: Row, phase: Any) -> list[Row]:
    """The days a phase owes a test on, each once, with the highest number that falls on it."""
    first, last = row["begin_day"], row["until_day"]
    zero = {
        "control": row["traced_day"] - timedelta(days=1),
        "exposure": row["anchor_day"] - timedelta(days=phase.numbering),
        "phase": first - timedelta(days=1),
    }[phase.tests.axis]
    due = [(zero + timedelta(days=ordinal), ordinal) for ordinal in phase.tests.days]
    due = [(day, ordinal) for day, ordinal in due if first <= day <= last]
    if phase.tests.at_release:
        due.append((last, max(phase.tests.days)))
    if phase.tests.traced_day:
        due.append((row["traced_day"], 0))
    kept = {name: row[name] for name in ("person", "phase", "area", "rule", "edition", "grade", "evidence")}
    return [
        {**kept, "due_day": day, "ordinal": max(ordinal for on, ordinal in due if on == day)}
        for day in sorted({day for day, _ in due})
    ]


def _with_swabs(known: Known, owing: Owing, owed: list[Row]) -> None:
    """Gives each test a swab from its day on and before the next one's: the first that settled, or the last.

    Nobody's swab counts before they are under control.
    """
    mine = nucleic(known, owing.contact["person"]) if owing.control_at is not None else []
    for test, following in zip(owed, [*owed[1:], None], strict=False):
        until = following["due_day"] if following else date.max
        taken = [swab for swab in mine if test["due_day"] <= swab["day"] < until]
        settled = [swab for swab in taken if swab["result"] in SETTLED]
        if settled:
            # Of two taken at one instant the positive counts.
            chosen = min(settled, key=lambda swab: (swab["at"], swab["result"] == "negative"))
        else:
            chosen = max(taken, key=lambda swab: (swab["at"], swab["result"] or ""), default=None)
        test["sampled_at"] = chosen["at"] if chosen else None
        test["result"] = chosen["result"] if chosen else None


def _state(known: Known, phase: Row, tests: list[Row]) -> str:
    own = [t for t in tests if t["person"] == phase["person"] and t["phase"] == phase["phase"]]
    linked = [t for t in tests if t["person"] == phase["waits_on"] and t["result"] == "negative"]
    clear = {
        swab["day"]
        for swab in nucleic(known, phase["person"])
        if phase["controlled"] and swab["result"] == "negative" and swab["day"] >= phase["begin_day"]
    }
    # A test missed earlier is made up by a negative on another day; the last one must itself be negative.
    tested = not own or (own[-1]["result"] == "negative" and len(clear) >= len(own))
    met = tested and len(linked) >= phase["asked"]
    if phase["left_at"] is not None and met:
        return "released"
    if phase["until_day"] <= known.today:
        return "releasable" if met else "blocked"
    if phase["begin_day"] > known.today:
        return "to_come"
    return "to_place" if phase["placed_at"] is None else "running"
