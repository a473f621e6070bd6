"""How does the register follow the journal? In the transaction of whoever appends, or at the next one's.

It says how far it follows; what other processes appended is taken in first. It can be dropped at any time and
is made again from the journal.
"""

import numpy as np
import pyarrow as pa
import sqlalchemy as sa

from ringfence.journal import Journal
from ringfence.journal.database import insert_columns
from ringfence.register.schema import MARK, OUTCOME, SWAB, WITHDRAWAL, create
from ringfence.tables import fact_number
from ringfence.tables.facts import RESULT, RETRACTION, SAMPLE

KINDS = (SAMPLE.name, RESULT.name, RETRACTION.name)
"""The kinds of facts the register is made of."""
_WAIT = 30.0


def prepare(journal: Journal) -> None:
    """Make the register where there is none, and bring it up to the journal's end."""
    with journal.group(wait=_WAIT, share=True) as group:
        create(group.connection)
        if group.connection.execute(sa.select(MARK.c.seq)).scalar() is None:
            group.connection.execute(MARK.insert().values(seq=0))
        follow(group.connection, journal, group.head())


def follow(connection: sa.Connection, journal: Journal, head: int) -> None:
    """Take in what is in the journal up to a submission and was not taken in yet."""
    mark: int = connection.execute(sa.select(MARK.c.seq)).scalar_one()
    if mark == head:
        return
    for kind in KINDS:
        for entry in journal.entries(mark, kind):
            rows, numbers = entry.left()
            _write(connection, kind, rows, fact_number(entry.seq, 0) + numbers)
    _reach(connection, head)


def keep(connection: sa.Connection, appended: list[tuple[str, int, pa.Table]]) -> None:
    """Take in submissions just appended in the same transaction: kind, number and rows of each."""
    for kind, seq, rows in appended:
        if kind in KINDS:
            _write(connection, kind, rows, fact_number(seq, 0) + np.arange(rows.num_rows))
    if appended:
        _reach(connection, appended[-1][1])


def _reach(connection: sa.Connection, seq: int) -> None:
    connection.execute(MARK.update().values(seq=seq))


def _write(connection: sa.Connection, kind: str, rows: pa.Table, facts: np.ndarray) -> None:
    if kind == SAMPLE.name:
        # In the order of the key, so that a page of the table is written once.
        order = np.argsort(rows["person"].to_numpy(), kind="stable")
        rows, facts = rows.take(pa.array(order)), facts[order]
        table, names = SWAB, ("person", "", "tube", "sampled_at")
    elif kind == RESULT.name:
        table, names = OUTCOME, ("tube", "", "test", "result", "ct_x100", "reported_at")
    else:
        table, names = WITHDRAWAL, ("fact", "")
    columns = [rows[name].to_pylist() if name else facts.tolist() for name in names]
    insert_columns(connection, table, columns)
