"""Does `verify` find whatever was altered, cut or taken away, and where?"""

import sqlite3
from datetime import date

import pytest
import sqlalchemy as sa

from ringfence.errors import StoreError
from ringfence.journal import Journal, Submission, partitions, schema
from ringfence.journal.database import engine_of, url_of
from tests.unit.journal.sent import NIGHT, at, rows, sample, visit

DAY = date(2022, 3, 17)


@pytest.fixture
def store(journal_url, tmp_path):
    """Five submissions; the fourth names a partition file below tmp_path."""
    with Journal.create(journal_url, exercise=True) as journal:
        named = partitions.write(tmp_path, DAY, "city", rows("visit", visit(1, 2, at("2022-03-17 03:00"))))
        partition = Submission("p", "visit_partition", rows("visit_partition", named), "city")
        journal.append_all([sample(1, 11, 12), sample(2), sample(3), partition, sample(5)], NIGHT)
    return journal_url


def altered(url, statement, **values):
    engine = engine_of(url_of(url))
    with engine.begin() as connection:
        assert connection.execute(sa.text(statement), values).rowcount > 0
    engine.dispose()


def faults(url, directory):
    with Journal.open(url) as journal:
        return [(fault.seq, fault.what) for fault in journal.verify(directory)]


def test_an_untouched_journal_is_clean_and_progress_is_told(store, tmp_path):
    told = []
    with Journal.open(store) as journal:
        assert journal.verify(tmp_path, lambda done, total: told.append((done, total))) == []
    assert told[-1] == (5, 5)


@pytest.mark.parametrize(
    "edit",
    ["actor = 'other'", "device = 'other'", "source = 'other'", "id = 'other'", "kind = 'tube'",
     "rows = 2", "schema_version = 2", "recorded_at = '2022-03-30 12:00:00.000001'",
     "digest = repeat('0', 64)", "body_digest = repeat('0', 64)"],
)  # fmt: skip
def test_an_edited_header_is_found_where_it_is(store, tmp_path, edit):
    edit = edit.replace("repeat('0', 64)", f"'{'0' * 64}'")
    altered(store, f"UPDATE entry SET {edit} WHERE seq = 2")
    found = faults(store, tmp_path)
    assert found[0] == (2, "its digest does not follow from the one before and what it says")
    assert {seq for seq, _ in found} <= {2, 3}


def test_an_edited_body_is_found(store, tmp_path):
    with Journal.open(store) as journal:
        entries = list(journal.entries())
    altered(store, "UPDATE entry SET body = :body WHERE seq = 2", body=entries[2].body)
    assert faults(store, tmp_path) == [(2, "its body is not the one its digest was made from")]


def test_a_torn_body_is_found_and_a_missing_one(store, tmp_path):
    with Journal.open(store) as journal:
        body = next(journal.entries()).body
    altered(store, "UPDATE entry SET body = :body WHERE seq = 1", body=body[:-9])
    altered(store, "UPDATE entry SET body = NULL WHERE seq = 3")
    assert faults(store, tmp_path) == [
        (1, "its body is not the one its digest was made from"),
        (3, "its body is missing"),
    ]


def test_a_deleted_submission_is_found(store, tmp_path):
    altered(store, "DELETE FROM entry WHERE seq IN (2, 3)")
    assert faults(store, tmp_path) == [(4, "submissions 2 to 3 are missing")]


def test_a_forged_submission_is_found(store, tmp_path):
    """Whoever writes a row and its own digest cannot make the next one follow from it."""
    with Journal.open(store) as journal:
        other = list(journal.entries())[4]
    altered(
        store,
        "UPDATE entry SET body = :body,"
        " body_digest = (SELECT body_digest FROM entry WHERE seq = 5) WHERE seq = 3",
        body=other.body,
    )
    assert [seq for seq, _ in faults(store, tmp_path)] == [3]


def test_a_clock_that_goes_back_is_found(store, tmp_path):
    altered(store, "UPDATE entry SET recorded_at = '2022-03-29 12:00:00.000000' WHERE seq = 3")
    assert (3, "recorded before the submission before it") in faults(store, tmp_path)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-20]), "is not the file its digest was made from"),
        (lambda path: path.unlink(), "is missing"),
        (lambda path: path.write_bytes(b""), "is not the file its digest was made from"),
    ],
    ids=["torn", "gone", "empty"],
)
def test_a_damaged_partition_is_found(store, tmp_path, damage, says):
    damage(tmp_path / "visits" / "day=2022-03-17" / "city.parquet")
    assert faults(store, tmp_path) == [(4, f"partition visits/day=2022-03-17/city.parquet {says}")]


def test_a_manifest_that_tells_lies_is_found(journal_url, tmp_path):
    named = partitions.write(tmp_path, DAY, "city", rows("visit", visit(1, 2, at("2022-03-17 03:00"))))
    lies = [{**named, "rows": 7}, {**named, "file": "../other"}]
    with Journal.create(journal_url) as journal:
        for number, lie in enumerate(lies):
            journal.append(Submission(str(number), "visit_partition", rows("visit_partition", lie), "city"))
    wrong_rows, outside = faults(journal_url, tmp_path)
    assert wrong_rows == (1, "partition visits/day=2022-03-17/city.parquet does not have 7 rows")
    assert "not a path below the store's visits" in outside[1]


def test_a_damaged_database_file_is_found(tmp_path):
    path = tmp_path / "journal.sqlite"
    with Journal.create(str(path)) as journal:
        journal.append_all(sample(number, *range(100)) for number in range(200))
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 8192] = b"\xff" * 8192
    path.write_bytes(data)
    assert faults(str(path), tmp_path) != []


def test_a_newer_journal_is_refused(store):
    altered(store, "UPDATE meta SET version = 99")
    with pytest.raises(StoreError, match="version 99; this Ringfence knows up to 2"):
        Journal.open(store)
    altered(store, "DELETE FROM meta")
    with pytest.raises(StoreError, match="meta table is empty"):
        Journal.open(store)


def test_an_older_journal_is_brought_up_to_date(tmp_path, monkeypatch):
    url = str(tmp_path / "journal.sqlite")
    Journal.create(url).close()
    steps = (
        *schema.MIGRATIONS,
        lambda connection: connection.exec_driver_sql("CREATE TABLE later (x INT)"),
    )
    monkeypatch.setattr("ringfence.journal.schema.MIGRATIONS", steps)
    for _ in range(2):
        Journal.open(url).close()
    connection = sqlite3.connect(url)
    assert connection.execute("SELECT version FROM meta").fetchall() == [(len(steps),)]
    assert connection.execute("SELECT count(*) FROM later").fetchall() == [(0,)]
    connection.close()
