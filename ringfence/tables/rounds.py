"""The tables of a round being planned and watched: worked out when somebody asks, and owed by nobody.

Where each person stands in a round is in `coverage`; these say what a round needs, and who is still missing.
"""

from ringfence.tables import Column, Table, decisions

STATUSES = decisions.COVERAGE.column("status").choices
_WORDS = ("未检", "已采样", "已接收", "已出结果", "豁免", "按规则跳过", "外出", "住在别处", "未登记")
DONE = ("sampled", "received", "resulted")
"""The statuses of whoever was sampled."""

NEEDS = Table(
    "needs", "轮次需求", "What a round needs in an area: tubes, and what the edition gives a ratio for.",
    (
        Column("area", "area", "区域代码", "Where.", key=True),
        Column("need", "code", "需求", "What a rule gives a size or a ratio for: tubes, points, tables.",
               key=True),
        Column("zh", "text", "说明", "What it is, in Chinese.", required=True),
        Column("en", "text", "英文说明", "What it is, in English.", required=True),
        Column("people", "int", "人数", "People it is for.", required=True, unit="person"),
        Column("least", "int", "最少", "The fewest that are enough.", required=True),
        Column("most", "int", "最多", "The most the rule gives.", required=True),
        Column("rule", "code", "规则", "The rule that says so.", required=True),
        Column("edition", "code", "版本", "The edition the rule came from.", required=True),
        Column("grade", "choice", "等级", "How well sourced the rule is.", required=True,
               choices=("A", "B", "L", "M", "?", "R")),
        Column("values", "values", "取值", "The values used, as a JSON object.", required=True),
    ),
)  # fmt: skip
COUNTS = Table(
    "coverage_counts", "覆盖统计", "How many people a round concerns in an area, and where they stand.",
    (
        Column("round", "code", "轮次编号", "Which round.", key=True),
        Column("area", "area", "区域代码", "Where; absent where an address is not known so finely.",
               key=True),
        Column("expected", "int", "应检", "Those to be sampled: sampled and missing.", required=True,
               unit="person"),
        Column("done", "int", "已检", "Of these, sampled.", required=True, unit="person"),
        *(Column(status, "int", word, f"People who are: {status}.", required=True, unit="person")
          for status, word in zip(STATUSES, _WORDS, strict=True)),
    ),
)  # fmt: skip
DOORS = Table(
    "door_list", "上门名单", "People of a round in one status, door by door.",
    (
        Column("round", "code", "轮次编号", "Which round.", key=True),
        Column("area", "area", "住址代码", "Where they live; absent where that is not known.", key=True),
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("status", "choice", "状态", "Where they stand.", required=True, choices=STATUSES),
        Column("missed_before", "int", "此前连续漏检", "Rounds before this one missed without a break.",
               required=True),
        Column("unit", "code", "责任单位", "The unit that covers the address; absent where none is known."),
        Column("tube", "code", "管码", "The tube they are in."),
        Column("sampled_at", "instant", "采样时间", "When sampled."),
        Column("skip_rule", "code", "跳过规则", "The rule that leaves them out of the round."),
        Column("evidence", "facts", "依据", "The facts it rests on.", required=True),
    ),
)  # fmt: skip
