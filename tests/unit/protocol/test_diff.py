"""Is every change between two protocols named, and nothing else?"""

from pathlib import Path

from ringfence.protocol import Protocol, resolve
from ringfence.protocol.diff import compare
from tests.drawing import instant
from tests.unit.protocol.test_resolve import row
from tests.unit.protocol.writing import BASE_ROWS, header, write


def resolved(folder: Path, rows: str = BASE_ROWS) -> Protocol:
    folder.mkdir()
    write(folder, "base", header() + rows)
    return resolve("3202", "covid-19", instant("03-31 03:00"), (folder,))


def changed(tmp_path: Path, *changes: tuple[str, str]) -> list[tuple[str, str, str, str, str]]:
    rows = BASE_ROWS
    for old, new in changes:
        assert old in rows, old
        rows = rows.replace(old, new, 1)
    found = compare(resolved(tmp_path / "before"), resolved(tmp_path / "after", rows))
    return [(one.rule, one.change, one.field, one.before, one.after) for one in found]


def test_nothing_changes_between_the_same_rules(tmp_path: Path) -> None:
    assert changed(tmp_path) == []


def test_a_change_of_words_or_source_changes_nobodys_lot(tmp_path: Path) -> None:
    assert changed(tmp_path, ('en = "A test."', 'en = "Said otherwise."'), ('"tests"', '"elsewhere"')) == []


def test_fields_of_rows_phases_and_parts(tmp_path: Path) -> None:
    assert changed(
        tmp_path,
        ('from = "onset - 2d"', 'from = "onset - 4d"'),
        ("hours = 24", "hours = 12"),
        ("days = 14", "days = 10"),
        ("[1, 4, 7, 14]", "[1, 7, 10]"),
        ('when = "near = yes"', 'when = "near = yes and minutes >= 15"'),
    ) == [
        ("window", "changed", "begin", "onset - 2d", "onset - 4d"),
        ("limit-hold", "changed", "hours", "24", "12"),
        ("close-near", "changed", "when", "near = yes", "near = yes and minutes >= 15"),
        ("course-close", "changed", "phase 1.days", "14", "10"),
        ("course-close", "changed", "phase 1.tests.schedule", "days 1, 4, 7, 14", "days 1, 7, 10"),
    ]


def test_rules_that_come_and_go(tmp_path: Path) -> None:
    after = BASE_ROWS.replace(
        '[[contact]]\nid = "close-near"', row("close-long", "") + '[[contact]]\nid = "close-near"'
    )
    found = compare(resolved(tmp_path / "a", after), resolved(tmp_path / "b", BASE_ROWS))
    assert [(one.rule, one.change) for one in found] == [("close-long", "removed")]
    found = compare(resolved(tmp_path / "c", BASE_ROWS), resolved(tmp_path / "d", after))
    assert [(one.rule, one.change) for one in found] == [("close-long", "added")]
    assert "when = minutes >= 15" in found[0].after
