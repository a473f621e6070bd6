"""Which results are taken in, corrected or withdrawn, and what is each sender told?"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

import msgspec
import pyarrow as pa

from ringfence import register
from ringfence.actions.devices import Device
from ringfence.actions.tubes import AHEAD, FUTURE, KEY_USED
from ringfence.intake.faults import Fault
from ringfence.intake.sent import AnswerTold, ResultSent, in_utc, told
from ringfence.journal import Group, KeyReceipt, Submission, receipts
from ringfence.tables import Table
from ringfence.tables.facts import RESULT, RETRACTION

_ACTOR = "ringfence serve"
_WITHDRAWN = "withdrawn"

Sent = tuple[Device, ResultSent]


def take_results(group: Group, sent: Sequence[Sent], now: datetime) -> list[AnswerTold]:
    """Take in results in their order, in the caller's transaction; an answer for each."""
    taking = _Taking(group, sent, now)
    for one in sent:
        taking.take(one)
    taking.write()
    return [taking.answer(one) for one in sent]


class _Taking:
    """Results of a group as they are taken in; those not written yet are written together."""

    def __init__(self, group: Group, sent: Sequence[Sent], now: datetime) -> None:
        self._group = group
        self._now = now
        self._receipts = receipts.told(group.connection, [_key(one) for one in sent])
        self._waiting: dict[tuple[str, str], Sent] = {}
        self._refused: dict[int, AnswerTold] = {}

    def take(self, one: Sent) -> None:
        """Take one in, refuse it, or see that it was taken in before."""
        device, said = one
        before = self._receipts.get(_key(one))
        content = before.content if before else b""
        if beside := self._waiting.get(_key(one)):
            content = _content(beside[1])
        if content:
            if content != _content(said):
                self._refuse(said, KEY_USED)
            return
        if fault := _fault(device, said, self._now):
            self._refuse(said, fault)
        elif said.result == _WITHDRAWN:
            self._withdraw(one)
        else:
            self._waiting[_key(one)] = one

    def answer(self, one: Sent) -> AnswerTold:
        """What its sender is told, once everything is written."""
        return self._refused.get(id(one[1])) or AnswerTold(
            one[1].key, "accepted", self._receipts[_key(one)].seq
        )

    def write(self) -> None:
        """Append the results that wait."""
        if self._waiting:
            rows = [_row(one) for one in self._waiting.values()]
            self._append(RESULT, rows, list(self._waiting.values()))
            self._waiting = {}

    def _withdraw(self, one: Sent) -> None:
        said = one[1]
        self.write()  # what it takes back may have come just before
        standing = register.in_force(self._group.connection, said.tube, said.test)
        if standing is None:
            self._refuse(said, _NONE)
        else:
            self._append(RETRACTION, [{"fact": standing.fact, "reason": said.reason.strip()}], [one])

    def _append(self, table: Table, rows: list[dict[str, object]], sent: Sequence[Sent]) -> None:
        whole = [{name: row.get(name) for name in table.schema.names} for row in rows]
        facts = pa.Table.from_pylist(whole, schema=table.schema)
        devices = {device.device for device, _ in sent}
        device = devices.pop() if len(devices) == 1 else ""
        id_ = f"{secrets.token_hex(16)}-{table.name}"
        (kept,) = self._group.append([Submission(id_, table.name, facts, _ACTOR, device)])
        register.keep(self._group.connection, [(table.name, kept.seq, facts)])
        made = [
            KeyReceipt(device.device, said.key, RESULT.name, said.tube, _content(said), kept.seq)
            for device, said in sent
        ]
        receipts.keep(self._group.connection, made)
        self._receipts |= {(receipt.device, receipt.key): receipt for receipt in made}

    def _refuse(self, said: ResultSent, fault: Fault) -> None:
        self._refused[id(said)] = AnswerTold(said.key, "refused", faults=(told(fault),))


def _key(one: Sent) -> tuple[str, str]:
    return one[0].device, one[1].key


def _content(said: ResultSent) -> bytes:
    return hashlib.sha256(b"result\0" + msgspec.json.encode(said)).digest()[:16]


def _fault(device: Device, said: ResultSent, now: datetime) -> Fault | None:
    """What is wrong with a result in itself."""
    reported = in_utc(said.reported_at)
    tested = in_utc(said.tested_at) if said.tested_at else reported
    if reported is None or tested is None or max(reported, tested) > now + AHEAD:
        return FUTURE
    if said.test == "nat" and device.duty != "laboratory":
        return _NOT_A_LABORATORY
    if said.result == _WITHDRAWN and not said.reason.strip():
        return _NO_REASON
    return None


def _row(one: Sent) -> dict[str, object]:
    device, said = one
    cycles = [round(target.ct * 100) for target in said.targets if target.ct is not None]
    shown = [f"{t.target} {'-' if t.ct is None else f'{t.ct:.2f}'}" for t in said.targets]
    return {
        "tube": said.tube,
        "test": said.test,
        "result": said.result,
        # The strictest reading: rules on release ask that every target be above a cycle.
        "ct_x100": min(cycles, default=None),
        "tested_at": in_utc(said.tested_at) if said.tested_at else None,
        "reported_at": in_utc(said.reported_at),
        "laboratory": None if device.place is None else str(device.place),
        "source": "; ".join([f"device {device.device}", *shown]),
    }


_NOT_A_LABORATORY = Fault(
    "not_a_laboratory",
    "核酸结果须由实验室设备报告",
    "a nucleic acid result comes from a laboratory",
    "实验室设备的令牌，或抗原结果",
    "the token of a laboratory's device, or an antigen result",
)
_NO_REASON = Fault(
    "no_reason",
    "撤回须说明原因",
    "a withdrawal says why",
    "填写 reason",
    "a reason",
)
_NONE = Fault(
    "no_result",
    "没有可撤回的结果",
    "there is no result to withdraw",
    "已报告且未撤回的结果",
    "a result that was reported and not withdrawn yet",
)
