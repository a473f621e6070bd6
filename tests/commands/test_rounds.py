"""Is a round planned, opened, given more time and closed, and who is missing in it, door by door?

The store is the tutorial's: in R1, over one community, P6 and P8 were not sampled and the other six were.
"""

import csv
import io
from collections.abc import Callable
from pathlib import Path

from tests.docs.console import Ran, run

Ask = Callable[..., Ran]
ELEVEN, SEVEN = "2022-03-30 23:00", "2022-03-31 07:00"
COMMUNITY = "329901001001"
BY = ("--authority", "桥头区指挥部")


def rows(did: Ran) -> list[dict[str, str]]:
    assert did.code == 0, did.err
    return list(csv.DictReader(io.StringIO(did.out.decode("utf-8-sig"))))


def shown(listed: list[dict[str, str]], *names: str) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in names) for row in listed]


def opened(folder: Path, *words: str) -> Ran:
    known = ("--recorded-at", ELEVEN, "--opens", SEVEN, "--due", "2022-03-31 20:00")
    return run("round", "open", "R2", "--after", "R1", *BY, *known, *words, folder=folder)


def test_the_counts_of_a_round_are_its_people(ask: Ask) -> None:
    counted = rows(ask("coverage", "--level", "community", "-f", "csv"))
    assert shown(counted, "round", "area", "expected", "done", "missing", "resulted", "unregistered") == [
        ("R1", COMMUNITY, "8", "6", "2", "6", "0")
    ]
    assert "桥头街道" in ask("coverage").text
    by_building = rows(ask("coverage", "--level", "building", "-f", "csv"))
    assert shown(by_building, "area", "expected", "missing") == [
        (f"{COMMUNITY}-1-01", "3", "0"), (f"{COMMUNITY}-1-02", "3", "1"), (f"{COMMUNITY}-1-03", "2", "1"),
    ]  # fmt: skip


def test_who_is_missing_is_listed_door_by_door_for_the_unit_that_knocks(ask: Ask, tmp_path: Path) -> None:
    missing = rows(ask("coverage", "--status", "missing", "-f", "csv"))
    assert shown(missing, "area", "person", "missed_before", "unit") == [
        (f"{COMMUNITY}-1-02-1-0102", "P6", "0", "U6"),
        (f"{COMMUNITY}-1-03-1-0301", "P8", "0", "U6"),
    ]
    below = ("--status", "missing", "--area", f"{COMMUNITY}-1-03", "-f", "csv")
    assert shown(rows(ask("coverage", *below)), "person") == [("P8",)]
    did = ask("coverage", "--split", tmp_path / "lists")
    assert did.code == 0, did.err
    assert [path.name for path in (tmp_path / "lists").iterdir()] == ["U6.csv"]
    assert "already" in ask("coverage", "--split", tmp_path / "lists").err


def test_a_plan_says_what_the_editions_ask_for_so_many_people(ask: Ask) -> None:
    needed = {
        row["need"]: row for row in rows(ask("round", "plan", "--due", "2022-03-31 20:00", "-f", "csv"))
    }
    # The ratios are those of the third testing guide: a point for 2,000 to 3,000, a table for 600 to 800.
    assert shown(list(needed.values()), "area", "people", "least", "most", "edition", "grade")[1:] == [
        ("329901001", "7", "1", "1", "cn-testing-3", "B"),
        ("329901001", "8", "1", "1", "cn-testing-3", "A"),
        ("329901001", "8", "1", "1", "cn-testing-3", "B"),
        ("329901001", "8", "1", "1", "cn-testing-3", "B"),
    ]
    assert needed["pool-never"]["people"] == "1"
    assert needed["ratio-points"]["values"] == '{"people": 8, "down": 2000, "most": 3000}'


def test_a_round_is_opened_over_the_areas_of_the_one_before(copied: Path) -> None:
    did = opened(copied, "--name", "老桥二轮")
    assert did.code == 0, did.err
    assert COMMUNITY in did.text
    listed = rows(run("round", "list", "--as-of", ELEVEN, "-f", "csv", folder=copied))
    assert shown(listed, "round", "name_zh", "areas", "due_at") == [
        ("R1", "老桥首轮", COMMUNITY, "2022-03-30 18:00"),
        ("R2", "老桥二轮", COMMUNITY, "2022-03-31 20:00"),
    ]
    again = opened(copied)
    assert again.code != 0
    assert 'round "R2" is there already' in again.err


def test_who_is_missed_round_after_round(copied: Path) -> None:
    assert opened(copied).code == 0
    ask = ("coverage", "--round", "R2", "--as-of", "2022-03-31 08:00", "--status", "missing", "-f", "csv")
    listed = rows(run(*ask, folder=copied))
    times = {row["person"]: row["missed_before"] for row in listed}
    # Of the eight, the six sampled in R1 are missing for the first time.
    assert times == {f"P{n}": "1" if n in (6, 8) else "0" for n in range(1, 9)}
    assert shown(rows(run(*ask, "--missed", "1", folder=copied)), "person") == [("P6",), ("P8",)]


def test_a_round_is_given_more_time_and_ended_before_it_is_due(copied: Path) -> None:
    assert opened(copied).code == 0
    late = ("--due", "2022-03-31 23:00", *BY, "--recorded-at", "2022-03-31 18:00")
    did = run("round", "extend", "R2", *late, folder=copied)
    assert did.code == 0, did.err
    assert "was due 2022-03-31 20:00" in did.text
    too_early = run("round", "extend", "R2", "--due", "2022-03-31 22:00", *late[2:], folder=copied)
    assert "not later" in too_early.err
    did = run("round", "close", "R2", *BY, "--recorded-at", "2022-03-31 21:00", folder=copied)
    assert did.code == 0, did.err
    due = {row["round"]: row["due_at"] for row in rows(run("round", "list", "-f", "csv", folder=copied))}
    assert due == {"R1": "2022-03-30 18:00", "R2": "2022-03-31 21:00"}
    again = run("round", "close", "R2", *BY, "--recorded-at", "2022-03-31 21:30", folder=copied)
    assert "not running" in again.err


def test_what_cannot_be_a_round_is_said(ask: Ask) -> None:
    due = ("--due", "2022-03-31 20:00", *BY, "--recorded-at", ELEVEN)
    for words, said in (
        (("--area", "3298"), "there is no area of this code"),
        (("--area", "32"), "is not in 3299"),
        (("--area", "桥头"), "is not an area code"),
        (("--opens", "2022-04-01 08:00"), "a round ends after it opens"),
        (("--after", "R9"), 'round "R9": not known here; known are R1'),
    ):
        did = ask("round", "open", "R2", *words, *due)
        assert did.code != 0
        assert said in did.err
    assert 'round "R9": not known here' in ask("coverage", "--round", "R9").err
    assert '--status "gone" is not known' in ask("coverage", "--status", "gone").err
    assert '--level "street" is not known' in ask("coverage", "--level", "street").err
