"""Which rows does each number of a sheet open? Every view is made from the rows that were counted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any as Anything

import pyarrow as pa
import pyarrow.compute as pc

from ringfence.exchange.doors import LATE, MISSING, OPEN, STANDS
from ringfence.exchange.ledger import Ledger, Part
from ringfence.exchange.listing import Context, listed, test_days
from ringfence.exchange.page import Number
from ringfence.exchange.speech import Row, Speech, Text
from ringfence.protocol import Protocol

Key = tuple[Anything, ...]
"""What sets a row apart in its table."""
SAMPLE = "sample"
_TASK_LETTERS = {"open": OPEN, "late": LATE}
_DONE = ("done", "done_late")
_ORDERS: Mapping[str, list[tuple[str, str]]] = {
    "cases": [("detected_at", "ascending"), ("person", "ascending")],
    "holds": [("state", "ascending"), ("begin", "ascending"), ("person", "ascending")],
    "contacts": [
        ("ring", "ascending"),
        ("class", "ascending"),
        ("review", "descending"),
        ("person", "ascending"),
    ],
    "courses": [
        ("class", "ascending"),
        ("state", "descending"),
        ("until_day", "ascending"),
        ("person", "ascending"),
    ],
    "clocks": [("due_at", "ascending"), ("subject", "ascending")],
    "tasks": [("due_at", "ascending"), ("must", "ascending"), ("task", "ascending")],
}


@dataclass(frozen=True)
class Counted:
    """A figure: its id and name, the table it counts and the rows it counts."""

    id: str
    name: Text
    table: str
    rows: pa.Table


@dataclass(frozen=True)
class Standing:
    """How things stand at an instant: all that a sheet is made from."""

    number: int
    as_of: datetime
    protocol: Protocol
    decisions: Mapping[str, pa.Table]
    figures: Sequence[Counted]
    load: pa.Table
    speech: Speech
    rounds: Sequence[Row]
    zones: Sequence[Row]
    seq: int
    digest: str


@dataclass
class Views:
    """Makes the views of one sheet, and remembers the number of every row in the ledger."""

    ledger: Ledger
    standing: Standing
    _ids: dict[str, dict[Key, int]] = field(default_factory=dict[str, dict[Key, int]])

    def context(self) -> Context:
        """What the cells of this sheet's lists may need."""
        tests = test_days(self.standing.decisions["course_tests"])
        return Context(self.standing.speech, self.standing.protocol, tests)

    def ordered(self, table: str) -> pa.Table:
        """A decision table in the order its list is read; of the tasks, those that are not doors."""
        rows = self.standing.decisions[table]
        if table == "tasks":
            rows = rows.filter(pc.field("must") != SAMPLE)
        return rows.sort_by(_ORDERS[table]) if table in _ORDERS else rows

    def take_in(self, kinds: Iterable[str]) -> None:
        """Put the rows of these tables into the ledger."""
        context = self.context()
        for kind in kinds:
            rows = self.ordered(kind)
            numbers = listed(self.ledger, kind, rows, context)
            self._ids[kind] = dict(zip(_keys(kind, rows), numbers, strict=True))

    def ids(self, kind: str, rows: pa.Table) -> list[int]:
        """The numbers of some rows of a table, in the order their list is read."""
        wanted = set(_keys(kind, rows))
        return [number for key, number in self._ids[kind].items() if key in wanted]

    def rows(self, kind: str, name: Text, rows: pa.Table) -> Number:
        """A number that opens rows of a table; tasks to sample somebody open as doors."""
        parts: list[Part] = []
        if kind == "coverage":
            said = pc.unique(rows["status"]).to_pylist()
            letters = "".join(MISSING if one == "missing" else STANDS[one] for one in sorted(said))
            return self.doors(name, rows.num_rows, letters)
        if kind == "tasks":
            sample = rows.filter(pc.field("must") == SAMPLE)
            rows_left = rows.filter(pc.field("must") != SAMPLE)
            if sample.num_rows:
                states = pc.unique(sample["state"]).to_pylist()
                parts.append(self._door("".join(_TASK_LETTERS[state] for state in sorted(states))))
            ids = self.ids(kind, rows_left)
        else:
            ids = self.ids(kind, rows)
        if ids or not parts:
            parts.append({"t": kind, "ids": ids})
        return Number(rows.num_rows, self.ledger.view(name, rows.num_rows, parts))

    def doors(self, name: Text, count: int, letters: str, **narrowed: str) -> Number:
        """A number that opens doors: `r` one round, `a` below one area, `u` of one unit."""
        return Number(count, self.ledger.view(name, count, [self._door(letters, **narrowed)]))

    def _door(self, letters: str, **narrowed: str) -> Part:
        return {"d": self.standing.number, "st": letters, **narrowed}

    def tasks_by(self, *columns: str) -> Mapping[Key, list[Part]]:
        """The tasks in groups, as parts; `state` is open, late or done, and doors are told apart by round."""
        tasks = self.standing.decisions["tasks"]
        found: dict[Key, list[Part]] = {}
        ids: dict[Key, list[int]] = defaultdict(list)
        plain = self.ordered("tasks")
        for row, key in zip(
            plain.select(_with_state(columns)).to_pylist(), _keys("tasks", plain), strict=True
        ):
            row["state"] = "done" if row["state"] in _DONE else row["state"]
            ids[tuple(row[column] for column in columns)].append(self._ids["tasks"][key])
        for group, numbers in ids.items():
            found.setdefault(group, []).append({"t": "tasks", "ids": numbers})
        sample = tasks.filter(pc.field("must") == SAMPLE)
        asked = sample.group_by(
            [*dict.fromkeys([*_with_state(columns), "unit", "values"])], use_threads=False
        )
        for row in asked.aggregate([("task", "min")]).to_pylist():
            part = self._door(
                _TASK_LETTERS[row["state"]], r=row["task_min"].split("|", 2)[2], u=row["unit"] or ""
            )
            found.setdefault(tuple(row[column] for column in columns), []).append(part)
        return found


def _with_state(columns: Sequence[str]) -> list[str]:
    return [*dict.fromkeys([*columns, "state"])]


_KEYS = {
    "cases": ("person",),
    "pools": ("tube",),
    "holds": ("person", "tube"),
    "contacts": ("person", "index", "ring"),
    "courses": ("person", "class", "phase"),
    "zones": ("area", "level"),
    "clocks": ("clock", "subject"),
    "tasks": ("task",),
}


def _keys(kind: str, rows: pa.Table) -> list[Key]:
    return list(zip(*(rows[column].to_pylist() for column in _KEYS[kind]), strict=True))
