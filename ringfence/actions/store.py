"""Where does everything live? A store is a folder: journal, vault, visits, columns and its settings."""

import os
import re
import tomllib
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import available_timezones

from ringfence.areas import is_code
from ringfence.columns import Columns
from ringfence.errors import InputError, StoreError
from ringfence.journal import Journal
from ringfence.protocol import SHIPPED
from ringfence.vault import Vault

JOURNAL_URL = "RINGFENCE_JOURNAL_URL"
"""The environment variable that names a PostgreSQL journal; without it the journal is a file in the store."""
KEY_FILE = "RINGFENCE_VAULT_KEY_FILE"
"""The environment variable that says where the vault's key is kept, best not on the same disk."""
_SETTINGS = "store.toml"


@dataclass(frozen=True)
class Settings:
    """What a store is for: an area, a disease, the zone its files' times are in, and where editions are."""

    area: str
    disease: str
    zone: str
    editions: tuple[Path, ...] = (SHIPPED,)


@dataclass(frozen=True)
class Store:
    """An open store."""

    directory: Path
    settings: Settings
    journal: Journal
    vault: Vault
    columns: Columns


def create_store(
    directory: Path, settings: Settings, *, exercise: bool = False, at: datetime | None = None
) -> None:
    """Make a new store in a new or empty folder.

    Args:
        directory: where.
        settings: what it is for.
        exercise: whether it is one, marked so for ever; only then may its clock be set.
        at: when it was created (naive UTC), on an exercise.

    Raises:
        InputError: the settings are wrong. StoreError: the folder is not empty.
    """
    _check(settings)
    if directory.exists() and not directory.is_dir():
        raise StoreError(f"{directory} is a file; choose a new folder")
    if directory.exists() and any(directory.iterdir()):
        raise StoreError(f"{directory} is not empty; choose a new folder, or open the store that is there")
    directory.mkdir(parents=True, exist_ok=True)
    Journal.create(_journal_url(directory), exercise=exercise, at=at).close()
    Vault.create(directory / "vault.sqlite", _key_file(directory)).close()
    own = [str(folder) for folder in settings.editions if folder != SHIPPED]
    lines = [
        f'area = "{settings.area}"',
        f'disease = "{settings.disease}"',
        f'zone = "{settings.zone}"',
        f"editions = {own!r}  # folders of the city's own editions, beside the shipped ones",
    ]
    (directory / _SETTINGS).write_text("\n".join(lines) + "\n", encoding="utf-8")


@contextmanager
def open_store(directory: Path) -> Generator[Store]:
    """The store in a folder; StoreError where there is none."""
    settings = _read_settings(directory)
    with ExitStack() as opened:
        journal = opened.enter_context(Journal.open(_journal_url(directory)))
        vault = opened.enter_context(Vault.open(directory / "vault.sqlite", _key_file(directory)))
        columns = opened.enter_context(Columns(directory / "columns", journal, directory, zone=settings.zone))
        yield Store(directory, settings, journal, vault, columns)


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
        own = tuple(Path(folder) for folder in read.get("editions", []))
        settings = Settings(read["area"], read["disease"], read["zone"], (SHIPPED, *own))
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise StoreError(f"{path}: cannot be read ({error}); it needs area, disease and zone") from error
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    if not is_code(settings.area):
        raise InputError(f'area "{settings.area}" is not an area code; write one such as 3202')
    if not re.fullmatch(r"[a-z0-9-]+", settings.disease):
        raise InputError(f'disease "{settings.disease}": write it as the editions do, such as covid-19')
    if settings.zone not in available_timezones():
        raise InputError(f'zone "{settings.zone}" is not known; write one such as Asia/Shanghai')
