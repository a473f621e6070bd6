"""`ringfence protocol adopt`: put editions in force, after seeing whom they move."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ringfence.actions import ruling
from ringfence.actions.comparing import compare_over, rules_named
from ringfence.actions.ruling import Adoption, known_editions, with_files
from ringfence.actions.store import open_store
from ringfence.commands.options import DEFAULT_STORE, StoreFolder, instant
from ringfence.commands.switching import Area, Authority, Reason, RecordedAt, Yes, ask, draw_comparison
from ringfence.protocol import files_in, resolve_within

From = Annotated[
    str, typer.Option("--from", help="启用时间,缺省按版本 / From when; as the edition says where left out.")
]


def adopt(  # noqa: PLR0913 - each parameter is an option of the command
    editions: Annotated[list[Path], typer.Argument(help="规则版本文件或目录 / Edition files or folders.")],
    authority: Authority,
    store: StoreFolder = DEFAULT_STORE,
    begin: From = "",
    area: Area = "",
    reason: Reason = "",
    recorded_at: RecordedAt = "",
    yes: Yes = False,
) -> None:
    """启用规则版本 / Put editions in force: checked, whom they move shown, asked, kept as a decision."""
    with open_store(store) as opened:
        at = instant(recorded_at, opened, "--recorded-at")
        adoption = Adoption(
            authority, reason, area,
            instant(begin, opened, "--from") if begin else None,
            at if recorded_at else None,
        )  # fmt: skip
        known = with_files(opened, editions, adoption, at)
        new = [edition.begin for edition in known.editions if edition.file in _names(editions)]
        moment = max([at, *new])
        with Console(stderr=True).status("…"):
            settings = opened.settings
            then = resolve_within(known.editions, known.faults, settings.area, settings.disease, moment)
            now = rules_named(known_editions(opened, at), "now", settings.area, settings.disease, at)
            compared = compare_over(opened, now, then, at)
        draw_comparison(compared)
        ask("启用?/ Put in force?", yes)
        ids, seq = ruling.adopt(opened, editions, adoption, at)
        said = f"已启用 / in force: {', '.join(ids)}(第 {seq} 号提交 / submission {seq})"
        Console().print(said, soft_wrap=True, highlight=False)


def _names(editions: Sequence[Path]) -> set[str]:
    return {name for name, _ in files_in(*editions)}
