"""Which tube codes are given out for a round? Each once, ever: what was given out is a fact."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
from stdnum.iso7064 import mod_37_36

from ringfence.actions.rounds import terms_of
from ringfence.actions.store import Store
from ringfence.errors import InputError
from ringfence.exchange.labels import Label
from ringfence.journal import Submission
from ringfence.tables.facts import LABEL

_ROUND = re.compile(r"[0-9A-Z]+")
_DIGITS = 7
WAIT = 30.0
"""Seconds to wait for the front door, which appends beside us."""


@dataclass(frozen=True)
class Run:
    """Labels to give out in one go: round, first running number, how many, and the size of the tubes."""

    round: str
    first: int
    count: int
    pool: int

    @property
    def last(self) -> int:
        """The last running number."""
        return self.first + self.count - 1


def code_of(round_: str, number: int) -> str:
    """A tube's code: the round, its running number, and the check character of both (ISO 7064 mod 37,36).

    A number has always as many digits, so no two rounds have a code in common, even with the dash left out.

    >>> code_of("R1", 123)
    'R1-0000123W'
    """
    digits = f"{number:0{_DIGITS}}"
    return f"{round_}-{digits}{mod_37_36.calc_check_digit(round_ + digits)}"


def given_out(store: Store, round_: str) -> int:
    """The highest running number given out for a round; 0 where none was."""
    runs = [entry.table() for entry in store.journal.entries(kind=LABEL.name)]
    rows = [row for run in runs for row in run.to_pylist() if row["round"] == round_]
    return max((row["last"] for row in rows), default=0)


def plan_run(store: Store, wanted: Run, as_of: datetime) -> tuple[Run, Sequence[Label]]:
    """A run that can be given out, and its labels; `first` 0 is the next that is free. Nothing is kept.

    Raises:
        NotFoundError: no such round. InputError: its id cannot be printed, or numbers were given out.
    """
    terms_of(store, wanted.round, as_of)
    if _ROUND.fullmatch(wanted.round) is None:
        raise InputError(f'round "{wanted.round}": its id cannot be printed; only A-Z and 0-9 can')
    size = LABEL.column("pool")
    if not (size.least or 0) <= wanted.pool <= (size.most or wanted.pool):
        raise InputError(f"--pool {wanted.pool}: a tube is for {size.least} to {size.most}")
    told = given_out(store, wanted.round)
    run = Run(wanted.round, wanted.first or told + 1, wanted.count, wanted.pool)
    _check_free(run, told)
    if run.last >= 10**_DIGITS:
        raise InputError(f'round "{run.round}" has no number above {10**_DIGITS - 1}; open another round')
    numbers = range(run.first, run.last + 1)
    return run, [Label(code_of(run.round, number), run.round, run.pool) for number in numbers]


def give_out(store: Store, run: Run, actor: str, recorded_at: datetime | None) -> int:
    """Keep that a run was given out; the submission's number.

    InputError where somebody was given some of its numbers meanwhile.
    """
    row = {"round": run.round, "first": run.first, "last": run.last, "pool": run.pool}
    rows = pa.Table.from_pylist([row], schema=LABEL.schema)
    with store.journal.group(recorded_at, wait=WAIT) as group:
        # Nobody else can write now: what is free here stays so.
        _check_free(run, given_out(store, run.round))
        sent = Submission(f"labels {run.round} {run.first}", LABEL.name, rows, actor)
        return group.append([sent])[0].seq


def _check_free(run: Run, told: int) -> None:
    if run.first <= told:
        raise InputError(
            f'--first {run.first}: labels of round "{run.round}" were given out up to {told}; none is '
            f"printed twice. Leave --first out, or give {told + 1} or more"
        )
