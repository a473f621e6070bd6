"""What rows does a file hold, whatever kind of file it is?

A file is known by its first bytes, not by its name. Row numbers are the file's own: the line in a CSV,
the row in a spreadsheet, the record in a Parquet file (headings count as record 0).
"""

import datetime
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from ringfence.errors import InputError
from ringfence.intake.cells import BATCH_ROWS, Batch, Cell, cells_of
from ringfence.intake.delimited import read_delimited
from ringfence.intake.encodings import find_encoding

_CHUNK = 1 << 20
_STRAY_NULS = 32
_MISTAKEN = (
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "a SQLite database"),
)
_WANTED = "give a CSV, XLSX or Parquet file with headings in its first row"


@dataclass(frozen=True)
class FileOptions:
    """What a mapping says of the file itself; empty where it says nothing."""

    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""


@dataclass(frozen=True)
class Source:
    """A file opened for reading: its name, kind (csv, sheet or parquet), encoding, and rows as they come."""

    name: str
    kind: str
    encoding: str
    batches: Iterator[Batch]


def open_source(path: Path, options: FileOptions | None = None) -> Source:
    """Open a file. The first row of the first batch may hold the headings.

    Raises InputError where the file is missing, empty, or none of CSV, XLSX and Parquet.
    """
    options = options or FileOptions()
    kind = _kind(path)
    if kind == "parquet":
        return Source(path.name, kind, "", _read_parquet(path))
    if kind == "sheet":
        return Source(path.name, kind, "", _read_sheet(path, options.sheet))
    encoding = find_encoding(path, options.encoding)
    return Source(path.name, "csv", encoding, read_delimited(path, encoding, options.delimiter))


def file_digest(path: Path) -> str:
    """SHA-256 of the file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _kind(path: Path) -> str:
    if not path.is_file():
        raise InputError(f"{path.name}: there is no such file")
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise InputError(f"{path.name}: the file is empty; {_WANTED}")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "sheet"
    for start, what in _MISTAKEN:
        if head.startswith(start):
            raise InputError(f"{path.name}: the file is {what}; {_WANTED}")
    # A stray NUL is one cell's fault; many are no text.
    if head.count(0) > max(_STRAY_NULS, len(head) // 10) and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{path.name}: the file is binary, not a table; {_WANTED}")
    return "csv"


def _read_parquet(path: Path) -> Iterator[Batch]:
    try:
        with pq.ParquetFile(path) as file:
            yield Batch([0], [list[Cell](file.schema_arrow.names)])
            number, many = 0, file.metadata.num_rows > BATCH_ROWS
            for records in file.iter_batches(batch_size=BATCH_ROWS):
                numbers = list(range(number + 1, number + 1 + records.num_rows))
                number += records.num_rows
                batch = Batch(numbers, columns=records, many=many)
                yield batch if many else by_cell(batch)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path.name}: the Parquet file is damaged or cut short; send it again") from error


def by_cell(batch: Batch) -> Batch:
    """A batch of typed columns, or of lines, as rows of cells."""
    if batch.text is not None:
        return replace(batch, rows=cells_of(*batch.text), text=None)
    if batch.columns is None:
        return batch
    cells = [_arrow_cells(column) for column in batch.columns.columns]
    return Batch(batch.numbers, [list(row) for row in zip(*cells, strict=True)], many=batch.many)


def _arrow_cells(column: pa.Array) -> list[Cell]:
    if pa.types.is_timestamp(column.type):
        # Nanoseconds would need pandas; facts are kept to the microsecond.
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    simple = (str, int, float, bool, datetime.date, datetime.time, type(None))
    return [cell if isinstance(cell, simple) else str(cell) for cell in column.to_pylist()]


def _read_sheet(path: Path, sheet: str) -> Iterator[Batch]:
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            names = workbook.sheet_names
            if sheet and sheet not in names:
                raise InputError(f"{path.name}: there is no sheet {sheet!r}; there are {', '.join(names)}")
            if not names:
                raise InputError(f"{path.name}: the workbook has no sheet; {_WANTED}")
            yield from _sheet_batches(workbook, sheet or names[0])
    except PasswordError as error:
        raise InputError(f"{path.name}: the workbook has a password; save it without one") from error
    except CalamineError as error:
        raise InputError(f"{path.name}: {_sheet_trouble(path)}") from error


def _sheet_batches(workbook: CalamineWorkbook, sheet: str) -> Iterator[Batch]:
    batch = Batch()
    for number, cells in enumerate(workbook.get_sheet_by_name(sheet).iter_rows(), start=1):
        if any(cell != "" for cell in cells):
            batch.add(number, [_sheet_cell(cell) for cell in cells])
        if batch.full:
            yield batch
            batch = Batch()
    yield batch


def _sheet_cell(cell: object) -> Cell:
    if isinstance(cell, datetime.timedelta):
        return str(cell)
    return cell  # pyright: ignore[reportReturnType] -- calamine gives exactly the other cell types


def _sheet_trouble(path: Path) -> str:
    try:
        with ZipFile(path) as archive:
            broken = archive.testzip()
    except (BadZipFile, OSError):
        return "the workbook is cut short or damaged; open it in a spreadsheet and save it again as XLSX"
    if broken is not None:
        return "the workbook is damaged; open it in a spreadsheet and save it again as XLSX"
    return f"the file is an archive but not a workbook; {_WANTED}"
