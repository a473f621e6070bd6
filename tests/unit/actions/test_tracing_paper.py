"""Which meetings of each pair does the page of a trace show? The longest few; how many more is said."""

from datetime import datetime, timedelta
from random import Random

import pyarrow as pa

from ringfence.actions.tracing_paper import by_pair

BEGIN = datetime.fromisoformat("2022-03-29")


def test_the_longest_three_of_each_pair_listed_are_shown_and_all_are_counted() -> None:
    rng = Random("pairs")
    rows = [
        {
            "case": rng.randint(1, 3), "person": rng.randint(10, 30), "fact": number,
            "begin": BEGIN + timedelta(minutes=rng.randrange(9000)),
            "minutes": rng.choice((None, 0, 5, 5, 60, rng.randrange(900))),
        }
        for number in range(400)
    ]  # fmt: skip
    listed = [{"case": case, "person": person} for case in (1, 2) for person in range(10, 26)]
    found = by_pair(pa.Table.from_pylist(rows), pa.Table.from_pylist(listed))
    expected: dict[tuple[int, int], tuple[int, list[dict[str, object]]]] = {}
    for pair in listed:
        mine = [row for row in rows if (row["case"], row["person"]) == (pair["case"], pair["person"])]
        longest = sorted(mine, key=lambda row: (-(row["minutes"] or 0), row["begin"]))[:3]
        if mine:
            key = (pair["case"], pair["person"])
            expected[key] = len(mine), sorted(longest, key=lambda row: row["begin"])
    assert len(expected) > 25
    assert found == expected


def test_where_nobody_met_nothing_is_shown() -> None:
    kinds = [("case", pa.int64()), ("person", pa.int64()), ("begin", pa.timestamp("us"))]
    nobody = pa.schema([*kinds, ("minutes", pa.int32())]).empty_table()
    assert by_pair(nobody, nobody) == {}
