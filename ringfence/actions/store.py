"""Where does everything live? A store is a folder: journal, vault, visits, columns and its settings."""

import os
import re
import tomllib
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import pyarrow as pa

from ringfence.areas import is_code
from ringfence.columns import Columns
from ringfence.errors import InputError, ProtocolError, StoreError
from ringfence.journal import EARLIEST, Journal, Submission
from ringfence.journal.lock import WriterLock
from ringfence.protocol import SHIPPED, edition_of, files_in
from ringfence.protocol.stacks import check_files
from ringfence.tables.facts import EDITION
from ringfence.vault import Vault

JOURNAL_URL = "RINGFENCE_JOURNAL_URL"
"""The environment variable that names a PostgreSQL journal; without it the journal is a file in the store."""
KEY_FILE = "RINGFENCE_VAULT_KEY_FILE"
"""The environment variable that says where the vault's key is kept, best not on the same disk."""
_SETTINGS = "store.toml"


@dataclass(frozen=True)
class Settings:
    """What a store is for: an area, a disease, the zone its files' times are in, and how many days visits
    are kept; None where nobody set it."""

    area: str
    disease: str
    zone: str
    keep_visits_days: int | None = None


@dataclass(frozen=True)
class Store:
    """An open store."""

    directory: Path
    settings: Settings
    journal: Journal
    vault: Vault
    columns: Columns


def create_store(
    directory: Path,
    settings: Settings,
    *,
    exercise: bool = False,
    at: datetime | None = None,
    editions: Sequence[Path] = (),
) -> None:
    """Make a new store in a new or empty folder, with the editions it decides by in its journal.

    Args:
        directory: where.
        settings: what it is for.
        exercise: whether it is one, marked so for ever; only then may its clock be set.
        at: when it was created (naive UTC), on an exercise.
        editions: files or folders of the city's own editions, beside the shipped ones.

    Raises:
        InputError: the settings are wrong, or an edition cannot be read. StoreError: the folder is not
            empty.
    """
    _check(settings)
    _check_editions(editions)
    rules = kept_editions((SHIPPED, *editions), settings, "Ringfence")
    if directory.exists() and not directory.is_dir():
        raise StoreError(f"{directory} is a file; choose a new folder")
    if directory.exists() and any(directory.iterdir()):
        raise StoreError(f"{directory} is not empty; choose a new folder, or open the store that is there")
    directory.mkdir(parents=True, exist_ok=True)
    with Journal.create(_journal_url(directory), exercise=exercise, at=at) as journal:
        rows = pa.Table.from_pylist(rules, schema=EDITION.schema)
        # On an exercise whatever is loaded comes after: its clock may stand at any time.
        known = EARLIEST if exercise else None
        journal.append(
            Submission("editions", EDITION.name, rows, "ringfence init", source="Ringfence"), known
        )
    Vault.create(directory / "vault.sqlite", _key_file(directory)).close()
    lines = [
        f'area = "{settings.area}"',
        f'disease = "{settings.disease}"',
        f'zone = "{settings.zone}"',
    ]
    if settings.keep_visits_days is not None:
        lines.append(f"keep_visits_days = {settings.keep_visits_days}")
    (directory / _SETTINGS).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _check_editions(own: Sequence[Path]) -> None:
    """ProtocolError where the city's own editions have faults, in any stack they take part in."""
    if not own:
        return
    _, faults = check_files(*own)
    if faults:
        raise ProtocolError("\n".join(map(str, faults)))


def kept_editions(
    sources: Sequence[Path], settings: Settings, authority: str, *, every: bool = False
) -> list[dict[str, Any]]:
    """The editions of some files and folders as rows of the edition table; a later file replaces its id.

    Those of another disease are left out, or refused where `every` one was asked for. InputError where
    one cannot be read at all; its other faults are told when it is used.
    """
    rows: dict[str, dict[str, Any]] = {}
    for file, content in files_in(*sources):
        id_, disease = edition_of(file, content)
        if disease in (settings.disease, "*"):
            text = content.decode("utf-8-sig")
            rows[id_] = {"edition": id_, "text": text, "authority": authority, "source": file}
        elif every:
            raise InputError(f"{file}: is for {disease}; this store is for {settings.disease}")
    return [rows[id_] for id_ in sorted(rows)]


@contextmanager
def open_store(directory: Path) -> Generator[Store]:
    """The store in a folder; StoreError where there is none."""
    settings = _read_settings(directory)
    with ExitStack() as opened:
        journal = opened.enter_context(Journal.open(_journal_url(directory)))
        vault = opened.enter_context(Vault.open(directory / "vault.sqlite", _key_file(directory)))
        columns = opened.enter_context(Columns(directory / "columns", journal, directory, zone=settings.zone))
        yield Store(directory, settings, journal, vault, columns)


@contextmanager
def writing_visits(store: Store, wait: float = 600.0) -> Generator[None]:
    """While visits go in, or go for good: one process at a time, or a day that is just being deleted would be
    named after its file has gone. StoreError where another does for longer than `wait` seconds."""
    lock = WriterLock(store.directory / "visits.writer")
    lock.take(wait)
    try:
        yield
    finally:
        lock.release()


def _journal_url(directory: Path) -> str:
    return os.environ.get(JOURNAL_URL) or str(directory / "journal.sqlite")


def _key_file(directory: Path) -> Path:
    return Path(os.environ.get(KEY_FILE) or directory / "vault.key")


def _read_settings(directory: Path) -> Settings:
    path = directory / _SETTINGS
    if not path.is_file():
        raise StoreError(f"{directory} is not a store; make one with: ringfence init {directory}")
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
        settings = Settings(read["area"], read["disease"], read["zone"], read.get("keep_visits_days"))
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise StoreError(f"{path}: cannot be read ({error}); it needs area, disease and zone") from error
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    if not is_code(settings.area):
        raise InputError(f'area "{settings.area}" is not an area code; write one such as 3202')
    if not re.fullmatch(r"[a-z0-9-]+", settings.disease):
        raise InputError(f'disease "{settings.disease}": write it as the editions do, such as covid-19')
    kept = settings.keep_visits_days
    if kept is not None and (type(kept) is not int or kept < 1):
        raise InputError(f"keep_visits_days is {kept!r}; write a whole number of days, at least 1")
    if settings.zone not in available_timezones():
        raise InputError(f'zone "{settings.zone}" is not known; write one such as Asia/Shanghai')
