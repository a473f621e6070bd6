"""Does the journal refuse rows that do not fit their table, and say where?"""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.errors import InputError
from ringfence.journal import Journal, Submission
from ringfence.journal.entries import decode, encode
from ringfence.tables.facts import FACTS
from tests.unit.journal.sent import NIGHT, people, rows, sample, samples


@pytest.fixture
def journal(tmp_path):
    with Journal.create(str(tmp_path / "journal.sqlite")) as made:
        yield made


def refused(journal, kind, table):
    with pytest.raises(InputError) as error:
        journal.append(Submission("x", kind, table, "somebody"))
    assert journal.head()[0] == 0
    return str(error.value)


def test_rows_are_one_to_a_hundred_thousand(journal):
    assert "0 rows; a submission has 1 to 100000" in refused(journal, "person", people(1, 0))
    assert "100001 rows" in refused(journal, "person", people(1, 100_001))
    assert journal.append(Submission("most", "person", people(1, 100_000), "city")).rows == 100_000


def test_an_unknown_kind_is_refused(journal):
    assert "'persons': not a kind of fact" in refused(journal, "persons", people(1, 1))


def test_columns_are_the_declared_ones(journal):
    tube = samples("T1", 1, 2)
    assert "no column 'colour'" in refused(journal, "sample", tube.append_column("colour", [["a", "b"]]))
    assert "comes twice" in refused(journal, "sample", tube.append_column("tube", [["a", "b"]]))
    assert "sample.tube, row 0: empty" in refused(journal, "sample", tube.drop_columns("tube"))


def test_an_identity_never_enters_and_its_value_is_never_shown(journal):
    named = people(1, 1).append_column("name", [["Invented Name"]])
    message = refused(journal, "person", named)
    assert "person.name: personal; it is kept in the vault" in message
    assert "Invented" not in message


def test_types_are_the_declared_ones(journal):
    wrong = people(1, 2).set_column(1, "birth_year", pa.array([1980, 1981], pa.int64()))
    assert "person.birth_year: Arrow type int64; int32 is declared" in refused(journal, "person", wrong)


def test_columns_come_in_any_order_and_may_be_left_out_where_nothing_is_needed(journal):
    told = pa.table({"sampled_at": pa.array([NIGHT], pa.timestamp("us")), "person": [7], "tube": ["T1"]})
    journal.append(Submission("x", "sample", told, "somebody"))
    (entry,) = journal.entries()
    assert entry.table().schema == FACTS["sample"].schema
    assert entry.table().to_pylist() == samples("T1", 7).to_pylist()


@pytest.mark.parametrize(
    ("kind", "row", "says"),
    [
        ("person", {"person": None}, "person.person, row 1: empty; a value is required"),
        ("person", {"person": 2, "sex": "unknown"}, "person.sex, row 1: not one of female, male"),
        ("person", {"person": 2, "birth_year": 1879}, "person.birth_year, row 1: below 1880"),
        ("person", {"person": 2, "birth_year": 2101}, "person.birth_year, row 1: above 2100"),
        ("tube", {"tube": "T2", "pool": 51}, "tube.pool, row 1: above 50"),
        (
            "area",
            {"area": "32", "name_zh": "江苏", "lon": float("nan")},
            "area.lon, row 1: not a finite number",
        ),
    ],
)
def test_the_first_row_that_does_not_fit_is_named(journal, kind, row, says):
    good = {
        "person": {"person": 1, "sex": "female", "birth_year": 1880},
        "tube": {"tube": "T1", "pool": 50},
        "area": {"area": "32", "name_zh": "江苏", "lon": 120.3},
    }[kind]
    loose = pa.schema([field.with_nullable(True) for field in FACTS[kind].schema])
    table = pa.Table.from_pylist([good, row], schema=loose)
    assert says in refused(journal, kind, table)


@pytest.mark.parametrize(
    "header", [{"id": ""}, {"actor": ""}, {"id": "x" * 201}, {"device": "a\0b"}, {"source": "\ud800"}]
)
def test_the_header_is_short_printable_text(journal, header):
    sent = {"id": "x", "kind": "sample", "rows": samples("T1", 1), "actor": "somebody", **header}
    with pytest.raises(InputError):
        journal.append(Submission(**sent))


words = st.one_of(st.none(), st.text(max_size=3))
numbers = st.one_of(st.none(), st.integers(1880, 2100))


@given(
    told=st.lists(st.tuples(st.integers(0, 2**62), numbers, words), min_size=1, max_size=40),
    cut=st.integers(0, 40),
    under=st.integers(0, 200),
)
def test_equal_rows_have_equal_bytes_whatever_they_were_made_of(told, cut, under):
    """The second table is cut in two chunks, from the middle of a longer one, with other values under
    what is absent: what a buffer holds there is nobody's business."""
    plain = rows("person", *({"person": p, "birth_year": y, "occupation": w} for p, y, w in told))
    years = plain["birth_year"].combine_chunks()
    absent = np.asarray(years.is_null())
    values = np.where(absent, under, years.fill_null(0).to_numpy()).astype("int32")
    valid = pa.array(~absent).buffers()[1]
    dirty = pa.Array.from_buffers(pa.int32(), len(told), [valid, pa.py_buffer(values)])
    other = plain.set_column(1, plain.schema.field(1), dirty)
    longer = pa.concat_tables([other.slice(0, 1), other.slice(0, cut), other.slice(cut)])
    body = encode(plain)
    assert encode(longer.slice(1)) == body
    assert decode(body, "").equals(plain)


def test_a_receipt_for_the_longest_pool(journal):
    assert journal.append(sample(1, *range(50))).rows == 50
