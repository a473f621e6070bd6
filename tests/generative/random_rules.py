"""Editions by lot: each table from one of the rule sets at hand, its choices drawn anew while it is sound."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from ringfence.protocol import Protocol
from ringfence.protocol.check import check_protocol
from ringfence.protocol.rules import UNKNOWN, ContactRule, CourseRule, Phase, WindowRule

TABLES = (
    "cases", "case_releases", "windows", "hold", "limits", "contacts", "arrivals", "courses", "zones",
    "campaigns", "skips", "pools", "clocks", "cadences", "colours",
)  # fmt: skip
LENGTHS = (1, 2, 3, 5, 7, 10, 14)


def drawn_edition(seed: int, sources: Sequence[Callable[[], Protocol]]) -> Protocol:
    """A sound protocol that nobody wrote; the same seed gives the same one."""
    rng = Random(seed)
    made = [source() for source in sources]
    while True:
        base = rng.choice(made)
        tables = {name: getattr(rng.choice(made), name) for name in TABLES}
        tables["contacts"] = _contacts(tables["contacts"], rng)
        tables["courses"] = tuple(_course(course, rng) for course in tables["courses"])
        tables["windows"] = tuple(_window(row, rng) for row in tables["windows"])
        found = replace(base, before=None, in_flight="recompute", **tables)
        if not check_protocol(found, "drawn"):
            return found


def _contacts(rows: tuple[ContactRule, ...], rng: Random) -> tuple[ContactRule, ...]:
    """The rows of each ring in another order, but for its last, and what unknown means drawn anew."""
    found: list[ContactRule] = []
    for ring in (1, 2):
        mine = [row for row in rows if row.ring == ring]
        found += [replace(row, unknown=rng.choice(UNKNOWN)) for row in rng.sample(mine[:-1], len(mine[:-1]))]
        found += mine[-1:]
    return tuple(found)


def _course(course: CourseRule, rng: Random) -> CourseRule:
    return replace(course, phases=tuple(_phase(phase, rng) for phase in course.phases))


def _phase(phase: Phase, rng: Random) -> Phase:
    days = rng.choice([length for length in LENGTHS if phase.extend is None or length < phase.extend.days])
    tests = replace(phase.tests, traced_day=rng.random() < 0.3, at_release=rng.random() < 0.5)
    return replace(
        phase, days=days, numbering=rng.choice((0, 1)), tests=tests,
        late=rng.choice(("credit", "floor", "convert")),
    )  # fmt: skip


def _window(row: WindowRule, rng: Random) -> WindowRule:
    return replace(row, unknown=rng.choice(("include", "exclude")), lingers_min=rng.choice((0, 0, 30, 120)))
