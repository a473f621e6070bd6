"""What does each edition ask, in words for the people who apply it? docs/reference/rulebook."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from docs import rulebook_examples
from docs.layout import WRITTEN, grid, prose
from docs.rulebook_tables import PHASE_HEADS, TABLES, course_class, phase
from docs.rulebook_words import Both, cell, said, word
from ringfence.protocol import SHIPPED, Edition, Protocol, read_editions, resolve_from, stacked
from ringfence.protocol.resolve import ANY
from ringfence.protocol.rules import CourseRule, Rule
from ringfence.tables.words import GRADES

DOUBTED = ("M", "?", "R")
RULE_HEADS: tuple[Both, ...] = (("规定", "the rule"), ("来源与可靠程度", "source, and how sure"))


@cache
def editions() -> tuple[Edition, ...]:
    """Every shipped edition, by id."""
    found, faults = read_editions(SHIPPED)
    assert not faults, "\n".join(map(str, faults))
    return tuple(sorted(found, key=lambda edition: edition.id))


@cache
def in_force(name: str) -> Protocol:
    """The protocol in which an edition's rules are read: its own area's, when it begins."""
    edition = next(one for one in editions() if one.id == name)
    area, disease, at = edition.area, edition.disease, edition.begin
    if edition.base == ANY or disease == ANY:
        base = _first_under(edition)
        area, disease, at = base.area, base.disease, max(base.begin, at)
    return resolve_from(editions(), (), area, disease, at)


def _first_under(patch: Edition) -> Edition:
    """The first base that a patch on any base lies on."""
    return next(
        base
        for base in editions()
        if not base.base
        and patch.id
        in {one.id for one in stacked(editions(), base.area, base.disease, max(base.begin, patch.begin))}
    )


def rows_of(edition: Edition, table: str) -> list[Any]:
    """An edition's own rows of a table, whole."""
    name = "courses" if table == "course" else TABLES[table][0]
    found = getattr(in_force(edition.id), name)
    rows = [found] if not isinstance(found, tuple) else list(found)
    return [row for row in rows if row is not None and row.rule.edition == edition.id]


@cache
def _raw(file: str) -> Mapping[str, Any]:
    return tomllib.loads((SHIPPED / file).read_text(encoding="utf-8"))


def _note(edition: Edition, row: str) -> str:
    """The note of a row, or of the edition where the row is empty."""
    if not row:
        return _raw(edition.file)["edition"].get("note", "")
    rows = [one for table in edition.tables.values() for one in table if one["id"] == row]
    return rows[0].get("note", "") if rows else ""


def graded(grade: str) -> Both:
    """A grade in words, marked where the rule has to be confirmed before anyone relies on it."""
    zh, en = GRADES[grade]
    mark = "⚠ " if grade in DOUBTED else ""
    return f"{mark}{grade}:{zh}", f"{mark}{grade}: {en}"


def _rule(edition: Edition, rule: Rule, place: str = "") -> list[str]:
    note = _note(edition, rule.id)
    told = f"{rule.zh}<br>{rule.en}" + (f"<br>*{note}*" if note else "") + f"<br>`{rule.id}`{place}"
    grade = graded(rule.grade)
    return [told, f"{rule.source}<br>{grade[0]}<br>{grade[1]}<br>{rule.checked_on}"]


def _places(protocol: Protocol, table: str) -> Mapping[str, str]:
    """Where each row of a table read by first match stands among those of its kind, in words."""
    rows = getattr(protocol, TABLES[table][0])
    if not said("sections")[table][3]:
        return {}
    kinds: dict[object, list[str]] = {}
    for row in rows:
        kinds.setdefault(getattr(row, "ring", getattr(row, "why", "")), []).append(row.rule.id)
    return {
        rule: f" 第{n}条,共{len(rules)}条 · {n} of {len(rules)}"
        for rules in kinds.values()
        for n, rule in enumerate(rules, 1)
    }


def _heads(heads: Sequence[Both]) -> list[str]:
    return [f"{zh} · {en}" for zh, en in heads]


def _table(edition: Edition, table: str) -> Iterator[str]:
    rows = rows_of(edition, table)
    if not rows:
        return
    yield from _title(table)
    _, heads, cells = TABLES[table]
    places = _places(in_force(edition.id), table)
    lines = ([*_rule(edition, row.rule, places.get(row.rule.id, "")), *map(cell, cells(row))] for row in rows)
    yield from grid(_heads([*RULE_HEADS, *heads]), lines)
    yield ""


def _title(table: str) -> Iterator[str]:
    zh, en, first_zh, first_en = said("sections")[table]
    yield f"## {zh} · {en}\n"
    if first_en:
        yield f"{first_zh} {first_en}\n"


def _courses(edition: Edition) -> Iterator[str]:
    rows: list[CourseRule] = rows_of(edition, "course")
    if not rows:
        return
    yield from _title("course")
    for row in rows:
        zh, en = course_class(row)
        yield f"### {zh} · {en}\n"
        yield from grid(_heads(RULE_HEADS), [_rule(edition, row.rule)])
        yield ""
        if row.phases:
            yield from grid(_heads(PHASE_HEADS), (phase(n, one) for n, one in enumerate(row.phases, 1)))
            yield ""


def _dropped(edition: Edition) -> Iterator[str]:
    gone = [row["id"] for table in edition.tables.values() for row in table if row.get("drop")]
    if gone:
        listed = ", ".join(f"`{one}`" for one in gone)
        yield f"**不再适用 · No longer in force:** {listed}\n"


def _head(edition: Edition) -> Iterator[str]:
    yield f"# {edition.name_zh} · {edition.name_en}\n"
    grade, flight = graded(edition.grade), said("in_flight")[edition.in_flight]
    until = f" – {_local(edition.end, edition.zone)}" if edition.end else " –"
    rows: list[tuple[str, str]] = [
        ("发布 · issued by", f"{edition.authority_zh}<br>{edition.authority_en}"),
        ("疾病 · disease", f"`{edition.disease}`"),
        ("地区 · where", f"`{edition.area}`"),
        ("基于 · lies on", _on(edition)),
        ("施行 · in force", f"{_local(edition.begin, edition.zone)}{until} ({edition.zone})"),
        ("已在管人员 · already under a course", cell((flight[0], flight[1]))),
        ("来源 · source", f"{edition.source}<br>{grade[0]}<br>{grade[1]}"),
    ]
    yield from grid(("", f"`{edition.id}`"), rows)
    yield ""
    if note := _note(edition, ""):
        yield f"{note}\n"


def _on(edition: Edition) -> str:
    if not edition.base:
        return "(基础版本 · a base)"
    return "(任何版本 · any base)" if edition.base == ANY else f"[`{edition.base}`]({edition.base}.md)"


def _local(at: datetime, zone: str) -> str:
    return f"{at.replace(tzinfo=ZoneInfo('UTC')).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def edition_page(edition: Edition) -> str:
    """The page of one edition."""
    lines = [WRITTEN, *_head(edition), *_dropped(edition)]
    for table in said("sections"):
        lines += _courses(edition) if table == "course" else _table(edition, table)
    lines += rulebook_examples.examples(edition.id, in_force(edition.id))
    marks = "来源标记见[来源](../sources.md)。Marks in brackets are in [sources](../sources.md)."
    return "\n".join([*lines, f"[规则手册 · The rulebook](README.md) · {marks}", ""])


def index_page() -> str:
    """docs/reference/rulebook/README.md: every edition by disease, bases first with their patches below."""
    lines = [WRITTEN, prose("rulebook")]
    heads = ("版本 · edition", "发布 · issued by", "地区 · where", "施行 · in force", "等级 · grade")
    for disease in sorted({edition.disease for edition in editions()}):
        zh, en = ("任何疾病", "Any disease") if disease == ANY else word(disease, "disease")
        own = [edition for edition in editions() if edition.disease == disease]
        own.sort(key=lambda e: (bool(e.base), e.area, e.begin, e.id))
        lines += [f"## {zh} · {en}\n", *grid(heads, map(_entry, own)), ""]
    return "\n".join(lines).rstrip() + "\n"


def _entry(edition: Edition) -> tuple[str, ...]:
    until = f" – {_local(edition.end, edition.zone)[:10]}" if edition.end else " –"
    on = f"<br>+ `{edition.base}`" if edition.base else ""
    return (
        f"[{edition.name_zh} · {edition.name_en}]({edition.id}.md){on}",
        f"{edition.authority_zh}<br>{edition.authority_en}",
        f"`{edition.area}`",
        _local(edition.begin, edition.zone)[:10] + until,
        cell(graded(edition.grade)),
    )


def pages() -> dict[str, str]:
    """The pages of this module, by name below docs/reference."""
    own = {f"rulebook/{edition.id}.md": edition_page(edition) for edition in editions()}
    return {"rulebook/README.md": index_page(), **own}
