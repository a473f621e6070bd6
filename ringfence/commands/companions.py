"""`ringfence trace companions`: who was near a case by position?"""

from typing import Annotated

import pyarrow as pa
import typer
from rich.console import Console

from ringfence.actions.companions import Accompanied, accompanied
from ringfence.commands.asking import moment
from ringfence.commands.options import DEFAULT_STORE, AsOf, Case, Format, Output, StoreFolder, people_of
from ringfence.commands.output import MOST_SHOWN, check_form, drawn, give_rows, readable
from ringfence.tables.searches import COMPANIONS

Sure = Annotated[
    bool,
    typer.Option("--sure", help="只看时长确定足够者 / Only those near for long enough for sure."),
]
_HEADINGS = (
    "病例 case", "人员 person", "规则 rule", "网格 cell", "分钟 minutes", "何时 when", "米 metres",
)  # fmt: skip


def companions(
    case: Case = None,
    sure: Sure = False,
    store: StoreFolder = DEFAULT_STORE,
    as_of: AsOf = "",
    form: Format = "table",
    output: Output = None,
) -> None:
    """时空伴随者 / Who was near a case by position, as the rules on companions ask."""
    check_form(form, output)
    asked = people_of(case)
    with moment(store, as_of) as now:
        _, found = now.answered("companions", lambda answer: accompanied(answer, asked))
        rows = found.rows.filter(found.rows["sure"]) if sure else found.rows
        _say(found)
        title = f"{now.said}:{rows.num_rows:,} 人次 companions"
        give_rows(rows, COMPANIONS, now.zone, (form, output), lambda: _draw(title, rows, now.zone))


def _say(found: Accompanied) -> None:
    """What stands in the way of finding anybody, or everybody."""
    console = Console(stderr=True)
    if not found.rules:
        said = "现行规则不判定时空伴随 / no rule in force speaks of companions"
        console.print(said, style="yellow", soft_wrap=True, highlight=False)
    if found.unused:
        said = f"{found.fixes:,} 条定位中 {found.unused:,} 条无规则可用"
        said += f" / {found.unused:,} of {found.fixes:,} fixes"
        said += " are of no use to the rules in force: another geometry, or cells of another size"
        console.print(said, style="yellow", soft_wrap=True, highlight=False)


def _draw(title: str, rows: pa.Table, zone: str) -> None:
    cells: list[list[str]] = []
    for row in readable(rows.slice(0, MOST_SHOWN), COMPANIONS, zone, short=True).to_pylist():
        minutes = "?" if row["minutes"] is None else f"{row['minutes']} (≤{row['longest']})"
        metres = "" if row["nearest_m"] is None else f"{row['nearest_m']:.0f}"
        unsure = "" if row["sure"] else "?"
        when = "\n".join(dict.fromkeys((row["first"], row["last"])))
        person = row["person"] + unsure
        cells.append([row["case"], person, row["rule"], row["cell"], minutes, when, metres])
    drawn(title, _HEADINGS, cells, rows.num_rows - MOST_SHOWN)
