"""Has this file said this before, and did it say the same?"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Hashes = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]


class Repeats:
    """What a file has said so far: a hash of each natural key, of what was said of it, and the first row.

    Twenty-four bytes a row, in sorted runs that are merged as they grow, so ten million rows take a
    quarter of a gigabyte. Two keys of the same 64-bit hash would be told to conflict: at ten million
    rows the chance is three in a million, and the row would be listed, not lost.
    """

    def __init__(self) -> None:
        """Start with nothing said."""
        self._runs: list[tuple[Hashes, Hashes, Rows]] = []

    def meet(self, keys: Hashes, contents: Hashes, rows: Rows) -> tuple[Rows, npt.NDArray[np.bool_]]:
        """For each row, the earlier row of its key (0 where there is none), and whether it said the same."""
        order = np.argsort(keys, kind="stable")
        starts = np.ones(len(keys), dtype=bool)
        starts[1:] = keys[order][1:] != keys[order][:-1]
        first = np.empty(len(keys), dtype=np.int64)
        first[order] = order[starts][np.cumsum(starts) - 1]
        earlier = np.where(first == np.arange(len(keys)), 0, rows[first])
        said = contents[first]
        for run_keys, run_contents, run_rows in self._runs:
            at = np.minimum(np.searchsorted(run_keys, keys), len(run_keys) - 1)
            hit = run_keys[at] == keys
            earlier = np.where(hit, run_rows[at], earlier)
            said = np.where(hit, run_contents[at], said)
        new = order[earlier[order] == 0]
        self._keep(keys[new], contents[new], rows[new])
        return earlier, contents == said

    def _keep(self, keys: Hashes, contents: Hashes, rows: Rows) -> None:
        if not len(keys):
            return
        self._runs.append((keys, contents, rows))
        while len(self._runs) > 1 and len(self._runs[-2][0]) < 2 * len(self._runs[-1][0]):
            last, before = self._runs.pop(), self._runs.pop()
            keys = np.concatenate([before[0], last[0]])
            order = np.argsort(keys, kind="stable")
            contents = np.concatenate([before[1], last[1]])
            rows = np.concatenate([before[2], last[2]])
            self._runs.append((keys[order], contents[order], rows[order]))


def row_digests(table: pa.Table) -> list[bytes]:
    """Sixteen bytes of BLAKE2b for each row's values, the same wherever and in whatever order it stands.

    Days and instants count as the integers they are stored as; no identity is part of it.
    """
    return [blake2b(repr(row).encode(), digest_size=16).digest() for row in _plain_rows(table)]


def key_hashes(table: pa.Table, key: Sequence[str]) -> Hashes:
    """A 64-bit hash of each row's natural key."""
    rows = _plain_rows(table.select(list(key)))
    return _hashes(blake2b(repr(row).encode(), digest_size=8).digest() for row in rows)


def content_hashes(digests: Sequence[bytes], identities: Sequence[object]) -> Hashes:
    """A 64-bit hash of each row's digest and what it says of who people are."""
    return _hashes(
        blake2b(digest + repr(said).encode(), digest_size=8).digest() if said else digest[:8]
        for digest, said in zip(digests, identities, strict=True)
    )


def _hashes(digests: Iterable[bytes]) -> Hashes:
    return np.frombuffer(b"".join(digests), dtype=np.uint64)


def _plain_rows(table: pa.Table) -> Iterator[tuple[object, ...]]:
    return zip(*(_plain(column) for column in table.columns), strict=True)


def _plain(column: pa.ChunkedArray) -> list[object]:
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    elif pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    return column.to_pylist()
