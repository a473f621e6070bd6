"""How many people a second does the front door register? `python -m benchmarks.screening --store sqlite`.

Drives the real server over HTTP with wrk, on this machine: devices send tubes of ten, one a request
or twenty, every person by ID number. Then counts: everything acknowledged must be there.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
from stdnum.cn import ric

from benchmarks.plain import postgres
from ringfence.actions import devices
from ringfence.actions.store import JOURNAL_URL, Settings, create_store, open_store
from ringfence.journal import Submission, receipts
from ringfence.tables.facts import PERSON
from ringfence.vault import Identity
from tests.postgres import new_database

PORT = 8577
SCRIPT = Path(__file__).with_suffix(".lua")
SWABS = 10


@dataclass(frozen=True)
class Load:
    """What is offered: tubes in a request, devices, a device's mean pause between requests (ms), seconds."""

    tubes: int
    devices: int
    pause: int
    seconds: int


def main() -> None:
    """Run the loads asked for, each on the same server, and print a line for each."""
    parser = argparse.ArgumentParser(prog="benchmarks.screening", description=__doc__)
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--people", type=int, default=100_000, help="people known before")
    parser.add_argument("--tubes", type=int, action="append", help="tubes a request (default: 1 and 20)")
    parser.add_argument("--devices", type=int, default=0, help="default: 640 for one tube, 96 for more")
    parser.add_argument("--pause", type=int, default=250, help="ms between a device's requests")
    asked = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is needed (Debian: wrk)")
    with tempfile.TemporaryDirectory(prefix="ringfence-screening-") as folder, journal(asked.store):
        store = Path(folder) / "store"
        made(store, asked.people, Path(folder))
        with served(store) as server:
            token = enrolled(store)
            print("tubes/request  people/s  requests/s  p50 ms  p99 ms  max ms  503  failed  server CPU s/s")
            for tubes in asked.tubes or (1, 20):
                load = Load(
                    tubes,
                    asked.devices or (640 if tubes == 1 else 96),
                    asked.pause,
                    asked.seconds,
                )
                print(run(load, Path(folder), token, server))
        print(counted(store, Path(folder)))


@contextmanager
def journal(kind: str) -> Generator[None]:
    """Where the journal is: a file of the store, or a PostgreSQL of our own."""
    if kind == "sqlite":
        yield
        return
    with postgres() as socket:
        if socket is None:
            sys.exit("no PostgreSQL is installed")
        os.environ[JOURNAL_URL] = new_database(socket, "screening")
        yield


def made(store: Path, people: int, folder: Path) -> None:
    """A store that knows so many invented people; their ID numbers in a file for wrk."""
    chance = random.Random(20220330)
    ids = sorted({_id_number(chance) for _ in range(people)})
    (folder / "ids").write_text("\n".join(ids) + "\n", encoding="ascii")
    create_store(store, Settings("3202", "covid-19", "Asia/Shanghai"))
    with open_store(store) as opened:
        numbers = opened.vault.pseudonyms("cn_id", ids)
        opened.vault.keep((n, Identity("", said, "")) for n, said in zip(numbers, ids, strict=True))
        for start in range(0, len(ids), 100_000):
            some = numbers[start : start + 100_000]
            empty = {
                name: pa.nulls(len(some), PERSON.schema.field(name).type) for name in PERSON.schema.names
            }
            rows = pa.table({**empty, "person": pa.array(some, pa.int64())}, schema=PERSON.schema)
            opened.journal.append(Submission(f"people-{start}", PERSON.name, rows, "benchmark"))


def _id_number(chance: random.Random) -> str:
    # Order numbers from 900 are foundlings' and the like: nobody's here.
    body = f"320206{chance.randint(1920, 2015)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    body += f"{chance.randint(0, 999):03}"
    return body + ric.calc_check_digit(body + "0")


@contextmanager
def served(store: Path) -> Generator[subprocess.Popen[bytes]]:
    """The real server, in a process of its own."""
    command = [sys.executable, "-m", "ringfence", "serve", "--store", str(store), "--port", str(PORT)]
    server = subprocess.Popen(command, cwd=Path(__file__).parents[1], stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/v1/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield server
    finally:
        server.terminate()
        server.wait()


def enrolled(store: Path) -> str:
    """The token of a device enrolled over HTTP."""
    with open_store(store) as opened:
        _, code = devices.offer(opened, devices.Offer("sampling", 1, "R1", 60), "benchmark")
    asked = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/v1/devices", json.dumps({"code": code}).encode(), method="POST"
    )
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return json.load(answer)["token"]


def run(load: Load, folder: Path, token: str, server: subprocess.Popen[bytes]) -> str:
    """One load, and what came of it in a line."""
    now = datetime.now(UTC).isoformat()
    name = f"{load.tubes}{int(time.time())}"
    said = (token, load.tubes, SWABS, name, load.pause, now, random.SystemRandom().randrange(1 << 30))
    (folder / "said").write_text("\n".join(map(str, said)) + "\n", encoding="ascii")
    before, kept = _cpu(server.pid), _acknowledged(folder)
    command = [
        "wrk", "-t1", f"-c{load.devices}", f"-d{load.seconds}s", "--timeout", "10s", "-s", str(SCRIPT),
        f"http://127.0.0.1:{PORT}", "--", str(folder),
    ]  # fmt: skip
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    used = _cpu(server.pid) - before
    found = dict(line.split("=") for line in told.splitlines() if "=" in line)
    other = int(next((line.split()[-1] for line in told.splitlines() if "Non-2xx" in line), "0"))
    seconds = float(found["seconds"])
    people = (len(_acknowledged(folder)) - len(kept)) * SWABS / seconds
    requests = int(found["requests"]) / seconds
    failed = int(found["socket_errors"]) + int(found["timeouts"])
    times = "  ".join(f"{float(found[name]):6.0f}" for name in ("p50", "p99", "most"))
    return (
        f"{load.tubes:13d}  {people:8,.0f}  {requests:10,.0f}  {times}  {other:3d}  {failed:6d}"
        f"  {used / seconds:.2f}"
    )


def _acknowledged(folder: Path) -> Sequence[str]:
    return [key for path in folder.glob("acknowledged.*") for key in path.read_text(encoding="ascii").split()]


def _cpu(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def counted(store: Path, folder: Path) -> str:
    """What was acknowledged against what is there, in the journal as everyone reads it."""
    keys = set(_acknowledged(folder))
    with open_store(store) as opened:
        device = next(iter(devices.read_devices(opened).by_id))
        with opened.journal.reading() as connection:
            there = {key for _, key in receipts.told(connection, [(device, key) for key in sorted(keys)])}
        opened.columns.refresh()
        facts = opened.columns.snapshot(datetime.max)  # noqa: DTZ901
        tubes, swabs = (
            facts["tube"].count().to_pyarrow().as_py(),
            facts["sample"].count().to_pyarrow().as_py(),
        )
        tubes_there = set(facts["tube"].select("tube").to_pyarrow()["tube"].to_pylist())
        faults = opened.journal.verify(store)
    lost = len(keys - there) + len({f"T-{key}" for key in keys} - tubes_there)
    return (
        f"acknowledged {len(keys):,} tubes; kept {tubes:,} tubes and {swabs:,} samples in "
        f"{len(faults)} faulty submissions; lost {lost}"
    )


if __name__ == "__main__":
    main()
