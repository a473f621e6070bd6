"""The tables of a trace: worked out when somebody asks, and owed by nobody.

The class of a contact is the one in `contacts`; a trace shows more people than the rules class.
"""

import pyarrow as pa

from ringfence.tables import Column, Table
from ringfence.tables.decisions import CASE_CLASSES, CONTACT_CLASSES, MUSTS

REASONS = ("visit", "air", "told", "lives_with", "tie")
"""How it is known that two people met: the same place at once, its air soon after, as told to a tracer, the
same household, the same team or class."""
CHANGES = ("new", "upgraded", "downgraded", "gone")
"""How a contact stands against an earlier instant; graver classes and settled ones are up."""

TRACED_CASES = Table(
    "traced_cases", "被追踪病例", "A person whose contacts are traced, and when they could be met.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("class", "choice", "类别", "What kind of case; absent where only a window was given.",
               choices=CASE_CLASSES),
        Column("begin", "instant", "追踪起", "Meetings count from then; absent without a window."),
        Column("end", "instant", "追踪止", "Meetings count until then."),
        Column("lingers_min", "int", "滞留分钟", "How long after they left a room it still infects.",
               required=True, unit="minute"),
        Column("least_min", "int", "最短分钟", "The least time together any rule asks for; 0: none.",
               required=True, unit="minute"),
        Column("window_rule", "code", "传染期规则", "The rule that gave the window."),
        Column("edition", "code", "版本", "The editions in force for them, one on another."),
        Column("area", "area", "现住址", "Where they live."),
    ),
)  # fmt: skip
TRACE = Table(
    "trace", "追踪名单", "Everyone a case met in its window, or who met those, and why they are listed.",
    (
        Column("ring", "int", "圈层", "1: met a case; 2: met a close contact; and so on.", key=True),
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("case", "person", "关联病例", "The case; absent where a ring is worked out for planning."),
        Column("change", "choice", "变化", "Against the earlier instant; absent where it is as it was.",
               choices=CHANGES),
        Column("class", "choice", "类别", "As what the rules count them; absent where they do not.",
               choices=CONTACT_CLASSES),
        Column("review", "bool", "待判定", "Whether a tracer has still to decide it."),
        Column("reasons", "text", "依据类型", "How it is known that they met, one word after another."),
        Column("via", "text", "经由", "In ring 2: the close contacts they met."),
        Column("meetings", "int", "次数", "How often they met."),
        Column("minutes", "int", "合计分钟", "Time together where known, each instant once.", unit="minute"),
        Column("longest", "int", "最长分钟", "The longest meeting.", unit="minute"),
        Column("lagged", "int", "先后次数", "Meetings in which they only shared the air."),
        Column("first", "instant", "首次接触", "Start of the first meeting.", required=True),
        Column("last", "instant", "末次接触", "End of the last meeting."),
        Column("setting", "choice", "场景", "Where the rule was met."),
        Column("infected", "choice", "本人病例类别", "As what kind of case they count themselves, if any.",
               choices=CASE_CLASSES),
        Column("area", "area", "现住址", "Where the person lives."),
        Column("unit", "code", "责任单位", "The unit that traces there; absent where none is known."),
        Column("must", "choice", "事项", "What is owed for them next.", choices=MUSTS),
        Column("due_at", "instant", "时限", "By when; absent where the edition states no limit."),
        Column("state", "choice", "状态", "Open, late, done in time, done late.",
               choices=("open", "late", "done", "done_late")),
        Column("owed_by", "code", "事项单位", "The unit that owes it."),
        Column("rule", "code", "规则", "The rule that classed them."),
        Column("grade", "choice", "等级", "How well sourced the rule is.",
               choices=("A", "B", "L", "M", "?", "R")),
        Column("evidence", "facts", "依据", "The facts it rests on."),
    ),
)  # fmt: skip
MEETINGS = Table(
    "meetings", "相遇", "One meeting of a person with a case: where, when, and how it is known.",
    (
        Column("ring", "int", "圈层", "1: met a case; 2: met a close contact of it.", key=True),
        Column("case", "person", "关联病例", "The case.", key=True),
        Column("index", "person", "源头", "Whom they met: the case, or in ring 2 a close contact.", key=True),
        Column("person", "person", "人员编号", "Who met them.", key=True),
        Column("begin", "instant", "开始时间", "From when.", key=True),
        Column("end", "instant", "结束时间", "Until when.", required=True),
        Column("reason", "choice", "依据类型", "How it is known.", key=True, choices=REASONS),
        Column("minutes", "int", "分钟", "For how long; absent where not known.", unit="minute"),
        Column("lag", "int", "间隔分钟", "Between the one's leaving and the other's coming.", unit="minute"),
        Column("place", "place", "场所编号", "Where."),
        Column("own_part", "int", "源头部位", "The part of the place the first was in."),
        Column("part", "int", "部位", "The part of the place the other was in."),
        Column("near", "bool", "是否近距离", "Whether at close range; absent where not known."),
        Column("row_gap", "int", "相隔排数", "Rows between their seats."),
        Column("setting", "choice", "场景", "What sort of place."),
        Column("relation", "choice", "关系", "What they are to each other."),
        Column("evidence", "facts", "依据", "The facts it rests on.", required=True),
    ),
)  # fmt: skip


def columns(table: Table) -> pa.Schema:
    """The columns of a table of a trace, any of which may hold nothing."""
    return pa.schema([pa.field(column.name, column.arrow) for column in table.columns])
