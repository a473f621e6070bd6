"""How many swabs may each person's tube hold, and under which rule?"""

from collections.abc import Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ringfence.engine.asked import asked
from ringfence.engine.cases import cases
from ringfence.engine.chain import chain
from ringfence.engine.clocks import Decided
from ringfence.engine.few import number_for
from ringfence.engine.match import as_rows, beside, first_match, pick, worked_out
from ringfence.engine.parts import Rules, by_part, of_part
from ringfence.engine.standing import contact_classes, occupations, quarantined, symptoms, zones_of
from ringfence.engine.swabs import homes
from ringfence.protocol import Protocol
from ringfence.protocol.measures import PoolRule
from ringfence.tables import Facts
from ringfence.tables.decisions import DECISIONS

_OTHERS = {"symptoms": None, "quarantined": False, "contact": "none", "zone": "none", "occupation": None}
"""What is so of everybody of whom nothing is told: no contact, in no zone, of symptoms and work unknown."""
_TOLD = ("stay", "case_report", "person")
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


def usual(protocol: Protocol) -> PoolRule | None:
    """The rule for people of whom nothing is told; None where there is none."""
    number = number_for(protocol.pools, _OTHERS)
    return None if number < 0 else protocol.pools[number]


def kept_apart(facts: Facts, rules: Rules, as_of: datetime) -> ir.Table:
    """Whose tube is not as the widest rules give it to most: person, area, pool, per, pool_rule.

    Everybody who lives somewhere, and whoever else is a contact, kept, ill or at work, wherever they live.
    """
    most = usual(rules[0])
    decided = _contacts(facts, rules, as_of)
    others = [decided["contacts"], decided["courses"], *(facts[kind] for kind in _TOLD)]
    named = ibis.union(*(table.select("person") for table in others), distinct=True)
    home = homes(facts)
    people = home.union(named.anti_join(home, "person").mutate(area=ibis.null("string")))
    found: list[pa.Table] = []
    for number, protocol in enumerate(rules):
        mine = with_tubes(of_part(people, rules, number), decided, facts, protocol, as_of)
        if most:
            mine = mine.filter((mine.pool != most.size) | mine.per.notnull())
        else:
            mine = mine.filter(mine.pool.notnull())
        found.append(as_rows(mine.select("person", "area", "pool", "per", "pool_rule")))
    return ibis.memtable(pa.concat_tables(found))


def _contacts(facts: Facts, rules: Rules, as_of: datetime) -> Decided:
    """The contacts and courses of all parts."""
    found = by_part(DECISIONS["cases"], rules, lambda protocol: cases(facts, protocol))
    chains = {protocol.area: chain(found, facts, protocol, as_of) for protocol in rules}
    return {
        name: by_part(DECISIONS[name], rules, lambda protocol, name=name: chains[protocol.area][name])
        for name in ("contacts", "courses")
    }


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
