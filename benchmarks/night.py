"""The city and the night every part is timed on."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ringfence.actions.playing import build_city, play, script
from ringfence.actions.ruling import rules_at
from ringfence.actions.store import Store, open_store
from ringfence.city import build
from ringfence.city.scenario import CALL_OVERS
from ringfence.commands.city import BEGINS
from ringfence.protocol import Protocol
from ringfence.tables import Facts

SEED = 97


@dataclass(frozen=True)
class Night:
    """A store played to 03:00, and what was known and in force then."""

    store: Store
    as_of: datetime
    protocol: Protocol
    facts: Facts


@contextmanager
def played(folder: Path, people: int) -> Generator[Night]:
    """The city in a folder, built where it is not there, with the night played to its last call-over."""
    if folder.exists():
        built = build(people, SEED)
    else:
        built = build_city(folder, people, SEED, BEGINS, lambda *_: None)
    as_of = CALL_OVERS[-1]
    with open_store(folder) as store:
        play(store, script(built, SEED), as_of)
        store.columns.refresh()
        protocol = rules_at(store, as_of)[0]
        yield Night(store, as_of, protocol, store.columns.snapshot(as_of))
