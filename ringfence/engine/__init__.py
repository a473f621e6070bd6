"""What follows from the facts? Tables, a protocol and an instant in; decisions out.

Nothing here knows a clock, a file, chance or a database: the same facts, protocol and instant give the
same rows in the same order.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

import ibis.expr.types as ir
import pyarrow as pa

from ringfence.engine.cadences import cadences
from ringfence.engine.campaigns import campaigns
from ringfence.engine.cases import cases
from ringfence.engine.chain import by_rules, chain
from ringfence.engine.clocks import clocks
from ringfence.engine.holds import holds, pools
from ringfence.engine.parts import Rules, by_part
from ringfence.engine.restrictions import codes, restrictions
from ringfence.engine.rounds import covered
from ringfence.engine.search import Search
from ringfence.engine.tasks import tasks
from ringfence.engine.zone_steps import zone_steps
from ringfence.engine.zones import zones
from ringfence.protocol import Protocol
from ringfence.tables import Facts
from ringfence.tables.decisions import DECISIONS

Decisions = Mapping[str, pa.Table]
"""Every decision table, by name."""


def _ignore(_step: str) -> None:
    """Nobody is watching."""


def decide(
    facts: Facts,
    rules: Rules | Protocol,
    as_of: datetime,
    watch: Callable[[str], None] = _ignore,
    searched: Facts | None = None,
) -> Decisions:
    """Every decision as of an instant: the steps of the main job, in their order.

    Args:
        facts: what was known then.
        rules: the rules in force there and then; several where parts of the area have their own.
        as_of: the instant, naive UTC.
        watch: is told the name of each table as it is worked out.
        searched: the same facts as tables of another engine, where meetings are to be searched for there.
    """
    rules = (rules,) if isinstance(rules, Protocol) else rules
    done: dict[str, ir.Table] = {}

    def each(name: str, decided: Callable[[Protocol], ir.Table]) -> None:
        watch(name)
        done[name] = by_part(DECISIONS[name], rules, decided)

    each("holds", lambda protocol: holds(facts, protocol, as_of))
    each("pools", lambda protocol: pools(facts, protocol, done["holds"]))
    each("cases", lambda protocol: cases(facts, protocol))
    search = None if searched is None else Search(searched)
    watch("exposures")
    chains = {protocol.area: chain(done["cases"], facts, protocol, as_of, search) for protocol in rules}
    done |= by_rules(rules, chains, watch)
    watch("coverage")
    done["coverage"] = covered(done, facts, rules, as_of)
    each("campaigns", lambda protocol: campaigns(done, facts, protocol, as_of))
    each("cadences", lambda protocol: cadences(facts, protocol, as_of))
    each("zones", lambda protocol: zones(done["cases"], facts, protocol, as_of))
    each("zone_steps", lambda protocol: zone_steps(done, facts, protocol, as_of))
    each("restrictions", lambda protocol: restrictions(done, facts, protocol, as_of))
    watch("codes")
    done["codes"] = codes(done["restrictions"])
    each("clocks", lambda protocol: clocks(done, facts, protocol, as_of))
    each("tasks", lambda protocol: tasks(done, facts, protocol, as_of))
    return {name: done[name].to_pyarrow() for name in DECISIONS}
