"""`ringfence decide`: what follows from the facts, as of an instant."""

from typing import Annotated

import pyarrow as pa
import typer
from rich.console import Console

from ringfence.actions.deciding import Answer, decide_at
from ringfence.actions.store import open_store
from ringfence.commands.options import (
    DEFAULT_STORE,
    AsOf,
    Engine,
    Format,
    Output,
    StoreFolder,
    instant,
    local,
)
from ringfence.commands.output import MOST_SHOWN, check_form, drawn, give, readable
from ringfence.engine.situation import figures
from ringfence.errors import InputError
from ringfence.tables.decisions import DECISIONS

TableName = Annotated[
    str,
    typer.Option("--table", help="哪张决定表,缺省为总数 / Which table of decisions; figures where left out."),
]


def decide(
    store: StoreFolder = DEFAULT_STORE,
    as_of: AsOf = "",
    table: TableName = "",
    form: Format = "table",
    output: Output = None,
    engine: Engine = "",
) -> None:
    """按当时的事实与规则作出决定 / Decide, from what was known then under the rules in force then."""
    if table and table not in DECISIONS:
        raise InputError(f'--table "{table}" is not known; give one of {", ".join(DECISIONS)}')
    check_form(form, output)
    with open_store(store) as opened:
        at = instant(as_of, opened)
        with Console(stderr=True).status("") as status:
            answer = decide_at(opened, at, lambda step: status.update(f"{step} …"), engine)
        zone = opened.settings.zone
        title = f"{local(at, opened)} {zone} · {' + '.join(answer.protocol.stack)}"
        if table:
            rows = answer.decisions[table]
            if form != "parquet":
                rows = readable(rows, DECISIONS[table], zone, short=form == "table")
            give(rows, form, output, lambda rows: _draw(title, rows))
        else:
            give(_figures(answer), form, output, lambda rows: _draw(title, rows))


def _figures(answer: Answer) -> pa.Table:
    shown = figures(answer.decisions)
    return pa.table(
        {
            "figure": [figure.id for figure in shown],
            "zh": [figure.zh for figure in shown],
            "en": [figure.en for figure in shown],
            "count": [figure.count for figure in shown],
            "table": [figure.table for figure in shown],
        }
    )


def _draw(title: str, rows: pa.Table) -> None:
    hidden = ("values", "evidence")
    names = [name for name in rows.column_names if name not in hidden]
    shown = rows.select(names).slice(0, MOST_SHOWN).to_pylist()
    cells = [["" if row[name] is None else str(row[name]) for name in names] for row in shown]
    drawn(title, names, cells, rows.num_rows - len(shown))
