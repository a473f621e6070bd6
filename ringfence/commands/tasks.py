"""`ringfence tasks`: what is owed, by whom, by when; late things first."""

from typing import Annotated

import pyarrow as pa
import pyarrow.compute as pc
import typer
from rich.console import Console
from rich.text import Text

from ringfence.actions.deciding import decide_at, names
from ringfence.actions.store import open_store
from ringfence.areas import contains
from ringfence.commands.callover import task_line
from ringfence.commands.options import DEFAULT_STORE, AsOf, Format, Output, StoreFolder, instant, local
from ringfence.commands.output import MOST_SHOWN, check_form, give, readable
from ringfence.engine.reasons import Names
from ringfence.engine.situation import late_first
from ringfence.errors import InputError
from ringfence.protocol import Protocol
from ringfence.tables.decisions import DECISIONS, MUSTS

Unit = Annotated[str, typer.Option(help="责任单位编号 / Only this unit's.")]
Area = Annotated[str, typer.Option(help="区划代码,含下级 / Only this area and what lies below it.")]
Must = Annotated[str, typer.Option(help="事项 / Only this kind of thing owed.")]
Every = Annotated[bool, typer.Option("--all", help="含已完成 / Those done as well.")]
Late = Annotated[bool, typer.Option("--late", help="只看超时 / Only what is late.")]


def tasks(  # noqa: PLR0913 - each parameter is an option of the command
    store: StoreFolder = DEFAULT_STORE,
    as_of: AsOf = "",
    unit: Unit = "",
    area: Area = "",
    must: Must = "",
    late: Late = False,
    every: Every = False,
    form: Format = "table",
    output: Output = None,
) -> None:
    """谁欠什么、何时到期 / What is owed and not done: late things first, then by due time."""
    if must and must not in MUSTS:
        raise InputError(f'--must "{must}" is not known; give one of {", ".join(MUSTS)}')
    check_form(form, output)
    with open_store(store) as opened:
        at = instant(as_of, opened)
        with Console(stderr=True).status("") as status:
            answer = decide_at(opened, at, lambda step: status.update(f"{step} …"))
        rows = _narrowed(answer.decisions["tasks"], {"unit": unit, "must": must}, area, late)
        owed = rows if every else late_first(rows, rows.num_rows)
        called = names(answer.known)
        zone = opened.settings.zone
        title = f"{local(at, opened)} {zone}:{owed.num_rows:,} 项 tasks"
        rows = readable(owed, DECISIONS["tasks"], zone) if form in ("csv", "json") else owed
        give(rows, form, output, lambda _: _draw(title, owed, answer.protocol, called))


def _narrowed(rows: pa.Table, equal: dict[str, str], area: str, late: bool) -> pa.Table:
    for name, value in equal.items():
        if value:
            rows = rows.filter(pc.field(name) == value)
    if area:
        inside = [one is not None and contains(area, one) for one in rows["area"].to_pylist()]
        rows = rows.filter(pa.array(inside, pa.bool_()))
    return rows.filter(pc.field("state") == "late") if late else rows


def _draw(title: str, rows: pa.Table, protocol: Protocol, called: Names) -> None:
    console = Console()
    console.print(title, style="bold", highlight=False)
    for row in rows.slice(0, MOST_SHOWN).to_pylist():
        console.print(Text(task_line(row, protocol, called)))
    if rows.num_rows > MOST_SHOWN:
        console.print(f"  … 另有 {rows.num_rows - MOST_SHOWN:,} 项 more; --format csv gives all", style="dim")
