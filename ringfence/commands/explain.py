"""`ringfence explain`: why is this so? Every decision about a subject, back to the facts."""

import json
from typing import Annotated

import pyarrow as pa
import typer
from rich.console import Console

from ringfence.actions.deciding import Answer, decide_at, names, rows_about
from ringfence.actions.evidence import Told, told
from ringfence.actions.store import open_store
from ringfence.commands.options import DEFAULT_STORE, AsOf, Format, StoreFolder, instant, local
from ringfence.commands.output import check_form, readable, spoken
from ringfence.engine.reasons import EXPLAINED
from ringfence.engine.reasons import explain as sentence
from ringfence.errors import InputError, NotFoundError
from ringfence.tables import fact_text, person_number
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
    check_form(form, None, ("table", "json"))
    if person_number(subject) is None and not subject.startswith(("T:", "A:")) and "|" not in subject:
        raise InputError(
            f'"{subject}" cannot be asked about; write P123, T:tube, A:area code or a task\'s id'
        )
    with open_store(store) as opened:
        at = instant(as_of, opened)
        with Console(stderr=True).status("") as status:
            answer = decide_at(opened, at, lambda step: status.update(f"{step} …"))
            found = rows_about(answer.decisions, subject)
            found = {kind: found[kind] for kind in EXPLAINED if kind in found}
            if not found:
                raise NotFoundError(f"nothing is decided about {subject} as of {local(at, opened)}")
            facts = {
                fact for table in found.values() for row in table["evidence"].to_pylist() for fact in row
            }
            evidence = told(opened, answer, sorted(facts)[:_MOST_FACTS])
        zone = opened.settings.zone
        if form == "json":
            typer.echo(_json(found, evidence, zone))
        else:
            _print(answer, found, evidence, zone)
        if len(facts) > _MOST_FACTS:
            more = len(facts) - _MOST_FACTS
            Console(stderr=True).print(f"另有 {more:,} 条事实未列出 / {more:,} more facts are not listed")


def _print(answer: Answer, found: dict[str, pa.Table], evidence: list[Told], zone: str) -> None:
    console = Console()
    called = names(answer.known)
    for kind, rows in found.items():
        console.print(f"\n[bold]{DECISIONS[kind].zh} · {kind}[/bold]")
        for row in rows.to_pylist():
            for said in sentence(kind, row, answer.protocol, called):
                console.print(said.strip(), soft_wrap=True, markup=False, highlight=False)
    console.print(f"\n[bold]事实 · facts[/bold]({zone})", highlight=False)
    for one in evidence:
        said = ", ".join(f"{key}={value}" for key, value in _spoken(one, zone, short=True).items())
        line = f"{fact_text(one.fact)} {FACTS[one.kind].zh} {one.kind}: {said}"
        console.print(line, soft_wrap=True, markup=False, highlight=False)
        at = spoken("instant", one.recorded_at, zone, short=True)
        console.print(f"      记录 recorded {at},来源 source: {one.source}", markup=False, highlight=False)


def _spoken(one: Told, zone: str, *, short: bool) -> dict[str, object]:
    table = FACTS[one.kind]
    return {name: spoken(table.column(name).type, value, zone, short) for name, value in one.row.items()}


def _json(found: dict[str, pa.Table], evidence: list[Told], zone: str) -> str:
    decisions = [
        {"table": kind, **row}
        for kind, rows in found.items()
        for row in readable(rows, DECISIONS[kind], zone).to_pylist()
    ]
    facts = [
        {
            "fact": fact_text(one.fact),
            "table": one.kind,
            "recorded_at": spoken("instant", one.recorded_at, zone, short=False),
            "source": one.source,
            **_spoken(one, zone, short=False),
        }
        for one in evidence
    ]
    return json.dumps({"decisions": decisions, "facts": facts}, ensure_ascii=False, default=str)
