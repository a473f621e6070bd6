"""Who was near a case by position? By the files of the how-to page."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs.console import Given, Ran, Typed, acts, run

PAGE = Path(__file__).parents[2] / "docs/how-to/find-companions.md"


@pytest.fixture(scope="module")
def shore(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Ran]:
    """Runs a command where the how-to's store is, after its files were loaded."""
    folder = tmp_path_factory.mktemp("shore")
    for act in acts(PAGE.read_text(encoding="utf-8")):
        if isinstance(act, Given):
            (folder / act.name).write_text(act.text, encoding="utf-8")
        elif isinstance(act, Typed) and act.words[0] in ("init", "load"):
            assert run(*act.words, folder=folder).code == act.code
    return lambda *words: run(*words, folder=folder)


def rows(ran: Ran) -> list[dict[str, str]]:
    assert ran.code == 0, ran.err
    return list(csv.DictReader(io.StringIO(ran.text.removeprefix("\ufeff"))))


def shown(found: list[dict[str, str]], *names: str) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in names) for row in found]


def test_who_was_within_the_radius_for_long_enough_or_may_have_been(shore: Callable[..., Ran]) -> None:
    found = rows(shore("trace", "companions", "--case", "P1", "--format", "csv"))
    head = ("case", "person", "rule", "sure", "minutes", "longest", "meetings", "edition", "grade")
    # P2: 09:40 to 10:00 and 20:30 to 20:45. P3: 09:00 to 09:20, and an instant. P4 is 250.08 metres away.
    assert shown(found, *head) == [
        ("P1", "P2", "companion-js-250", "True", "35", "20", "2", "js-companion", "L"),
        ("P1", "P3", "companion-js-250", "", "20", "20", "2", "js-companion", "L"),
    ]
    # Submission 3, its rows by person and beginning: P1 0 and 1, P2 2 and 3, P3 4 and 5, P4 6.
    assert [row["evidence"] for row in found] == ["3.0 3.1 3.2 3.3", "3.0 3.1 3.4 3.5"]
    assert found == rows(shore("trace", "companions", "--format", "csv"))
    sure = rows(shore("trace", "companions", "--sure", "--format", "csv"))
    assert shown(sure, "person") == [("P2",)]


def test_a_fix_that_is_nowhere_was_refused(shore: Callable[..., Ran]) -> None:
    ran = shore("load", "positions.csv", "--dry-run", "--rejects", "again.csv")
    assert ran.code == 4
    assert "8" in ran.text


def test_before_anything_was_known_nobody_is_a_case(shore: Callable[..., Ran]) -> None:
    ran = shore("trace", "companions", "--case", "P1", "--as-of", "2022-03-01 12:00")
    assert ran.code != 0
    assert "P1 is not a case" in ran.err


def test_where_no_rule_speaks_of_companions_it_says_so(shore: Callable[..., Ran], tmp_path: Path) -> None:
    for name in ("positions.csv", "tubes.csv", "samples.csv", "results.csv"):
        source = (PAGE.read_text(encoding="utf-8")).partition(f"file={name}\n")[2].partition("```")[0]
        (tmp_path / name).write_text(source, encoding="utf-8")
    assert run("init", "ringfence-data", "--area", "1101", "--exercise", folder=tmp_path).code == 0
    files = ("positions.csv", "tubes.csv", "samples.csv", "results.csv")
    run("load", *files, "--recorded-at", "2022-03-31 12:00", folder=tmp_path)
    ran = run("trace", "companions", "--format", "csv", folder=tmp_path)
    assert rows(ran) == []
    assert "no rule in force speaks of companions" in ran.err
    assert "7 of 7 fixes" in ran.err
