"""What does each table of an edition say, row by row, in plain Chinese and English?"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from docs.rulebook_words import (
    Both,
    cell,
    condition,
    counted,
    instant,
    length,
    listed,
    said,
    schedule,
    tests,
    word,
)
from ringfence.protocol.measures import (
    AppealRule,
    CadenceRule,
    CampaignRule,
    ClockRule,
    ColourRule,
    GateRule,
    PoolRule,
    RatioRule,
    SkipRule,
    ZoneRule,
)
from ringfence.protocol.predicates import Predicate
from ringfence.protocol.rules import (
    ArrivalRule,
    CaseReleaseRule,
    CaseRule,
    CompanionRule,
    ContactRule,
    CourseRule,
    HoldRule,
    IncubationRule,
    LimitRule,
    Phase,
    WindowRule,
)

HOUR: Both = ("小时", "hour")
DAY: Both = ("天", "day")
PERSON: Both = ("人", "person")
NOTHING: Both = ("—", "—")


class Conditioned(Protocol):
    """A row of a table read by first match."""

    @property
    def when(self) -> Predicate | None: ...
    @property
    def unknown(self) -> str: ...


def when(row: Conditioned) -> Both:
    """The condition of a row, and what follows where it is not known."""
    zh, en = condition(row.when)
    if row.when is None:
        return zh, en
    unknown = said("unknown")[row.unknown]
    return f"{zh}({unknown[0]})", f"{en} ({unknown[1]})"


def _clauses(*clauses: Both | None) -> Both:
    """Those that are there, in a row; a dash where none is."""
    there = [clause for clause in clauses if clause is not None]
    return listed(there, ";", "; ") if there else NOTHING


def _case(row: CaseRule) -> list[Both]:
    return [word(row.gives, "class"), when(row)]


def _case_release(row: CaseReleaseRule) -> list[Both]:
    clean: Both = (f"连续{row.clean}次清洁", f"{row.clean} clean in a row")
    gap: Both = (f"间隔至少{row.gap_h}小时", f"at least {row.gap_h} hours apart")
    value = f"{row.ct_x100_from / 100:g}"
    ct: Both = (f"Ct值≥{value}也算清洁", f"a Ct of {value} or more is clean too")
    after: Both = (
        f"首阳或发病{row.after_d}天后起算",
        f"not before day {row.after_d} of the first positive or onset",
    )
    need = _clauses(
        clean, gap if row.gap_h else None, ct if row.ct_x100_from else None, after if row.after_d else None
    )
    return [need, when(row)]


def _window(row: WindowRule) -> list[Both]:
    to = instant(row.end, end=True)
    lingers = (f";离开后滞留{row.lingers_min}分钟", f"; the room infects for {row.lingers_min} minutes more")
    if row.lingers_min:
        to = to[0] + lingers[0], to[1] + lingers[1]
    return [instant(row.begin), to, when(row)]


def _incubation(row: IncubationRule) -> list[Both]:
    return [instant(row.begin), instant(row.end, end=True), when(row)]


def _hold(row: HoldRule) -> list[Both]:
    return [listed((word(result, "result") for result in row.on), "、", " or ")]


def _limit(row: LimitRule) -> list[Both]:
    return [word(row.of, "of"), counted(row.hours, HOUR)]


def _contact(row: ContactRule) -> list[Both]:
    ring = {1: ("病例的接触者", "met a case"), 2: ("密接的接触者", "met a close contact")}[row.ring]
    return [ring, word(row.gives, "class"), when(row)]


def _companion(row: CompanionRule) -> list[Both]:
    where: Both = (
        (f"半径{row.radius_m}米", f"within {row.radius_m} metres")
        if row.radius_m
        else (f"{row.cell_m}米见方网格", f"a cell of {row.cell_m} metres square")
    )
    stay: Both = (
        f"或{row.stay_d}天内累计停留{row.stay_h}小时", f"or {row.stay_h} hours there in {row.stay_d} days"
    )  # fmt: skip
    together: Both = (f"同时{row.overlap_min}分钟", f"{row.overlap_min} minutes together")
    return [_clauses(where, together, stay if row.stay_h else None), instant(row.begin)]


def _arrival(row: ArrivalRule) -> list[Both]:
    return [word(row.gives, "class"), when(row)]


def _zone(row: ZoneRule) -> list[Both]:
    drawn = _clauses(
        word(row.why, "why"),
        listed((word(unit, "unit") for unit in row.units), "、", ", "),
    )
    return [word(row.level, "level"), drawn, when(row), _inside(row), _lifted(row)]


def _inside(row: ZoneRule) -> Both:
    hours, days = counted(row.screen_within_h, HOUR), schedule(row.tests) if row.tests else NOTHING
    return _clauses(
        (row.measures_zh, row.measures_en) if row.measures_en else None,
        (f"{hours[0]}内首轮筛查", f"first screening within {hours[1]}") if row.screen_within_h else None,
        (f"居民核酸{days[0]}", f"residents are tested {days[1]}") if row.tests else None,
    )


def _lifted(row: ZoneRule) -> Both:
    if row.level == "none":
        return NOTHING
    if row.lift_days == 0:
        return row.lift_zh, row.lift_en
    since, days = word(row.counts_from, "since"), counted(row.lift_days, DAY)
    gone, sweep = counted(row.contacts_gone_d, DAY), counted(row.sweep_d, DAY)
    step = counted(row.after_step_d, DAY)
    down = word(row.steps_to, "level") if row.steps_to else ("解除", "lifted")
    up = word(row.escalates_to, "level") if row.escalates_to else NOTHING
    return _clauses(
        (f"自{since[0]}起{days[0]}无新增", f"{days[1]} without a new case since {since[1]}"),
        (f"由高级别降入的{step[0]}", f"{step[1]} where stepped down into it") if row.after_step_d else None,
        (f"最后密接离开超过{gone[0]}且阴性", f"the last contact away for over {gone[1]} and negative")
        if row.contacts_gone_d
        else None,
        (f"{sweep[0]}内全员阴性", f"everyone negative in the last {sweep[1]}") if row.sweep_d else None,
        (f"期满后:{down[0]}", f"then: {down[1]}"),
        (f"区内出现阳性即转{up[0]}", f"any positive inside makes it {up[1]}") if row.escalates_to else None,
    )


def _campaign(row: CampaignRule) -> list[Both]:
    hours, stop = counted(row.within_h, HOUR), schedule(row.stop) if row.stop else NOTHING
    counts = word(row.counts, "counts")
    rounds: Both = (f"至少{row.rounds}轮", f"at least {row.rounds} rounds")
    return [
        _clauses((f"{hours[0]}内完成一轮", f"a round within {hours[1]}"), rounds if row.rounds else None),
        _clauses((f"{stop[0]}(计{counts[0]})", f"{stop[1]} (counting {counts[1]})") if row.stop else None),
        when(row),
    ]


def _skip(row: SkipRule) -> list[Both]:
    return [word(row.gives, "gives"), when(row)]


def _pool(row: PoolRule) -> list[Both]:
    size = counted(row.size, PERSON)
    size = (size[0], size[1].replace("persons", "people"))
    if row.per:
        size = f"{size[0]}或一户", f"{size[1]} or one household"
    return [size, when(row)]


def _gate(row: GateRule) -> list[Both]:
    clock = word(row.clock, "validity")
    return [
        listed((word(one, "do") for one in row.do), "、", ", "),
        (f"阴性时效自{clock[0]}算", f"a negative's age counts from {clock[1]}"),
        when(row),
    ]


def _clock(row: ClockRule) -> list[Both]:
    begin, end = said("instants")[row.begin], said("instants")[row.end]
    return [
        (f"{begin[0]}→{end[0]}", f"{begin[1]} → {end[1]}"),
        counted(row.limit_h, HOUR),
        word(row.duty, "duty"),
    ]


def _cadence(row: CadenceRule) -> list[Both]:
    often = schedule(row.schedule) if row.schedule else ("不定期检测", "not tested again and again")
    single: Both | None = ("单采", "swabbed singly") if row.single else None
    return [_clauses(often, single), when(row)]


def _ratio(row: RatioRule) -> list[Both]:
    most: Both = (f"至{row.most}", f" to {row.most}") if row.most else ("", "")
    return [(f"每{row.down}{most[0]}人一个,向上取整", f"one for {row.down}{most[1]} people, rounded up")]


def _colour(row: ColourRule) -> list[Both]:
    return [word(row.gives, "code"), when(row)]


def _appeal(row: AppealRule) -> list[Both]:
    return [word(row.of, "of"), word(row.duty, "duty"), counted(row.hours, HOUR)]


Cells = Callable[[Any], list[Both]]
TABLES: Mapping[str, tuple[str, tuple[Both, ...], Cells]] = {
    "case": ("cases", (("判为", "is"), ("条件", "when")), _case),
    "case_release": ("case_releases", (("标准", "what ends it"), ("条件", "when")), _case_release),
    "infectious": ("windows", (("自", "from"), ("至", "until"), ("条件", "when")), _window),
    "incubation": ("incubations", (("自", "from"), ("至", "until"), ("条件", "when")), _incubation),
    "hold": ("hold", (("结果", "results"),), _hold),
    "limit": ("limits", (("事项", "of"), ("最长", "at most")), _limit),
    "contact": ("contacts", (("圈层", "ring"), ("判为", "is"), ("条件", "when")), _contact),
    "companion": ("companions", (("标准", "what makes one"), ("自", "from")), _companion),
    "arrival": ("arrivals", (("判为", "is"), ("条件", "when")), _arrival),
    "zone": (
        "zones",
        (("级别", "level"), ("划定", "drawn"), ("条件", "when"), ("区内", "inside"), ("解除", "lifted")),
        _zone,
    ),
    "campaign": ("campaigns", (("每轮", "a round"), ("停止", "stops"), ("条件", "when")), _campaign),
    "skip": ("skips", (("处理", "what follows"), ("条件", "when")), _skip),
    "pool": ("pools", (("混采", "to a tube"), ("条件", "when")), _pool),
    "gate": ("gates", (("处置", "what is done"), ("时效", "validity"), ("条件", "when")), _gate),
    "clock": ("clocks", (("环节", "step"), ("时限", "within"), ("职责", "duty")), _clock),
    "cadence": ("cadences", (("频次", "how often"), ("条件", "when")), _cadence),
    "ratio": ("ratios", (("标准", "how many"),), _ratio),
    "colour": ("colours", (("颜色", "colour"), ("条件", "when")), _colour),
    "appeal": ("appeals", (("对象", "against"), ("受理", "answered by"), ("答复", "within")), _appeal),
}
"""Each table but the courses: what the protocol calls it, its columns, and their cells."""
_ANEW: Both = ("隔离点出现阳性的重新起算", "counted anew after a positive in the site")
PHASE_HEADS: tuple[Both, ...] = (
    ("阶段", "phase"), ("地点", "where"), ("多久", "how long"), ("检测", "tests"), ("解除", "ends when"),
)  # fmt: skip


def phase(number: int, of: Phase) -> list[str]:
    """A phase of a course as the cells of a row."""
    place = word(of.place, "place")
    visits = schedule(of.visits) if of.visits else NOTHING
    long = _clauses(
        length(of, number > 1),
        word(of.late, "late") if number == 1 else None,
        (f"{visits[0]}随访", f"seen or called {visits[1]}") if of.visits else None,
        ("隔离点出现阳性的重新起算", "counted anew after a positive in the site")
        if of.reset != "none"
        else None,
    )
    release = (of.release_zh, of.release_en)
    if of.linked_tests:
        release = (
            f"{release[0]}(联动密接前{of.linked_tests}次)",
            f"{release[1]} (the linked contact's first {of.linked_tests})",
        )
    return [str(number), cell(place), cell(long), cell(tests(of.tests)), cell(release)]


def course_class(row: CourseRule) -> Both:
    """Whom a course is for."""
    return word(row.of, "class")
