"""A real front door for tests: the server in a process of its own, devices enrolled, requests over HTTP."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from ringfence.actions import devices
from ringfence.actions.store import JOURNAL_URL, Settings, create_store, open_store
from tests.unit.intake.invented import check_character

ROOT = Path(__file__).parents[2]


def id_number(order: int) -> str:
    """An invented person's: born on 1 January 1900, which nobody alive was, in no order of a register."""
    body = f"32020619000101{order:03}"
    return body + check_character(body)


def people(*orders: int) -> list[dict[str, str]]:
    return [{"id_number": id_number(order)} for order in orders]


def tube(key: str, *who: dict[str, str], **said: object) -> dict[str, object]:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {"key": key, "tube": f"T-{key}", "pool": 10, "sampled_at": now, "people": list(who), **said}


@dataclass
class Door:
    """A store and the server before it."""

    store: Path
    journal: str = ""
    port: int = 0
    options: tuple[str, ...] = ()
    server: subprocess.Popen[bytes] | None = None
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.store.with_name("door.log")

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != JOURNAL_URL}
        return {**kept, JOURNAL_URL: self.journal} if self.journal else kept

    def start(self) -> None:
        if not self.port:
            with socket.socket() as chosen:
                chosen.bind(("127.0.0.1", 0))
                self.port = chosen.getsockname()[1]
        command = [sys.executable, "-m", "ringfence", "serve", "--store", str(self.store)]
        with self.log.open("ab") as log:
            self.server = subprocess.Popen(
                [*command, "--port", str(self.port), *self.options],
                cwd=ROOT, env=self.environment(), stdout=log, stderr=log,
            )  # fmt: skip
        for _ in range(600):
            assert self.server.poll() is None, self.log.read_text()
            try:
                httpx.get(f"{self.url}/v1/health").raise_for_status()
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(self.log.read_text())

    def end(self) -> None:
        if self.server:
            self.server.terminate()
            assert self.server.wait(timeout=30) == 0, self.log.read_text()
            self.server = None

    def kill(self) -> None:
        if self.server:
            self.server.kill()
            self.server.wait()
            self.server = None

    def run(self, *words: str) -> str:
        """What a command of ours prints."""
        done = subprocess.run(
            [sys.executable, "-m", "ringfence", *words, "--store", str(self.store)],
            cwd=ROOT, env=self.environment(), capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    def code(self, duty: str = "sampling", place: int = 7, minutes: int = 10) -> str:
        asked = devices.Offer(duty, place, "R1", minutes)
        with self.opened() as store:
            return devices.offer(store, asked, "test")[1]

    def exchanged(self, code: str) -> httpx.Response:
        return httpx.post(f"{self.url}/v1/devices", json={"code": code})

    def token(self, duty: str = "sampling") -> str:
        if duty not in self.tokens:
            self.tokens[duty] = self.exchanged(self.code(duty)).json()["token"]
        return self.tokens[duty]

    def post(self, path: str, body: object, duty: str = "sampling", token: str = "") -> httpx.Response:
        bearer = {"Authorization": f"Bearer {token or self.token(duty)}"}
        return httpx.post(f"{self.url}{path}", json=body, headers=bearer, timeout=30)

    def tubes(self, *sent: dict[str, object]) -> list[dict[str, object]]:
        answer = self.post("/v1/tubes", {"tubes": sent})
        assert answer.status_code == 200, answer.text
        return answer.json()["answers"]

    @contextmanager
    def opened(self):
        before = os.environ.get(JOURNAL_URL)
        if self.journal:
            os.environ[JOURNAL_URL] = self.journal
        try:
            with open_store(self.store) as store:
                yield store
        finally:
            if self.journal:
                os.environ.pop(JOURNAL_URL)
                if before is not None:
                    os.environ[JOURNAL_URL] = before

    def rows(self, kind: str) -> list[dict[str, object]]:
        """The facts of a kind as anyone reads them now."""
        with self.opened() as store:
            store.columns.refresh()
            return store.columns.snapshot(datetime.max)[kind].to_pyarrow().to_pylist()  # noqa: DTZ901


@contextmanager
def door(folder: Path, journal: str = "", options: tuple[str, ...] = (), prepare=None):
    """A running front door of a new store, that ends well."""
    made = Door(folder / "store", journal, options=options)
    before = os.environ.get(JOURNAL_URL)
    assert before is None
    if journal:
        os.environ[JOURNAL_URL] = journal
    try:
        create_store(made.store, Settings("3202", "covid-19", "Asia/Shanghai"))
        if prepare:
            with open_store(made.store) as store:
                prepare(store)
    finally:
        os.environ.pop(JOURNAL_URL, None)
    made.start()
    try:
        yield made
    finally:
        made.end()
