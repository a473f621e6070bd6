"""Do whole columns of area codes agree with the area tree one code at a time?"""

import ibis
import pyarrow as pa
import pytest

from ringfence import areas
from ringfence.engine import subtree

CODES = (
    "32", "3202", "320211", "320211001", "320211001006", "320211001006-1", "320211001006-12",
    "320211001006-1-002", "320211001006-12-002-1", "320211001006-12-002-1-0502", "320211001007", "3204",
)  # fmt: skip


@pytest.mark.parametrize("level", areas.LEVELS)
def test_the_ancestor_at_a_level(level: str) -> None:
    known = ibis.memtable(pa.table({"code": list(CODES)}))
    found = known.select("code", above=subtree.at_level(known.code, level)).to_pyarrow()
    expected = {code: areas.at_level(code, level) for code in CODES}
    assert dict(zip(found["code"].to_pylist(), found["above"].to_pylist(), strict=True)) == expected


def test_an_area_holds_itself_and_what_lies_below() -> None:
    pairs = [(area, code) for area in CODES for code in CODES]
    known = ibis.memtable(pa.table({"area": [a for a, _ in pairs], "code": [c for _, c in pairs]}))
    found = known.select("area", "code", held=subtree.holds(known.area, known.code)).to_pyarrow().to_pylist()
    assert all(row["held"] == areas.contains(row["area"], row["code"]) for row in found)
    assert sum(row["held"] for row in found) > len(CODES)
