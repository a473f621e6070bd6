"""The store these tests share: that of the tutorial, as the city knows it before midnight."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ringfence.actions.loading import LoadOptions, load
from ringfence.actions.store import Settings, create_store, open_store
from tests.docs.console import Given, Ran, Typed, acts, run

TUTORIAL = Path(__file__).parents[2] / "docs/tutorial/first-outbreak.md"
AHEAD = timedelta(hours=8)


def loads(folder: Path) -> list[tuple[list[Path], datetime]]:
    """The files the tutorial loads, with the instant (UTC) each became known; the files are written."""
    found: list[tuple[list[Path], datetime]] = []
    for act in acts(TUTORIAL.read_text(encoding="utf-8")):
        if isinstance(act, Given):
            (folder / act.name).write_text(act.text, encoding="utf-8")
        elif isinstance(act, Typed) and act.words[0] == "load":
            at = act.words.index("--recorded-at")
            known = datetime.strptime(act.words[at + 1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC) - AHEAD
            found.append(([folder / name for name in act.words[1:at]], known.replace(tzinfo=None)))
    return found


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tutorial's files and its store, `ringfence-data`; tests only read it."""
    folder = tmp_path_factory.mktemp("night")
    create_store(folder / "ringfence-data", Settings("3299", "covid-19", "Asia/Shanghai"), exercise=True)
    for files, known in loads(folder):
        with open_store(folder / "ringfence-data") as store:
            done = load(files, store, LoadOptions(recorded_at=known), folder / "rejects.csv")
        assert done.rejects is None
        assert done.errors == ()
    return folder


@pytest.fixture
def ask(night: Path) -> Callable[..., Ran]:
    """Runs a command in that folder."""

    def asked(*words: str | Path, **variables: str) -> Ran:
        return run(*words, folder=night, **variables)

    return asked


@pytest.fixture
def copied(night: Path, tmp_path: Path) -> Path:
    """A copy of that folder, to be spoilt."""
    shutil.copytree(night, tmp_path / "copy")
    return tmp_path / "copy"
