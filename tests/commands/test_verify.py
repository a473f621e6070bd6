"""Does verify say that a store is whole, and name what is not?"""

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.docs.console import Ran, run

TEN = "2022-03-30 22:00"


def test_a_whole_store_verifies_with_its_length_and_head(ask: Callable[..., Ran]) -> None:
    did = ask("verify")
    assert (did.code, did.err) == (0, "")
    assert re.fullmatch(r"无误 / All verifies: 17 submissions, head [0-9a-f]{16}\n", did.text)


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("journal.sqlite", "UPDATE entry SET actor = 'nobody' WHERE seq = 3"),
        ("journal.sqlite", "UPDATE entry SET recorded_at = '2022-03-01 00:00:00.000000' WHERE seq = 16"),
        ("journal.sqlite", "UPDATE entry SET body = zeroblob(100) WHERE seq = 5"),
        ("journal.sqlite", "DELETE FROM entry WHERE seq = 7"),
        ("vault.sqlite", "UPDATE vault_identity SET box = zeroblob(60) WHERE person = 3"),
    ],
)
def test_what_was_changed_behind_its_back_is_found(file: str, change: str, copied: Path) -> None:
    with closing(sqlite3.connect(copied / "ringfence-data" / file)) as database:
        for trigger in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger[0]}")
        assert database.execute(change).rowcount == 1
        database.commit()
    did = run("verify", folder=copied)
    assert did.code == 7
    assert did.text.strip()


def test_columns_thrown_away_are_built_again_and_answer_the_same(copied: Path) -> None:
    words = ("decide", "--as-of", TEN, "--table", "contacts", "--format", "csv")
    before = run(*words, folder=copied)
    shutil.rmtree(copied / "ringfence-data" / "columns")
    after = run(*words, folder=copied)
    assert (after.code, after.out) == (0, before.out)
