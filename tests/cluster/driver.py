"""What the cluster's tests run as a process of its own: who met whom, asked of a cluster.

python -m tests.cluster.driver MASTER STORE SUBJECTS ANSWERS

SUBJECTS is a Parquet file; `found.parquet` in the folder ANSWERS is what comes out.
"""

import sys
from datetime import datetime
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from ringfence.actions.clustering import SEARCHED, connected
from ringfence.columns import Columns, cluster
from ringfence.engine.exposures import exposures
from ringfence.journal import Journal
from ringfence.protocol import resolve
from ringfence.tables import Facts

AS_OF = datetime.fromisoformat("2022-04-01")


def answer(facts: Facts, subjects: Path) -> pa.Table:
    """The meetings of the first ring, in which every way of meeting takes part."""
    protocol = resolve("3202", "covid-19", AS_OF)
    return exposures(ibis.memtable(pq.read_table(subjects)), facts, protocol, 1).to_pyarrow()


def main(master: str, store: str, subjects: str, folder: str) -> None:
    where, out = Path(store), Path(folder)
    backend = connected(master)
    try:
        with (
            Journal.open(str(where / "journal.sqlite")) as journal,
            Columns(where / "columns", journal, where) as columns,
        ):
            columns.refresh()
            facts = cluster.facts_in(backend, columns, AS_OF, out / "facts", SEARCHED)
            pq.write_table(answer(facts, Path(subjects)), out / "found.parquet")
    finally:
        backend.disconnect()


if __name__ == "__main__":
    main(*sys.argv[1:])
