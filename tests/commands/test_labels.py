"""Are the labels of tubes read by a scanner as what they say, and is no code ever given out twice?"""

from collections import Counter
from datetime import datetime
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from ringfence.actions.labelling import Run, code_of, give_out, plan_run
from ringfence.actions.store import open_store
from ringfence.errors import InputError
from ringfence.exchange.labels import SHEETS, Label, sheets
from tests.docs.console import Ran, run

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
AT = ("--recorded-at", "2022-03-30 23:00")
ELEVEN = datetime.fromisoformat("2022-03-30 15:00")  # in UTC


def check_character(text: str) -> str:
    """ISO 7064 mod 37,36 as the standard tells it, for one character after another."""
    product = 36
    for letter in text:
        product = ((product + LETTERS.index(letter)) % 36 or 36) * 2 % 37
    return LETTERS[(37 - product) % 36]


def scanned(pdf: bytes, page: int, dots: int) -> Counter[tuple[str, str]]:
    """What a reader finds on a page printed with so many dots to the inch: kind of code, and text."""
    document = pypdfium2.PdfDocument(pdf)
    picture = document[page].render(scale=dots / 72).to_pil()
    document.close()
    return Counter((str(one.format), one.text) for one in zxingcpp.read_barcodes(picture))


def in_clear(pdf: bytes, page: int) -> list[str]:
    """The words printed on a page."""
    document = pypdfium2.PdfDocument(pdf)
    found = document[page].get_textpage()
    words = found.get_text_bounded().split()
    found.close()
    document.close()
    return words


def printed(folder: Path, *words: str, name: str = "labels.pdf") -> Ran:
    return run("labels", "--round", "R1", "-o", name, *AT, *words, folder=folder)


def test_the_check_character_is_that_of_the_standard() -> None:
    # The worked example of the Global Release Identifier standard, which uses mod 37,36.
    assert check_character("A12425GABC1234002") == "M"
    for number in (1, 42, 9_999_999):
        assert code_of("R1", number) == f"R1-{number:07}" + check_character(f"R1{number:07}")


@pytest.mark.parametrize("per_page", SHEETS)
@pytest.mark.parametrize("dots", [300, 600])
def test_a_reader_reads_every_label_twice_and_nothing_else(per_page: int, dots: int) -> None:
    codes = [code_of("WX0331", number) for number in range(1, per_page + 2)]
    pdf = sheets([Label(code, "WX0331", 10) for code in codes], per_page)
    kinds = ("Code 128", "QR Code")
    assert scanned(pdf, 0, dots) == Counter((kind, code) for code in codes[:-1] for kind in kinds)
    assert scanned(pdf, 1, dots) == Counter((kind, codes[-1]) for kind in kinds)


def test_a_label_says_its_code_round_and_size_in_clear() -> None:
    code = code_of("R2", 7)
    assert in_clear(sheets([Label(code, "R2", 5)], 40), 0) == [code, "R2", "5:1"]


def test_the_same_labels_are_the_same_bytes() -> None:
    labels = [Label(code_of("R1", 1), "R1", 10)]
    assert sheets(labels, 65) == sheets(labels, 65)


PLAIN = st.text(LETTERS, min_size=1, max_size=8)
NUMBER = st.integers(1, 9_999_999)


@given(PLAIN, NUMBER, PLAIN, NUMBER)
def test_no_two_rounds_share_a_code_even_without_the_dash(one: str, n: int, other: str, m: int) -> None:
    same = code_of(one, n).replace("-", "") == code_of(other, m).replace("-", "")
    assert same == ((one, n) == (other, m))


@given(PLAIN, NUMBER, st.integers(0, 50), st.sampled_from(LETTERS))
def test_one_wrong_letter_is_always_found(round_: str, number: int, place: int, letter: str) -> None:
    right = code_of(round_, number).replace("-", "")
    place %= len(right)
    wrong = right[:place] + letter + right[place + 1 :]
    assert (check_character(wrong[:-1]) == wrong[-1]) == (wrong == right)


def test_numbers_go_on_where_they_ended_and_are_on_record(copied: Path) -> None:
    first = printed(copied, "--count", "3")
    assert first.code == 0, first.err
    assert f"{code_of('R1', 1)} – {code_of('R1', 3)}" in first.text
    assert f"{code_of('R1', 4)} – {code_of('R1', 5)}" in printed(copied, "--count", "2", name="b.pdf").text
    ahead = printed(copied, "--count", "1", "--first", "100", "--pool", "1", name="c.pdf")
    assert f"{code_of('R1', 100)} – {code_of('R1', 100)},1 张 labels,1:1" in ahead.text
    kinds = {text for _, text in scanned((copied / "b.pdf").read_bytes(), 0, 300)}
    assert kinds == {code_of("R1", 4), code_of("R1", 5)}
    with open_store(copied / "ringfence-data") as store:
        runs = [row for entry in store.journal.entries(kind="label") for row in entry.table().to_pylist()]
    assert [tuple(row.values()) for row in runs] == [("R1", 1, 3, 10), ("R1", 4, 5, 10), ("R1", 100, 100, 1)]
    assert run("verify", folder=copied).code == 0
    again = printed(copied, "--count", "1", "--first", "50", name="d.pdf")
    assert "given out up to 100" in again.err
    assert not (copied / "d.pdf").exists()


def test_two_at_once_are_not_given_the_same_numbers(copied: Path) -> None:
    with open_store(copied / "ringfence-data") as store:
        mine, _ = plan_run(store, Run("R1", 0, 5, 10), ELEVEN)
        theirs, _ = plan_run(store, Run("R1", 3, 1, 10), ELEVEN)
        give_out(store, theirs, "somebody else", ELEVEN)
        with pytest.raises(InputError, match="given out up to 3"):
            give_out(store, mine, "a test", ELEVEN)


def test_no_numbers_are_spent_on_a_file_that_cannot_be_made(copied: Path) -> None:
    assert "cannot be written" in printed(copied, "--count", "3", name="nowhere/a.pdf").err
    assert printed(copied, "--count", "3", "--per-page", "30").code == InputError.exit_code
    (copied / "kept.pdf").write_text("mine")
    assert "is there already" in printed(copied, "--count", "3", name="kept.pdf").err
    assert (copied / "kept.pdf").read_text() == "mine"
    assert code_of("R1", 1) in printed(copied, "--count", "1").text
    assert {path.name for path in copied.glob("*.pdf*")} == {"kept.pdf", "labels.pdf"}


def test_what_cannot_be_printed_is_said(copied: Path) -> None:
    opened = ("--due", "2022-03-31 20:00", "--authority", "桥头区指挥部", *AT)
    for name in ("老桥", "R1234567890123456789"):
        assert run("round", "open", name, *opened, folder=copied).code == 0
    for words, said in (
        (("--round", "R9"), 'round "R9": not known here'),
        (("--round", "老桥"), "its id cannot be printed"),
        (("--round", "R1234567890123456789"), "too long for these labels"),
        (("--round", "R1", "--pool", "0"), "a tube is for 1 to 50"),
        (("--round", "R1", "--first", "9999999", "--count", "2"), "has no number above 9999999"),
    ):
        did = run("labels", "--count", "1", "-o", "x.pdf", *AT, *words, folder=copied)
        assert did.code != 0
        assert said in did.err
