"""What may a row of an edition say? Every key, as its builder asks for it, and the same as a JSON schema.

The builders are the only place that knows the keys: they are run on a row that notes what it is asked.
"""

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any as Anything

from ringfence.protocol.build import TABLES
from ringfence.protocol.read import IN_FLIGHT, SCHEMA
from ringfence.protocol.rows import Row
from ringfence.protocol.rules import GRADES

META = ("id", "says", "source", "grade", "checked_on", "note")
"""The keys that every row has."""
_SHOWN = ("extend", "measures")
"""Parts a builder looks into only where they are given."""
_TEXT: Mapping[str, Anything] = {"type": "string"}
_BOTH: Mapping[str, Anything] = {
    "type": "object",
    "properties": {"zh": _TEXT, "en": _TEXT},
    "required": ["zh", "en"],
    "additionalProperties": False,
}
_KINDS: Mapping[str, Mapping[str, Anything]] = {
    "text": _TEXT,
    "one word": _TEXT,
    "whole number": {"type": "integer", "minimum": 0},
    "true or false": {"type": "boolean"},
    "list of words": {"type": "array", "items": _TEXT},
    "list of whole numbers": {"type": "array", "items": {"type": "integer", "minimum": 1}},
    '{ zh = "…", en = "…" }': _BOTH,
}


@dataclass(frozen=True)
class Key:
    """A key a row may have: what it is written as, what is allowed, and whether it must be there."""

    path: str
    kind: str
    allowed: tuple[str, ...]
    required: bool


class Asked(Row):
    """An empty row that notes what a builder asks it for."""

    def __init__(self, prefix: str, keys: dict[str, Key]) -> None:
        super().__init__("", "", {}, [])
        self.prefix = prefix
        self.keys = keys

    def note(self, key: str, kind: str, allowed: Iterable[str] = (), required: bool = True) -> None:
        """Keep what was asked for; the first to ask knows best."""
        path = self.prefix + key
        self.keys.setdefault(path, Key(path, kind, tuple(allowed), required))

    def has(self, key: str) -> bool:
        return key in _SHOWN

    def text(self, key: str, default: str | None = None) -> str:
        self.note(key, "text", required=default is None)
        return default or ""

    def whole(self, key: str, default: int | None = None) -> int:
        self.note(key, "whole number", required=default is None)
        return default or 0

    def one_of(self, key: str, allowed: Collection[int]) -> int:
        self.note(key, "whole number", map(str, allowed))
        return 0

    def flag(self, key: str, default: bool | None = None) -> bool:
        self.note(key, "true or false", required=default is None)
        return bool(default)

    def choice(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        self.note(key, "one word", [one for one in allowed if one], default is None)
        return default or ""

    def texts(self, key: str, allowed: Collection[str] = ()) -> tuple[str, ...]:
        self.note(key, "list of words", allowed)
        return ()

    def wholes(self, key: str, default: tuple[int, ...] | None = None) -> tuple[int, ...]:
        self.note(key, "list of whole numbers", required=default is None)
        return ()

    def both(self, key: str) -> tuple[str, str]:
        self.note(key, '{ zh = "…", en = "…" }', required=key not in _SHOWN)
        return "", ""

    def part(self, key: str) -> Row:
        self.note(key, "{ … }", required=key not in _SHOWN)
        return Asked(f"{self.prefix}{key}.", self.keys)

    def parts(self, key: str) -> list[Row]:
        self.note(key, "[[ … ]]", required=False)
        return [Asked(f"{self.prefix}{key}.", self.keys)]


def keys_of(table: str) -> list[Key]:
    """The keys of a table's rows, as its builder asks for them, in that order."""
    keys: dict[str, Key] = {}
    TABLES[table](Asked("", keys))
    keys.setdefault("note", Key("note", "text", (), required=False))
    return list(keys.values())


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """What tables and keys mean: said once for all tables (`when`), or for one (`case.gives`)."""
    return tomllib.loads((Path(__file__).parent / "language.toml").read_text(encoding="utf-8"))


def meaning(table: str, path: str) -> str:
    """What a key of a table means. KeyError where nobody has said."""
    said = words()["keys"]
    return said.get(f"{table}.{path}") or said[path]


def json_schema() -> dict[str, Anything]:
    """A JSON schema (draft 2020-12) of an edition file, for editors that complete and check while one types.

    The rows of a base say everything; a patch repeats an id and what it changes.
    """
    rows = {name: _row(name) for name in TABLES}
    whole = {name: {"items": {"required": _required(name)}} for name in TABLES}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An edition of the rules",
        "type": "object",
        "properties": {"schema": {"const": SCHEMA}, "edition": _header(), **rows},
        "required": ["schema", "edition"],
        "additionalProperties": False,
        "if": {"properties": {"edition": {"properties": {"base": {"const": ""}}}}},
        "then": {"properties": whole},
    }


def _header() -> dict[str, Anything]:
    said = words()["edition"]
    kinds: dict[str, Mapping[str, Anything]] = dict.fromkeys(said, _TEXT)
    kinds |= {"name": _BOTH, "authority": _BOTH, "official": {"type": "boolean"}}
    kinds |= {"in_flight": {"enum": list(IN_FLIGHT)}, "grade": {"enum": list(GRADES)}}
    # An editor hands a TOML date on as a text.
    return {
        "type": "object",
        "properties": {key: {**kinds[key], "description": said[key]} for key in said},
        "required": [key for key in said if key not in ("to", "official", "note")],
        "additionalProperties": False,
    }


def _row(table: str) -> dict[str, Anything]:
    keys = keys_of(table)
    patch = {key: {"description": what} for key, what in words()["patch"].items()}
    own = _object(table, "", keys)
    own["properties"] |= patch
    own["required"] = ["id"]
    return {"type": "array", "description": words()["tables"][table], "items": own}


def _required(table: str) -> list[str]:
    return [key.path for key in keys_of(table) if key.required and "." not in key.path]


def _object(table: str, prefix: str, keys: Sequence[Key]) -> dict[str, Anything]:
    here = [key for key in keys if key.path.startswith(prefix) and "." not in key.path[len(prefix) :]]
    return {
        "type": "object",
        "properties": {key.path[len(prefix) :]: _value(table, key, keys) for key in here},
        "required": [key.path[len(prefix) :] for key in here if key.required],
        "additionalProperties": False,
    }


def _value(table: str, key: Key, keys: Sequence[Key]) -> dict[str, Anything]:
    said = {"description": meaning(table, key.path)}
    if key.kind == "{ … }":
        return {**_object(table, f"{key.path}.", keys), **said}
    if key.kind == "[[ … ]]":
        return {"type": "array", "items": _object(table, f"{key.path}.", keys), **said}
    kind = dict(_KINDS[key.kind])
    if key.allowed and key.kind == "whole number":
        kind = {"enum": [int(one) for one in key.allowed]}
    elif key.allowed and key.kind == "list of words":
        kind["items"] = {"enum": list(key.allowed)}
    elif key.allowed:
        kind["enum"] = [*key.allowed, *([] if key.required else [""])]
    return {**kind, **said}
