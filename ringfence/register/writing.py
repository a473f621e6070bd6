"""How does the register follow the journal? In the transaction of whoever appends, or at the next one's.

It says how far it follows; what other processes appended is taken in first. It can be dropped at any time and
is made again from the journal.
"""

import numpy as np
import pyarrow as pa
import sqlalchemy as sa

from ringfence.journal import Journal
from ringfence.journal.database import insert_columns
from ringfence.register.recent import Recent
from ringfence.register.schema import MARK, OUTCOME, SWAB, WITHDRAWAL, create
from ringfence.tables import fact_number
from ringfence.tables.facts import RESULT, RETRACTION, SAMPLE

_WAIT = 30.0
_TOGETHER = 1_000_000
"""Swabs put into the table at once."""


def prepare(journal: Journal) -> None:
    """Make the register where there is none, and bring it up to the journal's end, swabs too."""
    with journal.group(wait=_WAIT, share=True) as group:
        create(group.connection)
        swabs = group.connection.execute(sa.select(MARK.c.swabs)).scalar()
        if swabs is None:
            group.connection.execute(MARK.insert().values(seq=0, swabs=0))
        follow(group.connection, journal, group.head())
        _write_swabs(group.connection, journal, swabs or 0)
        group.connection.execute(MARK.update().values(swabs=group.head()))


def follow(connection: sa.Connection, journal: Journal, head: int, recent: Recent | None = None) -> None:
    """Take in what is in the journal up to a submission and was not; swabs where `recent` is given."""
    mark: int = connection.execute(sa.select(MARK.c.seq)).scalar_one()
    if mark == head:
        return
    for kind in (RESULT.name, RETRACTION.name):
        for entry in journal.entries(mark, kind):
            rows, numbers = entry.left()
            _write(connection, kind, rows, fact_number(entry.seq, 0) + numbers)
    if recent is not None:
        for entry in journal.entries(mark, SAMPLE.name):
            rows, numbers = entry.left()
            recent.add(rows, fact_number(entry.seq, 0) + numbers)
    _reach(connection, head)


def keep(connection: sa.Connection, appended: list[tuple[str, int, pa.Table]]) -> None:
    """Take in submissions just appended in the same transaction: kind, number and rows of each.

    Swabs are left to whoever appended them, who adds them to `Recent` once they are durable.
    """
    for kind, seq, rows in appended:
        if kind in (RESULT.name, RETRACTION.name):
            _write(connection, kind, rows, fact_number(seq, 0) + np.arange(rows.num_rows))
    if appended:
        _reach(connection, appended[-1][1])


def _reach(connection: sa.Connection, seq: int) -> None:
    connection.execute(MARK.update().values(seq=seq))


def _write(connection: sa.Connection, kind: str, rows: pa.Table, facts: np.ndarray) -> None:
    if kind == RESULT.name:
        table, names = OUTCOME, ("tube", "", "test", "result", "ct_x100", "reported_at")
    else:
        table, names = WITHDRAWAL, ("fact", "")
    columns = [rows[name].to_pylist() if name else facts.tolist() for name in names]
    insert_columns(connection, table, columns)


def _write_swabs(connection: sa.Connection, journal: Journal, mark: int) -> None:
    waiting: list[pa.Table] = []
    for entry in journal.entries(mark, SAMPLE.name):
        rows, numbers = entry.left()
        facts = pa.array(fact_number(entry.seq, 0) + numbers, pa.int64())
        waiting.append(rows.select(["person", "tube", "sampled_at"]).add_column(1, "fact", facts))
        if sum(table.num_rows for table in waiting) >= _TOGETHER:
            _insert_swabs(connection, waiting)
            waiting = []
    _insert_swabs(connection, waiting)


def _insert_swabs(connection: sa.Connection, tables: list[pa.Table]) -> None:
    """In the order of the key, so that a page of the table is written once."""
    if tables:
        rows = pa.concat_tables(tables).sort_by([("person", "ascending"), ("fact", "ascending")])
        insert_columns(connection, SWAB, [rows[name].to_pylist() for name in rows.column_names])
