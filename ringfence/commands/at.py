"""`ringfence trace at`: who was in a place, or which of its parts shall be asked about?"""

from typing import Annotated

import pyarrow as pa
import typer
from rich.console import Console

from ringfence.actions.places import Present, present
from ringfence.actions.store import open_store
from ringfence.commands.options import DEFAULT_STORE, AsOf, Format, Output, StoreFolder, instant
from ringfence.commands.output import MOST_SHOWN, check_form, drawn, give, readable
from ringfence.tables import Table
from ringfence.tables.searches import PARTS, PRESENT
from ringfence.tables.words import SETTINGS

Place = Annotated[int, typer.Argument(help="场所编号 / The place's number.")]
From = Annotated[str, typer.Option("--from", help='起,如 "2022-03-29 12:00"(当地时间)/ From, local time.')]
To = Annotated[str, typer.Option("--to", help="止 / Until.")]
Part = Annotated[
    int | None, typer.Option(help="只看该部位(房间、车厢、桌)/ Only this room, carriage or table.")
]
Most = Annotated[
    int | None, typer.Option(min=0, help="至多这么多人时列出 / List them where no more than so many people.")
]
Every = Annotated[bool, typer.Option("--all", help="无论多少人都列出 / List them however many there are.")]
_ASK = (
    "未列出:请用 --all、--most N、--part 部位编号,或缩短时间 / not listed: add --all, --most N, "
    "--part NUMBER, or ask about a shorter time"
)


def at(  # noqa: PLR0913 - each parameter is an option of the command
    place: Place,
    begin: From,
    end: To,
    part: Part = None,
    most: Most = None,
    every: Every = False,
    store: StoreFolder = DEFAULT_STORE,
    as_of: AsOf = "",
    form: Format = "table",
    output: Output = None,
) -> None:
    """某时段谁在某场所 / Who was in a place in a span of time; where they are many, in which of its parts."""
    check_form(form, output)
    with open_store(store) as opened:
        zone = opened.settings.zone
        span = instant(begin, opened, "--from"), instant(end, opened, "--to")
        # Nothing here knows how many are too many: whoever asks says so.
        limit = None if every or (part is not None and most is None) else most or 0
        found = present(opened, instant(as_of, opened), place, span, part, limit)
        listed, declared = (found.parts, PARTS) if found.visits is None else (found.visits, PRESENT)
        if found.visits is None and found.people:
            said = f"{found.people:,} 人 people;{_ASK}"
            Console(stderr=True).print(said, style="yellow", soft_wrap=True, highlight=False)
        table = readable(listed, declared, zone) if form in ("csv", "json") else listed
        title = f"{_called(found, place)} {begin} – {end} {zone}:{found.people:,} 人 people"
        give(table, form, output, lambda rows: _draw(title, rows, declared, zone))


def _called(found: Present, place: int) -> str:
    name, kind = found.place.get("name_zh") or "", found.place.get("kind")
    return f"{name} #{place} {' '.join(SETTINGS[kind]) if kind else ''}".strip()


def _draw(title: str, rows: pa.Table, declared: Table, zone: str) -> None:
    shown = readable(rows.slice(0, MOST_SHOWN), declared, zone, short=True)
    headings = [f"{declared.column(name).zh} {name}" for name in shown.column_names]
    cells = [["" if cell is None else str(cell) for cell in row.values()] for row in shown.to_pylist()]
    drawn(title, headings, cells, rows.num_rows - MOST_SHOWN)
