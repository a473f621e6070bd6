"""`ringfence demo`: the night of 30 to 31 March 2022 over a synthetic city, call-over by call-over."""

import json
import shutil
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ringfence import __version__
from ringfence.actions.briefing import brief
from ringfence.actions.deciding import decide_at
from ringfence.actions.playing import build_city, play, script
from ringfence.actions.store import Store, open_store
from ringfence.city import City, build
from ringfence.city.scenario import CALL_OVERS, Happening
from ringfence.commands.callover import print_call_over
from ringfence.commands.city import BEGINS, count, watching
from ringfence.engine.situation import Figure
from ringfence.errors import StoreError

Folder = Annotated[Path, typer.Option("--folder", help="演示目录 / Where the demonstration goes.")]
People = Annotated[str, typer.Option(help="人数 / How many people live in the city.")]
Seed = Annotated[int, typer.Option(help="随机种子 / The same seed plays the same night.")]
_MARK = "demo.json"


def demo(folder: Folder = Path("demo"), people: People = "746k", seed: Seed = 97) -> None:
    """从一管阳性到每一扇门 / The main job on a synthetic city: three call-overs and a brief.

    People, names and most of the plot are invented; what Wuxi's notice 97 says is as it says.
    """
    begun = time.monotonic()
    console = Console()
    store, built = _ready(folder, count(people), seed)
    happenings = script(built, seed)
    page = folder / "brief.html"
    with open_store(store) as opened:
        someone = _night(console, opened, happenings)
        with Console(stderr=True).status("简报 brief …") as status:
            brief(opened, CALL_OVERS, page, status.update)
    console.rule()
    console.print(f"简报 brief: {page.resolve()}", soft_wrap=True, highlight=False)
    console.print(
        f"追问 ask why: ringfence explain P{someone} --store {store}", soft_wrap=True, highlight=False
    )
    console.print(f"{time.monotonic() - begun:.0f} 秒 seconds", style="dim", highlight=False)


def _night(console: Console, store: Store, happenings: list[Happening]) -> int:
    """Play and print the call-overs; returns a case to ask about."""
    figures: list[Figure] = []
    known: list[Happening] = []
    someone = 0
    for at in CALL_OVERS:
        told = play(store, happenings, at)
        with Console(stderr=True).status("") as status:
            answer = decide_at(store, at, status.update)
        figures = print_call_over(console, answer, figures, told[len(known) :])
        known = told
        someone = answer.decisions["cases"]["person"][0].as_py()
    return someone


def _ready(folder: Path, people: int, seed: int) -> tuple[Path, City]:
    """The demonstration's store, built where it is not there whole; only a demonstration is ever replaced."""
    store, mark = folder / "store", folder / _MARK
    wanted = {"version": __version__, "people": people, "seed": seed}
    if mark.is_file() and json.loads(mark.read_text(encoding="utf-8")) == {**wanted, "whole": True}:
        return store, build(people, seed)
    if folder.exists() and any(folder.iterdir()) and not mark.is_file():
        raise StoreError(f"{folder} holds something that is not a demonstration; choose another --folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mark.write_text(json.dumps({**wanted, "whole": False}), encoding="utf-8")
    with watching() as watch:
        built = build_city(store, people, seed, BEGINS, watch)
    mark.write_text(json.dumps({**wanted, "whole": True}), encoding="utf-8")
    return store, built
