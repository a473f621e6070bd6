"""Whom did a case get it from, what do cases share, and who was there? By the files of the how-to page."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs.console import Given, Ran, Typed, acts, run

PAGE = Path(__file__).parents[2] / "docs/how-to/find-the-source.md"


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Ran]:
    """Runs a command where the how-to's store is, after its files were loaded."""
    folder = tmp_path_factory.mktemp("bridge")
    for act in acts(PAGE.read_text(encoding="utf-8")):
        if isinstance(act, Given):
            (folder / act.name).write_text(act.text, encoding="utf-8")
        elif isinstance(act, Typed) and act.words[0] in ("init", "load"):
            assert run(*act.words, folder=folder).code == 0
    return lambda *words: run(*words, folder=folder)


def rows(ran: Ran) -> list[dict[str, str]]:
    assert ran.code == 0, ran.err
    return list(csv.DictReader(io.StringIO(ran.text.removeprefix("\ufeff"))))


def shown(found: list[dict[str, str]], *names: str) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in names) for row in found]


def test_the_sources_of_a_case_in_their_order(bridge: Callable[..., Ran]) -> None:
    found = rows(bridge("trace", "sources", "--case", "P1", "--format", "csv"))
    # P2 was infectious from 29 March, at the same table for 30 minutes; P5 shares the home and was positive
    # on 12 April, P3 was near for 10 minutes and positive on 10 April; two cases had been in the cinema.
    assert shown(found, "rank", "lead", "person", "place", "relation", "minutes", "others", "who") == [
        ("1", "infectious", "P2", "1", "", "30", "", ""),
        ("2", "later", "P5", "", "lives_with", "", "", ""),
        ("3", "later", "P3", "2", "", "10", "", ""),
        ("4", "place", "", "3", "", "120", "2", "P3 P4"),
        ("5", "place", "", "1", "", "40", "1", "P2"),
        ("6", "place", "", "2", "", "20", "1", "P3"),
    ]
    assert {row["infected_from"] for row in found} == {"2022-03-25T00:00:00+08:00"}
    assert {row["infected_to"] for row in found} == {"2022-04-08T00:00:00+08:00"}
    assert {row["rule"] for row in found} == {"incubation-symptomatic"}
    assert found[0]["evidence"] == "5.0 5.3"


def test_cases_who_met_a_known_case_can_be_left_out(bridge: Callable[..., Ran]) -> None:
    every = {row["case"] for row in rows(bridge("trace", "sources", "--format", "csv"))}
    without = {row["case"] for row in rows(bridge("trace", "sources", "--unexplained", "--format", "csv"))}
    # P5 met P1 at home while P1 was infectious; P2, P3 and P4 fell ill without meeting anybody infectious.
    assert every == {"P1", "P2", "P3", "P4", "P5"}
    assert without == {"P2", "P3", "P4"}


@pytest.mark.parametrize(
    ("who", "said"), [("P6", "P6 is not a case"), ("anna", "not the number of a person")]
)
def test_who_is_no_case_has_no_source(bridge: Callable[..., Ran], who: str, said: str) -> None:
    ran = bridge("trace", "sources", "--case", who)
    assert ran.code != 0
    assert said in ran.err


def test_what_cases_share_in_each_of_their_spans(bridge: Callable[..., Ran]) -> None:
    head = ("rank", "place", "person", "cases", "together", "minutes")
    assert shown(rows(bridge("trace", "clusters", "--format", "csv")), *head) == [
        ("1", "3", "P1", "3", "1", "120"),
        ("1", "3", "P3", "3", "1", "120"),
        ("1", "3", "P4", "3", "1", "120"),
        ("2", "1", "P1", "2", "2", "40"),
        ("2", "1", "P2", "2", "2", "50"),
        ("3", "2", "P1", "2", "2", "20"),
        ("3", "2", "P3", "2", "2", "10"),
    ]
    # Infectious in the restaurant was P2 alone, in the cinema and the market nobody.
    assert rows(bridge("trace", "clusters", "--within", "infectious", "--format", "csv")) == []
    few = rows(bridge("trace", "clusters", "--least", "3", "--format", "csv"))
    assert {row["place"] for row in few} == {"3"}
    two = rows(bridge("trace", "clusters", "--case", "P1", "--case", "P2", "--format", "csv"))
    assert {row["place"] for row in two} == {"1"}


NOON = ("--from", "2022-03-30 12:00", "--to", "2022-03-30 13:00")


def test_a_place_is_told_by_its_parts_until_a_list_is_asked_for(bridge: Callable[..., Ran]) -> None:
    ran = bridge("trace", "at", "1", *NOON, "--format", "csv")
    assert shown(rows(ran), "part", "people", "visits") == [("3", "2", "2"), ("", "1", "1")]
    assert "3 人 people" in ran.err
    assert "--part" in ran.err
    listed = rows(bridge("trace", "at", "1", *NOON, "--all", "--format", "csv"))
    assert shown(listed, "person", "part") == [("P1", "3"), ("P2", "3"), ("P6", "")]
    assert rows(bridge("trace", "at", "1", *NOON, "--most", "3", "--format", "csv")) == listed
    fewer = rows(bridge("trace", "at", "1", *NOON, "--most", "2", "--format", "csv"))
    assert shown(fewer, "part") == [("3",), ("",)]
    table = rows(bridge("trace", "at", "1", *NOON, "--part", "3", "--format", "csv"))
    assert shown(table, "person") == [("P1",), ("P2",)]


def test_a_shorter_time_has_fewer_people(bridge: Callable[..., Ran]) -> None:
    early = ("--from", "2022-03-30 12:00", "--to", "2022-03-30 12:10")
    assert shown(rows(bridge("trace", "at", "1", *early, "--all", "--format", "csv")), "person") == [("P1",)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("9", *NOON), "place 9 is not known"),
        (("1", "--from", "2022-03-30 13:00", "--to", "2022-03-30 12:00"), "ends before it begins"),
        (("1", "--from", "noon", "--to", "2022-03-30 12:00"), '--from "noon" is not an instant'),
    ],
)
def test_what_cannot_be_asked_about_a_place(
    bridge: Callable[..., Ran], words: tuple[str, ...], said: str
) -> None:
    ran = bridge("trace", "at", *words)
    assert ran.code != 0
    assert said in ran.err


def test_somebody_reported_ill_who_turned_out_negative_is_no_source(ask: Callable[..., Ran]) -> None:
    # The tutorial's P1, a colleague of the case P3: the positive was corrected, the report stands.
    assert rows(ask("trace", "sources", "--case", "P3", "--format", "csv")) == []
