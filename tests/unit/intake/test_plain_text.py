"""Are visits of a text file read by whole columns exactly as they would be read cell by cell?"""

from pathlib import Path
from random import Random

import pytest

from ringfence.intake import cells, checking
from ringfence.intake.plain_text import plain_text
from tests.unit.intake.invented import Taken, csv_file, take

PERSONS = ("P1", "p12", "P0", "P007", "P999999999999999999", "P9223372036854775807", "P9223372036854775808",
           "甲1", "P3", " P4", "P5 ", "")  # fmt: skip
PLACES = ("0", "7", "07", "999999999999", "1099511627776", "东门", "1.5", "-3", "+3", "1,000", "7", "")
INSTANTS = (
    "2022-03-30 14:30", "2022-03-30T14:30:59", "2022-03-30 24:00", "2022-02-30 10:00", "2022-02-28 10:00",
    "2024-02-29 10:00:00", "2022-03-30 14:60", "2022-03-27 02:30", "2022-10-30 02:30", "2022-03-30",
    "3月30日", "2022-3-30 8:05", "1960-01-01 10:00", "2099-12-31 10:00", "2101-01-01 10:00",
    "2022/03/30 14:30",
    "2022-03-30 14:30:15", "2022-03-30x14:30", "2022-03-30 14:30:5", "2022-03-30 14:30+08:00", "none", "",
)  # fmt: skip
PARTS = ("1", "0", "", "2147483647", "2147483648", "999999999", "-1", "三", "07", "1.0", " 4")
PLAIN = ("P1,7,2022-03-30 14:30,2022-03-30 15:30,1,2", "P2,8,2022-03-30 14:30,,,", "P2,8,2022-03-30 14:30,,,")
ODD = ("", "   ", ",,,,,", "P1,2", "P1,7,2022-03-30 14:30,,,,,9", "person,place,enter,leave,part,seat_row",
       "P4,7,2022-03-30 14:30,\x01,,")  # fmt: skip
QUOTED = ('"P3","7","2022-03-30 14:30","","",""', '"P3,7,2022-03-30 14:30,,,',
          '"P3","7","2022-03-30 14:30","\n","",""')  # fmt: skip


def lines(rng: Random, count: int, quoted: bool) -> list[str]:
    found: list[str] = []
    for _ in range(count):
        kind = rng.random()
        if kind < 0.5:
            enter = f"2022-03-{rng.randint(28, 31)} {rng.randint(0, 23):02}:{rng.randint(0, 59):02}"
            found.append(f"P{rng.randint(1, 9)},{rng.randint(1, 9)},{enter},,{rng.choice(('', '3'))},")
        elif kind < 0.9:
            cells_ = [rng.choice(of) for of in (PERSONS, PLACES, INSTANTS, INSTANTS, PARTS, PARTS)]
            found.append(",".join(cells_))
        else:
            found.append(rng.choice((*ODD, *(QUOTED if quoted else ()), *PLAIN)))
    return found


def said(taken: Taken) -> tuple[object, ...]:
    rows = sorted(zip(taken.numbers, taken.rows.to_pylist(), strict=True), key=lambda row: row[0])
    rejects = sorted(map(repr, taken.rejects))
    return rows, rejects, taken.read, taken.repeated, taken.refused, taken.identities


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin"])
@pytest.mark.parametrize("number", range(12))
def test_the_same_rows_go_in_and_the_same_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, zone: str
) -> None:
    rng = Random(f"lines {number}")
    monkeypatch.setattr(cells, "BATCH_ROWS", rng.choice((7, 30, 100)))
    headings = ['"person","place","enter","leave","part","seat_row"']
    ending = rng.choice(("\n", "\r\n"))
    file = csv_file(
        tmp_path, ending.join(headings + lines(rng, 300, number % 2 == 0)) + rng.choice(("", ending))
    )
    at_once: list[int] = []

    def counted(*given: object) -> object:
        found = plain_text(*given)
        at_once.append(0 if found is None else found[0].num_rows)
        return found

    monkeypatch.setattr(checking, "plain_text", counted)
    fast = take(file, table="visit", zone=zone)
    monkeypatch.setattr(checking, "plain_text", lambda *_: None)
    slow = take(file, table="visit", zone=zone)
    assert said(fast) == said(slow)
    assert sum(at_once) > 20
    assert len(slow.rejects) > 20
