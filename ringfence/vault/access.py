"""Who looked at a person, when and why? A log under a key, each line bound to the one before."""

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from ringfence.errors import InputError
from ringfence.vault.database import ACCESS
from ringfence.vault.keys import Keys

_GENESIS = "0" * 64
_LONGEST = 500


@dataclass(frozen=True)
class Access:
    """One look at (or erasure of) a person. `at` is UTC; `act` is read or erase."""

    seq: int
    at: datetime
    person: int
    act: str
    actor: str
    reason: str


@dataclass(frozen=True)
class Fault:
    """Something of the vault that does not verify: line of the access log (0: a person's row), and what."""

    seq: int
    what: str


def record(connection: sa.Connection, keys: Keys, act: str, person: int, by: tuple[str, str]) -> None:
    """Add a line, in the caller's transaction; `by` is the actor and their reason, both needed."""
    actor, reason = (text.strip() for text in by)
    for name, text in (("actor", actor), ("reason", reason)):
        if not text or len(text) > _LONGEST or not text.isprintable():
            raise InputError(f"to {act} a person, say the {name}: 1 to {_LONGEST} printable characters")
    last = connection.execute(sa.select(ACCESS).order_by(ACCESS.c.seq.desc()).limit(1)).one_or_none()
    seq, previous = (last.seq, last.digest) if last else (0, _GENESIS)
    line = Access(seq + 1, datetime.now(UTC).replace(tzinfo=None), person, act, actor, reason)
    connection.execute(
        ACCESS.insert().values(
            seq=line.seq,
            at=line.at,
            person=person,
            act=act,
            actor=actor,
            reason=reason,
            digest=_digest(keys, previous, line),
        )
    )


def lines(connection: sa.Connection, person: int) -> list[Access]:
    """The lines about a person, oldest first."""
    found = connection.execute(sa.select(ACCESS).where(ACCESS.c.person == person).order_by(ACCESS.c.seq))
    return [_line(row) for row in found]


def faults(connection: sa.Connection, keys: Keys) -> Iterator[Fault]:
    """Every line that does not verify."""
    seq, previous = 0, _GENESIS
    for row in connection.execute(sa.select(ACCESS).order_by(ACCESS.c.seq)):
        if row.seq != seq + 1:
            yield Fault(row.seq, f"lines {seq + 1} to {row.seq - 1} of the access log are missing")
        elif not hmac.compare_digest(row.digest, _digest(keys, previous, _line(row))):
            yield Fault(row.seq, "a line of the access log was altered")
        seq, previous = row.seq, row.digest


def _line(row: sa.Row[tuple[int, datetime, int, str, str, str, str]]) -> Access:
    return Access(row.seq, row.at, row.person, row.act, row.actor, row.reason)


def _digest(keys: Keys, previous: str, line: Access) -> str:
    """Keyed, so that nobody without the vault's key can write a log that verifies."""
    at = line.at.isoformat(timespec="microseconds")
    fields = [previous, line.seq, at, line.person, line.act, line.actor, line.reason]
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return hmac.digest(keys.access, text.encode(), "sha256").hex()
