"""Where do the engine and the oracle differ, and in which smallest city? Drawn, to be read and pasted."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from ringfence.engine import Decisions
from ringfence.engine import decide as engine
from ringfence.protocol import Protocol
from ringfence.tables import Column
from ringfence.tables.facts import FACTS
from tests.drawing import written
from tests.generative import oracle
from tests.generative.cities import tables, united
from tests.generative.making import KINDS, PER_CITY, Row, Rows

Found = dict[int, list[str]]
"""What differs, said in lines, by the number of the city."""
NAMES = (
    "Ada", "Bo", "Cai", "Dan", "Eve", "Fei", "Gus", "Hua", "Ida", "Jun", "Kai", "Lin", "Mei", "Nan", "Oda",
    "Pei", "Qi", "Rui", "Sun", "Tao", "Una", "Vic", "Wen", "Xu", "Yan", "Zoe",
)  # fmt: skip
SHOWN = 12
ORDER = (
    "holds", "pools", "cases", "exposures", "contacts", "courses", "course_tests", "coverage",
    "campaigns", "cadences", "zones", "zone_steps", "restrictions", "codes", "clocks", "tasks",
)  # fmt: skip


def differences(cities: Sequence[Rows], protocol: Protocol, as_of: datetime) -> Found:
    """What the engine, given all the cities together, says otherwise than the oracle of each alone."""
    decided = engine(tables(united(cities), protocol.zone), protocol, as_of)
    wanted = [oracle.decide(one, protocol, as_of) for one in cities]
    found: Found = {}
    for table, columns in oracle.COLUMNS.items():
        got = said(decided, table)
        want = [row for one in wanted for row in one[table]]
        for mark, rows in (("engine only", _less(got, want)), ("oracle only", _less(want, got))):
            for row in rows:
                line = f"{table}, {mark}: {_line(columns, row)}"
                found.setdefault(city_of(table, row), []).append(line)
    return found


def said(decided: Decisions, table: str) -> list[tuple[Any, ...]]:
    """The engine's rows as the oracle writes them."""
    return [
        tuple(frozenset(row[name]) if name == "evidence" else row[name] for name in oracle.COLUMNS[table])
        for row in decided[table].to_pylist()
    ]


def _less(rows: list[tuple[Any, ...]], others: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows that the others lack; where one side leaves the evidence open, it is not compared."""
    left = Counter(rows) - Counter(others)
    open_ = Counter(_bare(row) for row in others if row[-1] is None)
    missing: list[tuple[Any, ...]] = []
    exact = {row for row in others if row[-1] is not None}
    bare = Counter(map(_bare, others))
    for row, count in left.items():
        free = open_[_bare(row)] if row[-1] is not None else bare[_bare(row)]
        if row not in exact and free >= count:
            continue
        missing += [row] * count
    return missing


def _bare(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return row[:-1]


def city_of(table: str, row: tuple[Any, ...]) -> int:
    """The number of the city a decision row is of."""
    keyed = dict(zip(oracle.COLUMNS[table], row, strict=True))
    if table in ("restrictions", "codes"):
        return keyed["person"] // 100
    subject = str(keyed.get("subject") or "")
    if subject.startswith("T:") or table == "pools":
        return int(subject.removeprefix("T:").split("-")[0] or keyed["tube"].split("-")[0])
    if subject.startswith("A:") or table in ("zones", "zone_steps", "campaigns"):
        return int((subject.removeprefix("A:") or keyed["area"])[:4]) - 1000
    return int(subject.removeprefix("P") or keyed["person"]) // 100


def _line(columns: Sequence[str], row: tuple[Any, ...]) -> str:
    return ", ".join(
        f"{name}={_cell(value)}" for name, value in zip(columns, row, strict=True) if value is not None
    )


def _cell(value: Any) -> str:
    return written(sorted(value) if isinstance(value, frozenset) else value)


def renumbered(rows: Rows, number: int) -> Rows:
    """The same city under another number: every number and code moved with it."""

    def moved(kind: str, row: Row) -> Row:
        return {name: _moved(name, value, number, FACTS[kind].columns) for name, value in row.items()}

    return {kind: [moved(kind, row) for row in given] for kind, given in rows.items()}


def _moved(name: str, value: Any, number: int, columns: Sequence[Column]) -> Any:
    if value is None:
        return None
    if name == "fact":
        return number * PER_CITY + value % PER_CITY
    type_ = next(column.type for column in columns if column.name == name)
    if type_ == "person":
        return number * 100 + value % 100
    if type_ == "place":
        return number * 10 + value % 10
    if type_ == "area":
        return f"{1000 + number}{value[4:]}"
    if name == "subject" and value.startswith("P"):
        return f"P{number * 100 + int(value[1:]) % 100}"
    return re.sub(r"^(\D*)\d+-", rf"\g<1>{number}-", value) if type_ == "code" else value


def smallest(rows: Rows, differ: Callable[[Sequence[Rows]], set[int]], turns: int = 16) -> Rows:
    """A city with fewer rows that still differs: each turn tries to drop every stretch of some length.

    What could be dropped alone is tried together in the next turn, as the first of its tries.
    """
    size, together = max(1, _count(rows) // 4), set[int]()
    for _ in range(turns):
        facts = [row["fact"] for given in rows.values() for row in given]
        stretches = [set(facts[at : at + size]) for at in range(0, len(facts), size)]
        tries = [together, *stretches] if together else stretches
        bad = sorted(differ([renumbered(_without(rows, gone), n) for n, gone in enumerate(tries)]))
        if not bad and size == 1:
            break
        if not bad:
            size, together = max(1, size // 2), set()
            continue
        together = {fact % PER_CITY for number in bad for fact in tries[number] - tries[bad[0]]}
        rows = renumbered(_without(rows, tries[bad[0]]), 0)
    return rows


def _count(rows: Rows) -> int:
    return sum(map(len, rows.values()))


def _without(rows: Rows, gone: set[int]) -> Rows:
    return {kind: [row for row in given if row["fact"] not in gone] for kind, given in rows.items()}


def drawing(rows: Rows) -> str:
    """The facts of a city as drawn tables, people by invented names in the order of their numbers."""
    numbers = sorted(_people(rows))
    names = {number: NAMES[n % 26] + str(n // 26 or "") for n, number in enumerate(numbers)}
    tabled = {**rows, "person": [{"person": number} for number in numbers]}
    return "\n\n".join(_drawn(kind, tabled[kind], names) for kind in KINDS if tabled[kind])


def _people(rows: Rows) -> set[int]:
    return {
        row[column.name]
        for kind, given in rows.items()
        for column in FACTS[kind].columns
        if column.type == "person"
        for row in given
    }


def _drawn(kind: str, given: list[Row], names: dict[int, str]) -> str:
    said = [column for column in FACTS[kind].stored if any(row.get(column.name) is not None for row in given)]
    lines = [[column.name for column in said]]
    for row in given:
        lines.append([_drawn_cell(column, row[column.name], names) for column in said])
    widths = [max(len(line[n]) for line in lines) for n in range(len(said))]
    body = (" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return f"{kind}:\n" + "\n".join("    " + line.rstrip() for line in body)


def _drawn_cell(column: Column, value: Any, names: dict[int, str]) -> str:
    if column.type == "person":
        return names[value]
    if column.name == "subject" and value is not None and value.startswith("P"):
        return f"P{list(names).index(int(value[1:])) + 1}" if int(value[1:]) in names else value
    return _cell(value)


def report(cities: Sequence[Rows], found: Found, protocol: Protocol, as_of: datetime) -> str:
    """How many cities differ, in which tables, and the smallest found with what differs in it.

    Shown is a difference in the first table, in the order in which tables are worked out, that has one.
    """
    by_table = Counter(line.split(": ")[0] for lines in found.values() for line in lines)
    table = next(name for name in ORDER if any(name in line.split(",")[0] for line in by_table))

    def differ(tried: Sequence[Rows]) -> set[int]:
        return _in_table(differences(tried, protocol, as_of), table)

    wrong = [one for one in cities if one["person"][0]["person"] // 100 in _in_table(found, table)]
    small = smallest(min(wrong, key=_count), differ)
    lines = next(iter(differences([small], protocol, as_of).values()), [])
    return "\n".join([
        f"{len(found)} of {len(cities)} cities differ: {dict(by_table)}",
        f"The smallest in {table}, decided as of {_cell(as_of)} (people are numbered as drawn):",
        "", drawing(small), "", *lines[:SHOWN], f"({len(lines)} lines)",
    ])  # fmt: skip


def _in_table(found: Found, table: str) -> set[int]:
    return {number for number, lines in found.items() if any(line.startswith(f"{table},") for line in lines)}
