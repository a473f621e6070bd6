"""`ringfence load`: put files into the store, and list the rows that did not go in."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from ringfence.actions.loading import LoadOptions, Summary
from ringfence.actions.loading import load as load_files
from ringfence.actions.store import open_store
from ringfence.commands.options import DEFAULT_STORE, StoreFolder, instant
from ringfence.errors import InputError, RejectedRowsError

Files = Annotated[list[Path], typer.Argument(help="CSV、XLSX 或 Parquet 文件 / CSV, XLSX or Parquet files.")]
Mapping = Annotated[
    Path | None, typer.Option(help="列映射文件（TOML）/ A mapping of headings to columns, in TOML.")
]
TableName = Annotated[
    str, typer.Option("--table", help="表名，如不能从表头看出 / The table, where headings do not tell.")
]
Rejects = Annotated[Path, typer.Option(help="不合格行清单 / Where to list the rows refused (CSV).")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只检查，不入库 / Check everything, keep nothing.")]
Zone = Annotated[str, typer.Option(help="文件中时刻的时区 / The zone the files' times are written in.")]

RecordedAt = Annotated[
    str,
    typer.Option(
        "--recorded-at",
        help='仅演练:何时得知,如 "2022-03-30 16:40"(当地时间)/ '
        "On an exercise only: when the rows became known, in local time.",
    ),
]
Sender = Annotated[
    str,
    typer.Option(
        "--source",
        help="到访数据来源,如 metro;同一来源同一天只有一个文件 / "
        "Who sends the visits: of one source and day there is one file.",
    ),
]
Replace = Annotated[
    bool,
    typer.Option(
        "--replace",
        help="替换该来源同一天的旧文件 / In the place of what the source sent of those days before.",
    ),
]


def load(  # noqa: PLR0913 - each parameter is an option of the command
    files: Files,
    store: StoreFolder = DEFAULT_STORE,
    mapping: Mapping = None,
    table: TableName = "",
    rejects: Rejects = Path("rejects.csv"),
    dry_run: DryRun = False,
    zone: Zone = "",
    recorded_at: RecordedAt = "",
    source: Sender = "",
    replace: Replace = False,
) -> None:
    """把文件中的行核对后入库 / Check the rows of files and put them into the store.

    Good rows go in; every other row is listed in the rejects file with what is wrong and what would
    be right. Loading a file twice changes nothing.
    """
    with open_store(store) as opened, _progress() as progress:
        at = instant(recorded_at, opened, "--recorded-at") if recorded_at else None
        options = LoadOptions(
            mapping=mapping, table=table, zone=zone, dry_run=dry_run, recorded_at=at, source=source,
            replace=replace,
        )  # fmt: skip
        tasks = {path.name: progress.add_task(path.name, rows=0, total=None) for path in files}
        summary = load_files(
            files, opened, options, rejects, lambda file, rows: progress.update(tasks[file], rows=rows)
        )
    _show(summary, dry_run)
    _end(summary)


def _progress() -> Progress:
    name = TextColumn("{task.description}", markup=False)
    rows = TextColumn("{task.fields[rows]:,} 行 rows")
    console = Console(stderr=True)
    return Progress(SpinnerColumn(), name, rows, TimeElapsedColumn(), console=console, transient=True)


def _show(summary: Summary, dry_run: bool) -> None:
    """The counts of each file, and the columns of each that were left out."""
    console = Console()
    accepted = "合格\nwould go in" if dry_run else "入库\nwent in"
    shown = Table(title="试运行，未入库 / dry run, nothing kept" if dry_run else None, title_justify="left")
    shown.add_column("文件\nfile", overflow="fold")
    shown.add_column("表\ntable")
    for heading in ("读取\nread", accepted, "重复\nrepeated", "不合格\nrefused"):
        shown.add_column(heading, justify="right")
    shown.add_column("提交号\nsubm. no.", overflow="fold")
    for file in summary.files:
        counts = [f"{count:,}" for count in (file.read, file.accepted, file.repeated, file.refused)]
        shown.add_row(Text(file.file), file.table, *counts, _spans(file.submissions))
    console.print(shown)
    for file in summary.files:
        if file.unread:
            again = f"{file.file}: 以前已读完,未再读取 / read whole before; not read again"
            console.print(again, markup=False, highlight=False, soft_wrap=True)
        if file.expired:
            gone = (
                f"{file.file}: {file.expired:,} 条属于已到期删除的日期,未入库 / "
                f"{file.expired:,} of days deleted before were left out"
            )
            console.print(gone, markup=False, highlight=False, soft_wrap=True)
        if file.replaced:
            instead = (
                f"{file.file}: 同一来源、同一日期原有 {file.replaced:,} 条到访已被替换 / "
                f"{file.replaced:,} visits of the same source and days gave way to these"
            )
            console.print(instead, markup=False, highlight=False, soft_wrap=True)
        if file.ignored:
            left_out = f"{file.file}: 未用的列 / columns left out: {', '.join(file.ignored)}"
            console.print(left_out, markup=False, highlight=False, soft_wrap=True)


def _spans(numbers: list[int]) -> str:
    """Numbers as spans: 1-3, 7."""
    spans: list[list[int]] = []
    for number in sorted(set(numbers)):
        if spans and number == spans[-1][-1] + 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    return ", ".join(f"{span[0]}-{span[-1]}" if len(span) > 1 else f"{span[0]}" for span in spans)


def _end(summary: Summary) -> None:
    """Leave with the error of the worst that happened, or quietly."""
    listed = ""
    if summary.refused:
        listed = (
            f"{summary.refused:,} 行不合格，见 {summary.rejects}；改正后重新导入即可 / "
            f"{summary.refused:,} rows were refused and are listed in {summary.rejects}; "
            "put them right and load the file again"
        )
    if summary.errors:
        raise InputError("\n".join([*summary.errors, listed] if listed else summary.errors))
    if listed:
        raise RejectedRowsError(listed)
