"""How is the front door kept open? One process, one event loop, one writer."""

import asyncio
import ipaddress
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from ringfence.actions.door import Door
from ringfence.actions.store import Store
from ringfence.errors import InputError
from ringfence.web.app import App
from ringfence.web.front import Front
from ringfence.web.waiting import Limits

_CONNECTIONS = 16_384  # requests under way at once; past the line's end they are answered, not kept waiting
_SWITCH = 0.0005  # seconds a thread may keep the others waiting: the writer must not hold up the answers


@dataclass(frozen=True)
class Address:
    """Where to listen, and with which certificate."""

    host: str = "127.0.0.1"
    port: int = 8000
    certificate: Path | None = None
    key: Path | None = None


def serve(store: Store, address: Address, limits: Limits) -> None:
    """Keep the door open until the process is told to end; then what waits is still written.

    InputError for an address others can reach without a certificate.
    """
    _check(address)
    sys.setswitchinterval(_SWITCH)
    front = Front(Door(store), store.directory, limits)
    server = Server(
        App(front),
        address=address.host,
        port=address.port,
        interface=Interfaces.ASGI,
        websockets=False,
        backlog=4096,
        backpressure=_CONNECTIONS,
        log_level=LogLevels.error,
        log_access=False,
        ssl_cert=address.certificate,
        ssl_key=address.key,
    )
    asyncio.run(_run(server))


async def _run(server: Server) -> None:
    loop = asyncio.get_running_loop()
    for told in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(told, server.stop)
    await server.serve()


def _check(address: Address) -> None:
    if (address.certificate is None) != (address.key is None):
        raise InputError("a certificate and its key are named together: --tls-cert and --tls-key")
    if address.certificate is None and not _own(address.host):
        raise InputError(
            f"{address.host}: names and numbers would cross the network in clear; name --tls-cert and "
            "--tls-key, or listen on 127.0.0.1 behind a server that has them"
        )


def _own(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
