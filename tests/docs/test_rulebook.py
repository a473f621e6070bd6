"""Does the rulebook say what the editions say, in words that are so, with examples that come out by hand?"""

import re

import pytest

from docs import rulebook
from docs.generate import REFERENCE
from docs.rulebook_words import condition, instant, schedule, word
from ringfence.protocol import Edition
from ringfence.protocol.instants import parse_instant
from ringfence.protocol.predicates import parse
from ringfence.protocol.schedules import parse_schedule
from ringfence.protocol.vocabulary import CONTACT

FOLDER = REFERENCE / "rulebook"
EDITIONS = [pytest.param(edition, id=edition.id) for edition in rulebook.editions()]


def kept(edition: str) -> str:
    return (FOLDER / f"{edition}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_page_of_an_edition_is_what_the_code_says(edition: Edition) -> None:
    assert kept(edition.id) == rulebook.edition_page(edition), "run `make docs`"


def test_there_is_an_index_and_a_page_an_edition_and_nothing_else() -> None:
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == rulebook.index_page(), "run `make docs`"
    names = {f"{edition.id}.md" for edition in rulebook.editions()}
    assert {path.name for path in FOLDER.iterdir()} == {"README.md", *names}


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_rule_is_there_in_both_languages_with_its_source_and_grade(edition: Edition) -> None:
    page = kept(edition.id)
    for rows in edition.tables.values():
        for row in rows:
            [line] = [line for line in page.splitlines() if f"`{row['id']}`" in line]
            if row.get("drop"):
                assert line.startswith("**不再适用")
                continue
            for text in (row.get("says", {}).get("zh", ""), row.get("says", {}).get("en", "")):
                assert text in line
            assert row.get("source", "") in line
            assert ("⚠" in line) == (rulebook_grade(edition, row["id"]) in ("M", "?", "R"))


def rulebook_grade(edition: Edition, rule: str) -> str:
    """The grade the rule has where the edition is in force, said by it or by what it lies on."""
    return rulebook.in_force(edition.id).rules[rule].grade


def rows(edition: str, of: str) -> list[list[str]]:
    """The cells of an edition's worked example for somebody of a class, a row a phase."""
    example = kept(edition).partition("## 算例")[2]
    lines = [line for line in example.splitlines() if f"| {word(of, 'class')[0]}<br>" in line]
    found = [re.split(r" \| ", line.strip("| ")) for line in lines]
    return [[cells[2], cells[3].strip("*"), cells[4]] for cells in found]


def test_the_examples_are_the_golden_vectors() -> None:
    # Vectors 2, 3 and 5: last exposure 14 March, in place on the 16th, the anchor being day 0.
    assert rows("cn-covid-8", "close") == [
        ["03-16", "03-28", "03-16, 03-19, 03-22, 03-28"],
        ["03-29", "04-04", "03-30, 04-04"],
    ]
    # Vector 6: released on the 21st, where the last of 1, 2, 3, 5, 7 moves to; the tail's on the 24th.
    assert rows("cn-covid-9", "close") == [
        ["03-16", "03-21", "03-16 … 03-18, 03-20, 03-21"],
        ["03-22", "03-24", "03-24"],
    ]
    # Vectors 8 and 9: 3+4+7 and 3+11, arrived on 16 March, which is day 1.
    assert rows("wuxi-78", "low_area") == [
        ["03-16", "03-18", "03-16 … 03-18"],
        ["03-19", "03-22", "03-20, 03-22"],
        ["03-23", "03-29", "03-25, 03-29"],
    ]
    assert [row[2] for row in rows("wuxi-78", "other_area")] == ["03-16 … 03-18", "03-22, 03-29"]
    assert [row[2] for row in rows("wuxi-3-11", "other_area")] == [
        "03-16 … 03-18",
        "03-19, 03-20, 03-22, 03-29",
    ]


def test_the_examples_of_zones_are_the_golden_vector() -> None:
    # Vector 10: seven days without a case, three at the level stepped down into; 14 March + 7 and + 3.
    example = kept("cn-covid-9").partition("**分区 · Zones.**")[2]
    assert re.findall(r"\| (\S+)<br>.*? \| \*\*([\d-]+)\*\* \| (\S+) \|", example) == [
        ("高风险区", "03-21", "—"),
        ("中风险区", "03-21", "**03-17**"),
    ]


def test_the_examples_elsewhere_come_out_by_hand() -> None:
    # Measles: kept away from day 5 after the first exposure (10 March) to day 21 after the last (14 March).
    assert rows("measles-us", "close") == [["03-15", "04-04", "—"]]
    # UK: ten days after the 14th. US from December 2021: five, then five with a mask.
    assert rows("uk-covid-2021", "close") == [["03-16", "03-24", "—"]]
    assert [row[:2] for row in rows("us-covid-2021-12", "close")] == [
        ["03-16", "03-19"],
        ["03-20", "03-24"],
    ]


@pytest.mark.parametrize(
    ("text", "end", "zh", "en"),
    [
        ("onset - 4d", False, "发病日前4天", "4 days before onset"),
        ("rash + 5d", True, "出疹日后第5天零时", "the beginning of the 5th day after the rash"),
        ("cough - 3mo", False, "咳嗽起始日前3个月", "3 months before the cough"),
        ("detected + 6h", True, "发现后6小时", "6 hours after detection"),
        ("isolated", True, "隔离", "isolation"),
    ],
)
def test_an_instant_in_words(text: str, end: bool, zh: str, en: str) -> None:
    assert instant(parse_instant(text, [re.split(r" [+-]", text)[0]]), end) == (zh, en)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("days 1, 4, 7", "第1、4、7天", "on days 1, 4, 7"),
        ("every 1d", "每天", "every day"),
        ("every 2d", "每2天", "every 2 days"),
        ("every 72h", "距上次72小时", "every 72 hours since the last"),
        ("2 a week, 48h apart", "每周2次,间隔至少48小时", "2 a week, at least 48 hours apart"),
        (
            "until 3 clean, 3d apart, 1 more",
            "直至连续3次清零,间隔3天后再做1次",
            "until 3 in a row are clean, then after 3 days 1 more",
        ),
    ],
)
def test_a_schedule_in_words(text: str, zh: str, en: str) -> None:
    assert schedule(parse_schedule(text)) == (zh, en)


def test_a_condition_in_words() -> None:
    said = condition(parse("setting in [office, lift] and (near = yes or not minutes < 15)", CONTACT))
    assert said == (
        "场所:办公场所、电梯,且(近距离,或并非(本次分钟数少于15))",
        "setting: office or lift and (at close range or not (minutes of the meeting below 15))",
    )
    assert condition(parse("protected = no", CONTACT)) == ("有效防护:否", "protected: no")
    assert condition(None) == ("其余情形", "whatever remains")


def test_a_word_nobody_has_named_stops_the_page() -> None:
    with pytest.raises(KeyError):
        word("no_such_word", "class")
