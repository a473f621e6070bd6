"""What a table is. Every fact and decision table is declared once, in `facts` and `decisions`.

Instants are UTC without a zone mark, to the microsecond; days are civil days in the zone of the
edition in force. Absent means unknown, never "no". Intake, storage, the engine, the reference pages
and the tests all read these declarations and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import ibis.expr.types as ir
import pyarrow as pa

Facts = Mapping[str, ir.Table]
"""The facts known at an instant, by kind: the columns of each kind, and `fact` and `recorded_at`."""

FACT_ROW_BITS = 32
"""A fact's number is its submission's number in the journal, shifted by this, plus its row there."""

_ARROW: dict[str, pa.DataType] = {
    "person": pa.int64(),
    "place": pa.int64(),
    "fact": pa.int64(),
    "facts": pa.list_(pa.int64()),
    "area": pa.string(),
    "code": pa.string(),
    "text": pa.string(),
    "choice": pa.string(),
    "values": pa.string(),
    "int": pa.int32(),
    "real": pa.float64(),
    "bool": pa.bool_(),
    "day": pa.date32(),
    "instant": pa.timestamp("us"),
}


@dataclass(frozen=True)
class Column:
    """One column: its name, type, meaning in both languages, and what is allowed in it.

    choices: nothing else is allowed. words: what rules know among free text; other text is kept as it is.
    """

    name: str
    type: str
    zh: str
    en: str
    key: bool = False
    required: bool = False
    personal: bool = False
    unit: str = ""
    choices: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None

    @property
    def arrow(self) -> pa.DataType:
        """The Arrow type of the column's values."""
        return _ARROW[self.type]

    @property
    def needed(self) -> bool:
        """Whether a row without a value here is refused."""
        return self.key or self.required


@dataclass(frozen=True)
class Table:
    """One table: its name, meaning in both languages, and columns."""

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    aliases: Mapping[str, str] = field(default_factory=dict[str, str])
    """Other headings people use for a column, by heading."""

    @property
    def stored(self) -> tuple[Column, ...]:
        """The columns that leave the vault's door: all but the personal ones."""
        return tuple(column for column in self.columns if not column.personal)

    @property
    def key(self) -> tuple[str, ...]:
        """The natural key: a later fact with the same key supersedes."""
        return tuple(column.name for column in self.columns if column.key)

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema of a submission of this table."""
        return pa.schema([pa.field(c.name, c.arrow, nullable=not c.needed) for c in self.stored])

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")


def fact_number(seq: int, row: int) -> int:
    """The number of a fact: row `row` (from 0) of submission `seq`.

    >>> fact_number(3, 7)
    12884901895
    """
    return (seq << FACT_ROW_BITS) + row


def fact_text(fact: int) -> str:
    """A fact's number as people read it: submission and row.

    >>> fact_text(fact_number(3, 7))
    '3.7'
    """
    return f"{fact >> FACT_ROW_BITS}.{fact & ((1 << FACT_ROW_BITS) - 1)}"


def person_text(person: int) -> str:
    """A person's pseudonym as people read it: P and its number, so that a spreadsheet leaves it alone.

    >>> person_text(123456)
    'P123456'
    """
    return f"P{person}"


def person_number(text: str) -> int | None:
    """The number behind a pseudonym as written; None where it is not one.

    >>> person_number(" p123456"), person_number("123456"), person_number("Pavel")
    (123456, None, None)
    """
    written = text.strip().upper()
    if written[:1] != "P" or not (written[1:].isascii() and written[1:].isdigit()):
        return None
    number = int(written[1:])
    return number if number < 1 << 63 else None
