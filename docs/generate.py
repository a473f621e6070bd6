"""Which reference pages follow from the code, and what do they say?

`make docs` writes them; a test compares them with what is committed.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import ringfence.tables
from docs import commands_page, protocol_pages, rulebook
from docs.layout import WRITTEN, grid
from ringfence import errors
from ringfence.tables import Column, Table

REFERENCE = Path(__file__).parent / "reference"
ORDER = ("facts", "decisions")
COLUMN_HEADS = ("column", "中文", "type", "unit", "allowed", "meaning")


def table_modules() -> list[str]:
    """The modules of `ringfence.tables`: facts, then decisions, then any other."""
    found = {module.name for module in pkgutil.iter_modules(ringfence.tables.__path__)}
    return [*(name for name in ORDER if name in found), *sorted(found - set(ORDER))]


def tables(module: str) -> list[Table]:
    """The tables a module declares, in its order."""
    declared = vars(importlib.import_module(f"ringfence.tables.{module}")).values()
    return [value for value in declared if isinstance(value, Table)]


def allowed(column: Column) -> str:
    """What may stand in a column, in words."""
    said = ["key"] if column.key else ["required"] if column.required else []
    if column.personal:
        said.append("**personal**: to the vault")
    if column.choices:
        said.append("one of " + ", ".join(f"`{choice}`" for choice in column.choices))
    if column.words:
        said.append("rules know " + ", ".join(f"`{word}`" for word in column.words))
    if column.least is not None:
        said.append(f"at least {column.least}")
    if column.most is not None:
        said.append(f"at most {column.most}")
    return "; ".join(said)


def table_text(table: Table) -> Iterator[str]:
    yield f"### `{table.name}` · {table.zh}\n"
    yield f"{table.en}\n"
    rows = ((f"`{c.name}`", c.zh, c.type, c.unit, allowed(c), c.en) for c in table.columns)
    yield from grid(COLUMN_HEADS, rows)
    if table.aliases:
        told = (f"{heading} (`{name}`)" for heading, name in table.aliases.items())
        yield "\nOther headings understood: " + ", ".join(told) + "."
    yield ""


TABLES_INTRO = """# Tables

Every fact and decision table, as declared in `ringfence/tables`. Intake, storage, the engine and the tests
read the same declarations.

- **type**: `person`, `place` and `fact` are numbers of 63 bits (shown as `P…`, digits, and submission.row);
  `facts` a list of them; `area` and `code` text without spaces; `choice` one of the words listed; `values` a
  JSON object; `int` 32 bits; `real` 64 bits; `day` a civil date; `instant` UTC, to the microsecond.
- **key**: part of the natural key; a later fact with the same key supersedes the earlier one.
- **required**: a row without it is refused. Anything else may be absent, and absent means unknown, not "no".
- **personal**: goes to the vault and is not stored anywhere else.

Files may use the column's name or its Chinese heading.
"""


def tables_page() -> str:
    lines = [WRITTEN, TABLES_INTRO]
    for module in table_modules():
        doc = inspect.getdoc(importlib.import_module(f"ringfence.tables.{module}")) or ""
        lines += [f"## {module.capitalize()}\n", f"{doc}\n"]
        for table in tables(module):
            lines += table_text(table)
    return "\n".join(lines).rstrip() + "\n"


EXIT_INTRO = """# Exit codes

What a command's exit code says. Errors are one line or a few on standard error, never a traceback: what is
wrong, where, and what would be right. [What to do about each](../how-to/when-it-stops.md).
"""


def error_classes() -> list[type[errors.RingfenceError]]:
    """The family of errors by exit code."""
    found = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.RingfenceError)
    ]
    return sorted(found, key=lambda error: error.exit_code)


def exit_codes_page() -> str:
    rows = [
        ("0", "", "Done."),
        ("2", "", "The command line is wrong: no such command, option or value. `--help` lists them."),
    ]
    rows += [(str(e.exit_code), f"`{e.__name__}`", inspect.getdoc(e) or "") for e in error_classes()]
    rows.sort(key=lambda cells: int(cells[0]))
    lines = [WRITTEN, EXIT_INTRO, *grid(("code", "error", "meaning"), rows)]
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """The text of each page under docs/reference, by file name, but for the rulebook's."""
    own = {"tables.md": tables_page(), "exit-codes.md": exit_codes_page()}
    return own | commands_page.pages() | protocol_pages.pages()


def main() -> None:
    rules = rulebook.pages()
    (REFERENCE / "rulebook").mkdir(parents=True, exist_ok=True)
    for old in (REFERENCE / "rulebook").glob("*.md"):
        if f"rulebook/{old.name}" not in rules:
            old.unlink()
    for name, text in (pages() | rules).items():
        (REFERENCE / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
