"""When was somebody ill infected? The incubation counted back from onset, or from the first positive swab."""

import ibis
import ibis.expr.types as ir

from ringfence.engine.illnesses import illnesses
from ringfence.engine.match import beside, settle, why, worked_out
from ringfence.engine.parts import Rules, by_part
from ringfence.engine.swabs import homes_of
from ringfence.engine.windows import with_span
from ringfence.protocol import Protocol
from ringfence.tables import Facts
from ringfence.tables.searches import INFECTED


def infected(facts: Facts, rules: Rules) -> ir.Table:
    """Everybody ill (a positive single or a case report), with the span in which they were infected.

    Each by the rules of the part they live in (see `tables.searches.INFECTED`). The span is absent where
    the edition says nothing of incubation, or what it counts from is not known.
    """
    return by_part(INFECTED, rules, lambda protocol: _infected(facts, protocol))


def _infected(facts: Facts, protocol: Protocol) -> ir.Table:
    people, _ = illnesses(facts, protocol)
    if protocol.incubations:
        rows = protocol.incubations
        spans = with_span(people, facts, protocol, rows)
        spans = spans.mutate(
            infected_from=spans.span_from,
            infected_to=spans.span_to,
            **why(spans.number, [row.rule for row in rows]),
        )
    else:
        absent = {name: ibis.null("timestamp(6)") for name in ("infected_from", "infected_to")}
        absent |= {name: ibis.null("string") for name in ("rule", "edition", "grade")}
        spans = people.mutate(**absent)
    spans = worked_out(spans)
    return settle(beside(spans, homes_of(facts, spans), "person"), INFECTED)
