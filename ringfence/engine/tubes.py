"""How many swabs may each person's tube hold, and under which rule?"""

from collections.abc import Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.engine.asked import asked
from ringfence.engine.clocks import Decided
from ringfence.engine.few import number_for
from ringfence.engine.match import beside, first_match, pick, worked_out
from ringfence.engine.standing import contact_classes, occupations, quarantined, symptoms, zones_of
from ringfence.protocol import Protocol
from ringfence.protocol.measures import PoolRule
from ringfence.tables import Facts

_OTHERS = {"symptoms": None, "quarantined": False, "contact": "none", "zone": "none", "occupation": None}
"""What is so of everybody of whom nothing is told: no contact, in no zone, of symptoms and work unknown."""
_TYPES = {"quarantined": "boolean", "symptoms": "boolean"}


def with_tubes(
    people: ir.Table, decided: Decided, facts: Facts, protocol: Protocol, as_of: datetime
) -> ir.Table:
    """The people of each round, with pool, per and pool_rule: the first match as things stand now.

    Only the few of whom something a rule asks about is known are matched one by one; all others have the
    row that matches somebody of whom nothing is.
    """
    rules = protocol.pools
    if not rules:
        return people.mutate(pool=ibis.null("int32"), per=ibis.null("string"), pool_rule=ibis.null("string"))
    usual = number_for(rules, _OTHERS)
    apart = _apart(rules, decided, facts, protocol, as_of)
    if apart is None:
        return _told(people.mutate(number=ibis.literal(usual)), rules).drop("number")
    apart = worked_out(apart.filter(apart.number != usual))
    told = beside(people, apart, "person")
    return _told(told.mutate(number=told.number.fill_null(usual)), rules).drop("number")


def _told(people: ir.Table, rules: Sequence[PoolRule]) -> ir.Table:
    per = {number: row.per for number, row in enumerate(rules) if row.per}
    shared = ibis.cases(*((people.number == n, said) for n, said in per.items())) if per else None
    return people.mutate(
        pool=pick(people.number, [row.size for row in rules]).cast("int32"),
        per=ibis.null("string") if shared is None else shared,
        pool_rule=pick(people.number, [row.rule.id for row in rules]),
    )


def _apart(
    rules: Sequence[PoolRule], decided: Decided, facts: Facts, protocol: Protocol, as_of: datetime
) -> ir.Table | None:
    """Where the first match stands for everybody of whom something is known: person, number.

    None where no row asks anything.
    """
    sources = {
        "symptoms": lambda: symptoms(facts),
        "quarantined": lambda: quarantined(decided, facts, as_of),
        "contact": lambda: contact_classes(decided),
        "zone": lambda: zones_of(facts, protocol, as_of).drop("zone_fact"),
        "occupation": lambda: occupations(facts).drop("person_fact"),
    }
    said = {name: sources[name]() for name in sorted(asked(rules))}
    if not said:
        return None
    known = ibis.union(*(table.select("person") for table in said.values()), distinct=True)
    for table in said.values():
        known = beside(known, table, "person")
    words = {name: known[name] if name in said else _usual(name) for name in _OTHERS}
    words = {name: _filled(word, name) for name, word in words.items()}
    return known.select("person", number=first_match(rules, words).number)


def _usual(name: str) -> ir.Value:
    return ibis.null(_TYPES.get(name, "string"))


def _filled(word: ir.Value, name: str) -> ir.Value:
    usual = _OTHERS[name]
    return word if usual is None else word.fill_null(usual)
