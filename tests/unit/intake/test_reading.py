"""Are the rows of a file read as its owner sees them, whatever wrote the file?"""

import datetime
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ringfence.errors import InputError
from ringfence.intake.cells import Cell
from ringfence.intake.faults import OPEN_QUOTE
from ringfence.intake.reading import FileOptions, open_source
from tests.unit.intake.invented import csv_file

TEXT = "姓名,备注\n王小明,崇宁路12号\n李小红,㐂😀\n"
ROWS = [["姓名", "备注"], ["王小明", "崇宁路12号"], ["李小红", "㐂😀"]]


def rows_of(path: Path, options: FileOptions | None = None) -> list[tuple[int, list[Cell]]]:
    batches = list(open_source(path, options).batches)
    assert not [fault for batch in batches for fault in batch.broken]
    return [pair for batch in batches for pair in zip(batch.numbers, batch.rows, strict=True)]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("gb18030", "gb18030")],
)
def test_every_encoding_gives_the_same_rows(tmp_path: Path, encoding: str, found: str) -> None:
    path = csv_file(tmp_path, TEXT, encoding=encoding)
    assert open_source(path).encoding == found
    assert rows_of(path) == list(enumerate(ROWS, 1))
    assert rows_of(path, FileOptions(encoding=encoding)) == list(enumerate(ROWS, 1))


def test_utf16_big_endian_is_known_by_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"\xfe\xff" + TEXT.encode("utf-16-be"))
    assert rows_of(path) == list(enumerate(ROWS, 1))


def test_a_damaged_byte_in_utf8_is_named_and_not_read_as_gb18030(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    raw = TEXT.encode()
    path.write_bytes(raw[:20] + b"\xff" + raw[21:])
    # "姓名,备注" and its line end are 14 bytes; byte 20 is in the second row.
    with pytest.raises(InputError, match=r"rows\.csv: byte 1[4-9]|byte 20") as raised:
        open_source(path)
    assert "row 2" in str(raised.value)


def test_neither_encoding_fits(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"a,b\n1,2\n\xff\xff,3\n")
    with pytest.raises(InputError, match=r"byte 8 \(row 3\)"):
        open_source(path)


def test_a_declared_encoding_is_held_to(tmp_path: Path) -> None:
    path = csv_file(tmp_path, TEXT, encoding="gb18030")
    with pytest.raises(InputError, match="byte 0 "):
        open_source(path, FileOptions(encoding="UTF8"))
    with pytest.raises(InputError, match="latin-9"):
        open_source(path, FileOptions(encoding="latin-9"))


@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_the_delimiter_is_found(tmp_path: Path, mark: str) -> None:
    text = f"a{mark}b{mark}c\n1{mark}2{mark}3\n4{mark}x,y;z\tw{mark}6\n"
    assert [row for _, row in rows_of(csv_file(tmp_path, text))][:2] == [["a", "b", "c"], ["1", "2", "3"]]


def test_tabs_at_the_beginning_of_lines_in_quotes_split_nothing(tmp_path: Path) -> None:
    path = tmp_path / "notes.csv"
    path.write_text("a,b\n" + 'z,"p\n\tq\n\tr\n\ts"\n' * 5, encoding="utf-8")
    assert {len(cells) for _, cells in rows_of(path)} == {2}


def test_a_declared_delimiter_wins(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "a|b\n1|2,3\n")
    assert rows_of(path, FileOptions(delimiter="|")) == [(1, ["a", "b"]), (2, ["1", "2,3"])]


def test_quoted_newlines_keep_the_numbers_of_the_lines(tmp_path: Path) -> None:
    text = 'a,b\r\n"one\r\ntwo",2\r\n"say ""hi""",3\r\n4,5\r\n'
    assert rows_of(csv_file(tmp_path, text)) == [
        (1, ["a", "b"]), (2, ["one\ntwo", "2"]), (4, ['say "hi"', "3"]), (5, ["4", "5"]),
    ]  # fmt: skip


def test_an_open_quote_costs_its_own_line_only(tmp_path: Path) -> None:
    lines = ["a,b", *(f"{n},x" for n in range(300)), '300,"x', *(f"{n},x" for n in range(301, 900))]
    batches = list(open_source(csv_file(tmp_path, "\n".join(lines))).batches)
    assert [row for batch in batches for row in batch.broken] == [(302, OPEN_QUOTE)]
    assert sum(len(batch.numbers) for batch in batches) == 900
    assert batches[-1].numbers[-1] == 901


def test_an_inch_mark_within_a_cell_is_just_a_mark(tmp_path: Path) -> None:
    assert rows_of(csv_file(tmp_path, 'a,b\n5" pipe,2\n6,3\n'))[1:] == [
        (2, ['5" pipe', "2"]),
        (3, ["6", "3"]),
    ]


def test_batches_are_bounded(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "a,b\n" + "1,2\n" * 250_000)
    sizes = [len(batch.numbers) for batch in open_source(path).batches]
    assert sizes == [100_000, 100_000, 50_001]


def test_a_workbook_keeps_the_types_and_rows_of_its_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["B3"], sheet["C3"] = "日期", "数"
    sheet["B5"], sheet["C5"] = datetime.datetime.fromisoformat("2022-03-30 14:30:05"), 5
    sheet["B6"], sheet["C6"] = datetime.date(2022, 3, 30), True
    book.create_sheet("second")["A1"] = "a"
    book.save(tmp_path / "book.xlsx")
    assert rows_of(tmp_path / "book.xlsx") == [
        (3, ["日期", "数"]),
        (5, [datetime.datetime.fromisoformat("2022-03-30 14:30:05"), 5.0]),
        (6, [datetime.date(2022, 3, 30), True]),
    ]
    assert rows_of(tmp_path / "book.xlsx", FileOptions(sheet="second")) == [(1, ["a"])]
    with pytest.raises(InputError, match=r"third.*Sheet, second"):
        rows_of(tmp_path / "book.xlsx", FileOptions(sheet="third"))


def test_parquet_rows(tmp_path: Path) -> None:
    instants = pa.array([1_648_621_805_000_000_000, None], pa.timestamp("ns"))
    pq.write_table(pa.table({"管码": ["T1", None], "n": [3, 4], "at": instants}), tmp_path / "rows.parquet")
    assert rows_of(tmp_path / "rows.parquet") == [
        (0, ["管码", "n", "at"]),
        (1, ["T1", 3, datetime.datetime.fromisoformat("2022-03-30 06:30:05")]),
        (2, [None, 4, None]),
    ]


def truncated(folder: Path, kind: str) -> bytes:
    if kind == "xlsx":
        book = openpyxl.Workbook()
        book.save(folder / "whole.xlsx")
        raw = (folder / "whole.xlsx").read_bytes()
    else:
        pq.write_table(pa.table({"a": list(range(1000))}), folder / "whole.parquet")
        raw = (folder / "whole.parquet").read_bytes()
    return raw[: len(raw) * 2 // 3]


def document(folder: Path) -> bytes:
    with zipfile.ZipFile(folder / "text.docx", "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return (folder / "text.docx").read_bytes()


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("none.csv", b"", "empty"),
        ("blank.csv", b"\xef\xbb\xbf\r\n \r\n", "empty"),
        ("list.pdf.csv", b"%PDF-1.4 ...", "PDF"),
        ("junk.csv", bytes(4) + b"abcd" * 9 + bytes(99), "binary"),
        ("rows.csv.gz", b"\x1f\x8b\x08\x00rest", "gzip"),
        ("cut.xlsx", "xlsx", "cut short or damaged"),
        ("cut.parquet", "parquet", "cut short"),
        ("text.docx", "docx", "not a workbook"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "damaged"),
    ],
)
def test_what_is_no_table_is_refused_with_what_would_be_right(
    tmp_path: Path, name: str, raw: bytes | str, said: str
) -> None:
    if isinstance(raw, str):
        raw = document(tmp_path) if raw == "docx" else truncated(tmp_path, raw)
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(InputError, match=said) as raised:
        list(open_source(tmp_path / name).batches)
    assert str(raised.value).startswith(name)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        open_source(tmp_path / "nowhere.csv")
