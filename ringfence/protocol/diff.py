"""What changes between two protocols? Rule by rule, field by field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Protocol as Shape

from ringfence.protocol.instants import Instant
from ringfence.protocol.resolved import Protocol
from ringfence.protocol.rules import Rule
from ringfence.protocol.schedules import Schedule

_TABLES = (
    "cases", "case_releases", "windows", "incubations", "hold", "limits", "contacts", "companions",
    "arrivals", "courses", "zones", "campaigns", "skips", "pools", "gates", "clocks", "cadences",
    "ratios", "colours", "appeals",
)  # fmt: skip
_ABOUT = ("zh", "en", "source", "checked_on", "edition")
"""What a rule says of itself: a change of it alone changes nobody's lot."""


@dataclass(frozen=True)
class Change:
    """A rule that is new, gone, or says something else: one row a field that changes."""

    table: str
    rule: str
    change: str  # added | removed | changed | moved
    field: str
    before: str
    after: str
    zh: str
    en: str
    area: str
    """Whose rule it becomes."""


def compare(before: Protocol, after: Protocol) -> list[Change]:
    """Every change from one protocol to another, table by table, in the order of the rules after."""
    found: list[Change] = []
    for table in _TABLES:
        old, new = _rows(before, table), _rows(after, table)
        for id_ in [*new, *(gone for gone in old if gone not in new)]:
            found += _changes(table, id_, old.get(id_), new.get(id_))
        # First match: the order of the rules that stay is itself a rule.
        kept_old, kept_new = [i for i in old if i in new], [i for i in new if i in old]
        for place, (was, now) in enumerate(zip(kept_old, kept_new, strict=True), 1):
            if was != now:
                turn = ("moved", "order", str(kept_old.index(now) + 1), str(place))
                found.append(_change(table, now, new[now].rule, turn))
    return [replace(one, area=after.area) for one in found]


class _Row(Shape):
    """A row of any table."""

    @property
    def rule(self) -> Rule: ...


def _rows(protocol: Protocol, table: str) -> Mapping[str, _Row]:
    rows = getattr(protocol, table)
    rows = rows if isinstance(rows, tuple) else (rows,) if rows else ()
    return {row.rule.id: row for row in rows}


def _changes(table: str, id_: str, old: _Row | None, new: _Row | None) -> Iterator[Change]:
    there = new or old
    if there is None:
        return
    if old is None or new is None:
        fields_ = {name: text for name, text in _said(there) if not name.startswith("rule.")}
        said = "; ".join(f"{name} = {text}" for name, text in fields_.items() if text not in ("", "0", "—"))
        what = ("added", "", "", said) if old is None else ("removed", "", said, "")
        yield _change(table, id_, there.rule, what)
        return
    was, now = dict(_said(old)), dict(_said(new))
    for name in [*now, *(gone for gone in was if gone not in now)]:
        if was.get(name, "") != now.get(name, ""):
            yield _change(table, id_, new.rule, ("changed", name, was.get(name, ""), now.get(name, "")))


def _change(table: str, id_: str, rule: Rule, what: tuple[str, str, str, str]) -> Change:
    change, field, before, after = what
    return Change(table, id_, change, field, before, after, rule.zh, rule.en, "")


def _said(row: object, prefix: str = "") -> Iterator[tuple[str, str]]:
    """What a rule says, field by field, as an edition would write it."""
    if not is_dataclass(row):
        return
    for one in fields(row):
        value, name = getattr(row, one.name), f"{prefix}{one.name}"
        if one.name in _ABOUT:
            continue
        if isinstance(value, tuple) and value and is_dataclass(value[0]) and one.name == "phases":
            for number, part in enumerate(value, 1):
                yield from _said(part, f"phase {number}.")
        elif is_dataclass(value) and not isinstance(value, Instant | Schedule) and one.name != "when":
            yield from _said(value, f"{name}.")
        else:
            yield name, _text(value)


def _text(value: object) -> str:
    match value:
        case None:
            return "—"
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ", ".join(_text(one) for one in value)
        case _:
            return str(value)
