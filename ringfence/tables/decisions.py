"""The decision tables: what follows from the facts under a protocol, as of an instant.

Every row names its rule, the edition the rule came from, its grade, the values used (a JSON object)
and the facts it rests on.
"""

from ringfence.tables import Column, Table
from ringfence.tables.facts import DUTIES, MANNERS, ORIGINS, TESTS, ZONE_LEVELS

WHY = (
    Column("rule", "code", "规则", "The rule that decided.", required=True),
    Column("edition", "code", "版本", "The edition the rule came from.", required=True),
    Column("grade", "choice", "等级", "How well sourced the rule is.", required=True,
           choices=("A", "B", "L", "M", "?", "R")),
    Column("values", "values", "取值", "The values used, as a JSON object.", required=True),
    Column("evidence", "facts", "依据", "The facts it rests on.", required=True),
)  # fmt: skip
CASE_CLASSES = ("confirmed", "probable", "suspected", "asymptomatic", "positive", "screen_positive",
                "reported", "re_positive")  # fmt: skip
CONTACT_CLASSES = ("close", "medium", "secondary", "low", "companion", "general")
"""From the class that owes most to the one that owes least."""
ARRIVAL_CLASSES = ("abroad", "high_area", "medium_area", "low_area", "other_area")
LEAVER_CLASSES = ("closed_loop", "discharged")
"""People who owe a course for what they leave: closed-loop work, a hospital."""
COURSE_CLASSES = (*CONTACT_CLASSES, *ARRIVAL_CLASSES, *LEAVER_CLASSES)
COLOURS = ("red", "yellow", "green")
"""From the gravest."""
RESTRICTING = ("case", "hold", "course", "arrival", "zone")
"""What can restrict a person, and be appealed against."""
COURSE_PLACES = ("central", "home", "home_monitoring", "exclusion", "free")
MUSTS = (
    "single_swab", "single_result", "review_pool", "report", "interview", "list_contacts", "transfer",
    "lock_place", "place", "test", "visit", "release", "review_contact", "sample", "test_group",
    "decide_zone", "step_zone",
)  # fmt: skip
"""What can be owed."""

POOLS = Table(
    "pools", "混管异常", "A tube of several swabs that was positive or grey, and what became of it.",
    (
        Column("tube", "code", "管码", "Which tube.", key=True),
        Column("result", "choice", "结果", "What it said.", required=True, choices=("positive", "grey")),
        Column("reported_at", "instant", "报告时间", "When reported.", required=True),
        Column("area", "area", "采样区域", "Where it was filled."),
        Column("members", "int", "人数", "People in it.", required=True, unit="person"),
        Column("swabbed", "int", "已单采", "Members swabbed singly since.", required=True, unit="person"),
        Column("reported", "int", "单管已出", "Members whose single is back.", required=True, unit="person"),
        Column("positives", "int", "单管阳性", "Members positive singly.", required=True, unit="person"),
        Column("state", "choice", "状态", "Waiting, resolved by a positive, or all negative.", required=True,
               choices=("waiting", "resolved", "unresolved")),
        *WHY,
    ),
)  # fmt: skip
CASES = Table(
    "cases", "病例", "A person who is, or may be, infected, and the window in which they were infectious.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("class", "choice", "类别", "What kind of case.", required=True, choices=CASE_CLASSES),
        Column("detected_at", "instant", "发现时间", "When its first sign was reported.", required=True),
        Column("first_positive", "instant", "首阳采样时间", "When their first positive swab was taken."),
        Column("onset", "day", "发病日期", "First day of symptoms."),
        Column("window_from", "instant", "传染期起", "Infectious from."),
        Column("window_to", "instant", "传染期止", "Infectious until kept apart; absent while at large."),
        Column("area", "area", "现住址", "Where they live."),
        Column("elsewhere", "bool", "外地报告", "Whether another city keeps the case.", required=True),
        Column("window_rule", "code", "传染期规则", "The rule that gave the window."),
        Column("lingers_min", "int", "滞留分钟", "How long after they left a room it still infects.",
               required=True, unit="minute"),
        Column("cleared_at", "instant", "达到解除标准", "When the tests that end a case were all in."),
        Column("cleared_rule", "code", "解除规则", "The rule of those tests."),
        Column("before_at", "instant", "前次发现时间", "When the illness before this one was detected."),
        Column("before_onset", "day", "前次发病日期", "Its first day of symptoms."),
        Column("before_from", "instant", "前次传染期起", "They were infectious from then, too."),
        Column("before_to", "instant", "前次传染期止", "Until when; absent where they were not kept apart."),
        *WHY,
    ),
)  # fmt: skip
HOLDS = Table(
    "holds", "临时管控", "A member of a positive or grey tube kept where they are until a single result.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("tube", "code", "管码", "For which tube.", key=True),
        Column("begin", "instant", "开始时间", "From when.", required=True),
        Column("until", "instant", "最迟解除", "When it ends at the latest.", required=True),
        Column("swab_due", "instant", "单采时限", "When the single swab is due."),
        Column("swabbed_at", "instant", "单采时间", "When the single swab was taken."),
        Column("result", "choice", "单管结果", "What the single said.",
               choices=("negative", "positive", "grey", "invalid")),
        Column("reported_at", "instant", "单管报告时间", "When the single was reported."),
        Column("ended_at", "instant", "解除时间", "When the hold ended."),
        Column("state", "choice", "状态", "Held, released, a case now, or ended by its limit.", required=True,
               choices=("held", "released", "case", "expired")),
        Column("area", "area", "现住址", "Where they live, else where the tube was filled."),
        *WHY,
    ),
)  # fmt: skip
EXPOSURES = Table(
    "exposures", "暴露", "A meeting of a person with a case, or with a contact, within the window.",
    (
        Column("ring", "int", "圈层", "1: met a case; 2: met a close contact.", key=True),
        Column("index", "person", "源头", "The case (ring 1) or close contact (ring 2) they met.", key=True),
        Column("person", "person", "人员编号", "Who met them.", key=True),
        Column("begin", "instant", "开始时间", "From when.", key=True),
        Column("end", "instant", "结束时间", "Until when.", required=True),
        Column("minutes", "int", "分钟", "For how long; absent where not known.", unit="minute"),
        Column("setting", "choice", "场景", "What sort of place."),
        Column("relation", "choice", "关系", "What they are to each other."),
        Column("near", "bool", "是否近距离", "Whether at close range; absent where not known."),
        Column("closed", "bool", "是否密闭", "Whether in a closed space; absent where not known."),
        Column("row_gap", "int", "相隔排数", "Rows between their seats."),
        Column("lag_min", "int", "间隔分钟", "Between the case's leaving and their coming.", unit="minute"),
        Column("manner", "choice", "接触方式", "In what way they met.", choices=MANNERS),
        Column("distance_m", "int", "距离", "How far apart.", unit="metre"),
        Column("protected", "bool", "是否防护", "Whether protection was effective."),
        Column("investigator", "bool", "流调判定", "Whether the investigator judges it a close contact."),
        Column("place", "place", "场所编号", "Where."),
        Column("evidence", "facts", "依据", "The facts it rests on.", required=True),
    ),
)  # fmt: skip
CONTACTS = Table(
    "contacts", "接触者", "A person who met a case, or a close contact, in a way that counts.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("index", "person", "源头", "Whom they met.", key=True),
        Column("ring", "int", "圈层", "1 or 2.", key=True),
        Column("case", "person", "关联病例", "The case at the end of the chain.", required=True),
        Column("class", "choice", "类别", "As what.", required=True,
               choices=CONTACT_CLASSES),
        Column("review", "bool", "待判定", "Whether a tracer has still to decide it.", required=True),
        Column("known_at", "instant", "可知时间", "When the case they hang on was detected.", required=True),
        Column("first_exposure", "instant", "首次暴露", "Start of the first meeting.", required=True),
        Column("last_exposure", "instant", "末次暴露", "End of the last meeting.", required=True),
        Column("meetings", "int", "次数", "Meetings that count.", required=True),
        Column("minutes", "int", "合计分钟", "Time together where known.", unit="minute"),
        Column("setting", "choice", "场景", "Where the rule was met."),
        Column("area", "area", "现住址", "Where the person lives."),
        *WHY,
    ),
)  # fmt: skip
COURSES = Table(
    "courses", "隔离医学观察", "What somebody owes for one reason: a row a phase.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("class", "choice", "类别", "As what.", key=True, choices=COURSE_CLASSES),
        Column("phase", "int", "阶段", "1 for the first phase.", key=True),
        Column("place", "choice", "管理方式", "Where, or excluded from work and school, or free.",
               required=True, choices=COURSE_PLACES),
        Column("index", "person", "源头", "Whom they met last; absent where it is not for a meeting."),
        Column("anchor_day", "day", "起算日", "The day the length counts from.", required=True),
        Column("traced_day", "day", "追踪到位日", "The day they were brought under control.", required=True),
        Column("begin_day", "day", "起始日", "First day of the phase.", required=True),
        Column("until_day", "day", "解除日", "Day of release, if its conditions are met.", required=True),
        Column("known_at", "instant", "可知时间", "When it was known that they owe it.", required=True),
        Column("control_at", "instant", "受控时间", "When they came under control; absent while at large."),
        Column("placed_at", "instant", "到位时间", "When they were in place; absent where they left early."),
        Column("left_at", "instant", "离开时间", "When they left it, on the day of release or later."),
        Column("state", "choice", "状态",
               "Not begun; to be brought in; running; its last day come, with the conditions or not; left.",
               required=True,
               choices=("to_come", "to_place", "running", "releasable", "blocked", "released")),
        Column("waits_on", "person", "联动对象", "The close contact whose first tests decide as well."),
        Column("area", "area", "现住址", "Where the person lives."),
        *WHY,
    ),
)  # fmt: skip
COURSE_TESTS = Table(
    "course_tests", "隔离检测", "A test a course owes, and whether it was done.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("class", "choice", "类别", "As what.", key=True, choices=COURSE_CLASSES),
        Column("phase", "int", "阶段", "In which phase.", key=True),
        Column("due_day", "day", "应检日", "The day it is owed.", key=True),
        Column("ordinal", "int", "第几天", "Its number in the list; 0 for one on the day traced."),
        Column("test", "choice", "检测方法", "Which test.", required=True, choices=TESTS),
        Column("sampled_at", "instant", "采样时间", "When it was taken."),
        Column("result", "choice", "结果", "What it said.",
               choices=("negative", "positive", "grey", "invalid")),
        Column("area", "area", "现住址", "Where the person lives."),
        *WHY,
    ),
)  # fmt: skip
COURSE_VISITS = Table(
    "course_visits", "健康随访", "A day on which somebody under observation is to be seen or called.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("class", "choice", "类别", "As what.", key=True, choices=COURSE_CLASSES),
        Column("phase", "int", "阶段", "In which phase.", key=True),
        Column("due_day", "day", "应访日", "The day it is owed.", key=True),
        Column("visited_at", "instant", "随访时间", "When they were seen."),
        Column("area", "area", "现住址", "Where the person lives."),
        *WHY,
    ),
)  # fmt: skip
RESTRICTIONS = Table(
    "restrictions", "限制措施", "A reason a person is restricted: its rule, authority, end and appeal.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("kind", "choice", "由来", "What restricts them.", key=True,
               choices=RESTRICTING),
        Column("subject", "code", "对象", "The class, tube (T:…) or area (A:…) it is for.", key=True),
        Column("begin", "instant", "开始时间", "From when.", required=True),
        Column("until", "instant", "最迟解除",
               "When it ends if its conditions are met; absent where only a test ends it."),
        Column("colour", "choice", "赋码", "The colour that follows from it.", choices=COLOURS),
        Column("live", "bool", "是否生效", "Whether it is in force now.", required=True),
        Column("authority_zh", "text", "决定机关", "Who ordered it, in Chinese.", required=True),
        Column("authority_en", "text", "决定机关(英文)", "Who ordered it, in English.", required=True),
        Column("appeal_rule", "code", "申诉规则", "The rule it can be appealed under.", required=True),
        Column("appeal_duty", "choice", "申诉受理", "The duty that answers an appeal.", required=True,
               choices=DUTIES),
        Column("appeal_h", "int", "申诉答复时限", "Answered within.", required=True, unit="hour"),
        Column("area", "area", "现住址", "Where the person lives."),
        *WHY,
    ),
)  # fmt: skip
CODES = Table(
    "codes", "健康码", "A person's colour: the gravest of their live restrictions.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("colour", "choice", "颜色", "The colour.", required=True, choices=COLOURS),
        Column("kind", "choice", "由来", "What restricts them most.", required=True,
               choices=RESTRICTING),
        Column("subject", "code", "对象", "The class, tube (T:…) or area (A:…) it is for.", required=True),
        Column("until", "instant", "最迟解除", "When that colour ends; absent where only a test ends it."),
        Column("reasons", "int", "理由数", "How many live restrictions there are.", required=True),
        Column("authority_zh", "text", "决定机关", "Who ordered it, in Chinese.", required=True),
        Column("authority_en", "text", "决定机关(英文)", "Who ordered it, in English.", required=True),
        Column("appeal_rule", "code", "申诉规则", "The rule it can be appealed under.", required=True),
        Column("appeal_duty", "choice", "申诉受理", "The duty that answers an appeal.", required=True,
               choices=DUTIES),
        Column("appeal_h", "int", "申诉答复时限", "Answered within.", required=True, unit="hour"),
        Column("area", "area", "现住址", "Where the person lives."),
        *WHY,
    ),
)  # fmt: skip
COVERAGE = Table(
    "coverage", "应检尽检", "Everyone a round concerns, and where they stand.",
    (
        Column("round", "code", "轮次编号", "Which round.", key=True),
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("area", "area", "住址代码", "Where they live; absent for the unregistered."),
        Column("status", "choice", "状态", "Where they stand.", required=True,
               choices=("missing", "sampled", "received", "resulted", "exempt", "skipped", "away",
                        "elsewhere", "unregistered")),
        Column("tube", "code", "管码", "The tube they are in."),
        Column("sampled_at", "instant", "采样时间", "When sampled."),
        Column("pool", "int", "混采人数", "How many swabs their tube may hold.", unit="person"),
        Column("per", "choice", "一管一户", "Whether a household may share it.", choices=("household",)),
        Column("pool_rule", "code", "混采规则", "The rule that says so."),
        Column("skip_rule", "code", "跳过规则", "The rule that leaves them out of this round."),
        Column("evidence", "facts", "依据", "The facts it rests on.", required=True),
    ),
)  # fmt: skip
ZONES = Table(
    "zones", "划区建议", "A zone proposed from where cases live and were, or declared.",
    (
        Column("area", "area", "区域代码", "Which area.", key=True),
        Column("level", "choice", "级别", "Which level.", key=True),
        Column("why", "choice", "由来", "A residence, a visited place, or the rest around.", required=True,
               choices=("residence", "visited", "around")),
        Column("cases", "int", "病例数", "Cases it rests on.", required=True, unit="person"),
        Column("people", "int", "区内人数", "People who live inside.", required=True, unit="person"),
        Column("households", "int", "区内户数", "Households inside.", required=True, unit="household"),
        Column("review", "bool", "待判定", "Whether experts have still to judge it.", required=True),
        Column("last_case_at", "instant", "最近病例", "When its last case was detected.", required=True),
        Column("lift_day", "day", "最早解除日", "First day it could be lifted.", required=True),
        Column("declared_at", "instant", "宣布时间", "When a zone holding it was declared."),
        *WHY,
    ),
)  # fmt: skip
ZONE_STEPS = Table(
    "zone_steps", "分区升降", "What becomes of a zone in force: up, down, lifted, or not yet.",
    (
        Column("area", "area", "区域代码", "Which area.", key=True),
        Column("level", "choice", "级别", "Its level now.", key=True, choices=ZONE_LEVELS),
        Column("begin", "instant", "开始时间", "Since when at this level.", required=True),
        Column("step", "choice", "动作", "What follows.", required=True,
               choices=("escalate", "step_down", "lift", "keep")),
        Column("to_level", "choice", "目标级别", "The level it goes to; absent where it is lifted.",
               choices=ZONE_LEVELS),
        Column("due_day", "day", "最早日期", "First day the step may be taken, by the days alone.",
               required=True),
        Column("last_case_at", "instant", "最近病例", "The last case inside: detected or taken away."),
        Column("contacts_left", "int", "未满密接", "Close contacts not away long enough and negative.",
               required=True, unit="person"),
        Column("unswept", "int", "未清零人数", "People inside without the negative the rule asks for.",
               required=True, unit="person"),
        Column("people", "int", "区内人数", "People who live inside.", required=True, unit="person"),
        Column("possible_at", "instant", "条件具备时间",
               "Since when the step could be taken; absent while the zone is kept."),
        *WHY,
    ),
)  # fmt: skip
CAMPAIGNS = Table(
    "campaigns", "筛查进程", "The screening of an area: rounds done, clean ones, and what comes next.",
    (
        Column("area", "area", "区域代码", "Where.", key=True),
        Column("people", "int", "人数", "People who live there.", required=True, unit="person"),
        Column("rounds", "int", "已完成轮次", "Rounds whose time has passed.", required=True),
        Column("clean", "int", "连续清零轮次", "Clean rounds in a row, up to now.", required=True),
        Column("next", "choice", "下一步", "What comes next.", required=True,
               choices=("round", "gap", "last_round", "stop")),
        Column("next_day", "day", "下轮日期", "First day of what comes next; absent where it stops."),
        Column("within_h", "int", "完成时限", "How long a round may take.", required=True, unit="hour"),
        *WHY,
    ),
)  # fmt: skip
GATES = Table(
    "gates", "卡口查验", "What is done with somebody at a gate; worked out when it is asked, never owed.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("at", "instant", "查验时间", "When they were at the gate.", key=True),
        Column("do", "text", "处置", "What is done, one word after another.", required=True),
        Column("review", "bool", "待判定", "Whether somebody at the gate has to judge it.", required=True),
        Column("code", "choice", "赋码", "Their colour then.", required=True, choices=COLOURS),
        Column("until", "instant", "最迟解除", "When that colour ends; absent where a test does."),
        Column("negative_at", "instant", "阴性起算", "From when the age of their last negative counts."),
        Column("negative_h", "int", "阴性时长", "Its age in whole hours.", unit="hour"),
        Column("origin", "choice", "来源地类型", "What sort of place they came from.", choices=ORIGINS),
        *WHY,
    ),
)  # fmt: skip
CADENCES = Table(
    "cadences", "重点人群检测", "A person tested again and again for what they do.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("last_at", "instant", "上次采样", "When last sampled."),
        Column("due_at", "instant", "应检时间", "By when the next is due.", required=True),
        Column("state", "choice", "状态", "In time, due, or overdue.", required=True,
               choices=("in_time", "due", "overdue")),
        Column("single", "bool", "单采", "Whether swabbed singly.", required=True),
        Column("area", "area", "现住址", "Where the person lives."),
        *WHY,
    ),
)  # fmt: skip
CLOCKS = Table(
    "clocks", "时限", "A step with a limit, for one case or one tube.",
    (
        Column("clock", "code", "时限规则", "Which clock.", key=True),
        Column("subject", "code", "对象", "Person (P…) or tube (T:…).", key=True),
        Column("begin", "instant", "起算时间", "When it began to run.", required=True),
        Column("limit_h", "int", "时限", "How long it gives.", required=True, unit="hour"),
        Column("due_at", "instant", "到期时间", "When it runs out.", required=True),
        Column("done_at", "instant", "完成时间", "When the step was done."),
        Column("state", "choice", "状态", "Running, late, done in time, done late.", required=True,
               choices=("running", "late", "done", "done_late")),
        Column("duty", "choice", "职责", "The duty that answers.", required=True, choices=DUTIES),
        Column("area", "area", "区域", "Where it falls."),
        *WHY,
    ),
)  # fmt: skip
TASKS = Table(
    "tasks", "任务", "Everything owed: by whom, to whom, by when, under which rule, and whether it was done.",
    (
        Column("task", "code", "任务编号", "Its id: must, subject and what sets it apart.", key=True),
        Column("must", "choice", "事项", "What is owed.", required=True, choices=MUSTS),
        Column("subject", "code", "对象", "Person (P…), tube (T:…) or area (A:…).", required=True),
        Column("person", "person", "人员编号", "The person, where it is one."),
        Column("area", "area", "区域", "Where it falls."),
        Column("duty", "choice", "职责", "The duty that answers.", required=True, choices=DUTIES),
        Column("unit", "code", "责任单位", "The unit that answers; absent where none is known."),
        Column("since", "instant", "产生时间", "Since when.", required=True),
        Column("due_at", "instant", "时限", "By when; absent where the edition states no limit."),
        Column("done_at", "instant", "完成时间", "When it was done."),
        Column("state", "choice", "状态", "Open, late, done in time, done late.", required=True,
               choices=("open", "late", "done", "done_late")),
        *WHY,
    ),
)  # fmt: skip

MOVES = Table(
    "moves", "规则变动影响", "A person whose lot a change of rules would change.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("move", "choice", "变动", "What it would do to them.", required=True,
               choices=("released", "confined", "longer", "shorter", "changed")),
        Column("subject_before", "code", "原对象", "The class, tube or area they are restricted for now."),
        Column("rule_before", "code", "原规则", "Under which rule."),
        Column("until_before", "instant", "原解除时间", "Until when; absent where only a test ends it."),
        Column("subject_after", "code", "新对象", "The class, tube or area they would be restricted for."),
        Column("rule_after", "code", "新规则", "Under which rule."),
        Column("until_after", "instant", "新解除时间", "Until when; absent where only a test ends it."),
        Column("area", "area", "现住址", "Where the person lives."),
    ),
)  # fmt: skip

DECISIONS: dict[str, Table] = {
    table.name: table
    for table in (
        POOLS, CASES, HOLDS, EXPOSURES, CONTACTS, COURSES, COURSE_TESTS, COURSE_VISITS, COVERAGE, CAMPAIGNS,
        CADENCES, ZONES, ZONE_STEPS, RESTRICTIONS, CODES, CLOCKS, TASKS,
    )
}  # fmt: skip
"""Every kind of decision, by name."""
