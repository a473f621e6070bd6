"""What the words in the tables are called on a screen, in Chinese and in English."""

from collections.abc import Mapping

Word = tuple[str, str]

MUSTS: Mapping[str, Word] = {
    "single_swab": ("单人单管复采", "single swab"),
    "single_result": ("报出单管结果", "single result reported"),
    "review_pool": ("复核混管(单管全阴)", "review the tube (all singles negative)"),
    "report": ("网络直报", "report the case"),
    "interview": ("流行病学调查", "interview the case"),
    "list_contacts": ("提出密接名单", "list the contacts"),
    "transfer": ("转运至定点医院", "move to hospital"),
    "lock_place": ("落实点位管控", "lock the places"),
    "place": ("集中隔离到位", "bring into quarantine"),
    "test": ("隔离期核酸", "quarantine test"),
    "release": ("解除隔离", "release"),
    "review_contact": ("判定是否密接", "judge the contact"),
    "sample": ("本轮核酸采样", "sample in the round"),
    "test_group": ("重点人群核酸", "test for their work or zone"),
    "decide_zone": ("研判划区", "decide the zone"),
    "visit": ("上门或电话随访", "see or call"),
    "step_zone": ("研判升降或解除", "decide the next step of the zone"),
}
DUTIES: Mapping[str, Word] = {
    "headquarters": ("指挥部", "headquarters"),
    "sampling": ("采样", "sampling"),
    "tracing": ("流调", "tracing"),
    "visits": ("上门服务", "visits"),
    "transfers": ("转运隔离", "transfers"),
    "laboratory": ("实验室", "laboratory"),
    "zones": ("区域管控", "zones"),
    "coverage": ("应检尽检", "coverage"),
}
STATES: Mapping[str, Word] = {
    "open": ("待办", "open"),
    "late": ("超时未办", "late"),
    "done": ("按时完成", "done"),
    "done_late": ("逾期完成", "done late"),
    "running": ("进行中", "running"),
    "held": ("管控中", "held"),
    "released": ("已解除", "released"),
    "case": ("转为病例", "a case now"),
    "expired": ("到时自动解除", "ended by its limit"),
    "waiting": ("等待单管结果", "waiting for singles"),
    "resolved": ("已查明阳性", "resolved by a positive"),
    "unresolved": ("单管全阴、待复核", "all singles negative, to be reviewed"),
    "in_time": ("未到期", "in time"),
    "due": ("今日应检", "due today"),
    "overdue": ("逾期未检", "overdue"),
    "to_come": ("未开始", "not begun"),
    "to_place": ("待转运", "to be brought in"),
    "releasable": ("可解除", "may be released"),
    "blocked": ("到期未达解除条件", "its day has come, conditions not met"),
}
CHANGED: Mapping[str, Word] = {
    "added": ("新增", "new"),
    "removed": ("删除", "gone"),
    "changed": ("改为", "changes"),
    "moved": ("次序", "moves"),
}
MOVED: Mapping[str, Word] = {
    "released": ("解除", "released"),
    "confined": ("新增限制", "confined"),
    "longer": ("延长", "longer"),
    "shorter": ("缩短", "shorter"),
    "changed": ("改按他规", "under another rule"),
}
CLASSES: Mapping[str, Word] = {
    "confirmed": ("确诊病例", "confirmed"),
    "asymptomatic": ("无症状感染者", "asymptomatic"),
    "positive": ("核酸阳性待分型", "nucleic acid positive, to be classified"),
    "screen_positive": ("抗原阳性", "antigen positive"),
    "reported": ("通报病例", "reported"),
    "close": ("密切接触者", "close contact"),
    "secondary": ("次密接", "secondary contact"),
    "general": ("一般接触者", "general contact"),
    "probable": ("可能病例", "probable"),
    "suspected": ("疑似病例", "suspected"),
    "re_positive": ("复阳", "positive again"),
    "medium": ("中风险接触者", "contact at medium risk"),
    "low": ("低风险接触者", "contact at low risk"),
    "companion": ("时空伴随者", "companion in time and space"),
    "abroad": ("入境人员", "from abroad"),
    "high_area": ("高风险区来返人员", "from a high-risk area"),
    "medium_area": ("中风险区来返人员", "from a medium-risk area"),
    "low_area": ("低风险区来返人员", "from a low-risk area"),
    "other_area": ("其他涉疫地区来返人员", "from another affected area"),
    "closed_loop": ("闭环作业人员", "leaving closed-loop work"),
    "discharged": ("出院人员", "leaving hospital"),
}
REASONS: Mapping[str, Word] = {
    "visit": ("同场所同时", "the same place at once"),
    "air": ("同场所先后", "the same place soon after"),
    "told": ("流调提及", "told to a tracer"),
    "lives_with": ("同住", "the same household"),
    "tie": ("同班组", "the same team or class"),
}
CHANGES: Mapping[str, Word] = {
    "new": ("新增", "new"),
    "upgraded": ("升级", "upgraded"),
    "downgraded": ("降级", "downgraded"),
    "gone": ("不再列入", "no longer listed"),
}
STATUSES: Mapping[str, Word] = {
    "missing": ("未采样", "missing"),
    "sampled": ("已采样", "sampled"),
    "received": ("实验室已收", "received"),
    "resulted": ("已出结果", "resulted"),
    "exempt": ("免检", "exempt"),
    "skipped": ("按规定本轮不采", "left out by a rule"),
    "away": ("不在本地", "away"),
    "elsewhere": ("住在范围外", "lives outside the round"),
    "unregistered": ("采了但未登记", "sampled, not registered"),
}
NEXT: Mapping[str, Word] = {
    "round": ("再做一轮", "another round"),
    "gap": ("间隔期", "a gap"),
    "last_round": ("间隔后的末轮", "the last round after the gap"),
    "stop": ("停止全员检测", "stop"),
}
STEPS: Mapping[str, Word] = {
    "escalate": ("升级", "goes up"),
    "step_down": ("降级", "steps down"),
    "lift": ("解除", "is lifted"),
    "keep": ("维持", "is kept"),
}
KINDS: Mapping[str, Word] = {
    "case": ("病例管理", "being a case"),
    "hold": ("临时管控", "a hold"),
    "course": ("隔离或健康监测", "a course"),
    "arrival": ("来返管理", "arriving"),
    "zone": ("分区管控", "a zone"),
}
COLOURS: Mapping[str, Word] = {
    "red": ("红码", "red"),
    "yellow": ("黄码", "yellow"),
    "green": ("绿码", "green"),
}
LEVELS: Mapping[str, Word] = {
    "sealed": ("封控区", "sealed"),
    "controlled": ("管控区", "controlled"),
    "precaution": ("防范区", "precaution"),
    "high": ("高风险区", "high risk"),
    "medium": ("中风险区", "medium risk"),
    "low": ("低风险区", "low risk"),
}
SETTINGS: Mapping[str, Word] = {
    "home": ("家中", "home"),
    "office": ("办公场所", "office"),
    "workshop": ("车间", "workshop"),
    "classroom": ("教室", "classroom"),
    "dormitory": ("宿舍", "dormitory"),
    "canteen": ("食堂", "canteen"),
    "restaurant": ("餐饮店", "restaurant"),
    "entertainment": ("娱乐场所", "entertainment"),
    "shop": ("商店", "shop"),
    "supermarket": ("超市", "supermarket"),
    "market": ("农贸市场", "market"),
    "clinic": ("诊所", "clinic"),
    "hospital": ("医院", "hospital"),
    "care_home": ("养老院", "care home"),
    "bus": ("公交", "bus"),
    "metro": ("地铁", "metro"),
    "train": ("列车", "train"),
    "coach": ("客车", "coach"),
    "aircraft": ("飞机", "aircraft"),
    "taxi": ("出租车", "taxi"),
    "lift": ("电梯", "lift"),
    "worship": ("宗教场所", "worship"),
    "event": ("活动", "event"),
    "quarantine_site": ("隔离点", "quarantine site"),
    "sampling_point": ("采样点", "sampling point"),
    "outdoors": ("户外", "outdoors"),
    "other": ("其他", "other"),
}
RELATIONS: Mapping[str, Word] = {
    "lives_with": ("同住", "lives with"),
    "carer": ("照护者", "carer"),
    "colleague": ("同事", "colleague"),
    "classmate": ("同学", "classmate"),
    "friend": ("亲友", "friend"),
    "stranger": ("陌生人", "stranger"),
}
MANNERS: Mapping[str, Word] = {
    "talk": ("面对面交谈", "face to face"),
    "physical": ("身体接触", "physical contact"),
    "sexual": ("性接触", "sexual contact"),
    "fluids": ("接触体液", "body fluids"),
    "care": ("护理照料", "care"),
    "bedding": ("接触衣物被褥", "clothes or bedding"),
    "funeral": ("参加葬礼接触遗体", "funeral"),
    "breastfeeding": ("哺乳", "breastfeeding"),
    "aerosol_procedure": ("产生气溶胶的操作", "aerosol procedure"),
    "shared_air": ("共处同一空间", "shared air"),
    "needle": ("针具", "needle"),
}
STAYS: Mapping[str, Word] = {
    "central": ("集中隔离", "central quarantine"),
    "home": ("居家隔离", "home quarantine"),
    "home_monitoring": ("居家健康监测", "home monitoring"),
    "hospital": ("住院", "hospital"),
    "hold": ("临时管控", "hold"),
    "away": ("外出", "away"),
    "exclusion": ("停工停课", "kept from work or school"),
    "free": ("随访不限制", "followed, not confined"),
    "closed_loop": ("闭环管理", "closed loop"),
}
RESULTS: Mapping[str, Word] = {
    "negative": ("阴性", "negative"),
    "positive": ("阳性", "positive"),
    "grey": ("灰区", "grey"),
    "invalid": ("无效", "invalid"),
    "pending": ("待出", "pending"),
    "none": ("无", "none"),
}
GRADES: Mapping[str, Word] = {
    "A": ("官方或两处以上来源", "official, or two or more sources"),
    "B": ("一处来源", "one source"),
    "L": ("地方规定", "a local rule"),
    "M": ("凭记忆,待核实", "from memory, to be confirmed"),
    "?": ("来源不一致", "sources disagree"),
    "R": ("无来源的保障值,须由本市确认", "no source: a safeguard the city has to confirm"),
}


def zh(words: Mapping[str, Word], key: str | None) -> str:
    """A word in Chinese; the key itself where it has none, a dash where there is nothing."""
    return words.get(key, (key, key))[0] if key else "—"


def en(words: Mapping[str, Word], key: str | None) -> str:
    """A word in English; the key itself where it has none, a dash where there is nothing."""
    return words.get(key, (key, key))[1] if key else "—"
