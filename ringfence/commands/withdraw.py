"""`ringfence protocol withdraw`: take an edition out of force, on record."""

from typing import Annotated

import typer
from rich.console import Console

from ringfence.actions import ruling
from ringfence.actions.ruling import Adoption
from ringfence.actions.store import open_store
from ringfence.commands.options import DEFAULT_STORE, StoreFolder, instant
from ringfence.commands.switching import Authority, Reason, RecordedAt, Yes, ask


def withdraw(
    edition: Annotated[str, typer.Argument(help="版本编号 / The edition's id.")],
    authority: Authority,
    store: StoreFolder = DEFAULT_STORE,
    reason: Reason = "",
    recorded_at: RecordedAt = "",
    yes: Yes = False,
) -> None:
    """撤销规则版本 / Withdraw an edition; what was decided under it stays as it was."""
    with open_store(store) as opened:
        at = instant(recorded_at, opened, "--recorded-at")
        ask(f"撤销 {edition}?/ Withdraw it?", yes)
        adoption = Adoption(authority, reason, recorded_at=at if recorded_at else None)
        seq = ruling.withdraw(opened, edition, adoption, at)
        said = f"已撤销 / withdrawn: {edition}(第 {seq} 号提交 / submission {seq})"
        Console().print(said, soft_wrap=True, highlight=False)
