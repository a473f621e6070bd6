"""Do these rows fit the table they were sent for? Cheap checks on whole columns, before anything is kept."""

import pyarrow as pa
import pyarrow.compute as pc

from ringfence.errors import InputError
from ringfence.tables import Column, Table


def checked(table: Table, rows: pa.Table) -> pa.Table:
    """The rows with exactly the declared columns, in declared order, absent ones filled with unknown.

    InputError names the table, the column and the first row (from 0) that does not fit. A value is
    never shown: it may be what a sender put in the wrong column.
    """
    _refuse_strangers(table, rows)
    columns = [_column(table, column, rows) for column in table.stored]
    for column, values in zip(table.stored, columns, strict=True):
        _check_values(f"{table.name}.{column.name}", column, values)
    return pa.Table.from_arrays(columns, schema=table.schema)


def _refuse_strangers(table: Table, rows: pa.Table) -> None:
    if len(set(rows.column_names)) < len(rows.column_names):
        raise InputError(f"{table.name}: a column comes twice")
    stored = {column.name for column in table.stored}
    personal = {column.name for column in table.columns if column.personal}
    for name in rows.column_names:
        if name in personal:
            raise InputError(f"{table.name}.{name}: personal; it is kept in the vault, never in the journal")
        if name not in stored:
            raise InputError(f"{table.name}: no column {name!r}; there are {', '.join(sorted(stored))}")


def _column(table: Table, column: Column, rows: pa.Table) -> pa.ChunkedArray:
    if column.name not in rows.column_names:
        return pa.chunked_array([pa.nulls(rows.num_rows, column.arrow)])
    values: pa.ChunkedArray = rows.column(column.name)
    if values.type == column.arrow:
        return values
    if pa.types.is_null(values.type):
        return values.cast(column.arrow)
    raise InputError(f"{table.name}.{column.name}: Arrow type {values.type}; {column.arrow} is declared")


def _check_values(where: str, column: Column, values: pa.ChunkedArray) -> None:
    if column.needed and values.null_count:
        _refuse(pc.is_null(values), where, "empty; a value is required")
    if column.choices:
        known = pc.is_in(values, value_set=pa.array(column.choices, pa.string()))
        strange = pc.and_(pc.is_valid(values), pc.invert(known))
        _refuse(strange, where, f"not one of {', '.join(column.choices)}")
    if column.least is not None:
        _refuse(pc.less(values, column.least), where, f"below {column.least}")
    if column.most is not None:
        _refuse(pc.greater(values, column.most), where, f"above {column.most}")
    if column.type == "real":
        _refuse(pc.invert(pc.is_finite(values)), where, "not a finite number")


def _refuse(wrong: pa.ChunkedArray, where: str, what: str) -> None:
    first = pc.index(wrong, pa.scalar(True)).as_py()
    if first >= 0:
        raise InputError(f"{where}, row {first}: {what}")
