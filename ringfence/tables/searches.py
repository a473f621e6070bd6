"""The tables of searches: what a tracer asks about cases, places and positions.

Unlike decisions they oblige nobody to anything; each row still says what it rests on.
"""

from ringfence.tables import Column, Table
from ringfence.tables.facts import PLACE_KINDS

LEADS = ("infectious", "later", "arrival", "place")
"""What a possible source is: a case infectious at the time, somebody positive later, a journey, a place."""

INFECTED = Table(
    "infected", "感染时段", "Somebody ill, and the span in which they were infected, counted back.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("area", "area", "现住址", "Where they live."),
        Column("first_positive", "instant", "首阳采样时间", "When their first positive swab was taken."),
        Column("detected_at", "instant", "发现时间", "When their first sign was reported.", required=True),
        Column("infected_from", "instant", "感染时段起", "Infected from then on; absent where not known."),
        Column("infected_to", "instant", "感染时段止", "Infected before then."),
        Column("rule", "code", "规则", "The rule of the incubation."),
        Column("edition", "code", "版本", "The edition the rule came from."),
        Column("grade", "code", "等级", "How well sourced the rule is."),
    ),
)  # fmt: skip
SOURCES = Table(
    "sources", "可能来源", "Who, or what place, could have infected a case: the likeliest first.",
    (
        Column("case", "person", "病例编号", "For whom a source is sought.", key=True),
        Column("rank", "int", "次序", "1 for the likeliest.", key=True),
        Column("lead", "choice", "线索", "What this source is.", required=True, choices=LEADS),
        Column("person", "person", "来源人员", "Who: a case, or somebody positive later."),
        Column("place", "place", "场所编号", "Where; absent where they met in several places, or in none."),
        Column("setting", "choice", "场景", "What sort of place.", choices=("home", *PLACE_KINDS)),
        Column("relation", "choice", "关系", "What they are to each other.",
               choices=("lives_with", "carer", "colleague", "classmate", "friend", "stranger")),
        Column("first", "instant", "首次", "When the first meeting or visit began.", required=True),
        Column("last", "instant", "末次", "When the last of them ended.", required=True),
        Column("meetings", "int", "次数", "Meetings, or visits of the case to the place.", required=True),
        Column("minutes", "int", "合计分钟", "Time together, or there, where known.", unit="minute"),
        Column("others", "int", "其他病例数", "Other cases who were there in the span.", unit="person"),
        Column("who", "text", "其他病例", "Which."),
        Column("infected_from", "instant", "感染时段起", "Infected from then on.", required=True),
        Column("infected_to", "instant", "感染时段止", "Infected before then.", required=True),
        Column("rule", "code", "规则", "The rule of the incubation.", required=True),
        Column("edition", "code", "版本", "The edition the rule came from.", required=True),
        Column("grade", "code", "等级", "How well sourced the rule is.", required=True),
        Column("evidence", "facts", "依据", "The facts it rests on.", required=True),
    ),
)  # fmt: skip
CLUSTERS = Table(
    "clusters", "聚集场所", "A place that several cases were in, each in a span of theirs: a row a case.",
    (
        Column("rank", "int", "次序", "1 for the place most cases were in.", required=True),
        Column("place", "place", "场所编号", "Where.", key=True),
        Column("person", "person", "病例编号", "Who was there.", key=True),
        Column("cases", "int", "病例数", "How many cases were there.", required=True, unit="person"),
        Column("together", "int", "同时病例数", "The most of them there at one instant.", required=True,
               unit="person"),
        Column("first", "instant", "首次", "When this one first came.", required=True),
        Column("last", "instant", "末次", "When this one last left.", required=True),
        Column("visits", "int", "次数", "Visits of this one.", required=True),
        Column("minutes", "int", "合计分钟", "How long this one was there; absent where not known.",
               unit="minute"),
        Column("evidence", "facts", "依据", "The visits.", required=True),
    ),
)  # fmt: skip
PRESENT = Table(
    "present", "在场人员", "Somebody whose stay in a place touches a span of time.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("begin", "instant", "进入时间", "From when.", key=True),
        Column("end", "instant", "离开时间", "Until when; absent for a single scan."),
        Column("part", "int", "部位编号", "The room, carriage or table within the place."),
        Column("row", "int", "座位排", "The row of the seat, counted from the front."),
        Column("fact", "fact", "事实编号", "The visit.", required=True),
    ),
)  # fmt: skip
PARTS = Table(
    "parts", "部位", "A part of a place, and how many were in it in a span of time.",
    (
        Column("part", "code", "部位编号", "The room, carriage or table; empty: not recorded.", key=True),
        Column("people", "int", "人数", "People there.", required=True, unit="person"),
        Column("visits", "int", "到访次数", "Their visits.", required=True),
    ),
)  # fmt: skip
COMPANIONS = Table(
    "companions", "时空伴随", "Somebody who was near a case by position, as a rule on companions asks.",
    (
        Column("case", "person", "病例编号", "Near whom.", key=True),
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("rule", "code", "规则", "By which rule.", key=True),
        Column("cell", "code", "网格", "In which cell, where the rule speaks of cells.", key=True),
        Column("sure", "bool", "是否确定", "Whether the time is known to be enough; absent where it may be."),
        Column("minutes", "int", "合计分钟", "Time near each other; absent where not known.", unit="minute"),
        Column("longest", "int", "最长分钟", "The longest without a break; absent where not known.",
               unit="minute"),
        Column("stay", "int", "停留分钟", "The longer of their two stays in the cell, where the rule asks.",
               unit="minute"),
        Column("meetings", "int", "次数", "Pairs of fixes that are near and at one time.", required=True),
        Column("first", "instant", "首次", "When the first began.", required=True),
        Column("last", "instant", "末次", "When the last ended.", required=True),
        Column("nearest_m", "real", "最近距离", "How near at the nearest.", unit="metre"),
        Column("area", "area", "现住址", "Where the person lives."),
        Column("edition", "code", "版本", "The edition the rule came from.", required=True),
        Column("grade", "code", "等级", "How well sourced the rule is.", required=True),
        Column("evidence", "facts", "依据", "The fixes of both.", required=True),
    ),
)  # fmt: skip
