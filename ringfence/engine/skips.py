"""Who is left out of a round, by which rule, and on which facts?"""

import ibis
import ibis.expr.types as ir

from ringfence.engine.ages import doses, hours_between, last_before, nucleic_swabs
from ringfence.engine.asked import asked
from ringfence.engine.few import number_for
from ringfence.engine.match import beside, first_match
from ringfence.engine.match import facts as evidence
from ringfence.protocol import Protocol
from ringfence.protocol.measures import SkipRule
from ringfence.protocol.vocabulary import SKIP
from ringfence.tables import Facts

_SOURCES = {"vaccinated_h": doses, "tested_h": nucleic_swabs}
"""What each word of a skip rule counts from: a person's last one before the round opened."""
_NOTHING = ibis.literal([], type="array<int64>")


def with_skips(everyone: ir.Table, facts: Facts, protocol: Protocol) -> ir.Table:
    """The people of each round with the rule that leaves them out and the facts for it: skip_rule,
    skip_facts; both absent where none does.

    Args:
        everyone: round and person.
        facts: the rounds, doses and swabs.
        protocol: its skip rows are matched as things stood when the round opened.
    """
    rules = protocol.skips
    ids = {number: row.rule.id for number, row in enumerate(rules) if row.gives == "skip"}
    if not ids:
        return everyone.mutate(skip_rule=ibis.null("string"), skip_facts=ibis.null("array<int64>"))
    known = _known(facts, asked(rules))
    words = {name: known[name] for name in SKIP}
    known = known.mutate(number=first_match(rules, words).number)
    rests = [(known.number == number, _rests_on(rules[number], known)) for number in ids]
    known = known.mutate(skip_facts=ibis.cases(*rests))
    told = beside(everyone, known.select("round", "person", "number", "skip_facts"), "round", "person")
    number = told.number.fill_null(number_for(rules, dict.fromkeys(SKIP)))
    return told.mutate(skip_rule=ibis.cases(*((number == n, id_) for n, id_ in ids.items()))).drop("number")


def only_the_skipped(told: ir.Table) -> ir.Table:
    """The people of each round, the facts of a skip added to what rests on it; whoever was sampled, exempt
    or away was not left out by a rule."""
    left_out = told.status == "skipped"
    rests = told.evidence.concat(told.skip_facts.fill_null(_NOTHING))
    return told.mutate(
        skip_rule=left_out.ifelse(told.skip_rule, ibis.null("string")),
        evidence=left_out.ifelse(rests, told.evidence),
    )


def _rests_on(row: SkipRule, known: ir.Table) -> ir.Value:
    used = sorted(asked([row]))
    return evidence(*(known[f"{name}_fact"] for name in used)) if used else _NOTHING


def _known(facts: Facts, used: frozenset[str]) -> ir.Table:
    """What skip rules ask of each person in each round of whom any of it is known: round, person, and for
    each word its hours and its fact."""
    said = facts["round"]
    opened = said.group_by(of="round").aggregate(moment=said.opens_at.min())
    last = {name: last_before(_SOURCES[name](facts), opened) for name in sorted(used)}
    known = ibis.union(*(table.select("of", "person") for table in last.values()), distinct=True)
    known = known.inner_join(opened, "of")
    for name, table in last.items():
        theirs = table.select("of", "person", **{f"{name}_at": table["at"], f"{name}_fact": table.fact})
        known = beside(known, theirs, "of", "person")
        known = known.mutate(**{name: hours_between(known[f"{name}_at"], known.moment)})
    absent = {name: ibis.null("float64") for name in SKIP if name not in used}
    return known.rename(round="of").mutate(**absent)
