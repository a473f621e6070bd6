"""The options and the picture that the commands about changing rules share."""

from collections import Counter
from typing import Annotated

import typer
from rich.console import Console

from ringfence.actions.comparing import Comparison
from ringfence.commands.output import drawn
from ringfence.tables.words import CHANGED, MOVED

Authority = Annotated[str, typer.Option(help="决定机关 / Who decides it.")]
Reason = Annotated[str, typer.Option(help="原因 / Why.")]
Yes = Annotated[bool, typer.Option("--yes", help="不再询问 / Do not ask.")]
RecordedAt = Annotated[
    str, typer.Option("--recorded-at", help="演练中的入库时刻 / When it became known, on an exercise.")
]
Area = Annotated[str, typer.Option(help="适用区域 / Where; as the edition says where left out.")]
_GROUPS = ("move", "subject_before", "rule_before", "subject_after", "rule_after")


def draw_comparison(compared: Comparison) -> None:
    """Every rule that changes, and how many people it moves and how."""
    console = Console()
    title = f"{' + '.join(compared.before.stack)} → {' + '.join(compared.after.stack)}"
    console.print(title, style="bold", markup=False, soft_wrap=True)
    last = ""
    for change in compared.changes:
        if change.rule != last:
            says = f"{change.table} {change.rule}: {change.zh} {change.en}"
            console.print(says, style="cyan", markup=False, soft_wrap=True, highlight=False)
            last = change.rule
        what = " · ".join(CHANGED[change.change])
        sides = " → ".join(side for side in (change.before, change.after) if side)
        said = f"    {what} {change.field}: {sides}"
        console.print(said, markup=False, soft_wrap=True, highlight=False)
    if compared.moved is None:
        return
    counts = Counter(zip(*(compared.moved[n].to_pylist() for n in _GROUPS), strict=True))
    rows = [
        [" · ".join(MOVED[move]), *(str(one or "—") for one in rest), f"{count:,}"]
        for (move, *rest), count in sorted(counts.items(), key=lambda pair: (pair[0][0], -pair[1]))
    ]
    drawn(f"受影响 / people moved: {compared.moved.num_rows:,}", (*_GROUPS, "people"), rows)


def ask(question: str, yes: bool) -> None:
    """Ask, unless told not to; Abort where the answer is no."""
    if not yes:
        typer.confirm(question, abort=True)
