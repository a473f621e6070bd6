"""Who stands where in the rounds, door by door, small enough to carry a city in a page?

Tens of thousands still to be sampled cannot each be a row of text. They travel as columns instead: the
households in order of their code, each with its people, and for every instant one letter a person. The
script adds them up by district, town, community, grid, building and household, and names each person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any as Anything

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ringfence.exchange.ledger import Ledger
from ringfence.exchange.speech import Speech, Text
from ringfence.tables import fact_text

OPEN, LATE, UNTASKED = "m", "M", "n"
STANDS = {
    "sampled": "s", "received": "c", "resulted": "r", "exempt": "e", "away": "a", "unregistered": "u",
    "elsewhere": "l",
}  # fmt: skip
"""The letter of each status. The missing have three: by the state of the task that names them."""
MISSING = OPEN + LATE + UNTASKED
SAMPLED = STANDS["sampled"] + STANDS["received"] + STANDS["resulted"]
EXCUSED = STANDS["exempt"] + STANDS["away"]
STRANGERS = STANDS["unregistered"] + STANDS["elsewhere"]
NOT_THERE = "."
SUBJECT, AREA, UNIT, FACT = "\x01", "\x02", "\x03", "\x04"
"""Stand for the person, address, unit and first fact in the sentence that is said of everyone missing."""
_NO_AREA, _NO_FACT = "990000000000", -1
"""Codes that no area and no fact has: what a sentence makes of them is where theirs goes."""
_KEYS = ("round", "area", "person")


@dataclass(frozen=True)
class Rounds:
    """The rounds at one instant: coverage and its tasks, and how the page speaks then."""

    coverage: pa.Table
    tasks: pa.Table
    speech: Speech


def standing(rounds: Rounds) -> pa.Table:
    """round, area ("" where unknown), person, letter, fact, unit: everyone a round concerns."""
    coverage = rounds.coverage
    missing = pc.equal(coverage["status"], "missing")
    person = pc.cast(coverage["person"], pa.string())
    named = pc.binary_join_element_wise("sample|P", person, "|", coverage["round"], "")
    here = pa.table(
        {
            "round": coverage["round"],
            "area": pc.fill_null(coverage["area"], ""),
            "person": coverage["person"],
            "status": coverage["status"],
            "fact": pc.list_element(coverage["evidence"], 0),
            "task": pc.if_else(missing, named, pa.scalar(None, pa.string())),
        }
    )
    owed = rounds.tasks.filter(pc.field("must") == "sample").select(["task", "state", "unit"])
    both = here.join(owed, "task", join_type="left outer")
    letter = pc.case_when(
        pc.make_struct(
            pc.equal(both["state"], "open"), pc.equal(both["state"], "late"),
            *(pc.equal(both["status"], status) for status in STANDS), pc.equal(both["status"], "missing"),
        ),
        OPEN, LATE, *STANDS.values(), UNTASKED, NOT_THERE,
    )  # fmt: skip
    return both.append_column("letter", letter).select([*_KEYS, "letter", "fact", "unit"])


def carry(ledger: Ledger, sheets: Sequence[Rounds], names: Mapping[str, Text]) -> None:
    """Put the doors of every instant into the ledger.

    Args:
        ledger: where to.
        sheets: the rounds at each instant, in order.
        names: what each round is called.
    """
    whole = _beside([standing(rounds) for rounds in sheets])
    if not whole.num_rows:
        return
    codes = pc.binary_join_element_wise(whole["round"], whole["area"], "|").to_pylist()
    starts = [n for n, code in enumerate(codes) if n == 0 or code != codes[n - 1]]
    moved = np.zeros(len(codes), np.int8)
    moved[starts] = 1
    homes = whole["area"].take(starts).to_pylist()
    units = whole["unit"].take(starts).to_pylist()
    known = sorted({unit for unit in units if unit})
    last = sheets[-1].speech
    ledger.doors = {
        "homes": _front_coded(homes),
        "units": [known.index(unit) if unit else -1 for unit in units],
        "unitCodes": known,
        "unitNames": [ledger.text(last.unit(unit)) for unit in known],
        "moved": "".join(map(str, moved.tolist())),
        "person": _steps(whole["person"]),
        "fact": _steps(whole["fact"]),
        "letters": ["".join(whole[f"letter{n}"].to_pylist()) for n in range(len(sheets))],
        "rounds": _rounds(ledger, whole["round"], names),
        "names": _names(ledger, homes, last),
        "whys": [_whys(rounds) for rounds in sheets],
    }


def _beside(sheets: Sequence[pa.Table]) -> pa.Table:
    """One row for each round, address and person of any sheet, with each sheet's letter."""
    whole = None
    for n, sheet in enumerate(sheets):
        one = sheet.rename_columns([*_KEYS, f"letter{n}", f"fact{n}", f"unit{n}"])
        whole = one if whole is None else whole.join(one, list(_KEYS), join_type="full outer")
    if whole is None:
        return pa.table({})
    count = range(len(sheets))
    columns = {key: whole[key] for key in _KEYS}
    columns |= {f"letter{n}": pc.fill_null(whole[f"letter{n}"], NOT_THERE) for n in count}
    columns["fact"] = pc.fill_null(pc.coalesce(*(whole[f"fact{n}"] for n in count)), 0)
    columns["unit"] = pc.coalesce(*(whole[f"unit{n}"] for n in count))
    # a household's unit is known where someone in it is missing: those rows come first, so that it is found
    sort = [("round", "ascending"), ("area", "ascending"), ("unit", "ascending"), ("person", "ascending")]
    return pa.table(columns).sort_by(sort)


def _front_coded(codes: Iterable[str]) -> str:
    """Codes on a line each: a letter for how much is shared with the line before, then the rest.

    >>> _front_coded(["320205", "320206", "320206"])
    '0320205\\n56\\n6'
    """
    lines: list[str] = []
    before = ""
    for code in codes:
        shared = 0
        while shared < min(len(code), len(before)) and code[shared] == before[shared]:
            shared += 1
        lines.append(chr(ord("0") + shared) + code[shared:])
        before = code
    return "\n".join(lines)


def _steps(numbers: pa.ChunkedArray) -> list[int]:
    return np.diff(numbers.to_numpy(), prepend=0).tolist()


def _rounds(
    ledger: Ledger, rounds: pa.ChunkedArray, names: Mapping[str, tuple[str, str]]
) -> list[list[Anything]]:
    """Each round's first row, id and name."""
    said = rounds.to_pylist()
    starts = [0, *(n for n, (one, next_) in enumerate(pairwise(said), 1) if one != next_)]
    return [[n, said[n], ledger.text(names.get(said[n], (said[n], said[n])))] for n in starts]


def _names(ledger: Ledger, homes: Iterable[str], speech: Speech) -> dict[str, int]:
    """What the areas above and at the doors are called, where they have names."""
    above: set[str] = set()
    for code in homes:
        parts = code.split("-")
        above.update(parts[0][:width] for width in (6, 9, 12))
        above.update("-".join(parts[:n]) for n in range(2, len(parts) + 1))
    return {code: ledger.text(speech.names[code]) for code in sorted(above) if code in speech.names}


def _whys(rounds: Rounds) -> dict[str, Text]:
    """The sentence said of everyone missing, by round and letter; its first fact is `FACT`."""
    tasks = rounds.tasks.filter(pc.field("must") == "sample")
    said: dict[str, Text] = {}
    for state, letter in (("open", OPEN), ("late", LATE)):
        some = tasks.filter(pc.field("state") == state)
        for values in pc.unique(some["values"]).to_pylist():
            row = some.filter(pc.field("values") == values).slice(0, 1).to_pylist()[0]
            key = f"{row['task'].split('|', 2)[2]}|{letter}"
            row |= {
                "subject": SUBJECT,
                "area": _NO_AREA,
                "unit": UNIT,
                "evidence": [_NO_FACT, *row["evidence"][1:]],
            }
            place = rounds.speech.area(_NO_AREA)
            zh, en = rounds.speech.why("tasks", row)
            said[key] = (_open(zh, place[0]), _open(en, place[1]))
    return said


def _open(sentence: str, place: str) -> str:
    return sentence.replace(place, AREA).replace(fact_text(_NO_FACT), FACT)
