"""Which rules are in force for a place, a disease and an instant? A base and its dated patches."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any as Anything

from ringfence.areas import contains, is_code
from ringfence.errors import ProtocolError
from ringfence.protocol.build import TABLES
from ringfence.protocol.check import check_protocol
from ringfence.protocol.read import SHIPPED, Edition, offsets, read_editions
from ringfence.protocol.resolved import Authority, Protocol
from ringfence.protocol.rows import Fault, Row

_TABLES = {
    "case": "cases",
    "case_release": "case_releases",
    "infectious": "windows",
    "incubation": "incubations",
    "limit": "limits",
    "contact": "contacts",
    "companion": "companions",
    "arrival": "arrivals",
    "course": "courses",
    "zone": "zones",
    "campaign": "campaigns",
    "skip": "skips",
    "pool": "pools",
    "gate": "gates",
    "clock": "clocks",
    "cadence": "cadences",
    "ratio": "ratios",
    "colour": "colours",
    "appeal": "appeals",
}
"""What the protocol calls each table of an edition, but for the one hold."""
ANY = "*"
"""The disease of an edition that is for any disease, and the base of a patch that is for any base."""
WORLD = "WORLD"
_EDITING = ("drop", "before")
_MOMENT = timedelta(microseconds=1)
_FIRST = datetime(1, 1, 2)  # noqa: DTZ001 - instants are naive UTC


def resolve(area: str, disease: str, at: datetime, folders: Sequence[Path] = (SHIPPED,)) -> Protocol:
    """The protocol for an area code, a disease and an instant (naive UTC), from the files of some folders.

    Raises:
        ProtocolError: no base is in force, or the editions that apply have faults; all are named.
    """
    return resolve_from(*read_editions(*folders), area, disease, at)


def resolve_from(
    editions: Sequence[Edition], faults: Sequence[Fault], area: str, disease: str, at: datetime
) -> Protocol:
    """As `resolve`, from editions already read and the faults found in reading them."""
    # An edition whose header cannot be read might be one that applies here: it is never passed over.
    if any(fault.key.split(".")[0] in ("file", "schema", "edition") for fault in faults):
        raise ProtocolError("\n".join(str(fault) for fault in faults))
    stack = stacked(editions, area, disease, at)
    if not stack:
        raise ProtocolError(
            f"no edition for {disease} is in force in {area} at {at:%Y-%m-%d %H:%M} UTC; "
            f"known are {', '.join(sorted(edition.id for edition in editions)) or 'none'}"
        )
    since, in_flight = last_change(editions, area, disease, at)
    protocol, more = merged(stack, area, at)
    mine = {edition.file for edition in stack}
    found = [fault for fault in faults if fault.file in mine] + rivals(editions, stack[0], at) + more
    if found:
        raise ProtocolError("\n".join(str(fault) for fault in found))
    earlier = None
    if in_flight != "recompute" and stacked(editions, area, disease, since - _MOMENT):
        earlier = resolve_from(editions, faults, area, disease, since - _MOMENT)
    return replace(protocol, since=since, in_flight=in_flight, before=earlier)


def resolve_within(
    editions: Sequence[Edition], faults: Sequence[Fault], area: str, disease: str, at: datetime
) -> tuple[Protocol, ...]:
    """The protocols in force in an area and in the parts of it that have rules of their own, widest first.

    Whoever lives in a part is under the last of them whose area holds their home.
    """
    parts = {
        edition.area
        for edition in editions
        if edition.area != area
        and edition.disease in (disease, ANY)
        and is_code(edition.area)
        and contains(area, edition.area)
        and _live(edition, at)
    }
    places = [area, *sorted(parts, key=lambda part: (len(part), part))]
    return tuple(resolve_from(editions, faults, place, disease, at) for place in places)


def covers(edition: Edition, area: str) -> bool:
    """Whether an edition's area holds an area: "WORLD" everything, "CN" every Chinese division code."""
    if edition.area == WORLD:
        return True
    if is_code(edition.area):
        return is_code(area) and contains(edition.area, area)
    return f"{area}-".startswith(f"{edition.area}-") or (edition.area == "CN" and is_code(area))


def stacked(editions: Sequence[Edition], area: str, disease: str, at: datetime) -> list[Edition]:
    """The base in force and its patches, in the order they apply: wider areas first, then older first."""
    live = [
        edition
        for edition in editions
        if edition.disease in (disease, ANY) and covers(edition, area) and _live(edition, at)
    ]
    bases = sorted((e for e in live if not e.base), key=_order)
    if not bases:
        return []
    stack = [bases[-1]]
    patches = sorted((e for e in live if e.base), key=_order)
    while True:
        names = {edition.id for edition in stack} | {ANY}
        ready = [patch for patch in patches if patch.base in names and patch.id not in names]
        if not ready:
            return [stack[0], *sorted(stack[1:], key=_order)]
        stack += ready


def last_change(editions: Sequence[Edition], area: str, disease: str, at: datetime) -> tuple[datetime, str]:
    """When the rules here last changed, and what that did to people already under a course.

    An edition that runs out says nothing of them: what is in force then holds for everybody.
    """
    mine = [edition for edition in editions if edition.disease in (disease, ANY) and covers(edition, area)]
    ends = [edition.end for edition in mine if edition.end is not None]
    changes = sorted(
        {at_ for at_ in [*(edition.begin for edition in mine), *ends] if at_ <= at}, reverse=True
    )
    for change in changes:
        stack = stacked(mine, area, disease, change)
        earlier = stacked(mine, area, disease, max(change, _FIRST) - _MOMENT)
        fresh = [edition for edition in stack if edition not in earlier]
        if fresh:
            return change, max(fresh, key=_order).in_flight
        if stack != earlier:
            return change, "recompute"
    return at, "recompute"


def _live(edition: Edition, at: datetime) -> bool:
    return edition.begin <= at and (edition.end is None or at < edition.end)


def rivals(editions: Sequence[Edition], base: Edition, at: datetime) -> list[Fault]:
    """Other bases in force for the same area and disease at the same instant."""
    return [
        Fault(base.file, "edition", f"{other.id} is in force in {base.area} at the same time; end one")
        for other in editions
        if not other.base
        and other.id != base.id
        and (other.area, other.disease) == (base.area, base.disease)
        and _live(other, at)
    ]


def _order(edition: Edition) -> tuple[int, datetime, str]:
    width = {WORLD: 0}.get(edition.area, len(edition.area) if is_code(edition.area) else 1)
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
    if len(built["hold"]) > 1:
        faults.append(Fault(stack[-1].file, "hold", f"there are {len(built['hold'])}; give one"))
    protocol = _protocol(stack, area, at, built)
    return protocol, faults or check_protocol(protocol, stack[-1].file)


def _protocol(
    stack: Sequence[Edition], area: str, at: datetime, built: Mapping[str, tuple[Anything, ...]]
) -> Protocol:
    narrowest = max(stack, key=_order)
    tables = {name: built[key] for key, name in _TABLES.items()}
    return Protocol(
        area=area,
        disease=stack[0].disease,
        at=at,
        stack=tuple(edition.id for edition in stack),
        authorities={e.id: Authority(e.authority_zh, e.authority_en) for e in stack},
        since=max(edition.begin for edition in stack),
        in_flight="recompute",
        zone=narrowest.zone,
        offsets=offsets(narrowest.zone, at),
        hold=next(iter(built["hold"]), None),
        **tables,
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
