"""Run the benchmarks: `python -m benchmarks --people 746k`; see docs/explanation/benchmarks.md."""

import argparse
import platform
import tempfile
from pathlib import Path

import duckdb

from benchmarks import courses, coverage, decide, ingest, load, trace
from benchmarks.measure import Row, processor, table
from benchmarks.night import played
from benchmarks.plain import Duck, Postgres, postgres
from ringfence.commands.city import count

PARTS = ("load", "ingest", "coverage", "decide", "courses", "trace")


def main() -> None:
    """Build a city, play the night to 03:00, and time each part side by side in one run."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--people", default="746k")
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is timed; the median is shown")
    parser.add_argument("--postgres-visits", action="store_true", help="give PostgreSQL the visits as well")
    parser.add_argument("--store", type=Path, help="keep the city here, and use it where it is there")
    parser.add_argument("--spark", default="", help="trace on Apache Spark too: a master, such as local[2]")
    asked = parser.parse_args()
    people = count(asked.people)
    print(f"{processor()}, {platform.python_version()}, DuckDB {duckdb.__version__}, {people:,} people")
    wanted = asked.only or PARTS
    with tempfile.TemporaryDirectory(prefix="ringfence-bench-") as folder:
        if rows := _run(asked, people, Path(folder)):
            print(table(rows))
        if "trace" in wanted:
            built = trace.build(asked.store or Path(folder), people * trace.PER_PERSON / 1e6)
            print(trace.table(built.rows + trace.rows(built, trace.options(asked.rounds, asked.spark))))


def _run(asked: argparse.Namespace, people: int, folder: Path) -> list[Row]:
    wanted = asked.only or PARTS
    rows: list[Row] = []
    if "courses" in wanted:
        rows += courses.rows(asked.rounds)
    if "ingest" in wanted:
        rows += ingest.rows(people, folder)
    with postgres() as socket:
        server = Postgres(socket) if socket else None
        if "load" in wanted:
            rows += load.rows(people, folder, server)
        if "coverage" in wanted or "decide" in wanted:
            with played(asked.store or folder / "city", people) as night:
                duck = Duck(night)
                if server:
                    server.take(night, visits=asked.postgres_visits)
                if "coverage" in wanted:
                    rows += coverage.rows(night, duck, server, asked.rounds)
                if "decide" in wanted:
                    rows += decide.rows(night, duck, server if asked.postgres_visits else None, asked.rounds)
    return rows


if __name__ == "__main__":
    main()
