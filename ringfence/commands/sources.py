"""`ringfence trace sources`: who, or what place, could have infected a case?"""

from collections.abc import Mapping
from typing import Annotated, Any

import pyarrow as pa
import pyarrow.compute as pc
import typer
from rich.console import Console

from ringfence.actions import sourcing
from ringfence.actions.places import place_names
from ringfence.actions.sourcing import Sourced
from ringfence.commands.asking import moment
from ringfence.commands.options import DEFAULT_STORE, AsOf, Case, Format, Output, StoreFolder, people_of
from ringfence.commands.output import MOST_SHOWN, check_form, drawn, give_rows, readable
from ringfence.tables import person_text
from ringfence.tables.searches import SOURCES
from ringfence.tables.words import RELATIONS, SETTINGS

Unexplained = Annotated[
    bool,
    typer.Option(
        "--unexplained", help="只看未接触已知病例者 / Only cases who met no known case while infectious."
    ),
]
LEADS = {
    "infectious": ("传染期病例", "a case, infectious then"),
    "later": ("其后阳性", "positive later"),
    "arrival": ("外来", "came from elsewhere"),
    "place": ("共同到访", "other cases were there"),
}
_HEADINGS = (
    "病例 case", "次序 rank", "线索 lead", "来源 who or where", "何时 when", "次数 times", "分钟 minutes",
)  # fmt: skip


def sources(
    case: Case = None,
    unexplained: Unexplained = False,
    store: StoreFolder = DEFAULT_STORE,
    as_of: AsOf = "",
    form: Format = "table",
    output: Output = None,
) -> None:
    """谁、何处可能感染了病例 / Who and where could have infected a case, the likeliest first."""
    check_form(form, output)
    asked = people_of(case)
    with moment(store, as_of) as now:
        answer, found = now.answered("sources", lambda answer: sourcing.sources(now.store, answer, asked))
        rows = _unexplained(found.rows) if unexplained else found.rows
        _say_unknown(found)
        title = f"{now.said}:{rows.num_rows:,} 条线索 leads"
        places = place_names(answer)
        give_rows(rows, SOURCES, now.zone, (form, output), lambda: _draw(title, rows, now.zone, places))


def _unexplained(rows: pa.Table) -> pa.Table:
    """The leads of cases who met nobody known to have been infectious."""
    met = rows.filter(pc.equal(rows["lead"], "infectious"))["case"].combine_chunks()
    return rows.filter(pc.invert(pc.is_in(rows["case"], met)))


def _say_unknown(found: Sourced) -> None:
    if found.unknown:
        who = " ".join(map(person_text, found.unknown[:MOST_SHOWN]))
        said = f"{len(found.unknown):,} 例感染时段不明,未查 / when infected is not known, not searched: {who}"
        Console(stderr=True).print(said, style="yellow", soft_wrap=True, highlight=False)


def _draw(title: str, rows: pa.Table, zone: str, places: Mapping[int, str]) -> None:
    shown = readable(rows.slice(0, MOST_SHOWN), SOURCES, zone, short=True).to_pylist()
    raw = rows.slice(0, MOST_SHOWN)["place"].to_pylist()
    cells = [_cells(row, place, places) for row, place in zip(shown, raw, strict=True)]
    drawn(title, _HEADINGS, cells, rows.num_rows - MOST_SHOWN)


def _cells(row: Mapping[str, Any], place: int | None, places: Mapping[int, str]) -> list[str]:
    lead, when = "\n".join(LEADS[row["lead"]]), "\n".join(dict.fromkeys((row["first"], row["last"])))
    told = [row["person"] or ""]
    if row["relation"]:
        told.append(" ".join(RELATIONS[row["relation"]]))
    if place is not None:
        told.append(f"{places.get(place, '')} #{place}".strip())
    elif row["setting"]:
        told.append(" ".join(SETTINGS[row["setting"]]))
    if row["others"]:
        told.append(f"{row['others']}: {row['who']}")
    minutes = "" if row["minutes"] is None else str(row["minutes"])
    who = "\n".join(part for part in told if part)
    return [row["case"], str(row["rank"]), lead, who, when, str(row["meetings"]), minutes]
