"""`ringfence coverage`: who stands where in a round, counted by area or listed by door?"""

from typing import Annotated

import pyarrow as pa
import typer
from rich.console import Console

from ringfence.actions.covering import Standing, counts, doors, standing
from ringfence.actions.deciding import names
from ringfence.actions.store import Store, open_store
from ringfence.areas import LEVELS
from ringfence.commands.lists import Split, split_by_unit
from ringfence.commands.options import DEFAULT_STORE, AsOf, Format, Output, StoreFolder, instant, local
from ringfence.commands.output import MOST_SHOWN, check_form, drawn, give_rows
from ringfence.commands.plan_round import Level, count_lines
from ringfence.errors import InputError
from ringfence.tables import person_text
from ringfence.tables.rounds import COUNTS, DOORS, STATUSES

Round = Annotated[
    str,
    typer.Option("--round", help="轮次编号;缺省为最近一轮 / Which round; the last one opened if left out."),
]
Area = Annotated[str, typer.Option(help="只看此区域 / Only who lives in this area.")]
Status = Annotated[
    list[str] | None,
    typer.Option(
        "--status", help=f"逐人列出,可多个 / List the people who are, may be repeated: {', '.join(STATUSES)}."
    ),
]
Missed = Annotated[
    int,
    typer.Option(
        "--missed", min=0, help="只看此前连续漏检满几轮者 / Only those missed so many rounds in a row before."
    ),
]


def coverage(  # noqa: PLR0913 - each parameter is an option of the command
    store: StoreFolder = DEFAULT_STORE,
    round_: Round = "",
    as_of: AsOf = "",
    level: Level = "town",
    area: Area = "",
    status: Status = None,
    missed: Missed = 0,
    split: Split = None,
    form: Format = "table",
    output: Output = None,
) -> None:
    """应检尽检:按区域统计,或逐门列出 / Who stands where in a round: counted by area, or door by door."""
    check_form(form, output)
    if level not in LEVELS:
        raise InputError(f'--level "{level}" is not known; give one of {", ".join(LEVELS)}')
    wanted = status or (["missing"] if missed or split else [])
    if wrong := [one for one in wanted if one not in STATUSES]:
        raise InputError(f'--status "{wrong[0]}" is not known; give one of {", ".join(STATUSES)}')
    with open_store(store) as opened:
        found = standing(opened, round_, instant(as_of, opened))
        zone = opened.settings.zone
        with Console(stderr=True).status("…"):
            rows = doors(found, wanted, area, missed) if wanted else counts(found, level, area)
        if split is not None:
            split_by_unit(rows, DOORS, split, zone)
            return
        declared, draw = (DOORS, _draw_doors) if wanted else (COUNTS, _draw_counts)
        give_rows(rows, declared, zone, (form, output), lambda: draw(rows, found, opened))


def _title(found: Standing, store: Store) -> str:
    named = f"{found.round.round} {found.round.name_zh} {found.round.name_en}".strip()
    due = local(found.round.due_at, store)
    return f"{named},{local(found.as_of, store)} {store.settings.zone};截止 due {due}"


def _draw_counts(rows: pa.Table, found: Standing, store: Store) -> None:
    drawn(_title(found, store), *count_lines(rows, names(found.facts)))


def _draw_doors(rows: pa.Table, found: Standing, store: Store) -> None:
    heads = ("area", "person", "status", "missed_before", "unit", "tube")
    listed = rows.slice(0, MOST_SHOWN).to_pylist()
    lines = [
        ["—" if row[head] is None else str(row[head]) for head in heads]
        for row in ({**row, "person": person_text(row["person"])} for row in listed)
    ]
    drawn(f"{_title(found, store)};{rows.num_rows:,} 人 people", heads, lines, rows.num_rows - MOST_SHOWN)
