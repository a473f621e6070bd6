"""How are the vault's rows written, found and forgotten? Every row under its person, every token with it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from ringfence.errors import IntegrityError
from ringfence.vault.database import IDENTITY, LOOKUP
from ringfence.vault.identity import Identity, plain_name, plain_number, plain_phone
from ringfence.vault.keys import Keys, locked, lookup, unlocked

_ASKED = 10_000  # people one statement asks for; both databases take more

_SPELLINGS: dict[str, Callable[[str], str]] = {
    "name": plain_name,
    "id_number": plain_number,
    "phone": plain_phone,
}


def keep(connection: sa.Connection, keys: Keys, batch: Iterable[tuple[int, Identity]]) -> None:
    """Write the identities that say something new, over what was known of each person."""
    told: dict[int, Identity] = {}
    for person, identity in batch:
        told[person] = identity.over(told[person]) if person in told else identity
    known = stored(connection, keys, sorted(told))
    new: dict[int, Identity] = {}
    for person, identity in told.items():
        before = known.get(person)
        merged = identity if before is None else identity.over(before)
        if merged != before:
            new[person] = merged
    _delete(connection, keys, {person: known[person] for person in new if person in known})
    if new:
        _insert(connection, keys, new)


def stored(connection: sa.Connection, keys: Keys, people: Sequence[int]) -> dict[int, Identity]:
    """The identities of those people who have one. IntegrityError where a row was altered."""
    found: dict[int, Identity] = {}
    for some in _some(people):
        rows = connection.execute(sa.select(IDENTITY).where(IDENTITY.c.person.in_(some)))
        found.update((row.person, unlocked(keys, row.person, row.box)) for row in rows)
    return found


def numbers(connection: sa.Connection) -> npt.NDArray[np.int64]:
    """The people who have a row, by number."""
    wanted = sa.select(IDENTITY.c.person).order_by(IDENTITY.c.person)
    return np.fromiter(connection.execute(wanted).scalars(), np.int64)


def found(connection: sa.Connection, keys: Keys, field: str, text: str) -> list[int]:
    """The people whose field is this text in any spelling, by number; nobody for an empty one."""
    spelled = _SPELLINGS[field](text)
    token = lookup(keys, field, spelled)
    wanted = sa.select(LOOKUP.c.person).where(LOOKUP.c.token == token).order_by(LOOKUP.c.person)
    return list(connection.execute(wanted).scalars()) if spelled else []


def forget(connection: sa.Connection, keys: Keys, people: Sequence[int]) -> None:
    """Delete the rows of people, and what they were found by."""
    _delete(connection, keys, stored(connection, keys, people))


def faults(connection: sa.Connection, keys: Keys) -> Iterator[str]:
    """Every row that does not open for its person."""
    for row in connection.execute(sa.select(IDENTITY).order_by(IDENTITY.c.person)):
        try:
            unlocked(keys, row.person, row.box)
        except IntegrityError:
            yield f"the row of person {row.person} was altered or is another's"


def _insert(connection: sa.Connection, keys: Keys, people: dict[int, Identity]) -> None:
    boxes = [(person, locked(keys, person, who)) for person, who in sorted(people.items())]
    _insert_many(connection, IDENTITY, boxes)
    pairs = [pair for person, who in people.items() for pair in _tokens(keys, person, who)]
    # In order of token: a page of the index is then written once and not once for each row.
    leading = np.array([int.from_bytes(token[:8], "big") for token, _ in pairs], dtype=np.uint64)
    _insert_many(connection, LOOKUP, [pairs[place] for place in np.argsort(leading, kind="stable").tolist()])


def _insert_many(connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, Any]]) -> None:
    """Straight to the driver: SQLAlchemy's own preparing of each row takes longer than all the rest."""
    if rows:
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        names = ", ".join(table.c.keys())
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({mark}, {mark})", list(rows))  # noqa: S608


def _delete(connection: sa.Connection, keys: Keys, people: dict[int, Identity]) -> None:
    tokens = [pair for person, who in people.items() for pair in _tokens(keys, person, who)]
    if tokens:
        one = LOOKUP.delete().where(
            LOOKUP.c.token == sa.bindparam("of_token"), LOOKUP.c.person == sa.bindparam("of_person")
        )
        connection.execute(one, [{"of_token": token, "of_person": person} for token, person in tokens])
    for some in _some(sorted(people)):
        connection.execute(IDENTITY.delete().where(IDENTITY.c.person.in_(some)))


def _tokens(keys: Keys, person: int, who: Identity) -> list[tuple[bytes, int]]:
    fields = (
        ("name", plain_name(who.name)),
        ("id_number", plain_number(who.id_number)),
        ("phone", plain_phone(who.phone)),
    )
    return [(lookup(keys, field, spelled), person) for field, spelled in fields if spelled]


def _some(people: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(people), _ASKED):
        yield people[start : start + _ASKED]
