"""Who is, or may be, infected?"""

import ibis
import ibis.expr.types as ir

from ringfence.engine.asked import asked
from ringfence.engine.illnesses import illnesses
from ringfence.engine.match import beside, first_match, pick, settle, values, why, worked_out
from ringfence.engine.swabs import homes_of
from ringfence.engine.windows import DAYS, days_asked, with_window
from ringfence.protocol import Protocol
from ringfence.protocol.vocabulary import CASE
from ringfence.tables import Facts
from ringfence.tables.decisions import CASES

_BEFORE = {
    "before_at": "timestamp(6)", "before_onset": "date", "before_from": "timestamp(6)",
    "before_to": "timestamp(6)",
}  # fmt: skip


def cases(facts: Facts, protocol: Protocol) -> ir.Table:
    """Every case, first match in the edition's table, with its window and that of the illness before (see
    `tables.decisions.CASES`)."""
    present, before = illnesses(facts, protocol)
    windowed = _windowed(present, facts, protocol)
    placed = beside(windowed, homes_of(facts, windowed), "person")
    if before is None:
        placed = placed.mutate(**{name: ibis.null(kind) for name, kind in _BEFORE.items()})
    else:
        ended = _windowed(before, facts, protocol)
        told = ended.select(
            "person", before_at="detected_at", before_onset="onset", before_from="window_from",
            before_to="window_to",
        )  # fmt: skip
        placed = worked_out(beside(placed, told, "person"))
    told = {
        "nat": placed.nat, "antigen": placed.antigen, "reported": placed.reported, "onset": placed.onset,
        "first_positive": placed.first_positive, "isolated": placed.isolated,
    }  # fmt: skip
    rules = (*protocol.cases, *protocol.windows, *protocol.case_releases)
    told |= {name: placed[name] for name in sorted(asked(rules) - set(told))}
    told |= {DAYS[name]: placed[DAYS[name]] for name in days_asked(protocol.windows)}
    return settle(placed.mutate(values=values(**told), evidence=placed.evidence.unique().sort()), CASES)


def _windowed(people: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """Those of them who are cases, with their class, its rule and their window."""
    found = first_match(protocol.cases, {name: people[name] for name in CASE})
    classed = people.mutate(
        **{"class": pick(found.number, [row.gives for row in protocol.cases])},
        **why(found.number, [row.rule for row in protocol.cases]),
    )
    classed = worked_out(classed.filter(classed["class"] != "none"))
    return worked_out(with_window(classed, facts, protocol))
