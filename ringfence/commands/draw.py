"""`ringfence draw`: who is drawn by lot, so that anybody can check it?"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ringfence.actions.draws import Draw, candidates, compare, read_groups
from ringfence.actions.draws import drawn as drawn_of
from ringfence.actions.store import open_store
from ringfence.commands.options import DEFAULT_STORE, AsOf, Format, Output, StoreFolder, instant, local
from ringfence.commands.output import MOST_SHOWN, check_form, drawn, give_rows, writing
from ringfence.engine.lots import Share, candidate_list, digest_of
from ringfence.errors import InputError
from ringfence.tables import person_text
from ringfence.tables.draws import DRAWN

From = Annotated[
    list[str],
    typer.Option(
        "--from",
        help="候选人:occupation=、area= 或 place=;同类任一,异类都要 / Whom from: occupation=…, area=… (who "
        "lives there) or place=… (who belongs there). Of one word any value will do; every word must hold.",
    ),
]
Name = Annotated[str, typer.Option("--name", help="抽签名称,如轮次与日期 / The draw's name: a round, a day.")]
Seed = Annotated[
    str,
    typer.Option(
        "--seed",
        help="公开种子;缺省则只列候选人 / What was agreed on and known to nobody before; left out, nobody is "
        "drawn yet: the candidates are counted and hashed.",
    ),
]
Part = Annotated[str, typer.Option("--share", help="比例,向上取整 / Such as 1/5; rounded up.")]
Count = Annotated[int, typer.Option("--count", min=0, help="人数 / How many, instead of a share.")]
Candidates = Annotated[
    Path | None,
    typer.Option("--candidates", help="候选人名单写入此文件 / Write the list that is hashed to a file."),
]
Check = Annotated[
    Path | None,
    typer.Option("--check", help="核对已抽名单(CSV)/ Hold a list drawn before, as CSV, against this draw."),
]


def draw(  # noqa: PLR0913 - each parameter is an option of the command
    from_: From,
    name: Name,
    seed: Seed = "",
    share: Part = "",
    count: Count = 0,
    store: StoreFolder = DEFAULT_STORE,
    as_of: AsOf = "",
    list_to: Candidates = None,
    check: Check = None,
    form: Format = "table",
    output: Output = None,
) -> None:
    """抽签,人人可复核 / Draw people by lot; anybody can check it."""
    check_form(form, output)
    asked, draw_ = read_groups(from_), _read(name, seed, share, count)
    with open_store(store) as opened:
        at = instant(as_of, opened)
        people = candidates(opened, asked, at)
        known, zone = local(at, opened), opened.settings.zone
    if list_to is not None:
        with writing(list_to, "--candidates"):
            list_to.write_bytes(candidate_list(people))
    # Rows alone go where a program may read them.
    console = Console(stderr=form != "table" and output is None)
    for line in (
        f"{name};{known} {zone}",
        f"候选 / candidates: {len(people):,};摘要 / digest: {digest_of(people)}",
    ):
        console.print(line, soft_wrap=True, highlight=False, markup=False)
    if draw_ is None:
        console.print("尚未抽签:缺 --seed / Not drawn yet: no --seed", highlight=False)
        return
    rows = drawn_of(people, draw_)
    if check is not None:
        compare(rows, check)
        console.print(f"相符 / the same: {rows.num_rows:,}", highlight=False)
        return
    give_rows(rows, DRAWN, zone, (form, output), lambda: _show(rows.to_pylist(), seed))


def _read(name: str, seed: str, share: str, count: int) -> Draw | None:
    """The draw that is ordered; None where only the candidates are asked for."""
    for option, text in (("--name", name), ("--seed", seed)):
        if text != text.strip() or not text.isprintable() or (option == "--name" and not text):
            raise InputError(f"{option}: write one line of text, without spaces before or after it")
    if not seed:
        return None
    if bool(share) == bool(count):
        raise InputError("say how many: --share 1/5, or --count 50")
    if count:
        return Draw(name, seed, Share(count))
    found = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", share)
    if found is None or not 0 < int(found[1]) <= int(found[2]):
        raise InputError(f'--share "{share}": write a part of the whole, such as 1/5')
    return Draw(name, seed, Share(int(found[1]), int(found[2])))


def _show(rows: Sequence[dict[str, str | int]], seed: str) -> None:
    lines = [
        [str(row["order"]), person_text(int(row["person"])), str(row["lot"])] for row in rows[:MOST_SHOWN]
    ]
    title = f"抽中 / drawn: {len(rows):,};种子 / seed: {seed}"
    drawn(title, ("order", "person", "lot"), lines, len(rows) - MOST_SHOWN)
