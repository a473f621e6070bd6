"""`ringfence round plan`: how many people would a round concern, and what would it need?"""

from typing import Annotated

import pyarrow as pa
import pyarrow.compute as pc
import typer
from rich.console import Console

from ringfence.actions import rounds
from ringfence.actions.deciding import names
from ringfence.actions.rounds import Plan, Terms
from ringfence.actions.store import open_store
from ringfence.commands.options import DEFAULT_STORE, AsOf, Format, Output, StoreFolder, instant
from ringfence.commands.output import check_form, drawn, give_rows
from ringfence.engine.reasons import Names
from ringfence.tables.rounds import COUNTS, NEEDS

Areas = Annotated[
    list[str] | None,
    typer.Option("--area", help="区域,可多个;缺省为全部 / Where, may be repeated; everywhere if left out."),
]
Opens = Annotated[
    str, typer.Option("--opens", help="开始时间;缺省为现在 / When it opens; now where left out.")
]
Due = Annotated[str, typer.Option("--due", help="截止时间 / When everyone is to have been sampled.")]
After = Annotated[
    str,
    typer.Option(
        "--after", help="沿用此轮的区域 / Carry over: the areas of this round, unless --area names others."
    ),
]
Level = Annotated[str, typer.Option(help="按何级汇总 / By area of which level: district, town, community, …")]


def plan_round(  # noqa: PLR0913 - each parameter is an option of the command
    due: Due,
    opens: Opens = "",
    area: Areas = None,
    level: Level = "town",
    store: StoreFolder = DEFAULT_STORE,
    as_of: AsOf = "",
    form: Format = "table",
    output: Output = None,
) -> None:
    """开轮前:要采多少人、多少管、多少点 / Before a round: how many people, tubes, points and tables."""
    check_form(form, output)
    with open_store(store) as opened:
        at = instant(as_of, opened)
        begin = instant(opens, opened, "--opens") if opens else at
        terms = Terms("plan", rounds.read_areas(opened, area or []), begin, instant(due, opened, "--due"))
        with Console(stderr=True).status("") as status:
            found = rounds.plan(opened, terms, at, level, lambda step: status.update(f"{step} …"))
        called = names(found.answer.known)
        give_rows(found.needs, NEEDS, opened.settings.zone, (form, output), lambda: _draw_plan(found, called))


def _draw_plan(found: Plan, called: Names) -> None:
    drawn("应检 / Whom it concerns", *count_lines(found.counts, called))
    rows = [
        [
            row["area"], _called(row["area"], called), f"{row['people']:,}", _span(row["least"], row["most"]),
            f"{row['zh']} {row['en']}", f"{row['edition']} {row['rule']} [{row['grade']}]",
        ]
        for row in found.needs.to_pylist()
    ]  # fmt: skip
    drawn("需要 / What it needs", ("area", "", "people", "needs", "rule", "source"), rows)


def count_lines(counts: pa.Table, called: Names) -> tuple[list[str], list[list[str]]]:
    """Headings and lines of the counts by area; a status in which nobody is has no column."""
    columns = [column for column in COUNTS.columns[2:] if pc.sum(counts[column.name]).as_py()]
    heads = ["area", "", *(f"{column.zh} {column.name}" for column in columns)]
    lines = [
        [row["area"] or "—", _called(row["area"], called), *(f"{row[column.name]:,}" for column in columns)]
        for row in counts.to_pylist()
    ]
    return heads, lines


def _called(area: str | None, called: Names) -> str:
    return called.areas.get(area or "", ("", ""))[0]


def _span(least: int, most: int) -> str:
    return f"{least:,}" if least == most else f"{least:,}-{most:,}"
