"""What does a device send to the front door, and what is it told?"""

import re
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeVar

import msgspec

from ringfence.intake.faults import Fault, not_a

MOST_SWABS = 50
MOST_TUBES = 500
MOST_RESULTS = 5_000
"""In one batch."""
_Code = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z._:-]{0,63}$")]
_Text = Annotated[str, msgspec.Meta(max_length=200)]
_Instant = Annotated[datetime, msgspec.Meta(tz=True)]

_WHERE = re.compile(r" - at `\$([A-Za-z_.\[\]0-9]*)`$")


class PersonSent(msgspec.Struct, frozen=True):
    """A person in a tube: by our pseudonym (P…), or by ID number with name and telephone where asked."""

    person: _Text = ""
    id_number: _Text = ""
    name: _Text = ""
    phone: _Text = ""

    def __repr__(self) -> str:
        # What a traceback or a debugger would show.
        return "PersonSent(…)"


class TubeSent(msgspec.Struct, frozen=True):
    """A tube with its people, under a key the device gives it once."""

    key: _Code
    tube: _Code
    pool: Annotated[int, msgspec.Meta(ge=1, le=MOST_SWABS)]
    sampled_at: _Instant
    people: Annotated[list[PersonSent], msgspec.Meta(min_length=1, max_length=2 * MOST_SWABS)]
    test: Literal["nat", "antigen"] = "nat"


class TubesSent(msgspec.Struct, frozen=True):
    """A batch of tubes."""

    tubes: Annotated[list[TubeSent], msgspec.Meta(min_length=1, max_length=MOST_TUBES)]


class TargetSent(msgspec.Struct, frozen=True):
    """A gene a nucleic acid test looked for, and in which cycle it showed; absent where it did not."""

    target: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z/-]{1,16}$")]
    ct: Annotated[float, msgspec.Meta(ge=0, le=100)] | None = None


class ResultSent(msgspec.Struct, frozen=True):
    """What a test said of a tube; a later one takes an earlier one's place, and "withdrawn" takes it back."""

    key: _Code
    tube: _Code
    result: Literal["negative", "positive", "grey", "invalid", "withdrawn"]
    reported_at: _Instant
    test: Literal["nat", "antigen"] = "nat"
    targets: Annotated[list[TargetSent], msgspec.Meta(max_length=8)] = []
    tested_at: _Instant | None = None
    reason: _Text = ""


class ResultsSent(msgspec.Struct, frozen=True):
    """A batch of results."""

    results: Annotated[list[ResultSent], msgspec.Meta(min_length=1, max_length=MOST_RESULTS)]


class AskedFor(msgspec.Struct, frozen=True):
    """Whose results are asked for: a person's, by our pseudonym (P…), or a tube's."""

    person: _Text = ""
    tube: _Text = ""


class FaultTold(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing wrong, in both languages; `person` is a place in the tube's list of people, from 0."""

    kind: str
    zh: str
    en: str
    right_zh: str
    right_en: str
    rule: str = ""
    person: int | None = None


class AnswerTold(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one thing sent: the submission it is kept in, or why it is refused."""

    key: str
    status: Literal["accepted", "refused"]
    submission: int = 0
    faults: tuple[FaultTold, ...] = ()


class AnswersTold(msgspec.Struct, frozen=True):
    """An answer for each thing of a batch, in its order."""

    answers: list[AnswerTold]


class _RawTubes(msgspec.Struct, frozen=True):
    tubes: Annotated[list[msgspec.Raw], msgspec.Meta(min_length=1, max_length=MOST_TUBES)]


class _RawResults(msgspec.Struct, frozen=True):
    results: Annotated[list[msgspec.Raw], msgspec.Meta(min_length=1, max_length=MOST_RESULTS)]


_Sent = TypeVar("_Sent")


class _Keyed(msgspec.Struct, frozen=True):
    key: _Code


_tubes = msgspec.json.Decoder(TubesSent)
_results = msgspec.json.Decoder(ResultsSent)
_raw_tubes = msgspec.json.Decoder(_RawTubes)
_raw_results = msgspec.json.Decoder(_RawResults)
_tube = msgspec.json.Decoder(TubeSent)
_result = msgspec.json.Decoder(ResultSent)
_keyed = msgspec.json.Decoder(_Keyed)


def told(fault: Fault, rule: str = "", person: int | None = None) -> FaultTold:
    """A fault as a device is told it."""
    return FaultTold(fault.kind, fault.zh, fault.en, fault.right_zh, fault.right_en, rule, person)


def read_tubes(body: bytes) -> list[TubeSent | AnswerTold]:
    """The tubes of a batch; in place of one that cannot be read, its refusal.

    Raises msgspec.DecodeError where the batch itself cannot be read.
    """
    try:
        return list(_tubes.decode(body).tubes)
    except msgspec.ValidationError:
        return [_read(_tube, bytes(one)) for one in _raw_tubes.decode(body).tubes]


def read_results(body: bytes) -> list[ResultSent | AnswerTold]:
    """The results of a batch, as `read_tubes`."""
    try:
        return list(_results.decode(body).results)
    except msgspec.ValidationError:
        return [_read(_result, bytes(one)) for one in _raw_results.decode(body).results]


def _read(decoder: msgspec.json.Decoder[_Sent], one: bytes) -> _Sent | AnswerTold:
    try:
        return decoder.decode(one)
    except msgspec.ValidationError as error:
        return AnswerTold(_key(one), "refused", faults=(told(_unreadable(error)),))


def _key(one: bytes) -> str:
    try:
        return _keyed.decode(one).key
    except msgspec.ValidationError:
        return ""


def _unreadable(error: msgspec.ValidationError) -> Fault:
    """Which field cannot be read. What the library says may quote the value, and so is not repeated."""
    found = _WHERE.search(str(error))
    field = found[1].strip(".") if found else ""
    return not_a(
        f"unreadable:{field}" if field else "unreadable",
        f"可识别的内容({field or '缺少字段'})",
        f"readable: {field or 'a field is missing'}",
        "见接口说明 /docs",
        "see the description of the interface, /docs",
    )


def in_utc(instant: datetime) -> datetime | None:
    """An instant as UTC without a zone mark; None where it lies outside the calendar."""
    try:
        return instant.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return None
