"""`ringfence round open`: who is expected at the sampling points from now on?"""

from typing import Annotated

import typer

from ringfence.actions import rounds
from ringfence.actions.rounds import Order, Terms
from ringfence.actions.store import open_store
from ringfence.commands.options import DEFAULT_STORE, StoreFolder, instant
from ringfence.commands.plan_round import Areas, Due, Opens
from ringfence.commands.running import Name, said
from ringfence.commands.switching import Authority, RecordedAt

After = Annotated[
    str,
    typer.Option(
        "--after", help="沿用此轮的区域 / Carry over: the areas of this round, unless --area names others."
    ),
]
Zh = Annotated[str, typer.Option("--name", help="名称 / Its name in Chinese.")]
En = Annotated[str, typer.Option("--name-en", help="英文名称 / Its name in English.")]


def open_round(  # noqa: PLR0913 - each parameter is an option of the command
    round_: Name,
    due: Due,
    authority: Authority,
    opens: Opens = "",
    area: Areas = None,
    after: After = "",
    name: Zh = "",
    name_en: En = "",
    store: StoreFolder = DEFAULT_STORE,
    recorded_at: RecordedAt = "",
) -> None:
    """开启一轮 / Open a round: whoever lives there is expected from now on."""
    with open_store(store) as opened:
        at = instant(recorded_at, opened, "--recorded-at")
        begin = instant(opens, opened, "--opens") if opens else at
        areas = (
            rounds.terms_of(opened, after, at).areas
            if after and not area
            else rounds.read_areas(opened, area or [])
        )
        terms = Terms(round_, areas, begin, instant(due, opened, "--due"), name, name_en)
        seq = rounds.open_round(opened, terms, Order(authority, at if recorded_at else None), at)
        said(f"已开启 / opened: {round_}", terms, seq, opened)
