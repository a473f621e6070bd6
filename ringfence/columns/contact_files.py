"""How are the arrays of the contact index kept: in a folder that is there whole or not at all?"""

import json
import mmap
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ringfence.columns.contact_kernels import Array
from ringfence.durable import synced

VERSION = 1
_TOLD = "told.json"
_SMALL = 4 << 20
"""An array of at most so many bytes is asked of the disk at once, the pages of others one by one."""


def write(folder: Path, arrays: Mapping[str, Array], told: Mapping[str, Any]) -> None:
    """Put a folder of arrays in place at once, durably; what stood there goes.

    A kill at any instant leaves the folder as it was, or as it is to be, or not there.
    """
    making = folder.with_name(f".{folder.name}.{os.getpid()}.making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    shapes = {name: [array.dtype.descr, len(array)] for name, array in arrays.items()}
    for name, array in arrays.items():
        with (making / f"{name}.bin").open("wb") as file:
            np.ascontiguousarray(array).tofile(file)
            file.flush()
            os.fsync(file.fileno())
    with (making / _TOLD).open("w", encoding="utf-8") as file:
        json.dump({**told, "version": VERSION, "arrays": shapes}, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    synced(making)
    shutil.rmtree(folder, ignore_errors=True)
    making.rename(folder)
    synced(folder.parent)


def read(folder: Path) -> dict[str, Any] | None:
    """What a folder says of itself; None where it is not one of this version, or a file is not whole."""
    try:
        told = json.loads((folder / _TOLD).read_text(encoding="utf-8"))
        if told["version"] != VERSION:
            return None
        for name, (kind, length) in told["arrays"].items():
            size = length * _dtype(kind).itemsize
            if (folder / f"{name}.bin").stat().st_size != size:
                return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return told


def mapped(folder: Path, told: Mapping[str, Any]) -> dict[str, Array]:
    """The arrays of a folder, read from the disk where they are looked at and not before."""
    return {
        name: _map(folder / f"{name}.bin", _dtype(kind), length)
        for name, (kind, length) in told["arrays"].items()
    }


def expect(array: Array) -> None:
    """Have a mapped array read from the disk, without waiting: much of it will be looked at."""
    if isinstance(array.base, mmap.mmap) and hasattr(mmap, "MADV_WILLNEED"):
        array.base.madvise(mmap.MADV_NORMAL)
        array.base.madvise(mmap.MADV_WILLNEED)


def _map(path: Path, kind: np.dtype[Any], length: int) -> Array:
    if length == 0:
        return np.frombuffer(b"", kind)
    with path.open("rb") as file:
        memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    array = np.frombuffer(memory, kind)
    if array.nbytes <= _SMALL:
        expect(array)
    elif hasattr(mmap, "MADV_RANDOM"):
        # Rows are looked at here and there: what lies beside them is not wanted.
        memory.madvise(mmap.MADV_RANDOM)
    return array


def _dtype(told: list[list[str]]) -> np.dtype[Any]:
    fields = [(name, kind) for name, kind in told]
    return np.dtype(fields[0][1]) if fields[0][0] == "" else np.dtype(fields)
