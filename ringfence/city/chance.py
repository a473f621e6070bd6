"""Which random numbers? Streams fixed by (seed, purpose, block), the same on any number of cores."""

import hashlib

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def _key(seed: int, purpose: str, block: int) -> NDArray[np.uint64]:
    digest = hashlib.blake2b(f"{seed}/{purpose}/{block}".encode(), digest_size=16).digest()
    return np.frombuffer(digest, dtype="<u8")


def stream(seed: int, purpose: str, block: int = 0) -> np.random.Generator:
    """A generator of its own for one purpose; counter-based (Philox), so no other draw can move it."""
    return np.random.Generator(np.random.Philox(key=_key(seed, purpose, block)))


def fixed(numbers: NDArray[np.integer], seed: int, purpose: str, block: int = 0) -> NDArray[np.float32]:
    """A number in [0, 1) for each whole number, always the same for it (SplitMix64's finaliser).

    >>> fixed(np.array([7, 8, 7]), 1, "habit")[[0, 2]].tolist() == [fixed(np.array([7]), 1, "habit")[0]] * 2
    True
    """
    x = numbers.astype(np.uint64)
    x *= np.uint64(0x9E3779B97F4A7C15)
    x += _key(seed, purpose, block)[0]
    x ^= x >> np.uint64(30)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(27)
    x *= np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    return (x >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-24)


def shares_out(total: int, weights: Floats) -> Ints:
    """Whole numbers in proportion to the weights that add up to the total (largest remainder).

    >>> shares_out(10, np.array([1.0, 1.0, 2.0])).tolist()
    [3, 2, 5]
    """
    exact = weights / weights.sum() * total
    whole = np.floor(exact).astype(np.int64)
    short = total - int(whole.sum())
    whole[np.argsort(-(exact - whole), kind="stable")[:short]] += 1
    return whole


def ranks(groups: NDArray[np.integer]) -> Ints:
    """The position of each element in its run of equal neighbours, from 0.

    >>> ranks(np.array([4, 4, 9, 9, 9])).tolist()
    [0, 1, 0, 1, 2]
    """
    here = np.arange(groups.size, dtype=np.int64)
    starts = np.ones(groups.size, dtype=bool)
    starts[1:] = groups[1:] != groups[:-1]
    return here - np.maximum.accumulate(np.where(starts, here, 0))
