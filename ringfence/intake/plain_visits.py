"""Which visits of a Parquet file are plain, so that whole columns are read at once and not cell by cell?

Plain: pseudonyms of ours, whole numbers, timestamps, nothing absent that is needed, no end before its
beginning. What these columns say is what `checking` would say cell by cell; anything else is left to it.
"""

import datetime
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ringfence.intake.faults import Fault
from ringfence.intake.times import Clock
from ringfence.intake.values import PLACE_HASH_FROM
from ringfence.tables.facts import VISIT

_PSEUDONYM = "^[Pp](0|[1-9][0-9]{0,18})$"
_QUARTER = 900 * 1_000_000  # no zone changes its clocks within a quarter of an hour
_FIRST, _LAST = (datetime.datetime(year, 1, 2) for year in (1973, 2099))  # noqa: DTZ001 - UTC without a mark


def plain_visits(columns: pa.RecordBatch, places: Mapping[str, int], clock: Clock) -> pa.Table | None:
    """The visits of a batch in the table's own columns; None where the batch has to be read cell by cell.

    Args:
        columns: the file's columns.
        places: which of them is which of the table's; no other names of people may be among them.
        clock: the zone of timestamps without one.
    """
    if not set(places) <= {column.name for column in VISIT.columns}:
        return None
    read = {
        "person": _person, "place": _place, "enter": lambda column: _instant(column, clock),
        "leave": lambda column: _instant(column, clock), "part": _whole, "seat_row": _whole,
    }  # fmt: skip
    found: dict[str, pa.Array] = {}
    for column in VISIT.columns:
        given = columns.column(places[column.name]) if column.name in places else None
        values = pa.nulls(columns.num_rows, column.arrow) if given is None else read[column.name](given)
        if values is None or (column.needed and values.null_count):
            return None
        found[column.name] = values
    if pc.any(pc.less(found["leave"], found["enter"])).as_py():
        return None
    return pa.Table.from_arrays([found[name] for name in VISIT.schema.names], schema=VISIT.schema)


def _person(given: pa.Array) -> pa.Array | None:
    if pa.types.is_dictionary(given.type):
        given = given.dictionary_decode()
    if not (pa.types.is_string(given.type) or pa.types.is_large_string(given.type)):
        return None
    if not pc.all(pc.match_substring_regex(given, _PSEUDONYM)).as_py() or given.null_count:
        return None
    try:
        return pc.utf8_slice_codeunits(given, 1).cast(pa.int64())
    except pa.ArrowInvalid:  # more than 63 bits: the sender's own code
        return None


def _place(given: pa.Array) -> pa.Array | None:
    if not pa.types.is_integer(given.type) or pa.types.is_uint64(given.type):
        return None
    numbers = given.cast(pa.int64())
    inside = pc.and_(pc.greater_equal(numbers, 0), pc.less(numbers, PLACE_HASH_FROM))
    return numbers if pc.all(inside).as_py() is not False else None


def _whole(given: pa.Array) -> pa.Array | None:
    if pa.types.is_null(given.type):
        return given.cast(pa.int32())
    if not pa.types.is_integer(given.type):
        return None
    try:
        return given.cast(pa.int32())
    except pa.ArrowInvalid:
        return None


def _instant(given: pa.Array, clock: Clock) -> pa.Array | None:
    if pa.types.is_null(given.type):
        return given.cast(pa.timestamp("us"))
    if not pa.types.is_timestamp(given.type):
        return None
    marked = given.type.tz is not None
    instants = given.cast(pa.timestamp("us", given.type.tz), safe=False).cast(pa.int64())
    known = instants.drop_null().to_numpy()
    first, last = (int(_since(at)) for at in (_FIRST, _LAST))
    if len(known) and not (first <= known.min() and known.max() <= last):
        return None
    if not marked and len(known):
        ahead = _ahead(instants, clock)
        if ahead is None:
            return None
        instants = pc.subtract(instants, ahead)
    return instants.cast(pa.timestamp("us"))


def _ahead(local: pa.Array, clock: Clock) -> pa.Array | None:
    """How many microseconds local readings are ahead of UTC; None where one is not a reading of the clock."""
    filled = local.fill_null(0).to_numpy()
    quarters, at = np.unique(filled // _QUARTER, return_inverse=True)
    offsets: list[int] = []
    for quarter in quarters.tolist():
        reading = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=quarter * _QUARTER)  # noqa: DTZ001
        instant = clock.utc(reading)
        if isinstance(instant, Fault):
            return None
        offsets.append((reading - instant) // datetime.timedelta(microseconds=1))
    return pa.array(np.array(offsets, np.int64)[at])


def _since(at: datetime.datetime) -> int:
    return (at - datetime.datetime(1970, 1, 1)) // datetime.timedelta(microseconds=1)  # noqa: DTZ001
