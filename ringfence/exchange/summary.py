"""What does a tired reader need in one sentence, and what next?"""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from ringfence.exchange.speech import Text


def headline(counts: Mapping[str, int], before: Mapping[str, int] | None) -> Text:
    """The state of the night in a sentence, from the figures by id and those of the call-over before."""
    positive, antigen, late = counts["nat_positive"], counts["antigen_positive"], counts["late"]
    new = positive - before["nat_positive"] if before else 0
    moved: Text = (f"(新增 {new})", f" ({new} new)") if before and new > 0 else ("", "")
    zh = [f"核酸阳性 {positive:,} 例{moved[0]}"]
    en = [f"{positive:,} positive by nucleic acid{moved[1]}"]
    if antigen:
        zh.append(f"抗原阳性待核酸 {antigen:,} 例")
        en.append(f"{antigen:,} by antigen awaiting it")
    if counts["held"]:
        zh.append(f"临时管控 {counts['held']:,} 人")
        en.append(f"{counts['held']:,} held for a single swab")
    if counts["to_place"]:
        zh.append(f"{counts['to_place']:,} 名接触者待集中隔离")
        en.append(f"{counts['to_place']:,} contacts not yet in quarantine")
    if counts["missing"]:
        zh.append(f"{counts['missing']:,} 人次应检未检")
        en.append(f"{counts['missing']:,} still to be sampled")
    zh.append(f"超时任务 {late:,} 项")
    en.append(f"{late:,} tasks late")
    return ",".join(zh) + "。", "; ".join(en) + "."


def groups(tasks: pa.Table) -> pa.Table:
    """What is owed and not done, by unit, thing, due time, state and rule: late first, without a limit last.

    Adds `count`, and `first`: the row in `tasks` of the first of each group.
    """
    numbered = tasks.append_column("first", pa.array(range(tasks.num_rows), pa.int64()))
    owed = numbered.filter(pc.field("state").isin(["open", "late"]))
    keys = ["unit", "must", "due_at", "state", "rule"]
    owed = owed.select([*keys, "first"]).group_by(keys, use_threads=False)
    grouped = owed.aggregate([("first", "min"), ("first", "count")])
    grouped = grouped.rename_columns({"first_min": "first", "first_count": "count"})
    late = pc.equal(grouped["state"], "late").cast(pa.int8())
    grouped = grouped.append_column("late", late)
    order = [("late", "descending"), ("due_at", "ascending"), ("count", "descending"), ("first", "ascending")]
    return grouped.sort_by(order)
