"""Whom does `trace contacts` list, why, for which unit, and who is new?

The store is the tutorial's: P1 is a case at ten; P7 ate at one table with P1, P6 at a table nobody knows, P2
is of one household, P3 of one team, P8 lives with P7. What is expected follows from there by hand.
"""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.docs.console import Ran, run

Ask = Callable[..., Ran]
FIVE, TEN, ELEVEN = "2022-03-30 17:00", "2022-03-30 22:00", "2022-03-30 23:00"


def rows(did: Ran) -> list[dict[str, str]]:
    assert did.code == 0, did.err
    return list(csv.DictReader(io.StringIO(did.out.decode("utf-8-sig"))))


def traced(ask: Ask, *words: str | Path) -> list[dict[str, str]]:
    return rows(ask("trace", "contacts", *words, "-f", "csv"))


def test_each_person_stands_once_with_every_reason(ask: Ask) -> None:
    listed = {row["person"]: row for row in traced(ask, "--as-of", TEN)}
    shown = ("ring", "class", "review", "reasons", "via", "meetings", "minutes", "longest")
    assert {person: tuple(row[name] for name in shown) for person, row in listed.items()} == {
        "P7": ("1", "close", "False", "visit", "", "1", "35", "35"),
        "P6": ("1", "close", "True", "visit", "P7", "1", "20", "20"),
        "P2": ("1", "close", "False", "lives_with", "", "1", "", ""),
        "P3": ("1", "close", "True", "tie", "", "1", "", ""),
        "P8": ("2", "secondary", "False", "lives_with", "P7", "1", "", ""),
    }
    assert {row["case"] for row in listed.values()} == {"P1"}
    assert listed["P7"]["first"] == "2022-03-29T12:05:00+08:00"
    assert (listed["P7"]["rule"], listed["P7"]["evidence"]) == ("close-meal", "5.0 8.0 8.2")
    assert (listed["P6"]["must"], listed["P6"]["due_at"]) == ("review_contact", "2022-03-31T21:10:00+08:00")


def test_the_classes_are_those_of_decide(ask: Ask) -> None:
    decided = rows(ask("decide", "--table", "contacts", "--as-of", TEN, "-f", "csv"))
    first = {(row["case"], row["person"]): row["class"] for row in decided if row["ring"] == "1"}
    found = {(row["case"], row["person"]): row["class"] for row in traced(ask, "--as-of", TEN)}
    assert first.items() <= found.items()
    assert {person for _, person in found} == {row["person"] for row in decided}


def test_each_meeting_is_the_evidence(ask: Ask) -> None:
    met = {(row["index"], row["person"]): row for row in traced(ask, "--as-of", TEN, "--meetings")}
    shown = ("begin", "end", "minutes", "place", "own_part", "part", "near", "evidence")
    assert [met["P1", "P7"][name] for name in shown] == [
        "2022-03-29T12:05:00+08:00", "2022-03-29T12:40:00+08:00", "35", "1", "3", "3", "True", "8.0 8.2",
    ]  # fmt: skip
    assert (met["P1", "P6"]["part"], met["P1", "P6"]["near"]) == ("", ""), "no table was written down"
    assert {key for key in met if key[0] == "P7"} == {("P7", "P6"), ("P7", "P8")}
    assert met["P7", "P8"]["case"] == "P1"


def test_before_there_is_a_case_there_is_nobody_and_then_everybody_is_new(ask: Ask) -> None:
    assert traced(ask, "--as-of", FIVE) == []
    changed = traced(ask, "--as-of", TEN, "--since", FIVE)
    assert {row["change"] for row in changed} == {"new"}
    assert len(changed) == 5


def test_whoever_no_longer_follows_is_told_to_be_gone(ask: Ask) -> None:
    changed = [
        (row["change"], row["case"], row["person"]) for row in traced(ask, "--as-of", ELEVEN, "--since", TEN)
    ]
    assert changed[0] == ("new", "P3", "P1")
    assert sorted(changed[1:]) == [("gone", "P1", f"P{n}") for n in (2, 3, 6, 7, 8)]


def test_what_a_tracer_is_told_joins_what_was_found_and_settles_it(copied: Path) -> None:
    told = "case,person,begin,end,investigator\nP1,P6,2022-03-29 12:10,2022-03-29 12:30,yes\n"
    (copied / "told.csv").write_text(told, encoding="utf-8")
    at = "2022-03-30 23:10"
    back = (
        "tube,test,result,reported_at\nS1,nat,positive,2022-03-30 23:00\nS3,nat,negative,2022-03-30 23:00\n"
    )
    (copied / "back.csv").write_text(back, encoding="utf-8")
    assert run("load", "back.csv", "--recorded-at", "2022-03-30 23:05", folder=copied).code == 0
    assert run("load", "told.csv", "--recorded-at", at, folder=copied).code == 0

    def ask(*words: str | Path) -> Ran:
        return run(*words, folder=copied)

    found = {row["person"]: row for row in traced(ask, "--as-of", at, "--since", "2022-03-30 23:06")}
    shown = ("change", "class", "review", "reasons", "meetings", "minutes", "longest")
    # Told of the same twenty minutes: each instant counts once.
    expected = ("upgraded", "close", "False", "visit told", "2", "20", "20")
    assert tuple(found["P6"][name] for name in shown) == expected
    assert {row["change"] for person, row in found.items() if person != "P6"} == {""}
    before = {row["person"]: row for row in traced(ask, "--as-of", at, "--since", FIVE)}
    assert {row["change"] for row in before.values()} == {"new"}


def test_somebody_who_is_no_case_is_traced_where_a_window_is_given(ask: Ask) -> None:
    did = ask("trace", "contacts", "--case", "P7", "--as-of", TEN)
    assert did.code == 8
    assert "P7: no case as of then" in did.err
    words = ("--case", "P7", "--from", "2022-03-29 12:00", "--until", "2022-03-29 12:30", "--as-of", TEN)
    listed = {row["person"]: (row["class"], row["minutes"]) for row in traced(ask, *words)}
    assert (listed["P1"], listed["P6"]) == (("close", "25"), ("close", "20")), "cut to the window"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--case", "7"), "--case: what is given is not the number of a person; write it like P123"),
        (("--from", TEN), "--from needs --case"),
        (("--case", "P1", "--until", TEN), "--until needs --from"),
        (("--case", "P1", "--from", TEN, "--until", FIVE), "--from is not before --until"),
        (("--as-of", TEN, "--since", ELEVEN), "--since is not before --as-of"),
        (("--ring", "0"), "--ring 0 is not a ring"),
        (("--as-of", TEN, "--html", "nowhere/a.html"), "there is no folder nowhere"),
        (("--as-of", TEN, "--split", "nowhere/lists"), "there is no folder nowhere"),
    ],
)
def test_what_contradicts_itself_is_refused(words: tuple[str, ...], said: str, ask: Ask) -> None:
    did = ask("trace", "contacts", *words)
    assert did.code == 3
    assert said in did.err


def test_lists_go_to_the_units_that_answer(ask: Ask, tmp_path: Path) -> None:
    every = traced(ask, "--as-of", TEN)
    assert traced(ask, "--as-of", TEN, "--unit", "U1") == every
    assert traced(ask, "--as-of", TEN, "--unit", "U2") == []
    assert ask("trace", "contacts", "--as-of", TEN, "--split", tmp_path / "lists").code == 0
    assert [path.name for path in (tmp_path / "lists").iterdir()] == ["U1.csv"]
    text = (tmp_path / "lists" / "U1.csv").read_text(encoding="utf-8-sig")
    assert list(csv.DictReader(io.StringIO(text))) == every


def test_a_ring_for_planning_has_whoever_met_the_ring_before_and_no_class(ask: Ask) -> None:
    # Everybody who met P7, the only sure close contact with visits, met P1 as well: nobody is left.
    assert traced(ask, "--as-of", TEN, "--ring", "3") == traced(ask, "--as-of", TEN)
    words = ("--case", "P3", "--from", "2022-03-29", "--until", "2022-03-29 13:00", "--as-of", TEN)
    # Of P3's contacts none is sure: P1 is to be judged, and met P7 and P6 at lunch, the one longer.
    planned = [row for row in traced(ask, *words, "--ring", "2") if not row["case"]]
    shown = [tuple(row[name] for name in ("ring", "person", "minutes", "class", "unit")) for row in planned]
    assert shown == [("2", "P7", "35", "", "U1"), ("2", "P6", "20", "", "U1")]


def test_parquet_and_the_screen_tell_the_same(ask: Ask, tmp_path: Path) -> None:
    assert ask("trace", "contacts", "--as-of", TEN, "-f", "parquet", "-o", tmp_path / "a.parquet").code == 0
    read = pq.read_table(tmp_path / "a.parquet")
    assert sorted(f"P{person}" for person in read["person"].to_pylist()) == ["P2", "P3", "P6", "P7", "P8"]
    shown = ask("trace", "contacts", "--as-of", TEN, "--since", FIVE).text
    assert shown.index("changed since") < shown.index("City Centre for Disease Control")
    assert len(re.findall(r"^  新增 new · P\d ← P1", shown, re.MULTILINE)) == 10, "first, and by unit"
    assert "P7" in ask("trace", "contacts", "--as-of", TEN, "--meetings").text


def test_the_page_stands_alone_and_names_nobody(ask: Ask, night: Path, tmp_path: Path) -> None:
    page = tmp_path / "trace.html"
    assert ask("trace", "contacts", "--as-of", TEN, "--since", FIVE, "--html", page).code == 0
    html = page.read_text(encoding="utf-8")
    people = (night / "people.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert people
    for name, phone in (line.split(",")[1:3] for line in people):
        assert name not in html
        assert phone not in html
    assert "<script" not in html
    assert not re.search(r"(src|href)=\"(?!#)", html)
    assert {f"P{n}" for n in (1, 2, 3, 6, 7, 8)} <= set(re.findall(r"\bP\d\b", html))
