"""How is a day of visits kept beside the journal, and is the file still the one that was named?"""

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ringfence.durable import synced
from ringfence.errors import InputError, IntegrityError
from ringfence.journal.rows import checked
from ringfence.tables.facts import VISIT

CHINA = "Asia/Shanghai"
ROW_GROUP = 262_144
SOURCE = re.compile(r"[\w-]{1,64}")
_ORDER = ("place", "enter", "person")
_BITS, _MOST = 63, (1 << 62) - 1
_UNITS = (1_000_000, 1_000, 1)
"""Instants are mostly of whole seconds, and then need twenty bits less."""


def _agree(_digest: str) -> None:
    """Any file will do."""


def write(
    store: Path,
    day: date,
    source: str,
    visits: pa.Table,
    zone: str = CHINA,
    agreed: Callable[[str], None] = _agree,
) -> dict[str, Any]:
    """Keep the visits that begin on a civil day (in `zone`); the row of visit_partition that names the file.

    The file is sorted by place, enter and person, and durable when this returns; the same visits give
    the same bytes. A second, different file of the same day and source gets a name of its own: the
    journal still names the first. InputError for a visit that does not fit the table, begins on
    another day, or comes twice. `agreed` is told the digest before the file stands, and may raise: then
    nothing does.
    """
    if not SOURCE.fullmatch(source):
        raise InputError("a partition's source is 1 to 64 letters, digits, - or _")
    rows = _ordered(checked(VISIT, visits), day, zone)
    folder = store / "visits" / f"day={day.isoformat()}"
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{source}.{os.getpid()}.tmp"
    try:
        _write_file(rows, temporary)
        made = digest(temporary)
        agreed(made)
        final = _name(folder, source, made)
        if not final.exists():
            temporary.rename(final)
    finally:
        temporary.unlink(missing_ok=True)
    synced(folder, folder.parent, store)
    file = final.relative_to(store).as_posix()
    return {"day": day, "source": source, "file": file, "digest": made, "rows": rows.num_rows}


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def path_of(store: Path, file: str) -> Path:
    """The file a visit_partition row names. IntegrityError where it would lie outside the store's visits."""
    parts = file.split("/")
    if parts[0] != "visits" or len(parts) < 2 or any(part in ("", ".", "..") for part in parts):
        raise IntegrityError(f"partition file {file!r}: not a path below the store's visits")
    return store.joinpath(*parts)


def remove(store: Path, before: date) -> None:
    """Delete the folders of all days before a day, with whatever is in them, durably."""
    folder = store / "visits"
    for day in sorted(folder.glob("day=*")):
        if day.name < f"day={before.isoformat()}":
            shutil.rmtree(day)
    if folder.is_dir():
        synced(folder)


def fault(store: Path, named: Mapping[str, Any]) -> str:
    """What is wrong with the file a visit_partition row names; empty where nothing is."""
    try:
        path = path_of(store, named["file"])
        if not path.is_file():
            return f"partition {named['file']} is missing"
        if digest(path) != named["digest"]:
            return f"partition {named['file']} is not the file its digest was made from"
        if pq.read_metadata(path).num_rows != named["rows"]:
            return f"partition {named['file']} does not have {named['rows']} rows"
    except (IntegrityError, pa.ArrowInvalid, OSError) as error:
        return f"partition {named['file']} cannot be read: {error}"
    return ""


def days_of(enter: pa.ChunkedArray, zone: str) -> pa.Array:
    """The civil day, in a zone, of each UTC instant; absent where the instant is."""
    instants = pc.fill_null(enter, datetime(1970, 1, 1)).to_numpy()  # noqa: DTZ001 - UTC without a mark
    # No zone has changed its offset within a quarter of an hour since 1972: ask once for each.
    quarters = instants.astype("datetime64[s]").astype(np.int64) // 900
    unique, places = np.unique(quarters, return_inverse=True)
    days = np.array([_day(int(quarter) * 900, zone) for quarter in unique], dtype="datetime64[D]")
    return pa.array(days[places], pa.date32(), mask=pc.is_null(enter).to_numpy())


def _day(seconds: int, zone: str) -> date:
    return datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(zone)).date()


def _ordered(rows: pa.Table, day: date, zone: str) -> pa.Table:
    if rows.num_rows == 0:
        return rows
    ends = pc.min_max(rows["enter"])
    bounds = pa.chunked_array([[ends["min"].as_py(), ends["max"].as_py()]], pa.timestamp("us"))
    first, last = days_of(bounds, zone).to_pylist()
    if first != day or last != day:
        raise InputError(f"visits of {day}: they begin from {first} to {last} in {zone}; one day a file")
    keys = [rows[name].to_numpy() for name in _ORDER]
    if not np.all(rising(keys)):
        rows = rows.take(pa.array(order_of(keys)[0])).combine_chunks()
        if not np.all(rising([rows[name].to_numpy() for name in _ORDER])):
            raise InputError(f"visits of {day}: the same person, place and enter comes twice; send each once")
    return rows


def rising(keys: list[npt.NDArray[Any]]) -> npt.NDArray[np.bool_]:
    """Whether each row comes after the one before it, by the first key that differs."""
    after = np.zeros(len(keys[0]) - 1, dtype=np.bool_)
    for key in reversed(keys):
        after = (key[1:] > key[:-1]) | ((key[1:] == key[:-1]) & after)
    return after


def order_of(keys: Sequence[npt.NDArray[Any]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """The order of rows by several keys, the first before the second, like rows as they came; and for each in
    that order whether it differs from the one before it."""
    packed = _packed(keys)
    if packed is None:
        order = np.lexsort(keys[::-1])
        ordered = [key[order] for key in keys]
    else:
        order = np.argsort(packed, kind="stable")
        ordered = [packed[order]]
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = False
    for key in ordered:
        fresh[1:] |= key[1:] != key[:-1]
    return order, fresh


def _packed(keys: Sequence[npt.NDArray[Any]]) -> npt.NDArray[np.int64] | None:
    """The keys as one number a row, which sorts four times as fast; None where 63 bits do not hold them."""
    if not len(keys[0]):
        return None
    told: list[tuple[npt.NDArray[np.int64], int]] = []
    for key in keys:
        numbers = key.astype(np.int64)
        least, most = int(numbers.min()), int(numbers.max())
        if most - least > _MOST:
            return None
        numbers -= least
        unit = next(unit for unit in _UNITS if unit == 1 or not np.any(numbers % unit))
        told.append((numbers // unit if unit > 1 else numbers, ((most - least) // unit).bit_length()))
    if sum(bits for _, bits in told) > _BITS:
        return None
    packed = np.zeros(len(keys[0]), np.int64)
    for numbers, bits in told:
        packed <<= bits
        packed |= numbers
    return packed


def _write_file(rows: pa.Table, path: Path) -> None:
    # One chunk: page limits follow chunk limits, and the bytes must follow from the rows alone.
    rows = rows.replace_schema_metadata(None).combine_chunks()
    with path.open("wb") as file:
        pq.write_table(rows, file, compression="zstd", row_group_size=ROW_GROUP, write_statistics=True)
        file.flush()
        os.fsync(file.fileno())


def _name(folder: Path, source: str, made: str) -> Path:
    number = 1
    while True:
        path = folder / (f"{source}.parquet" if number == 1 else f"{source}.{number}.parquet")
        if not path.exists() or digest(path) == made:
            return path
        number += 1
