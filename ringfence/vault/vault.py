"""The vault itself: keep, find, read with a reason, erase."""

import hmac
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from ringfence.errors import InputError, StoreError
from ringfence.vault import access, database, people
from ringfence.vault.access import Access, Fault
from ringfence.vault.identity import Identity, plain_number
from ringfence.vault.keys import Keys, make, pseudonym, read

_BATCH = 250_000


class Vault:
    """Identities, apart from everything else. Use as a context manager, or close it."""

    def __init__(self, engine: sa.Engine, keys: Keys) -> None:
        """Use `create` or `open`."""
        self._engine = engine
        self._keys = keys

    @classmethod
    def create(cls, path: str | Path, key_file: Path) -> Self:
        """A new vault at a path or URL, under the key in a file: made (0600) where it does not exist.

        The key is kept outside the database and belongs elsewhere than its copies: whoever has both
        has the names, and without the key nobody has. StoreError where there is a vault already.
        """
        engine = database.engine_of(database.url_of(path))
        try:
            keys = make(key_file)
            with database.transaction(engine) as connection:
                database.create(connection, keys.check)
        except StoreError:
            engine.dispose()
            raise
        return cls(engine, keys)

    @classmethod
    def open(cls, path: str | Path, key_file: Path) -> Self:
        """The vault at a path or URL. StoreError where there is none, or the key is another's."""
        url = database.url_of(path)
        if url.drivername == "sqlite" and not Path(url.database or "").is_file():
            raise StoreError(f"{url.database}: there is no vault here; create one first")
        keys = read(key_file)
        engine = database.engine_of(url)
        try:
            with database.transaction(engine) as connection:
                right = database.key_check(connection)
            if not hmac.compare_digest(right, keys.check):
                raise StoreError(f"{key_file}: not the key of this vault")
        except StoreError:
            engine.dispose()
            raise
        return cls(engine, keys)

    def pseudonyms(self, kind: Literal["cn_id", "code"], values: Sequence[str]) -> list[int]:
        """The person numbers made from ID numbers (`cn_id`) or from a sender's own codes (`code`).

        The same text in any spelling gives the same number under the same key, in [2**40, 2**62);
        nothing is stored. InputError names the place (from 0) of an empty one.
        """
        spelled = [plain_number(value) for value in values]
        if "" in spelled:
            raise InputError(f"value {spelled.index('')}: empty; a pseudonym is made from something")
        return [pseudonym(self._keys, kind, value) for value in spelled]

    def keep(self, identities: Iterable[tuple[int, Identity]]) -> None:
        """Keep who people are; what an identity does not know stays as it was. Repeats change nothing.

        Each 250,000 people are durable together.
        """
        remaining = iter(identities)
        while batch := list(islice(remaining, _BATCH)):
            with database.transaction(self._engine) as connection:
                people.keep(connection, self._keys, batch)

    def known(self) -> npt.NDArray[np.int64]:
        """The numbers of everyone the vault knows, in order."""
        with database.transaction(self._engine) as connection:
            return people.numbers(connection)

    def find(
        self, *, id_number: str | None = None, phone: str | None = None, name: str | None = None
    ) -> list[int]:
        """The people with exactly this, in any spelling, by number; InputError unless one is given."""
        given = {"id_number": id_number, "phone": phone, "name": name}
        asked = [(field, text) for field, text in given.items() if text is not None]
        if len(asked) != 1:
            raise InputError("find a person by one of id_number, phone and name")
        with database.transaction(self._engine) as connection:
            return people.found(connection, self._keys, *asked[0])

    def read(self, person: int, *, reader: str, reason: str) -> Identity | None:
        """Who a person is; None where the vault does not know. Recorded, durably, before this returns."""
        with database.transaction(self._engine) as connection:
            access.record(connection, self._keys, "read", person, (reader, reason))
            return people.stored(connection, self._keys, [person]).get(person)

    def readers(self, person: int) -> list[Access]:
        """Who looked at a person, oldest first."""
        with database.transaction(self._engine) as connection:
            return access.lines(connection, person)

    def erase(self, person: int, *, actor: str, reason: str) -> None:
        """Forget who a person is: their number now means nobody. Recorded; the log keeps its lines."""
        with database.transaction(self._engine) as connection:
            access.record(connection, self._keys, "erase", person, (actor, reason))
            people.forget(connection, self._keys, [person])
        database.forget_pages(self._engine)

    def verify(self) -> list[Fault]:
        """Everything altered: lines of the access log, and rows that do not open for their person."""
        found: list[Fault] = []
        with database.transaction(self._engine) as connection:
            found += access.faults(connection, self._keys)
            found += [Fault(0, what) for what in people.faults(connection, self._keys)]
        return found

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
