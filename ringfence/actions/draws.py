"""Who is drawn, out of whom? The candidates as known at an instant, and those with the lowest lots."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ringfence.actions.store import Store
from ringfence.areas import is_code
from ringfence.engine.lots import Share, lowest
from ringfence.engine.subtree import holds
from ringfence.engine.swabs import homes
from ringfence.errors import InputError, NotFoundError
from ringfence.tables import Facts, person_text
from ringfence.tables.draws import DRAWN
from ringfence.tables.facts import PERSON

GROUPS = ("occupation", "area", "place")
"""What candidates are chosen by."""


@dataclass(frozen=True)
class Draw:
    """A draw: its name, the seed that was said, and how many."""

    name: str
    seed: str
    share: Share


def read_groups(texts: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """What is asked for, by word, from texts such as "occupation=courier".

    InputError where there is nothing, or one cannot be understood.
    """
    asked: dict[str, tuple[str, ...]] = {}
    for text in texts:
        word, _, value = (part.strip() for part in text.partition("="))
        if word not in GROUPS or not value:
            raise InputError(f'--from "{text}": write {", ".join(f"{one}=…" for one in GROUPS)}')
        if (word == "area" and not is_code(value)) or (word == "place" and not value.isdecimal()):
            raise InputError(f'--from "{text}": write a code such as area=320206 or place=12')
        asked[word] = (*asked.get(word, ()), value)
    if not asked:
        raise InputError("--from says whom to draw from, such as occupation=courier or area=320206")
    return asked


def candidates(store: Store, asked: Mapping[str, tuple[str, ...]], as_of: datetime) -> list[int]:
    """The people of a group by number: any value of a word will do, and every word must hold.

    NotFoundError where there is nobody.
    """
    store.columns.refresh()
    facts = store.columns.snapshot(as_of)
    parts = [_of(word, values, facts) for word, values in asked.items()]
    who = parts[0]
    for part in parts[1:]:
        who = who.semi_join(part, "person")
    people: list[int] = who.distinct().order_by("person").to_pyarrow()["person"].to_pylist()
    if not people:
        words = ", ".join(f"{word}={' '.join(values)}" for word, values in asked.items())
        said = f"; known occupations are {', '.join(PERSON.column('occupation').words)}"
        raise NotFoundError(f"nobody known by then is of {words}{said if 'occupation' in asked else ''}")
    return people


def _of(word: str, values: Sequence[str], facts: Facts) -> ir.Table:
    if word == "occupation":
        person = facts["person"]
        return person.filter(person.occupation.isin(list(values))).select("person")
    if word == "place":
        tie = facts["membership"]
        return tie.filter(tie.place.isin([int(value) for value in values])).select("person")
    home = homes(facts)
    inside = [holds(ibis.literal(value), home.area) for value in values]
    return home.filter(ibis.or_(*inside)).select("person")


def drawn(people: Sequence[int], draw: Draw) -> pa.Table:
    """Those drawn out of some people (`tables.draws.DRAWN`)."""
    rows = [
        {"draw": draw.name, "order": number, "person": person, "lot": lot}
        for number, (lot, person) in enumerate(lowest(people, draw.seed, draw.name, draw.share), 1)
    ]
    return pa.Table.from_pylist(rows, schema=DRAWN.schema)


def compare(rows: pa.Table, file: Path) -> None:
    """Hold a list drawn before, as CSV, against a draw. InputError at the first line that is not the same."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            listed = [row.get("person") or "" for row in csv.DictReader(text)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f'--check "{file}": cannot be read as CSV in UTF-8') from error
    people = [person_text(person) for person in rows["person"].to_pylist()]
    if len(listed) != len(people):
        raise InputError(f"{file}: lists {len(listed)} people; this draw is of {len(people)}")
    for number, (told, right) in enumerate(zip(listed, people, strict=True), 1):
        if told.strip() != right:
            raise InputError(f"{file}, row {number}: is not whom this draw gives, who is {right}")
