"""Where do the visits known at an instant lie: which files, which single ones, and what was taken back?"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ringfence.columns import visits
from ringfence.columns.snapshot import View
from ringfence.columns.sql import columns_sql
from ringfence.tables.facts import VISIT


@dataclass(frozen=True)
class Source:
    """A file of visits: its digest and rows as named, and the number of the fact in its first row."""

    partition: visits.Partition
    digest: str
    rows: int


@dataclass(frozen=True)
class VisitSources:
    """The files in force, in order; visits sent one by one, with `day` and `fact`; and the facts withdrawn.

    A file and a single visit, or two files, may still say different things of one visit: the later holds.
    """

    files: tuple[Source, ...]
    single: pa.Table
    retracted: npt.NDArray[np.int64]


def read(view: View, space: str) -> VisitSources:
    """The sources of the visits of a snapshot, whose schema is `space`."""
    connection = view.connection
    named = view.rows("visit_partition")
    files = [Source(file, file.digest, file.rows) for file in view.files()]
    columns = columns_sql([*(column.name for column in VISIT.stored), "day", "fact"])
    relation = "single" if named and view.rows("visit") else "visit"
    some = "" if relation == "single" or not named else " WHERE false"
    single = connection.sql(f"SELECT {columns} FROM {space}.{relation}{some} ORDER BY fact")  # noqa: S608
    void = connection.sql(f"SELECT fact FROM {space}.retracted ORDER BY fact").to_arrow_table()  # noqa: S608
    retracted = void["fact"].to_numpy().astype(np.int64)
    return VisitSources(tuple(files), single.to_arrow_table(), retracted)
