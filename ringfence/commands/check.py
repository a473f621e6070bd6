"""`ringfence check`: is an edition sound? Every fault, with its file, key and the mend."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ringfence.errors import ProtocolError
from ringfence.protocol import SHIPPED
from ringfence.protocol.schema import json_schema
from ringfence.protocol.stacks import check_files

Files = Annotated[
    list[Path] | None,
    typer.Argument(help="规则版本文件或目录 / Edition files or folders; the shipped ones where left out."),
]
Schema = Annotated[
    bool, typer.Option("--schema", help="输出编辑器用的JSON schema / Print a JSON schema, for editors.")
]


def check(editions: Files = None, schema: Schema = False) -> None:
    """检查规则版本 / Check editions: alone, and in every stack they take part in beside the shipped ones."""
    if schema:
        typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
        return
    mine, wrong = check_files(*(editions or [SHIPPED]))
    if wrong:
        raise ProtocolError("\n".join([f"{len(wrong)} 处 / faults:", *map(str, wrong)]))
    rules = sum(len(rows) for edition in mine for rows in edition.tables.values())
    said = f"无误 / sound: {len(mine)} 个版本 editions, {rules} 条规则 rules"
    Console().print(said, soft_wrap=True, highlight=False)
