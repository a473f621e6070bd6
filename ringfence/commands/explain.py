"""`ringfence explain`: why is this so? Every decision about a subject, back to the facts."""

import json
from typing import Annotated

import typer
from rich.console import Console

from ringfence.actions.deciding import Answer, decide_at, names, rows_about
from ringfence.actions.evidence import Told, told
from ringfence.actions.store import Store, open_store
from ringfence.commands.options import DEFAULT_STORE, AsOf, Format, StoreFolder, instant, local
from ringfence.engine.reasons import EXPLAINED
from ringfence.engine.reasons import explain as sentence
from ringfence.errors import InputError, NotFoundError
from ringfence.tables import fact_text
from ringfence.tables.decisions import DECISIONS
from ringfence.tables.facts import FACTS

Subject = Annotated[
    str,
    typer.Argument(help="P123(人 person)、T:管码(tube)、A:区划代码(area)或任务编号 / or a task id."),
]
_MOST_FACTS = 60


def explain(
    subject: Subject, store: StoreFolder = DEFAULT_STORE, as_of: AsOf = "", form: Format = "table"
) -> None:
    """为什么 / Why: each decision about a person, tube, area or task, its rule, its values and its facts."""
    if form not in ("table", "json"):
        raise InputError(f'--format "{form}" is not known here; give table or json')
    with open_store(store) as opened:
        at = instant(as_of, opened)
        with Console(stderr=True).status("") as status:
            answer = decide_at(opened, at, lambda step: status.update(f"{step} …"))
            found = rows_about(answer.decisions, subject)
            rows = [(kind, row) for kind in EXPLAINED if kind in found for row in found[kind].to_pylist()]
            if not rows:
                raise NotFoundError(f"nothing is decided about {subject} as of {local(at, opened)}")
            facts = sorted({fact for _, row in rows for fact in row["evidence"]})
            evidence = told(opened, answer, facts[:_MOST_FACTS])
        if form == "json":
            typer.echo(_json(rows, evidence))
        else:
            _print(opened, answer, rows, evidence)


def _print(
    store: Store, answer: Answer, rows: list[tuple[str, dict[str, object]]], evidence: list[Told]
) -> None:
    console = Console()
    called = names(answer.known)
    for kind, row in rows:
        zh, en = sentence(kind, row, answer.protocol, called)
        table = DECISIONS[kind]
        console.print(f"\n[bold]{table.zh} · {kind}[/bold]")
        console.print(zh, soft_wrap=True, markup=False, highlight=False)
        console.print(en, soft_wrap=True, markup=False, highlight=False)
    console.print("\n[bold]事实 · facts[/bold]")
    for one in evidence:
        said = ", ".join(f"{key}={value}" for key, value in one.row.items())
        line = f"{fact_text(one.fact)} {FACTS[one.kind].zh} {one.kind}: {said}"
        console.print(line, soft_wrap=True, markup=False, highlight=False)
        at = local(one.recorded_at, store)
        console.print(f"      记录 recorded {at},来源 source: {one.source}", markup=False, highlight=False)


def _json(rows: list[tuple[str, dict[str, object]]], evidence: list[Told]) -> str:
    data = {
        "decisions": [{"table": kind, **row} for kind, row in rows],
        "facts": [
            {
                "fact": fact_text(one.fact),
                "kind": one.kind,
                "recorded_at": one.recorded_at,
                "source": one.source,
                **one.row,
            }
            for one in evidence
        ],
    }
    return json.dumps(data, ensure_ascii=False, default=str)
