"""Is a resolved protocol sound? Every fault, not the first, each with the mend."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol as Shape

from ringfence.protocol.predicates import Predicate
from ringfence.protocol.rows import Fault
from ringfence.protocol.rules import Protocol, Rule


class _Matched(Shape):
    """A row of a first-match table."""

    @property
    def rule(self) -> Rule: ...
    @property
    def when(self) -> Predicate | None: ...


def check_protocol(protocol: Protocol, file: str) -> list[Fault]:
    """The faults that only show when the whole stack is put together."""
    return [
        Fault(file, key, what)
        for faults in (
            _exhaustive(protocol),
            _courses(protocol),
            _ends(protocol),
            _once(protocol),
        )
        for key, what in faults
    ]


def _exhaustive(protocol: Protocol) -> Iterator[tuple[str, str]]:
    tables: dict[str, Sequence[_Matched]] = {
        "case": protocol.cases,
        "infectious": protocol.windows,
        "contact (ring 1)": [row for row in protocol.contacts if row.ring == 1],
    }
    # An edition may do without these; where it has them they are whole.
    optional: dict[str, Sequence[_Matched]] = {
        "contact (ring 2)": [row for row in protocol.contacts if row.ring == 2],
        "zone (residence)": [row for row in protocol.zones if row.why == "residence"],
        "zone (visited)": [row for row in protocol.zones if row.why == "visited"],
        "pool": protocol.pools,
    }
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


def _courses(protocol: Protocol) -> Iterator[tuple[str, str]]:
    phases = [phase for course in protocol.courses for phase in course.phases]
    classes = {row.gives for row in protocol.contacts} | {phase.linked_becomes for phase in phases}
    courses = [course.of for course in protocol.courses]
    for missing in sorted(classes - {"none", ""} - set(courses)):
        yield "course", f"contacts of class {missing} have no course; add one, or owes_nothing = true"
    for twice in _twice(courses):
        yield "course", f"contacts of class {twice} have two courses; drop one"


def _ends(protocol: Protocol) -> Iterator[tuple[str, str]]:
    if protocol.limit("hold") is None:
        yield "limit", 'has no row with of = "hold"; nobody is held without an end, so give one'
    for zone in protocol.zones:
        if zone.level != "none" and zone.lift_days == 0:
            yield f"zone.{zone.rule.id}.lift_days", "is 0; a zone needs an end that can be worked out"


def _once(protocol: Protocol) -> Iterator[tuple[str, str]]:
    for twice in _twice(rule.id for rule in protocol.every_rule()):
        yield twice, "names two rules; every rule needs an id of its own"
    for twice in _twice(limit.of for limit in protocol.limits):
        yield "limit", f'has two rows with of = "{twice}"; drop one'
    for twice in _twice(clock.must for clock in protocol.clocks if clock.must):
        yield "clock", f'has two rows with must = "{twice}"; leave it out of one'


def _twice(words: Iterable[str]) -> list[str]:
    return sorted(word for word, times in Counter(words).items() if times > 1)
