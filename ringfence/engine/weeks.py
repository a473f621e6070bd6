"""Which ISO week is it, and how many swabs of it count towards so many a week?"""

from collections.abc import Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ringfence.engine.days import day_of, start_of
from ringfence.engine.match import worked_out
from ringfence.protocol import Protocol
from ringfence.protocol.measures import CadenceRule
from ringfence.protocol.schedules import Schedule

_TAKEN = pa.schema([("person", pa.int64()), ("taken", pa.int64())])


def week(protocol: Protocol, as_of: datetime) -> tuple[ir.DateValue, ir.Value]:
    """The Monday of the ISO week an instant falls in, and the instant it begins."""
    today = day_of(ibis.literal(as_of, "timestamp(6)"), protocol.offsets)
    monday = (today - today.day_of_week.index().cast("int32").as_interval("D")).cast("date")
    return monday, start_of(monday, protocol.offsets)


def taken_this_week(
    who: ir.Table, swab: ir.Table, rules: Sequence[CadenceRule], protocol: Protocol, as_of: datetime
) -> ir.Table:
    """How many swabs of this week count, each at least the gap after the one before: person, taken.

    Args:
        who: person and number, the row of `rules` that is theirs.
        swab: person and at.
    """
    weekly = {n: row.schedule for n, row in enumerate(rules) if row.schedule}
    weekly = {n: schedule for n, schedule in weekly.items() if schedule.form == "a_week"}
    if not weekly:
        return ibis.memtable(_TAKEN.empty_table())
    _, begins = week(protocol, as_of)
    mine = swab.filter((swab["at"] >= begins) & (swab["at"] <= as_of)).inner_join(who, "person")
    mine = worked_out(mine.select("person", "number", at=mine["at"].cast("timestamp(6)")))
    parts: list[ir.Table] = []
    for number, schedule in weekly.items():
        parts += _one_by_one(mine.filter(mine.number == number), schedule)
    every = ibis.union(*parts)
    return every.group_by("person").aggregate(taken=every.count())


def _one_by_one(mine: ir.Table, schedule: Schedule) -> list[ir.Table]:
    """Who has a first swab that counts, who a second, and so on: person, each."""
    found: list[ir.Table] = []
    rest = mine
    for _ in range(schedule.times):
        next_ = worked_out(rest.group_by("person").aggregate(counted=rest["at"].min()))
        found.append(next_.select("person"))
        later = mine.inner_join(next_, "person")
        gap = later.counted + ibis.interval(hours=schedule.gap)
        rest = later.filter((later["at"] > later.counted) & (later["at"] >= gap)).select("person", "at")
    return found
