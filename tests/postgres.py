"""How do the tests get a real PostgreSQL? Their own server, in a directory of its own, on a socket only."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

USER = "ringfence"
OLDEST = 15


def binaries() -> Path | None:
    """The newest installed server's programs; None where there is none new enough."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    versions = {int(path.parent.name): path for path in found if path.parent.name.isdigit()}
    newest = max(versions, default=0)
    return versions[newest] if newest >= OLDEST else None


@contextmanager
def server(programs: Path) -> Iterator[Path]:
    """A running server; its socket's directory. It refuses to run as root, so root runs it as postgres."""
    directory = Path(tempfile.mkdtemp(prefix="ringfence-pg-"))
    data = directory / "data"
    become = []
    if os.geteuid() == 0:
        shutil.chown(directory, "postgres", "postgres")
        become = ["runuser", "-u", "postgres", "--"]

    def run(program: str, *arguments: str) -> None:
        command = [*become, str(programs / program), *arguments]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)

    try:
        run("initdb", "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale")
        options = f"-c listen_addresses='' -c unix_socket_directories='{directory}' -c max_connections=20"
        run("pg_ctl", "-D", str(data), "-w", "-l", str(directory / "log"), "-o", options, "start")
        try:
            yield directory
        finally:
            run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(directory)


def new_database(socket: Path, name: str) -> str:
    """The URL of a new, empty database."""
    with psycopg.connect(host=str(socket), user=USER, dbname="postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"postgresql://{USER}@/{name}?host={socket}"
