"""What do the commands have in common that ask what follows as of an instant?"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from rich.console import Console

from ringfence.actions.deciding import Answer, decide_at
from ringfence.actions.store import Store, open_store
from ringfence.commands.options import instant, local

T = TypeVar("T")


@dataclass(frozen=True)
class Moment:
    """An open store, and the instant it is asked about."""

    store: Store
    at: datetime

    @property
    def zone(self) -> str:
        """The zone whose clocks the store goes by."""
        return self.store.settings.zone

    @property
    def said(self) -> str:
        """The instant, for a title."""
        return f"{local(self.at, self.store)} {self.zone}"

    def answered(self, step: str, work: Callable[[Answer], T]) -> tuple[Answer, T]:
        """The decisions, and what some work makes of them; whoever waits is told what is being done."""
        with Console(stderr=True).status("") as status:
            answer = decide_at(self.store, self.at, lambda done: status.update(f"{done} …"))
            status.update(f"{step} …")
            return answer, work(answer)


@contextmanager
def moment(folder: Path, as_of: str) -> Generator[Moment]:
    """A store opened, and the instant an option stands for."""
    with open_store(folder) as opened:
        yield Moment(opened, instant(as_of, opened))
