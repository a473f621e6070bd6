"""Who was near the cases by position, and which fixes could not be used?"""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from ringfence.actions.deciding import Answer
from ringfence.actions.infections import check_cases
from ringfence.engine.companions import companions
from ringfence.protocol.rules import CompanionRule


@dataclass(frozen=True)
class Accompanied:
    """The companions (`tables.searches.COMPANIONS`), by which rules, and how the fixes fared.

    fixes: how many there are; unused: how many of them no rule in force can read, for they are of the
    other geometry, or in cells of another size.
    """

    rows: pa.Table
    rules: tuple[CompanionRule, ...]
    fixes: int
    unused: int


def accompanied(answer: Answer, people: Sequence[int] = ()) -> Accompanied:
    """Everybody who was near some cases as the rules on companions ask; near any case where none is named.

    Raises:
        NotFoundError: one of them is not a case.
    """
    check_cases(answer, people)
    cases = answer.decisions["cases"].select(["person"])
    if people:
        cases = cases.filter(pc.is_in(cases["person"], pa.array(people, pa.int64())))
    found = companions(ibis.memtable(cases), answer.known, answer.rules, answer.as_of).to_pyarrow()
    rules = {row.rule.id: row for protocol in answer.rules for row in protocol.companions}
    fixes, unused = _fared(answer, list(rules.values()))
    return Accompanied(found, tuple(rules.values()), fixes, unused)


def _fared(answer: Answer, rules: Sequence[CompanionRule]) -> tuple[int, int]:
    fix = answer.known["fix"]
    used = ibis.literal(value=False)
    for rule in rules:
        if rule.cell_m:
            used = used | ((fix.cell_m == rule.cell_m) & fix.cell.notnull()).fill_null(False)
        else:
            used = used | (fix.lon.notnull() & fix.lat.notnull())
    [row] = fix.aggregate(fixes=fix.count(), used=fix.count(where=used)).to_pyarrow().to_pylist()
    return row["fixes"], row["fixes"] - row["used"]
