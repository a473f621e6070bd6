"""`ringfence labels`: what is stuck on the tubes of a round?"""

import getpass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ringfence.actions.labelling import Run, give_out, plan_run
from ringfence.actions.store import open_store
from ringfence.commands.options import DEFAULT_STORE, StoreFolder, instant
from ringfence.commands.output import writing
from ringfence.commands.switching import RecordedAt
from ringfence.errors import InputError
from ringfence.exchange.labels import SHEETS, sheets

Round = Annotated[str, typer.Option("--round", help="轮次编号 / Which round.")]
Count = Annotated[int, typer.Option(min=1, max=100_000, help="张数 / How many labels.")]
Pool = Annotated[int, typer.Option(help="几人混采 / How many swabs each tube is for.")]
First = Annotated[
    int,
    typer.Option(
        min=0, help="首号;缺省接上次 / The first running number; the next one free where left out, or 0."
    ),
]
PerPage = Annotated[int, typer.Option(help=f"每页张数 / Labels a page: {', '.join(map(str, SHEETS))}.")]
File = Annotated[Path, typer.Option("--output", "-o", help="PDF 文件,须为新文件 / The PDF file, a new one.")]


def labels(  # noqa: PLR0913 - each parameter is an option of the command
    round_: Round,
    count: Count,
    output: File,
    pool: Pool = 10,
    first: First = 0,
    per_page: PerPage = 65,
    store: StoreFolder = DEFAULT_STORE,
    recorded_at: RecordedAt = "",
) -> None:
    """打印管签,每号只发一次 / Sheets of tube labels; no code is ever given out twice."""
    if output.exists():
        raise InputError(f'--output "{output}" is there already; its labels may be all there is of them')
    with open_store(store) as opened:
        at = instant(recorded_at, opened, "--recorded-at")
        run, made = plan_run(opened, Run(round_, first, count, pool), at)
        fresh = output.with_name(f"{output.name}.part")
        # Written first: numbers are not spent on a file that cannot be made.
        with writing(output):
            fresh.write_bytes(sheets(made, per_page))
        try:
            actor = f"ringfence labels ({getpass.getuser()})"
            seq = give_out(opened, run, actor, at if recorded_at else None)
            fresh.replace(output)
        finally:
            fresh.unlink(missing_ok=True)
    said = f"{output}: {made[0].code} – {made[-1].code},{count:,} 张 labels,{pool}:1"
    Console().print(f"{said}(第 {seq} 号提交 / submission {seq})", soft_wrap=True, highlight=False)
