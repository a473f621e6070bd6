"""`ringfence protocol diff`: what would other rules change, and for whom?"""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer
from rich.console import Console

from ringfence.actions.comparing import Comparison, compare_editions, compare_over, rules_named
from ringfence.actions.ruling import Adoption, known_editions, with_files
from ringfence.actions.store import Store, open_store
from ringfence.commands.options import AsOf, Format, Output, instant
from ringfence.commands.output import MOST_SHOWN, check_form, drawn, give, readable
from ringfence.commands.switching import Area, draw_comparison
from ringfence.protocol import SHIPPED, Protocol, files_in, read_texts, resolve_within
from ringfence.tables.decisions import MOVES

Which = Annotated[
    str, typer.Argument(help="now、版本编号或文件 / now, an edition's id, or a file with --store.")
]
OverStore = Annotated[
    Path | None, typer.Option("--store", help="按此库中的人比较 / Over the people of a store.")
]
People = Annotated[
    bool, typer.Option("--people", help="逐人列出 / One row a person it moves, instead of the rules.")
]


def diff(  # noqa: PLR0913 - each parameter is an option of the command
    before: Which,
    after: Which,
    store: OverStore = None,
    as_of: AsOf = "",
    area: Area = "",
    people: People = False,
    form: Format = "table",
    output: Output = None,
) -> None:
    """比较规则 / What changes between two editions; with a store, whom it would release, keep or confine."""
    check_form(form, output)
    if store is None:
        editions, faults = read_texts(files_in(SHIPPED))
        _give(compare_editions(editions, faults, (before, after), area), False, form, output)
        return
    with open_store(store) as opened:
        at = instant(as_of, opened)
        with Console(stderr=True).status("…"):
            sides = [_side(opened, one, at) for one in (before, after)]
            compared = compare_over(opened, *sides, at)
        _give(compared, people, form, output, opened.settings.zone)


def _side(store: Store, named: str, at: datetime) -> tuple[Protocol, ...]:
    """The rules a word names in a store; a file's are those in force now with its edition among them."""
    settings = store.settings
    if named.endswith(".toml"):
        known = with_files(store, [Path(named)], Adoption("", begin=at), at)
        return resolve_within(known.editions, known.faults, settings.area, settings.disease, at)
    return rules_named(known_editions(store, at), named, settings.area, settings.disease, at)


def _give(
    compared: Comparison, people: bool, form: str, output: Path | None, zone: str = "Asia/Shanghai"
) -> None:
    if people and compared.moved is not None:
        rows = readable(compared.moved, MOVES, zone, short=form == "table")
        give(rows, form, output, lambda rows: _draw_people(rows))
        return
    rows = pa.Table.from_pylist([asdict(change) for change in compared.changes])
    give(rows, form, output, lambda _: draw_comparison(compared))


def _draw_people(rows: pa.Table) -> None:
    shown = rows.slice(0, MOST_SHOWN).to_pylist()
    cells = [["" if value is None else str(value) for value in row.values()] for row in shown]
    drawn("受影响的人 / people moved", rows.column_names, cells, rows.num_rows - len(shown))
