"""Which of many ID numbers are right? As `id_numbers`, for a whole column at once."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from ringfence.intake.faults import MISSING, Fault
from ringfence.intake.id_numbers import LENGTH, born, read_id_number, registered

_Digits = npt.NDArray[np.int64]
_WEIGHTS = np.array([2 ** (LENGTH - 1 - place) % 11 for place in range(LENGTH - 1)])
_CHECKS = np.frombuffer(b"10X98765432", np.uint8)
_TENS = 10 ** np.arange(LENGTH)[::-1]


def read_id_numbers(texts: Sequence[str]) -> list[str | Fault]:
    """Each number as `read_id_number` reads it; only those not plainly right are read one by one."""
    right = _plainly_right(texts)
    return [
        text if sure else read_id_number(text) if text.strip() else MISSING
        for text, sure in zip(texts, right, strict=True)
    ]


def _plainly_right(texts: Sequence[str]) -> list[bool]:
    whole = [place for place, text in enumerate(texts) if len(text) == LENGTH and text.isascii()]
    sure = [False] * len(texts)
    if not whole:
        return sure
    raw = np.frombuffer("".join([texts[place] for place in whole]).encode(), np.uint8).reshape(-1, LENGTH)
    digits = raw[:, :-1].astype(np.int64) - ord("0")
    right = ((digits >= 0) & (digits <= 9)).all(axis=1) & (digits[:, 0] > 0)
    right &= raw[:, -1] == _CHECKS[digits @ _WEIGHTS % 11]
    right &= _each(digits[:, 6:14], right, lambda said: born(said) is None)
    right &= _each(digits[:, :10], right, lambda said: registered(said[:6], int(said[6:])) is None)
    for place, one in zip(whole, right.tolist(), strict=True):
        sure[place] = one
    return sure


def _each(
    digits: _Digits, asked: npt.NDArray[np.bool_], holds: Callable[[str], bool]
) -> npt.NDArray[np.bool_]:
    """Whether something holds of each run of digits, asked once for each that is there."""
    width = digits.shape[1]
    numbers = np.where(asked, digits @ _TENS[-width:], 0)
    distinct, places = np.unique(numbers, return_inverse=True)
    return np.array([holds(f"{number:0{width}}") for number in distinct.tolist()])[places] & asked
