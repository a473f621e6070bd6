"""One row of an edition read key by key; every fault is kept, with its file, key and the mend."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any as Anything
from typing import TypeVar

_Kind = TypeVar("_Kind")


@dataclass(frozen=True)
class Fault:
    """What is wrong in an edition, where, and what would be right."""

    file: str
    key: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.what}"


class Row:
    """A row being read: a wrong value is noted as a fault and stands in as something harmless."""

    def __init__(self, file: str, path: str, data: Mapping[str, Anything], faults: list[Fault]) -> None:
        self.file = file
        self.path = path
        self.data = data
        self.faults = faults
        self.used: set[str] = {"edition", "file"}

    def fault(self, key: str, what: str) -> None:
        """Note a fault at a key."""
        self.faults.append(Fault(self.file, f"{self.path}.{key}" if key else self.path, what))

    def has(self, key: str) -> bool:
        """Whether the key is given."""
        return key in self.data

    def _given(self, key: str, kind: type[_Kind], default: _Kind | None, right: str) -> _Kind | None:
        self.used.add(key)
        if key not in self.data:
            if default is None:
                self.fault(key, f"is missing; give {right}")
            return default
        value = self.data[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fault(key, f"is {value!r}; give {right}")
            return default
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """A text; required where there is no default."""
        return self._given(key, str, default, "a text") or ""

    def whole(self, key: str, default: int | None = None) -> int:
        """A whole number from 0; required where there is no default."""
        value = self._given(key, int, default, "a whole number") or 0
        if value < 0:
            self.fault(key, f"is {value}; give a number from 0")
        return value

    def one_of(self, key: str, allowed: Collection[int]) -> int:
        """One of some whole numbers; required."""
        value = self._given(key, int, None, "a whole number")
        if value is not None and value not in allowed:
            self.fault(key, f"is {value}; give one of {', '.join(map(str, allowed))}")
        return value or 0

    def flag(self, key: str, default: bool | None = None) -> bool:
        """True or false; required where there is no default."""
        return bool(self._given(key, bool, default, "true or false"))

    def choice(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """One of some words; required where there is no default."""
        value = self.text(key, default)
        if self.has(key) and value not in allowed:
            self.fault(key, f'is "{value}"; give one of {", ".join(allowed)}')
        return value

    def texts(self, key: str, allowed: Collection[str] = ()) -> tuple[str, ...]:
        """A list of words; required."""
        values = self._given(key, list, None, "a list of words") or []
        for value in values:
            if not isinstance(value, str) or (allowed and value not in allowed):
                self.fault(key, f'has "{value}"; give some of {", ".join(allowed)}')
        return tuple(str(value) for value in values)

    def wholes(self, key: str, default: tuple[int, ...] | None = None) -> tuple[int, ...]:
        """A rising list of whole numbers from 1; required where there is no default."""
        absent: list[Anything] | None = None if default is None else [*default]
        values = self._given(key, list, absent, "a list of whole numbers") or []
        whole = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
        if whole != values or whole != sorted(set(whole)) or any(value < 1 for value in whole):
            self.fault(key, f"is {values}; give rising whole numbers from 1")
        return tuple(whole)

    def both(self, key: str) -> tuple[str, str]:
        """A sentence in Chinese and in English; required."""
        given = self._given(key, dict, None, '{ zh = "…", en = "…" }')
        if given is None:
            return "", ""
        for language in ("zh", "en"):
            if not str(given.get(language, "")).strip():
                self.fault(f"{key}.{language}", "is missing; say it in both languages")
        return str(given.get("zh", "")), str(given.get("en", ""))

    def part(self, key: str) -> "Row":
        """A table within the row; required."""
        given = self._given(key, dict, None, "a table { … }") or {}
        return Row(self.file, f"{self.path}.{key}", given, self.faults)

    def parts(self, key: str) -> list["Row"]:
        """The tables of a list within the row; at least one is required."""
        given = self._given(key, list, None, "at least one table") or []
        tables = [one for one in given if isinstance(one, dict)]
        if self.has(key) and (not tables or len(tables) < len(given)):
            self.fault(key, f"is {given!r}; give at least one table, and nothing else")
        return [
            Row(self.file, f"{self.path}.{key}[{n}]", one, self.faults) for n, one in enumerate(tables, 1)
        ]

    def done(self) -> None:
        """Note every key that nothing asked for."""
        for key in self.data:
            if key not in self.used:
                self.fault(key, f"is not known here; known are {', '.join(sorted(self.used - {'file'}))}")
