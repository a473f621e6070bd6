"""How is an answer kept beside the columns, so that the same question is not worked out twice?"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pyarrow as pa
import pyarrow.parquet as pq

from ringfence.actions.store import Store
from ringfence.engine.parts import Rules

DECIDED, TRACED = "decisions", "traced"
"""The folders, beside the segments, of whole answers and of those about whom some cases met."""
_DECIDING = ("engine", "protocol", "tables")
_KEPT = 12
"""How many past answers are kept in each folder; they can always be worked out again."""


def folder_of(store: Store, kind: str, rules: Rules, as_of: datetime, *asked: str) -> Path:
    """Where the answer to a question is kept, if it is: of the same facts, rules and code it is the same."""
    seq, digest = store.journal.head(as_of)
    said = json.dumps([_code(), seq, digest, as_of.isoformat(), repr(rules), *asked])
    name = f"{as_of:%Y%m%dT%H%M%S}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"
    return store.directory / "columns" / kind / name


def read(folder: Path, names: Iterable[str]) -> dict[str, pa.Table] | None:
    """The tables of an answer, mapped; None where it is not kept."""
    if not folder.is_dir():
        return None
    return {name: pq.read_table(folder / f"{name}.parquet", memory_map=True) for name in names}


def keep(folder: Path, tables: Mapping[str, pa.Table]) -> None:
    """Write an answer, whole or not at all, where it is not yet, and let go of the oldest."""
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(mkdtemp(dir=folder.parent, prefix=".writing-"))
    for name, table in tables.items():
        pq.write_table(table, fresh / f"{name}.parquet", compression="zstd")
    fresh.rename(folder)
    past = sorted(folder.parent.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in past[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def forget(store: Store) -> None:
    """Delete every answer kept."""
    for kind in (DECIDED, TRACED):
        shutil.rmtree(store.directory / "columns" / kind, ignore_errors=True)


@cache
def _code() -> str:
    """What the engine and the tables say, as a digest: an answer of other code is not read back."""
    files = sorted(path for name in _DECIDING for path in (Path(__file__).parent.parent / name).glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
