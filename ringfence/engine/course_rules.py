"""What does each phase of each course ask? The course rules of a protocol as a table, a row a phase.

The engine joins it, so that a course more in the edition makes no expression longer.
"""

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ringfence.protocol import Protocol
from ringfence.protocol.rules import CourseRule, Phase
from ringfence.protocol.schedules import Schedule

NEEDS_NOBODY = ("free", "exclusion")
"""Where nobody is brought in: followed and not confined, or kept from work and school."""
_ASKED = pa.schema({
    "class": pa.string(), "phase": pa.int32(), "place": pa.string(),
    "days": pa.int32(), "anchor": pa.string(), "numbering": pa.int32(), "late": pa.string(),
    "resets": pa.bool_(), "linked_tests": pa.int32(),
    "test": pa.string(), "tested": pa.bool_(), "axis": pa.string(), "on_days": pa.list_(pa.int32()),
    "every": pa.int32(), "last_ordinal": pa.int32(), "at_release": pa.bool_(), "when_traced": pa.bool_(),
    "visit_days": pa.list_(pa.int32()), "visit_every": pa.int32(),
    "rule": pa.string(), "edition": pa.string(), "grade": pa.string(),
})  # fmt: skip
ASKED = tuple(_ASKED.names)
"""The columns of `asked`."""


def owed_classes(protocol: Protocol) -> list[str]:
    """The classes that owe something: those with a course of at least one phase."""
    return [rule.of for rule in protocol.courses if rule.phases]


def asked(protocol: Protocol) -> ir.Table:
    """The phases of the protocol's courses (see `ASKED`); no schedule is empty."""
    rows = [
        _row(rule, number, phase) for rule in protocol.courses for number, phase in enumerate(rule.phases, 1)
    ]
    return ibis.memtable(pa.Table.from_pylist(rows, _ASKED))


def tested(phase: Phase) -> bool:
    """Whether a phase owes any test."""
    schedule = phase.tests.schedule
    return bool(schedule.days or schedule.every or phase.tests.at_release or phase.tests.traced_day)


def _row(rule: CourseRule, number: int, phase: Phase) -> dict[str, object]:
    tests, none = phase.tests, Schedule("days")
    visits = phase.visits or none
    return {
        "class": rule.of, "phase": number, "place": phase.place,
        "days": phase.days, "anchor": phase.anchor, "numbering": phase.numbering, "late": phase.late,
        "resets": phase.reset == "positive_in_site", "linked_tests": phase.linked_tests,
        "test": tests.test, "tested": tested(phase), "axis": tests.axis,
        "on_days": tests.schedule.days, "every": tests.schedule.every,
        "last_ordinal": max(tests.days(phase.days), default=0),
        "at_release": tests.at_release, "when_traced": tests.traced_day,
        "visit_days": visits.days, "visit_every": visits.every,
        "rule": rule.rule.id, "edition": rule.rule.edition, "grade": rule.rule.grade,
    }  # fmt: skip


def ordinals(days: ir.ArrayValue, every: ir.IntegerValue, last: ir.IntegerValue) -> ir.ArrayValue:
    """The days a schedule falls on: those listed, else every so many up to the last."""
    repeated = ibis.range(every.cast("int64"), last.cast("int64") + 1, ibis.greatest(every, 1).cast("int64"))
    return (every > 0).ifelse(repeated, days.cast("array<int64>"))
