"""Does every way of going wrong end in its exit code and a sentence, and never in a traceback?"""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docs.commands_page import commands
from tests.docs.console import Ran, run

Ask = Callable[..., Ran]
TEN = "2022-03-30 22:00"
ROOT = Path(__file__).parents[2]


def told(did: Ran, code: int, *said: str) -> None:
    """It left with this code, and its message says these things."""
    assert did.code == code, did.err
    assert "Traceback" not in did.err
    assert [one for one in said if one not in " ".join(did.err.split())] == [], did.err


@pytest.mark.parametrize(
    "words",
    [("nonsense",), ("decide", "--nonsense"), ("load",), ("init",), ("city", "--workers", "0"),
     ("city", "--seed", "many"), ("explain",)],
    ids=" ".join,
)  # fmt: skip
def test_a_wrong_command_line_is_two(words: tuple[str, ...], tmp_path: Path) -> None:
    told(run(*words, folder=tmp_path), 2, "Usage")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("decide", "--table", "nonsense"), ('"nonsense"', "contacts")),
        (("decide", "--as-of", "yesterday"), ('"yesterday"', "2022-03-31 03:00")),
        (("decide", "--as-of", TEN, "--format", "xml"), ('"xml"', "parquet")),
        (("decide", "--as-of", TEN, "--format", "parquet"), ("--output",)),
        (("decide", "--as-of", TEN, "--format", "csv", "--output", "no/folder.csv"), ("no/folder.csv",)),
        (("tasks", "--must", "nonsense"), ('"nonsense"', "single_swab")),
        (("explain", "P7", "--format", "csv"), ('"csv"', "json")),
        (("load", "no.csv"), ("no.csv", "no such file")),
        (("load", "homes.csv", "--table", "nonsense", "--dry-run"), ("nonsense", "residence")),
        (("load", "homes.csv", "--mapping", "no.toml", "--dry-run"), ("no.toml",)),
        (("load", "homes.csv", "--zone", "Mars", "--dry-run"), ("Mars",)),
        (("city", "--store", "c", "--people", "lots"), ('"lots"', "746k")),
    ],
    ids=lambda value: " ".join(value),
)
def test_something_wrong_that_was_given_is_three(
    words: tuple[str, ...], said: tuple[str, ...], ask: Ask
) -> None:
    told(ask(*words), 3, *said)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("--area", "12345", "3202"), ("--zone", "Mars", "Asia/Shanghai"), ("--disease", "Grippe!", "covid-19")],
)
def test_a_store_is_not_made_with_wrong_settings(option: str, value: str, said: str, tmp_path: Path) -> None:
    told(run("init", "here", option, value, folder=tmp_path), 3, value, said)
    assert not (tmp_path / "here").exists()


def test_rows_refused_are_four_and_listed(copied: Path) -> None:
    (copied / "bad.csv").write_text("person,kind,begin\nP6,away,2022-03-30 07:00\nP8,away,soon\n", "utf-8")
    did = run("load", "bad.csv", "--dry-run", "--rejects", "why.csv", folder=copied)
    told(did, 4, "why.csv")
    assert len((copied / "why.csv").read_text("utf-8-sig").splitlines()) == 2


def test_rules_that_are_missing_or_faulty_are_five(tmp_path: Path, ask: Ask) -> None:
    told(ask("decide", "--as-of", "2019-12-01"), 5, "no edition", "cn-covid-8")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.toml").write_text("schema = 1\n", "utf-8")
    did = run("init", "s", "--area", "3299", "--editions", "rules", folder=tmp_path)
    told(did, 5, "mine.toml", "[edition]")
    assert not (tmp_path / "s").exists()


def test_a_hold_without_an_end_does_not_load(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "endless.toml").write_text(
        """schema = 1
[edition]
id = "endless"
name = { zh = "无期限", en = "Endless" }
authority = { zh = "无", en = "Nobody" }
disease = "covid-19"
area = "3299"
base = "cn-covid-8"
from = 2022-01-01T00:00:00+08:00
tz = "Asia/Shanghai"
in_flight = "recompute"
source = "invented"
grade = "L"
[[limit]]
id = "limit-hold"
drop = true
""",
        "utf-8",
    )
    did = run("init", "s", "--area", "3299", "--editions", "rules", folder=tmp_path)
    told(did, 5, "endless.toml", "nobody is held without an end")


@pytest.mark.parametrize("command", ["decide", "tasks", "verify", "load", "explain"])
def test_a_store_that_is_not_there_is_six(command: str, tmp_path: Path) -> None:
    given_ = {"load": ["a.csv"], "explain": ["P1"]}.get(command, [])
    told(run(command, *given_, "--store", "nowhere", folder=tmp_path), 6, "nowhere", "ringfence init")


def test_a_store_is_made_only_in_a_new_or_empty_folder(copied: Path) -> None:
    told(run("init", "ringfence-data", folder=copied), 6, "not empty")
    told(run("init", "homes.csv", folder=copied), 6, "homes.csv")


def test_a_key_that_is_missing_another_or_open_to_others_is_six(copied: Path) -> None:
    key = copied / "ringfence-data" / "vault.key"
    key.chmod(0o644)
    told(run("verify", folder=copied), 6, "vault.key", "chmod 600")
    key.write_text("ab" * 32 + "\n", "ascii")
    key.chmod(0o600)
    told(run("verify", folder=copied), 6, "not the key of this vault")
    told(run("verify", folder=copied, RINGFENCE_VAULT_KEY_FILE="gone.key"), 6, "gone.key")


def test_a_journal_that_cannot_be_reached_is_six(ask: Ask) -> None:
    told(ask("verify", RINGFENCE_JOURNAL_URL="no-such-journal"), 6, "no-such-journal")
    told(ask("verify", RINGFENCE_JOURNAL_URL="postgresql://nobody@127.0.0.1:1/none"), 6, "127.0.0.1")


def test_what_was_altered_is_seven_and_named(copied: Path) -> None:
    journal = copied / "ringfence-data" / "journal.sqlite"
    whole = journal.read_bytes()
    at = whole.index(b"ringfence load")
    journal.write_bytes(whole[:at] + b"ringfence LOAD" + whole[at + 14 :])
    did = run("verify", folder=copied)
    told(did, 7, "not as it was accepted")
    assert did.text.strip(), "the fault is named above the error"


def test_what_is_not_known_then_is_eight(ask: Ask) -> None:
    told(ask("explain", "P99", "--as-of", TEN), 8, "P99", TEN)


@pytest.mark.parametrize("name", [*commands(), ""])
def test_help_of_every_command_is_printed(name: str, tmp_path: Path) -> None:
    did = run(*name.split(), "--help", folder=tmp_path)
    assert (did.code, did.err) == (0, "")
    assert "Usage" in did.text
    assert any("\u4e00" <= letter <= "\u9fff" for letter in did.text), "in Chinese too"


WORDS = st.sampled_from(
    ["decide", "tasks", "explain", "verify", "load", "init", "report", "--store", "--as-of", "--format",
     "--table", "--late", "--output", "--area", "--mapping", "-f", "-o", "nowhere", "2022-02-30", "csv", "P",
     "T:", "A:", "|", "", "-", "--", "\u0000x", "名字", "../..", "a" * 300, "=1+1", "[b]"]
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(WORDS, max_size=5))
def test_no_words_whatever_end_in_a_traceback(words: list[str], tmp_path: Path) -> None:
    did = run(*words, folder=tmp_path, RINGFENCE_STORE="nowhere")
    assert did.code in (0, 2, 3, 5, 6, 8)
    assert "Traceback" not in did.err
    for made in tmp_path.iterdir():
        shutil.rmtree(made) if made.is_dir() else made.unlink()


def test_the_program_itself_starts_and_leaves_with_the_code(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ringfence", "verify", "--store", "nowhere"],
        cwd=tmp_path, capture_output=True, check=False, env={"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == 6
    assert done.stdout == b""
    assert done.stderr.decode().startswith("错误 / Error: nowhere is not a store")
