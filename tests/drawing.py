"""Reads the small drawn tables the specs use: facts in, decisions out.

People are written by invented names and numbered as they come; instants are written in Chinese local
time as `03-30 17:10` (of 2022) and days as `03-30`. An empty cell is unknown.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ringfence.tables import Column, Facts, Table, fact_number
from ringfence.tables.decisions import DECISIONS
from ringfence.tables.facts import FACTS, KEEPING

YEAR = 2022
AHEAD = timedelta(hours=8)
SKIPPED = KEEPING
RECORDED = datetime(YEAR, 1, 1)  # noqa: DTZ001 - instants are naive UTC
_PEOPLE = ("person", "index", "case", "waits_on")


class Names:
    """Numbers for the invented people of one test, and back."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers) + 1)

    def name(self, number: int) -> str:
        return next(name for name, known in self.numbers.items() if known == number)


def instant(text: str) -> datetime:
    """A local instant as naive UTC."""
    written = text if text[:4].isdigit() else f"{YEAR}-{text}"
    form = "%Y-%m-%d %H:%M:%S" if text.count(":") == 2 else "%Y-%m-%d %H:%M"
    return datetime.strptime(written, form).replace(tzinfo=UTC).replace(tzinfo=None) - AHEAD


def day(text: str) -> date:
    return date.fromisoformat(text if text[:4].isdigit() else f"{YEAR}-{text}")


def drawn(text: str) -> list[dict[str, str]]:
    """The rows of a drawn table, cells stripped, by heading."""
    lines = [line.strip() for line in text.strip().splitlines()]
    lines = [line for line in lines if line and set(line) - set("-+| ")]
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [dict(zip(head, row, strict=True)) for row in rows]


def cell(text: str, column: Column, names: Names) -> object:
    if text == "":
        return None
    if column.type == "bool":
        return {"yes": True, "no": False}[text]
    if column.type == "facts":
        return [int(number) for number in text.split()]
    readers = {
        "person": names.number, "place": int, "int": int, "real": float, "day": day, "instant": instant,
        "fact": int,
    }  # fmt: skip
    return readers.get(column.type, str)(text)


def facts(names: Names, drawings: Mapping[str, str]) -> Facts:
    """Every kind of fact, from drawings; kinds not drawn are empty. Submissions are numbered as given."""
    tables = {}
    order = {kind: seq for seq, kind in enumerate(drawings, 1)}
    for kind, table in FACTS.items():
        if kind in SKIPPED:
            continue
        rows = _rows(drawn(drawings[kind]), table, names) if kind in drawings else []
        numbered = [{**row, "fact": fact_number(order.get(kind, 0), n)} for n, row in enumerate(rows)]
        if kind == "visit":
            numbered = [{**row, "day": (row["enter"] + AHEAD).date()} for row in numbered]
        tables[kind] = fact_table(kind, numbered)
    unknown = set(drawings) - set(tables)
    assert not unknown, unknown
    return tables


def fact_table(kind: str, rows: Sequence[Mapping[str, Any]]) -> ir.Table:
    """One kind of fact, from rows with their numbers; what a row leaves out is unknown.

    A visit's row gives the civil `day` it begins on as well.
    """
    columns = {c.name: pa.array([row.get(c.name) for row in rows], c.arrow) for c in FACTS[kind].stored}
    columns["fact"] = pa.array([row["fact"] for row in rows], pa.int64())
    columns["recorded_at"] = pa.array([RECORDED] * len(rows), pa.timestamp("us"))
    if kind == "visit":
        columns["day"] = pa.array([row["day"] for row in rows], pa.date32())
    return ibis.memtable(pa.table(columns))


def fact_columns(kind: str, **given: Sequence[object]) -> ir.Table:
    """One kind of fact, from whole columns, numbered from 1; a column left out is unknown."""
    rows = [dict(zip(given, values, strict=True)) for values in zip(*given.values(), strict=True)]
    return fact_table(kind, [{**row, "fact": n} for n, row in enumerate(rows, 1)])


def decided(kind: str, names: Names, drawing: str) -> ir.Table:
    """A decision table, from a drawing, to be what a later step starts from; what it rests on is made up."""
    table = DECISIONS[kind]
    made_up = {"rule": "drawn", "evidence": "1"}
    made_up = {name: said for name, said in made_up.items() if name in {c.name for c in table.columns}}
    rows = _rows([{**made_up, **row} for row in drawn(drawing)], table, names)
    return ibis.memtable(
        pa.table({c.name: pa.array([r[c.name] for r in rows], c.arrow) for c in table.stored})
    )


def _rows(rows: list[dict[str, str]], table: Table, names: Names) -> list[dict[str, Any]]:
    for row in rows:
        assert set(row) <= {column.name for column in table.stored}, row
    # Column by column: people are numbered in the order in which their names come up.
    columns = {c.name: [cell(row.get(c.name, ""), c, names) for row in rows] for c in table.stored}
    return [{name: column[n] for name, column in columns.items()} for n in range(len(rows))]


def assert_shows(table: ir.Table | pa.Table, names: Names, expected: str) -> None:
    """The rows of a decision table are those drawn: all of them, the drawn columns, in any order."""
    wanted = drawn(expected)
    head = [cell.strip() for cell in expected.strip().splitlines()[0].split("|")]
    rows = (table if isinstance(table, pa.Table) else table.to_pyarrow()).to_pylist()
    seen = [{name: _written(row, name, names) for name in head} for row in rows]
    assert sorted(seen, key=str) == sorted(wanted, key=str), "\n".join(
        " | ".join(cells) for cells in (head, *(row.values() for row in seen))
    )


def _written(row: Mapping[str, object], name: str, names: Names) -> str:
    if name.startswith("values."):
        return str(json.loads(str(row["values"]))[name.removeprefix("values.")])
    value = row[name]
    if name in _PEOPLE and isinstance(value, int):
        return names.name(value)
    return _with_names(written(value), names) if name in ("subject", "task") else written(value)


def written(value: object) -> str:
    """A value as it is drawn: nothing where it is unknown."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value + AHEAD:%m-%d %H:%M}"
    return f"{value:%m-%d}" if isinstance(value, date) else str(value)


def _with_names(text: str, names: Names) -> str:
    """A subject or task with the names of people in place of their pseudonyms."""
    parts = text.split("|")
    people = {f"P{number}": name for name, number in names.numbers.items()}
    return "/".join(people.get(part, part) for part in parts)
