"""What follows, as of an instant? The facts known then, the rules in force then, and the decisions."""

import gc
import hashlib
import json
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ringfence.actions.clustering import searched_on
from ringfence.actions.ruling import rules_at
from ringfence.actions.store import Store
from ringfence.engine import Decisions, decide
from ringfence.engine.parts import Rules
from ringfence.engine.reasons import Names
from ringfence.journal import EARLIEST
from ringfence.protocol import Protocol
from ringfence.tables import Facts, person_number
from ringfence.tables.decisions import DECISIONS

_DECIDING = ("engine", "protocol", "tables")
_KEPT = 12
"""How many past answers are kept beside the columns; they can always be worked out again."""


@dataclass(frozen=True)
class Answer:
    """The decisions as of an instant, under the rules they were made by."""

    as_of: datetime
    rules: Rules
    decisions: Decisions
    known: Facts

    @property
    def protocol(self) -> Protocol:
        """The rules of the whole area; its parts may have their own."""
        return self.rules[0]


def _ignore(_step: str) -> None:
    """Nobody is watching."""


def decide_at(
    store: Store, as_of: datetime, watch: Callable[[str], None] = _ignore, engine: str = ""
) -> Answer:
    """Every decision as of an instant (naive UTC).

    An answer already worked out from the same facts under the same rules is read back instead: it
    would be the same bytes. Where an `engine` is named, meetings are searched for there, whatever is kept.
    """
    rules = rules_at(store, as_of)
    facts = store.columns.snapshot(as_of)
    folder = store.directory / "columns" / "decisions" / _key(store, rules, as_of)
    if folder.is_dir() and not engine:
        decisions = {name: pq.read_table(folder / f"{name}.parquet", memory_map=True) for name in DECISIONS}
    else:
        with searched_on(store, as_of, engine) as searched, _uncollected():
            decisions = decide(facts, rules, as_of, watch, searched)
        if not folder.is_dir():
            _keep(folder, decisions)
    return Answer(as_of, rules, decisions, facts)


@cache
def _code() -> str:
    """What the engine and the tables say, as a digest: an answer of other code is not read back."""
    files = sorted(path for name in _DECIDING for path in (Path(__file__).parent.parent / name).glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


@contextmanager
def _uncollected() -> Generator[None]:
    """Without looking for garbage cycles: building expressions makes none worth the 40 % it costs."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _key(store: Store, rules: Rules, as_of: datetime) -> str:
    seq, digest = store.journal.head(as_of)
    said = json.dumps([_code(), seq, digest, as_of.isoformat(), repr(rules)])
    return f"{as_of:%Y%m%dT%H%M%S}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _keep(folder: Path, decisions: Decisions) -> None:
    """Write an answer beside the columns, whole or not at all, and let go of the oldest."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(mkdtemp(dir=folder.parent, prefix=".writing-"))
    for name, table in decisions.items():
        pq.write_table(table, fresh / f"{name}.parquet", compression="zstd")
    fresh.rename(folder)
    past = sorted(folder.parent.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in past[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def names(facts: Facts) -> Names:
    """What areas and units are called."""
    area = facts["area"].select("area", "name_zh", "name_en").to_pyarrow().to_pylist()
    unit = facts["unit"].select("unit", "name_zh", "name_en").to_pyarrow().to_pylist()
    return Names(
        {row["area"]: (row["name_zh"], row["name_en"] or row["name_zh"]) for row in area},
        {row["unit"]: (row["name_zh"], row["name_en"] or row["name_zh"]) for row in unit},
    )


def last_known(store: Store) -> datetime | None:
    """When the last submission was recorded: the natural "now" of an exercise; None where there is none."""
    seq, _ = store.journal.head()
    last = next(iter(store.journal.entries(seq - 1)), None) if seq else None
    if last is None or last.recorded_at == EARLIEST:
        return None
    return last.recorded_at.replace(tzinfo=None)


def rows_about(decisions: Decisions, subject: str) -> dict[str, pa.Table]:
    """The rows of every table that are about a person (P…), a tube (T:…), an area (A:…) or a task id."""
    found: dict[str, pa.Table] = {}
    for name, table in decisions.items():
        mask = _about(table, subject)
        if mask is not None and (rows := table.filter(mask)).num_rows:
            found[name] = rows
    return found


def _about(table: pa.Table, subject: str) -> pc.Expression | None:
    columns = table.column_names
    field = pc.field
    wanted: list[pc.Expression] = []
    if (person := person_number(subject)) is not None and "person" in columns:
        wanted.append(field("person") == person)
    if subject.startswith("T:") and "tube" in columns:
        wanted.append(field("tube") == subject[2:])
    if subject.startswith("A:") and "level" in columns:
        wanted.append(field("area") == subject[2:])
    wanted += [field(name) == subject for name in ("subject", "task") if name in columns]
    if not wanted:
        return None
    either = wanted[0]
    for one in wanted[1:]:
        either = either | one
    return either
