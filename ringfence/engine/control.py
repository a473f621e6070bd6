"""When did whoever owes a course come under control, and when were they in place for each phase?"""

from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.engine.days import day_of
from ringfence.engine.match import stacked, worked_out
from ringfence.engine.stays import spells
from ringfence.protocol import Protocol
from ringfence.tables import Facts

_ANYWHERE = ("home", "central", "hospital")
"""The stays that bring somebody under control; a hold is about a tube, not about a meeting."""
_STRICT = ("central", "hospital")
"""Those at least as strict as central quarantine."""
_NEVER = ibis.null("timestamp(6)")


def kept(owing: ir.Table, facts: Facts, protocol: Protocol) -> dict[bool, ir.Table]:
    """The spells of everybody who owes a course: anywhere (False), and in stays as strict as central (True).

    Moved from one place to another on one day they were kept all along.
    """
    stay = facts["stay"].filter(facts["stay"].kind.isin(list(_ANYWHERE)))
    stay = stay.select("person", "begin", "end", strict=stay.kind.isin(list(_STRICT)))
    stay = worked_out(stay.semi_join(owing, "person"))
    several = stay.group_by("person").aggregate(stays=stay.count())
    several = worked_out(several.filter(several.stays > 1).select("person"))
    # Of most people there is one stay, and that is the spell.
    once = stay.anti_join(several, "person")
    moved = worked_out(stay.semi_join(several, "person"))
    found = {False: _spells(once, moved, protocol)}
    if any(phase.place == "central" for rule in protocol.courses for phase in rule.phases):
        found[True] = _spells(once.filter(once.strict), moved.filter(moved.strict), protocol)
    return found


def _spells(once: ir.Table, moved: ir.Table, protocol: Protocol) -> ir.Table:
    return worked_out(stacked(once.drop("strict"), spells(moved, protocol.offsets)))


def controlled(owing: ir.Table, spell: ir.Table, protocol: Protocol, as_of: datetime) -> ir.Table:
    """When each person came under control for each course: course, control_at.

    That is the first spell that reached past what they owe it for. Nobody is under control while the
    exposure goes on, as at home with a case still at large. Whoever is only followed is at once.
    """
    spell = owing.select("course", "person", "over_at").inner_join(spell, "person")
    over = (spell.over_at < as_of) | (spell.begin >= spell.over_at)
    spell = spell.filter(over & (spell.end.isnull() | (spell.end > spell.over_at)))
    begun = spell.select("course", at=ibis.greatest(spell.begin, spell.over_at))
    free = [rule.of for rule in protocol.courses if rule.phases and rule.phases[0].place == "free"]
    if free:
        mine = owing.filter(
            owing["class"].isin(free) & ((owing.over_at < as_of) | (owing.known_at >= owing.over_at))
        )
        begun = stacked(begun, mine.select("course", at=ibis.greatest(mine.known_at, mine.over_at)))
    return begun.group_by("course").aggregate(control_at=begun["at"].min())


def placed(
    people: ir.Table, phases: ir.Table, spells: dict[bool, ir.Table], protocol: Protocol, as_of: datetime
) -> ir.Table:
    """When each person was in place for each phase, and left it: course, step, placed_at, left_at.

    Whoever left before the day of release is not in place any more. Whoever is only followed is in place
    as soon as they are under control, and has nothing to leave.
    """
    today = day_of(ibis.literal(as_of), protocol.offsets)
    begun = phases.filter(phases.begin_day <= today).select("plan", "step", "place", "until_day")
    mine = people.select("course", "plan", "person", "over_at", "control_at")
    parts: list[ir.Table] = []
    for strict, spell in spells.items():
        asked = begun.filter(begun.place == "central" if strict else begun.place.notin(["central", "free"]))
        parts.append(_stayed(mine.inner_join(asked, "plan"), spell, protocol))
    free = mine.filter(mine.control_at.notnull()).inner_join(begun.filter(begun.place == "free"), "plan")
    parts.append(free.select("course", "step", begin="control_at", end=_NEVER))
    stay = stacked(*parts)
    left = (stay.end <= as_of).ifelse(stay.end, _NEVER)
    return stay.group_by("course", "step").aggregate(placed_at=stay.begin.min(), left_at=left.min())


def _stayed(owed: ir.Table, spell: ir.Table, protocol: Protocol) -> ir.Table:
    both = owed.inner_join(spell, "person")
    both = both.filter(
        both.end.isnull()
        | ((both.end > both.over_at) & (day_of(both.end, protocol.offsets) >= both.until_day))
    )
    return both.select("course", "step", "begin", "end")
