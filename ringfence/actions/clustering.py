"""Where else can meetings be searched for, when one machine is too small? On a cluster of Apache Spark.

Only the search for meetings, which reads visits, is sent there; everything else stays. The rows are the same.
"""

import os
import shlex
import shutil
import socket
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import ibis
from ibis.backends.sql import SQLBackend

from ringfence.actions.store import Store
from ringfence.columns import cluster
from ringfence.errors import InputError
from ringfence.tables import Facts

FOLDER = "cluster"
SEARCHED = ("visit", "place", "residence", "membership", "interview", "stay")
"""The kinds of facts the search for meetings reads (see `engine.exposures`)."""
_MASTERS = ("spark://", "k8s://", "yarn", "local")
_SETTINGS = {
    "spark.app.name": "ringfence",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
_SUBMIT = "PYSPARK_SUBMIT_ARGS"
_PATIENCE = 10  # seconds for the master to answer


@contextmanager
def searched_on(store: Store, as_of: datetime, engine: str) -> Generator[Facts | None]:
    """The facts as tables of another engine while the `with` lasts; None where none is named.

    Args:
        store: its columns refreshed; its folder is read by every worker under the same path.
        as_of: the instant (UTC).
        engine: the address of a master as Spark writes it, such as spark://host:7077.

    Raises:
        InputError: it is no such address, nobody answers there, or pyspark or Java is not here.
    """
    if not engine:
        yield None
        return
    backend = connected(engine)
    try:
        (store.directory / FOLDER).mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=store.directory / FOLDER) as folder:
            yield cluster.facts_in(backend, store.columns, as_of, Path(folder), SEARCHED)
    finally:
        backend.disconnect()


def connected(engine: str) -> SQLBackend:
    """A session on a cluster. Raises InputError as `searched_on`."""
    if not engine.startswith(_MASTERS):
        raise InputError(f'engine "{engine}" is not a Spark master; write one such as spark://host:7077')
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise InputError("Spark needs Java, and there is none here; install Java 17")
    _answered(engine)
    settings = [f"--conf {shlex.quote(f'{name}={value}')}" for name, value in _SETTINGS.items()]
    given = os.environ.get(_SUBMIT, "pyspark-shell")
    # The only way to name the master without importing pyspark, which need not be installed.
    os.environ[_SUBMIT] = f"--master {shlex.quote(engine)} {' '.join(settings)} {given}"
    try:
        return ibis.pyspark.connect(**{"spark.sql.execution.arrow.pyspark.enabled": "true"})
    except ModuleNotFoundError as error:
        raise InputError("Spark needs pyspark, and it is not here; install ringfence[spark]") from error
    finally:
        if given == "pyspark-shell":
            del os.environ[_SUBMIT]
        else:
            os.environ[_SUBMIT] = given


def _answered(engine: str) -> None:
    """InputError where nobody listens: Spark itself would try for minutes."""
    where = urlsplit(engine)
    if where.scheme != "spark":
        return
    try:
        socket.create_connection((where.hostname or "", where.port or 0), _PATIENCE).close()
    except (OSError, ValueError) as error:
        raise InputError(f"{engine}: no Spark master answers there ({error})") from error
