"""How is a CSV file split into rows and cells without one bad row swallowing the rest?

A line without quotation marks is split at the delimiter. One with them goes through the strict CSV
parser; where a quote stays open the next lines belong to the same row, but only so many: a quote that
is never closed costs its own line, and reading goes on with the next.
"""

import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from ringfence.errors import InputError
from ringfence.intake.cells import Batch, Cell, cells_of
from ringfence.intake.faults import LONG_CELL, OPEN_QUOTE, Fault

DELIMITERS = (",", "\t", ";")
_ROW_LINES = 200
_SAMPLE_LINES = 20


def read_delimited(path: Path, encoding: str, delimiter: str = "") -> Iterator[Batch]:
    """The rows of a delimited file, in batches; the number of a row is that of its first line, from 1."""
    if delimiter and len(delimiter) != 1:
        raise InputError(f"{path.name}: the delimiter must be one character, not {delimiter!r}")
    mark = delimiter or _find_delimiter(path, encoding)
    with path.open(encoding=encoding, errors="strict") as file:
        number, batch = 0, Batch()
        # The headings are often in quotes, and nothing below them.
        while lines := list(islice(file, batch.room if number else min(batch.room, _SAMPLE_LINES))):
            if '"' in "".join(lines):
                for at, row in _quoting(lines, file, mark):
                    if batch.full:
                        yield _full(batch)
                        batch = Batch(many=True)
                    _put(batch, number + at, row)
            else:
                _take(batch, number, lines, mark)
            number += len(lines)
            if batch.full:
                yield _full(batch)
                batch = Batch(many=True)
        yield batch


def _take(batch: Batch, number: int, lines: list[str], delimiter: str) -> None:
    """Take in lines without quotes, after so many of the file; whole batches as they are."""
    numbers = list(range(number + 1, number + 1 + len(lines)))
    if any(map(str.isspace, lines)):
        kept = [at for at, line in enumerate(lines) if not line.isspace()]
        numbers, lines = [numbers[at] for at in kept], [lines[at] for at in kept]
    if batch.many and not batch.numbers and not batch.broken:
        batch.text = (lines, delimiter)
    else:
        batch.split()
        batch.rows += cells_of(lines, delimiter)
    batch.numbers += numbers


def _full(batch: Batch) -> Batch:
    batch.many = True
    return batch


def _put(batch: Batch, number: int, row: list[Cell] | Fault) -> None:
    batch.split()
    if isinstance(row, Fault):
        batch.broken.append((number, row))
    else:
        batch.add(number, row)


def _quoting(
    lines: list[str], file: Iterator[str], delimiter: str
) -> Iterable[tuple[int, list[Cell] | Fault]]:
    """The rows of some lines; those of the whole rest of the file where a quote may be left open in them."""
    rows = list(_rows(iter(lines), delimiter))
    if any(row is OPEN_QUOTE for _, row in rows):
        return _rows(chain(lines, file), delimiter)
    return rows


def _find_delimiter(path: Path, encoding: str) -> str:
    """The delimiter that splits the most of the first lines into rows of the same number of cells; what
    stands in quotes splits nothing, and a row counts for every line it covers."""
    with path.open(encoding=encoding, errors="strict") as file:
        lines = [line for line in islice(file, _SAMPLE_LINES) if line.strip()]

    def regularity(mark: str) -> tuple[int, int]:
        covered, before = Counter[int](), 0
        reader = csv.reader(lines, delimiter=mark)
        try:
            for row in reader:
                covered[len(row)] += reader.line_num - before
                before = reader.line_num
        except csv.Error:
            return (0, 0)
        return max(((agreeing, cells) for cells, agreeing in covered.items() if cells > 1), default=(0, 0))

    return max(DELIMITERS, key=regularity)


def _rows(lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[Cell] | Fault]]:
    waiting: deque[str] = deque()
    number = 0
    while True:
        line = waiting.popleft() if waiting else next(lines, None)
        if line is None:
            return
        number += 1
        if '"' not in line:
            if not line.isspace():
                yield number, cells_of([line], delimiter)[0]
            continue
        taken, row = _quoted(line, waiting, lines, delimiter)
        yield number, row
        for _ in range(taken):
            waiting.popleft()
        number += taken


def _quoted(
    line: str, waiting: deque[str], lines: Iterator[str], delimiter: str
) -> tuple[int, list[Cell] | Fault]:
    """The row that starts on this line, and how many of the waiting lines belong to it."""
    text, row = line, _parse(line, delimiter)
    for taken in range(1, _ROW_LINES):
        if row is not None:
            return taken - 1, row
        if len(waiting) < taken:
            further = next(lines, None)
            if further is None:
                break
            waiting.append(further)
        text += waiting[taken - 1]
        if '"' in waiting[taken - 1]:
            row = _parse(text, delimiter)
    return 0, OPEN_QUOTE


def _parse(text: str, delimiter: str) -> list[Cell] | Fault | None:
    """The cells of one row; None while a quote is still open."""
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            return None
        return LONG_CELL if "field limit" in str(error) else OPEN_QUOTE
    return list[Cell](rows[0]) if rows else []
