"""How do many requests wait for one writer? In a line with an end: past it they are sent away at once.

The writer takes all that wait as one group. At half the line's length look-ups are sent away, so that what
must be kept has the other half.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ringfence.actions.door import Batch, Door, Enrolment
from ringfence.errors import FullError, RingfenceError

_IDLE = 0.5  # seconds after which the writer looks for what other processes told, at the latest
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """How long the line may be (people or results waiting), how many go into one group, how long the first
    of a group waits for others, and how often the sizes of tubes are worked out again (seconds)."""

    line: int = 20_000
    group: int = 10_000
    gather: float = 0.04
    sizes_every: float = 300.0


@dataclass(frozen=True)
class Sent:
    """A request that waits, what it counts for, and where its answer goes."""

    what: Batch | Enrolment
    size: int
    answer: "asyncio.Future[Any]"


class Line:
    """The line before the door, and the thread that serves it. Offered to from one event loop."""

    def __init__(self, door: Door, limits: Limits) -> None:
        """Call `start` on the loop that offers."""
        self._door = door
        self._limits = limits
        self._waiting: deque[Sent] = deque()
        self._some = threading.Event()
        self._offered = 0
        self._taken = 0
        self._ending = False
        self._thread = threading.Thread(target=self._serve, name="writer")

    def start(self) -> None:
        """Begin to serve; answers come on the running loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def end(self) -> None:
        """Serve what waits, then stop."""
        self._ending = True
        self._some.set()
        self._thread.join()

    @property
    def length(self) -> int:
        """How many wait, or are being written."""
        return self._offered - self._taken

    @property
    def busy(self) -> bool:
        """Whether look-ups are sent away."""
        return self.length > self._limits.line // 2

    def offer(self, what: Batch | Enrolment, size: int) -> "asyncio.Future[Any] | None":
        """Its answer, when it is durable; None where the line is full. A batch is let in before an empty line
        however large it is."""
        length = self.length
        if self._ending or (length and length + size > self._limits.line):
            return None
        answer = self._loop.create_future()
        self._offered += size
        self._waiting.append(Sent(what, size, answer))
        self._some.set()
        return answer

    def _serve(self) -> None:
        while True:
            if not self._waiting:
                if self._ending:
                    return
                self._some.wait(_IDLE)
                self._some.clear()
                if not self._waiting:
                    self._look()
                    continue
                time.sleep(self._limits.gather)
            self._answer(self._group())

    def _look(self) -> None:
        try:
            self._door.follow()
        except RingfenceError as error:
            _log.warning("the journal cannot be read: %s", error)

    def _group(self) -> list[Sent]:
        group: list[Sent] = []
        size = 0
        while self._waiting and (not group or size + self._waiting[0].size <= self._limits.group):
            group.append(self._waiting.popleft())
            size += group[-1].size
        return group

    def _answer(self, group: list[Sent]) -> None:
        outcome: list[tuple[Sent, Any]] = []
        batches = [(one, one.what) for one in group if isinstance(one.what, Batch)]
        if batches:
            told = _outcome(lambda: self._door.take([batch for _, batch in batches]))
            each = told if isinstance(told, list) else [told] * len(batches)
            outcome += [(one, said) for (one, _), said in zip(batches, each, strict=True)]
        for one in group:
            if isinstance(one.what, Enrolment):
                code = one.what
                outcome.append((one, _outcome(lambda code=code: self._door.enrol(code))))
        self._taken += sum(one.size for one in group)
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(_settle, outcome)


def _outcome(act: Callable[[], Any]) -> object:
    """What an act gives, or what stopped it: nothing of the group was kept then, and each is told so."""
    try:
        return act()
    except FullError as error:
        _log.error("nothing is kept: %s", error)
        return error
    except RingfenceError as error:
        _log.error("a group was not kept: %s", error)
        return error
    except Exception as error:  # noqa: BLE001 - the writer serves the next group whatever became of this one
        # Its words may quote a row; its kind and place do not.
        frame = error.__traceback__
        while frame and frame.tb_next:
            frame = frame.tb_next
        where = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else ""
        _log.error("a group failed: %s at %s", type(error).__name__, where)
        return error


def _settle(outcome: Sequence[tuple[Sent, Any]]) -> None:
    for sent, said in outcome:
        if not sent.answer.done():
            sent.answer.set_result(said)
