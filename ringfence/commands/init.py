"""`ringfence init`: make a new store."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ringfence.actions.playing import take_in_divisions
from ringfence.actions.store import Settings, create_store

Folder = Annotated[Path, typer.Argument(help="新存储目录 / The new store's folder.")]
Area = Annotated[str, typer.Option(help="负责的区划代码,如 3202 / The area it is for, such as 3202.")]
Disease = Annotated[str, typer.Option(help="病种 / The disease, as editions name it.")]
Zone = Annotated[str, typer.Option(help="当地时区 / The zone its clocks show.")]
Exercise = Annotated[
    bool, typer.Option("--exercise", help="演练库(永久标记)/ An exercise, marked so for ever.")
]
Editions = Annotated[
    list[Path] | None,
    typer.Option("--editions", help="本市规则版本目录 / A folder of the city's own editions."),
]
Bare = Annotated[bool, typer.Option("--bare", help="不载入自带区划 / Without the shipped area tree.")]

KeepVisits = Annotated[
    int | None,
    typer.Option(
        "--keep-visits", help="到访记录保留天数,到期删除 / How many days visits are kept; see forget."
    ),
]


def init(  # noqa: PLR0913 - each parameter is an option of the command
    folder: Folder,
    area: Area = "3202",
    disease: Disease = "covid-19",
    zone: Zone = "Asia/Shanghai",
    exercise: Exercise = False,
    editions: Editions = None,
    bare: Bare = False,
    keep_visits: KeepVisits = None,
) -> None:
    """建立新的存储 / Make a new store: a journal, a vault with its key, and settings.

    The journal is a file in the store, or a PostgreSQL database named by RINGFENCE_JOURNAL_URL.
    Wuxi's division tree ships with Ringfence and is taken in; any other city loads its own areas.
    Keep the vault's key apart from the store: name its file in RINGFENCE_VAULT_KEY_FILE.
    """
    settings = Settings(area, disease, zone, keep_visits)
    create_store(folder, settings, exercise=exercise, editions=editions or ())
    areas = 0 if bare else take_in_divisions(folder)
    Console().print(f"已建立 / Made: {folder}({area},{disease})", soft_wrap=True)
    if areas:
        Console().print(f"已载入区划 {areas:,} 个 / {areas:,} areas of Wuxi taken in", soft_wrap=True)
    elif not bare:
        Console().print("请先载入本地区划表 / Load your own file of areas first", soft_wrap=True)
