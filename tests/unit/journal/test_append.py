"""Is what was accepted there, once, in order, on SQLite and on PostgreSQL alike?"""

import hashlib
import json
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ringfence.errors import InputError, IntegrityError, NotFoundError, StoreError
from ringfence.journal import Journal, Submission
from tests.unit.journal.sent import NIGHT, people, sample, samples


def test_a_submission_comes_back_as_it_was_sent(journal_url):
    with Journal.create(journal_url) as journal:
        before = datetime.now(UTC).replace(tzinfo=None)
        receipt = journal.append(sample(1, 11, 12))
        (entry,) = journal.entries()
    assert (receipt.seq, receipt.id, receipt.rows, receipt.repeated) == (1, "tube-1", 2, False)
    assert (entry.actor, entry.device, entry.source) == ("sampler", "tablet-3", "table 7")
    assert entry.table().to_pylist() == [
        {"tube": "T1", "person": 11, "sampled_at": NIGHT, "source": None},
        {"tube": "T1", "person": 12, "sampled_at": NIGHT, "source": None},
    ]
    assert before <= receipt.recorded_at <= before + timedelta(minutes=1)


def test_the_digest_is_what_the_documents_say(journal_url):
    with Journal.create(journal_url, exercise=True) as journal:
        journal.append_all([sample(1), sample(2)], NIGHT)
        first, second = journal.entries()
        assert journal.head() == (2, second.digest)
        assert journal.digest(0) == "0" * 64
    header = {
        "seq": 2, "id": "tube-2", "kind": "sample", "schema_version": 1, "actor": "sampler",
        "recorded_at": "2022-03-30T12:00:00.000000", "device": "tablet-3", "source": "table 7", "rows": 1,
        "body_digest": hashlib.sha256(second.body).hexdigest(),
    }  # fmt: skip
    text = first.digest + json.dumps(header, sort_keys=True, separators=(",", ":"))
    assert second.digest == hashlib.sha256(text.encode()).hexdigest()


def test_the_same_submission_again_gets_the_first_receipt(journal_url):
    with Journal.create(journal_url) as journal:
        first = journal.append(sample(1, 11))
        again = journal.append(sample(1, 11))
        both = journal.append_all([sample(1, 11), sample(2), sample(2)])
        assert journal.head()[0] == 2
    assert again.repeated
    assert (again.seq, again.digest, again.recorded_at) == (first.seq, first.digest, first.recorded_at)
    assert [(receipt.seq, receipt.repeated) for receipt in both] == [(1, True), (2, False), (2, True)]


@pytest.mark.parametrize(
    "other", [sample(1, 99), Submission("tube-1", "person", people(1, 1), "sampler")], ids=["rows", "kind"]
)
def test_an_id_used_for_something_else_is_refused(journal_url, other):
    with Journal.create(journal_url) as journal:
        journal.append(sample(1, 11))
        with pytest.raises(
            IntegrityError, match="'tube-1': used before, as submission 1, for something else"
        ):
            journal.append(other)


def test_many_submissions_are_kept_all_or_none(journal_url):
    bad = Submission("bad", "sample", samples("T9"), "sampler")
    with Journal.create(journal_url) as journal:
        with pytest.raises(InputError, match="0 rows"):
            journal.append_all([sample(number) for number in range(1, 300)] + [bad])
        assert journal.head() == (0, "0" * 64)
        receipts = journal.append_all(sample(number) for number in range(1, 300))
        assert [receipt.seq for receipt in receipts] == list(range(1, 300))
        assert [entry.id for entry in journal.entries(after=297)] == ["tube-298", "tube-299"]


def test_a_journal_is_opened_again_with_everything_in_it(journal_url):
    with Journal.create(journal_url) as journal:
        receipt, store = journal.append(sample(1)), journal.store_id
    with Journal.open(journal_url) as journal:
        assert (journal.head(), journal.store_id, journal.exercise) == ((1, receipt.digest), store, False)


def test_only_an_exercise_sets_its_clock_and_never_back(journal_url):
    with Journal.create(journal_url, exercise=True, at=NIGHT) as journal:
        journal.append(sample(1), NIGHT)
        with pytest.raises(StoreError, match="cannot go back"):
            journal.append(sample(2), NIGHT - timedelta(microseconds=1))
        journal.append(sample(2), NIGHT + timedelta(hours=1))
        # What is repeated is answered, whatever the clock says.
        assert journal.append(sample(1), NIGHT).repeated
        assert journal.head(NIGHT)[0] == 1
        assert journal.head(NIGHT - timedelta(microseconds=1))[0] == 0
        with pytest.raises(InputError, match="without a zone mark"):
            journal.append(sample(3), NIGHT.replace(tzinfo=UTC))


def test_a_real_journal_keeps_real_time(journal_url):
    with pytest.raises(StoreError, match="only an exercise"):
        Journal.create(journal_url, at=NIGHT)
    with Journal.create(journal_url) as journal:
        with pytest.raises(StoreError, match="only an exercise"):
            journal.append(sample(1), NIGHT)
        instants = [journal.append(sample(number)).recorded_at for number in range(1, 20)]
    assert instants == sorted(instants)


def test_threads_append_one_after_another_without_gaps(journal_url):
    with Journal.create(journal_url) as journal:

        def send(thread: int) -> None:
            for number in range(10):
                journal.append(sample(thread * 10 + number, 1))

        threads = [threading.Thread(target=send, args=(thread,)) for thread in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [entry.seq for entry in journal.entries()] == list(range(1, 41))
        assert journal.verify(Path()) == []


def test_two_writers_on_postgresql_make_one_chain(postgres):
    url = postgres()
    Journal.create(url).close()
    with Journal.open(url) as one, Journal.open(url) as other:
        for number in range(10):
            (one if number % 2 else other).append(sample(number))
        assert one.head() == other.head()
        assert one.verify(Path()) == []


def test_a_second_process_may_read_a_file_but_not_append(tmp_path):
    path = tmp_path / "journal.sqlite"
    code = """
import sys
from ringfence.errors import StoreError
from ringfence.journal import Journal
from tests.unit.journal.sent import sample
with Journal.open(sys.argv[1]) as journal:
    print(journal.head()[0])
    try:
        journal.append(sample(2))
    except StoreError as error:
        print(error)
"""

    def other() -> list[str]:
        command = [sys.executable, "-c", code, str(path)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()

    with Journal.create(str(path)) as journal:
        journal.append(sample(1))
        head, refused = other()
        assert head == "1"
        assert "another process is writing here" in refused
        with Journal.open(str(path)) as second, pytest.raises(StoreError, match="one writer at a time"):
            second.append(sample(2))
    assert other() == ["1"]
    with Journal.open(str(path)) as journal:
        assert journal.head()[0] == 2


def test_what_is_not_there_is_said_to_be_missing(journal_url, tmp_path):
    with pytest.raises(StoreError, match="there is no journal here"):
        Journal.open(journal_url)
    Journal.create(journal_url).close()
    with pytest.raises(StoreError, match="there is a journal here already"):
        Journal.create(journal_url)
    with Journal.open(journal_url) as journal, pytest.raises(NotFoundError, match="submission 1"):
        journal.digest(1)
    with pytest.raises(StoreError, match="no such directory"):
        Journal.create(str(tmp_path / "nowhere" / "journal.sqlite"))
    (tmp_path / "not.sqlite").write_text("a text, longer than the header of a database " * 20)
    with pytest.raises(StoreError, match="not a database"):
        Journal.open(str(tmp_path / "not.sqlite"))


@pytest.mark.parametrize("url", ["mysql://somewhere/x", "sqlite://", "://"])
def test_other_databases_are_refused(url):
    with pytest.raises(InputError):
        Journal.create(url)


def test_a_server_that_does_not_answer_is_said_without_its_password(tmp_path):
    with pytest.raises(StoreError, match="postgresql") as refused:
        Journal.open(f"postgresql://someone:secret@/x?host={tmp_path}")
    assert "secret" not in str(refused.value)
