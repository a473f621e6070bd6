"""Which devices may send what? Offered a code shown once, enrolled with it, revoked: each a fact."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from ringfence.actions.store import Store
from ringfence.errors import InputError, NotFoundError
from ringfence.journal import Group, Submission
from ringfence.tables.facts import DEVICE

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without the letters that are read as digits
_CODE_LETTERS = 12
_TOKEN_BYTES = 32
_ID_BYTES = 5
WAIT = 30.0
"""Seconds to wait for the front door, which appends beside us."""


@dataclass(frozen=True)
class Device:
    """A device as last told of. `secret` is a digest: the code and the token are kept nowhere."""

    device: str
    state: str
    duty: str
    place: int | None
    round: str | None
    secret: str
    until: datetime | None
    reason: str | None
    told_at: datetime


@dataclass(frozen=True)
class Offer:
    """What a device may be enrolled for, and how long its code may be used."""

    duty: str
    place: int | None
    round: str | None
    minutes: int


class Devices:
    """The devices of a journal, by id: as they were told of up to some submission."""

    def __init__(self) -> None:
        """Knows none yet; `follow` tells it."""
        self.by_id: dict[str, Device] = {}

    def follow(self, rows: Iterable[dict[str, Any]], recorded_at: datetime) -> None:
        """Take in the rows of a submission of devices."""
        for row in rows:
            self.by_id[row["device"]] = Device(**{**row, "secret": row["secret"] or ""}, told_at=recorded_at)

    def holder(self, token: str) -> Device | None:
        """The enrolled device whose token this is."""
        device = self.by_id.get(token.partition(".")[0])
        right = hmac.compare_digest(digest(token), device.secret if device else "")
        return device if right and device and device.state == "enrolled" else None

    def offered(self, code: str, now: datetime) -> Device | None:
        """The device that a code was shown for, while it may be used."""
        asked = digest(plain_code(code))
        for device in self.by_id.values():
            if device.state == "offered" and hmac.compare_digest(asked, device.secret):
                return device if device.until and now < device.until else None
        return None


def read_devices(store: Store) -> Devices:
    """The devices the journal tells of now."""
    devices = Devices()
    for entry in store.journal.entries(kind=DEVICE.name):
        devices.follow(entry.table().to_pylist(), entry.recorded_at)
    return devices


def offer(store: Store, asked: Offer, actor: str) -> tuple[str, str]:
    """Offer a device a place; its id, and the code to show once."""
    if asked.duty == "sampling" and (asked.place is None or not asked.round):
        raise InputError("a device that samples stands at a point and works for a round; name both")
    if asked.minutes < 1:
        raise InputError(f"{asked.minutes} minutes; a code can be used for at least 1")
    device = f"D{secrets.token_hex(_ID_BYTES)}"
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LETTERS))
    until = _now() + timedelta(minutes=asked.minutes)
    said = Device(device, "offered", asked.duty, asked.place, asked.round, digest(code), until, None, _now())
    with store.journal.group(wait=WAIT) as group:
        group.append([_submission(said, actor)])
    return device, "-".join(code[start : start + 4] for start in range(0, _CODE_LETTERS, 4))


def exchange(group: Group, device: Device) -> tuple[str, Device]:
    """Enrol a device that showed its code: its token, kept nowhere but there, and what is now told of it."""
    token = f"{device.device}.{secrets.token_urlsafe(_TOKEN_BYTES)}"
    said = replace(device, state="enrolled", secret=digest(token), until=None)
    group.append([_submission(said, f"device {device.device}")])
    return token, said


def revoke(store: Store, device: str, reason: str, actor: str) -> Device:
    """Let a device send nothing any more. NotFoundError where there is none; nothing where it is revoked."""
    known = read_devices(store).by_id.get(device)
    if known is None:
        raise NotFoundError(f"{device}: no such device; ringfence device list shows them")
    if known.state == "revoked":
        return known
    said = replace(known, state="revoked", secret="", until=None, reason=reason or None)
    with store.journal.group(wait=WAIT) as group:
        group.append([_submission(said, actor)])
    return said


def plain_code(text: str) -> str:
    """A code in one spelling, as people read and type it.

    >>> plain_code(" 1o2l-abcd ")
    '1021ABCD'
    """
    return "".join(text.upper().replace("-", "").split()).translate(str.maketrans("OIL", "011"))


def digest(secret: str) -> str:
    """SHA-256 of a code or a token, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _submission(said: Device, actor: str) -> Submission:
    row = {name: getattr(said, name) for name in DEVICE.schema.names}
    row["secret"] = said.secret or None
    rows = pa.Table.from_pylist([row], schema=DEVICE.schema)
    return Submission(f"device-{secrets.token_hex(16)}", DEVICE.name, rows, actor)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
