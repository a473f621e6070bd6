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
}
"""What an unknown value is said to be, by column; a dash elsewhere."""

REVIEW: Mapping[bool, Word] = {True: ("待判定", "to be judged"), False: ("已判定", "settled")}

CHOICES: Mapping[str, Mapping[str, Word]] = {
    "must": words.MUSTS,
    "state": words.STATES,
    "class": words.CLASSES,
    "result": words.RESULTS,
    "setting": words.SETTINGS,
    "place": words.STAYS,
    "level": words.LEVELS,
    "duty": words.DUTIES,
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
}
"""What the values a rule used are called."""
