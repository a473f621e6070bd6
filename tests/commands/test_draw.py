"""Is a draw the same everywhere, can it be repeated by hand, and does nobody's lot hang on another?"""

import csv
import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.engine.lots import Share, lowest
from ringfence.errors import InputError
from tests.docs.console import Ran, run

Ask = Callable[..., Ran]
COMMUNITY = "329901001001"
NAME, SEED = "R1 2022-03-31", "SSE 3212.76"
ALL = ("draw", "--from", f"area={COMMUNITY}", "--name", NAME)
DRAWN = (*ALL, "--seed", SEED)
# Each is what `printf '%s\n' 'SSE 3212.76' 'R1 2022-03-31' P3 | sha256sum` prints, and so on.
LOTS = [
    ("P3", "01e2c6bf35c05e7f4f685b2221592ff16442dd00c66cdb6722b1cfe5413d73e3"),
    ("P1", "13484e25179a3d9b74dc9b899fd13bb246cac1500415aee25081e6ca84230536"),
    ("P2", "19f3e4f4ea898b8cc4e728969b2208c45574eda88b06a38fb76318d78203456c"),
    ("P7", "888a5500e52a69133f1307f8c990ad29775e41311c430724423e525b9688e517"),
    ("P4", "9008aaac848e41390e88b6554d58b75b2a67f5cf73819dff464b4557cd1df29b"),
    ("P5", "c7eaf8030928675e5d27901cfa36a4cf87f406aa53304e051ebccb0338cd9ac4"),
    ("P8", "ca324ba182260d5fa5484c3f9469b4546114e82fe26f34953a0baad14c945955"),
    ("P6", "cb0ae3619066d4aff5413bf145e0699d6f3da94a6738f45368a36e5dbe3f01ad"),
]
# `printf 'P%s\n' 1 2 3 4 5 6 7 8 | sha256sum`
EIGHT = "542416bc1a03cb235cabf3b9fa358590640c98f9ca1a99ad5c9bb2b069672e77"


def listed(did: Ran) -> list[tuple[str, str]]:
    assert did.code == 0, did.err
    rows = list(csv.DictReader(io.StringIO(did.out.decode("utf-8-sig"))))
    assert [row["order"] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
    return [(row["person"], row["lot"]) for row in rows]


@pytest.mark.parametrize(
    ("words", "people"),
    [
        (("--share", "1/5"), 2),  # a fifth of 8 is 1.6
        (("--share", "1/4"), 2),
        (("--share", "8/8"), 8),
        (("--count", "3"), 3),
        (("--count", "50"), 8),
    ],
)
def test_those_with_the_lowest_lots_are_drawn(ask: Ask, words: tuple[str, ...], people: int) -> None:
    assert listed(ask(*DRAWN, *words, "-f", "csv")) == LOTS[:people]


def test_the_candidates_are_hashed_before_anybody_is_drawn(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "candidates.txt"
    did = ask(*ALL, "--candidates", file)
    assert f"candidates: 8;摘要 / digest: {EIGHT}" in did.text
    assert "Not drawn yet" in did.text
    assert file.read_bytes() == b"P1\nP2\nP3\nP4\nP5\nP6\nP7\nP8\n"
    after = ask(*DRAWN, "--count", "1", "-f", "csv")
    assert EIGHT in after.err  # the rows alone are on standard output


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="GNU coreutils are not here")
def test_the_line_of_the_page_draws_the_same_people_by_hand(ask: Ask, tmp_path: Path) -> None:
    ask(*ALL, "--candidates", tmp_path / "candidates.txt")
    page = (Path(__file__).parents[2] / "docs/how-to/draw-a-sample.md").read_text(encoding="utf-8")
    line = page.partition("<!-- by hand -->\n```bash\n")[2].partition("```")[0]
    variables = f"SEED='{SEED}' NAME='{NAME}' COUNT=3\n"
    by_hand = subprocess.run(
        ["bash", "-c", variables + line], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    found = [tuple(reversed(row.split())) for row in by_hand.stdout.splitlines()]
    assert found == LOTS[:3] == listed(ask(*DRAWN, "--count", "3", "-f", "csv"))


def test_a_list_drawn_before_is_held_against_the_draw(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "drawn.csv"
    count = ("--count", "3")
    assert ask(*DRAWN, *count, "-f", "csv", "-o", file).code == 0
    did = ask(*DRAWN, *count, "--check", file)
    assert "相符 / the same: 3" in did.text
    assert "lists 3 people; this draw is of 4" in ask(*DRAWN, "--count", "4", "--check", file).err
    other = ask(*ALL, "--seed", "another", *count, "--check", file)
    assert other.code == InputError.exit_code
    swapped = tmp_path / "swapped.csv"
    swapped.write_text(file.read_text(encoding="utf-8").replace('"P1"', '"P8"'), encoding="utf-8")
    assert "row 2: is not whom this draw gives, who is P1" in ask(*DRAWN, *count, "--check", swapped).err
    assert "cannot be read" in ask(*DRAWN, *count, "--check", tmp_path / "none.csv").err


def test_of_one_word_any_value_will_do_and_every_word_must_hold(copied: Path) -> None:
    (copied / "work.csv").write_text(
        "person,occupation\nP1,courier\nP2,courier\nP4,transport\nP7,teacher\n", encoding="utf-8"
    )
    assert run("load", "work.csv", "--recorded-at", "2022-03-30 23:30", folder=copied).code == 0

    def people(*groups: str) -> set[str]:
        words = [word for group in groups for word in ("--from", group)]
        asked = ("--name", NAME, "--seed", SEED, "--count", "8", "-f", "csv")
        return {person for person, _ in listed(run("draw", *words, *asked, folder=copied))}

    assert people("place=2") == {"P1", "P3", "P6"}
    assert people("occupation=courier") == {"P1", "P2"}
    assert people("occupation=courier", "occupation=transport") == {"P1", "P2", "P4"}
    assert people("occupation=courier", "place=2") == {"P1"}
    assert people("occupation=courier", "occupation=teacher", f"area={COMMUNITY}-1-03") == {"P7"}
    before = ("--as-of", "2022-03-30 23:00", "--name", NAME)
    did = run("draw", "--from", "occupation=courier", *before, folder=copied)
    assert "nobody known by then is of occupation=courier; known occupations are " in did.err


def test_what_cannot_be_drawn_is_said(ask: Ask) -> None:
    count = ("--count", "1")
    for words, said in (
        (("--from", "age=7", "--name", "x"), "write occupation=…, area=…, place=…"),
        (("--from", "area=桥头", "--name", "x"), "write a code such as area=320206"),
        ((*DRAWN,), "say how many: --share 1/5, or --count 50"),
        ((*DRAWN, *count, "--share", "1/2"), "say how many"),
        ((*DRAWN, "--share", "3/2"), "write a part of the whole"),
        ((*DRAWN, "--share", "0/2"), "write a part of the whole"),
        ((*ALL, *count, "--seed", "two\nlines"), "write one line of text"),
    ):
        did = ask(*(words if words[0] == "draw" else ("draw", *words)))
        assert did.code != 0
        assert said in did.err


PEOPLE = st.sets(st.integers(0, 2**63 - 1), min_size=1, max_size=30)


@given(PEOPLE, st.integers(0, 2**63 - 1), st.text(max_size=8), st.text(max_size=8))
def test_one_more_candidate_never_changes_the_order_of_the_others(
    people: set[int], more: int, seed: str, name: str
) -> None:
    whole = Share(1, 1)
    before = [person for _, person in lowest(sorted(people), seed, name, whole)]
    after = [person for _, person in lowest([more, *sorted(people, reverse=True)], seed, name, whole)]
    assert sorted(before) == sorted(people)
    assert [person for person in after if person in people] == before


@given(PEOPLE, st.integers(1, 99), st.integers(1, 99))
def test_a_share_is_rounded_up_and_never_more_than_there_are(people: set[int], one: int, other: int) -> None:
    part, of = sorted((one, other))
    drawn = len(lowest(sorted(people), "s", "n", Share(part, of)))
    assert (drawn - 1) * of < len(people) * part <= drawn * of
    assert drawn <= len(people)
