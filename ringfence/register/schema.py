"""What are the register's tables? They follow from the journal alone, and lie beside it."""

import sqlalchemy as sa

_whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_metadata = sa.MetaData()

MARK = sa.Table(
    "register_mark",
    _metadata,
    sa.Column("seq", _whole, nullable=False),
    sa.Column("swabs", _whole, nullable=False),
)
SWAB = sa.Table(
    "register_swab",
    _metadata,
    sa.Column("person", _whole, primary_key=True, autoincrement=False),
    sa.Column("fact", _whole, primary_key=True, autoincrement=False),
    sa.Column("tube", sa.Text, nullable=False),
    sa.Column("sampled_at", sa.DateTime, nullable=False),
    sqlite_with_rowid=False,
)
OUTCOME = sa.Table(
    "register_outcome",
    _metadata,
    sa.Column("tube", sa.Text, primary_key=True),
    sa.Column("fact", _whole, primary_key=True, autoincrement=False),
    sa.Column("test", sa.Text, nullable=False),
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("ct_x100", sa.Integer),
    sa.Column("reported_at", sa.DateTime, nullable=False),
    sqlite_with_rowid=False,
)
WITHDRAWAL = sa.Table(
    "register_withdrawal",
    _metadata,
    sa.Column("retracts", _whole, primary_key=True, autoincrement=False),
    sa.Column("fact", _whole, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)


def create(connection: sa.Connection) -> None:
    """Make the tables, where there are none."""
    _metadata.create_all(connection)
