"""`ringfence trace clusters`: which places do several cases share?"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import pyarrow as pa
import typer

from ringfence.actions import places as sharing
from ringfence.actions.deciding import Answer
from ringfence.actions.infections import ill_people, spans_within
from ringfence.actions.places import place_names
from ringfence.commands.asking import moment
from ringfence.commands.options import DEFAULT_STORE, AsOf, Case, Format, Output, StoreFolder, people_of
from ringfence.commands.output import MOST_SHOWN, check_form, drawn, give_rows, readable
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
    with moment(store, as_of) as now:

        def shared(answer: Answer) -> pa.Table:
            spans = _spans(spans_within(ill_people(answer), within, now.at), asked)
            return sharing.clusters(now.store, answer, spans, least)

        answer, rows = now.answered("clusters", shared)
        title = f"{now.said}:{len(set(rows['place'].to_pylist())):,} 处 places"
        places = place_names(answer)
        give_rows(rows, CLUSTERS, now.zone, (form, output), lambda: _draw(title, rows, now.zone, places))


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
