"""Whatever stands in a file, is it read without a crash, and is what was accepted what it says?"""

import csv
import io
import random
import string
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringfence.errors import InputError
from ringfence.intake.repeats import Repeats
from ringfence.tables.facts import FACTS
from tests.unit.intake.invented import id_number, take

LOADABLE = [name for name in FACTS if name not in ("visit_partition", "deletion", "device", "label")]
CELL = st.one_of(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20),
    st.text(string.digits + ".-/: eE+年月日P，", max_size=20),
    st.sampled_from(
        ["2022-03-30 14:30", "2022-03-30", "320206003007", "P3RJ0", id_number(), "是", "男", "7"]
    ),
)


def csv_of(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def taken_from(text: str, table: str = ""):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        path.write_bytes(text.encode())
        return take(path, table=table)


@pytest.mark.parametrize("table", LOADABLE)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_text_in_any_cell_is_a_fact_or_a_reject(table: str, data: st.DataObject) -> None:
    headings = [column.name for column in FACTS[table].columns]
    width = len(headings)
    rows = data.draw(st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=4))
    taken = taken_from(csv_of([headings, *rows]), table)
    assert taken.rows.schema.equals(FACTS[table].schema)
    assert taken.read == taken.rows.num_rows + taken.repeated + taken.refused
    assert len({reject.row for reject in taken.rejects}) == taken.refused
    assert all(reject.what and reject.would_be_right for reject in taken.rejects)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_rows_or_an_input_error(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        path.write_bytes("管码,人员编号,采样时间\n".encode() + raw)
        try:
            taken = take(path)
        except InputError as error:
            refused = str(error)
        else:
            refused = "rows.csv: not at all"
            assert taken.read == taken.rows.num_rows + taken.repeated + taken.refused
    assert refused.startswith("rows.csv: ")


def as_written(value: object, type_: str) -> str:
    """A value as somebody would type it again: people as pseudonyms, instants with their offset."""
    if value is None:
        return ""
    return {"person": f"P{value}", "instant": f"{value}Z"}.get(type_, str(value))


@pytest.mark.parametrize("table", ["residence", "sample", "result", "visit", "interview", "zone", "place"])
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_was_accepted_reads_the_same_again(table: str, data: st.DataObject) -> None:
    spec = FACTS[table]
    good = {
        "person": st.integers(1, 10**9).map("P{}".format), "place": st.integers(0, 10**6).map(str),
        "text": st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9),
        "code": st.text(string.ascii_letters + string.digits, min_size=1, max_size=9),
        "bool": st.sampled_from("是否"), "int": st.integers(0, 99).map(str),
        "area": st.sampled_from(["320206003007", "320206003000", "320206003008-1"]),
        "day": st.dates().map(str), "real": st.floats(-90, 90).map(str),
        "instant": st.datetimes().map(lambda at: at.isoformat(" ", "seconds")),
    }  # fmt: skip
    row = [st.sampled_from(c.choices) if c.choices else good[c.type] for c in spec.stored]
    rows = data.draw(st.lists(st.tuples(*row), max_size=5))
    headings = [column.name for column in spec.stored]
    once = taken_from(csv_of([headings, *map(list, rows)]), table).rows
    written = [[as_written(row[c.name], c.type) for c in spec.stored] for row in once.to_pylist()]
    assert taken_from(csv_of([headings, *written]), table).rows.equals(once)


def test_a_shuffled_file_says_the_same() -> None:
    rows = [[f"T{n}", id_number(n), f"2022-03-30 20:{n % 60:02}"] for n in range(1, 400)]
    headings = ["管码", "身份证号", "采样时间"]
    straight = taken_from(csv_of([headings, *rows]))
    random.Random(7).shuffle(rows)
    shuffled = taken_from(csv_of([headings, *rows]))
    assert straight.rejects == shuffled.rejects == []
    assert sorted(straight.digests) == sorted(shuffled.digests)
    assert straight.rows.sort_by("tube").equals(shuffled.rows.sort_by("tube"))


@given(st.lists(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 2)), max_size=30), max_size=6))
def test_repeats_are_found_as_a_plain_dictionary_finds_them(batches: list[list[tuple[int, int]]]) -> None:
    repeats, plain, number = Repeats(), dict[int, tuple[int, int]](), 0
    for batch in batches:
        rows = list(range(number + 1, number + 1 + len(batch)))
        number += len(batch)
        keys = np.array([key for key, _ in batch], dtype=np.uint64)
        said = np.array([content for _, content in batch], dtype=np.uint64)
        earlier, same = repeats.meet(keys, said, np.array(rows, dtype=np.int64))
        for place, (key, content) in enumerate(batch):
            first = plain.setdefault(key, (rows[place], content))
            assert earlier[place] == (0 if first[0] == rows[place] else first[0])
            assert same[place] == (first[1] == content)


def test_a_stray_nul_is_one_cells_fault() -> None:
    taken = taken_from("管码,人员编号,采样时间\nT\0,P1,2022-03-30 20:00\nT2,P1,2022-03-30 20:00\n")
    assert taken.faults() == [(2, "管码", "unreadable")]
    assert taken.numbers == [3]
