"""What was known at an instant? Views over the segments, in which nothing big is worked out until asked."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ringfence.columns import visits
from ringfence.columns.manifest import Kind, Manifest, repeats_file, segment_file
from ringfence.columns.segments import schema
from ringfence.columns.sql import Connection, name, parquet, sql_type
from ringfence.tables import FACT_ROW_BITS
from ringfence.tables.facts import FACTS, KEEPING

KINDS = tuple(kind for kind in FACTS if kind not in KEEPING)
"""The kinds a snapshot has: what was so. How it was kept and taken back is worked in."""


@dataclass(frozen=True)
class View:
    """Where a snapshot is made: the columns, the store, and the last submission that was known."""

    connection: Connection
    directory: Path
    store: Path
    manifest: Manifest
    seq: int

    @property
    def end(self) -> int:
        """The first fact that was not known. A segment rewritten since may have more."""
        return (self.seq + 1) << FACT_ROW_BITS

    def kind(self, kind: str) -> Kind:
        """What the manifest knows of a kind."""
        return self.manifest.kinds.get(kind, Kind())

    def files(self) -> list[visits.Partition]:
        """The files of visits in force; one that was deleted since is in force at no instant."""
        named = self.rows("visit_partition")
        if named is None:
            return []
        rows = self.connection.sql(f"FROM ({named}) ORDER BY fact").to_arrow_table().to_pylist()
        return visits.live(self.store, rows, self._deleted())

    def _deleted(self) -> dict[str, int]:
        """The last submission that deleted each file, whenever that was."""
        numbers = range(len(self.kind("deletion").segments))
        if not numbers:
            return {}
        files = parquet(segment_file(self.directory, "deletion", number) for number in numbers)
        last = f"SELECT what, max(fact >> {FACT_ROW_BITS}) FROM {files} GROUP BY what"  # noqa: S608
        return dict(self.connection.sql(last).fetchall())

    def rows(self, kind: str) -> str | None:
        """The rows of a kind that were known, as SQL; None where there are none at all."""
        segments = range(len(self.kind(kind).segments))
        if not segments:
            return None
        files = parquet(segment_file(self.directory, kind, number) for number in segments)
        return f"SELECT * FROM {files} WHERE fact < {self.end}"  # noqa: S608 - names and numbers are ours


def create(view: View, space: str) -> None:
    """Make the views of a snapshot in a schema of the connection, one of each kind's name."""
    connection = view.connection
    connection.execute(f"CREATE SCHEMA {space}")
    void = _retracted(view)
    connection.execute(f"CREATE TABLE {space}.retracted (fact BIGINT)")
    if void:
        connection.register("void", pa.table({"fact": pa.array(sorted(void), pa.int64())}))
        connection.execute(f"INSERT INTO {space}.retracted SELECT fact FROM void")  # noqa: S608
        connection.unregister("void")
    for kind in KINDS:
        query = _in_force(view, kind, f"{space}.retracted" if void else "")
        if kind == "visit":
            query = _visits(view, space, query, void)
        connection.execute(f"CREATE VIEW {space}.{kind} AS {query or _nothing(kind)}")


def _nothing(kind: str) -> str:
    columns = [f"CAST(NULL AS {sql_type(str(field.type))}) AS {name(field.name)}" for field in schema(kind)]
    return f"SELECT {', '.join(columns)} WHERE false"


def _retracted(view: View) -> set[int]:
    """The facts that were known to be withdrawn.

    A retraction that was itself withdrawn, later, withdraws nothing. One that names a fact not yet
    made when it was made withdraws nothing either.
    """
    query = view.rows("retraction")
    void: set[int] = set()
    if query:
        told = view.connection.sql(f"SELECT fact, retracts FROM ({query}) ORDER BY fact DESC")  # noqa: S608
        for fact, retracts in told.fetchall():
            if fact not in void and retracts < fact:
                void.add(retracts)
    return void


def _in_force(view: View, kind: str, retracted: str) -> str | None:
    """The facts of a kind in the journal: not withdrawn, and of each natural key the latest.

    Only facts whose key comes more than once are compared; where all keys are distinct, none.
    """
    query = view.rows(kind)
    if query is None:
        return None
    without = f" ANTI JOIN {retracted} USING (fact)" if retracted else ""
    if view.kind(kind).repeats:
        repeated = parquet([repeats_file(view.directory, kind)])
        superseded = (
            f"SELECT fact FROM (FROM {repeated} WHERE fact < {view.end}){without}"  # noqa: S608
            " QUALIFY fact < max(fact) OVER (PARTITION BY earliest)"
        )
        without += f" ANTI JOIN ({superseded}) USING (fact)"
    return f"SELECT * FROM ({query}){without}" if without else query  # noqa: S608


def _visits(view: View, space: str, single: str | None, void: set[int]) -> str | None:
    """Visits of the day partitions and those sent one by one, as one relation."""
    if view.rows("visit_partition") is None:
        return single
    files = view.files()
    singles: list[visits.Single] = []
    if single:
        view.connection.execute(f"CREATE VIEW {space}.single AS {single}")
        seq = f"fact >> {FACT_ROW_BITS}"
        days = f"SELECT day, min({seq}), max({seq}) FROM {space}.single GROUP BY day ORDER BY day"  # noqa: S608
        singles = [visits.Single(*row) for row in view.connection.sql(days).fetchall()]
    withdrawn = {fact >> FACT_ROW_BITS for fact in void}
    return visits.query(files, singles, visits.Relations(f"{space}.single", f"{space}.retracted", withdrawn))
