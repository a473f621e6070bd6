"""How long were two people together, each moment counted once?"""

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ringfence.engine.days import Offsets, day_of, start_of
from ringfence.engine.exposures import MICROSECONDS_PER_MINUTE
from ringfence.engine.match import beside, worked_out

_PAIR = ("index", "person")


def with_time(met: ir.Table, *of: str) -> ir.Table:
    """The meetings with `added`: microseconds each adds to the time together of its pair (and `of`), counted
    once where meetings overlap; unknown where the length of the meeting is."""
    met = met.mutate(until=met.minutes.notnull().ifelse(met.end, ibis.null("timestamp(6)")))
    earlier = ibis.window(rows=(None, -1), group_by=[*_PAIR, *of], order_by=[met.begin, met.end])
    met = met.mutate(counted=ibis.greatest(met.begin, met.until.max().over(earlier)))
    added = ibis.greatest(met.until.delta(met.counted, unit="microsecond"), 0)
    return met.mutate(added=met.until.notnull().ifelse(added, ibis.null("int64"))).drop("counted")


def with_day_minutes(met: ir.Table, offsets: Offsets) -> ir.Table:
    """The meetings with `day_minutes`: whole minutes of their pair together on the civil day it is most.

    A meeting over midnight is split by the day. Unknown where the length of the meeting is.
    """
    timed = met.filter(met.minutes.notnull()).select(*_PAIR, "begin", "end", "minutes")
    days = _days(timed, offsets)
    if days is None:
        return met.mutate(day_minutes=ibis.null("int64"))
    parts = timed.inner_join(days, [timed.begin < days.stop, timed.end >= days.start])
    parts = parts.mutate(begin=ibis.greatest(parts.begin, parts.start), end=ibis.least(parts.end, parts.stop))
    parts = with_time(worked_out(parts), "day")
    each = parts.group_by(*_PAIR, "day").aggregate(together=parts.added.sum())
    most = each.group_by(*_PAIR).aggregate(most=each.together.max() // MICROSECONDS_PER_MINUTE)
    met = beside(met, worked_out(most), *_PAIR)
    return met.mutate(day_minutes=met.minutes.notnull().ifelse(met.most, ibis.null("int64"))).drop("most")


def _days(timed: ir.Table, offsets: Offsets) -> ir.Table | None:
    """The civil days some meetings lie in: day, start, stop; None where there is no meeting."""
    span = timed.aggregate(
        first=day_of(timed.begin.min(), offsets), last=day_of(timed.end.max(), offsets)
    ).to_pyarrow()
    first, last = span["first"][0].as_py(), span["last"][0].as_py()
    if first is None:
        return None
    known = [first.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]
    days = ibis.memtable(pa.table({"day": pa.array(known, pa.date32())}))
    after = (days.day + ibis.interval(days=1)).cast("date")
    return worked_out(days.mutate(start=start_of(days.day, offsets), stop=start_of(after, offsets)))
