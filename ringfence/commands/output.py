"""How does a table leave a command: drawn on the terminal, or as CSV, JSON or Parquet?"""

import json
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Drawn

from ringfence.errors import InputError
from ringfence.tables import Table, fact_text, person_text

FORMATS = ("table", "csv", "json", "parquet")
MOST_SHOWN = 40
_SPOKEN = ("person", "fact", "facts", "instant")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def check_form(form: str, output: Path | None, forms: Sequence[str] = FORMATS) -> None:
    """InputError where the form is not known, or a Parquet file has no name: said before any work."""
    if form not in forms:
        raise InputError(f'--format "{form}" is not known; give one of {", ".join(forms)}')
    if form == "parquet" and output is None:
        raise InputError("--format parquet needs a file; add --output FILE")


def give(table: pa.Table, form: str, output: Path | None, draw: Callable[[pa.Table], None]) -> None:
    """Write a table in the form asked for; `draw` draws it on the terminal."""
    check_form(form, output)
    if form == "table":
        draw(table)
    elif form == "parquet" and output is not None:
        with writing(output):
            pq.write_table(table, output, compression="zstd")
    elif form == "csv":
        _write(output, _csv(table))
    else:
        _write(output, _json(table))


def readable(rows: pa.Table, declared: Table, zone: str, *, short: bool = False) -> pa.Table:
    """The rows as people and spreadsheets read them: pseudonyms as P…, facts as submission and row, and
    instants in local time with their distance from UTC (`short`: month, day, hour and minute only)."""
    columns: dict[str, pa.Array] = {}
    for name in rows.column_names:
        kind = declared.column(name).type
        if kind not in _SPOKEN:
            columns[name] = rows[name]
            continue
        text = pa.list_(pa.string()) if kind == "facts" else pa.string()
        columns[name] = pa.array([spoken(kind, value, zone, short) for value in rows[name].to_pylist()], text)
    return pa.table(columns)


def spoken(kind: str, value: object, zone: str, short: bool) -> object:
    """One value of a column of that type, as `readable` gives it; others as they are."""
    if kind == "facts" and isinstance(value, list):
        return [fact_text(fact) for fact in value]
    if kind in ("person", "fact") and isinstance(value, int):
        return person_text(value) if kind == "person" else fact_text(value)
    if kind == "instant" and isinstance(value, datetime):
        there = value.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
        return there.strftime("%m-%d %H:%M") if short else there.isoformat()
    return value


def _write(output: Path | None, data: bytes) -> None:
    if output is None:
        typer.echo(data, nl=False)
    else:
        with writing(output):
            output.write_bytes(data)


@contextmanager
def writing(output: Path, option: str = "--output") -> Generator[None]:
    """While a file is written; InputError where it cannot be."""
    try:
        yield
    except OSError as error:
        raise InputError(f'{option} "{output}": cannot be written: {error.strerror or error}') from error


def _csv(table: pa.Table) -> bytes:
    """UTF-8 with a mark, so that a spreadsheet reads it; no cell can be taken for a formula."""
    columns = {name: [_cell(value) for value in table[name].to_pylist()] for name in table.column_names}
    text = pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})
    sink = pa.BufferOutputStream()
    pa_csv.write_csv(text, sink)
    return b"\xef\xbb\xbf" + sink.getvalue().to_pybytes()


def _cell(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, list):
        return " ".join(str(one) for one in value)
    text = value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)
    return "'" + text if text.startswith(_FORMULA) and not isinstance(value, int | float) else text


def _json(table: pa.Table) -> bytes:
    return (json.dumps(table.to_pylist(), ensure_ascii=False, default=_plain) + "\n").encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def drawn(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], more: int = 0) -> None:
    """A table on the terminal, with how many rows were left out."""
    table = Drawn()
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    console = Console()
    # A title of the table itself would be broken to its width.
    console.print(escape(title), style="italic", soft_wrap=True, highlight=False)
    console.print(table)
    if more > 0:
        console.print(f"… 另有 {more:,} 行 / and {more:,} more rows; --format csv gives all of them")


def give_rows(
    rows: pa.Table, declared: Table, zone: str, where: tuple[str, Path | None], draw: Callable[[], None]
) -> None:
    """Give rows of a declared table in the form and to the file asked for; `draw` shows them on a screen."""
    form, output = where
    table = readable(rows, declared, zone) if form in ("csv", "json") else rows
    give(table, form, output, lambda _: draw())
