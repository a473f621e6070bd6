"""What becomes of what devices send? Taken in by groups, durable before anything is answered.

One group is one transaction: its people, tubes and samples as a submission each, and a receipt for each
device's key. What was answered is there after any crash; the same key again gets the same answer.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import sqlalchemy as sa

from ringfence import register
from ringfence.actions import tubes
from ringfence.actions.devices import Device, Devices, exchange
from ringfence.actions.pooling import Sizes
from ringfence.actions.results import take_results
from ringfence.actions.roll import Roll
from ringfence.actions.store import Store
from ringfence.actions.tubes import Read
from ringfence.intake.sent import AnswerTold, AskedFor, PersonSent, ResultSent, TubeSent
from ringfence.journal import Group, KeyReceipt, Submission, receipts
from ringfence.tables import fact_number, person_number
from ringfence.tables.facts import DEVICE, PERSON, SAMPLE, TUBE

_ACTOR = "ringfence serve"
_WAIT = 5.0
"""Seconds a group waits for another process that writes to the journal."""


@dataclass(frozen=True)
class Batch:
    """What one request brought: from whom, and the tubes and results; in place of what cannot be read, its
    refusal."""

    device: Device
    things: Sequence[TubeSent | ResultSent | AnswerTold]


@dataclass(frozen=True)
class LatestTold:
    """What was last said of a tube (`said`), or of a person's last swabs."""

    said: Sequence[register.Said] = ()
    swabs: Sequence[register.Swab] = ()


@dataclass(frozen=True)
class Enrolment:
    """A code that a device was shown, to be exchanged for a token."""

    code: str


class Door:
    """Takes in what devices send. One thread at a time, in one process for each store."""

    def __init__(self, store: Store) -> None:
        """Reads who is known; takes seconds for a city."""
        self._store = store
        register.prepare(store.journal)
        self._recent = register.Recent()
        store.columns.refresh()
        self._mark = store.journal.head()[0]
        people = store.columns.snapshot(datetime.max)["person"].select("person").to_pyarrow()  # noqa: DTZ901
        self._registered = Roll(people["person"].to_numpy())
        self._identified = Roll(store.vault.known())
        self.devices = Devices()
        self.sizes = Sizes()
        self._told: list[int] = []
        self._swabs: tuple[int, pa.Table] | None = None
        for entry in store.journal.entries(kind=DEVICE.name):
            self.devices.follow(entry.table().to_pylist(), entry.recorded_at)

    def follow(self) -> None:
        """Take in what other processes told the journal: devices above all, revoked ones among them."""
        self._follow(self._store.journal.head()[0])

    def _follow(self, head: int) -> None:
        if head == self._mark:
            return
        for entry in self._store.journal.entries(self._mark, DEVICE.name):
            self.devices.follow(entry.table().to_pylist(), entry.recorded_at)
        for entry in self._store.journal.entries(self._mark, PERSON.name):
            self._registered.add(entry.table()["person"].to_numpy())
        self._mark = head

    def enrol(self, shown: Enrolment) -> tuple[str, Device] | None:
        """The token for a code that was shown, and the device; None where the code is no good."""
        with self._store.journal.group(wait=_WAIT, share=True) as group:
            self._follow(group.head())
            device = self.devices.offered(shown.code, _now())
            made = exchange(group, device) if device else None
        self.follow()
        return made

    def latest(self, asked: AskedFor) -> LatestTold | None:
        """What was last said of a person's swabs or of a tube; None where neither is named. Any thread."""
        person = person_number(asked.person)
        with self._store.journal.reading() as connection:
            if person is not None:
                return LatestTold(swabs=register.said_of_person(connection, person, self._recent))
            return LatestTold(said=register.said_of_tube(connection, asked.tube)) if asked.tube else None

    def take(self, batches: Sequence[Batch]) -> list[list[AnswerTold]]:
        """Take in a group; an answer for each thing of each batch, once they are durable.

        StoreError where nothing of the group could be kept.
        """
        sent = [(b.device, one) for b in batches for one in b.things if isinstance(one, TubeSent)]
        said = [(b.device, one) for b in batches for one in b.things if isinstance(one, ResultSent)]
        read = tubes.read_all(sent, self._store.vault.pseudonyms)
        self._told, self._swabs = [], None
        with self._store.journal.group(wait=_WAIT, share=True) as group:
            self._follow(group.head())
            register.follow(group.connection, self._store.journal, group.head(), self._recent)
            of_tubes = iter(self._taken(group, read))
            of_results = iter(take_results(group, said, _now()) if said else ())
            head = group.head()
        self._durable()
        self._mark = head
        return [
            [
                next(of_tubes) if isinstance(one, TubeSent)
                else next(of_results) if isinstance(one, ResultSent)
                else one
                for one in batch.things
            ]
            for batch in batches
        ]  # fmt: skip

    def _durable(self) -> None:
        """Know whom and what the group told of, now that it is in the journal for good."""
        self._registered.add(np.array(self._told, np.int64))
        if self._swabs is not None:
            seq, rows = self._swabs
            self._recent.add(rows, fact_number(seq, 0) + np.arange(rows.num_rows))

    def _taken(self, group: Group, read: Sequence[Read]) -> list[AnswerTold]:
        """An answer for each tube; those taken in are appended with their receipts."""
        judged = _Judged(group.connection, read, self.sizes)
        answers = [judged.answer(one) for one in read]
        if not judged.accepted:
            return [answer for answer in answers if answer]
        seq = self._append(group, judged.accepted)
        receipts.keep(group.connection, [_receipt(one, seq) for one in judged.accepted])
        return [
            answer or AnswerTold(one.sent.key, "accepted", seq)
            for one, answer in zip(read, answers, strict=True)
        ]

    def _append(self, group: Group, accepted: Sequence[Read]) -> int:
        """The number of the submission of samples."""
        name = secrets.token_hex(16)
        tube, sample = tubes.facts(accepted)
        sent = [
            Submission(f"{name}-{TUBE.name}", TUBE.name, tube, _ACTOR),
            Submission(f"{name}-{SAMPLE.name}", SAMPLE.name, sample, _ACTOR),
        ]
        strangers = self._strangers(accepted, sample["person"].to_numpy())
        if strangers:
            rows = tubes.person_facts(strangers)
            sent.insert(0, Submission(f"{name}-{PERSON.name}", PERSON.name, rows, _ACTOR))
        kept = group.append(sent)
        rows = [(one.kind, receipt.seq, one.rows) for one, receipt in zip(sent, kept, strict=True)]
        register.keep(group.connection, rows)
        self._swabs = (kept[-1].seq, sample)
        self._told = [person for person, _, _ in strangers]
        return kept[-1].seq

    def _strangers(self, accepted: Sequence[Read], people: np.ndarray) -> list[tuple[int, str, str]]:
        """Who is new by ID number, with the number and who told; who they are is in the vault by now."""
        new, nameless = self._registered.strangers(people), self._identified.strangers(people)
        if not new and not nameless:
            return []
        seen: dict[int, tuple[PersonSent, str]] = {}
        for one in accepted:
            seen |= {number: (person, f"device {one.device.device}") for number, person in one.seen.items()}
        said = [number for number in nameless if number in seen]
        self._store.vault.keep((number, tubes.identity(seen[number][0])) for number in said)
        self._identified.add(np.array(said, np.int64))
        return [(number, seen[number][0].id_number, seen[number][1]) for number in new if number in seen]


class _Judged:
    """What becomes of each tube of a group, in order: earlier ones of the same group count."""

    def __init__(self, connection: sa.Connection, read: Sequence[Read], sizes: Sizes) -> None:
        self._now = _now()
        self._sizes = sizes
        self._others = sizes.among([person for one in read for person in one.people])
        self._before = receipts.told(connection, [one.key for one in read])
        self._used = receipts.subjects(connection, TUBE.name, [one.sent.tube for one in read])
        self._now_sent: dict[tuple[str, str], Read] = {}
        self.accepted: list[Read] = []

    def answer(self, one: Read) -> AnswerTold | None:
        """Its answer; None for one that is taken in, or repeats one that is."""
        key = one.sent.key
        before, beside = self._before.get(one.key), self._now_sent.get(one.key)
        if before or beside:
            content = before.content if before else beside.content if beside else b""
            if one.content != content:
                return AnswerTold(key, "refused", faults=(tubes.told(tubes.KEY_USED),))
            return AnswerTold(key, "accepted", before.seq) if before else None
        tubes.check(one, self._now, self._sizes, self._others)
        if one.sent.tube in self._used:
            return tubes.refusal(one, tubes.TUBE_USED)
        if one.faults:
            return tubes.refusal(one)
        self._now_sent[one.key] = one
        self._used.add(one.sent.tube)
        self.accepted.append(one)
        return None


def _receipt(one: Read, seq: int) -> KeyReceipt:
    return KeyReceipt(one.device.device, one.sent.key, TUBE.name, one.sent.tube, one.content, seq)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
