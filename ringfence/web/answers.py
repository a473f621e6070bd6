"""How is an answer written as HTTP, without the cost of a framework where thousands a second are asked?"""

import asyncio
import math
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MOST_BYTES = 2_000_000
"""The largest request."""
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class Answer:
    """A status, what is said, and headers beside the content type."""

    status: int
    said: Any
    headers: tuple[tuple[bytes, bytes], ...] = field(default=())

    async def write(self, send: Send) -> None:
        """Send it."""
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), *self.headers]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": _encode(self.said)})


class TooLargeError(Exception):
    """The request has more bytes than are read."""


class GoneError(Exception):
    """Whoever sent the request went away before it was whole."""


def problem(status: int, zh: str, en: str, *headers: tuple[bytes, bytes]) -> Answer:
    """An answer that says why nothing was done, in both languages."""
    return Answer(status, {"zh": zh, "en": en}, headers)


def later(length: int, line: int, device: str) -> Answer:
    """Come again: in a second or two, not all devices at once, and later the longer the line is."""
    seconds = 1 + math.ceil(length / line) + sum(device.encode()) % 3
    after = (b"retry-after", str(seconds).encode())
    return problem(503, f"系统繁忙，请{seconds}秒后重发", f"too busy; send again in {seconds} seconds", after)


async def body_of(receive: Receive) -> bytes:
    """The whole body of a request."""
    message = await _received(receive)
    body: bytes = message.get("body", b"")
    while message.get("more_body") and len(body) <= MOST_BYTES:
        message = await _received(receive)
        body += message.get("body", b"")
    if len(body) > MOST_BYTES:
        raise TooLargeError
    return body


async def _received(receive: Receive) -> MutableMapping[str, Any]:
    try:
        message = await receive()
    except asyncio.CancelledError:
        # How granian says it.
        raise GoneError from None
    if message["type"] == "http.disconnect":
        raise GoneError
    return message


def header(scope: Scope, name: bytes) -> str:
    """A header of a request; empty where there is none."""
    for key, value in scope["headers"]:
        if key == name:
            return value.decode("latin-1")
    return ""
