"""How is a trace printed: the cases, what changed, and then whom each unit has to reach?"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from ringfence.actions.deciding import names
from ringfence.actions.store import Store
from ringfence.actions.tracing import Trace
from ringfence.commands.options import local
from ringfence.commands.output import MOST_SHOWN, drawn, readable
from ringfence.engine.reasons import Names, local_time
from ringfence.protocol import Protocol
from ringfence.tables import person_text
from ringfence.tables.tracing import MEETINGS
from ringfence.tables.words import CHANGES, CLASSES, MUSTS, REASONS, SETTINGS, STATES, en, zh

_NO_UNIT = ("无责任单位", "no unit is known")
_EACH = 10
"""People shown of each unit, where there are several."""
Row = Mapping[str, Any]


def draw_trace(found: Trace, people: pa.Table, store: Store) -> None:
    """Print a trace; what changed comes first."""
    console = Console()
    called = names(found.answer.known)
    protocol = found.answer.protocol
    at = local(found.as_of, store)
    here = people.filter(pc.field("change").is_null() | (pc.field("change") != "gone"))
    zone, cases = store.settings.zone, found.cases.num_rows
    title = f"{at} {zone}:{cases:,} 例 cases,{here.num_rows:,} 人 people"
    console.print(title, style="bold", highlight=False)
    for case in found.cases.slice(0, MOST_SHOWN).to_pylist():
        fresh = "新 new " if case["person"] in found.new_cases else ""
        console.print(Text(_case_line(case, here, protocol, fresh)))
    if found.cases.num_rows > MOST_SHOWN:
        console.print(f"  … 另有 {found.cases.num_rows - MOST_SHOWN:,} 例 more cases", style="dim")
    if found.since is not None:
        _draw_changes(console, people, local(found.since, store), protocol)
    _draw_units(console, here, protocol, called)


def _case_line(case: Row, people: pa.Table, protocol: Protocol, fresh: str) -> str:
    mine = people.filter(pc.field("case") == case["person"])
    if case["begin"] is None:
        window = "无传染期规则适用 / no rule gives a window"
    else:
        window = f"{local_time(case['begin'], protocol)} → {local_time(case['end'], protocol)}"
    counts = Counter(one or "" for one in mine["class"].to_pylist())
    said = ",".join(f"{_class(one or None)} {count:,}" for one, count in counts.items())
    kind = f"{zh(CLASSES, case['class'])} {en(CLASSES, case['class'])}" if case["class"] else "自定 as given"
    return f"  {fresh}{person_text(case['person'])} {kind} · {window} · {said or '无 nobody'}"


def _class(class_: str | None, review: bool | None = None) -> str:
    if class_ is None:
        return "未列类 of no class"
    judged = "(待判定 to be judged)" if review else ""
    return f"{zh(CLASSES, class_)} {en(CLASSES, class_)}{judged}"


def _draw_changes(console: Console, people: pa.Table, since: str, protocol: Protocol) -> None:
    changed = people.filter(pc.is_valid(pc.field("change")))
    counts = Counter(changed["change"].to_pylist())
    said = ",".join(
        f"{zh(CHANGES, one)} {en(CHANGES, one)} {counts[one]:,}" for one in CHANGES if counts[one]
    )
    console.print(f"[bold]自 {since} 以来 / changed since[/bold]:{said or '无变化 nothing'}", highlight=False)
    _draw_some(console, changed, MOST_SHOWN, protocol)


def _draw_units(console: Console, people: pa.Table, protocol: Protocol, called: Names) -> None:
    units = Counter(people["unit"].to_pylist())
    each = MOST_SHOWN if len(units) == 1 else _EACH
    for unit, count in sorted(units.items(), key=lambda pair: (pair[0] is None, pair[0] or "")):
        said = (called.unit(unit, 0), called.unit(unit, 1)) if unit else _NO_UNIT
        name = escape(f"{said[0]} · {said[1]}")
        console.print(f"[bold]{name}[/bold]({count:,})", highlight=False)
        of = pc.field("unit") == unit if unit else pc.field("unit").is_null()
        _draw_some(console, people.filter(of), each, protocol)


def _draw_some(console: Console, people: pa.Table, most: int, protocol: Protocol) -> None:
    for row in people.slice(0, most).to_pylist():
        console.print(Text(person_line(row, protocol)))
    if people.num_rows > most:
        console.print(f"  … 另有 {people.num_rows - most:,} 人 more; --format csv gives all", style="dim")


def person_line(row: Row, protocol: Protocol) -> str:
    """A person of a trace on two lines: whom they met and as what; when, how it is known, what is owed."""
    change = f"{zh(CHANGES, row['change'])} {en(CHANGES, row['change'])} · " if row["change"] else ""
    case = f"{person_text(row['case'])} " if row["case"] is not None else ""
    via = f",经 via {row['via']}" if row["via"] else ""
    what = _class(row["class"], row["review"])
    infected = f",本人 now {_class(row['infected'])}" if row["infected"] else ""
    who = f"{change}{person_text(row['person'])} ← {case}第{row['ring']}圈 ring {row['ring']}{via}"
    met = f"{local_time(row['first'], protocol)} → {local_time(row['last'], protocol)}"
    minutes = "? min" if row["minutes"] is None else f"{row['minutes']:,} min"
    setting = f" · {zh(SETTINGS, row['setting'])} {en(SETTINGS, row['setting'])}" if row["setting"] else ""
    known = "、".join(f"{zh(REASONS, one)} {en(REASONS, one)}" for one in (row["reasons"] or "").split())
    return f"  {who} · {what}{infected}\n      {met},{minutes}{setting} · {known}{_owed(row, protocol)}"


def _owed(row: Row, protocol: Protocol) -> str:
    if row["must"] is None:
        return ""
    due = local_time(row["due_at"], protocol)
    state = f"{zh(STATES, row['state'])} {en(STATES, row['state'])}"
    return f" · {state}:{zh(MUSTS, row['must'])} {en(MUSTS, row['must'])} {due}"


def draw_meetings(met: pa.Table, zone: str) -> None:
    """Print meetings, the first ones."""
    shown = readable(met.slice(0, MOST_SHOWN), MEETINGS, zone, short=True)
    headings = (
        "case",
        "index",
        "person",
        "begin",
        "end",
        "minutes",
        "lag",
        "reason",
        "setting",
        "place",
        "part",
    )
    rows = [_cells(row, headings) for row in shown.to_pylist()]
    titled = [f"{MEETINGS.column(name).zh} {name}" for name in headings]
    drawn(f"相遇 meetings: {met.num_rows:,}", titled, rows, met.num_rows - MOST_SHOWN)


def _cells(row: Row, headings: Sequence[str]) -> list[str]:
    return ["—" if row[name] is None else str(row[name]) for name in headings]
