"""Are rules checked, compared over a store's people, switched on record, and yesterday left as it was?"""

import csv
import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs.console import Ran, run

Ask = Callable[..., Ran]
TEN = "2022-03-30 22:00"
LATER = "2022-03-31 08:00"
STORE = "ringfence-data"
PATCH = """schema = 1

[edition]
id = "bridge-7"
name = { zh = "桥头区七天", en = "Seven days in Bridgehead" }
authority = { zh = "桥头区指挥部", en = "Bridgehead headquarters" }
disease = "covid-19"
area = "329901"
base = "cn-covid-8"
from = 2022-03-31T08:00:00+08:00
tz = "Asia/Shanghai"
in_flight = "recompute"
source = "Bridgehead order 7 (invented)"
grade = "L"

[[course]]
id = "course-secondary"
of = "secondary"
owes_nothing = true
says = { zh = "次密接不再管理。", en = "Secondary contacts owe nothing." }
source = "Bridgehead order 7 (invented)"
grade = "L"
checked_on = "2022-03-31"
"""


def rows(did: Ran) -> list[dict[str, str]]:
    assert did.code == 0, did.err
    return list(csv.DictReader(io.StringIO(did.out.decode("utf-8-sig"))))


@pytest.fixture
def patch(copied: Path) -> Path:
    (copied / "bridge.toml").write_text(PATCH, encoding="utf-8")
    return copied


def adopt(folder: Path, *more: str) -> Ran:
    words = ("protocol", "adopt", "bridge.toml", "--authority", "桥头区指挥部", "--recorded-at", LATER)
    return run(*words, *more, folder=folder)


def test_the_shipped_editions_are_sound(ask: Ask) -> None:
    did = ask("check")
    assert did.code == 0, did.err
    assert "sound" in did.text


def test_every_fault_of_a_file_is_named_with_its_key_and_mend(patch: Path) -> None:
    broken = PATCH.replace("owes_nothing = true\n", "").replace('grade = "L"', 'grade = "Z"')
    (patch / "bridge.toml").write_text(broken, encoding="utf-8")
    did = run("check", "bridge.toml", folder=patch)
    assert did.code != 0
    said = did.err
    assert 'bridge.toml: edition.grade: is "Z"; give one of A, B, L, M, ?, R' in said
    (patch / "bridge.toml").write_text(PATCH.replace('of = "secondary"', 'of = "third"'), encoding="utf-8")
    said = run("check", "bridge.toml", folder=patch).err
    assert 'bridge.toml: course.course-secondary.of: is "third"; give one of close,' in said


def test_a_file_that_is_not_there(ask: Ask) -> None:
    did = ask("check", "nowhere.toml")
    assert did.code != 0
    assert "nowhere.toml: no such file; name an edition, or a folder of them" in did.err


def test_the_schema_for_editors_is_json(ask: Ask) -> None:
    schema = json.loads(ask("check", "--schema").out)
    assert schema["properties"]["course"]["items"]["properties"]["of"]["enum"][0] == "close"


def test_the_rules_in_force_with_who_issued_them(ask: Ask) -> None:
    found = rows(ask("protocol", "show", "--as-of", TEN, "--format", "csv"))
    by_id = {row["rule"]: row for row in found}
    assert by_id["close-household"]["edition"] == "cn-covid-8"
    assert by_id["limit-hold"]["grade"] == "R"
    assert all(row["authority"] and row["zh"] and row["en"] and row["source"] for row in found)
    assert "cn-covid-8" in ask("protocol", "show", "--as-of", TEN).text


def test_two_editions_compared_rule_by_rule(ask: Ask) -> None:
    found = rows(ask("protocol", "diff", "cn-covid-8", "cn-covid-9", "--area", "11", "--format", "csv"))
    changed = {(row["rule"], row["field"]): (row["before"], row["after"]) for row in found}
    # The national plan's 9th edition: 14 + 7 days become 7 + 3 (research: protocols 4.1).
    assert changed["course-close", "phase 1.days"] == ("14", "7")
    assert changed["course-close", "phase 2.days"] == ("7", "3")
    did = ask("protocol", "diff", "cn-covid-8", "nothing")
    assert did.code != 0
    assert "nothing: no such edition; known are" in did.err


def test_whom_a_patch_would_release_before_anybody_switches(patch: Path) -> None:
    words = ("protocol", "diff", "now", "bridge.toml", "--store", STORE, "--as-of", TEN, "--people")
    moved = rows(run(*words, "--format", "csv", folder=patch))
    # The one secondary contact of the tutorial's night is let go; nobody else moves.
    found = [(row["move"], row["subject_before"], row["rule_before"]) for row in moved]
    assert found == [("released", "secondary", "course-secondary")]
    # Nothing was switched by looking.
    assert "bridge-7" not in run("protocol", "show", "--as-of", LATER, folder=patch).text


def courses(folder: Path, at: str) -> str:
    return run("decide", "--as-of", at, "--table", "courses", "--format", "csv", folder=folder).text


def test_a_switch_is_on_record_and_yesterday_stays_as_it_was(patch: Path) -> None:
    yesterday = courses(patch, TEN)
    assert "secondary" in yesterday
    did = adopt(patch, "--yes", "--reason", "order 7")
    assert did.code == 0, did.err
    assert "bridge-7" in did.text
    # The file is no longer looked at: the store decides by what it has on record.
    (patch / "bridge.toml").unlink()
    shutil.rmtree(patch / STORE / "columns")
    assert courses(patch, TEN) == yesterday
    assert "secondary" not in courses(patch, "2022-03-31 09:00")
    shown = rows(run("protocol", "show", "--as-of", "2022-03-31 09:00", "-f", "csv", folder=patch))
    mine = [(row["area"], row["edition"]) for row in shown if row["rule"] == "course-secondary"]
    assert ("329901", "bridge-7") in mine
    assert all(edition != "bridge-7" for area, edition in mine if area == "3299")
    assert run("verify", folder=patch).code == 0
    did = run("protocol", "withdraw", "bridge-7", "--authority", "桥头区指挥部",
              "--recorded-at", "2022-03-31 10:00", "--yes", folder=patch)  # fmt: skip
    assert did.code == 0, did.err
    assert "bridge-7" not in run("protocol", "show", "--as-of", "2022-03-31 11:00", folder=patch).text


def test_a_switch_nobody_confirms_does_not_happen(patch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    did = adopt(patch)
    assert did.code != 0
    assert "Aborted" in did.err
    assert "bridge-7" not in run("protocol", "show", "--as-of", "2022-03-31 09:00", folder=patch).text


def test_an_edition_with_faults_or_for_another_disease_is_not_put_in_force(patch: Path) -> None:
    (patch / "bridge.toml").write_text(PATCH.replace("owes_nothing = true\n", ""), encoding="utf-8")
    did = adopt(patch, "--yes")
    assert did.code != 0
    assert "course.course-secondary" in did.err
    (patch / "bridge.toml").write_text(PATCH.replace('"covid-19"', '"measles"'), encoding="utf-8")
    did = adopt(patch, "--yes")
    assert "bridge.toml: is for measles; this store is for covid-19" in did.err
    did = run("protocol", "withdraw", "bridge-7", "--authority", "x", "--yes", folder=patch)
    assert "bridge-7: not in force here; known are" in did.err
