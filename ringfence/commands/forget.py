"""`ringfence forget`: delete the visits of days past the time they are kept, for good and on record."""

import sys
from datetime import date
from typing import Annotated

import typer
from rich.console import Console

from ringfence.actions import forgetting
from ringfence.actions.forgetting import Order
from ringfence.actions.store import open_store
from ringfence.commands.options import DEFAULT_STORE, StoreFolder, instant
from ringfence.commands.switching import Authority, Reason, RecordedAt, Yes, ask
from ringfence.errors import InputError

Before = Annotated[
    str,
    typer.Option(
        help="保留的首日,如 2022-03-17;缺省按存储设置 / "
        "The first day to keep; as the store's settings say where left out."
    ),
]


def forget(
    authority: Authority,
    store: StoreFolder = DEFAULT_STORE,
    before: Before = "",
    reason: Reason = "",
    recorded_at: RecordedAt = "",
    yes: Yes = False,
) -> None:
    """删除到期的到访记录,不可恢复 / Delete the visits of days past the time they are kept, for good.

    They go from the files of visits, the journal, the columns and the contact index, and the journal says
    so: who decided it, what went, and digests by which the rest still verifies. Interrupted, it is finished
    by running it again.
    """
    with open_store(store) as opened:
        at = instant(recorded_at, opened, "--recorded-at")
        first = _day(before) if before else forgetting.first_kept(opened, at)
        _ask(first, forgetting.standing_on(opened, first, at), yes)
        with Console(stderr=True).status("删除中 / deleting"):
            known = at if recorded_at or opened.journal.exercise else None
            gone = forgetting.forget(opened, first, Order(authority, reason, known), at)
    console = Console()
    if gone.seq is None:
        console.print(f"{first} 之前没有到访记录 / No visits before {first}", soft_wrap=True)
        return
    said = (
        f"已删除 {gone.visits:,} 条到访(第 {gone.seq} 号提交)/ {gone.visits:,} visits deleted: "
        f"{gone.files} files, rows of {gone.submissions} submissions; on record as submission {gone.seq}"
    )
    console.print(said, soft_wrap=True, highlight=False)


def _ask(first: date, people: int, yes: bool) -> None:
    """Ask before anything goes; whoever cannot be asked says --yes where somebody's course rests on it."""
    said = (
        f"{people:,} 人现行的管理措施以这些到访为依据,删除后不再成立 / "
        f"what {people:,} people owe now rests on these visits, and does not follow once they are gone"
    )
    if people:
        Console(stderr=True).print(said, style="yellow", soft_wrap=True, highlight=False)
    if people and not yes and not sys.stdin.isatty():
        raise InputError(f"{said}; to delete them anyhow give --yes")
    ask(f"永久删除 {first} 之前的到访记录?/ Delete all visits before {first}, for good?", yes)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f'--before "{text}" is not a day; write it like 2022-03-17') from None
