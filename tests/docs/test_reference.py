"""Is everything there is in the reference: commands and options, tables, exit codes, editions, sources?"""

import re
from pathlib import Path

import pytest

from docs import commands_page, generate, protocol_pages
from ringfence.errors import InputError, RingfenceError
from ringfence.protocol import SHIPPED, schema
from ringfence.protocol.build import TABLES
from ringfence.protocol.rows import Row
from ringfence.tables.decisions import DECISIONS
from ringfence.tables.facts import FACTS
from tests.docs.console import Typed, acts

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
BUILDS = ("city", "demo")
"""Commands that build a city: their examples are read, and tests elsewhere run them."""


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return generate.pages()


def kept(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def test_the_reference_pages_are_what_the_code_says(pages: dict[str, str]) -> None:
    stale = [page for page, text in pages.items() if kept(page) != text]
    assert stale == [], "run `make docs`"


def test_every_page_of_the_reference_is_written_or_is_the_sources(pages: dict[str, str]) -> None:
    assert {path.name for path in REFERENCE.iterdir()} == {*pages, "sources.md", "rulebook"}


@pytest.mark.parametrize("name", [*FACTS, *DECISIONS])
def test_every_table_is_there_with_every_column(name: str, pages: dict[str, str]) -> None:
    table = FACTS.get(name) or DECISIONS[name]
    _, found, part = pages["tables.md"].partition(f"### `{name}` · {table.zh}\n")
    assert found
    part = part.partition("\n### ")[0]
    assert re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) == [column.name for column in table.columns]


def test_what_is_personal_is_marked(pages: dict[str, str]) -> None:
    marked = re.findall(r"^\| `(\w+)` .*\*\*personal\*\*", pages["tables.md"], re.MULTILINE)
    assert marked == ["name", "id_number", "phone"]


def test_every_exit_code_is_there_and_how_to_go_on_from_it(pages: dict[str, str]) -> None:
    assert "| 4 | `RejectedRowsError` |" in pages["exit-codes.md"]
    advice = (ROOT / "docs/how-to/when-it-stops.md").read_text(encoding="utf-8")
    codes = {error.exit_code for error in RingfenceError.__subclasses__()}
    assert InputError.exit_code in codes
    for code in codes:
        assert re.search(rf"^\| {code} \|", pages["exit-codes.md"], re.MULTILINE)
        assert f"## {code}: " in advice


@pytest.mark.parametrize("name", commands_page.commands())
def test_every_command_and_option_is_there(name: str, pages: dict[str, str]) -> None:
    part = pages["commands.md"].partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    command = commands_page.commands()[name]
    assert (command.help or "").splitlines()[0] in part
    for one in command.params:
        written = one.opts[-1] if one.param_type_name == "option" else (one.name or "").upper()
        line = next(
            (line for line in part.splitlines() if line.startswith("| ") and f"`{written}`" in line), ""
        )
        assert len(line.split(" | ")[-1].strip(" |")) > 4, f"{written} is not said"


def test_every_command_has_an_example_that_runs(pages: dict[str, str]) -> None:
    typed = [" ".join(act.words) for act in acts(pages["commands.md"]) if isinstance(act, Typed)]
    for name in set(commands_page.commands()) - set(BUILDS):
        assert any(f"{words} ".startswith(f"{name} ") for words in typed), name
    for name in set(BUILDS) & set(commands_page.commands()):
        assert f"$ ringfence {name}" in pages["commands.md"]


def test_every_edition_and_every_rule_of_it_is_there(pages: dict[str, str]) -> None:
    for data in protocol_pages.shipped().values():
        edition = data["edition"]["id"]
        assert f"| `{edition}` |" in pages["editions.md"]
        part = pages["rules.md"].partition(f"\n## {edition}\n")[2].partition("\n## ")[0]
        rows = [row for table in TABLES for row in data.get(table, ())]
        assert len(rows) == len(re.findall(r"^\| `", part, re.MULTILINE)) > 0
        for row in rows:
            (line,) = [one for one in part.splitlines() if one.startswith(f"| `{row['id']}` |")]
            # A patch may leave out what it does not change.
            assert all(words in line for words in row.get("says", {}).values())
            assert ("⚠" in line) == (row.get("grade") in ("M", "?", "R"))


def test_every_key_of_the_language_is_there_with_its_meaning(pages: dict[str, str]) -> None:
    said = protocol_pages.words()
    used: set[str] = set(protocol_pages.META)
    for table in TABLES:
        part = pages["protocol-language.md"].partition(f"### `[[{table}]]`")[2].partition("\n### ")[0]
        for key in protocol_pages.keys_of(table):
            own = f"{table}.{key.path}"
            used.add(own if own in said["keys"] else key.path)
            assert key.path in protocol_pages.META or f"| `{key.path}` |" in part
    assert used == set(said["keys"]), "words for keys there are not"
    assert set(said["tables"]) == set(TABLES)


def test_whatever_a_row_can_be_asked_for_is_noted() -> None:
    asked = {name for name, what in vars(Row).items() if callable(what) and not name.startswith("_")}
    assert asked - {"fault", "has", "done"} <= set(vars(schema.Asked))


def test_every_key_used_in_an_edition_is_a_key_of_the_language() -> None:
    for data in protocol_pages.shipped().values():
        for table in TABLES:
            known = {key.path for key in protocol_pages.keys_of(table)} | {
                *protocol_pages.META,
                "before",
                "drop",
            }
            for row in data.get(table, ()):
                assert set(row) <= known, f"{table}.{row['id']}"


MARK = re.compile(r"\[([a-z0-9-]+)\]")


def marks(data: object) -> set[str]:
    """Every source mark in an edition."""
    if isinstance(data, dict):
        own = set(MARK.findall(data["source"])) if isinstance(data.get("source"), str) else set()
        return own.union(*(marks(value) for value in data.values()))
    return set().union(*map(marks, data)) if isinstance(data, list) else set()


def test_every_mark_of_a_source_is_in_the_sources_and_none_is_idle() -> None:
    used = set().union(*(marks(data) for data in protocol_pages.shipped().values()))
    listed = re.findall(r"^\| `\[([a-z0-9-]+)\]` \|", kept("sources.md"), re.MULTILINE)
    assert len(used) > 20
    assert listed == sorted(used)


def test_a_mark_is_found_at_any_depth() -> None:
    assert marks({"case": [{"source": "see [a1][b-2]"}], "note": "[c3]"}) == {"a1", "b-2"}


def test_what_a_patch_says_is_read_from_the_files_that_ship() -> None:
    assert list(protocol_pages.shipped()) == sorted(path.name for path in SHIPPED.glob("*.toml"))
