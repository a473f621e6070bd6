"""What can go wrong, one exit code a class; no traceback is shown for any of these."""


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


class IntegrityError(RingfenceError):
    """The journal's chain, a partition or the vault does not verify."""

    exit_code = 7


class NotFoundError(RingfenceError):
    """What was asked about is not known as of the instant asked about."""

    exit_code = 8
