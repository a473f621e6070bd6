"""Are visits of day files and single ones one table, of which a day's question reads only that day's file?"""

from datetime import date, timedelta

import duckdb
import pytest

from ringfence.columns import Columns
from ringfence.journal import Journal, Submission, partitions
from ringfence.tables import fact_number
from tests.unit.journal.sent import NIGHT, at, rows, visit

DAYS = [date(2022, 3, day) for day in (17, 18, 19)]
LATER = NIGHT + timedelta(days=1)


@pytest.fixture
def journal(tmp_path):
    with Journal.create(str(tmp_path / "journal.sqlite"), exercise=True) as made:
        yield made


@pytest.fixture
def made(journal, tmp_path):
    with Columns(tmp_path / "columns", journal, tmp_path, limits={"threads": 1}) as opened:
        yield opened


def noon(day):
    return at(f"{day} 04:00")  # 12:00 in Wuxi


def partition(journal, store, day, visits, source="city"):
    """Keep a file and its manifest; the receipt."""
    named = partitions.write(store, day, source, rows("visit", *visits))
    submission = Submission(
        f"{source}-{named['digest']}", "visit_partition", rows("visit_partition", named), "a"
    )
    return journal.append(submission, NIGHT)


def single(journal, *visits):
    name = f"single-{journal.head()[0]}"
    return journal.append(Submission(name, "visit", rows("visit", *visits), "phone"), NIGHT)


def minutes(made, as_of=LATER):
    """Minutes of each visit, by person and day; what the tests tell apart visits of one key by."""
    made.refresh()
    found = made.snapshot(as_of)["visit"].to_pyarrow().to_pylist()
    told = [((row["person"], row["day"].day), (row["leave"] - row["enter"]).seconds // 60) for row in found]
    assert len(dict(told)) == len(told)
    return dict(told)


def test_a_days_question_reads_only_that_days_file(made, journal, tmp_path):
    for day in DAYS:
        partition(journal, tmp_path, day, [visit(1, 2, noon(day)), visit(2, 2, noon(day))])
    made.refresh()
    visits = made.snapshot(LATER)["visit"]
    one_day = visits.filter(visits.day == DAYS[1])
    ((_, plan),) = made._ibis.con.execute(f"EXPLAIN ANALYZE {one_day.compile()}").fetchall()
    assert "Scanning Files: 1/3" in plan
    assert one_day.count().to_pyarrow().as_py() == 2
    assert visits.count().to_pyarrow().as_py() == 6
    # A file that is not read may be anything.
    (tmp_path / "visits" / "day=2022-03-19" / "city.parquet").write_bytes(b"not a file of visits")
    assert one_day.person.sum().to_pyarrow().as_py() == 3
    with pytest.raises(duckdb.Error):
        visits.person.sum().to_pyarrow()


def test_a_visits_number_is_its_files_submission_and_its_row_there(made, journal, tmp_path):
    single(journal, visit(9, 9, noon(DAYS[2])))
    receipt = partition(journal, tmp_path, DAYS[0], [visit(8, 2, noon(DAYS[0])), visit(7, 1, noon(DAYS[0]))])
    made.refresh()
    found = made.snapshot(LATER)["visit"].order_by("fact").to_pyarrow().to_pylist()
    assert [(row["person"], row["fact"]) for row in found] == [
        (9, fact_number(1, 0)), (7, fact_number(receipt.seq, 0)), (8, fact_number(receipt.seq, 1)),
    ]  # fmt: skip
    assert {row["recorded_at"] for row in found} == {NIGHT}


def test_a_submission_of_several_files_numbers_their_rows_on(made, journal, tmp_path):
    named = [
        partitions.write(tmp_path, day, "city", rows("visit", visit(1, 2, noon(day)), visit(2, 2, noon(day))))
        for day in DAYS
    ]
    journal.append(Submission("all", "visit_partition", rows("visit_partition", *named), "city"), NIGHT)
    made.refresh()
    facts = made.snapshot(LATER)["visit"].to_pyarrow()["fact"].to_pylist()
    assert sorted(facts) == [fact_number(1, row) for row in range(6)]


def test_the_last_file_of_a_day_and_source_is_the_one_in_force(made, journal, tmp_path):
    partition(journal, tmp_path, DAYS[0], [visit(1, 2, noon(DAYS[0]), 10), visit(2, 2, noon(DAYS[0]), 10)])
    partition(journal, tmp_path, DAYS[0], [visit(1, 2, noon(DAYS[0]), 20)])
    assert minutes(made) == {(1, 17): 20}


def test_what_was_known_is_the_file_of_then(made, journal, tmp_path):
    partition(journal, tmp_path, DAYS[0], [visit(1, 2, noon(DAYS[0]), 10)])
    named = partitions.write(tmp_path, DAYS[0], "city", rows("visit", visit(1, 2, noon(DAYS[0]), 20)))
    later = Submission("later", "visit_partition", rows("visit_partition", named), "a")
    journal.append(later, NIGHT + timedelta(hours=1))
    assert minutes(made, NIGHT) == {(1, 17): 10}
    assert minutes(made) == {(1, 17): 20}


def test_files_of_two_sources_are_both_in_force_and_the_later_one_supersedes(made, journal, tmp_path):
    partition(
        journal, tmp_path, DAYS[0], [visit(1, 2, noon(DAYS[0]), 10), visit(2, 2, noon(DAYS[0]), 10)], "metro"
    )
    partition(
        journal, tmp_path, DAYS[0], [visit(2, 2, noon(DAYS[0]), 20), visit(3, 2, noon(DAYS[0]), 20)], "bus"
    )
    assert minutes(made) == {(1, 17): 10, (2, 17): 20, (3, 17): 20}


def test_single_visits_and_files_supersede_each_other_in_the_order_of_the_journal(made, journal, tmp_path):
    single(journal, visit(1, 2, noon(DAYS[0]), 10), visit(5, 2, noon(DAYS[1]), 10))
    file = [visit(1, 2, noon(DAYS[0]), 20), visit(2, 2, noon(DAYS[0]), 20), visit(3, 2, noon(DAYS[0]), 20)]
    partition(journal, tmp_path, DAYS[0], file)
    single(journal, visit(2, 2, noon(DAYS[0]), 30))
    assert minutes(made) == {(1, 17): 20, (2, 17): 30, (3, 17): 20, (5, 18): 10}
    partition(journal, tmp_path, DAYS[0], [visit(2, 2, noon(DAYS[0]), 40)], "metro")
    assert minutes(made) == {(1, 17): 20, (2, 17): 40, (3, 17): 20, (5, 18): 10}


def test_a_visit_in_a_file_can_be_withdrawn(made, journal, tmp_path):
    single(journal, visit(1, 2, noon(DAYS[0]), 10))
    receipt = partition(
        journal, tmp_path, DAYS[0], [visit(1, 2, noon(DAYS[0]), 20), visit(2, 2, noon(DAYS[0]), 20)]
    )
    assert minutes(made) == {(1, 17): 20, (2, 17): 20}
    told = rows("retraction", {"fact": fact_number(receipt.seq, 0), "reason": "another phone"})
    journal.append(Submission("r", "retraction", told, "a"), NIGHT)
    assert minutes(made) == {(1, 17): 10, (2, 17): 20}


def test_a_single_visit_has_the_civil_day_it_begins_on(made, journal):
    single(journal, visit(1, 2, at("2022-03-17 15:59")), visit(2, 2, at("2022-03-17 16:00")))
    assert set(minutes(made)) == {(1, 17), (2, 18)}


def test_a_store_whose_path_looks_like_a_pattern_is_read(tmp_path):
    store = tmp_path / "city=x [1] it's*"
    store.mkdir()
    with Journal.create(str(store / "journal.sqlite"), exercise=True) as journal:
        partition(journal, store, DAYS[0], [visit(1, 2, noon(DAYS[0]), 10)])
        single(journal, visit(1, 2, noon(DAYS[0]), 20))
        with Columns(store / "columns", journal, store) as made:
            assert minutes(made) == {(1, 17): 20}
