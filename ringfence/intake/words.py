"""Which standard choice does a word stand for?"""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from ringfence.errors import InputError
from ringfence.intake.cells import half_width
from ringfence.tables import Table


@dataclass(frozen=True)
class Words:
    """The words understood for one table: by column, from a folded word to the choice it stands for."""

    absent: frozenset[str]
    boolean: Mapping[str, bool]
    choices: Mapping[str, Mapping[str, str]]


def folded(text: str) -> str:
    """A word as it is compared: without regard to case, width or space.

    >>> folded(" ＰＣＲ 检测 ")
    'pcr检测'
    """
    return "".join(half_width(text).casefold().split())


@functools.cache
def _data() -> dict[str, dict[str, dict[str, dict[str, list[str]]]]]:
    return tomllib.loads((files("ringfence.intake") / "words.toml").read_text("utf-8"))


def hundredths() -> Mapping[str, list[str]]:
    """Headings of columns kept in hundredths under which people write the number itself: by table.column."""
    headings: dict[str, list[str]] = _data()["headings"]  # pyright: ignore[reportAssignmentType]
    return headings


def words_for(table: Table, own: Mapping[str, Mapping[str, str]] | None = None) -> Words:
    """The words for a table: the standard ones, and the mapping's own, which win.

    `own` gives, by column, the choice (or true and false) each word of theirs stands for. Raises
    InputError where it names a column or a choice that does not exist.
    """
    data = _data()
    standard = data["words"]
    boolean = {folded(word): name == "true" for name, said in standard["bool"].items() for word in said}
    known = {c.name: c.choices or c.words for c in table.columns}
    choices = {name: _standard(table.name, name, allowed) for name, allowed in known.items() if allowed}
    for column, meanings in (own or {}).items():
        _check_own(table, column, meanings)
        if table.column(column).type == "bool":
            boolean |= {folded(word): choice == "true" for word, choice in meanings.items()}
        else:
            choices[column] = choices[column] | {folded(w): choice for w, choice in meanings.items()}
    absent = frozenset(folded(str(word)) for word in standard["absent"])
    return Words(absent, boolean, choices)


def _standard(table: str, column: str, allowed: tuple[str, ...]) -> dict[str, str]:
    """A tie to a place of the same kind has the words of places, since `setting` widens `kind`."""
    said = {folded(choice): choice for choice in allowed}
    listed = _data()["choices"]
    if column == "setting":
        said |= _folded_choices(listed["place"]["kind"])
    return said | _folded_choices(listed.get(table, {}).get(column, {}))


def _folded_choices(said: Mapping[str, list[str]]) -> dict[str, str]:
    return {folded(word): choice for choice, listed in said.items() for word in listed}


def _check_own(table: Table, column: str, meanings: Mapping[str, str]) -> None:
    allowed = {c.name: ("true", "false") if c.type == "bool" else c.choices or c.words for c in table.columns}
    if not allowed.get(column):
        able = ", ".join(name for name, choices in allowed.items() if choices)
        raise InputError(f"[values.{column}]: table {table.name} has choices only in {able or 'no column'}")
    for choice in meanings.values():
        if choice not in allowed[column]:
            raise InputError(
                f"[values.{column}]: {choice!r} is not one of {', '.join(allowed[column])}; "
                'write "their word" = "our choice"'
            )
