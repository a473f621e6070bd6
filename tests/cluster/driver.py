"""What the cluster's tests run as a process of its own: who met whom, asked of a cluster.

python -m tests.cluster.driver MASTER STORE SUBJECTS FOUND

SUBJECTS is a Parquet file, and so is FOUND, which is written.
"""

import sys
from datetime import datetime
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from ringfence.actions.clustering import searched_on
from ringfence.actions.store import open_store
from ringfence.engine.exposures import exposures
from ringfence.protocol import resolve
from ringfence.tables import Facts

AS_OF = datetime.fromisoformat("2022-04-01")


def answer(facts: Facts, subjects: Path) -> pa.Table:
    """The meetings of the first ring, in which every way of meeting takes part."""
    protocol = resolve("3202", "covid-19", AS_OF)
    return exposures(ibis.memtable(pq.read_table(subjects)), facts, protocol, 1).to_pyarrow()


def main(master: str, folder: str, subjects: str, found: str) -> None:
    with open_store(Path(folder)) as store:
        store.columns.refresh()
        with searched_on(store, AS_OF, master) as facts:
            assert facts is not None
            pq.write_table(answer(facts, Path(subjects)), found)


if __name__ == "__main__":
    main(*sys.argv[1:])
