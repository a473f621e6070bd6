"""Is a day of visits one file, the same bytes for the same visits, and never written over?"""

import hashlib
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ringfence.errors import InputError, IntegrityError
from ringfence.journal import partitions
from ringfence.tables.facts import VISIT
from tests.unit.journal.sent import at, rows, visit

DAY = date(2022, 3, 17)
MORNING = at("2022-03-16 23:30")  # 07:30 on the 17th in Wuxi
VISITS = [visit(3, 9, MORNING), visit(1, 9, MORNING), visit(2, 4, MORNING + timedelta(hours=2))]


def test_the_file_is_sorted_by_place_enter_and_person(tmp_path):
    named = partitions.write(tmp_path, DAY, "city", rows("visit", *VISITS))
    path = tmp_path / named["file"]
    assert named["file"] == "visits/day=2022-03-17/city.parquet"
    assert (named["day"], named["source"], named["rows"]) == (DAY, "city", 3)
    assert named["digest"] == hashlib.sha256(path.read_bytes()).hexdigest()
    kept = pq.read_table(path, partitioning=None)
    assert kept.schema == VISIT.schema
    assert [(row["place"], row["person"]) for row in kept.to_pylist()] == [(4, 2), (9, 1), (9, 3)]
    assert [path.name for path in path.parent.iterdir()] == ["city.parquet"]


def test_the_same_visits_in_any_order_and_any_chunks_are_the_same_file(tmp_path):
    first = partitions.write(tmp_path / "a", DAY, "city", rows("visit", *VISITS))
    pieces = [rows("visit", one) for one in VISITS[::-1]]
    second = partitions.write(tmp_path / "b", DAY, "city", pa.concat_tables(pieces))
    assert first == second
    assert partitions.write(tmp_path / "a", DAY, "city", rows("visit", *VISITS)) == first


def test_another_file_of_the_same_day_and_source_gets_its_own_name(tmp_path):
    first = partitions.write(tmp_path, DAY, "city", rows("visit", *VISITS))
    second = partitions.write(tmp_path, DAY, "city", rows("visit", *VISITS[:2]))
    assert second["file"] == "visits/day=2022-03-17/city.2.parquet"
    assert partitions.fault(tmp_path, first) == partitions.fault(tmp_path, second) == ""
    assert partitions.write(tmp_path, DAY, "city", rows("visit", *VISITS[:2])) == second


def test_a_day_without_visits_is_a_file_too(tmp_path):
    named = partitions.write(tmp_path, DAY, "city", VISIT.schema.empty_table())
    assert named["rows"] == 0
    assert partitions.fault(tmp_path, named) == ""


@pytest.mark.parametrize("enter", [at("2022-03-16 15:59:59"), at("2022-03-17 16:00")])
def test_a_visit_of_another_civil_day_is_refused(tmp_path, enter):
    with pytest.raises(InputError, match="one day a file"):
        partitions.write(tmp_path, DAY, "city", rows("visit", *VISITS, visit(5, 5, enter)))
    partitions.write(tmp_path, DAY, "city", rows("visit", visit(5, 5, at("2022-03-17 15:59:59"))))


def test_the_same_visit_twice_is_refused(tmp_path):
    again = visit(3, 9, MORNING, minutes=99)
    with pytest.raises(InputError, match="comes twice"):
        partitions.write(tmp_path, DAY, "city", rows("visit", *VISITS, again))
    with pytest.raises(InputError, match="comes twice"):
        partitions.write(tmp_path, DAY, "city", rows("visit", VISITS[0], again))


@pytest.mark.parametrize("source", ["", "../up", "a/b", "a b", "a.b"])
def test_a_source_is_a_plain_word(tmp_path, source):
    with pytest.raises(InputError, match="partition's source"):
        partitions.write(tmp_path, DAY, source, rows("visit", *VISITS))


@pytest.mark.parametrize(
    "file", ["../visits/x", "visits/../../x", "/visits/x", "visits", "other/x", "visits//x"]
)
def test_a_path_outside_the_store_is_never_opened(tmp_path, file):
    with pytest.raises(IntegrityError, match="not a path below"):
        partitions.path_of(tmp_path, file)


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("Asia/Shanghai", at("2022-03-30 15:59:59.999999"), date(2022, 3, 30)),
        ("Asia/Shanghai", at("2022-03-30 16:00"), date(2022, 3, 31)),
        ("Asia/Kathmandu", at("2022-03-30 18:15"), date(2022, 3, 31)),  # UTC+5:45
        (
            "Europe/Madrid",
            at("2022-03-26 22:59"),
            date(2022, 3, 26),
        ),  # UTC+1, the night the clock changes
        ("Europe/Madrid", at("2022-03-27 22:00"), date(2022, 3, 28)),  # UTC+2
        ("UTC", at("1969-12-31 23:59"), date(1969, 12, 31)),
    ],
)
def test_the_civil_day_of_an_instant(zone, instant, day):
    days = partitions.days_of(pa.chunked_array([[instant, None]], pa.timestamp("us")), zone)
    assert days.to_pylist() == [day, None]
