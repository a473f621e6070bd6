"""`ringfence round`: plan a screening round, open it, give it more time, close it."""

import pyarrow as pa
import typer

from ringfence.actions import rounds
from ringfence.actions.rounds import Order
from ringfence.actions.store import open_store
from ringfence.commands.open_round import open_round
from ringfence.commands.options import DEFAULT_STORE, AsOf, Format, Output, StoreFolder, instant, local
from ringfence.commands.output import check_form, drawn, give
from ringfence.commands.plan_round import Due, plan_round
from ringfence.commands.running import Name, said
from ringfence.commands.switching import Authority, RecordedAt


def extend(
    round_: Name,
    due: Due,
    authority: Authority,
    store: StoreFolder = DEFAULT_STORE,
    recorded_at: RecordedAt = "",
) -> None:
    """延长一轮 / Give a round more time."""
    with open_store(store) as opened:
        at = instant(recorded_at, opened, "--recorded-at")
        later = instant(due, opened, "--due")
        done = rounds.extend(opened, round_, later, Order(authority, at if recorded_at else None), at)
        was = local(done.was.due_at, opened)
        said(f"已延长,原定 / extended, was due {was}", done.now, done.seq, opened)


def close(
    round_: Name, authority: Authority, store: StoreFolder = DEFAULT_STORE, recorded_at: RecordedAt = ""
) -> None:
    """提前结束一轮 / End a round now, before it is due."""
    with open_store(store) as opened:
        at = instant(recorded_at, opened, "--recorded-at")
        done = rounds.close(opened, round_, Order(authority, at if recorded_at else None), at)
        was = local(done.was.due_at, opened)
        said(f"已结束,原定 / closed, was due {was}", done.now, done.seq, opened)


def list_(
    store: StoreFolder = DEFAULT_STORE, as_of: AsOf = "", form: Format = "table", output: Output = None
) -> None:
    """各轮 / The rounds there are, in the order they are due."""
    check_form(form, output)
    with open_store(store) as opened:
        known = rounds.rounds_at(opened, instant(as_of, opened))
        rows = [
            {
                "round": one.round, "name_zh": one.name_zh, "name_en": one.name_en,
                "areas": " ".join(one.areas),
                "opens_at": local(one.opens_at, opened), "due_at": local(one.due_at, opened),
            }
            for one in known
        ]  # fmt: skip
        heads = ("round", "name_zh", "name_en", "areas", "opens_at", "due_at")
        table = pa.table({head: pa.array([row[head] for row in rows], pa.string()) for head in heads})
        give(
            table, form, output, lambda _: drawn("轮次 / Rounds", heads, [list(row.values()) for row in rows])
        )


round_ = typer.Typer(
    name="round", help="核酸筛查轮次 / Screening rounds: planned, opened, extended, closed.",
    no_args_is_help=True,
)  # fmt: skip
_COMMANDS = {"plan": plan_round, "open": open_round, "extend": extend, "close": close, "list": list_}
for called, command in _COMMANDS.items():
    round_.command(called)(command)
