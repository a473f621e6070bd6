"""Which rule decides? First-match tables and predicates over whole tables, in three values.

Unknown is SQL's null, whose logic is the same as the rows' own (Kleene's), so a predicate gives here
what `protocol.predicates.holds` gives one row at a time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, eq, ge, gt, le, lt, ne, or_
from typing import Protocol as Shape

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ringfence.protocol.predicates import All, Any, Compare, Not, OneOf, Predicate
from ringfence.protocol.rules import Rule
from ringfence.tables import Table


class Row(Shape):
    """A row of a first-match table."""

    @property
    def rule(self) -> Rule: ...
    @property
    def when(self) -> Predicate | None: ...
    @property
    def unknown(self) -> str: ...


@dataclass(frozen=True)
class Match:
    """Where the first match stands in its table (-1: nowhere), and whether a person has to judge it."""

    number: ir.IntegerValue
    review: ir.BooleanValue


def holds(predicate: Predicate, columns: Mapping[str, ir.Value]) -> ir.BooleanValue:
    """Whether the predicate holds, row by row: true, false, or null where it cannot be known."""
    match predicate:
        case Compare(name, sign, value):
            return _compare(columns[name], sign, value)
        case OneOf(name, values):
            return columns[name].isin(values)
        case Not(of):
            return ~holds(of, columns)
        case All(parts):
            return reduce(and_, (holds(part, columns) for part in parts))
        case Any(parts):
            return reduce(or_, (holds(part, columns) for part in parts))


_SIGNS = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


def _compare(column: ir.Value, sign: str, value: str | int | bool) -> ir.BooleanValue:
    return _SIGNS[sign](column, value)


def first_match(
    rows: Sequence[Row], columns: Mapping[str, ir.Value], judged: ir.BooleanValue | None = None
) -> Match:
    """The first row that matches, for every row of a table; at least one row is needed.

    Where somebody has judged already, what a row would have asked to be judged does not match.
    """
    asked = ibis.literal(value=True) if judged is None else ~judged
    numbers: list[tuple[ir.Value, int]] = []
    reviews: list[tuple[ir.Value, bool]] = []
    for number, row in enumerate(rows):
        given = ibis.literal(value=True) if row.when is None else holds(row.when, columns)
        sure = given.fill_null(False)
        unknown = {"include": ibis.literal(value=True), "review": asked}
        found = given.fill_null(unknown[row.unknown]) if row.unknown in unknown else sure
        numbers.append((found, number))
        reviews += [(sure, False), (found, row.unknown == "review")]
    return Match(ibis.cases(*numbers, else_=-1), ibis.cases(*reviews, else_=False))


def pick(number: ir.IntegerValue, given: Iterable[str | int], else_: str | int | None = None) -> ir.Value:
    """What stands at a place in a list, by its number."""
    branches = [(number == place, value) for place, value in enumerate(given)]
    return ibis.cases(*branches, else_=else_)


def why(number: ir.IntegerValue, rules: Sequence[Rule]) -> dict[str, ir.Value]:
    """The columns that name the rule that decided: its id, edition and grade."""
    return {
        "rule": pick(number, [rule.id for rule in rules]),
        "edition": pick(number, [rule.edition for rule in rules]),
        "grade": pick(number, [rule.grade for rule in rules]),
    }


def because(rule: Rule) -> dict[str, ir.Value]:
    """The columns that name one rule."""
    return {
        "rule": ibis.literal(rule.id),
        "edition": ibis.literal(rule.edition),
        "grade": ibis.literal(rule.grade),
    }


def values(**given: ir.Value) -> ir.StringValue:
    """The values used, as a JSON object; unknown is null."""
    parts: list[ir.StringValue] = []
    for name, value in given.items():
        text = value.cast("string")
        if value.type().is_string():
            text = _escaped(text)
        if not (value.type().is_numeric() or value.type().is_boolean()):
            text = ibis.literal('"') + text + '"'
        parts.append((ibis.literal(f'"{name}": ') + text).fill_null(f'"{name}": null'))
    joined = ibis.literal(", ").join(parts) if parts else ibis.literal("")
    return ibis.literal("{") + joined + "}"


def _escaped(text: ir.StringValue) -> ir.StringValue:
    """A text as JSON writes it between its quotes; a control character becomes a blank."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return quoted.re_replace("[[:cntrl:]]", " ")


def facts(*numbers: ir.IntegerValue) -> ir.ArrayValue:
    """The facts a row rests on, without the absent ones."""
    return ibis.array(list(numbers)).filter(lambda fact: fact.notnull())


def merged_facts(column: ir.ArrayColumn) -> ir.ArrayValue:
    """The facts that several rows rest on together, each once, in order."""
    return column.collect().flatten().unique().sort()


def beside(table: ir.Table, other: ir.Table, *keys: str) -> ir.Table:
    """Every row of a table, with what another table says beside it where the keys agree."""
    return table.left_join(other, list(keys)).drop(*(f"{key}_right" for key in keys))


def stacked(*tables: ir.Table) -> ir.Table:
    """The rows of several tables with the same columns, one under the other, whole numbers widened."""
    names = tables[0].columns
    return ibis.union(*(table.select(**{name: _widened(table[name]) for name in names}) for table in tables))


def _widened(column: ir.Value) -> ir.Value:
    kind = column.type()
    if kind.is_timestamp():
        return column.cast("timestamp(6)")
    if kind.is_integer():
        return column.cast("int64")
    return column.cast(kind.copy(nullable=True))


def settle(table: ir.Table, declared: Table, *, once: bool = False) -> ir.Table:
    """The table worked out: its declared columns and types, in the order of its key and then the rest.

    Every column takes part in the order, so that no two orders of the same rows are possible; where no two
    rows share a key (`once`) the key is enough, and putting millions in order takes a fraction of the time.
    """
    columns = {column.name: table[column.name].cast(_type(column.type)) for column in declared.columns}
    rest = [] if once else [column.name for column in declared.columns if not column.key]
    return ibis.memtable(as_rows(table.select(**columns).order_by([*declared.key, *rest])))


def together(declared: Table, *tables: ir.Table) -> ir.Table:
    """The rows of several settled tables that share no key as one, in the order of the key."""
    schema = pa.schema([(column.name, column.arrow) for column in declared.columns])
    rows = pa.concat_tables([table.to_pyarrow().cast(schema) for table in tables])
    return ibis.memtable(rows.sort_by([(key, "ascending") for key in declared.key]))


def empty(declared: Table) -> ir.Table:
    """A decision table without rows."""
    return ibis.memtable(declared.schema.empty_table())


def worked_out(table: ir.Table) -> ir.Table:
    """The table worked out as it is, so that what follows does not work it out again."""
    return ibis.memtable(as_rows(table))


def as_rows(table: ir.Table) -> pa.Table:
    """The rows themselves. Selects stay one in another: the store merges them in no time, Ibis does not."""
    ibis.options.sql.fuse_selects = False
    return table.to_pyarrow()


def _type(name: str) -> str:
    return {
        "person": "int64", "place": "int64", "fact": "int64", "facts": "array<int64>", "int": "int32",
        "real": "float64", "bool": "boolean", "day": "date", "instant": "timestamp(6)",
    }.get(name, "string")  # fmt: skip
