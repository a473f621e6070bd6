"""How is a call-over printed: what is known, what is owed, by whom, and what is late?"""

from collections import Counter
from collections.abc import Sequence

import pyarrow.compute as pc
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ringfence.actions.deciding import Answer, names
from ringfence.actions.playing import Happening
from ringfence.engine.reasons import Names, local_time
from ringfence.engine.sentences import ABSENT
from ringfence.engine.situation import Figure, figures, late_first, load_by_unit
from ringfence.protocol import Protocol
from ringfence.tables.words import DUTIES, GRADES, MUSTS, STATES, en, zh

_UNITS, _LATE, _NEWS = 8, 8, 8


def print_call_over(
    console: Console, answer: Answer, before: Sequence[Figure], news: Sequence[Happening]
) -> list[Figure]:
    """Print one call-over; returns its figures, for the next one's changes.

    Args:
        console: where.
        answer: the decisions as of the call-over.
        before: the figures of the call-over before.
        news: what became known since then.
    """
    called = names(answer.known)
    console.rule(f"[bold]点调 call-over {local_time(answer.as_of, answer.protocol)}[/bold]", style="cyan")
    console.print(f"规则 rules: {' + '.join(answer.protocol.stack)}", style="dim", soft_wrap=True)
    _print_news(console, news, answer.protocol)
    now = figures(answer.decisions)
    console.print(_known(now, before))
    console.print(_owed(answer, called))
    _print_late(console, answer, called)
    return now


def _print_news(console: Console, news: Sequence[Happening], protocol: Protocol) -> None:
    """The turns of the story: what was told least often, and of that the latest, in the order told."""
    often = Counter(happening.says_zh for happening in news)
    first = {happening.says_zh: happening for happening in reversed(news)}
    latest = sorted(first.values(), key=lambda happening: happening.at, reverse=True)
    rare = sorted(latest, key=lambda happening: often[happening.says_zh])[:_NEWS]
    console.print(f"[bold]新情况 news[/bold]({len(news):,} 批 submissions)", highlight=False)
    for happening in sorted(rare, key=lambda happening: happening.at):
        at, times = local_time(happening.at, protocol), often[happening.says_zh]
        again = f" ×{times}" if times > 1 else ""
        console.print(Text(f"  {at}  {happening.says_zh}{again} [{happening.source}]"))
        console.print(Text(f"               {happening.says_en}"), style="dim")


def _known(now: Sequence[Figure], before: Sequence[Figure]) -> Table:
    counts = {figure.id: figure.count for figure in before}
    table = Table(title="已知 known", title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0))
    for _ in range(2):
        table.add_column(justify="right", style="bold")
        table.add_column(style="dim", justify="right")
        table.add_column()
    cells = [(f"{figure.count:,}", _change(figure, counts), f"{figure.zh} {figure.en}") for figure in now]
    half = (len(cells) + 1) // 2
    for left, right in zip(cells[:half], [*cells[half:], ("", "", "")], strict=False):
        table.add_row(*left, *right)
    return table


def _change(figure: Figure, counts: dict[str, int]) -> str:
    if figure.id not in counts or figure.count == counts[figure.id]:
        return ""
    return f"{figure.count - counts[figure.id]:+,}"


def _owed(answer: Answer, called: Names) -> Table:
    table = Table(title="谁欠什么 owed, by whom", title_justify="left")
    for heading in ("单位 unit", "职责 duty"):
        table.add_column(heading)
    for heading in ("超时 late", "待办 open", "已办 done"):
        table.add_column(heading, justify="right")
    for row in load_by_unit(answer.decisions["tasks"]).slice(0, _UNITS).to_pylist():
        table.add_row(
            f"{called.unit(row['unit'], 0)}\n{called.unit(row['unit'], 1)}",
            f"{zh(DUTIES, row['duty'])}\n{en(DUTIES, row['duty'])}",
            Text(f"{row['late']:,}", style="red" if row["late"] else ""),
            f"{row['open']:,}",
            f"{row['done']:,}",
        )
    return table


def _print_late(console: Console, answer: Answer, called: Names) -> None:
    """How much of each kind is late; then one by one, but for a round's missing, who are many."""
    tasks = answer.decisions["tasks"]
    late = late_first(tasks.filter(pc.field("state") == "late"), tasks.num_rows)
    kinds = late.group_by("must").aggregate([("task", "count")]).sort_by([("task_count", "descending")])
    said = [
        f"{zh(MUSTS, one['must'])} {en(MUSTS, one['must'])} {one['task_count']:,}"
        for one in kinds.to_pylist()
    ]
    console.print(f"[bold]超时 late[/bold]({late.num_rows:,}):{';'.join(said)}", highlight=False)
    single = late.filter(pc.field("must") != "sample")
    for row in single.slice(0, _LATE).to_pylist():
        console.print(Text(task_line(row, answer.protocol, called)))
    if single.num_rows > _LATE:
        console.print(
            f"  … 另有 {single.num_rows - _LATE:,} 项 / and {single.num_rows - _LATE:,} more", style="dim"
        )


def task_line(row: dict[str, object], protocol: Protocol, called: Names) -> str:
    """A task on two lines: due, state, what and whom; then which unit, where and under which rule."""
    due, subject, area = local_time(row["due_at"], protocol), str(row["subject"]), str(row["area"] or "")
    must, state, grade = str(row["must"]), str(row["state"]), str(row["grade"])
    doubt = f",{zh(GRADES, grade)} {en(GRADES, grade)}" if grade in ("M", "?", "R") else ""
    where = subject[2:] if subject.startswith("A:") else area
    what = f"{zh(STATES, state)} {en(STATES, state)} · {zh(MUSTS, must)} {en(MUSTS, must)} · {subject}"
    unit = str(row["unit"] or "")
    both = [
        f"{called.unit(unit, n) if unit else ABSENT['unit'][n]} · {called.area(where, n)}" for n in (0, 1)
    ]
    return f"  {due}  {what} · {row['rule']}({grade}{doubt})\n      {both[0]}\n      {both[1]}"
