"""What would a user write instead? The same questions as plain SQL, on DuckDB and on PostgreSQL."""

import io
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.csv as pa_csv

from benchmarks.night import Night
from ringfence.commands.city import BEGINS
from tests.postgres import binaries, new_database, server

SMALL = (
    "residence",
    "place",
    "membership",
    "round",
    "tube",
    "sample",
    "result",
    "exemption",
    "stay",
    "interview",
)
_INDEXES = (
    "create index on residence (area text_pattern_ops)", "create index on residence (person)",
    "create index on sample (tube)", "create index on sample (person)", "create index on tube (tube)",
    "create index on result (tube)", "create index on place (place)",
)  # fmt: skip
_VISIT_INDEXES = (
    "create index on visit (place, enter) include (leave, person, part)",
    "create index on visit (person, enter) include (leave, place, part)",
)

_VISIT = ("person", "place", "enter", "leave", "part", "day")
_DAYS = 9
"""Days of visits given to PostgreSQL: as many as the longest window of the night reaches back."""

COVERAGE = """
with expected as (
  select distinct o.round, r.person, r.area from residence r join round o
  on left(r.area, length(o.area)) = o.area where r.kind = 'living'
), swabbed as (
  select t.round, s.person, min(s.sampled_at) as sampled_at, min(t.received_at) as received_at,
         min(x.reported_at) as reported_at
  from sample s join tube t on t.tube = s.tube left join result x on x.tube = s.tube
  where t.round is not null group by t.round, s.person
), stood as (
  select e.round, e.area, case
    when w.reported_at is not null then 'resulted' when w.received_at is not null then 'received'
    when w.sampled_at is not null then 'sampled'
    when exists (select 1 from exemption x where x.person = e.person and x.from_day <= date '2022-03-31'
                 and x.to_day > date '2022-03-31') then 'exempt'
    when exists (select 1 from stay y where y.person = e.person and y.kind = 'away'
                 and y.begin <= timestamp '2022-03-30 19:00:00'
                 and (y."end" is null or y."end" > timestamp '2022-03-30 19:00:00')) then 'away'
    else 'missing' end as status
  from expected e left join swabbed w on w.round = e.round and w.person = e.person
)
select round, left(area, {width}), status, count(*) from stood group by 1, 2, 3
"""
MEETINGS = """
with own as (
  select c.person as idx, v.place, greatest(v.enter, c.begin) as begin, least(v.leave, c.until) as until
  from visit v join subject c on c.person = v.person and v.enter < c.until and v.leave > c.begin
)
select count(*) from visit v join own o on v.place = o.place and v.person <> o.idx
and v.enter < o.until and v.leave > o.begin
"""


class Duck:
    """DuckDB with the facts as ordinary tables, and the visits as a view of their files."""

    def __init__(self, night: Night) -> None:
        self.connection = duckdb.connect()
        for kind in SMALL:
            rows = night.facts[kind].to_pyarrow()  # noqa: F841 - read by name below
            self.connection.execute(f"create table {kind} as select * from rows")
        files = night.store.directory / "visits" / "*" / "*.parquet"
        visit = night.facts["visit"]
        single = visit.filter(visit.recorded_at > BEGINS).select(*_VISIT).to_pyarrow()  # noqa: F841 - by name
        self.connection.execute("create table single_visit as select * from single")
        named = ", ".join(_VISIT)
        self.connection.execute(
            f"create view visit as select {named} from read_parquet('{files}', hive_partitioning=true) "
            f"union all select {named} from single_visit"
        )

    def number(self, sql: str) -> int:
        """The rows an SQL question gives, or the number it answers."""
        rows = self.connection.execute(sql).fetchall()
        return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else len(rows)

    def subjects(self, rows: pa.Table) -> None:
        """Whose meetings are asked for."""
        self.connection.execute("create or replace table subject as select * from rows")


class Postgres:
    """A PostgreSQL of its own, with the facts as indexed tables."""

    def __init__(self, socket: Path) -> None:
        self.connection = psycopg.connect(new_database(socket, "bench"), autocommit=True)
        self.connection.execute("set max_parallel_workers_per_gather = 2")
        self.connection.execute("set work_mem = '512MB'")

    def take(self, night: Night, visits: bool) -> None:
        """Copy the facts in; visits only on request: they take 150 bytes a row with their indexes."""
        for kind in SMALL:
            self.copy(kind, night.facts[kind].to_pyarrow())
        for index in _INDEXES:
            self.connection.execute(index)
        if visits:
            visit = night.facts["visit"].select(*_VISIT)
            for ago in range(_DAYS):
                day = (night.as_of - timedelta(days=ago)).date()
                self.copy("visit", visit.filter(visit.day == day).drop("day").to_pyarrow())
            for index in _VISIT_INDEXES:
                self.connection.execute(index)
        self.connection.execute("analyze")

    def copy(self, name: str, rows: pa.Table) -> None:
        """Rows into a table by COPY, the table made where it is not there."""
        kinds = {pa.int64(): "bigint", pa.int32(): "integer", pa.bool_(): "boolean", pa.date32(): "date",
                 pa.float64(): "double precision", pa.timestamp("us"): "timestamp"}  # fmt: skip
        columns = ", ".join(f'"{field.name}" {kinds.get(field.type, "text")}' for field in rows.schema)
        self.connection.execute(f"create table if not exists {name} ({columns})")
        sink = io.BytesIO()
        pa_csv.write_csv(rows, sink, pa_csv.WriteOptions(include_header=False))
        with self.connection.cursor().copy(f"copy {name} from stdin (format csv)") as copy:
            copy.write(sink.getvalue())

    def number(self, sql: str) -> int:
        """The rows an SQL question gives, or the number it answers."""
        rows: Sequence[tuple[int, ...]] = self.connection.execute(sql).fetchall()
        return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else len(rows)


@contextmanager
def postgres() -> Generator[Path | None]:
    """A server's socket; None where PostgreSQL is not installed."""
    programs = binaries()
    if programs is None:
        yield None
        return
    with tempfile.TemporaryDirectory(), server(programs) as socket:
        yield socket
