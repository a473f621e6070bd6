"""Does each type of cell give the value people mean?"""

import hashlib
from pathlib import Path

import pytest

from ringfence.intake.area_codes import KnownAreas, abolished_districts, district_years, read_area
from ringfence.intake.faults import Fault
from ringfence.intake.times import Clock
from ringfence.intake.values import PLACE_HASH_FROM, Context, read_phone, reader
from ringfence.intake.words import words_for
from ringfence.tables import Column
from ringfence.tables.facts import FACTS
from tests.unit.intake.invented import WUXI, csv_file, take


def read(table: str, column: str, text: str) -> object:
    context = Context(FACTS[table], Clock(), words_for(FACTS[table]), WUXI)
    found = reader(FACTS[table].column(column), context)(text)
    return found.kind if isinstance(found, Fault) else found


CELLS = [
    ("tube", "pool", "１０", 10),
    ("tube", "pool", "10.0", 10),
    ("tube", "pool", "0", "out_of_range"),
    ("tube", "pool", "十", "not_a_whole_number"),
    ("tube", "pool", "1.5", "not_a_whole_number"),
    ("visit", "part", "-3", -3),
    ("visit", "part", "99999999999", "out_of_range"),
    ("visit", "part", "无", None),
    ("visit", "part", " ", None),
    ("person", "source", "无", "无"),
    ("place", "lon", "120.31", 120.31),
    ("place", "lat", "120.31", "out_of_range"),
    ("place", "lon", "nan", None),
    ("place", "lon", "1e999", "not_a_number"),
    ("place", "lon", "东", "not_a_number"),
    ("place", "closed", "是", True),
    ("place", "closed", "N", False),
    ("place", "closed", "半", "not_yes_or_no"),
    ("result", "result", "阳性", "positive"),
    ("result", "result", "可疑", "grey"),
    ("result", "result", "-", "negative"),
    ("result", "test", "核酸", "nat"),
    ("result", "test", "抗 原", "antigen"),
    ("result", "test", "ＮＡＴ", "nat"),
    ("case_report", "symptoms", "无", "no"),
    ("case_report", "symptoms", "不详", None),
    ("residence", "kind", "户籍", "registered"),
    ("residence", "kind", "居住", "living"),
    ("interview", "setting", "家庭", "home"),
    ("interview", "setting", "餐厅", "restaurant"),
    ("zone", "level", "封控区", "sealed"),
    ("person", "sex", "Male", "male"),
    ("tube", "tube", " ＡＢ１２ ", "AB12"),
    ("tube", "tube", "1.23E+15", "spreadsheet_number"),
    ("person", "occupation", "医\x00生", "unreadable"),
    ("person", "occupation", "x" * 4001, "too_long"),
    ("retraction", "fact", "3.7", (3 << 32) + 7),
    ("retraction", "fact", "3", "not_a_fact"),
    ("step", "subject", "p3rj0", "P3RJ0"),
    ("step", "subject", "t:ab1", "T:ab1"),
    ("step", "subject", "A:320206", "A:320206"),
    ("step", "subject", "王小明", "not_a_subject"),
    ("visit", "place", "17", 17),
    ("visit", "place", str(2**40 - 1), 2**40 - 1),
    ("visit", "place", "1.2E+15", "spreadsheet_number"),
]


@pytest.mark.parametrize(("table", "column", "text", "value"), CELLS)
def test_cells(table: str, column: str, text: str, value: object) -> None:
    assert read(table, column, text) == value


def test_every_word_stands_for_a_choice_there_is() -> None:
    for table in FACTS.values():
        if table.name in ("device", "label"):  # never loaded from a file
            continue
        for column, meanings in words_for(table).choices.items():
            allowed: Column = table.column(column)
            choices = set(allowed.choices or allowed.words)
            assert set(meanings.values()) <= choices, (table.name, column)
            assert {choice for word, choice in meanings.items() if not word.isascii()} == choices, column


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("快递员", "courier"),
        ("Courier", "courier"),
        ("health_worker", "health_worker"),
        ("钢琴 调音师", "钢琴 调音师"),
    ],
)
def test_an_occupation_that_rules_know_stands_as_their_word_and_any_other_is_kept(
    text: str, kept: str
) -> None:
    assert read("person", "occupation", text) == kept


def test_ct_is_kept_in_hundredths(tmp_path: Path) -> None:
    text = "管码,检测方法,结果,报告时间,Ct值\nT1,核酸,阳性,2022-03-30 20:00,35.27\n"
    assert take(csv_file(tmp_path, text)).rows["ct_x100"].to_pylist() == [3527]


def test_codes_of_places_are_numbered_alike_and_apart_from_small_numbers() -> None:
    """Expected: the first 62 bits of BLAKE2b-64 of the code, with `place` as its purpose."""
    by_hand = hashlib.blake2b("楼-7".encode(), digest_size=8, person=b"place").digest()
    assert read("visit", "place", "楼-7") == int.from_bytes(by_hand) >> 2
    assert read("visit", "place", " 楼-７ ") == read("visit", "place", "楼-7")
    for code in ("007", str(2**40), "楼-7", "-1", "a"):
        number = read("visit", "place", code)
        assert isinstance(number, int)
        assert PLACE_HASH_FROM <= number < 1 << 62


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("13800000001", "13800000001"),
        ("138-0000-0001", "13800000001"),
        ("+86 138 0000 0001", "13800000001"),
        ("0510-80000001", "051080000001"),
        ("（0510）80000001", "051080000001"),
        ("+1 202 555 0100", "+12025550100"),
        ("1380000000", None),
        ("1.38E+10", None),
        ("不详", None),
    ],
)
def test_telephones(text: str, digits: str | None) -> None:
    found = read_phone(text)
    assert (None if isinstance(found, Fault) else found) == digits


AREAS = [
    ("320206003007", "320206003007"), ("320206003000", "320206003"), ("320206000000", "320206"),
    ("320200000000", "3202"), ("320000000000", "32"), ("320200", "3202"), ("320206003", "320206003"),
    ("３２０２０６００３００７－０２", "320206003007-02"), ("320206003007-02-015-1-0502",) * 2,
    ("320206003007 — 2", "320206003007-2"), ("32020600300", "not_an_area"), ("320206003007-", "not_an_area"),
    ("320299001001-2", "320206003007-2"), ("320214", "unknown_area"), ("320206003009-1", "unknown_area"),
    ("320202", "abolished_area"), ("320203001002", "abolished_area"), ("320204000000", "abolished_area"),
    ("310230", "abolished_area"), ("310101", "310101"), ("330113001002", "330113001002"),
    ("3299", "unknown_area"), ("990000", "unknown_area"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), AREAS)
def test_areas(text: str, code: str) -> None:
    found = read_area(text, WUXI)
    assert (found.kind if isinstance(found, Fault) else found) == code


def test_an_alias_of_the_city_saves_an_abolished_code() -> None:
    known = KnownAreas(frozenset(["320213001001"]), {"320202001001": "320213001001"})
    assert read_area("320202001001-5", known) == "320213001001-5"
    found = read_area("320202001002", known)
    assert isinstance(found, Fault)
    assert "320213" in found.right_en


def test_the_abolished_districts_are_those_of_the_national_list() -> None:
    """python-stdnum's copy of GB/T 2260 gives each its last year; none of the successors has one."""
    for code, district in abolished_districts().items():
        assert district_years(code) is not None
        assert max(last for _, last in district_years(code) or ()) == district.until
        for successor in district.successors:
            years = district_years(successor) or ()
            assert any(last == 9999 or code == "320222" for _, last in years)
