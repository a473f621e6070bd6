"""Which rules are in force for a place, a disease and an instant? A base and its dated patches."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any as Anything

from ringfence.areas import contains, is_code
from ringfence.errors import ProtocolError
from ringfence.protocol.build import TABLES
from ringfence.protocol.check import check_protocol
from ringfence.protocol.read import SHIPPED, Edition, offsets, read_editions
from ringfence.protocol.rows import Fault, Row
from ringfence.protocol.rules import Protocol

_EDITING = ("drop", "before")


def resolve(area: str, disease: str, at: datetime, folders: Sequence[Path] = (SHIPPED,)) -> Protocol:
    """The protocol for an area code, a disease and an instant (naive UTC).

    Raises:
        ProtocolError: no base is in force, or the editions that apply have faults; all are named.
    """
    editions, faults = read_editions(*folders)
    # An edition whose header cannot be read might be one that applies here: it is never passed over.
    unplaced = [fault for fault in faults if fault.key.split(".")[0] in ("file", "schema", "edition")]
    if unplaced:
        raise ProtocolError("\n".join(str(fault) for fault in faults))
    stack = stacked(editions, area, disease, at)
    if not stack:
        raise ProtocolError(
            f"no edition for {disease} is in force in {area} at {at:%Y-%m-%d %H:%M} UTC; "
            f"known are {', '.join(sorted(edition.id for edition in editions)) or 'none'}"
        )
    protocol, more = merged(stack, area, at)
    mine = {edition.file for edition in stack}
    faults = [fault for fault in faults if fault.file in mine] + more
    if faults:
        raise ProtocolError("\n".join(str(fault) for fault in faults))
    return protocol


def covers(edition: Edition, area: str) -> bool:
    """Whether an edition's area holds an area; "CN" holds every Chinese division code."""
    if area[:1].isdigit() and is_code(edition.area):
        return contains(edition.area, area)
    return area.startswith("" if edition.area == "CN" and area[:1].isdigit() else edition.area)


def stacked(editions: Sequence[Edition], area: str, disease: str, at: datetime) -> list[Edition]:
    """The base in force and its patches, in the order they apply: wider areas first, then older first."""
    live = [
        edition
        for edition in editions
        if edition.disease == disease
        and covers(edition, area)
        and edition.begin <= at
        and (edition.end is None or at < edition.end)
    ]
    bases = sorted((e for e in live if not e.base), key=_order)
    if not bases:
        return []
    stack = [bases[-1]]
    patches = sorted((e for e in live if e.base), key=_order)
    while True:
        names = {edition.id for edition in stack}
        ready = [patch for patch in patches if patch.base in names and patch.id not in names]
        if not ready:
            return [stack[0], *sorted(stack[1:], key=_order)]
        stack += ready


def _order(edition: Edition) -> tuple[int, datetime, str]:
    width = 0 if edition.area == "CN" else len(edition.area)
    return (width, edition.begin, edition.id)


def merged(stack: Sequence[Edition], area: str, at: datetime) -> tuple[Protocol, list[Fault]]:
    """The protocol a stack gives, and every fault in it."""
    faults: list[Fault] = []
    built: dict[str, tuple[Anything, ...]] = {}
    for name, build in TABLES.items():
        rows: list[Anything] = []
        for data in _merged_rows(stack, name, faults):
            row = Row(data["file"], f"{name}.{data['id']}", data, faults)
            rows.append(build(row))
            row.done()
        built[name] = tuple(rows)
    if len(built["hold"]) != 1:
        faults.append(Fault(stack[-1].file, "hold", f"there are {len(built['hold'])}; give exactly one"))
    if faults:
        return _protocol(stack, area, at, {**built, "hold": built["hold"] or (None,)}), faults
    protocol = _protocol(stack, area, at, built)
    return protocol, check_protocol(protocol, stack[-1].file)


def _protocol(
    stack: Sequence[Edition], area: str, at: datetime, built: Mapping[str, tuple[Anything, ...]]
) -> Protocol:
    return Protocol(
        area=area,
        disease=stack[0].disease,
        at=at,
        stack=tuple(edition.id for edition in stack),
        zone=stack[-1].zone,
        offsets=offsets(stack[-1].zone, at),
        cases=built["case"],
        windows=built["infectious"],
        hold=built["hold"][0],
        limits=built["limit"],
        contacts=built["contact"],
        companions=built["companion"],
        courses=built["course"],
        zones=built["zone"],
        clocks=built["clock"],
        pools=built["pool"],
        campaigns=built["campaign"],
        ratios=built["ratio"],
    )


def _merged_rows(stack: Sequence[Edition], table: str, faults: list[Fault]) -> list[dict[str, Anything]]:
    """Rows merge by id, field by field; a list inside a row is replaced whole."""
    rows: dict[str, dict[str, Anything]] = {}
    for edition in stack:
        for given in edition.tables.get(table, ()):
            key = given["id"]
            if given.get("drop"):
                if rows.pop(key, None) is None:
                    faults.append(Fault(edition.file, f"{table}.{key}", "drops a row that is not there"))
                continue
            fresh = {k: v for k, v in given.items() if k not in _EDITING}
            row = {**rows.get(key, {}), **fresh, "edition": edition.id, "file": edition.file}
            before = given.get("before")
            if before is None or before not in rows:
                if before is not None:
                    faults.append(Fault(edition.file, f"{table}.{key}.before", f"{before} is not there"))
                rows[key] = row
            else:
                rows = _inserted(rows, key, row, before)
    return list(rows.values())


def _inserted(
    rows: dict[str, dict[str, Anything]], key: str, row: dict[str, Anything], before: str
) -> dict[str, dict[str, Anything]]:
    placed: dict[str, dict[str, Anything]] = {}
    for old, data in rows.items():
        if old == before:
            placed[key] = row
        if old != key:
            placed[old] = data
    return placed
