"""Do the typed cells of a spreadsheet or a Parquet file mean what the same words mean as text?"""

import datetime
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ringfence.errors import InputError
from ringfence.intake.cells import plain, texts
from ringfence.intake.faults import LONG_CELL
from ringfence.intake.mapping import read_mapping
from ringfence.intake.reading import open_source
from ringfence.intake.rejects import RejectsFile
from tests.unit.intake.invented import csv_file, id_number, take

EIGHT = datetime.datetime.fromisoformat("2022-03-30 20:00")
MIDNIGHT = datetime.datetime.fromisoformat("2022-03-31 00:00")


def book(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    made.save(path)
    return path


def test_a_sheets_dates_numbers_and_truths(tmp_path: Path) -> None:
    rows = [
        ("场所编号", "场所名称", "场所类型", "所在区域", "是否密闭", "经度"),
        (12, "测试店", "商店", 320206003007, True, 120.25),
        ("甲-1", "测试楼", "写字楼", "320206003007", False, None),
    ]
    taken = take(book(tmp_path / "places.xlsx", rows))
    assert taken.rejects == []
    first, second = taken.rows.to_pylist()
    assert (first["place"], first["area"], first["closed"], first["lon"]) == (
        12,
        "320206003007",
        True,
        120.25,
    )
    assert (second["closed"], second["lon"]) == (False, None)


def test_midnight_in_a_column_of_times_is_a_time(tmp_path: Path) -> None:
    """A spreadsheet keeps 2022-03-31 00:00 and the bare day 2022-03-31 as the same number."""
    rows = [("管码", "身份证号", "采样时间"), ("T1", id_number(1), EIGHT), ("T2", id_number(2), MIDNIGHT)]
    taken = take(book(tmp_path / "samples.xlsx", rows))
    assert [str(at) for at in taken.rows["sampled_at"].to_pylist()] == [
        "2022-03-30 12:00:00", "2022-03-30 16:00:00",
    ]  # fmt: skip


def test_bare_days_are_no_times(tmp_path: Path) -> None:
    rows = [
        ("管码", "身份证号", "采样时间"),
        ("T1", id_number(1), EIGHT.date()),
        ("T2", id_number(2), EIGHT.date()),
    ]
    faults = take(book(tmp_path / "samples.xlsx", rows)).faults()
    assert faults == [(2, "采样时间", "no_time_of_day"), (3, "采样时间", "no_time_of_day")]


def test_a_parquet_instant_with_a_zone_is_taken_as_it_is(tmp_path: Path) -> None:
    at = pa.array([EIGHT.replace(tzinfo=datetime.UTC)], pa.timestamp("us", "Asia/Shanghai"))
    table = pa.table({"tube": ["T1"], "person": ["P5"], "sampled_at": at, "extra": [[1, 2]]})
    pq.write_table(table, tmp_path / "samples.parquet")
    taken = take(tmp_path / "samples.parquet")
    assert taken.rows["sampled_at"].to_pylist() == [EIGHT]
    assert taken.plan.ignored == ("extra",)


def test_cells_as_text() -> None:
    assert [plain(cell) for cell in (1.5, 12.0, 2**53, float("nan"), True, datetime.time(14, 30))] == [
        "1.5", "12", "9007199254740992", "", "True", "14:30:00",
    ]  # fmt: skip
    assert plain(1234567890123456.0) == "1.23456789012346e+15"
    assert texts(["a", 1, None]) == ["a", "1", ""]


@pytest.mark.parametrize("size", [1_000, 3_000_000])
def test_the_damaged_byte_is_counted_from_the_start(tmp_path: Path, size: int) -> None:
    raw = bytearray(("甲,乙\n" * (size // 8)).encode())
    raw[-8] = 0xFF  # the first byte of the last row
    (tmp_path / "rows.csv").write_bytes(raw)
    with pytest.raises(InputError, match=rf"byte {len(raw) - 8} \(row {size // 8}\)"):
        open_source(tmp_path / "rows.csv")


def test_empty_cells_beyond_the_headings_are_nothing(tmp_path: Path) -> None:
    one, two, three, four = (id_number(order) for order in (1, 2, 3, 5))
    text = f"身份证号,姓名,,\n{one},甲,,\n{two},乙,,,\n{three},丙\n,,,,,\n{four},丁,戊,\n"
    taken = take(csv_file(tmp_path, text), table="person")
    assert taken.numbers == [2, 3, 4]
    assert taken.faults() == [(6, "", "uneven")]


def test_a_cell_longer_than_any_cell(tmp_path: Path) -> None:
    path = csv_file(tmp_path, f'a,b\n"{"x" * 140_000}",1\n2,3\n')
    assert [row for batch in open_source(path).batches for row in batch.broken] == [(2, LONG_CELL)]


def test_a_title_of_one_cell_does_not_hide_the_delimiter(tmp_path: Path) -> None:
    text = f"登记表\n姓名\t身份证号\n甲\t{id_number(1)}\n"
    assert take(csv_file(tmp_path, text)).numbers == [3]


def test_mapping_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_mapping(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("[file\n")
    with pytest.raises(InputError, match=r"bad\.toml: the mapping is not TOML"):
        read_mapping(tmp_path / "bad.toml")
    (tmp_path / "good.toml").write_text('[file]\ntable = "tube"\n[constants]\npool = 10\n', "utf-8-sig")
    assert (read_mapping(tmp_path / "good.toml").table, read_mapping(tmp_path / "good.toml").constants) == (
        "tube", {"pool": "10"},
    )  # fmt: skip


def test_a_rejects_file_that_cannot_be_written(tmp_path: Path) -> None:
    rejects = take(csv_file(tmp_path, "身份证号\n1\n"), table="person").rejects
    with RejectsFile(tmp_path / "none" / "rejects.csv") as file, pytest.raises(InputError, match="rejects"):
        file.write(rejects)
