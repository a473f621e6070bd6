"""How do things stand? The figures of a call-over, each of which opens the rows it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

NAT_POSITIVE = ("confirmed", "asymptomatic", "positive")


@dataclass(frozen=True)
class Figure:
    """A number on a screen: what it is called, which table it counts, and the rows it counts."""

    id: str
    zh: str
    en: str
    table: str
    rows: pa.Table

    @property
    def count(self) -> int:
        """How many rows there are: the number shown."""
        return self.rows.num_rows


def _is(column: str, *values: str) -> pc.Expression:
    return pc.field(column).isin(list(values))


_HERE = pc.invert(pc.field("elsewhere"))
_FIRST = pc.field("phase") == 1
_DECLARED = pc.is_valid(pc.field("declared_at"))
_AWAITED = pc.is_null(pc.field("placed_at"))
_FIGURES: Sequence[tuple[str, str, str, str, pc.Expression]] = (
    ("pools", "混管异常", "Positive tubes", "pools", pc.scalar(value=True)),
    ("nat_positive", "核酸阳性", "Nucleic acid positive", "cases", _HERE & _is("class", *NAT_POSITIVE)),
    ("antigen_positive", "抗原阳性待核酸", "Antigen positive, nucleic acid pending", "cases",
     _HERE & _is("class", "screen_positive")),
    ("held", "临时管控中", "Held now", "holds", _is("state", "held")),
    ("released", "已解除管控", "Holds ended by a negative", "holds", _is("state", "released")),
    ("close", "密切接触者", "Close contacts", "courses", _FIRST & _is("class", "close")),
    ("secondary", "次密接", "Secondary contacts", "courses", _FIRST & _is("class", "secondary")),
    ("to_place", "待集中隔离", "Contacts not yet in place", "courses", _FIRST & _AWAITED),
    ("to_judge", "待判定接触", "Contacts to be judged", "contacts", pc.field("review")),
    ("zones_proposed", "建议划区", "Zones proposed", "zones", pc.invert(_DECLARED)),
    ("zones_declared", "建议中已宣布", "Proposals already declared", "zones", _DECLARED),
    ("missing", "应检未检", "Not yet sampled", "coverage", _is("status", "missing")),
    ("sampled", "已采样", "Sampled", "coverage", _is("status", "sampled", "received", "resulted")),
    ("unregistered", "采样未登记", "Sampled, not registered", "coverage", _is("status", "unregistered")),
    ("owed", "未办任务", "Tasks not done", "tasks", _is("state", "open", "late")),
    ("late", "超时任务", "Tasks late", "tasks", _is("state", "late")),
)  # fmt: skip
"""Each figure: its id, what it is called, the table it counts and which rows of it."""


def figures(decisions: Mapping[str, pa.Table]) -> list[Figure]:
    """The figures of the city as a whole, in the order a commander reads them."""
    return [
        Figure(id_, zh, en, table, decisions[table].filter(where)) for id_, zh, en, table, where in _FIGURES
    ]


def late_first(tasks: pa.Table, most: int) -> pa.Table:
    """What is owed and not done: late things first, then by due time; without a limit last."""
    open_ = tasks.filter(pc.field("state").isin(["open", "late"]))
    order = pc.sort_indices(
        open_, sort_keys=[("due_at", "ascending"), ("must", "ascending"), ("task", "ascending")]
    )
    return open_.take(order[:most])


def load_by_unit(tasks: pa.Table) -> pa.Table:
    """For each unit and duty: how much is open, late and done: unit, duty, open,
    late, done; most late first."""
    state = tasks["state"]
    counted = pa.table(
        {
            "unit": tasks["unit"],
            "duty": tasks["duty"],
            "open": pc.equal(state, "open").cast(pa.int64()),
            "late": pc.equal(state, "late").cast(pa.int64()),
            "done": pc.is_in(state, pa.array(["done", "done_late"])).cast(pa.int64()),
        }
    )
    grouped = counted.group_by(["unit", "duty"]).aggregate(
        [("open", "sum"), ("late", "sum"), ("done", "sum")]
    )
    grouped = grouped.rename_columns({"open_sum": "open", "late_sum": "late", "done_sum": "done"})
    return grouped.sort_by(
        [("late", "descending"), ("open", "descending"), ("unit", "ascending"), ("duty", "ascending")]
    ).select(["unit", "duty", "open", "late", "done"])
