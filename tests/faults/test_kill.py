"""Does a kill at any instant lose nothing acknowledged, and leave columns a refresh puts right?"""

import hashlib
import random
import subprocess
import sys
import time
from pathlib import Path

from ringfence.columns import Columns, segments
from ringfence.journal import Journal
from tests.faults import appender

ROOT = Path(__file__).parents[2]
LONGEST = 0.4  # seconds a child works before it is killed


def killed(url, store, what, after, lines=0):
    """Start a child, kill it `after` seconds past the first `lines` it acknowledged; the lines it did."""
    acknowledged = store / "acknowledged"
    acknowledged.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.faults.appender", url, str(store), str(acknowledged), what]
    child = subprocess.Popen(command, cwd=ROOT)
    try:
        while not (acknowledged.exists() and acknowledged.read_text().startswith("ready\n")):
            assert child.poll() is None, "the child ended by itself"
            time.sleep(0.005)
        while acknowledged.read_text().count("\n") <= lines:
            assert child.poll() is None, "the child ended by itself"
            time.sleep(0.005)
        time.sleep(after)
        assert child.poll() is None, "the child ended by itself"
    finally:
        child.kill()
        child.wait()
    # The last line may be cut off: its receipt was not told.
    return acknowledged.read_text().split("\n")[1:-1]


def appended_and_killed(url, store, times):
    """Kill appenders at random instants; the number of submissions acknowledged by all of them."""
    chance = random.Random(20220330)
    told = []
    for number in range(times):
        told += killed(url, store, "append", chance.uniform(0, LONGEST), lines=number % 4)
        with Journal.open(url) as journal:
            kept = [f"{entry.seq} {entry.id} {entry.digest}" for entry in journal.entries()]
            assert journal.verify(store) == []
        assert len(set(kept)) == len(kept)
        assert set(told) <= set(kept)
        assert [line.split()[1] for line in kept] == [f"tube-{number}" for number in range(1, len(kept) + 1)]
        assert len(set(told)) == len(told)
    return len(told)


def test_nothing_acknowledged_is_lost_by_twenty_kills(tmp_path):
    url = str(tmp_path / "journal.sqlite")
    Journal.create(url).close()
    assert appended_and_killed(url, tmp_path, times=20) > 20


def test_nothing_acknowledged_is_lost_on_postgresql(postgres, tmp_path):
    url = postgres()
    Journal.create(url).close()
    assert appended_and_killed(url, tmp_path, times=5) > 5


def test_columns_killed_while_refreshing_are_put_right_by_the_next_refresh(tmp_path, monkeypatch):
    monkeypatch.setattr(segments, "SEGMENT_ROWS", appender.SEGMENT_ROWS)
    url, chance = str(tmp_path / "journal.sqlite"), random.Random(97)
    Journal.create(url).close()
    for _ in range(20):
        killed(url, tmp_path, "refresh", chance.uniform(0, LONGEST))
        with Journal.open(url) as journal:
            with Columns(tmp_path / "columns", journal, tmp_path) as after:
                after.refresh()
                found, files = answer(after, journal), contents(after.directory)
            with Columns(tmp_path / "rebuilt", journal, tmp_path) as rebuilt:
                rebuilt.rebuild()
                assert answer(rebuilt, journal).equals(found)
                assert contents(rebuilt.directory) == files


def answer(columns, journal):
    last = max(entry.recorded_at for entry in journal.entries())
    return columns.snapshot(last)["sample"].order_by("fact").to_pyarrow()


def contents(directory):
    """Digest of each file that answers: the writer's lock, and what a kill left beside it, is no answer."""
    paths = [path for path in directory.rglob("*") if path.is_file() and not path.name.startswith("writer")]
    return {path.relative_to(directory): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
