"""Which columns does each list of the brief show, and how does a decision row fill them?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any as Anything

import pyarrow as pa

from ringfence.exchange.ledger import Ledger
from ringfence.exchange.speech import NOTHING, Row, Speech, Text, left
from ringfence.protocol import Protocol
from ringfence.tables.words import (
    CLASSES,
    DUTIES,
    LEVELS,
    MUSTS,
    RESULTS,
    SETTINGS,
    STATES,
    STAYS,
    Word,
)  # fmt: skip

OWED = ("open", "late")


@dataclass(frozen=True)
class Context:
    """What a cell may need besides its row."""

    speech: Speech
    protocol: Protocol
    tests: Mapping[tuple[int, str, int], str] = field(default_factory=dict[tuple[int, str, int], str])
    """The test days of a person's phase, as `test_days` writes them."""


Value = Callable[[Row, Context], Anything]


@dataclass(frozen=True)
class Shown:
    """A column of a list: `kind` is text, time, number, person, grade or why."""

    key: str
    name: Text
    kind: str
    value: Value


def _plain(key: str) -> Value:
    return lambda row, _: row[key]


def _said(words: Mapping[str, Word], key: str) -> Value:
    return lambda row, _: words.get(row[key], (row[key], row[key])) if row[key] else NOTHING


def _instant(key: str, zh: str, en: str) -> Shown:
    return Shown(key, (zh, en), "time", lambda row, context: context.speech.time(row[key]))


def _day(key: str, zh: str, en: str) -> Shown:
    return Shown(key, (zh, en), "time", lambda row, _: f"{row[key]:%Y-%m-%d}" if row[key] else "")


def _person(key: str, zh: str, en: str) -> Shown:
    return Shown(key, (zh, en), "person", _plain(key))


def _number(key: str, zh: str, en: str) -> Shown:
    return Shown(key, (zh, en), "number", _plain(key))


def _word(key: str, zh: str, en: str, words: Mapping[str, Word]) -> Shown:
    return Shown(key, (zh, en), "text", _said(words, key))


def _code(key: str, zh: str, en: str) -> Shown:
    return Shown(key, (zh, en), "text", lambda row, _: row[key] or "—")


WHO = _person("person", "人员", "Person")
WHERE = Shown("area", ("现住址", "Lives in"), "text", lambda row, context: context.speech.area(row["area"]))
PLACE = Shown("area", ("区域", "Area"), "text", lambda row, context: context.speech.area(row["area"]))
STATE = _word("state", "状态", "State", STATES)
TUBE = _code("tube", "管码", "Tube")
CLASS = _word("class", "类别", "Class", CLASSES)
GRADED = (_code("rule", "规则", "Rule"), Shown("grade", ("等级", "Grade"), "grade", _plain("grade")))


def _window_end(row: Row, context: Context) -> Text:
    if row["window_to"] is None and row["elsewhere"]:
        return "外地管理", "kept by another city"
    if row["window_to"] is None:
        return "至今,尚未隔离", "still at large"
    time = context.speech.time(row["window_to"])[5:]
    return time, time


def _lift(row: Row, context: Context) -> Text:
    rule = next((zone for zone in context.protocol.zones if zone.rule.id == row["rule"]), None)
    return (rule.lift_zh, rule.lift_en) if rule else NOTHING


def _declared(row: Row, context: Context) -> Text:
    if row["declared_at"] is None:
        return "建议,未宣布", "proposed, not declared"
    time = context.speech.time(row["declared_at"])[5:]
    return f"已宣布 {time}", f"declared {time}"


def _tested(row: Row, context: Context) -> str:
    return context.tests.get((row["person"], row["class"], row["phase"]), "—")


def _late(row: Row, context: Context) -> Text:
    return left(row["due_at"], context.speech.as_of) if row["state"] in OWED else NOTHING


def _review(row: Row, _: Context) -> Text:
    return ("待判定", "to be judged") if row["review"] else ("已判定", "judged")


def _why_residence(row: Row, _: Context) -> Text:
    return {"residence": ("居住", "residence"), "visited": ("到访", "visited"), "around": ("周边", "around")}[
        row["why"]
    ]


def _clock_name(row: Row, context: Context) -> Text:
    return clock_name(row["clock"], context.protocol)


def clock_name(clock: str, protocol: Protocol) -> Text:
    """What a clock is called: the task it makes, else the end of its rule's sentence."""
    rule = next((each for each in protocol.clocks if each.rule.id == clock), None)
    if rule is None:
        return clock, clock
    return MUSTS[rule.must] if rule.must else _EVENTS.get(rule.end, (rule.rule.zh, rule.rule.en))


_EVENTS: Mapping[str, Text] = {
    "singles_swabbed": ("全部单采", "all swabbed singly"),
    "singles_reported": ("全部出单管结果", "all singles reported"),
    "contacts_placed": ("密接全部到位", "all close contacts in place"),
}

COLUMNS: Mapping[str, tuple[Shown, ...]] = {
    "cases": (
        WHO,
        CLASS,
        _instant("detected_at", "发现", "Detected"),
        _instant("window_from", "传染期起", "Infectious from"),
        Shown("window_to", ("传染期止", "until"), "text", _window_end),
        WHERE,
        *GRADED,
    ),
    "pools": (
        TUBE,
        _word("result", "结果", "Result", RESULTS),
        _instant("reported_at", "报告", "Reported"),
        PLACE,
        _number("members", "人数", "People"),
        _number("swabbed", "已单采", "Swabbed"),
        _number("reported", "已出", "Back"),
        _number("positives", "阳性", "Positive"),
        STATE,
        *GRADED,
    ),
    "holds": (
        WHO,
        TUBE,
        STATE,
        _instant("begin", "开始", "Held from"),
        _instant("until", "最迟结束", "Ends at the latest"),
        _instant("swabbed_at", "单采", "Swabbed"),
        _word("result", "单管", "Single", RESULTS),
        _instant("ended_at", "结束", "Ended"),
        WHERE,
        *GRADED,
    ),
    "contacts": (
        WHO,
        CLASS,
        Shown("review", ("判定", "Judged"), "text", _review),
        _person("case", "关联病例", "Linked case"),
        _person("index", "接触对象", "Met"),
        _word("setting", "场景", "Setting", SETTINGS),
        _number("minutes", "分钟", "Minutes"),
        _instant("last_exposure", "末次暴露", "Last met"),
        WHERE,
        *GRADED,
    ),
    "courses": (
        WHO,
        CLASS,
        _number("phase", "阶段", "Phase"),
        _word("place", "方式", "Where", STAYS),
        STATE,
        _day("begin_day", "起", "From"),
        _day("until_day", "至", "Until"),
        Shown("tests", ("检测日", "Test days"), "text", _tested),
        _person("index", "接触对象", "Met"),
        WHERE,
        *GRADED,
    ),
    "zones": (
        PLACE,
        _word("level", "级别", "Level", LEVELS),
        Shown("declared_at", ("状态", "State"), "text", _declared),
        _number("people", "人数", "People"),
        _number("households", "户数", "Households"),
        _number("cases", "病例", "Cases"),
        Shown("why_", ("由来", "Because of"), "text", _why_residence),
        Shown("review_", ("判定", "Judged"), "text", _review),
        _day("lift_day", "最早解除", "Lifted at the earliest"),
        Shown("lift", ("解除条件", "Ends when"), "text", _lift),
        *GRADED,
    ),
    "clocks": (
        _code("subject", "对象", "Subject"),
        Shown("clock", ("环节", "Step"), "text", _clock_name),
        STATE,
        _instant("begin", "起算", "Since"),
        _instant("due_at", "到期", "Due"),
        _instant("done_at", "完成", "Done"),
        _word("duty", "职责", "Duty", DUTIES),
        PLACE,
        *GRADED,
    ),
    "tasks": (
        STATE,
        _word("must", "事项", "Must", MUSTS),
        _code("subject", "对象", "Subject"),
        _instant("due_at", "时限", "Due"),
        Shown("late", ("还有/超时", "Left / late"), "text", _late),
        Shown("unit", ("责任单位", "Unit"), "text", lambda row, context: context.speech.unit(row["unit"])),
        _instant("done_at", "完成", "Done"),
        PLACE,
        *GRADED,
    ),
}
"""The lists of the brief: the columns of each, in order; every list ends with why."""
HEADINGS = {
    kind: [
        *([shown.key, shown.kind, *shown.name] for shown in columns),
        ["why_sentence", "why", "为何", "Why"],
    ]
    for kind, columns in COLUMNS.items()
}


def listed(ledger: Ledger, kind: str, table: pa.Table, context: Context) -> list[int]:
    """The numbers of a decision table's rows in the ledger, in its order."""
    return [ledger.row(kind, HEADINGS[kind], _cells(ledger, kind, row, context)) for row in table.to_pylist()]


def _cells(ledger: Ledger, kind: str, row: Row, context: Context) -> tuple[int | None, ...]:
    cells: list[int | None] = []
    for shown in COLUMNS[kind]:
        value = shown.value(row, context)
        cells.append(value if shown.kind in ("number", "person") else ledger.text(value))
    return (*cells, ledger.why(context.speech.why(kind, row)))


_MARKS = {"negative": "−", "positive": "+", "grey": "?", "invalid": "!"}


def test_days(tests: pa.Table) -> Mapping[tuple[int, str, int], str]:
    """For each person, class and phase the days a test is owed: ✓ taken, then its result; ○ not taken."""
    days: dict[tuple[int, str, int], list[tuple[date, str]]] = {}
    columns = ("person", "class", "phase", "due_day", "sampled_at", "result")
    for row in tests.select(columns).to_pylist():
        mark = "✓" + _MARKS.get(row["result"], "") if row["sampled_at"] else "○"
        days.setdefault((row["person"], row["class"], row["phase"]), []).append((row["due_day"], mark))
    return {who: _joined(sorted(when)) for who, when in days.items()}


def _joined(days: Sequence[tuple[date, str]]) -> str:
    return " ".join(f"{day:%m-%d}{mark}" for day, mark in days)
