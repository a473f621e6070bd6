"""Which pages does the front door hand out, and what may they do in a browser?"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ringfence.web.answers import Scope, Send, problem

FOLDER = Path(__file__).with_name("static")
SAMPLING = "/sampling"
_KINDS = {
    ".css": b"text/css; charset=utf-8",
    ".html": b"text/html; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".webmanifest": b"application/manifest+json",
}
_MAY = b"; ".join(
    [
        b"default-src 'none'", b"script-src 'self'", b"style-src 'self'", b"img-src 'self'",
        b"connect-src 'self'", b"manifest-src 'self'", b"worker-src 'self'", b"base-uri 'none'",
        b"form-action 'none'", b"frame-ancestors 'none'",
    ]
)  # fmt: skip
"""Only files of this server: what is slipped into a page can neither run nor tell anything."""
_HEADERS = (
    (b"content-security-policy", _MAY),
    (b"permissions-policy", b"camera=(self), microphone=(), geolocation=()"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    # The service worker keeps the page; what it asks for must be what the server has now.
    (b"cache-control", b"no-cache"),
)
_EDITION = b"EDITION-OF-THE-PAGE"


@dataclass(frozen=True)
class _File:
    kind: bytes
    content: bytes


class Pages:
    """The files of a page under its address, as an ASGI application. Read once: a restart shows new ones."""

    def __init__(self, address: str) -> None:
        """`address` begins with a slash and names a folder of `static`."""
        self._address = address
        self._files = _read(FOLDER / address.strip("/"))

    def has(self, path: str) -> bool:
        """Whether an address is ours to answer."""
        return path == self._address or path.startswith(f"{self._address}/")

    async def __call__(self, scope: Scope, _receive: object, send: Send) -> None:
        """Answer one request."""
        path: str = scope["path"]
        file = self._files.get(path.removeprefix(f"{self._address}/") or "index.html")
        if scope["method"] not in ("GET", "HEAD"):
            await problem(405, "请用 GET", "GET it", (b"allow", b"GET, HEAD")).write(send)
        elif path == self._address:
            await problem(
                308, "地址末尾有 /", "its address ends in /", (b"location", path.encode() + b"/")
            ).write(send)
        elif file is None:
            await problem(404, "没有此页", "no such page").write(send)
        else:
            length = (b"content-length", str(len(file.content)).encode())
            headers = [(b"content-type", file.kind), length, *_HEADERS]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            body = file.content if scope["method"] == "GET" else b""
            await send({"type": "http.response.body", "body": body})


def _read(folder: Path) -> Mapping[str, _File]:
    """Files by name. The service worker is told the digest of them all: a browser looks at nothing else to
    see that a page it has kept is an old one."""
    found = {path.name: path for path in sorted(folder.iterdir()) if path.suffix in _KINDS}
    contents = {name: path.read_bytes() for name, path in found.items()}
    edition = hashlib.sha256(b"\0".join(contents.values())).hexdigest()[:16].encode()
    return {
        name: _File(_KINDS[found[name].suffix], content.replace(_EDITION, edition))
        for name, content in contents.items()
    }
