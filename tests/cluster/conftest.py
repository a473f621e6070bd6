"""A real cluster of Apache Spark on this machine: a master and two workers, each a process of its own."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Generator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

PATIENCE = 60  # seconds for a process to say that it is there
QUICK = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1"}
"""No address but this machine's, and little time spent on compiling what runs once."""
_MASTER = re.compile(r"Starting Spark master at (spark://\S+)")
_WORKER = re.compile(r"Successfully registered with master")


def spark_class() -> Path:
    """The script that starts Spark's own programs, from the package pyspark."""
    found = find_spec("pyspark")
    if found is None or found.origin is None:
        pytest.skip("pyspark is not installed: pip install ringfence[spark]")
    if shutil.which("java") is None:
        pytest.skip("there is no Java here: install default-jre-headless")
    return Path(found.origin).parent / "bin" / "spark-class"


class Processes:
    """Programs started here, each with what it starts in turn, and ended together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, said: re.Pattern[str], *command: str | Path) -> re.Match[str]:
        """Start a program, and wait until it says something in its log."""
        log = self.folder / f"{len(self.running)}.log"
        with log.open("wb") as out:
            started = subprocess.Popen(
                [*map(str, command)], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                env={**os.environ, **QUICK}, start_new_session=True,
            )  # fmt: skip
        self.running.append(started)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and started.poll() is None:
            if found := said.search(log.read_text(errors="replace")):
                return found
            time.sleep(0.1)
        raise AssertionError(f"{command[1]} did not start:\n{log.read_text(errors='replace')}")

    def end(self) -> None:
        """End every program, and wait for it."""
        for started in reversed(self.running):
            for how in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(started.pid, how)
                    started.wait(20)
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    continue


@dataclass(frozen=True)
class Cluster:
    """The address of a master, and the folders in which its workers keep what their executors write."""

    address: str
    workers: tuple[Path, ...]


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Generator[Cluster]:
    """A master with two workers."""
    script, folder = spark_class(), tmp_path_factory.mktemp("spark")
    processes, loopback = Processes(folder), ("--host", "127.0.0.1", "--webui-port", "0")
    try:
        name = "org.apache.spark.deploy.master.Master"
        address = processes.start(_MASTER, script, name, *loopback, "--port", "0")[1]
        for worker in ("one", "two"):
            name = "org.apache.spark.deploy.worker.Worker"
            size = ("--cores", "1", "--memory", "1g", "--work-dir", str(folder / worker))
            processes.start(_WORKER, script, name, *loopback, *size, address)
        yield Cluster(address, (folder / "one", folder / "two"))
    finally:
        processes.end()
    assert all(process.poll() is not None for process in processes.running)
