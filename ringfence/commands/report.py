"""`ringfence report`: the brief of the night as one HTML file, or its figures as a table."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer
from rich.console import Console

from ringfence.actions.briefing import brief
from ringfence.actions.deciding import decide_at
from ringfence.actions.store import Store, open_store
from ringfence.commands.options import DEFAULT_STORE, StoreFolder, instant, local
from ringfence.commands.output import drawn, give
from ringfence.engine.situation import figures
from ringfence.errors import InputError

AsOf = Annotated[
    list[str] | None,
    typer.Option(
        "--as-of",
        help='时刻,可重复,如 "2022-03-31 03:00"(当地时间) / An instant, in local time; may be repeated.',
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="写入的文件 / The file to write (brief.html)."),
]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        "-f",
        help="html:简报;table, csv, json, parquet:只要数字 / html: the brief; else its figures.",
    ),
]
HTML = "html"


def report(
    store: StoreFolder = DEFAULT_STORE, as_of: AsOf = None, output: Output = None, form: Format = HTML
) -> None:
    """出一份简报 / Write the brief: map, figures, timeline and lists in one file that needs nothing else.

    Every number in it opens the rows it counts. With --format the figures alone, as a table.
    """
    with open_store(store) as opened:
        instants = [instant(text, opened) for text in as_of or [""]]
        if form == HTML:
            path = output or Path("brief.html")
            _check(path)
            with Console(stderr=True).status("计算中 / working it out") as status:
                written = brief(opened, instants, path, lambda step: status.update(f"{step} …"))
            Console().print(f"简报 / Brief: {written}", soft_wrap=True)
        else:
            give(_figures(opened, instants), form, output, _draw)


def _check(path: Path) -> None:
    if not path.parent.is_dir():
        raise InputError(f'--output "{path}": there is no folder {path.parent}; make it first')


def _figures(store: Store, instants: list[datetime]) -> pa.Table:
    """as_of (local), figure, zh, en, count: a row a figure and instant."""
    rows = [
        {"as_of": local(at, store), "figure": one.id, "zh": one.zh, "en": one.en, "count": one.count}
        for at in sorted(set(instants))
        for one in figures(decide_at(store, at).decisions)
    ]
    return pa.Table.from_pylist(rows)


def _draw(table: pa.Table) -> None:
    rows = [(row["as_of"], row["zh"], row["en"], f"{row['count']:,}") for row in table.to_pylist()]
    drawn("数字 / Figures", ("时刻 as of", "", "figure", "数 count"), rows)
