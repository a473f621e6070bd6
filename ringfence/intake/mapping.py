"""What does the sender's mapping file say of a file: its table, its zone, its columns, its words?

[file]
table = "sample"            # which table the rows are
zone = "Asia/Shanghai"      # the zone its times are written in
date_order = "dmy"          # for 30/03/2022: dmy or mdy; refused without it
people = "codes"            # people are named by the sender's codes, even those that begin with P
sheet = "..."               # also: encoding, delimiter, heading_row

[columns]
"their heading" = "our column"      # or "" to leave a column out

[values.result]
"弱阳" = "grey"

[constants]
source = "..."
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from ringfence.errors import InputError
from ringfence.intake.reading import FileOptions

_TEXTS = ("table", "zone", "date_order", "people", "sheet", "encoding", "delimiter")
_SECTIONS = ("file", "columns", "values", "constants")


@dataclass(frozen=True)
class FileMapping:
    """A mapping file as read; empty where it says nothing."""

    table: str = ""
    zone: str = ""
    date_order: str = "ymd"
    people: str = ""
    heading_row: int = 0
    options: FileOptions = field(default_factory=FileOptions)
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    constants: Mapping[str, str] = field(default_factory=dict[str, str])


def read_mapping(path: Path) -> FileMapping:
    """Read a mapping file. Raises InputError naming the key that is not understood."""
    try:
        data = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path.name}: the mapping file cannot be read") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name}: the mapping is not TOML in UTF-8: {error}") from error
    return checked_mapping(data, path.name)


def checked_mapping(data: Mapping[str, object], name: str) -> FileMapping:
    """A mapping from parsed TOML; `name` is what errors call it."""
    _only(data, _SECTIONS, name, "section")
    sections = {key: _table(data.get(key, {}), name, key) for key in _SECTIONS}
    file = sections["file"]
    _only(file, (*_TEXTS, "heading_row"), name, "[file] key")
    texts = {key: _text(file.get(key, ""), name, f"[file] {key}") for key in _TEXTS}
    heading_row = file.get("heading_row", 0)
    if not isinstance(heading_row, int) or isinstance(heading_row, bool) or heading_row < 0:
        raise InputError(f"{name}: [file] heading_row must be the number of a row")
    if texts["people"] not in ("", "codes"):
        raise InputError(f'{name}: [file] people can only be "codes", not {texts["people"]!r}')
    values = {key: _table(value, name, f"values.{key}") for key, value in sections["values"].items()}
    return FileMapping(
        table=texts["table"],
        zone=texts["zone"],
        date_order=texts["date_order"] or "ymd",
        people=texts["people"],
        heading_row=heading_row,
        options=FileOptions(texts["sheet"], texts["encoding"], texts["delimiter"]),
        columns=_texts(sections["columns"], name, "columns"),
        values={key: _texts(value, name, f"values.{key}") for key, value in values.items()},
        constants=_texts(sections["constants"], name, "constants"),
    )


def _only(data: Mapping[str, object], allowed: tuple[str, ...], name: str, what: str) -> None:
    for key in data:
        if key not in allowed:
            raise InputError(f"{name}: {what} {key!r} is not understood; there are {', '.join(allowed)}")


def _table(value: object, name: str, key: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise InputError(f"{name}: {key} must be a section, written [{key}]")
    return cast(Mapping[str, object], value)


def _texts(section: Mapping[str, object], name: str, key: str) -> dict[str, str]:
    return {said: _text(value, name, f"[{key}] {said!r}") for said, value in section.items()}


def _text(value: object, name: str, key: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int):
        raise InputError(f"{name}: {key} must be text in quotation marks")
    return str(value)
