"""`ringfence trace contacts`: everyone who met the cases, and who is new since the last list."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import pyarrow.compute as pc
import typer
from rich.console import Console

from ringfence.actions.store import Store, open_store
from ringfence.actions.tracing import Trace, trace
from ringfence.actions.tracing_cases import Asked
from ringfence.actions.tracing_paper import write
from ringfence.commands.contact_lines import draw_meetings, draw_trace
from ringfence.commands.lists import Split, split_by_unit
from ringfence.commands.options import (
    DEFAULT_STORE,
    AsOf,
    Case,
    Format,
    Output,
    StoreFolder,
    instant,
    people_of,
)
from ringfence.commands.output import check_form, give_rows
from ringfence.errors import InputError
from ringfence.tables.tracing import MEETINGS, TRACE

From = Annotated[
    str,
    typer.Option(
        "--from", help="自定起始时间,不论是否已判为病例 / From when they could be met, case or not."
    ),
]
Until = Annotated[
    str, typer.Option("--until", help="自定截止时间 / Until when; the instant asked about where left out.")
]
Since = Annotated[
    str,
    typer.Option("--since", help="与此前时刻比较:新增、升级、消失 / What changed since an earlier instant."),
]
Ring = Annotated[
    int,
    typer.Option(
        "--ring", help="推演到第几圈,2起为预案 / How far; from 2 on also everyone met, for planning."
    ),
]
MostVisits = Annotated[
    int | None,
    typer.Option(
        "--most-visits", help="推演时略去日到访超过此数的场所 / For planning: leave out larger places."
    ),
]
Unit = Annotated[str, typer.Option(help="责任单位编号 / Only this unit's.")]
Every = Annotated[
    bool, typer.Option("--all", help="含低于规则最短时间者 / Those below any rule's least time as well.")
]
Evidence = Annotated[
    bool, typer.Option("--meetings", help="逐次列出相遇 / Each meeting instead of each person, as evidence.")
]
Html = Annotated[Path | None, typer.Option("--html", help="写成一个网页文件 / Write one HTML file as well.")]


def contacts(  # noqa: PLR0913 - each parameter is an option of the command
    store: StoreFolder = DEFAULT_STORE,
    case: Case = None,
    as_of: AsOf = "",
    since: Since = "",
    begin: From = "",
    until: Until = "",
    ring: Ring = 1,
    most_visits: MostVisits = None,
    every: Every = False,
    unit: Unit = "",
    evidence: Evidence = False,
    split: Split = None,
    html: Html = None,
    form: Format = "table",
    output: Output = None,
) -> None:
    """病例接触过谁 / Everyone who met the cases in their windows: what changed first, then unit by unit.

    The classes are those of `decide`; people who met a case and are of no class stand there without one.
    """
    check_form(form, output)
    with open_store(store) as opened:
        window = [instant(text, opened, option) if text else None
                  for text, option in ((begin, "--from"), (until, "--until"))]  # fmt: skip
        asked = Asked(tuple(people_of(case)) or None, window[0], window[1], ring, every, most_visits)
        earlier = instant(since, opened, "--since") if since else None
        found = _traced(opened, asked, instant(as_of, opened), earlier)
        if html is not None:
            _check_folder(html.parent, "--html", html)
            Console(stderr=True).print(f"网页 / Page: {write(opened, found, html)}", soft_wrap=True)
        people = found.people.filter(pc.field("unit") == unit) if unit else found.people
        if split is not None:
            split_by_unit(people, TRACE, split, opened.settings.zone)
        elif evidence:
            _give_meetings(found, people, form, output, opened.settings.zone)
        else:
            give_rows(
                people, TRACE, opened.settings.zone, (form, output), lambda: draw_trace(found, people, opened)
            )


def _traced(store: Store, asked: Asked, as_of: datetime, since: datetime | None) -> Trace:
    with Console(stderr=True).status("") as status:
        return trace(store, asked, as_of, since, lambda step: status.update(f"{step} …"))


def _give_meetings(found: Trace, people: pa.Table, form: str, output: Path | None, zone: str) -> None:
    """The meetings of the people listed."""
    listed = people.select(["case", "person"]).group_by(["case", "person"]).aggregate([])
    met = found.meetings
    # A list of facts cannot go through a join; the row numbers can.
    numbered = met.select(["case", "person"]).append_column("row", pa.array(range(met.num_rows)))
    kept = numbered.join(listed, ["case", "person"], join_type="inner").sort_by("row")["row"]
    met = met.take(kept)
    give_rows(met, MEETINGS, zone, (form, output), lambda: draw_meetings(met, zone))


def _check_folder(folder: Path, option: str, path: Path) -> None:
    if not folder.is_dir():
        raise InputError(f'{option} "{path}": there is no folder {folder}; make it first')
