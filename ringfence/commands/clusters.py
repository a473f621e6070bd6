"""`ringfence trace clusters`: which places do several cases share?"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import pyarrow as pa
import typer
from rich.console import Console

from ringfence.actions import places as sharing
from ringfence.actions.deciding import decide_at
from ringfence.actions.infections import ill_people, spans_within
from ringfence.actions.places import place_names
from ringfence.actions.store import open_store
from ringfence.commands.options import DEFAULT_STORE, AsOf, Format, Output, StoreFolder, instant, local
from ringfence.commands.output import MOST_SHOWN, check_form, drawn, give, readable
from ringfence.commands.sources import Case, people_of
from ringfence.errors import InputError
from ringfence.tables.searches import CLUSTERS

WITHIN = ("infected", "infectious", "both")
Within = Annotated[
    str,
    typer.Option(
        help="感染时段、传染期或两者 / While they were being infected, infectious, or both: "
        "infected, infectious, both."
    ),
]
Least = Annotated[int, typer.Option(min=2, help="至少几例 / Cases at least.")]
_HEADINGS = (
    "次序 rank", "场所 place", "病例数 cases", "同时 together", "病例 case", "首次 first", "末次 last",
    "次数 visits", "分钟 minutes",
)  # fmt: skip


def clusters(  # noqa: PLR0913 - each parameter is an option of the command
    case: Case = None,
    within: Within = "both",
    least: Least = 2,
    store: StoreFolder = DEFAULT_STORE,
    as_of: AsOf = "",
    form: Format = "table",
    output: Output = None,
) -> None:
    """多名病例共同到过的场所 / The places several cases were in: who, when, how long."""
    check_form(form, output)
    if within not in WITHIN:
        raise InputError(f'--within "{within}" is not known; give one of {", ".join(WITHIN)}')
    asked = people_of(case)
    with open_store(store) as opened:
        at, zone = instant(as_of, opened), opened.settings.zone
        with Console(stderr=True).status("") as status:
            answer = decide_at(opened, at, lambda step: status.update(f"{step} …"))
            status.update("clusters …")
            spans = _spans(spans_within(ill_people(answer), within, at), asked)
            rows = sharing.clusters(opened, answer, spans, least)
        title = f"{local(at, opened)} {zone}:{len(set(rows['place'].to_pylist())):,} 处 places"
        places = place_names(answer)
        table = readable(rows, CLUSTERS, zone) if form in ("csv", "json") else rows
        give(table, form, output, lambda _: _draw(title, rows, zone, places))


def _spans(
    spans: list[tuple[int, datetime, datetime]], asked: list[int]
) -> list[tuple[int, datetime, datetime]]:
    return [span for span in spans if not asked or span[0] in asked]


def _draw(title: str, rows: pa.Table, zone: str, places: Mapping[int, str]) -> None:
    cells: list[list[str]] = []
    for row in readable(rows.slice(0, MOST_SHOWN), CLUSTERS, zone, short=True).to_pylist():
        minutes = "" if row["minutes"] is None else str(row["minutes"])
        where = f"{places.get(row['place'], '')} #{row['place']}".strip()
        cells.append([
            str(row["rank"]), where, str(row["cases"]), str(row["together"]), row["person"], row["first"],
            row["last"], str(row["visits"]), minutes,
        ])  # fmt: skip
    drawn(title, _HEADINGS, cells, rows.num_rows - MOST_SHOWN)
