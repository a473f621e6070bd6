"""Why? A decision row as a sentence in Chinese and in English: the rule, the values, the facts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ringfence import areas
from ringfence.engine.sentences import (
    ABSENT,
    BECAUSE,
    CHOICES,
    ENDS,
    LIMIT,
    ROUND,
    ROUND_SOURCE,
    SENTENCES,
    TO_LEVEL,
    VALUE_WORDS,
    VALUES,
    YES_NO,
)  # fmt: skip
from ringfence.protocol import Protocol
from ringfence.tables import fact_text, person_text
from ringfence.tables.decisions import DECISIONS
from ringfence.tables.words import CLASSES, GRADES, RESULTS, SETTINGS, Word

_SHOWN = areas.LEVELS[areas.LEVELS.index("district") :]
EXPLAINED = tuple(SENTENCES)
"""The decision tables whose rows have a sentence."""


@dataclass(frozen=True)
class Names:
    """What areas and units are called, by code, in each language; a code without a name stands as it is."""

    areas: Mapping[str, Word]
    units: Mapping[str, Word]

    def area(self, code: str, language: int) -> str:
        """An area's name after those that hold it, from the district down; unnamed parts as they stand."""
        above = [areas.at_level(code, level) for level in _SHOWN]
        return " ".join(self._part(part, language) for part in above if part) or self._part(code, language)

    def _part(self, code: str, language: int) -> str:
        return self.areas[code][language] if code in self.areas else code.rsplit("-", 1)[-1]

    def unit(self, code: str, language: int) -> str:
        """A unit's name."""
        return self.units.get(code, (code, code))[language]


def local_time(instant: datetime | None, protocol: Protocol) -> str:
    """An instant as the edition's clocks show it: month, day, hour and minute; a dash where there is none."""
    if instant is None:
        return "—"
    ahead = [seconds for since, seconds in protocol.offsets if since <= instant][-1]
    return f"{instant + timedelta(seconds=ahead):%m-%d %H:%M}"


def explain(kind: str, row: Mapping[str, object], protocol: Protocol, names: Names) -> tuple[str, str]:
    """A decision row of a table as a sentence in Chinese and one in English."""
    return _explain(kind, row, protocol, names, 0), _explain(kind, row, protocol, names, 1)


def _explain(kind: str, row: Mapping[str, object], protocol: Protocol, names: Names, language: int) -> str:
    said = {
        column.name: _said(column.name, column.type, row[column.name], (protocol, names, language))
        for column in DECISIONS[kind].columns
    }
    said |= _named(kind, row, (protocol, names, language))
    return SENTENCES[kind][language].format_map(said) + _because(row, protocol, language)


def _named(kind: str, row: Mapping[str, object], how: tuple[Protocol, Names, int]) -> dict[str, str]:
    """What is said otherwise than column by column: what a restriction is for, where a zone goes to."""
    _, names, language = how
    if kind in ("restrictions", "codes"):
        subject = str(row["subject"])
        area = names.area(subject.removeprefix("A:"), language) if subject.startswith("A:") else subject
        return {"subject": CLASSES.get(subject, (area, area))[language]}
    if kind == "zone_steps" and row["to_level"] is not None:
        level = _said("to_level", "choice", row["to_level"], how)
        return {"to_level": TO_LEVEL[language].format(level=level)}
    return {}


def _said(name: str, kind: str, value: object, how: tuple[Protocol, Names, int]) -> str:
    protocol, names, language = how
    if value is None:
        return ABSENT.get(name, ("—", "—"))[language]
    if isinstance(value, datetime):
        return local_time(value, protocol)
    if isinstance(value, date):
        return f"{value:%m-%d}"
    if isinstance(value, bool):
        return YES_NO.get(name, YES_NO["review"])[value][language]
    if kind == "person" and isinstance(value, int):
        return person_text(value)
    text = str(value)
    if kind == "area":
        return names.area(text, language)
    if name == "unit":
        return names.unit(text, language)
    return CHOICES.get(name, {}).get(text, (text, text))[language]


def _because(row: Mapping[str, object], protocol: Protocol, language: int) -> str:
    id_ = str(row["rule"])
    rule = protocol.rules.get(id_)
    values: dict[str, object] = json.loads(str(row["values"]))
    named = [
        f"{VALUES.get(key, (key, key))[language]} {_value(key, value, protocol, language)}"
        for key, value in values.items()
        if value is not None
    ]
    evidence = row["evidence"]
    facts = [fact_text(fact) for fact in evidence] if isinstance(evidence, list) else []
    return BECAUSE[language].format(
        rule=id_,
        edition=row["edition"],
        grade=row["grade"],
        grade_says=GRADES[str(row["grade"])][language],
        says=(rule.zh, rule.en)[language] if rule else ROUND[language],
        source=rule.source if rule else ROUND_SOURCE[language],
        ends=_ends(id_, protocol, language) + _limit(values.get("limit_rule"), id_, protocol, language),
        values=(";", "; ")[language].join(named),
        facts=", ".join(facts),
    )


def _ends(rule: str, protocol: Protocol, language: int) -> str:
    """When a zone of this rule is lifted; nothing for other rules."""
    for zone in protocol.zones:
        if zone.rule.id == rule:
            return ENDS[language].format(lift=(zone.lift_zh, zone.lift_en)[language])
    return ""


def _limit(id_: object, own: str, protocol: Protocol, language: int) -> str:
    """The rule behind a limit, with its own grade: it may be worse sourced than the rule that held."""
    limit = protocol.rules.get(str(id_)) if id_ != own else None
    if limit is None:
        return ""
    says = (limit.zh, limit.en)[language]
    grade_says = GRADES[limit.grade][language]
    return LIMIT[language].format(
        id=limit.id, edition=limit.edition, grade=limit.grade, grade_says=grade_says, says=says
    )


def _value(key: str, value: object, protocol: Protocol, language: int) -> str:
    text = str(value)
    if text in VALUE_WORDS.get(key, {}):
        return VALUE_WORDS[key][text][language]
    if isinstance(value, str) and " " in text:
        try:
            return local_time(datetime.fromisoformat(text), protocol)
        except ValueError:
            return text
    for words in (RESULTS, SETTINGS, CLASSES):
        if text in words:
            return words[text][language]
    return text
