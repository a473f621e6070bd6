"""Which round does a command mean, and how is it told what became of it?"""

from typing import Annotated

import typer
from rich.console import Console

from ringfence.actions.rounds import Terms
from ringfence.actions.store import Store
from ringfence.commands.options import local

Name = Annotated[str, typer.Argument(help="轮次编号 / The round's id.", show_default=False)]
Areas = Annotated[
    list[str] | None,
    typer.Option("--area", help="区域,可多个;缺省为全部 / Where, may be repeated; everywhere if left out."),
]


def said(what: str, terms: Terms, seq: int, store: Store) -> None:
    """Tell what was done to a round: its times, its areas, and the submission that says so."""
    times = f"{local(terms.opens_at, store)} – {local(terms.due_at, store)} {store.settings.zone}"
    line = f"{what};{times};{' '.join(terms.areas)}(第 {seq} 号提交 / submission {seq})"
    Console().print(line, soft_wrap=True, highlight=False)
