"""Which rows of a text file of visits are plain, so that whole columns are read at once and not cell by cell?

Plain: pseudonyms of ours, whole numbers without a sign, instants such as 2022-03-30 14:30 or with seconds.
What such rows say is what `checking` would say cell by cell; every other row is left to it.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from ringfence.intake.cells import Batch, cells_of
from ringfence.intake.faults import Fault
from ringfence.intake.times import Clock
from ringfence.intake.values import PLACE_HASH_FROM
from ringfence.tables.facts import VISIT

_PSEUDONYM = "^[Pp](0|[1-9][0-9]{0,17})$"
_WHOLE = "^(0|[1-9][0-9]{0,%d})$"
_SHORT, _LONG = 16, 19
_INSTANT = "0000-00-00 00:00:00"
_DIGITS = [at for at, mark in enumerate(_INSTANT) if mark == "0"]
_MARKS = [at for at, mark in enumerate(_INSTANT) if mark in "-:"]
_SEPARATOR = _INSTANT.index(" ")
_QUARTER = np.timedelta64(15, "m")  # no zone changes its clocks within a quarter of an hour
_YEARS = (1973, 2099)
Flags = npt.NDArray[np.bool_]
Instants = npt.NDArray[np.datetime64]


@dataclass
class _Rows:
    """The cells of a batch by column, and which rows are plain so far."""

    good: Flags

    def whole(self, said: pa.Array, pattern: str, kind: pa.DataType, skip: int, needed: bool) -> pa.Array:
        """Whole numbers, after some characters that are no part of them."""
        plain = pc.match_substring_regex(said, pattern)
        self._keep(plain, said, needed)
        digits = pc.if_else(plain, pc.utf8_slice_codeunits(said, skip), pa.scalar(None, pa.string()))
        return digits.cast(kind)

    def instants(self, said: pa.Array, clock: Clock, needed: bool) -> pa.Array:
        """Instants of local time, in UTC."""
        size = pc.binary_length(said)
        known = pc.or_(pc.equal(size, _SHORT), pc.equal(size, _LONG))
        # One form for all, of one length: then each digit is a column of its own.
        long = pc.if_else(pc.equal(size, _SHORT), pc.binary_join_element_wise(said, ":00", ""), said)
        long = pc.if_else(known, long, _INSTANT)
        letters = np.frombuffer(long.cast(pa.binary()).cast(pa.binary(_LONG)).buffers()[1], np.uint8)
        read, plain = _instants(letters.reshape(-1, _LONG)[: len(said)])
        read, plain = _utc(read, plain & known.to_numpy(zero_copy_only=False), clock)
        self._keep(pa.array(plain), said, needed)
        return pa.array(read.astype("datetime64[us]"), mask=~plain)

    def _keep(self, plain: pa.Array, said: pa.Array, needed: bool) -> None:
        fits = plain if needed else pc.or_(plain, pc.equal(said, ""))
        self.good &= fits.to_numpy(zero_copy_only=False)


def plain_text(
    batch: Batch, width: int, places: Mapping[str, int], clock: Clock
) -> tuple[pa.Table, Flags] | None:
    """The plain visits among some rows of text, and which rows those are; None where columns ask for more.

    Args:
        batch: the rows, or the lines.
        width: how many there are to be in a row.
        places: which of them is which column of the table; no other names of people may be among them.
        clock: the zone of the instants.
    """
    if not set(places) <= {column.name for column in VISIT.columns}:
        return None
    parted = _parted(batch, width)
    if parted is None:
        return None
    cells, fits = parted
    rows, work = len(fits), _Rows(fits)
    columns: list[pa.Array] = []
    for column in VISIT.stored:
        if column.name not in places:
            columns.append(pa.nulls(rows, column.arrow))
            if column.needed:
                return None
            continue
        said = cells(places[column.name])
        if column.type == "instant":
            columns.append(work.instants(said, clock, column.needed))
        elif column.type == "person":
            columns.append(work.whole(said, _PSEUDONYM, column.arrow, 1, column.needed))
        else:
            most = len(str(PLACE_HASH_FROM)) - 1 if column.type == "place" else 9
            columns.append(work.whole(said, _WHOLE % (most - 1), column.arrow, 0, column.needed))
    visits = pa.Table.from_arrays(columns, schema=VISIT.schema)
    forwards = pc.fill_null(pc.greater_equal(visits["leave"], visits["enter"]), True)
    work.good &= forwards.to_numpy()
    return visits.filter(pa.array(work.good)), work.good


def _parted(batch: Batch, width: int) -> tuple[Callable[[int], pa.Array], Flags] | None:
    """The texts of a column by its place, and which rows have a cell for each heading; what others say is
    nothing. None where there is no row."""
    rows = batch.rows
    if batch.text is not None:
        table = _read_at_once(*batch.text, width)
        if table is not None:
            return lambda place: table.column(place).combine_chunks(), np.ones(table.num_rows, np.bool_)
        rows = cells_of(*batch.text)
    if not rows:
        return None
    fits = [len(row) == width for row in rows]
    nothing = [""] * width
    cells = rows if all(fits) else [row if fit else nothing for row, fit in zip(rows, fits, strict=True)]
    return lambda place: pa.array([row[place] for row in cells], pa.string()), np.array(fits, np.bool_)


def _read_at_once(lines: list[str], delimiter: str, width: int) -> pa.Table | None:
    """Lines without quotes as columns of text; None where one has more cells or fewer."""
    names = [str(place) for place in range(width)]
    content = pa.py_buffer("".join(lines).encode())
    try:
        table = csv.read_csv(
            pa.BufferReader(content),
            csv.ReadOptions(column_names=names, use_threads=False, block_size=max(content.size, 1)),
            csv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False),
            csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
    except pa.ArrowInvalid:
        return None
    return table if table.num_rows == len(lines) else None


def _instants(letters: npt.NDArray[np.uint8]) -> tuple[Instants, Flags]:
    """Local readings of the clock, and which of them there are."""
    digits = letters.astype(np.int64) - ord("0")
    plain = np.all((digits[:, _DIGITS] >= 0) & (digits[:, _DIGITS] <= 9), axis=1)
    for at in _MARKS:
        plain &= letters[:, at] == ord(_INSTANT[at])
    plain &= (letters[:, _SEPARATOR] == ord(" ")) | (letters[:, _SEPARATOR] == ord("T"))
    century, of_it, month, day, hour, minute, second = (
        digits[:, at] * 10 + digits[:, at + 1] for at in (0, 2, 5, 8, 11, 14, 17)
    )
    year = century * 100 + of_it
    plain &= (year >= _YEARS[0]) & (year < _YEARS[1]) & (month >= 1) & (month <= 12) & (day >= 1)
    plain &= (hour <= 23) & (minute <= 59) & (second <= 59)
    months = np.where(plain, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    length = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64)
    plain &= day <= length
    seconds = np.where(plain, ((day - 1) * 24 + hour) * 3600 + minute * 60 + second, 0)
    return months.astype("datetime64[s]") + seconds.astype("timedelta64[s]"), plain


def _utc(local: Instants, plain: Flags, clock: Clock) -> tuple[Instants, Flags]:
    """The instants of local readings, and which of them the clock showed once."""
    quarters, at = np.unique((local - np.datetime64(0, "s")) // _QUARTER, return_inverse=True)
    ahead = np.zeros(len(quarters), "timedelta64[s]")
    known = np.ones(len(quarters), np.bool_)
    for number, quarter in enumerate(quarters.tolist()):
        reading = datetime.datetime(1970, 1, 1) + quarter * datetime.timedelta(minutes=15)  # noqa: DTZ001
        instant = clock.utc(reading)
        known[number] = not isinstance(instant, Fault)
        if not isinstance(instant, Fault):
            ahead[number] = np.timedelta64(reading - instant)
    return local - ahead[at], plain & known[at]
