"""How does a synthetic city get into a store, and how is a night played over it?"""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from ringfence import city
from ringfence.actions.store import Settings, Store, create_store, open_store
from ringfence.city import City
from ringfence.city.divisions import CITY, SOURCE, real_areas
from ringfence.city.scenario import Happening, night
from ringfence.errors import StoreError
from ringfence.journal import EARLIEST, MOST_ROWS, Submission
from ringfence.tables.facts import FACTS
from ringfence.vault import Identity

ACTOR = "ringfence city"
Watch = Callable[[str, int, int], None]
"""Told a step, how much of it is done and how much there is."""


def take_in_divisions(directory: Path) -> int:
    """Put the shipped division tree into a store whose area it covers; how many areas went in.

    Any other city loads its own file of areas.
    """
    with open_store(directory) as store:
        if not store.settings.area.startswith(CITY):
            return 0
        rows = real_areas()
        # On an exercise whatever is loaded comes after: its clock may stand at any time.
        known = EARLIEST if store.journal.exercise else None
        store.journal.append_all(_submissions("area", rows, "divisions-2023", SOURCE), known)
        return rows.num_rows


def build_city(directory: Path, people: int, seed: int, at: datetime, watch: Watch, workers: int = 2) -> City:
    """Build a synthetic city into a new exercise store; the same seed gives the same facts.

    Args:
        directory: where the store goes.
        people: how many people live in the city.
        seed: which city.
        at: when the exercise's clock stands while the city is taken in (naive UTC).
        watch: is told how far it is.
        workers: how many processes write visits.
    """
    settings = Settings(area=CITY, disease="covid-19", zone="Asia/Shanghai")
    watch("people", 0, 1)
    built = city.build(people, seed)
    watch("people", 1, 1)
    create_store(directory, settings, exercise=True, at=at)
    with open_store(directory) as store:
        _keep_names(store, built, seed, watch)
        tables = built.tables()
        for done, (kind, rows) in enumerate(tables.items()):
            watch("facts", done, len(tables))
            store.journal.append_all(_submissions(kind, rows, f"city-{seed}", "invented"), at)
        watch("facts", len(tables), len(tables))
        partitions = city.write_visits(
            built, directory, city.days(), workers, lambda done, all_: watch("visits", done, all_)
        )
        rows = pa.Table.from_pylist(partitions, schema=FACTS["visit_partition"].schema)
        store.journal.append_all(_submissions("visit_partition", rows, f"city-{seed}", "invented"), at)
        store.columns.refresh()
    return built


def _keep_names(store: Store, built: City, seed: int, watch: Watch) -> None:
    done = 0
    for batch in city.identities(built, seed):
        people, names = batch.column("person").to_pylist(), batch.column("name").to_pylist()
        store.vault.keep((person, Identity(name, "", "")) for person, name in zip(people, names, strict=True))
        done += len(people)
        watch("names", done, built.people)


def _submissions(kind: str, rows: pa.Table, prefix: str, source: str) -> Iterable[Submission]:
    for start in range(0, rows.num_rows, MOST_ROWS):
        part = rows.slice(start, MOST_ROWS)
        yield Submission(f"{prefix}-{kind}-{start // MOST_ROWS}", kind, part, ACTOR, source=source)


def script(built: City, seed: int) -> list[Happening]:
    """The happenings of the night over a city, in the order they became known."""
    return night(built, seed)


def play(store: Store, happenings: Iterable[Happening], until: datetime) -> list[Happening]:
    """Take in what became known up to and including an instant; what was played before is not repeated.

    Returns the happenings up to then. StoreError where the store is not an exercise.
    """
    if not store.journal.exercise:
        raise StoreError("a scenario is only played into an exercise; make one with: ringfence city")
    due = [happening for happening in happenings if happening.at <= until]
    numbered = [(number, happening) for number, happening in enumerate(due)]
    for at, told in groupby(numbered, key=lambda pair: pair[1].at):
        submissions = [
            Submission(f"night-{number}", one.kind, one.rows, "scenario", source=one.source)
            for number, one in told
        ]
        store.journal.append_all(submissions, at)
    return due
