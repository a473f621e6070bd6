"""Is every bad row listed, with its row, its column and what is wrong, and does every good one go in?"""

import csv
from pathlib import Path

import openpyxl

from ringfence.intake.rejects import RejectsFile
from tests.unit.intake.invented import WUXI, csv_file, id_number, take

GOOD = id_number(1)
SECOND = id_number(2)
WRONG_CHECK = GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1")

# row below the headings | column of the fault | kind of the fault; no column: the whole row; -: none
PEOPLE = [
    (f"{GOOD},王小明,13800000001,1999,男,医生", "-", "-"),
    (f"{id_number(3)[:17]},甲,,,,", "身份证号", "id_number_length"),
    (f"{WRONG_CHECK},乙,,,,", "身份证号", "id_number_check"),
    ("320206990909001,丙,,,,", "身份证号", "old_id_number"),
    ("3.20206E+17,丁,,,,", "身份证号", "spreadsheet_number"),
    ("320206199909090000,戊,,,,", "身份证号", "spreadsheet_number"),
    ("32020619990909OO1X,己,,,,", "身份证号", "id_number_form"),
    (f"{id_number(4, '19990231')},庚,,,,", "身份证号", "id_number_birth"),
    (f"{id_number(5, area='329900')},辛,,,,", "身份证号", "id_number_area"),
    (f"{id_number(6, '20160909', '320202')},壬,,,,", "身份证号", "id_number_area"),
    (",癸,,,,", "身份证号", "missing"),
    (f"{id_number(7)},子,138000,,,", "手机号", "not_a_telephone"),
    (f"{id_number(9)},丑,,九九年,,", "出生年份", "not_a_whole_number"),
    (f"{id_number(11)},寅,,1099,,", "出生年份", "out_of_range"),
    (f"{id_number(13)},卯,,1998,,", "出生年份", "unlike_id_number"),
    (f"{id_number(15)},辰,,,保密,", "性别", "not_a_choice"),
    (f"{id_number(17)},巳,,,女,", "性别", "unlike_id_number"),
    (f"{id_number(19)},午,,", "", "uneven"),
    (f"{id_number(21)},未,,,,工人,多", "", "uneven"),
    (f'{id_number(23)},"申,,,,', "", "open_quote"),
    ("身份证号,姓名,手机号,出生年份,性别,职业", "", "repeated_heading"),
    (f"{id_number(25)},酉,,,,\x07", "职业", "unreadable"),
    (f"{GOOD},王小明,13800000001,,男,医生", "-", "-"),  # said before in other words
    (f"{GOOD},王大明,13800000001,1999,男,医生", "", "conflicting"),
    (",,,,,", "-", "-"),  # blank
    (f"{SECOND.lower()},李小红,+86 138-0000-0002,１９９９,female,", "-", "-"),
]

RESIDENCES = [
    ("P3RJ0,居住,320206003007-02-015-1-0502,2022-01-01,", "-", "-"),
    ("P3RJ1,户籍,320206003000,,", "-", "-"),
    ("P3RJ2,居住,320202003004,,", "住址代码", "abolished_area"),
    ("P3RJ3,居住,320206003009,,", "住址代码", "unknown_area"),
    ("P3RJ4,居住,惠山区,,", "住址代码", "not_an_area"),
    ("P3RJ5,居住,320206003007,30/03/2022,", "起始日期", "ambiguous_day"),
    ("P3RJ6,居住,320206003007,44650,", "起始日期", "serial_day"),
    ("P3RJ7,居住,320206003007,2022-02-30,", "起始日期", "not_a_day"),
    ("P3RJ8,居住,320206003007,2022-03-30,2022-03-29", "截止日期", "ends_before"),
    ("P3RJ9,,320206003007,,", "居住类型", "missing"),
    (f"P3RJA,居住,{id_number(1)},,", "住址代码", "not_an_area"),
    ("P3RJB,居住,320299001001-03,,", "-", "-"),  # an alias of 320206003007
    ("P3RJC,户籍,310101,,", "-", "-"),  # another city's district: only its form can be checked
    ("P3RJD,户籍,990101,,", "住址代码", "unknown_area"),
]


def expected(rows: list[tuple[str, str, str]]) -> list[tuple[int, str, str]]:
    return [(number, column, kind) for number, (_, column, kind) in enumerate(rows, 2) if kind != "-"]


def test_every_bad_person_is_listed_and_every_good_one_goes_in(tmp_path: Path) -> None:
    text = "\n".join(["身份证号,姓名,手机号,出生年份,性别,职业", *(row for row, _, _ in PEOPLE)]) + "\n"
    taken = take(csv_file(tmp_path, text))
    assert taken.faults() == expected(PEOPLE)
    assert taken.numbers == [2, len(PEOPLE) + 1]
    assert taken.rows.select(["birth_year", "sex", "occupation"]).to_pylist() == [
        {"birth_year": 1999, "sex": "male", "occupation": "health_worker"},
        {"birth_year": 1999, "sex": "female", "occupation": None},
    ]
    # One blank row is not read, one row says again what the first said.
    assert (taken.read, taken.repeated, taken.refused) == (len(PEOPLE) - 1, 1, len(expected(PEOPLE)))
    assert [said[1:] for said in taken.identities] == [
        ("王小明", GOOD, "13800000001"),
        ("李小红", SECOND, "13800000002"),
    ]


def test_every_bad_residence_is_listed(tmp_path: Path) -> None:
    text = "\n".join(["人员编号,居住类型,住址代码,起始日期,截止日期", *(row for row, _, _ in RESIDENCES)])
    taken = take(csv_file(tmp_path, text))
    assert taken.faults() == expected(RESIDENCES)
    assert taken.rows["area"].to_pylist() == [
        "320206003007-02-015-1-0502", "320206003", "320206003007-03", "310101",
    ]  # fmt: skip


def test_there_are_more_than_twenty_kinds_of_bad_rows() -> None:
    assert len({kind for _, _, kind in [*expected(PEOPLE), *expected(RESIDENCES)]}) == 25


def test_a_fault_says_what_would_be_right(tmp_path: Path) -> None:
    text = "人员编号,居住类型,住址代码\nP3RJ2,居住,320202003004\nP3RJ3,居住,320206003070\n"
    gone, unknown = take(csv_file(tmp_path, text)).rejects
    assert "320213" in gone.would_be_right
    assert "2015" in gone.what
    assert gone.value_shown == "320202003004"
    assert "320206003007" in unknown.would_be_right


def test_several_faults_of_a_row_are_several_lines(tmp_path: Path) -> None:
    text = "管码,人员编号,采样时间\nT1,P3RJ0,昨天\n,,\nT2,,2022-03-30\n"
    taken = take(csv_file(tmp_path, text))
    assert taken.faults() == [
        (2, "采样时间", "not_an_instant"),
        (4, "人员编号", "missing"),
        (4, "采样时间", "no_time_of_day"),
    ]
    assert (taken.read, taken.refused) == (2, 2)


def test_nobody_is_shown_in_a_reject(tmp_path: Path) -> None:
    text = "\n".join(
        ["身份证号,姓名,手机号,性别", f"{WRONG_CHECK},王小明,1380000,男", f"{SECOND},李小红,,{GOOD}",
         f"{id_number(4)},钱,,13800000009", f"{id_number(6)},孙,,不肯说"]
    )  # fmt: skip
    shown = [(r.row, r.column, r.value_shown) for r in take(csv_file(tmp_path, text)).rejects]
    assert shown == [
        (2, "身份证号", "…"), (2, "手机号", "…"), (3, "性别", "…"), (4, "性别", "…"), (5, "性别", "不肯说"),
    ]  # fmt: skip


def test_a_spreadsheet_is_found_out(tmp_path: Path) -> None:
    """Typed into Excel as a number, an ID number keeps 15 digits: 320206199909090012 becomes ...000."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["身份证号", "姓名"])
    sheet.append([float(int(GOOD[:17] + "0")), "王小明"])
    sheet.append([GOOD, "王小明"])
    sheet.append([SECOND, "李小红"])
    book.save(tmp_path / "people.xlsx")
    taken = take(tmp_path / "people.xlsx")
    assert taken.faults() == [(2, "身份证号", "spreadsheet_number")]
    assert "15" in taken.rejects[0].what
    assert taken.numbers == [3, 4]


def test_the_rejects_file_opens_in_a_spreadsheet_and_runs_nothing(tmp_path: Path) -> None:
    text = '人员编号,居住类型,住址代码\nP3RJ2,"=HYPERLINK(""http://x"")",@SUM(1)\n'
    taken = take(csv_file(tmp_path, text, "=cmd.csv"))
    with RejectsFile(tmp_path / "rejects.csv") as rejects:
        rejects.write(taken.rejects)
    raw = (tmp_path / "rejects.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(raw.decode("utf-8-sig").splitlines()))
    assert len(rows) == rejects.written + 1 == 3
    assert rows[0][:3] == ["文件 file", "行 row", "列 column"]
    assert rows[1][:4] == ["'=cmd.csv", "2", "住址代码", "'@SUM(1)"] or rows[2][3] == "'@SUM(1)"
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_no_rejects_no_file(tmp_path: Path) -> None:
    with RejectsFile(tmp_path / "rejects.csv"):
        pass
    assert not (tmp_path / "rejects.csv").exists()


def test_areas_are_not_checked_against_an_empty_table(tmp_path: Path) -> None:
    text = "人员编号,居住类型,住址代码\nP3RJ3,居住,320206003999\n"
    assert take(csv_file(tmp_path, text), known=None).faults() == []
    assert take(csv_file(tmp_path, text), known=WUXI).faults() == [(2, "住址代码", "unknown_area")]
