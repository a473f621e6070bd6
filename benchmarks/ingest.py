"""Taking in one more day of visits, typed and as text: checked, sorted, kept by day; beside a bare sort."""

import time
from datetime import timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from benchmarks.measure import Row, peak_gb, timed
from ringfence import city
from ringfence.actions.loading import LoadOptions, load
from ringfence.actions.store import Settings, create_store, open_store
from ringfence.city.visits import days, write_visits
from ringfence.errors import StoreError

SEED = 97
_AHEAD = timedelta(hours=8)


def rows(people: int, folder: Path) -> list[Row]:
    """Seconds to take in one day of the visits of so many people, in the order they began, as a city sends
    them."""
    files = _files(people, folder)
    found: list[Row] = []
    for name, file in files.items():
        begun = time.process_time()
        seconds, accepted = timed(lambda file=file, name=name: _ringfence(file, folder / f"of-{name}"))
        worked = time.process_time() - begun
        size = file.stat().st_size / 1e6
        note = f"{worked:.1f} s of work; {size:,.0f} MB; checked, sorted, digested; peak {peak_gb():.1f} GB"
        found.append(Row(f"a day of visits, {name}", "Ringfence", seconds, accepted, note))
        begun = time.process_time()
        seconds, taken = timed(lambda file=file: _duckdb(file, folder / "sorted.parquet"))
        worked = time.process_time() - begun
        note = f"{worked:.1f} s of work; the same file read, sorted, written; nothing checked"
        found.append(Row(f"a day of visits, {name}", "DuckDB", seconds, taken, note))
    return found


def _files(people: int, folder: Path) -> dict[str, Path]:
    write_visits(city.build(people, SEED), folder, days()[:1])
    day = pq.ParquetFile(next(folder.glob("visits/*/*.parquet"))).read().sort_by("enter")
    person = pc.binary_join_element_wise("P", day["person"].cast(pa.string()), "")
    typed = day.set_column(day.schema.get_field_index("person"), "person", person)
    for name in ("enter", "leave"):
        marked = pc.assume_timezone(day[name], "UTC")
        typed = typed.set_column(typed.schema.get_field_index(name), name, marked)
    pq.write_table(typed, folder / "day.parquet")
    told = typed
    for name in ("enter", "leave"):
        local = pc.add(day[name], pa.scalar(_AHEAD)).cast(pa.timestamp("s"))
        text = pc.strftime(local, format="%Y-%m-%d %H:%M:%S")
        told = told.set_column(told.schema.get_field_index(name), name, text)
    pa_csv.write_csv(told, folder / "day.csv", pa_csv.WriteOptions(quoting_style="none"))
    return {"typed Parquet": folder / "day.parquet", "CSV": folder / "day.csv"}


def _ringfence(file: Path, store: Path) -> int:
    create_store(store, Settings("3202", "covid-19", "Asia/Shanghai"))
    with open_store(store) as opened:
        summary = load([file], opened, LoadOptions(source="gates"), store / "rejects.csv")
    if summary.errors:
        raise StoreError("; ".join(summary.errors))
    return sum(one.accepted for one in summary.files)


def _duckdb(file: Path, into: Path) -> int:
    connection = duckdb.connect()
    connection.execute(
        f"copy (select * from '{file}' order by place, enter, person) to '{into}' (compression zstd)"
    )
    found = connection.execute(f"select count(*) from '{into}'").fetchall()
    connection.close()
    return int(found[0][0])
