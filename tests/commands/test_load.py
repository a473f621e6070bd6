"""Do files loaded by command become facts once, whatever happens on the way?"""

import csv
import random
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from ringfence.actions import submitting
from ringfence.actions.loading import LoadOptions, Summary, load
from ringfence.actions.store import Settings, create_store, open_store
from ringfence.commands.load import load as load_command
from ringfence.errors import InputError, RejectedRowsError, RingfenceError
from ringfence.intake import cells
from tests.unit.intake.invented import id_number

NAMES = ["测试甲", "测试乙", "测试丙"]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    create_store(folder, Settings("3202", "covid-19", "Asia/Shanghai"))
    return folder


def run(*arguments: str | Path) -> Result:
    app = typer.Typer()
    app.command()(load_command)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def put(store: Path, *files: Path, options: LoadOptions | None = None) -> Summary:
    with open_store(store) as opened:
        return load(files, opened, options or LoadOptions(), store.parent / "rejects.csv")


def facts(store: Path, kind: str) -> list[dict[str, object]]:
    """What is in force of a kind, without when and where it was recorded, in one order."""
    with open_store(store) as opened:
        opened.columns.refresh()
        rows = opened.columns.snapshot(datetime.now(UTC).replace(tzinfo=None))[kind].to_pyarrow()
    told = rows.drop_columns(["fact", "recorded_at"]).to_pylist()
    return sorted(told, key=str)


def head(store: Path) -> tuple[int, str]:
    with open_store(store) as opened:
        return opened.journal.head()


def written(path: Path, headings: str, rows: list[str]) -> Path:
    path.write_text("\n".join([headings, *rows]) + "\n", encoding="utf-8")
    return path


def people(folder: Path, count: int = 3) -> Path:
    rows = [f"{NAMES[n % 3]},{id_number(n + 1)},138000{n:05}" for n in range(count)]
    return written(folder / "people.csv", "姓名,身份证号,手机号", rows)


def visits(folder: Path, count: int, name: str = "visits.csv") -> Path:
    rows = [f"P{n % 7 + 1},{n},2022-03-{28 + n // 24 % 4} {n % 24:02}:00,,{n}" for n in range(count)]
    return written(folder / name, "person,place,enter,leave,part", rows)


def test_people_go_to_the_vault_and_pseudonyms_to_the_journal(tmp_path: Path, store: Path) -> None:
    summary = put(store, people(tmp_path))
    assert [(f.table, f.read, f.accepted, f.repeated, f.refused) for f in summary.files] == [
        ("person", 3, 3, 0, 0)
    ]
    with open_store(store) as opened:
        (number,) = opened.vault.find(id_number=id_number(2))
        who = opened.vault.read(number, reader="test", reason="test")
    assert who is not None
    assert (who.name, who.phone) == (NAMES[1], "13800000001")
    assert number in [row["person"] for row in facts(store, "person")]
    secrets = [text.encode() for n in range(3) for text in (NAMES[n], id_number(n + 1), f"138000{n:05}")]
    for path in store.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            assert not [secret for secret in secrets if secret in raw], path.name


def test_the_same_file_twice_changes_nothing(tmp_path: Path, store: Path) -> None:
    put(store, people(tmp_path))
    before, known = head(store), facts(store, "person")
    again = put(store, people(tmp_path)).files[0]
    assert (again.read, again.accepted, again.repeated) == (3, 0, 3)
    assert (head(store), facts(store, "person")) == (before, known)


def test_a_shuffled_file_gives_the_same_facts(tmp_path: Path, store: Path) -> None:
    source = people(tmp_path, 50)
    put(store, source)
    before, known = head(store), facts(store, "person")
    heading, *rows = source.read_text("utf-8").splitlines()
    random.Random(3).shuffle(rows)
    assert put(store, written(tmp_path / "shuffled.csv", heading, rows)).files[0].accepted == 0
    assert (head(store), facts(store, "person")) == (before, known)


def test_a_sheet_and_a_text_of_the_same_rows_are_the_same_facts(tmp_path: Path, store: Path) -> None:
    put(store, people(tmp_path))
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in csv.reader(people(tmp_path).read_text("utf-8").splitlines()):
        sheet.append(row)
    book.save(tmp_path / "people.xlsx")
    before = head(store)
    assert put(store, tmp_path / "people.xlsx").files[0].repeated == 3
    assert head(store) == before


def test_what_was_put_right_goes_in_the_second_time(tmp_path: Path, store: Path) -> None:
    rows = [f"{id_number(1)},男", f"{id_number(2)},不详情", f"{id_number(3)},男"]
    first = put(store, written(tmp_path / "a.csv", "身份证号,性别", rows))
    assert first.files[0].refused == first.refused == 1
    rows[1] = f"{id_number(2)},女"
    second = put(store, written(tmp_path / "a.csv", "身份证号,性别", rows))
    assert second.rejects is None
    assert sorted(str(row["sex"]) for row in facts(store, "person")) == ["female", "male", "male"]


def test_areas_loaded_first_check_the_rest(tmp_path: Path, store: Path) -> None:
    areas = written(tmp_path / "areas.csv", "area,name_zh,alias_of", [
        "3202,无锡市,", "320206,惠山区,", "320206003,测试镇,", "320206003007,测试社区,",
        "320271001001,测试功能区,320206003007"])  # fmt: skip
    homes = written(tmp_path / "homes.csv", "人员编号,居住类型,住址代码", [
        "甲1,居住,320206003007-1", "甲2,居住,320206003008", "甲3,居住,320271001001-2"])  # fmt: skip
    summary = put(store, areas, homes)
    assert [(f.accepted, f.refused) for f in summary.files] == [(5, 0), (2, 1)]
    assert sorted(str(row["area"]) for row in facts(store, "residence")) == [
        "320206003007-1", "320206003007-2",
    ]  # fmt: skip


class StoppedError(Exception):
    """Stands for whatever stops a load half way."""


def test_what_was_interrupted_is_finished_by_running_it_again(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "BATCH_ROWS", 10)
    source = people(tmp_path, 35)

    def stop(file: str, rows: int) -> None:
        if rows > 10:
            raise StoppedError

    with open_store(store) as opened, pytest.raises(StoppedError):
        load([source], opened, LoadOptions(), tmp_path / "rejects.csv", stop)
    kept = len(facts(store, "person"))
    assert 0 < kept < 35
    summary = put(store, source).files[0]
    assert (summary.accepted, summary.repeated) == (35 - kept, kept)
    assert len(facts(store, "person")) == 35
    with open_store(store) as opened:
        assert all(opened.vault.find(id_number=id_number(n + 1)) for n in range(35))


def test_many_visits_go_into_partitions_by_day(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, few := visits(tmp_path, 96))
    plain = facts(store, "visit")
    assert len(plain) == 96
    other = tmp_path / "other"
    create_store(other, Settings("3202", "covid-19", "Asia/Shanghai"))
    monkeypatch.setattr(cells, "BATCH_ROWS", 10)
    summary = put(other, few).files[0]
    assert (summary.accepted, len(summary.submissions)) == (96, 4)
    days = sorted(path.parent.name for path in (other / "visits").rglob("*.parquet"))
    assert days == [f"day=2022-03-{day}" for day in (28, 29, 30, 31)]
    assert facts(other, "visit") == plain
    before = head(other)
    again = put(other, few).files[0]
    assert (again.accepted, again.repeated) == (0, 96)
    assert (head(other), facts(other, "visit")) == (before, plain)
    assert not list(other.glob("loading/*/*.arrow"))


def test_visits_interrupted_between_files_and_journal_are_finished(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = visits(tmp_path, 96)
    with monkeypatch.context() as patched:
        patched.setattr(cells, "BATCH_ROWS", 10)
        patched.setattr(submitting, "submission_id", stopped)
        with open_store(store) as opened, pytest.raises(StoppedError):
            load([source], opened, LoadOptions(), tmp_path / "rejects.csv")
    assert facts(store, "visit") == []
    monkeypatch.setattr(cells, "BATCH_ROWS", 10)
    assert put(store, source).files[0].accepted == 96
    assert len(facts(store, "visit")) == 96


def stopped(table: str, digests: object) -> str:
    raise StoppedError


def test_a_dry_run_keeps_nothing(tmp_path: Path, store: Path) -> None:
    before = head(store)
    summary = put(store, people(tmp_path), options=LoadOptions(dry_run=True)).files[0]
    assert (summary.accepted, summary.submissions) == (3, [])
    with open_store(store) as opened:
        assert opened.vault.find(id_number=id_number(1)) == []
    assert head(store) == before


def test_the_command_says_what_became_of_each_file(tmp_path: Path, store: Path) -> None:
    result = run(people(tmp_path), "--store", store, "--rejects", tmp_path / "rejects.csv")
    assert result.exit_code == 0, result.output
    assert "people.csv" in result.stdout
    assert "person" in result.stdout
    assert "left out" not in result.stdout
    assert not (tmp_path / "rejects.csv").exists()


def test_columns_left_out_are_said(tmp_path: Path, store: Path) -> None:
    source = written(tmp_path / "[b]extra.csv", "人员编号,体温,性别", ["甲1,36.5,男"])
    result = run(source, "--store", store)
    assert "[b]extra.csv: 未用的列 / columns left out: 体温" in result.stdout


def error_of(result: Result) -> RingfenceError:
    assert isinstance(result.exception, RingfenceError)
    return result.exception


def test_refused_rows_are_an_exit_code_and_a_file(tmp_path: Path, store: Path) -> None:
    bad = written(tmp_path / "bad.csv", "身份证号,性别", [f"{id_number(1)},男", f"{id_number(3)},x"])
    error = error_of(run(bad, "--store", store, "--rejects", tmp_path / "r.csv"))
    assert isinstance(error, RejectedRowsError)
    assert error.exit_code == 4
    assert str(tmp_path / "r.csv") in str(error)
    listed = list(csv.reader((tmp_path / "r.csv").read_text("utf-8-sig").splitlines()))
    assert listed[1][:4] == ["bad.csv", "3", "性别", "x"]
    assert len(facts(store, "person")) == 1


def test_a_file_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path, store: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    error = error_of(run(tmp_path / "empty.csv", people(tmp_path), tmp_path / "none.csv", "--store", store))
    assert isinstance(error, InputError)
    assert error.exit_code == 3
    assert "empty.csv" in str(error)
    assert "none.csv" in str(error)
    assert len(facts(store, "person")) == 3


def test_table_zone_and_mapping_are_taken_from_the_command(tmp_path: Path, store: Path) -> None:
    source = written(tmp_path / "s.csv", "tube,person,when", ["T1,P5,2022-03-30 20:00"])
    mapping = tmp_path / "m.toml"
    mapping.write_text('[file]\nzone = "Asia/Shanghai"\n[columns]\nwhen = "sampled_at"\n', "utf-8")
    result = run(source, "--store", store, "--mapping", mapping, "--table", "sample", "--zone", "UTC")
    assert result.exit_code == 0, result.output
    (row,) = facts(store, "sample")
    assert str(row["sampled_at"]) == "2022-03-30 20:00:00"
