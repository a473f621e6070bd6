"""Who is known already? People's numbers, for asking about many at once."""

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
_RECENT = 50_000
"""How many new numbers are kept apart before they are sorted in among the others."""


class Roll:
    """Numbers of people that grow: a sorted column, and a few new ones beside it."""

    def __init__(self, numbers: Numbers) -> None:
        """`numbers` in any order."""
        self._sorted = np.unique(numbers)
        self._recent: set[int] = set()

    def strangers(self, people: Numbers) -> list[int]:
        """Those who are not on the roll, each once, in the order of their numbers."""
        asked = np.unique(people)
        if self._sorted.size:
            places = np.minimum(np.searchsorted(self._sorted, asked), self._sorted.size - 1)
            asked = asked[self._sorted[places] != asked]
        return [person for person in asked.tolist() if person not in self._recent]

    def add(self, people: Numbers) -> None:
        """Put people on the roll."""
        self._recent.update(people.tolist())
        if len(self._recent) > _RECENT:
            more = np.fromiter(self._recent, np.int64, len(self._recent))
            self._sorted = np.union1d(self._sorted, more)
            self._recent = set()
