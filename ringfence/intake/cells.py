"""What is a row as it was read, before anybody asks what it means?"""

import datetime
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import pyarrow as pa

from ringfence.intake.faults import Fault

Cell = str | int | float | bool | datetime.date | datetime.datetime | datetime.time | None
"""A cell as the file types it. CSV knows only text; spreadsheets and Parquet know more."""

BATCH_ROWS = 100_000
"""The most rows held at once."""

_EXACT = 10**15


@dataclass
class Batch:
    """Rows as read, with the row number each has in the file, and rows that could not be split into cells."""

    numbers: list[int] = field(default_factory=list[int])
    rows: list[list[Cell]] = field(default_factory=list[list[Cell]])
    broken: list[tuple[int, Fault]] = field(default_factory=list[tuple[int, Fault]])
    columns: pa.RecordBatch | None = None
    """Where the file has typed columns and many rows: these, and `rows` is empty."""
    many: bool = False
    """Whether the file has more rows than one batch holds."""
    text: tuple[list[str], str] | None = None
    """Where a text file has many rows: its lines without quotes, one a row, and what parts their cells;
    `rows` is empty."""

    def add(self, number: int, cells: list[Cell]) -> None:
        """Take a row in."""
        self.numbers.append(number)
        self.rows.append(cells)

    def split(self) -> None:
        """Have `rows`, where there are lines."""
        if self.text is not None:
            self.rows, self.text = cells_of(*self.text), None

    @property
    def room(self) -> int:
        """How many more rows it may hold."""
        return BATCH_ROWS - len(self.numbers) - len(self.broken)

    @property
    def full(self) -> bool:
        """Whether it holds as many rows as a batch may."""
        return self.room <= 0


def cells_of(lines: Sequence[str], delimiter: str) -> list[list[Cell]]:
    """Lines without quotes as cells."""
    return [[*line.rstrip("\n").split(delimiter)] for line in lines]


def plain(cell: Cell) -> str:
    """The cell as text. A whole number loses its point; a float of 16 digits or more keeps its exponent,
    so that a number a spreadsheet has spoilt is still seen to be one.

    >>> plain(5.0), plain(3.2020619900101e17), plain(None), plain(datetime.date(2022, 3, 30))
    ('5', '3.2020619900101e+17', '', '2022-03-30')
    """
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return ""
        if cell.is_integer() and abs(cell) < _EXACT:
            return str(int(cell))
        return repr(cell) if "e" in repr(cell) or abs(cell) < _EXACT else f"{cell:.14e}"
    return str(cell)


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def has_control(text: str) -> bool:
    """Whether the text holds control characters or halves of a surrogate pair."""
    return _CONTROL.search(text) is not None


def half_width(text: str) -> str:
    """The text with full-width digits, letters and signs made ordinary, without the space around it.

    >>> half_width(" ３２０２０６Ｘ　")
    '320206X'
    """
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text).strip()


def texts(cells: Sequence[Cell], instants: bool = False) -> Sequence[str]:
    """A column of cells as text. Spreadsheets keep midnight as a bare date: among instants it is one."""
    if all(type(cell) is str for cell in cells):
        return cast(Sequence[str], cells)
    if instants and any(isinstance(cell, datetime.datetime) for cell in cells):
        return [f"{cell} 00:00" if type(cell) is datetime.date else plain(cell) for cell in cells]
    return [plain(cell) for cell in cells]
