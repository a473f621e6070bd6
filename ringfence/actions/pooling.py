"""How many swabs may a tube hold, and who must be in one alone or with their household only?

Worked out from the rules in force and from what is known of people, kept as a file, and asked by the group.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from ringfence.actions.ruling import rules_at
from ringfence.actions.store import Store
from ringfence.engine.tubes import kept_apart, usual
from ringfence.intake.faults import Fault
from ringfence.intake.sent import FaultTold, told

_FILE = Path("door") / "sizes.arrow"
_SCHEMA = pa.schema(
    [
        ("person", pa.int64()), ("area", pa.string()), ("pool", pa.int32()),
        ("per", pa.string()), ("pool_rule", pa.string()),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Apart:
    """A person of whom a rule says otherwise than of most: the tube's size, whom they may share it with
    ("household", or nobody in particular), where they live, and the rule."""

    size: int
    per: str
    home: str
    rule: str


@dataclass(frozen=True)
class Sizes:
    """The size of most people's tube with its rule, and the others, in the order of their numbers.

    Without rules a tube is as large as whoever fills it says.
    """

    size: int | None = None
    rule: str = ""
    others: pa.Table = field(default_factory=_SCHEMA.empty_table)

    def among(self, people: Sequence[int]) -> Mapping[int, Apart]:
        """Those of these people of whom another rule than the usual one speaks."""
        numbers = self.others["person"].to_numpy()
        if not numbers.size or not people:
            return {}
        asked = np.unique(np.array(people, np.int64))
        places = np.minimum(np.searchsorted(numbers, asked), numbers.size - 1)
        rows = self.others.take(pa.array(places[numbers[places] == asked])).to_pylist()
        return {
            row["person"]: Apart(row["pool"], row["per"] or "", row["area"] or "", row["pool_rule"])
            for row in rows
        }

    def faults(self, pool: int, people: Sequence[int], others: Mapping[int, Apart]) -> list[FaultTold]:
        """Why these people may not be in one tube for so many swabs; `others` as `among` found them."""
        if pool == 1:
            return []
        known = [(place, others[person]) for place, person in enumerate(people) if person in others]
        if len(known) == len(people) and _one_household([one for _, one in known]):
            return []
        found = [
            told(_ALONE if one.size == 1 else _too_large(pool, one.size), one.rule, place)
            for place, one in known
            if one.size < pool
        ]
        if len(known) < len(people) and self.size is not None and pool > self.size:
            found.append(told(_too_large(pool, self.size), self.rule))
        return found


def _one_household(people: Sequence[Apart]) -> bool:
    first = people[0]
    together = first.per == "household" and first.home
    return bool(together) and all((one.rule, one.home) == (first.rule, first.home) for one in people)


def work_out(store: Store, as_of: datetime) -> None:
    """Write down whose tube may hold what, by the rules in force and what is known at an instant."""
    rules = rules_at(store, as_of)
    rows = kept_apart(store.columns.snapshot(as_of), rules, as_of).to_pyarrow()
    most = usual(rules[0])
    said = {"size": str(most.size), "rule": most.rule.id} if most else {}
    rows = rows.select(_SCHEMA.names).cast(_SCHEMA).sort_by("person").replace_schema_metadata(said)
    file = store.directory / _FILE
    file.parent.mkdir(exist_ok=True)
    fresh = file.with_suffix(".tmp")
    with pa.ipc.new_file(fresh, rows.schema) as writer:
        writer.write_table(rows)
    fresh.replace(file)


def age(directory: Path) -> float:
    """Seconds since the sizes were written down."""
    return time.time() - (directory / _FILE).stat().st_mtime


def read_sizes(directory: Path) -> Sizes | None:
    """What was written down last; None where nothing was."""
    file = directory / _FILE
    if not file.is_file():
        return None
    rows = pa.ipc.open_file(file.read_bytes()).read_all()
    said = rows.schema.metadata or {}
    size = said.get(b"size")
    return Sizes(int(size) if size else None, said.get(b"rule", b"").decode(), rows)


_ALONE = Fault(
    "never_pooled",
    "此人不得混采,须单管",
    "this person must not be pooled",
    "单采单检,另用一管",
    "a tube of their own",
)


def _too_large(pool: int, size: int) -> Fault:
    return Fault(
        "pool_size",
        f"混采{pool}人,规则最多{size}人一管",
        f"a tube for {pool}; the rule allows {size}",
        f"{size}人或以下一管",
        f"a tube for {size} or fewer",
    )
