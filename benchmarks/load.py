"""Loading people and where they live from CSV: checked, identities apart, journalled; beside a bare copy."""

import csv
from pathlib import Path

import duckdb

from benchmarks.measure import Row, peak_gb, timed
from benchmarks.plain import Postgres
from ringfence import city
from ringfence.actions.loading import LoadOptions, load
from ringfence.actions.store import Settings, create_store, open_store
from ringfence.errors import StoreError

SEED = 97


def rows(people: int, folder: Path, server: Postgres | None) -> list[Row]:
    """Seconds to take in a file of so many people with their names, and one of where they live."""
    files = _files(people, folder)
    seconds, accepted = timed(lambda: _ringfence(files, folder / "loaded"))
    found = [
        Row(
            "load",
            "Ringfence",
            seconds,
            accepted,
            f"checked, names encrypted, chained; peak {peak_gb():.1f} GB",
        )
    ]
    seconds, taken = timed(lambda: _duckdb(files, folder / "plain.duckdb"))
    found.append(Row("load", "DuckDB", seconds, taken, "read_csv into tables, nothing checked"))
    if server:
        seconds, taken = timed(lambda: _postgres(files, server))
        found.append(Row("load", "PostgreSQL", seconds, taken, "COPY into tables with a primary key"))
    return found


def _files(people: int, folder: Path) -> list[Path]:
    """Two CSV files as a city would send them: people by local code with invented names, and residences."""
    built = city.build(people, SEED)
    person, residence = folder / "person.csv", folder / "residence.csv"
    with person.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["person", "name", "birth_year", "sex"])
        years, sexes = built.person["birth_year"].to_pylist(), built.person["sex"].to_pylist()
        for batch in city.identities(built, SEED):
            numbers, names = batch.column("person").to_pylist(), batch.column("name").to_pylist()
            for number, name in zip(numbers, names, strict=True):
                writer.writerow([f"H{number:09d}", name, years[number - 1], sexes[number - 1]])
    living = built.residence.select(["person", "kind", "area"]).to_pylist()
    with residence.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["person", "kind", "area"])
        writer.writerows([f"H{row['person']:09d}", row["kind"], row["area"]] for row in living)
    return [person, residence]


def _ringfence(files: list[Path], store: Path) -> int:
    create_store(store, Settings("3202", "covid-19", "Asia/Shanghai"))
    with open_store(store) as opened:
        summary = load(files, opened, LoadOptions(), store / "rejects.csv")
    if summary.errors:
        raise StoreError("; ".join(summary.errors))
    return sum(file.accepted for file in summary.files)


def _duckdb(files: list[Path], database: Path) -> int:
    connection = duckdb.connect(str(database))
    taken = 0
    for file in files:
        connection.execute(f"create table {file.stem} as select * from read_csv('{file}')")
        taken += connection.execute(f"select count(*) from {file.stem}").fetchall()[0][0]
    connection.close()
    return taken


def _postgres(files: list[Path], server: Postgres) -> int:
    server.connection.execute(
        "create table load_person (person text primary key, name text, birth_year integer, sex text)"
    )
    server.connection.execute(
        "create table load_residence (person text, kind text, area text, primary key (person, kind))"
    )
    taken = 0
    for file in files:
        with server.connection.cursor().copy(
            f"copy load_{file.stem} from stdin (format csv, header)"
        ) as copy:
            copy.write(file.read_bytes())
        taken += server.number(f"select count(*) from load_{file.stem}")
    return taken
