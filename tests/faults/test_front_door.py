"""Is all the front door acknowledged there, once, however often it is killed? Clients send all twice."""

import random
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from ringfence.actions.pooling import work_out
from tests.web.door import Door, door, id_number, people, tube

FEWEST = 6  # tubes a server acknowledges before it is killed
LONGEST = 0.3  # seconds it works on before it is


def prepare(store) -> None:
    store.columns.refresh()
    work_out(store, datetime.now(UTC).replace(tzinfo=None))


class Client(threading.Thread):
    """A device that sends tubes of three, each again until it was acknowledged, and then once more."""

    def __init__(self, served: Door, name: str) -> None:
        super().__init__()
        self.served = served
        self.label = name
        self.ending = threading.Event()
        self.answers: dict[str, list[dict]] = {}

    def run(self) -> None:
        bearer = {"Authorization": f"Bearer {self.served.tokens['sampling']}"}
        with httpx.Client(base_url=self.served.url, headers=bearer, timeout=10) as client:
            number = 0
            while not self.ending.is_set():
                number += 1
                who = [3 * number % 900, (3 * number + 1) % 900, (3 * number + 2) % 900]
                sent = tube(f"{self.label}-{number}", *people(*who))
                for _ in range(2):
                    self.acknowledged(client, sent)

    def acknowledged(self, client: httpx.Client, sent: dict) -> None:
        while True:
            try:
                answer = client.post("/v1/tubes", json={"tubes": [sent]})
            except httpx.TransportError:
                if self.ending.is_set():
                    return
                time.sleep(0.05)
                continue
            if answer.status_code == 200:
                self.answers.setdefault(sent["key"], []).extend(answer.json()["answers"])
                return
            assert answer.status_code == 503, answer.text


@pytest.mark.parametrize(("database", "kills"), [("sqlite", 3), ("postgresql", 2)])
def test_everything_acknowledged_is_there_once_after_kills(
    request: pytest.FixtureRequest, tmp_path: Path, database: str, kills: int
) -> None:
    journal = request.getfixturevalue("postgres")() if database == "postgresql" else ""
    chance = random.Random(20220331)
    with door(tmp_path, journal, prepare=prepare) as served:
        served.token()
        clients = [Client(served, name) for name in "abc"]
        for client in clients:
            client.start()
        for _ in range(kills):
            before = sum(len(client.answers) for client in clients)
            while sum(len(client.answers) for client in clients) < before + FEWEST:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, LONGEST))
            served.kill()
            served.start()
        time.sleep(LONGEST)
        for client in clients:
            client.ending.set()
        for client in clients:
            client.join()
        check(served, clients, kills)


def check(served: Door, clients: list[Client], kills: int) -> None:
    """What was acknowledged is there, once, and the first answer was told each time."""
    answers = {key: told for client in clients for key, told in client.answers.items()}
    assert len(answers) >= FEWEST * kills
    # The first answer again, whichever server gave it, and none is refused.
    assert all(told[0] == again for told in answers.values() for again in told)
    assert {told[0]["status"] for told in answers.values()} == {"accepted"}
    samples = served.rows("sample")
    there = {row["tube"] for row in samples}
    assert {f"T-{key}" for key in answers} <= there
    # At most one tube a client was kept and never acknowledged: the one under way at the end.
    assert len(there) <= len(answers) + len(clients)
    assert len(samples) == 3 * len(there)
    with served.opened() as store:
        assert store.journal.verify(store.directory) == []
        assert store.vault.verify() == []
        who = store.vault.pseudonyms("cn_id", [id_number(3)])[0]
        sent = [row for e in store.journal.entries(kind="sample") for row in e.table().to_pylist()]
    assert len(sent) == len(samples)
    # A look-up sees the swabs of before the kills and those since.
    told = served.post("/v1/results/latest", {"person": f"P{who}"}, "enquiry").json()["swabs"]
    theirs = {row["tube"] for row in samples if row["person"] == who}
    assert {swab["tube"] for swab in told} == theirs
    assert len(theirs) == len(clients)
