"""Which rules are in force in a store, and how are others put in force?

A store keeps the editions it decides by in its own journal: what was decided yesterday is decided the
same for ever, whatever a later version ships or whoever edits a file. Putting an edition in force, or
withdrawing one, is a submission with an authority, like any other fact.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from ringfence.actions.store import Store, kept_editions
from ringfence.errors import InputError, NotFoundError, ProtocolError
from ringfence.journal import Receipt, Submission
from ringfence.protocol import Edition, Fault, Protocol, read_texts, resolve_within
from ringfence.protocol.stacks import check_editions
from ringfence.tables.facts import EDITION


@dataclass(frozen=True)
class Known:
    """The editions a store knows, and what is wrong in them."""

    editions: tuple[Edition, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Adoption:
    """Who puts editions in force, or withdraws one, where, from when and why; empty: as the edition says."""

    authority: str
    reason: str = ""
    area: str = ""
    begin: datetime | None = None
    recorded_at: datetime | None = None


def rules_at(store: Store, as_of: datetime) -> tuple[Protocol, ...]:
    """The rules in force in the store's area and its parts, as known at an instant: widest first.

    Raises:
        ProtocolError: none are, or they have faults; all are named.
    """
    known = known_editions(store, as_of)
    settings = store.settings
    return resolve_within(known.editions, known.faults, settings.area, settings.disease, as_of)


def known_editions(store: Store, as_of: datetime) -> Known:
    """The editions known at an instant; those the store was made with were known from the start."""
    store.columns.refresh()
    return _read(_rows(store, as_of))


def _rows(store: Store, as_of: datetime) -> list[dict[str, Any]]:
    rows = store.columns.snapshot(as_of)["edition"].to_pyarrow().to_pylist()
    first = next(iter(store.journal.entries()), None) if not rows else None
    if first is not None and first.kind == EDITION.name:
        rows = store.columns.snapshot(first.recorded_at)["edition"].to_pyarrow().to_pylist()
    return [row for row in rows if not row["withdrawn"]]


def _read(rows: Sequence[dict[str, Any]]) -> Known:
    where = {f"{row['edition']}.toml": row for row in rows}
    editions, faults = read_texts((file, row["text"].encode()) for file, row in where.items())
    placed = [
        replace(
            edition,
            area=where[edition.file]["area"] or edition.area,
            begin=where[edition.file]["begin"] or edition.begin,
        )
        for edition in editions
    ]
    return Known(tuple(placed), tuple(faults))


def with_files(store: Store, files: Sequence[Path], adoption: Adoption, as_of: datetime) -> Known:
    """The editions there would be if some files were put in force.

    Raises:
        InputError: a file cannot be read as an edition, or is for another disease.
        ProtocolError: the editions would have faults; all are named.
    """
    rows = {row["edition"]: row for row in _rows(store, as_of)}
    rows |= {row["edition"]: row for row in _given(store, files, adoption)}
    known = _read(list(rows.values()))
    faults = check_editions(known.editions, known.faults)
    if faults:
        raise ProtocolError("\n".join(map(str, faults)))
    return known


def adopt(store: Store, files: Sequence[Path], adoption: Adoption, as_of: datetime) -> tuple[list[str], int]:
    """Put the editions of some files in force; their ids, and the number of the submission.

    Nothing happens where they would have faults, or where they are in force as they are. Raises as
    `with_files`.
    """
    with_files(store, files, adoption, as_of)
    rows = _given(store, files, adoption)
    receipt = _keep(store, rows, adoption)
    return [row["edition"] for row in rows], receipt.seq


def withdraw(store: Store, edition: str, adoption: Adoption, as_of: datetime) -> int:
    """Withdraw an edition; the number of the submission.

    Raises:
        NotFoundError: no such edition is known here. ProtocolError: what is left would have faults.
    """
    rows = {row["edition"]: row for row in _rows(store, as_of)}
    gone = rows.pop(edition, None)
    if gone is None:
        raise NotFoundError(f"{edition}: not in force here; known are {', '.join(sorted(rows)) or 'none'}")
    left = _read(list(rows.values()))
    if faults := check_editions(left.editions, left.faults):
        raise ProtocolError("\n".join(map(str, faults)))
    said = {**gone, "authority": adoption.authority, "reason": adoption.reason or None, "withdrawn": True}
    return _keep(store, [said], adoption).seq


def _given(store: Store, files: Sequence[Path], adoption: Adoption) -> list[dict[str, Any]]:
    rows = kept_editions(files, store.settings, adoption.authority, every=True)
    if not rows:
        raise InputError("no edition was given; name a TOML file, or a folder of them")
    return [
        {
            **row,
            "area": adoption.area or None,
            "begin": adoption.begin,
            "reason": adoption.reason or None,
        }
        for row in rows
    ]


def _keep(store: Store, rows: Sequence[dict[str, Any]], adoption: Adoption) -> Receipt:
    table = pa.Table.from_pylist(
        [{name: row.get(name) for name in EDITION.schema.names} for row in rows], schema=EDITION.schema
    )
    said = repr([sorted(row.items(), key=lambda item: item[0]) for row in table.to_pylist()])
    # The same switch made twice on purpose, with another between, is two switches.
    seq, digest = store.journal.head()
    id_ = hashlib.sha256(f"{said}{seq}{digest}".encode()).hexdigest()
    sent = Submission(id_, EDITION.name, table, "ringfence protocol", source=adoption.authority)
    receipt = store.journal.append(sent, adoption.recorded_at)
    store.columns.refresh()
    return receipt
