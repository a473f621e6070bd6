"""How is each decision said? A sentence a table, in Chinese and in English, filled from the row's columns."""

from collections.abc import Mapping

from ringfence.tables import words
from ringfence.tables.words import Word

SENTENCES: Mapping[str, Word] = {
    "tasks": (
        "{subject}:{must},时限 {due_at},完成 {done_at}({state})。责任单位:{unit}。地点:{area}。",
        "{subject}: {must}; due {due_at}; done {done_at} ({state}). Unit: {unit}. Where: {area}.",
    ),
    "cases": (
        "{person}:{class},{detected_at} 发现,住 {area}。传染期自 {window_from} 至 {window_to}。",
        "{person}: {class}, detected {detected_at}, lives in {area}. "
        "Infectious from {window_from} until {window_to}.",
    ),
    "holds": (
        "{person}:因管 {tube} 自 {begin} 起就地管控({state}),结束 {ended_at},最迟 {until}。",
        "{person}: held for tube {tube} from {begin} ({state}); ended {ended_at}, at the latest {until}.",
    ),
    "pools": (
        "管 {tube}:{reported_at} 报告{result},{members} 人,单采 {swabbed},已出 {reported},"
        "阳性 {positives}({state})。",
        "Tube {tube}: {result}, reported {reported_at}; {members} people, {swabbed} swabbed singly, "
        "{reported} back, {positives} positive ({state}).",
    ),
    "contacts": (
        "{person}:{class}({review}),{first_exposure} 至 {last_exposure} 在{setting}接触 {index},"
        "关联病例 {case}。",
        "{person}: {class} ({review}) of {index}, {setting}, {first_exposure} to {last_exposure}; "
        "case {case}.",
    ),
    "courses": (
        "{person}:{class},第 {phase} 阶段{place},{begin_day} 至 {until_day}({state}),到位 {placed_at}。",
        "{person}: {class}, phase {phase}, {place} from {begin_day} to {until_day} ({state}); "
        "in place {placed_at}.",
    ),
    "course_tests": (
        "{person}:{due_day} 应检(第 {ordinal} 天),采样 {sampled_at},结果 {result}。",
        "{person}: test owed on {due_day} (day {ordinal}), taken {sampled_at}, result {result}.",
    ),
    "zones": (
        "{area}:建议划为{level}({review}),宣布 {declared_at};{people} 人 {households} 户,"
        "最早 {lift_day} 解除。",
        "{area}: proposed as {level} ({review}), declared {declared_at}; {people} people in {households} "
        "households; lifted {lift_day} at the earliest.",
    ),
    "clocks": (
        "{subject}:{begin} 起算,{limit_h} 小时,{due_at} 到期,完成 {done_at}({state});职责:{duty}。",
        "{subject}: since {begin}, {limit_h} hours, due {due_at}, done {done_at} ({state}); duty: {duty}.",
    ),
    "course_visits": (
        "{person}:{class},第 {phase} 阶段,{due_day} 应随访,随访 {visited_at}。",
        "{person}: {class}, phase {phase}, to be seen or called on {due_day}; seen {visited_at}.",
    ),
    "zone_steps": (
        "{area}:{level},{begin} 起。下一步:{step}{to_level},最早 {due_day},条件具备 {possible_at}。"
        "最近病例 {last_case_at};区内 {people} 人,未满期密接 {contacts_left} 人,未清零 {unswept} 人。",
        "{area}: {level} since {begin}. It {step}{to_level}, on {due_day} at the earliest; "
        "conditions met {possible_at}. Last case {last_case_at}; {people} people inside, "
        "{contacts_left} close contacts not gone long enough and negative, {unswept} people without the "
        "negative asked for.",
    ),
    "restrictions": (
        "{person}:因{kind}({subject})受限,{begin} 起,至 {until} 止({live}),赋码 {colour}。"
        "决定机关:{authority_zh}。不服可向{appeal_duty}申诉,{appeal_h} 小时内答复(规则 {appeal_rule})。",
        "{person}: restricted for {kind} ({subject}) from {begin} until {until} ({live}); colour {colour}. "
        "Ordered by {authority_en}. An appeal goes to {appeal_duty}, answered within {appeal_h} hours "
        "(rule {appeal_rule}).",
    ),
    "codes": (
        "{person}:{colour},因{kind}({subject}),至 {until} 止;在效限制 {reasons} 项。"
        "决定机关:{authority_zh}。不服可向{appeal_duty}申诉,{appeal_h} 小时内答复(规则 {appeal_rule})。",
        "{person}: {colour}, for {kind} ({subject}), until {until}; live restrictions: {reasons}. "
        "Ordered by {authority_en}. An appeal goes to {appeal_duty}, answered within {appeal_h} hours "
        "(rule {appeal_rule}).",
    ),
    "campaigns": (
        "{area}:{people} 人,已完成 {rounds} 轮,连续清零 {clean} 轮。下一步:{next},{next_day};"
        "每轮 {within_h} 小时内完成。",
        "{area}: {people} people, {rounds} rounds done, {clean} clean in a row. Next: {next}, {next_day}; "
        "a round within {within_h} hours.",
    ),
    "cadences": (
        "{person}:上次采样 {last_at},应于 {due_at} 前检测({state},{single})。",
        "{person}: last sampled {last_at}, due again by {due_at} ({state}, {single}).",
    ),
}
"""The decision tables whose rows have a sentence, and the sentence."""

BECAUSE: Word = (
    "规则 {rule}({edition},{grade} 级:{grade_says}):{says}来源:{source}。{ends}"
    "取值:{values}。依据事实:{facts}。",
    " Rule {rule} ({edition}, grade {grade}: {grade_says}): {says} Source: {source}.{ends} "
    "Values: {values}. Facts: {facts}.",
)
ROUND: Word = (
    "本轮范围内居住、未免检、未外出者,均应在截止前采样。",
    "Everyone who lives in the round's areas, not exempt and not away, is to be sampled by its deadline.",
)
"""What a round, which is a fact and not a rule of an edition, asks."""
ROUND_SOURCE: Word = ("本轮的通知(见依据事实)", "the round's order, among the facts")
LIMIT: Word = (
    "最迟时限依据 {id}({edition},{grade} 级:{grade_says}):{says}",
    " The latest end follows {id} ({edition}, grade {grade}: {grade_says}): {says}",
)
"""The rule behind a limit that a row's own rule does not give."""
ENDS: Word = ("解除条件:{lift}。", " It ends when: {lift}.")

ABSENT: Mapping[str, Word] = {
    "window_to": ("今(尚未隔离)", "now (not yet kept apart)"),
    "window_from": ("(不详)", "(not known)"),
    "due_at": ("未规定", "no limit stated"),
    "done_at": ("未完成", "not done"),
    "ended_at": ("未结束", "not yet"),
    "unit": ("(无责任单位)", "(no unit)"),
    "declared_at": ("尚未", "not yet"),
    "placed_at": ("尚未", "not yet"),
    "sampled_at": ("尚未", "not yet"),
    "result": ("未出", "none yet"),
    "visited_at": ("尚未", "not yet"),
    "possible_at": ("尚未", "not yet"),
    "until": ("达到解除标准", "the tests that end it"),
    "to_level": ("", ""),
    "last_at": ("(无)", "never"),
}
"""What an unknown value is said to be, by column; a dash elsewhere."""

YES_NO: Mapping[str, Mapping[bool, Word]] = {
    "review": {True: ("待判定", "to be judged"), False: ("已判定", "settled")},
    "live": {True: ("在效", "in force"), False: ("不在效", "not in force")},
    "single": {True: ("单采", "swabbed singly"), False: ("可混采", "may be pooled")},
}
"""What a yes or no is said to be, by column."""
TO_LEVEL: Word = ("为{level}", " to {level}")
"""Which level a zone goes to."""

CHOICES: Mapping[str, Mapping[str, Word]] = {
    "must": words.MUSTS,
    "state": words.STATES,
    "class": words.CLASSES,
    "result": words.RESULTS,
    "setting": words.SETTINGS,
    "place": words.STAYS,
    "level": words.LEVELS,
    "to_level": words.LEVELS,
    "duty": words.DUTIES,
    "step": words.STEPS,
    "kind": words.KINDS,
    "colour": words.COLOURS,
    "appeal_duty": words.DUTIES,
    "next": words.NEXT,
}
"""What the words of a column are called."""

VALUES: Mapping[str, Word] = {
    "nat": ("核酸", "nucleic acid"),
    "antigen": ("抗原", "antigen"),
    "symptoms": ("症状", "symptoms"),
    "reported": ("通报", "reported as"),
    "onset": ("发病", "onset"),
    "first_positive": ("首阳采样", "first positive swab"),
    "isolated": ("隔离", "kept apart"),
    "tube": ("管码", "tube"),
    "tube_result": ("混管结果", "tube result"),
    "reported_at": ("报告", "reported"),
    "limit_h": ("时限(小时)", "limit (hours)"),
    "limit_rule": ("时限规则", "limit rule"),
    "single": ("单管", "single"),
    "members": ("人数", "members"),
    "back": ("已出", "back"),
    "positives": ("阳性", "positives"),
    "setting": ("场景", "setting"),
    "minutes": ("分钟", "minutes"),
    "meetings": ("接触次数", "meetings"),
    "first_exposure": ("首次暴露", "first exposure"),
    "last_exposure": ("末次暴露", "last exposure"),
    "contact_rule": ("判定规则", "contact rule"),
    "anchor_day": ("起算日", "counted from"),
    "axis": ("检测日计法", "test days of"),
    "day_0": ("检测日起算前一日", "test days count from the day after"),
    "days": ("天数", "days"),
    "numbering": ("起算日为第几天", "the anchor is day"),
    "late": ("晚追踪", "traced late"),
    "traced_day": ("到位日", "traced"),
    "reset_day": ("重新起算", "reset"),
    "waits_on": ("联动密接", "linked contact"),
    "begin_event": ("起点", "from"),
    "end_event": ("终点", "to"),
    "begin": ("起算", "since"),
    "cases": ("病例数", "cases"),
    "last_case_at": ("最近病例", "last case"),
    "lift_days": ("无新增天数", "days without a case"),
    "round": ("轮次", "round"),
    "opens_at": ("开始", "opened"),
    "due_at": ("截止", "due"),
    "spread": ("传播可能性", "spread"),
    "traceable": ("可追踪", "traceable"),
    "counts_from": ("起算依据", "counts from"),
    "since_day": ("起算日", "counted from"),
    "contacts_gone_d": ("密接离开天数", "days contacts must be gone"),
    "sweep_d": ("清零天数", "days of the sweep"),
    "alarm_at": ("区内新阳性", "positive inside since"),
    "graver": ("区内更高级别", "graver zones there"),
    "level": ("级别", "level"),
    "step": ("动作", "step"),
    "due_day": ("最早日期", "at the earliest"),
    "ordinal": ("第几天", "day"),
    "people": ("应检人数", "people asked"),
    "missing": ("未检人数", "not swabbed"),
    "colour_rule": ("赋码规则", "colour rule"),
}
"""What the values a rule used are called."""

VALUE_WORDS: Mapping[str, Mapping[str, Word]] = {
    "level": words.LEVELS,
    "step": words.STEPS,
    "spread": {"high": ("高", "likely"), "some": ("一定", "some"), "low": ("低", "unlikely")},
    "counts_from": {
        "last_case": ("最近病例", "the last case"),
        "case_removed": ("末例转运", "the removal of the last case"),
        "disinfected": ("终末消毒", "the last disinfection"),
    },
}
"""What the words among the values are called, by value, where a word means something else elsewhere."""
