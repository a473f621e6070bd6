"""How is a list split into a file for each unit that has to work it off?"""

from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import typer
from rich.console import Console

from ringfence.commands.output import give, readable
from ringfence.errors import InputError
from ringfence.tables import Table

Split = Annotated[
    Path | None,
    typer.Option("--split", help="按责任单位分文件写入此目录 / A CSV file a unit into this folder."),
]


def split_by_unit(rows: pa.Table, declared: Table, folder: Path, zone: str) -> None:
    """A file for each unit, named by its code; rows of no known unit stand in `none.csv`.

    InputError where the folder cannot be made, or has lists already.
    """
    if not folder.parent.is_dir():
        raise InputError(f'--split "{folder}": there is no folder {folder.parent}; make it first')
    folder.mkdir(exist_ok=True)
    if any(folder.glob("*.csv")):
        raise InputError(f'--split "{folder}": it has lists already; name a new folder, or empty this one')
    console = Console()
    units = pc.unique(rows["unit"]).to_pylist()
    for unit in sorted(units, key=lambda unit: unit or ""):
        mine = rows.filter(pc.field("unit") == unit if unit else pc.field("unit").is_null())
        # A code is anybody's text: quoted it is one name, and never that of who has no unit.
        path = folder / f"{quote(unit, safe='').replace('none', '%6eone') if unit else 'none'}.csv"
        give(readable(mine, declared, zone), "csv", path, lambda _: None)
        console.print(f"{path}: {mine.num_rows:,}", soft_wrap=True, highlight=False)
