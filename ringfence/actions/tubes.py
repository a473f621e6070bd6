"""Which tubes of many devices are taken in, and as what facts? Checked together, refused one by one."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from ringfence.actions.devices import Device
from ringfence.actions.pooling import Apart, Sizes
from ringfence.intake.faults import Fault
from ringfence.intake.id_columns import read_id_numbers
from ringfence.intake.id_numbers import birth_year, sex
from ringfence.intake.people import NOT_THE_SAME, Pseudonyms, read_name, read_telephone
from ringfence.intake.sent import AnswerTold, FaultTold, PersonSent, TubeSent, in_utc, told
from ringfence.tables import person_number
from ringfence.tables.facts import PERSON, SAMPLE, TUBE
from ringfence.vault import Identity

AHEAD = timedelta(minutes=5)
"""How far a device's clock may run before ours without its samples being refused."""


@dataclass(slots=True)
class Read:
    """A tube as read: who is in it by number, when it was filled (UTC), what is wrong, and its digest."""

    device: Device
    sent: TubeSent
    people: list[int] = field(default_factory=list[int])
    at: datetime | None = None
    faults: list[FaultTold] = field(default_factory=list[FaultTold])
    content: bytes = b""
    seen: dict[int, PersonSent] = field(default_factory=dict[int, PersonSent])

    @property
    def key(self) -> tuple[str, str]:
        """The device and its key."""
        return self.device.device, self.sent.key


def read_all(tubes: Sequence[tuple[Device, TubeSent]], pseudonyms: Pseudonyms) -> list[Read]:
    """The tubes with their people's numbers; all ID numbers are read together."""
    texts = [person.id_number for _, tube in tubes for person in tube.people if person.id_number]
    numbers = read_id_numbers(texts)
    right = [number for number in numbers if isinstance(number, str)]
    made = iter(pseudonyms("cn_id", right))
    people = iter([number if isinstance(number, Fault) else next(made) for number in numbers])
    read: list[Read] = []
    for device, tube in tubes:
        one = Read(device, tube, at=in_utc(tube.sampled_at))
        for place, person in enumerate(tube.people):
            found = next(people) if person.id_number else _coded(person)
            if person.id_number and person.person and person_number(person.person) != found:
                found = found if isinstance(found, Fault) else NOT_THE_SAME
            if isinstance(found, Fault):
                one.faults.append(told(found, person=place))
                continue
            one.people.append(found)
            if person.id_number:
                one.seen[found] = person
        one.content = _content(one)
        read.append(one)
    return read


def _coded(person: PersonSent) -> int | Fault:
    number = person_number(person.person)
    return _NOBODY if number is None else number


def _content(one: Read) -> bytes:
    """A digest of what a tube says, whatever the order or the spelling; of numbers, never of identities."""
    sent = one.sent
    said = f"{sent.tube}\0{sent.pool}\0{sent.test}\0{one.at}\0{sorted(one.people)}\0{len(sent.people)}"
    return hashlib.sha256(said.encode()).digest()[:16]


def check(one: Read, now: datetime, sizes: Sizes, others: Mapping[int, Apart]) -> None:
    """Add to a tube's faults what is wrong with it beside its people's names."""
    sent, people, faults = one.sent, one.people, one.faults
    if one.at is None or one.at > now + AHEAD:
        faults.append(told(FUTURE))
    if len(sent.people) > sent.pool:
        faults.append(told(_too_many(len(sent.people), sent.pool)))
    if sent.test == "antigen" and sent.pool > 1:
        faults.append(told(_ANTIGEN))
    if len(set(people)) < len(people):
        faults += [told(_TWICE, person=place) for place in _repeats(people)]
    elif not faults:
        faults += sizes.faults(sent.pool, people, others)


def _repeats(people: Sequence[int]) -> list[int]:
    return [place for place, person in enumerate(people) if person in people[:place]]


def refusal(one: Read, *more: Fault) -> AnswerTold:
    """What a device is told of a tube that is not taken in."""
    faults = (*one.faults, *(told(fault) for fault in more))
    return AnswerTold(one.sent.key, "refused", faults=faults)


def facts(tubes: Sequence[Read]) -> tuple[pa.Table, pa.Table]:
    """The tubes taken in and the samples in them, as rows of their tables."""
    source = pa.array([f"device {one.device.device}" for one in tubes], pa.string())
    codes = pa.array([one.sent.tube for one in tubes], pa.string())
    # How often each tube's values are repeated beside its people.
    rows = np.repeat(np.arange(len(tubes)), [len(one.people) for one in tubes])
    instants = pa.array([one.at for one in tubes], pa.timestamp("us"))
    tube = {
        "tube": codes,
        "pool": pa.array([one.sent.pool for one in tubes], pa.int32()),
        "round": pa.array([one.device.round for one in tubes], pa.string()),
        "place": pa.array([one.device.place for one in tubes], pa.int64()),
        "source": source,
    }
    sample = {
        "tube": codes.take(rows),
        "person": pa.array(np.fromiter((p for one in tubes for p in one.people), np.int64, len(rows))),
        "sampled_at": instants.take(rows),
        "source": source.take(rows),
    }
    return _table(TUBE.schema, tube, len(tubes)), _table(SAMPLE.schema, sample, len(rows))


def person_facts(people: Sequence[tuple[int, str, str]]) -> pa.Table:
    """People nobody had told of, from their number, checked ID number and source."""
    columns = {
        "person": pa.array([number for number, _, _ in people], pa.int64()),
        "birth_year": pa.array([birth_year(said) for _, said, _ in people], pa.int32()),
        "sex": pa.array([sex(said) for _, said, _ in people], pa.string()),
        "source": pa.array([source for _, _, source in people], pa.string()),
    }
    return _table(PERSON.schema, columns, len(people))


def identity(person: PersonSent) -> Identity:
    """Who a person says they are; a name or telephone that cannot be read is left out."""
    name, phone = read_name(person.name), read_telephone(person.phone)
    return Identity(
        name if isinstance(name, str) else "", person.id_number, phone if isinstance(phone, str) else ""
    )


def _table(schema: pa.Schema, columns: dict[str, pa.Array], rows: int) -> pa.Table:
    arrays = [columns[f.name] if f.name in columns else pa.nulls(rows, f.type) for f in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


_NOBODY = Fault(
    "nobody",
    "没有可用的人员编号或身份证号",
    "neither a person's code (P…) nor an ID number",
    "P… 编号，或18位身份证号",
    "a code such as P123, or an ID number",
)
FUTURE = Fault(
    "future",
    "采样时间晚于现在",
    "sampled in the future",
    "校准设备时钟",
    "a device whose clock is right",
)
_ANTIGEN = Fault(
    "antigen_pool",
    "抗原检测不混采",
    "an antigen test is never pooled",
    "一人一份，pool 为 1",
    "one person a kit, pool 1",
)
_TWICE = Fault(
    "scanned_twice",
    "同一人在本管内扫了两次",
    "the same person twice in this tube",
    "每人一次",
    "each person once",
)
TUBE_USED = Fault(
    "tube_used",
    "此管码已登记过",
    "this tube was registered before",
    "换一支新管，或用首次的 key 重发",
    "a new tube; or the first key again to repeat what was sent",
)
KEY_USED = Fault(
    "key_used",
    "此 key 已用于不同内容",
    "this key was used for something else",
    "每管一个新的 key",
    "a key of its own for each thing sent",
)


def _too_many(found: int, pool: int) -> Fault:
    return Fault(
        "too_many",
        f"管内{found}人，超过{pool}人",
        f"{found} people in a tube for {pool}",
        f"至多{pool}人",
        f"at most {pool}",
    )
