"""Whose swabs came in since the door was opened? In memory, sorted run by run.

A row a swab in a table by person would dirty a page a swab: twenty thousand pages a second on a busy day. The
table takes them in together when the door is next opened.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_LONGEST = 1_000_000
"""Runs are merged up to so many swabs: longer ones would hold up the writer."""
_Column = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Run:
    """Swabs in the order of their people: the facts, and the places of their tubes."""

    people: _Column
    facts: _Column
    tubes: _Column

    def sorted(self) -> "_Run":
        """In the order of the people."""
        order = np.argsort(self.people, kind="stable")
        return _Run(self.people[order], self.facts[order], self.tubes[order])

    def with_(self, other: "_Run") -> "_Run":
        """Both, in order."""
        return _Run(
            np.concatenate((self.people, other.people)),
            np.concatenate((self.facts, other.facts)),
            np.concatenate((self.tubes, other.tubes)),
        ).sorted()


class Recent:
    """Swabs by person. Added to by one thread, asked by any."""

    def __init__(self) -> None:
        """Knows none."""
        self._runs: tuple[_Run, ...] = ()
        self._tubes: list[tuple[str, datetime]] = []

    def add(self, samples: pa.Table, facts: npt.NDArray[Any]) -> None:
        """Add the rows of a submission of samples, with the numbers of their facts."""
        codes = samples["tube"].combine_chunks().dictionary_encode()
        if isinstance(codes, pa.ChunkedArray):
            codes = codes.combine_chunks()
        places = codes.indices.to_numpy().astype(np.int64)
        _, first = np.unique(places, return_index=True)
        instants = samples["sampled_at"].take(pa.array(first)).to_pylist()
        start = len(self._tubes)
        self._tubes.extend(zip(codes.dictionary.to_pylist(), instants, strict=True))
        run = _Run(samples["person"].to_numpy(), facts.astype(np.int64), places + start).sorted()
        runs = list(self._runs)
        while runs and runs[-1].people.size <= min(2 * run.people.size, _LONGEST):
            run = runs.pop().with_(run)
        self._runs = (*runs, run)

    def swabs(self, person: int) -> list[tuple[int, str, datetime]]:
        """A person's swabs: the fact, the tube and when it was taken."""
        found: list[tuple[int, str, datetime]] = []
        for run in self._runs:
            start, end = np.searchsorted(run.people, [person, person + 1])
            for fact, tube in zip(run.facts[start:end].tolist(), run.tubes[start:end].tolist(), strict=True):
                found.append((fact, *self._tubes[tube]))
        return found
