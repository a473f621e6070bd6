"""What did the front door answer a device's key before? One receipt a key, beside the submission it names."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from ringfence.journal.database import insert_columns
from ringfence.journal.schema import RECEIPT

_ASKED = 500  # keys or subjects one statement asks for


@dataclass(frozen=True, slots=True)
class KeyReceipt:
    """What a device sent under a key (`content` is its digest), about what, and the submission it is in."""

    device: str
    key: str
    kind: str
    subject: str
    content: bytes
    seq: int


def told(connection: sa.Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], KeyReceipt]:
    """The receipts of those (device, key) that have one."""
    by_device: dict[str, list[str]] = {}
    for device, key in keys:
        by_device.setdefault(device, []).append(key)
    found: dict[tuple[str, str], KeyReceipt] = {}
    for device, its in by_device.items():
        for start in range(0, len(its), _ASKED):
            wanted = sa.select(RECEIPT).where(
                RECEIPT.c.device == device, RECEIPT.c.key.in_(its[start : start + _ASKED])
            )
            for row in connection.execute(wanted):
                found[device, row.key] = KeyReceipt(*row)
    return found


def subjects(connection: sa.Connection, kind: str, asked: Sequence[str]) -> set[str]:
    """Which of these subjects some receipt of a kind is about."""
    found: set[str] = set()
    for start in range(0, len(asked), _ASKED):
        wanted = sa.select(RECEIPT.c.subject).where(
            RECEIPT.c.kind == kind, RECEIPT.c.subject.in_(asked[start : start + _ASKED])
        )
        found.update(connection.execute(wanted).scalars())
    return found


def keep(connection: sa.Connection, receipts: Sequence[KeyReceipt]) -> None:
    """Write receipts, in the transaction of the submissions they name."""
    columns = [[getattr(receipt, column.name) for receipt in receipts] for column in RECEIPT.c]
    insert_columns(connection, RECEIPT, columns)
