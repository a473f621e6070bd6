"""What do decide, tasks and explain print, in each form and with each option?

The store is the tutorial's; the figures expected are worked out by hand there.
"""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ringfence.actions.store import Settings, create_store, open_store
from ringfence.commands.options import instant, local
from ringfence.commands.output import give
from ringfence.tables.decisions import DECISIONS, WHY
from tests.docs.console import Ran

Ask = Callable[..., Ran]
TEN = "2022-03-30 22:00"
MARK = b"\xef\xbb\xbf"
NOBODY = ("course_visits", "cadences", "zone_steps")
"""Nobody in the tutorial's night is followed up, works in a risk trade, or lives in a declared zone."""


def rows(did: Ran) -> list[dict[str, str]]:
    """The rows of a CSV answer."""
    assert did.code == 0, did.err
    assert did.out.startswith(MARK)
    return list(csv.DictReader(io.StringIO(did.out.removeprefix(MARK).decode("utf-8"))))


def test_the_figures_are_those_worked_out_by_hand(ask: Ask) -> None:
    counts = {row["figure"]: int(row["count"]) for row in rows(ask("decide", "--as-of", TEN, "-f", "csv"))}
    by_hand = {
        "pools": 1, "nat_positive": 1, "held": 0, "released": 2, "close": 2, "secondary": 1,
        "to_judge": 3, "missing": 2, "sampled": 6, "unregistered": 0, "late": 2,
    }  # fmt: skip
    assert counts.items() >= by_hand.items()


def test_the_figures_are_drawn_with_when_and_under_which_rules(ask: Ask) -> None:
    did = ask("decide", "--as-of", TEN)
    assert did.code == 0
    for said in (TEN, "cn-covid-8", "ringfence-safeguards", "混管异常", "Positive tubes"):
        assert said in did.text
    assert "wuxi-97" not in did.text


@pytest.mark.parametrize("name", DECISIONS)
def test_every_table_of_decisions_can_be_had_as_csv(name: str, ask: Ask) -> None:
    did = ask("decide", "--as-of", TEN, "--table", name, "--format", "csv")
    heads = did.out.removeprefix(MARK).decode("utf-8").splitlines()[0].replace('"', "").split(",")
    assert heads == [column.name for column in DECISIONS[name].columns]
    assert bool(rows(did)) == (name not in NOBODY)


def test_every_row_that_a_rule_decided_says_why(ask: Ask) -> None:
    for name, table in DECISIONS.items():
        if not {column.name for column in WHY} <= {column.name for column in table.columns}:
            continue
        data = json.loads(ask("decide", "--as-of", TEN, "--table", name, "--format", "json").out)
        assert bool(data) == (name not in NOBODY)
        for row in data:
            assert row["rule"]
            assert row["edition"]
            assert row["grade"] in ("A", "B", "L", "M", "?", "R")
            assert isinstance(json.loads(row["values"]), dict)
            assert row["evidence"], f"{name}: {row['rule']}"


def test_one_answer_says_the_same_in_csv_json_and_parquet(ask: Ask, tmp_path: Path) -> None:
    words = ("decide", "--as-of", TEN, "--table", "contacts")
    plain = rows(ask(*words, "-f", "csv"))
    parsed = json.loads(ask(*words, "-f", "json").out)
    assert ask(*words, "-f", "parquet", "-o", tmp_path / "contacts.parquet").code == 0
    read = pq.read_table(tmp_path / "contacts.parquet")
    assert [row["rule"] for row in plain] == [row["rule"] for row in parsed] == read["rule"].to_pylist()
    assert read.num_rows == len(plain) == 6
    assert read.schema.field("known_at").type == pa.timestamp("us")


def test_an_answer_goes_to_a_file_the_same_as_to_the_screen(ask: Ask, tmp_path: Path) -> None:
    for form in ("csv", "json"):
        words = ("tasks", "--as-of", TEN, "--format", form)
        to_file = ask(*words, "--output", tmp_path / form)
        assert (to_file.code, to_file.out) == (0, b"")
        assert (tmp_path / form).read_bytes() == ask(*words).out


def test_no_cell_of_a_csv_can_run_as_a_formula(tmp_path: Path) -> None:
    said = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "plain", "a=b", None]
    table = pa.table({"said": said, "count": [-1, 2, 3, 4, 5, 6, 7, 8, 9]})
    give(table, "csv", tmp_path / "a.csv", lambda _: None)
    read = list(csv.reader(io.StringIO((tmp_path / "a.csv").read_bytes().removeprefix(MARK).decode())))
    assert [row[0][:1] for row in read[1:7]] == ["'"] * 6
    assert [row[0] for row in read[7:]] == ["plain", "a=b", ""]
    assert read[1][1] == "-1", "a number is no formula"


def test_what_is_late_is_what_was_due_and_not_done(ask: Ask) -> None:
    late = rows(ask("tasks", "--as-of", TEN, "--late", "--format", "csv"))
    assert [(row["subject"], row["must"], row["state"]) for row in late] == [
        ("P6", "sample", "late"), ("P8", "sample", "late"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("option", "value", "holds"),
    [
        ("--unit", "U1", lambda row: row["unit"] == "U1"),
        ("--must", "place", lambda row: row["must"] == "place"),
        ("--area", "329901001001-1-03", lambda row: row["area"].startswith("329901001001-1-03-")),
    ],
)
def test_tasks_are_narrowed_to_a_unit_a_thing_owed_or_an_area(
    option: str, value: str, holds: Callable[[dict[str, str]], bool], ask: Ask
) -> None:
    every = rows(ask("tasks", "--as-of", TEN, "--format", "csv"))
    some = rows(ask("tasks", "--as-of", TEN, option, value, "--format", "csv"))
    assert some == [row for row in every if holds(row)]
    assert 0 < len(some) < len(every)


def test_an_area_is_no_prefix_of_its_neighbour(ask: Ask) -> None:
    assert rows(ask("tasks", "--as-of", TEN, "--area", "329901001001-1-0", "--format", "csv")) == []


def test_what_is_done_is_shown_only_when_asked_for(ask: Ask) -> None:
    owed = rows(ask("tasks", "--as-of", TEN, "--format", "csv"))
    every = rows(ask("tasks", "--as-of", TEN, "--all", "--format", "csv"))
    assert {row["state"] for row in owed} == {"open", "late"}
    assert {row["state"] for row in every} > {"open", "late"}
    assert [row["due_at"] for row in owed] == sorted(row["due_at"] for row in owed), "late things first"


def test_tasks_are_drawn_with_due_time_unit_and_place(ask: Ask) -> None:
    did = ask("tasks", "--as-of", TEN, "--late")
    assert did.text.startswith(f"{TEN} Asia/Shanghai:2 项 tasks")
    assert "03-30 18:00  超时未办 late · 本轮核酸采样 sample in the round · P6" in did.text
    assert "老桥社区居委会" in did.text


def test_an_explanation_has_both_languages_and_every_fact_it_names(ask: Ask) -> None:
    did = ask("explain", "P7", "--as-of", TEN)
    assert did.code == 0
    assert "P7: close contact (settled) of P1, restaurant, 03-29 12:05 to 03-29 12:40" in did.text
    assert "P7:密切接触者(已判定)" in did.text
    for fact in ("5.0", "8.0", "8.2"):
        assert f"\n{fact} " in did.text


def test_an_explanation_as_data_is_the_same_decisions(ask: Ask) -> None:
    data = json.loads(ask("explain", "P7", "--as-of", TEN, "--format", "json").out)
    contact = next(row for row in data["decisions"] if row["table"] == "contacts")
    assert (contact["rule"], contact["minutes"], contact["class"]) == ("close-meal", 35, "close")
    assert {fact["fact"] for fact in data["facts"]} == {"5.0", "8.0", "8.2"}
    assert {fact["table"] for fact in data["facts"]} == {"place", "visit"}


@pytest.mark.parametrize("subject", ["T:T1", "A:329901001001-1-01-1", "place|P7", "p7"])
def test_tubes_areas_and_tasks_are_explained_too(subject: str, ask: Ask) -> None:
    did = ask("explain", subject, "--as-of", TEN)
    assert did.code == 0, did.err
    assert "事实 · facts" in did.text


def test_an_exercise_answers_for_the_last_thing_known_and_a_city_for_now(night: Path, tmp_path: Path) -> None:
    with open_store(night / "ringfence-data") as store:
        assert local(instant("", store), store) == "2022-03-30 22:45", "when the correction was loaded"
        assert str(instant("2022-03-31", store)) == "2022-03-30 16:00:00"
    create_store(tmp_path / "real", Settings("3299", "covid-19", "Asia/Shanghai"))
    with open_store(tmp_path / "real") as store:
        assert abs(instant("", store) - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=1)


def test_the_store_may_be_named_by_option_or_variable(night: Path, tmp_path: Path, ask: Ask) -> None:
    words = ("tasks", "--as-of", TEN, "--late", "-f", "csv")
    expected = ask(*words).out
    assert ask(*words, "--store", night / "ringfence-data", RINGFENCE_STORE=str(tmp_path)).out == expected
    assert ask(*words, RINGFENCE_STORE=str(night / "ringfence-data")).out == expected


def test_no_name_or_telephone_is_in_any_answer(ask: Ask) -> None:
    answers = [ask("explain", f"P{n}", "--as-of", TEN).text for n in (1, 6, 7)]
    answers += [ask("tasks", "--as-of", TEN, "--all", "-f", "json").text]
    assert not [text for text in answers if "测试" in text or "1380000" in text]
