"""What can go wrong, one exit code a class; no traceback is shown for any of these."""

import sqlite3

_NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE)
_NO_ROOM_POSTGRES = "53100"  # disk_full


class RingfenceError(Exception):
    """The family. A message says what is wrong, where, and what would be right."""

    exit_code = 1


class InputError(RingfenceError):
    """A file, an option or a value given by the user is wrong."""

    exit_code = 3


class RejectedRowsError(RingfenceError):
    """Good rows went in; some rows were refused and are listed in a rejects file."""

    exit_code = 4


class ProtocolError(RingfenceError):
    """An edition cannot be read, does not check, or is not in force."""

    exit_code = 5


class StoreError(RingfenceError):
    """The store is missing, locked, or not one this version can read."""

    exit_code = 6


class FullError(StoreError):
    """There is no room left to write."""

    exit_code = 9


def refused_by(error: BaseException | None) -> type[StoreError]:
    """What a database's refusal is: no room (a full disk, or as large a file as may be written), or another.

    >>> refused_by(ValueError())
    <class 'ringfence.errors.StoreError'>
    """
    full = (
        getattr(error, "sqlite_errorcode", None) in _NO_ROOM
        or getattr(error, "sqlstate", None) == _NO_ROOM_POSTGRES
    )
    return FullError if full else StoreError


class IntegrityError(RingfenceError):
    """The journal's chain, a partition or the vault does not verify."""

    exit_code = 7


class NotFoundError(RingfenceError):
    """What was asked about is not known as of the instant asked about."""

    exit_code = 8
