"""Is a file's table known from its headings, and is what is not understood said?"""

from pathlib import Path

import pytest

from ringfence.errors import InputError
from ringfence.tables.facts import FACTS
from tests.unit.intake.invented import csv_file, id_number, take

NEVER = ("visit_partition", "deletion", "device", "label")  # never loaded from a file


def plan_of(folder: Path, headings: str, mapping: dict[str, object] | None = None, table: str = ""):
    return take(csv_file(folder, headings + "\n"), mapping, table=table).plan


@pytest.mark.parametrize("table", [name for name in FACTS if name not in NEVER])
@pytest.mark.parametrize("language", ["name", "zh"])
def test_every_table_is_known_by_its_own_headings(tmp_path: Path, table: str, language: str) -> None:
    headings = [getattr(column, language) for column in FACTS[table].columns]
    plan = plan_of(tmp_path, ",".join(headings))
    assert plan.table.name == table
    assert plan.ignored == ()
    assert len(plan.places) == len(headings)


@pytest.mark.parametrize(
    ("headings", "table", "ignored"),
    [
        ("姓名,身份证号码,联系电话", "person", ()),
        ("序号,姓名,公民身份号码,管码,采样时间,备注", "sample", ("序号", "备注")),
        (" ＩＤ Number ,NAME,Sex（必填）", "person", ()),
        ("*管码,检测方法,结果,报告时间,Ct值", "result", ()),
        ("Sampled At,TUBE,Person ID Number", "sample", ()),
        ("病例身份证号,接触者身份证号,接触者姓名,开始时间,结束时间", "interview", ()),
    ],
)
def test_headings_as_people_write_them(
    tmp_path: Path, headings: str, table: str, ignored: tuple[str, ...]
) -> None:
    plan = plan_of(tmp_path, headings)
    assert (plan.table.name, plan.ignored) == (table, ignored)


def test_the_headings_may_stand_below_a_title(tmp_path: Path) -> None:
    text = f"某社区采样登记表,,\n2022年3月30日,,\n管码,身份证号,采样时间\nT1,{id_number()},2022-03-30 20:00\n"
    taken = take(csv_file(tmp_path, text))
    assert (taken.plan.heading_row, taken.numbers, taken.rejects) == (3, [4], [])


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        ("甲,乙,丙", "those of no table"),
        ("管码,采样时间", r"sample \(采样\) lacks the headings person"),
        ("person,kind,begin,place,area,level,authority", "several tables"),
        ("管码,人员编号,采样时间,tube", "both mean tube"),
        ("管码,人员编号,采样时刻", r"sample \(采样\) lacks the headings sampled_at"),
        ("人员编号,姓名,住址代码", r"residence \(居住\) lacks the headings kind"),
    ],
)
def test_headings_that_do_not_tell(tmp_path: Path, headings: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        plan_of(tmp_path, headings)


def test_the_table_may_be_said(tmp_path: Path) -> None:
    headings = "person,kind,begin,place,area,level,authority"
    assert plan_of(tmp_path, headings, table="stay").ignored == ("area", "level", "authority")
    assert plan_of(tmp_path, headings, {"file": {"table": "zone"}}).table.name == "zone"
    with pytest.raises(InputError, match="lacks the headings tube"):
        plan_of(tmp_path, headings, table="sample")
    for name in ("nothing", *NEVER):
        with pytest.raises(InputError, match=name):
            plan_of(tmp_path, headings, table=name)


def test_a_mapping_names_columns_words_and_constants(tmp_path: Path) -> None:
    text = f"条码,谁,何时,号\n7,{id_number()},30/3/2022 8:00 PM,1\n8,{id_number(2)},31/3/2022 0:10,2\n"
    mapping = {
        "file": {"table": "sample", "zone": "Asia/Shanghai", "date_order": "dmy"},
        "columns": {"条码": "tube", "谁": "id_number", "何时": "采样时间", "号": ""},
        "constants": {"source": "测试"},
    }
    taken = take(csv_file(tmp_path, text), mapping)
    assert taken.rejects == []
    assert [str(at) for at in taken.rows["sampled_at"].to_pylist()] == [
        "2022-03-30 12:00:00", "2022-03-30 16:10:00",
    ]  # fmt: skip
    assert set(taken.rows["source"].to_pylist()) == {"测试"}
    assert taken.plan.ignored == ("号",)


def test_a_mappings_own_words(tmp_path: Path) -> None:
    text = "管码,结果,报告时间\nT1,弱阳,2022-03-30 20:00\nT2,NEG,2022-03-30 20:00\n"
    mapping = {"values": {"result": {"NEG": "negative", "弱阳": "positive"}}, "constants": {"test": "核酸"}}
    taken = take(csv_file(tmp_path, text), mapping)
    assert taken.rows["result"].to_pylist() == ["positive", "negative"]
    assert set(taken.rows["test"].to_pylist()) == {"nat"}


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"files": {}}, "section 'files'"),
        ({"file": {"tabel": "x"}}, r"\[file\] key 'tabel'"),
        ({"file": {"heading_row": "2"}}, "heading_row"),
        ({"file": {"heading_row": 9}}, "no such row"),
        ({"file": {"people": "names"}}, "people"),
        ({"file": "person"}, r"\[file\]"),
        ({"columns": {"管码": 1.5}}, "quotation marks"),
        ({"columns": {"管码": "barcode"}, "file": {"table": "sample"}}, "'barcode'"),
        ({"columns": {"管号": "tube"}}, "not in the file: 管号|those of no table"),
        ({"values": {"tube": {"a": "b"}}}, "choices only in"),
        ({"values": {"result": {"弱阳": "weak"}}}, "'weak'"),
        ({"constants": {"barcode": "1"}}, "'barcode'"),
        ({"constants": {"result": "阴性"}}, "a heading of the file too"),
        ({"constants": {"source": "a\x00b"}}, "constants.*source"),
        ({"constants": {"ct_x100": "x"}}, "constants.*ct_x100"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(
    tmp_path: Path, mapping: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        take(csv_file(tmp_path, "管码,检测方法,结果,报告时间\nT1,核酸,阴性,2022-03-30 20:00\n"), mapping)


def test_people_named_by_codes_that_look_like_pseudonyms(tmp_path: Path) -> None:
    text = "管码,人员编号,采样时间\nT1,P1001,2022-03-30 20:00\n"
    ours = take(csv_file(tmp_path, text)).rows["person"].to_pylist()
    theirs = take(csv_file(tmp_path, text), {"file": {"people": "codes"}}).rows["person"].to_pylist()
    assert ours == [1001]
    assert theirs[0] > 1 << 40


def test_ids_and_codes_of_one_person(tmp_path: Path) -> None:
    one = take(csv_file(tmp_path, f"身份证号\n{id_number()}\n"), table="person").rows["person"][0].as_py()
    text = "\n".join(["管码,人员编号,身份证号,采样时间", f"T1,,{id_number()},2022-03-30 20:00",
                      f"T2,床3,{id_number()},2022-03-30 20:00", f"T3,P12345,{id_number()},2022-03-30 20:00",
                      "T4,床3,,2022-03-30 20:00"])  # fmt: skip
    taken = take(csv_file(tmp_path, text))
    assert taken.faults() == [(3, "人员编号", "two_identities"), (4, "人员编号", "not_the_same_person")]
    assert taken.rows["person"].to_pylist()[0] == one
    assert [reject.value_shown for reject in taken.rejects] == ["…", "…"]


def test_nobody_meets_themselves(tmp_path: Path) -> None:
    text = f"case,person,begin,end\nP1,P1,2022-03-30 20:00,2022-03-30 21:00\n{id_number()},P1,,\n"
    faults = take(csv_file(tmp_path, text)).faults()
    assert (2, "person", "same_person") in faults
