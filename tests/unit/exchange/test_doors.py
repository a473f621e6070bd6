"""Do the doors come out of the page as they went in: who, where, and how they stand at each instant?"""

from datetime import datetime

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ringfence.exchange.doors import Rounds, carry
from ringfence.exchange.ledger import Ledger
from ringfence.exchange.speech import Speech
from ringfence.tables.decisions import COVERAGE, TASKS

EIGHT_HOURS = 28_800
AT = datetime.fromisoformat("2022-03-30")
NAMES = {"320205": ("锡山区", "Xishan"), "320205001": ("东亭街道", "Dongting")}


def speech() -> Speech:
    def both(code):
        return (f"<{code}>", f"<{code}>") if code else ("—", "—")

    def why(_kind, row):
        facts = ", ".join(f"{fact >> 32}.{fact & 0xFFFFFFFF}" for fact in row["evidence"])
        said = f"{row['subject']} at {both(row['area'])[0]} by {row['unit']}: {facts}"
        return said, said

    return Speech(
        datetime.fromisoformat("2022-03-30"),
        both,
        both,
        NAMES,
        why,
        [(datetime.fromisoformat("1900-01-01"), EIGHT_HOURS)],
    )


def rounds(*people) -> Rounds:
    """People as (round, area, person, status, late)."""
    coverage = [
        {"round": r, "area": area, "person": person, "status": status, "evidence": [(7 << 32) + person]}
        for r, area, person, status, _ in people
    ]
    tasks = [
        {
            "task": f"sample|P{person}|{r}", "must": "sample", "subject": f"P{person}", "person": person,
            "area": area, "duty": "coverage", "unit": f"U-{(area or '')[:9]}", "since": AT,
            "due_at": None, "done_at": None, "state": "late" if late else "open", "rule": "round",
            "edition": "round", "grade": "L", "values": f'{{"round": "{r}"}}',
            "evidence": [(7 << 32) + person, (9 << 32) + 1],
        }
        for r, area, person, status, late in people
        if status == "missing"
    ]  # fmt: skip
    empty = {"tube": None, "sampled_at": None}
    return Rounds(
        pa.Table.from_pylist([row | empty for row in coverage], COVERAGE.schema),
        pa.Table.from_pylist(tasks, TASKS.schema),
        speech(),
    )


def unpacked(doors) -> list[tuple[str, str, int, int, tuple[str, ...]]]:
    """The doors read back, a slow plain way: round, area, person, fact, letter at each instant."""
    homes, before = [], ""
    for line in doors["homes"].split("\n"):
        before = before[: ord(line[0]) - ord("0")] + line[1:]
        homes.append(before)
    rows, at, person, fact = [], -1, 0, 0
    for n, moved in enumerate(doors["moved"]):
        at += moved == "1"
        person += doors["person"][n]
        fact += doors["fact"][n]
        round_ = [id_ for first, id_, _ in doors["rounds"] if first <= n][-1]
        rows.append((round_, homes[at], person, fact, tuple(letters[n] for letters in doors["letters"])))
    return rows


def test_two_instants_of_one_building() -> None:
    ledger = Ledger()
    home = "320205001002-01-001-1-0101"
    first = rounds(("r1", home, 5, "missing", False), ("r1", home, 6, "resulted", False))
    second = rounds(
        ("r1", home, 5, "missing", True),
        ("r1", home, 6, "resulted", False),
        ("r1", None, 9, "unregistered", False),
    )
    carry(ledger, [first, second], {"r1": ("首轮", "First round")})
    fact = 7 << 32
    assert unpacked(ledger.doors) == [
        ("r1", "", 9, fact + 9, (".", "u")),
        ("r1", home, 5, fact + 5, ("m", "M")),
        ("r1", home, 6, fact + 6, ("r", "r")),
    ]
    assert ledger.doors["whys"][1] == {
        "r1|M": ("\x01 at \x02 by \x03: \x04, 9.1", "\x01 at \x02 by \x03: \x04, 9.1")
    }
    assert set(ledger.doors["names"]) == set(NAMES)


AREAS = st.sampled_from(
    [
        "320205001002-01-001-1-0101",
        "320205001002-01-001-1-0102",
        "320205001002-01-002-1-0101",
        "320206003007-02",
        None,
    ]
)
STATUSES = st.sampled_from(
    ["missing", "sampled", "received", "resulted", "exempt", "away", "elsewhere", "unregistered"]
)
LETTERS = {
    "sampled": "s",
    "received": "c",
    "resulted": "r",
    "exempt": "e",
    "away": "a",
    "elsewhere": "l",
    "unregistered": "u",
}
SHEET = st.dictionaries(
    st.tuples(st.sampled_from(["r1", "r2"]), st.integers(1, 1 << 40)),
    st.tuples(AREAS, STATUSES, st.booleans()),
    max_size=12,
)


@given(st.lists(SHEET, min_size=1, max_size=3))
def test_everyone_is_read_back_as_they_stood(sheets) -> None:
    ledger = Ledger()
    asked = [
        rounds(*((r, area, p, status, late) for (r, p), (area, status, late) in one.items()))
        for one in sheets
    ]
    carry(ledger, asked, {})
    expected = {}
    for n, one in enumerate(sheets):
        for (round_, person), (area, status, late) in one.items():
            letter = ("M" if late else "m") if status == "missing" else LETTERS[status]
            expected.setdefault((round_, area or "", person), ["."] * len(sheets))[n] = letter
    rows = unpacked(ledger.doors) if ledger.doors else []
    assert {(r, area, p): list(letters) for r, area, p, _, letters in rows} == expected
    assert len(rows) == len(expected)


def test_no_round_makes_no_doors() -> None:
    ledger = Ledger()
    carry(ledger, [rounds()], {})
    assert ledger.doors == {}
