"""Who may send what, and what are they told? The requests of devices, from HTTP to the line and back."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from ringfence.actions.devices import Device
from ringfence.actions.door import Batch, Door, Enrolment
from ringfence.actions.pooling import Sizes
from ringfence.errors import FullError, StoreError
from ringfence.intake.sent import AnswersTold, AnswerTold, AskedFor, ResultSent, TubeSent
from ringfence.web.answers import (
    MOST_BYTES,
    Answer,
    GoneError,
    Receive,
    Scope,
    Send,
    TooLargeError,
    body_of,
    header,
    later,
    problem,
)
from ringfence.web.sizes import follow_sizes
from ringfence.web.waiting import Limits, Line

Read = Callable[[bytes], Sequence[TubeSent | ResultSent | AnswerTold]]


class Front:
    """What every request of a device needs: the devices, and the line before the door."""

    def __init__(self, door: Door, store: Path, limits: Limits) -> None:
        """Use `opened` on the loop that serves."""
        self.door = door
        self.limits = limits
        self.line = Line(door, limits)
        self._store = store

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[None]:
        """While requests may come; what waits at the end is still written."""
        following = await follow_sizes(self._store, self.limits.sizes_every, self._size)
        self.line.start()
        try:
            yield
        finally:
            following.cancel()
            await asyncio.to_thread(self.line.end)

    def _size(self, sizes: Sizes) -> None:
        self.door.sizes = sizes

    def device(self, scope: Scope, duties: Sequence[str]) -> Device | Answer:
        """The device whose token a request bears, where one of these duties is its own."""
        kind, _, token = header(scope, b"authorization").partition(" ")
        device = self.door.devices.holder(token) if kind.lower() == "bearer" else None
        if device is None:
            return problem(
                401, "设备未登记或已注销", "no device that is enrolled, or one that was revoked",
                (b"www-authenticate", b"Bearer"),
            )  # fmt: skip
        if device.duty not in duties:
            return problem(403, "该设备无此用途", "this device may not do that")
        return device

    def full(self, device: str) -> Answer:
        """What is told where the line is full."""
        return later(self.line.length, self.limits.line, device)


class End:
    """An address as an ASGI application."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            answer = await self.answer(scope, receive)
        except GoneError:
            return
        except TooLargeError:
            answer = problem(
                413, f"请求超过{MOST_BYTES}字节", f"more than {MOST_BYTES} bytes; send fewer at once"
            )
        except msgspec.DecodeError:
            answer = problem(400, "无法识别的请求，见 /docs", "this request cannot be read; see /docs")
        await answer.write(send)

    async def answer(self, scope: Scope, receive: Receive) -> Answer:
        """What is answered. Raises TooLargeError, GoneError, msgspec.DecodeError."""
        raise NotImplementedError


class Taking(End):
    """Where batches are sent: thousands a second come through here."""

    def __init__(self, front: Front, duties: Sequence[str], read: Read) -> None:
        self._front = front
        self._duties = duties
        self._read = read

    async def answer(self, scope: Scope, receive: Receive) -> Answer:
        """What became of each thing in the batch."""
        device = self._front.device(scope, self._duties)
        if isinstance(device, Answer):
            return device
        things = self._read(await body_of(receive))
        size = sum(len(one.people) if isinstance(one, TubeSent) else 1 for one in things)
        waiting = self._front.line.offer(Batch(device, things), size)
        if waiting is None:
            return self._front.full(device.device)
        told = await waiting
        return Answer(200, AnswersTold(told)) if isinstance(told, list) else stopped(told)


class Asking(End):
    """Where results are asked for. Sent away first where the line is long: asking again loses nothing."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._threads = ThreadPoolExecutor(2, "asking")

    async def answer(self, scope: Scope, receive: Receive) -> Answer:
        """What was last said of a tube, or of a person's swabs."""
        device = self._front.device(scope, ("laboratory", "enquiry"))
        if isinstance(device, Answer):
            return device
        asked = msgspec.json.decode(await body_of(receive), type=AskedFor)
        if self._front.line.busy:
            return self._front.full(device.device)
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, self._front.door.latest, asked)
        except StoreError as error:
            return stopped(error)
        if found is None:
            return problem(400, "请给出 person(P…)或 tube", "name a person (P…) or a tube")
        return Answer(200, found)


class CodeSent(msgspec.Struct, frozen=True):
    """The code a device was shown."""

    code: str


class TokenTold(msgspec.Struct, frozen=True):
    """What a device is from now on: its id, its token (told once), and what it is for."""

    device: str
    token: str
    duty: str
    place: int | None
    round: str | None


class Enrolling(End):
    """Where a code is exchanged for a token."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def answer(self, scope: Scope, receive: Receive) -> Answer:
        """A token, once."""
        code = msgspec.json.decode(await body_of(receive), type=CodeSent).code
        waiting = self._front.line.offer(Enrolment(code), 1)
        if waiting is None:
            return self._front.full("")
        told = await waiting
        if told is None:
            return problem(403, "注册码无效、已用过或已过期", "no such code, or it was used or is too old")
        if not isinstance(told, tuple):
            return stopped(told)
        token, device = told
        return Answer(201, TokenTold(device.device, token, device.duty, device.place, device.round))


def stopped(error: Exception) -> Answer:
    """What is told where a group could not be kept: nothing of it was."""
    after = (b"retry-after", b"5")
    if isinstance(error, FullError):
        return problem(507, "磁盘已满，未保存任何内容", "the disk is full; nothing was kept", after)
    return problem(503, "暂时无法写入，未作确认，请重发", "cannot write now; send again", after)
