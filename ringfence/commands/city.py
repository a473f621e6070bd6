"""`ringfence city`: build a synthetic city into a new exercise store."""

import resource
import time
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from ringfence.actions.playing import build_city
from ringfence.commands.options import DEFAULT_STORE, StoreFolder
from ringfence.errors import InputError

BEGINS = datetime(2022, 3, 30, 2)  # noqa: DTZ001 - naive UTC: 10:00 in Wuxi, before anything is known
STEPS = {
    "people": "人口 people",
    "names": "姓名入保险库 names to the vault",
    "facts": "事实入账 facts to the journal",
    "visits": "十四天到访 14 days of visits",
}
People = Annotated[str, typer.Option(help="人数,如 746k 或 7.46m / How many people, such as 746k or 7.46m.")]
Seed = Annotated[int, typer.Option(help="随机种子,同种子同城市 / The same seed gives the same city.")]
Workers = Annotated[int, typer.Option(help="进程数 / How many processes write visits.", min=1)]


def city(
    store: StoreFolder = DEFAULT_STORE, people: People = "746k", seed: Seed = 97, workers: Workers = 2
) -> None:
    """建立合成城市(演练)/ Build a synthetic city: invented people in Wuxi's real division tree.

    Prints what it took: seconds, memory and disk.
    """
    begun = time.monotonic()
    with watching() as watch:
        built = build_city(store, count(people), seed, BEGINS, watch, workers)
    seconds = time.monotonic() - begun
    disk = sum(path.stat().st_size for path in store.rglob("*") if path.is_file())
    Console().print(
        f"{built.people:,} 人 people,{seconds:.0f} 秒 seconds,"
        f"内存 memory {_memory(workers):.1f} GB,磁盘 disk {disk / 1e9:.2f} GB:{store}",
        soft_wrap=True,
        highlight=False,
    )


def _memory(workers: int) -> float:
    """The most memory held at once, in GB: this process's peak and that of every process writing visits."""
    own, child = (
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return (own + workers * child) / 1e6


def count(text: str) -> int:
    """A number of people as written.

    >>> count("746k"), count("7.46m"), count("8,000")
    (746000, 7460000, 8000)
    """
    scale = {"k": 1_000, "m": 1_000_000}.get(text[-1:].lower(), 1)
    digits = text[:-1] if scale > 1 else text
    try:
        return round(float(digits.replace(",", "")) * scale)
    except ValueError as error:
        raise InputError(f'--people "{text}" is not a number; write one like 746k') from error


class watching:  # noqa: N801 - used as `with watching() as watch`
    """Progress bars for the steps of building a city, on standard error."""

    def __init__(self) -> None:
        self.bars = Progress(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,}/{task.total:,}"),
            TimeElapsedColumn(), console=Console(stderr=True),
        )  # fmt: skip
        self.tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "watching":
        self.bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bars.stop()

    def __call__(self, step: str, done: int, total: int) -> None:
        if step not in self.tasks:
            self.tasks[step] = self.bars.add_task(STEPS.get(step, step), total=total)
        self.bars.update(self.tasks[step], completed=done, total=total)
