"""Which facts have a natural key that another fact has too? Only among those can one supersede another."""

from pathlib import Path

import pyarrow as pa

from ringfence.columns.manifest import Kind, repeats_file, segment_file
from ringfence.columns.segments import write
from ringfence.columns.sql import Connection, columns_sql, parquet
from ringfence.tables import FACT_ROW_BITS
from ringfence.tables.facts import FACTS


def update(connection: Connection, directory: Path, kind: str, known: Kind, after: int) -> Kind:
    """Bring a kind's file of repeated keys up to date with the rows of entries after `after`.

    The file has `fact`, and `earliest`: the first fact with the same key. It is a function of the rows
    alone. Cheap where little is new: the new rows' keys are looked for, not all keys compared.
    """
    found = _repeated(connection, directory, kind, known, after)
    if found.num_rows == 0:
        return known
    path = repeats_file(directory, kind)
    connection.register("found", found)
    both = f"SELECT * FROM {parquet([path])} UNION SELECT * FROM found" if known.repeats else "FROM found"  # noqa: S608
    merged = connection.sql(f"FROM ({both}) ORDER BY earliest, fact").to_arrow_table()
    connection.unregister("found")
    write(merged, path)
    return Kind(known.segments, merged.num_rows)


def _repeated(connection: Connection, directory: Path, kind: str, known: Kind, after: int) -> pa.Table:
    """The facts whose key comes more than once, at least once among the new rows."""
    keys = columns_sql(FACTS[kind].key)
    every = parquet([segment_file(directory, kind, number) for number in range(len(known.segments))])
    first_new = (after + 1) << FACT_ROW_BITS
    new = f" SEMI JOIN (SELECT {keys} FROM {every} WHERE fact >= {first_new}) USING ({keys})"  # noqa: S608
    among = new if after else ""
    query = f"""
        WITH twice AS (
            SELECT {keys}, min(fact) AS earliest FROM {every}{among} GROUP BY ALL HAVING count(*) > 1
        )
        SELECT earliest, fact FROM {every} JOIN twice USING ({keys}) ORDER BY earliest, fact
    """  # noqa: S608
    return connection.sql(query).to_arrow_table()
