"""Who is, or may be, infected?"""

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


def cases(facts: Facts, protocol: Protocol) -> ir.Table:
    """Every case, first match in the edition's table, with its window (see `tables.decisions.CASES`)."""
    people = illnesses(facts, protocol)
    found = first_match(protocol.cases, {name: people[name] for name in CASE})
    classed = people.mutate(number=found.number).mutate(
        **{"class": pick(found.number, [row.gives for row in protocol.cases])},
        **why(found.number, [row.rule for row in protocol.cases]),
    )
    classed = worked_out(classed.filter(classed["class"] != "none"))
    windowed = worked_out(with_window(classed, facts, protocol))
    placed = beside(windowed, homes_of(facts, windowed), "person")
    told = {
        "nat": placed.nat, "antigen": placed.antigen, "reported": placed.reported, "onset": placed.onset,
        "first_positive": placed.first_positive, "isolated": placed.isolated,
    }  # fmt: skip
    rules = (*protocol.cases, *protocol.windows, *protocol.case_releases)
    told |= {name: placed[name] for name in sorted(asked(rules) - set(told))}
    told |= {DAYS[name]: placed[DAYS[name]] for name in days_asked(protocol.windows)}
    return settle(placed.mutate(values=values(**told), evidence=placed.evidence.unique().sort()), CASES)
