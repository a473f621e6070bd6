"""What do the edition files say? TOML files in, editions out; every fault is kept, not the first."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any as Anything
from zoneinfo import ZoneInfo, available_timezones

from ringfence.errors import InputError
from ringfence.protocol.build import TABLES
from ringfence.protocol.rows import Fault, Row
from ringfence.protocol.rules import GRADES

SHIPPED = Path(__file__).parent.parent / "protocols"
SCHEMA = 1
IN_FLIGHT = ("keep", "recompute", "shorter-of")
"""What a change of edition does to people already under a course."""
_SECONDS_PER_DAY = 86_400
_ALWAYS = datetime(1, 1, 1)  # noqa: DTZ001 - instants are naive UTC


@dataclass(frozen=True)
class Edition:
    """One file: a base, or a dated patch on a base, for a disease and an area."""

    id: str
    file: str
    name_zh: str
    name_en: str
    authority_zh: str
    authority_en: str
    disease: str
    area: str
    base: str
    begin: datetime
    end: datetime | None
    zone: str
    in_flight: str
    source: str
    grade: str
    official: bool
    tables: Mapping[str, Sequence[Mapping[str, Anything]]]


def read_editions(*folders: Path) -> tuple[list[Edition], list[Fault]]:
    """Every edition in the folders, and every fault found in reading them."""
    return read_texts(files_in(*folders))


def files_in(*places: Path) -> list[tuple[str, bytes]]:
    """The name and content of every edition file given, or in the folders given; InputError for none."""
    found: list[Path] = []
    for place in places:
        found += sorted(place.glob("*.toml")) if place.is_dir() else [place]
    for path in found:
        if not path.is_file():
            raise InputError(f"{path}: no such file; name an edition, or a folder of them")
    return [(path.name, path.read_bytes()) for path in found]


def edition_of(file: str, content: bytes) -> tuple[str, str]:
    """The id and the disease an edition file gives; InputError where it has none that can be read."""
    faults: list[Fault] = []
    edition = _read(file, content, faults)
    if edition is None or not edition.id:
        raise InputError("\n".join(map(str, faults)))
    return edition.id, edition.disease


def read_texts(files: Iterable[tuple[str, bytes]]) -> tuple[list[Edition], list[Fault]]:
    """Every edition of some files, given as name and content, and every fault found in reading them."""
    editions: list[Edition] = []
    faults: list[Fault] = []
    for file, content in files:
        edition = _read(file, content, faults)
        if edition is not None:
            editions.append(edition)
    seen: dict[str, str] = {}
    for edition in editions:
        other = seen.setdefault(edition.id, edition.file)
        if other != edition.file:
            faults.append(
                Fault(edition.file, "edition.id", f'"{edition.id}" is also that of {other}; rename one')
            )
    return editions, faults


def _read(file: str, content: bytes, faults: list[Fault]) -> Edition | None:
    try:
        data = dict(_parsed(content))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(Fault(file, "file", f"is not TOML in UTF-8: {error}"))
        return None
    if data.pop("schema", None) != SCHEMA:
        faults.append(Fault(file, "schema", f"is missing or not {SCHEMA}; write schema = {SCHEMA}"))
    header = data.pop("edition", None)
    if not isinstance(header, dict):
        faults.append(Fault(file, "edition", "is missing; write an [edition] table"))
        return None
    edition = _edition(Row(file, "edition", header, faults), file, _tables(file, data, faults))
    faults += _unofficial(edition)
    return edition


@lru_cache(maxsize=512)
def _parsed(content: bytes) -> Mapping[str, Anything]:
    """What a file says; read once, for rules are resolved again and again."""
    return tomllib.loads(content.decode("utf-8-sig"))


def _unofficial(edition: Edition) -> list[Fault]:
    """The rules an official edition may not have: remembered ones, and Ringfence's own."""
    return [
        Fault(
            edition.file,
            f"{table}.{row.get('id')}.grade",
            f"is {row.get('grade')} in an edition marked official; source it",
        )
        for table, rows in edition.tables.items()
        for row in rows
        if edition.official and row.get("grade") in ("M", "R")
    ]


def _edition(row: Row, file: str, tables: Mapping[str, Sequence[Mapping[str, Anything]]]) -> Edition:
    zh, en = row.both("name")
    authority_zh, authority_en = row.both("authority")
    edition = Edition(
        id=row.text("id"),
        file=file,
        name_zh=zh,
        name_en=en,
        authority_zh=authority_zh,
        authority_en=authority_en,
        disease=row.text("disease"),
        area=row.text("area"),
        base=row.text("base"),
        begin=_instant(row, "from") or _ALWAYS,
        end=_instant(row, "to"),
        zone=row.choice("tz", _zones()),
        in_flight=row.choice("in_flight", IN_FLIGHT),
        source=row.text("source"),
        grade=row.choice("grade", GRADES),
        official=row.flag("official", False),
        tables=tables,
    )
    row.used.add("note")
    row.done()
    return edition


@cache
def _zones() -> frozenset[str]:
    """Every time zone known here: looked up in the files of the system once."""
    return frozenset(available_timezones())


def _instant(row: Row, key: str) -> datetime | None:
    """An instant with its zone in the file, as naive UTC; only `to` may be absent."""
    row.used.add(key)
    value = row.data.get(key)
    if value is None and key == "to":
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        row.fault(key, "give an instant with a zone, such as 2022-03-31T00:00:00+08:00")
        return None
    return value.astimezone(UTC).replace(tzinfo=None)


def _tables(
    file: str, data: Mapping[str, Anything], faults: list[Fault]
) -> Mapping[str, Sequence[Mapping[str, Anything]]]:
    tables: dict[str, list[Mapping[str, Anything]]] = {}
    for name, rows in data.items():
        if name not in TABLES:
            faults.append(Fault(file, name, f"is not a table; tables are {', '.join(TABLES)}"))
            continue
        if not isinstance(rows, list) or not all(isinstance(row, dict) and row.get("id") for row in rows):
            faults.append(Fault(file, name, f"write [[{name}]] rows, each with an id"))
            continue
        ids = [row["id"] for row in rows]
        for twice in {one for one in ids if ids.count(one) > 1}:
            faults.append(Fault(file, f"{name}.{twice}", "appears twice; remove one"))
        tables[name] = rows
    return tables


def offsets(zone: str, around: datetime, years: int = 3) -> tuple[tuple[datetime, int], ...]:
    """When a zone's distance from UTC changes, and to how many seconds, in the years around an instant.

    The table lets civil days be worked out by any engine without its own idea of time zones.
    """
    info = ZoneInfo(zone)
    first = int(datetime(around.year - years, 1, 1, tzinfo=UTC).timestamp())
    last = int(datetime(around.year + years, 1, 1, tzinfo=UTC).timestamp())
    found = [(_ALWAYS, _offset(info, first))]
    for before in range(first, last, _SECONDS_PER_DAY):
        offset = _offset(info, before + _SECONDS_PER_DAY)
        if offset != found[-1][1]:
            changed = _changed(info, before, before + _SECONDS_PER_DAY)
            found.append((datetime.fromtimestamp(changed, UTC).replace(tzinfo=None), offset))
    return tuple(found)


def _changed(info: ZoneInfo, before: int, after: int) -> int:
    """The first second with the offset of `after`, halving the time between."""
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(info, middle) == _offset(info, after):
            after = middle
        else:
            before = middle
    return after


def _offset(info: ZoneInfo, second: int) -> int:
    moved = datetime.fromtimestamp(second, info).utcoffset()
    return int(moved.total_seconds()) if moved is not None else 0
