"""Invented people and files for the tests of the intake, and one way to take a whole file in."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ringfence.intake.area_codes import KnownAreas
from ringfence.intake.cells import Batch
from ringfence.intake.checking import Checker
from ringfence.intake.faults import Reject
from ringfence.intake.headings import Plan, make_plan
from ringfence.intake.mapping import FileMapping, checked_mapping
from ringfence.intake.people import Identity
from ringfence.intake.reading import open_source
from ringfence.intake.times import Clock
from ringfence.intake.values import Context
from ringfence.intake.words import words_for

# GB 11643-1999, table of weights and of check characters, typed out.
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHARACTERS = "10X98765432"

WUXI = KnownAreas(
    frozenset(
        ["32", "3202", "320205", "320206", "320211", "320213", "320206003", "320206003007", "320206003008",
         "320213001", "320213001001"]
    ),
    {"320299001001": "320206003007"},
)  # fmt: skip


def check_character(seventeen: str) -> str:
    total = 0
    for digit, weight in zip(seventeen, WEIGHTS, strict=True):
        total += int(digit) * weight
    return CHARACTERS[total % 11]


def id_number(order: int = 1, birth: str = "19990909", area: str = "320206") -> str:
    """An ID number nobody chose: the order in sequence, everybody born on one day."""
    seventeen = f"{area}{birth}{order:03}"
    return seventeen + check_character(seventeen)


def pseudonyms(kind: str, values: Sequence[str]) -> list[int]:
    """Numbers for people as a vault would give them: the same for the same text, and large."""
    return [
        int.from_bytes(hashlib.blake2b(f"{kind}:{value}".encode(), digest_size=8).digest()) >> 2 | 1 << 40
        for value in values
    ]


@dataclass(frozen=True)
class Taken:
    plan: Plan
    rows: pa.Table
    numbers: list[int]
    digests: list[bytes]
    identities: list[Identity]
    rejects: list[Reject]
    read: int
    repeated: int
    refused: int

    def faults(self) -> list[tuple[int, str, str]]:
        return [(reject.row, reject.column, reject.fault.kind) for reject in self.rejects]


def take(
    path: Path,
    mapping: Mapping[str, object] | None = None,
    known: KnownAreas | None = WUXI,
    table: str = "",
    zone: str = "Asia/Shanghai",
) -> Taken:
    """All of a file, checked."""
    said = checked_mapping(mapping, "mapping.toml") if mapping else FileMapping()
    source = open_source(path, said.options)
    first = next(source.batches)
    plan = make_plan(source.name, first.numbers, first.rows, said, table)
    context = Context(plan.table, Clock(zone, said.date_order), words_for(plan.table, said.values), known)
    checker = Checker(source.name, plan, context, pseudonyms, said.people == "codes")
    below = first.numbers.index(plan.heading_row) + 1
    parts = [checker.check(Batch(first.numbers[below:], first.rows[below:], first.broken))]
    parts += [checker.check(batch) for batch in source.batches]
    return Taken(
        plan,
        pa.concat_tables([part.rows for part in parts]),
        [number for part in parts for number in part.numbers],
        [digest for part in parts for digest in part.digests],
        [said for part in parts for said in part.identities],
        [reject for part in parts for reject in part.rejects],
        sum(part.read for part in parts),
        sum(part.repeated for part in parts),
        sum(part.refused for part in parts),
    )


def csv_file(folder: Path, text: str, name: str = "rows.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path
