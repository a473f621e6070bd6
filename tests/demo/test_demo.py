"""The demonstration as a stranger runs it: three call-overs, a brief, and the same again on a second run."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PEOPLE = "6k"


def run(folder: Path, *arguments: str, covered: bool = False) -> subprocess.CompletedProcess[str]:
    """A command as a process of its own; its coverage is measured once, for it doubles the time."""
    command = [sys.executable, "-m", "ringfence", *arguments]
    given = {name: value for name, value in os.environ.items() if covered or "COV" not in name}
    environment = {**given, "COLUMNS": "160", "RINGFENCE_STORE": str(folder / "demo" / "store")}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=600
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("demo")
    done = run(folder, "demo", "--people", PEOPLE, covered=True)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def figure(text: str, name: str) -> list[int]:
    """The number before a figure's name, at each call-over."""
    return [
        int(found.replace(",", "")) for found in re.findall(rf"([\d,]+)\s+(?:[+-][\d,]+\s+)?{name}", text)
    ]


def test_the_three_call_overs_are_printed_in_their_order(played: tuple[Path, str]):
    _, text = played
    assert re.findall(r"call-over (\d\d-\d\d \d\d:\d\d)", text) == [
        "03-30 20:00",
        "03-30 23:30",
        "03-31 03:00",
    ]


def test_what_is_known_grows_as_the_scenario_tells_it(played: tuple[Path, str]):
    # The scenario: at 20:00 one positive tube and one antigen positive; at 23:30 three by nucleic acid and
    # two by antigen; at 03:00 six and one. Notice 97 gives five and two as of 01:00, tested with the city.
    _, text = played
    assert figure(text, "混管异常") == [1, 1, 1]
    assert figure(text, "核酸阳性") == [0, 3, 6]
    assert figure(text, "抗原阳性待核酸") == [1, 2, 1]


def test_it_says_who_owes_what_and_what_is_late(played: tuple[Path, str]):
    _, text = played
    assert text.count("谁欠什么") == 3
    assert "疾控中心" in text
    assert text.count("超时 late") >= 3


def test_the_brief_is_one_file_whose_path_is_printed(played: tuple[Path, str]):
    folder, text = played
    assert str(folder / "demo" / "brief.html") in text
    assert (folder / "demo" / "brief.html").stat().st_size > 50_000


def test_a_second_run_says_the_same_and_builds_nothing(played: tuple[Path, str]):
    folder, first = played
    head = json.loads(run(folder, "decide", "--format", "json").stdout)
    again = run(folder, "demo", "--people", PEOPLE)
    assert again.returncode == 0, again.stderr
    told = [line for line in again.stdout.splitlines() if "秒 seconds" not in line]
    assert told == [line for line in first.splitlines() if "秒 seconds" not in line]
    assert "到访" not in again.stderr
    assert json.loads(run(folder, "decide", "--format", "json").stdout) == head


def test_everything_it_made_verifies(played: tuple[Path, str]):
    folder, _ = played
    done = run(folder, "verify")
    assert done.returncode == 0, done.stdout


def test_a_case_is_explained_back_to_the_facts(played: tuple[Path, str]):
    folder, text = played
    subject = re.findall(r"ringfence explain (P\d+)", text)[0]
    done = run(folder, "explain", subject, "--format", "json")
    told = json.loads(done.stdout)
    known = {one["fact"] for one in told["facts"]}
    case = next(one for one in told["decisions"] if one["table"] == "cases")
    assert set(case["evidence"]) <= known
    assert {one["table"] for one in told["facts"]} & {"result", "case_report"}


def test_killed_while_it_builds_it_begins_again(tmp_path: Path):
    command = [sys.executable, "-m", "ringfence", "demo", "--people", PEOPLE]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as child:
        until = time.monotonic() + 120
        while not (tmp_path / "demo" / "store" / "journal.sqlite").exists() and time.monotonic() < until:
            time.sleep(0.05)
        os.killpg(child.pid, signal.SIGKILL)
    done = run(tmp_path, "demo", "--people", PEOPLE)
    assert done.returncode == 0, done.stderr
    assert figure(done.stdout, "核酸阳性") == [0, 3, 6]


def test_a_folder_that_is_not_a_demonstration_is_left_alone(tmp_path: Path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "thesis.txt").write_text("mine", encoding="utf-8")
    done = run(tmp_path, "demo", "--people", PEOPLE)
    assert done.returncode == 6
    assert "Traceback" not in done.stderr
    assert (tmp_path / "demo" / "thesis.txt").read_text(encoding="utf-8") == "mine"
