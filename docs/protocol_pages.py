"""Which reference pages follow from the editions and from the language they are written in?"""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from docs.layout import WRITTEN, grid, prose
from ringfence.protocol import SHIPPED
from ringfence.protocol.build import TABLES
from ringfence.protocol.schema import META, Key, json_schema, keys_of, meaning, words
from ringfence.protocol.vocabulary import (
    ARRIVAL,
    CAMPAIGN,
    CASE,
    CASE_ANCHORS,
    CASE_EVENTS,
    COLOUR,
    CONTACT,
    COURSE,
    COURSE_ANCHORS,
    GATE,
    GROUP,
    LIMITED,
    POOL,
    POOL_EVENTS,
    SKIP,
    ZONE,
    Word,
)  # fmt: skip
from ringfence.tables.words import GRADES

DOUBTED = ("M", "?", "R")
VOCABULARIES = {
    "[[case]]`, `[[case_release]]` and `[[infectious]]": CASE,
    "[[contact]]": CONTACT,
    "[[arrival]]": ARRIVAL,
    "extend` of a phase of a `[[course]]": COURSE,
    "[[zone]]": ZONE,
    "[[campaign]]": CAMPAIGN,
    "[[skip]]": SKIP,
    "[[pool]]": POOL,
    "[[gate]]": GATE,
    "[[cadence]]": GROUP,
    "[[colour]]": COLOUR,
}
LISTS = {
    "Instants of a case, for windows": CASE_ANCHORS,
    "Days a course can count from": COURSE_ANCHORS,
    "Events of a case, for clocks": CASE_EVENTS,
    "Events of a tube, for clocks": POOL_EVENTS,
    "What a limit can be on": LIMITED,
}


def shipped() -> dict[str, dict[str, Any]]:
    """Every shipped edition as its file says it, by file name, in order."""
    files = sorted(SHIPPED.glob("*.toml"))
    return {path.name: tomllib.loads(path.read_text(encoding="utf-8")) for path in files}


def graded(grade: str) -> str:
    """A grade, marked where the rule has to be confirmed before anyone relies on it."""
    return f"⚠ **{grade}**" if grade in DOUBTED else grade


def editions_page() -> str:
    """docs/reference/editions.md."""
    grades = "; ".join(f"{graded(grade)} {en}" for grade, (_, en) in GRADES.items())
    rows: list[tuple[str, ...]] = []
    told: list[str] = []
    for file, data in shipped().items():
        head = data["edition"]
        counts = [f"{table} {len(data[table])}" for table in TABLES if table in data]
        name, base = f"{head['name']['zh']} · {head['name']['en']}", head["base"]
        until = f"{head['to']:%Y-%m-%d %H:%M}" if "to" in head else ""
        rows.append((
            f"`{head['id']}`", name, head["disease"], f"`{head['area']}`", f"`{base}`" if base else "(base)",
            f"{head['from']:%Y-%m-%d %H:%M}", until, graded(head["grade"]), ", ".join(counts),
        ))  # fmt: skip
        note = f" {head['note']}" if "note" in head else ""
        told.append(f"\n**`{head['id']}`** (`{file}`). Source: {head['source']}.{note}")
    heads = ("edition", "name", "disease", "area", "on", "from", "until", "grade", "rules")
    lines = [WRITTEN, prose("editions") + f"Grades: {grades}.\n", *grid(heads, rows), *told]
    return "\n".join(lines) + "\n"


def rules_page() -> str:
    """docs/reference/rules.md."""
    lines = [WRITTEN, prose("rules")]
    heads = ("rule", "says", "values", "source", "grade", "checked")
    for data in shipped().values():
        lines.append(f"## {data['edition']['id']}\n")
        for name in (name for name in TABLES if name in data):
            lines += [f"### {data['edition']['id']}: {name}\n", *grid(heads, map(_rule, data[name])), ""]
    return "\n".join(lines).rstrip() + "\n"


def _rule(row: Mapping[str, Any]) -> tuple[str, ...]:
    if row.get("drop"):
        return (f"`{row['id']}`", "(dropped)", "", "", "", "")
    # A patch may leave out what it does not change.
    says = "<br>".join(row["says"][language] for language in ("zh", "en")) if "says" in row else ""
    return (
        f"`{row['id']}`", says, "<br>".join(_values(row)), row.get("source", ""),
        graded(row["grade"]) if "grade" in row else "", str(row.get("checked_on", "")),
    )  # fmt: skip


def _values(row: Mapping[str, Any]) -> Iterator[str]:
    for key, value in row.items():
        if key == "phase":
            for number, phase in enumerate(value, 1):
                yield f"phase {number}: " + ", ".join(f"{k} {_plain(v)}" for k, v in phase.items())
        elif key == "note":
            yield f"note: {value}"
        elif key not in META:
            yield f"`{key} = {_plain(value)}`"


def _plain(value: object) -> str:
    match value:
        case dict():
            if set(value) == {"zh", "en"}:
                return f"{value['zh']} · {value['en']}"
            return "{" + ", ".join(f"{key} {_plain(one)}" for key, one in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_plain, value)) + "]"
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def language_page() -> str:
    """docs/reference/protocol-language.md."""
    said = words()
    lines = [WRITTEN, prose("language")]
    for name in TABLES:
        keys = [key for key in keys_of(name) if key.path not in META]
        rows = ((f"`{k.path}`", k.kind, _needed(k), _allowed(k), meaning(name, k.path)) for k in keys)
        lines += [f"### `[[{name}]]`\n", said["tables"][name] + "\n"]
        lines += [*grid(("key", "written as", "must", "allowed", "meaning"), rows), ""]
    own = ((f"`{key}`", said["keys"][key]) for key in META)
    lines += ["## Keys every rule has\n", *grid(("key", "meaning"), own), ""]
    own = ((f"`{key}`", what) for key, what in said["patch"].items())
    lines += ["## Keys only a patch has\n", *grid(("key", "meaning"), own), ""]
    lines += ["## Vocabularies\n", "What a predicate may speak of. Nothing else exists for it.\n"]
    for title, vocabulary in VOCABULARIES.items():
        lines += [f"### In `{title}`\n", *_vocabulary(vocabulary), ""]
    lines += ["## Named instants and events\n"]
    lines += [f"- {title}: {', '.join(f'`{one}`' for one in named)}." for title, named in LISTS.items()]
    return "\n".join(lines).rstrip() + "\n"


def _needed(key: Key) -> str:
    return "yes" if key.required else ""


def _allowed(key: Key) -> str:
    if key.path == "when":
        return "a predicate over its [vocabulary](#vocabularies)"
    return _listed(key.allowed)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _vocabulary(words: Mapping[str, Word]) -> Iterator[str]:
    kinds = {"choice": "a word", "yes_no": "yes or no", "number": "a whole number"}
    rows = (
        (
            f"`{word.name}`",
            kinds[word.kind],
            word.unit,
            ", ".join(f"`{one}`" for one in word.choices),
            word.en,
        )
        for word in words.values()
    )
    return grid(("name", "is", "unit", "values", "meaning"), rows)


def pages() -> dict[str, str]:
    """The pages of this module, by file name."""
    return {
        "editions.md": editions_page(),
        "rules.md": rules_page(),
        "protocol-language.md": language_page(),
        "edition.schema.json": json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n",
    }
