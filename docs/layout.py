"""How is a reference page laid out: its first line, what a person wrote of it, and its tables?"""

from collections.abc import Iterable, Iterator
from pathlib import Path

PROSE = Path(__file__).parent / "prose"
WRITTEN = "<!-- Written by `make docs` from the code. Change it there. -->\n"


def row(cells: Iterable[str]) -> str:
    """A line of a table; a bar within a cell is escaped."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def grid(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A table, line by line."""
    heads = list(heads)
    yield row(heads)
    yield row("---" for _ in heads)
    yield from map(row, rows)


def prose(name: str) -> str:
    """What a person wrote for a page, kept beside this module."""
    return (PROSE / f"{name}.txt").read_text(encoding="utf-8")
