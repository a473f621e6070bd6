"""Tracing a city: Ringfence's contact index beside the join anybody would write, over the same visits.

`python -m benchmarks.trace --visits 30 312 --folder BIG_DISK` builds a synthetic city for each number of
millions of visits (kept in the folder, used again where it is there), lays out its contact index, and asks
for every meeting of 1, 100 and 1,000 cases in four days. The engines must find exactly the same meetings:
their number, the sum of their lengths and two sums over who met whom where; a difference is an error.
"""

import argparse
import gc
import os
import platform
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from benchmarks.measure import Row, peak_gb, processor, timed
from benchmarks.plain import postgres
from ringfence import city
from ringfence.actions.clustering import connected
from ringfence.city.visits import days, write_visits
from ringfence.columns import contact_index
from ringfence.columns.contact_index import ContactIndex
from ringfence.columns.contact_rings import Cut, next_ring
from ringfence.columns.contact_search import Meeting, meetings, own_visits, pairs, spans_of
from ringfence.columns.contact_sources import Source, VisitSources
from ringfence.columns.visits import Partition
from ringfence.journal import partitions
from ringfence.tables import fact_number
from tests.postgres import new_database

SEED = 97
PER_PERSON = 41.1
"""Visits a person of the synthetic city makes in its fourteen days."""
CASES = (1, 100, 1000)
BEGIN = datetime.fromisoformat("2022-03-26T16:00")
SPAN = timedelta(days=4)
LEAST = 10
"""Minutes a first-ring meeting lasts for the one met to be followed to the second ring."""
_SUMS = """select count(*), coalesce(sum(minutes), 0), coalesce(sum(person % 1000003), 0),
coalesce(sum(place * (person % 1009) % 1000003), 0) from ({query}) as met"""
_JOIN = """
with own as (
  select c.index, v.place, greatest(v.enter, c.begin) as begin, least(v.leave, c.until) as until
  from visit v join subject c on c.index = v.person and v.enter < c.until and v.leave > c.begin
), met as (
  select o.index, v.person, v.place, greatest(v.enter, o.begin) as begin, least(v.leave, o.until) as until
  from visit v join own o on v.place = o.place and v.person <> o.index
  and v.enter < o.until and v.leave > o.begin
)
select person, place, {minutes} as minutes from met
"""
_DUCK = _JOIN.format(minutes="date_diff('microsecond', begin, until) // 60000000")
SPARK = _JOIN.format(minutes="timestampdiff(MICROSECOND, begin, until) div 60000000")
_POSTGRES = _JOIN.format(minutes="floor(extract(epoch from until - begin) / 60)")

Answer = tuple[int, int, int, int]


@dataclass(frozen=True)
class Built:
    """A city's visits, its index and how long that took."""

    folder: Path
    people: int
    visits: int
    sources: tuple[Source, ...]
    rows: list[Row]

    def index(self) -> ContactIndex:
        """The index, mapped anew."""
        known = VisitSources(self.sources, _no_visits(), np.zeros(0, np.int64))
        return contact_index.opened(self.folder / "contacts", known)


def options(rounds: int, spark: str) -> argparse.Namespace:
    """What `rows` asks for: every engine but PostgreSQL, which wants 150 bytes of disk a visit."""
    return argparse.Namespace(rounds=rounds, spark=spark, duckdb_most=max(CASES), postgres=False)


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.trace", description=__doc__)
    parser.add_argument("--visits", type=float, nargs="+", default=[30.0], help="millions")
    parser.add_argument("--folder", type=Path, help="where the cities are kept; a temporary one else")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is timed; the median is shown")
    parser.add_argument("--duckdb-most", type=int, default=1000, help="the most cases DuckDB is asked about")
    parser.add_argument("--postgres", action="store_true", help="PostgreSQL too: 150 bytes of disk a visit")
    parser.add_argument("--spark", default="", help="Apache Spark too: a master, such as local[2]")
    asked = parser.parse_args()
    print(f"{processor()}, {platform.python_version()}, DuckDB {duckdb.__version__}, numpy {np.__version__}")
    with tempfile.TemporaryDirectory(prefix="ringfence-trace-") as temporary:
        for millions in asked.visits:
            built = build(asked.folder or Path(temporary), millions)
            print(f"\n## {built.people:,} people, {built.visits:,} visits\n")
            print(table(built.rows + rows(built, asked)), flush=True)


def build(folder: Path, millions: float) -> Built:
    """The city of so many million visits and its index, made where they are not there."""
    people = round(millions * 1_000_000 / PER_PERSON)
    here = folder / f"trace-{people}"
    if not (here / "whole").exists():
        write_visits(city.build(people, SEED), here, days(), 2)
        (here / "whole").touch()
    sources = tuple(
        _source(number, path) for number, path in enumerate(sorted(here.glob("visits/*/*.parquet")))
    )
    seconds, made = timed(lambda: contact_index.build(here / "contacts", sources))
    visits = sum(source.rows for source in sources)
    note = f"{made} days; {_bytes(here / 'contacts'):.2f} GB beside {_bytes(here / 'visits'):.2f} of Parquet"
    found = [Row("build", "Ringfence", seconds, visits, f"{note}; peak {peak_gb():.1f} GB")] if made else []
    return Built(here, people, visits, sources, found)


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table, in thousandths of a second; the ratio is to Ringfence's own row."""
    own = {row.part: row.seconds for row in reversed(rows) if row.engine == "Ringfence"}
    lines = ["| part | engine | ms | times Ringfence's | note |", "|---|---|--:|--:|---|"]
    for row in rows:
        ratio = f"{row.seconds / own[row.part]:.2f}" if row.part in own else ""
        lines.append(f"| {row.part} | {row.engine} | {row.seconds * 1e3:,.1f} | {ratio} | {row.note} |")
    return "\n".join(lines)


def _source(number: int, path: Path) -> Source:
    day = date.fromisoformat(path.parent.name.removeprefix("day="))
    partition = Partition(day, "city", path, fact_number(number + 1, 0), BEGIN)
    return Source(partition, partitions.digest(path), pq.read_metadata(path).num_rows)


def _no_visits() -> pa.Table:
    return pa.table({"person": pa.array([], pa.int64()), "day": pa.array([], pa.date32())})


def _bytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e9


def rows(built: Built, asked: argparse.Namespace) -> list[Row]:
    """Every search on every engine."""
    found: list[Row] = []
    others = [("DuckDB", _duckdb(built.folder), asked.duckdb_most)]
    if asked.spark:
        others.append((f"Spark {asked.spark}", spark(built.folder, asked.spark), asked.duckdb_most))
    with postgres() as socket:
        if asked.postgres and socket is not None:
            others.append(("PostgreSQL", _postgres(built.folder, str(socket)), max(CASES)))
        for cases in CASES:
            subjects = _subjects(built.people, cases)
            part = f"meetings of {cases:,}"
            index, cold = _cold(built, subjects, part)
            timings, met = _ringfence(built, index, subjects, part, asked.rounds)
            found += [cold, *timings]
            for name, ask, most in others:
                if cases <= most:
                    seconds, theirs = _timed(lambda ask=ask, s=subjects: ask(s), min(asked.rounds, 3))
                    _same(part, name, _answer(met), theirs)
                    found.append(Row(part, name, seconds, built.visits, "the same meetings"))
            del met
            if cases <= 100:
                found += _second_ring(built, index, subjects, asked.rounds)
            del index
    return found


def _cold(built: Built, subjects: pa.Table, part: str) -> tuple[ContactIndex, Row]:
    """The index opened, and the first search, its files not in memory; the kernels are compiled already."""
    meetings(built.index(), _subjects(built.people, 1))
    gc.collect()  # what is still mapped is not forgotten by the system
    _evict(built.folder / "contacts")
    begun = time.perf_counter()
    index = built.index()
    meetings(index, subjects)
    seconds = time.perf_counter() - begun
    return index, Row(part, "Ringfence, cold", seconds, built.visits, "opened and asked, nothing in memory")


def _subjects(people: int, cases: int) -> pa.Table:
    """Cases drawn from everybody, each to be met for four days."""
    drawn = np.random.default_rng(SEED).choice(people, cases, replace=False) + 1
    kind = pa.timestamp("us")
    return pa.table({
        "index": pa.array(drawn.astype(np.int64)),
        "begin": pa.array([BEGIN] * cases, kind),
        "end": pa.array([BEGIN + SPAN] * cases, kind),
    })  # fmt: skip


def _ringfence(
    built: Built, index: ContactIndex, subjects: pa.Table, part: str, rounds: int
) -> tuple[list[Row], pa.Table]:
    found: list[pa.Table] = []

    def search() -> int:
        found[:] = [meetings(index, subjects)]
        return found[0].num_rows

    seconds, count = timed(search, rounds)
    limit, note = _limit(index, subjects, found[0])
    summing, people = timed(lambda: pairs(found[0]).num_rows, rounds)
    return [
        Row(part, "Ringfence", seconds, built.visits, f"{count:,} meetings"),
        Row(part, "limit", limit, built.visits, note),
        Row(part, "Ringfence, pairs", summing, built.visits, f"{people:,} pairs, from the meetings"),
    ], found[0]


def _limit(index: ContactIndex, subjects: pa.Table, found: pa.Table) -> tuple[float, str]:
    """Seconds the bytes that must be touched take: a cache line an own visit three times over, the records
    of the meetings, and the answer written."""
    own = len(own_visits(index, spans_of(subjects)).span)
    record = index.segments[0].arrays.rows.itemsize
    touched = own * 3 * 64 + found.num_rows * record + found.nbytes
    bandwidth = _bandwidth()
    return touched / bandwidth, f"{touched / 1e6:.1f} MB must be touched, at {bandwidth / 1e9:.1f} GB/s"


def _bandwidth() -> float:
    """Bytes a second that this machine copies, now."""
    given = np.ones(1 << 25, np.int64)
    taken = np.empty_like(given)
    seconds, _ = timed(lambda: (np.copyto(taken, given), 0)[1], 5)
    return 2 * given.nbytes / seconds


def _second_ring(built: Built, index: ContactIndex, subjects: pa.Table, rounds: int) -> list[Row]:
    """Everybody who met any of those a case was with for ten minutes, from then on."""
    first = pairs(meetings(index, subjects, Meeting(least_minutes=LEAST)))
    begins = first.group_by("person").aggregate([("first", "min")])
    until = pa.array([BEGIN + SPAN] * begins.num_rows, pa.timestamp("us"))
    contacts = pa.table({"index": begins["person"], "begin": begins["first_min"], "end": until})
    found: list[Row] = []
    for name, cut, ranked in (
        ("whole set", Cut(), False), ("15 min, places to 200 visits a day", Cut(15, 200), False),
        ("the same, ranked", Cut(15, 200), True),
    ):  # fmt: skip
        seconds, count = timed(lambda c=cut, r=ranked: next_ring(index, contacts, c, r).num_rows, rounds)
        note = f"{count:,} people of {contacts.num_rows:,} contacts; {name}"
        found.append(Row(f"second ring of {subjects.num_rows:,}", "Ringfence", seconds, built.visits, note))
    return found


def _answer(met: pa.Table) -> Answer:
    person, place = (met[name].to_numpy() for name in ("person", "place"))
    minutes = pc.sum(met["minutes"]).as_py() or 0
    who, where = int((person % 1000003).sum()), int((place * (person % 1009) % 1000003).sum())
    return met.num_rows, minutes, who, where


def _same(part: str, name: str, own: Answer, theirs: Answer) -> None:
    if own != theirs:
        raise SystemExit(f"{part}: {name} says {theirs}, Ringfence {own}; they must agree")


def _timed(work: Callable[[], Answer], rounds: int) -> tuple[float, Answer]:
    answers: list[Answer] = []
    seconds, _ = timed(lambda: (answers.append(work()), 0)[1], rounds)
    return seconds, answers[-1]


def _duckdb(folder: Path) -> Callable[[pa.Table], Answer]:
    """The join over the Parquet files, the spans' days picked from the folders' names."""
    connection = duckdb.connect()
    files = folder / "visits" / "*" / "*.parquet"
    first, last = (BEGIN - timedelta(days=1)).date(), (BEGIN + SPAN).date()
    connection.execute(
        f"create view visit as select * from read_parquet('{files}', hive_partitioning=true) "
        f"where day between '{first}' and '{last}'"
    )

    def ask(subjects: pa.Table) -> Answer:
        renamed = subjects.rename_columns(["index", "begin", "until"])
        connection.register("subject", renamed)
        return _whole(connection.execute(_SUMS.format(query=_DUCK)).fetchall())

    return ask


def spark(folder: Path, master: str) -> Callable[[pa.Table], Answer]:
    """The same join on Apache Spark, over the same files."""
    backend = connected(master)
    first, last = (BEGIN - timedelta(days=1)).date(), (BEGIN + SPAN).date()
    backend.raw_sql(
        f"CREATE OR REPLACE TEMPORARY VIEW visit AS SELECT * FROM parquet.`{folder.resolve() / 'visits'}` "
        f"WHERE day BETWEEN DATE'{first}' AND DATE'{last}'"
    )

    def ask(subjects: pa.Table) -> Answer:
        named = folder.resolve() / "subjects.parquet"
        pq.write_table(subjects.rename_columns(["index", "begin", "until"]), named)
        backend.raw_sql(f"CREATE OR REPLACE TEMPORARY VIEW subject AS SELECT * FROM parquet.`{named}`")
        return _whole([tuple(row) for row in backend.raw_sql(_SUMS.format(query=SPARK)).collect()])

    return ask


def _postgres(folder: Path, socket: str) -> Callable[[pa.Table], Answer]:
    """The join over an indexed table of the days asked about; both indexes cover what is read."""
    connection = psycopg.connect(new_database(Path(socket), "trace"), autocommit=True)
    connection.execute("set max_parallel_workers_per_gather = 2")
    connection.execute("set work_mem = '512MB'")
    connection.execute("create table visit (person bigint, place bigint, enter timestamp, leave timestamp)")
    for path in sorted(folder.glob("visits/*/*.parquet")):
        if path.parent.name >= f"day={(BEGIN - timedelta(days=1)).date()}":
            _copy(connection, pq.ParquetFile(path).read(["person", "place", "enter", "leave"]))
    connection.execute("create index on visit (place, enter) include (leave, person)")
    connection.execute("create index on visit (person, enter) include (leave, place)")
    connection.execute("vacuum analyze visit")

    def ask(subjects: pa.Table) -> Answer:
        connection.execute("drop table if exists subject")
        connection.execute("create table subject (index bigint, begin timestamp, until timestamp)")
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into subject values (%s, %s, %s)",
                [tuple(row.values()) for row in subjects.to_pylist()],
            )
        connection.execute("analyze subject")
        return _whole(connection.execute(_SUMS.format(query=_POSTGRES)).fetchall())

    return ask


def _copy(connection: psycopg.Connection, visits: pa.Table) -> None:
    with connection.cursor().copy("copy visit from stdin (format csv)") as copy:
        for batch in visits.to_batches(1 << 18):
            sink = pa.BufferOutputStream()
            pa_csv.write_csv(batch, sink, pa_csv.WriteOptions(include_header=False))
            copy.write(sink.getvalue().to_pybytes())


def _whole(found: Sequence[tuple[object, ...]]) -> Answer:
    one, two, three, four = (int(str(value)) for value in found[0])
    return one, two, three, four


def _evict(folder: Path) -> None:
    """Have the system forget the files' contents, so that they come from the disk."""
    for path in folder.rglob("*.bin"):
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


if __name__ == "__main__":
    main()
