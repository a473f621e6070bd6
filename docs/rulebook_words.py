"""What is an instant, a schedule, a condition or a word of an edition in plain Chinese and English?"""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from docs.layout import PROSE
from ringfence.protocol.instants import Instant, Shifted
from ringfence.protocol.predicates import All, Any, Compare, Not, OneOf, Predicate
from ringfence.protocol.rules import Phase, Tests
from ringfence.protocol.schedules import Schedule
from ringfence.tables import words

Both = tuple[str, str]
"""The same in Chinese and in English."""
_UNITS: Mapping[str, Both] = {
    "h": ("小时", "hour"),
    "d": ("天", "day"),
    "w": ("周", "week"),
    "mo": ("个月", "month"),
}
_SIGNS: Mapping[str, Both] = {
    "=": (":", ":"), "!=": ("不是", " is not"), "<": ("少于", " below"), "<=": ("至多", " at most"),
    ">": ("超过", " over"), ">=": ("至少", " at least"),
}  # fmt: skip


@cache
def _read() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return tomllib.loads((PROSE / "rulebook.toml").read_text(encoding="utf-8"))


def said(part: str) -> Mapping[str, Sequence[str]]:
    """A part of what a person wrote for the rulebook, by key."""
    return _read()[part]


_MAPS: Mapping[str, str] = {
    "class": "CLASSES", "result": "RESULTS", "setting": "SETTINGS", "level": "LEVELS", "place": "STAYS",
    "duty": "DUTIES", "relation": "RELATIONS", "manner": "MANNERS", "occupation": "OCCUPATIONS",
    "origin": "ORIGINS", "vehicle": "VEHICLES", "zone": "LEVELS", "contact": "CLASSES", "code": "COLOURS",
    "test": "TESTS", "kind": "KINDS",
}  # fmt: skip
"""Which map of `tables.words` says what the words of a sort are called."""
_RESULTS = ("nat", "antigen", "smear", "culture")


def word(key: str, sort: str) -> Both:
    """A word of an edition in plain words, as the screens call it where they do.

    Raises:
        KeyError: nobody has said what it is called.
    """
    on_screen: Mapping[str, Both] = getattr(words, _MAPS.get(sort, ""), {})
    if key in on_screen:
        return on_screen[key]
    own = said(sort) if sort in _read() else {}
    zh, en = own.get(key) or said("words")[key]
    return zh, en


def listed(many: Iterable[Both], zh: str = "、", en: str = ", ") -> Both:
    """Several, one after another."""
    many = list(many)
    return zh.join(one for one, _ in many), en.join(one for _, one in many)


def counted(number: int, unit: Both) -> Both:
    """A number with its unit: 3 hours."""
    return f"{number}{unit[0]}", f"{number} {unit[1]}{'' if number == 1 else 's'}"


def cell(both: Both) -> str:
    """Both languages, as a cell of a table or a paragraph holds them."""
    return both[0] if both[0] == both[1] else f"{both[0]}<br>{both[1]}"


def instant(at: Instant, end: bool = False) -> Both:
    """An instant in words.

    Args:
        at: the instant.
        end: whether something ends there: a day is then named by its beginning.
    """
    parts = [_part(part, end) for part in at.parts]
    if len(parts) == 1:
        return parts[0]
    zh, en = listed(parts, "、", " and ")
    which = ("较早者", "the earliest of") if at.pick == "earliest" else ("较晚者", "the latest of")
    return f"{zh},取{which[0]}", f"{which[1]} {en}"


def _part(part: Shifted, end: bool) -> Both:
    zh, en = said("instants")[part.anchor]
    if not part.unit:
        return zh, en
    size, unit = abs(part.shift), _UNITS[part.unit]
    if end and part.unit == "d" and part.shift > 0:
        return f"{zh}后第{size}天零时", f"the beginning of the {_ordinal(size)} day after {en}"
    length = counted(size, unit)
    if part.shift < 0:
        return f"{zh}前{length[0]}", f"{length[1]} before {en}"
    return f"{zh}后{length[0]}", f"{length[1]} after {en}"


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"


def schedule(found: Schedule) -> Both:
    """A schedule in words."""
    return _FORMS[found.form](found)


def _days(found: Schedule) -> Both:
    days = ", ".join(map(str, found.days))
    plural = "s" if len(found.days) > 1 else ""
    return f"第{days.replace(', ', '、')}天", f"on day{plural} {days}"


def _every_d(found: Schedule) -> Both:
    return ("每天", "every day") if found.every == 1 else (f"每{found.every}天", f"every {found.every} days")


def _every_h(found: Schedule) -> Both:
    return f"距上次{found.every}小时", f"every {found.every} hours since the last"


def _a_week(found: Schedule) -> Both:
    zh, en = f"每周{found.times}次", f"{found.times} a week"
    return (
        (zh + f",间隔至少{found.gap}小时", en + f", at least {found.gap} hours apart")
        if found.gap
        else (zh, en)
    )


def _until(found: Schedule) -> Both:
    zh, en = f"直至连续{found.times}次清零", f"until {found.times} in a row are clean"
    if not found.more:
        return zh, en
    zh += f",间隔{found.gap}天后再做{found.more}次"
    return zh, en + f", then after {found.gap} days {found.more} more"


_FORMS: Mapping[str, Callable[[Schedule], Both]] = {
    "days": _days,
    "every_d": _every_d,
    "every_h": _every_h,
    "a_week": _a_week,
    "until": _until,
}


def tests(of: Tests) -> Both:
    """The tests of a phase in words; a dash where it owes none."""
    parts: list[Both] = []
    if of.schedule.days or of.schedule.every:
        zh, en = schedule(of.schedule)
        axis = word(of.axis, "axis")
        parts.append((f"{zh}({axis[0]})", f"{en} ({axis[1]})"))
    if of.traced_day:
        parts.append(("到位当日1次", "one on the day in place"))
    if of.at_release:
        parts.append(("解除当日1次", "one on the day of release"))
    if not parts:
        return "—", "—"
    test, (zh, en) = word(of.test, "test"), listed(parts, ";", "; ")
    return f"{test[0]}:{zh}", f"{test[1]}: {en}"


def length(phase: Phase, later: bool = False) -> Both:
    """How long a phase is, and from which day it counts; a later one counts from the one before."""
    zh, en = said("instants")[phase.anchor]
    days = counted(phase.days, _UNITS["d"])
    found = (
        f"{days[0]},{zh}为第{phase.numbering}天",
        f"{days[1]}, {en} being day {phase.numbering}",
    )
    if phase.start is not None:
        begin = instant(phase.start)
        found = f"{found[0]};自{begin[0]}起", f"{found[1]}; begins {begin[1]}"
    elif later:
        found = f"{days[0]},接上一阶段", f"{days[1]} after the phase before"
    if phase.extend is not None:
        why, more = condition(phase.extend.when), counted(phase.extend.days, _UNITS["d"])
        found = f"{found[0]};{why[0]}的为{more[0]}", f"{found[1]}; {more[1]} where {why[1]}"
    return found


def condition(of: Predicate | None) -> Both:
    """A condition in words; always where there is none."""
    match of:
        case None:
            return "其余情形", "whatever remains"
        case Compare():
            return _compared(of)
        case OneOf():
            name = said("names")[of.name]
            zh, en = listed((_value(of.name, value) for value in of.values), "、", " or ")
            return f"{name[0]}:{zh}", f"{name[1]}: {en}"
        case Not():
            zh, en = condition(of.of)
            return f"并非({zh})", f"not ({en})"
        case All():
            return listed((_within(part) for part in of.parts), ",且", " and ")
        case Any():
            return listed((_within(part) for part in of.parts), ",或", " or ")


def _within(part: Predicate) -> Both:
    zh, en = condition(part)
    return (f"({zh})", f"({en})") if isinstance(part, All | Any) else (zh, en)


def _compared(of: Compare) -> Both:
    name, sign = said("names")[of.name], _SIGNS[of.sign]
    if isinstance(of.value, bool):
        yes = of.value == (of.sign == "=")
        return (name[0], name[1]) if yes else (f"{name[0]}:否", f"{name[1]}: no")
    value = _value(of.name, of.value)
    return f"{name[0]}{sign[0]}{value[0]}", f"{name[1]}{sign[1]} {value[1]}"


def _value(name: str, value: str | int) -> Both:
    if isinstance(value, int):
        return str(value), str(value)
    return word(value, "result" if name in _RESULTS else name)
