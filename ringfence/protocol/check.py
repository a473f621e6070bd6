"""Is a resolved protocol sound? Every fault, not the first, each with the mend."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol as Shape

from ringfence.protocol.measures import ZoneRule
from ringfence.protocol.predicates import Predicate
from ringfence.protocol.resolved import Protocol
from ringfence.protocol.rows import Fault
from ringfence.protocol.rules import CourseRule, Phase, Rule

Found = Iterator[tuple[str, str]]
"""Faults, as key and what is wrong with what would be right."""
_CONTACT_ANCHORS = ("last_exposure", "first_exposure")
_ARRIVAL_ANCHORS = ("entered", "left")


class _Matched(Shape):
    """A row of a first-match table."""

    @property
    def rule(self) -> Rule: ...
    @property
    def when(self) -> Predicate | None: ...


def check_protocol(protocol: Protocol, file: str) -> list[Fault]:
    """The faults that only show when the whole stack is put together."""
    checks = (_exhaustive, _owing, _anchors, _ends, _steps, _appeals, _once)
    return [Fault(file, key, what) for check in checks for key, what in check(protocol)]


def _exhaustive(protocol: Protocol) -> Found:
    tables: dict[str, Sequence[_Matched]] = {
        "case": protocol.cases,
        "infectious": protocol.windows,
        "contact (ring 1)": [row for row in protocol.contacts if row.ring == 1],
    }
    # An edition may do without these; where it has them they are whole.
    optional: dict[str, Sequence[_Matched]] = {
        "contact (ring 2)": [row for row in protocol.contacts if row.ring == 2],
        "case_release": protocol.case_releases,
        "incubation": protocol.incubations,
        "arrival": protocol.arrivals,
        "campaign": protocol.campaigns,
        "skip": protocol.skips,
        "pool": protocol.pools,
        "gate": protocol.gates,
        "cadence": protocol.cadences,
        "colour": protocol.colours,
    }
    for why in ("residence", "visited", "around"):
        optional[f"zone ({why})"] = [row for row in protocol.zones if row.why == why]
    tables |= {name: rows for name, rows in optional.items() if rows}
    for name, rows in tables.items():
        if not rows or rows[-1].when is not None:
            yield name, "is not exhaustive; give it a last row without `when`"
        for row in rows[:-1]:
            if row.when is None:
                yield (
                    f"{name}.{row.rule.id}",
                    "matches everything, so the rows after it never do; move it last",
                )


def _owing(protocol: Protocol) -> Found:
    """Every class that somebody can be has a course, and one only."""
    phases = [phase for course in protocol.courses for phase in course.phases]
    becomes = {phase.linked_becomes for phase in phases} | {phase.reset_becomes for phase in phases}
    given = {row.gives for row in protocol.contacts} | {row.gives for row in protocol.arrivals}
    companions = {"companion"} if protocol.companions else set[str]()
    courses = [course.of for course in protocol.courses]
    for missing in sorted((given | becomes | companions) - {"none", ""} - set(courses)):
        yield "course", f"people of class {missing} have no course; add one, or owes_nothing = true"
    for twice in _twice(courses):
        yield "course", f"people of class {twice} have two courses; drop one"


def _anchors(protocol: Protocol) -> Found:
    """A course counts from something its people have: a contact has no day of entry."""
    met = {row.gives for row in protocol.contacts} | {"companion"}
    came = {row.gives for row in protocol.arrivals}
    for course in protocol.courses:
        for number, phase in enumerate(course.phases, 1):
            for key, anchor in _named(phase):
                wrong = (
                    (course.of in met and anchor in (*_ARRIVAL_ANCHORS, "ended"))
                    or (course.of in came and anchor in (*_CONTACT_ANCHORS, "ended"))
                    or (course.of in ("closed_loop", "discharged") and anchor not in ("ended", "traced"))
                )
                if wrong:
                    where = f"course.{course.rule.id}.phase[{number}].{key}"
                    yield where, f"is {anchor}, which nobody of class {course.of} has; give another"


def _named(phase: Phase) -> Iterator[tuple[str, str]]:
    yield "anchor", phase.anchor
    for anchor in phase.start.anchors if phase.start else ():
        yield "start", anchor


def _ends(protocol: Protocol) -> Found:
    if protocol.hold is not None and protocol.limit("hold") is None:
        yield "limit", 'has no row with of = "hold"; nobody is held without an end, so give one'
    for zone in protocol.zones:
        if zone.level != "none" and zone.lift_days == 0 and zone.why != "around":
            yield f"zone.{zone.rule.id}.lift_days", "is 0; a zone needs an end that can be worked out"
    for course in protocol.courses:
        yield from _course_ends(course)


def _course_ends(course: CourseRule) -> Found:
    for number, phase in enumerate(course.phases, 1):
        where = f"course.{course.rule.id}.phase[{number}]"
        if phase.days == 0:
            yield f"{where}.days", "is 0; a phase needs an end that can be worked out"
        if phase.extend is not None and phase.extend.days <= phase.days:
            yield f"{where}.extend.days", f"is {phase.extend.days}, no longer than the phase; give more"
        if phase.reset_becomes and phase.reset == "none":
            yield f"{where}.reset_becomes", 'needs reset = "positive_in_site"'


def _steps(protocol: Protocol) -> Found:
    """Zones end: every step down falls, every escalation rises, and each goes to a level there is."""
    ranks: dict[str, int] = {}
    for zone in protocol.zones:
        ranks[zone.level] = max(ranks.get(zone.level, 0), zone.rank)
    for zone in protocol.zones:
        yield from _step(zone, "steps_to", zone.steps_to, ranks)
        yield from _step(zone, "escalates_to", zone.escalates_to, ranks)


def _step(zone: ZoneRule, key: str, level: str, ranks: dict[str, int]) -> Found:
    where = f"zone.{zone.rule.id}.{key}"
    if not level:
        return
    if level not in ranks:
        yield where, f"is {level}, which no zone row gives; add a row of that level, or mend it"
    elif key == "steps_to" and ranks[level] >= zone.rank:
        yield where, f"is {level} of rank {ranks[level]}, not below {zone.rank}; a step down has to fall"
    elif key == "escalates_to" and ranks[level] <= zone.rank:
        yield where, f"is {level} of rank {ranks[level]}, not above {zone.rank}; escalation has to rise"


def _appeals(protocol: Protocol) -> Found:
    """Nobody is restricted without an appeal."""
    restricting = {
        "hold": protocol.hold is not None,
        "course": any(course.phases for course in protocol.courses),
        "arrival": bool(protocol.arrivals),
        "zone": any(zone.level != "none" for zone in protocol.zones),
        "case": True,
    }
    for of, restricts in restricting.items():
        if restricts and protocol.appeal(of) is None:
            yield "appeal", f'has no row with of = "{of}"; nobody is restricted without an appeal'


def _once(protocol: Protocol) -> Found:
    for twice in _twice(rule.id for rule in protocol.every_rule):
        yield twice, "names two rules; every rule needs an id of its own"
    for twice in _twice(limit.of for limit in protocol.limits):
        yield "limit", f'has two rows with of = "{twice}"; drop one'
    for twice in _twice(appeal.of for appeal in protocol.appeals):
        yield "appeal", f'has two rows with of = "{twice}"; drop one'
    for twice in _twice(clock.must for clock in protocol.clocks if clock.must):
        yield "clock", f'has two rows with must = "{twice}"; leave it out of one'


def _twice(words: Iterable[str]) -> list[str]:
    return sorted(word for word, times in Counter(words).items() if times > 1)
