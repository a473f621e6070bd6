"""What do an edition's rules ask of a meeting that the meeting itself does not tell?"""

from collections.abc import Callable, Collection

import ibis
import ibis.expr.types as ir

from ringfence.engine.days import day_of
from ringfence.engine.durations import with_day_minutes
from ringfence.engine.match import beside, worked_out
from ringfence.protocol import Protocol
from ringfence.tables import Facts

ABOUT_THEM = ("immune", "vaccinated_d", "infected_d", "age")
"""The words about the person met, which facts tell."""
TOLD = ("lag_min", "manner", "day_minutes", *ABOUT_THEM, "onset_age_d")
"""The words of a meeting that a contact's row shows where its rules ask about them."""
_LAST = {"vaccinated_d": "vaccine", "infected_d": "infection"}
"""What a count of days is from."""


def with_words(met: ir.Table, facts: Facts, protocol: Protocol, words: Collection[str]) -> ir.Table:
    """The meetings with those of the words asked about that have to be worked out."""
    if "day_minutes" in words:
        met = worked_out(with_day_minutes(met, protocol.offsets))
    if "onset_age_d" in words:
        onset = met.onset if "onset" in met.columns else ibis.null("date")
        met = met.mutate(onset_age_d=_days_from(onset, day_of(met.known_at, protocol.offsets)))
    if not set(ABOUT_THEM) & set(words):
        return met
    met = worked_out(met.mutate(day=day_of(met.begin, protocol.offsets)))
    if "age" in words:
        born = facts["person"].semi_join(met, "person").select("person", "birth_year")
        met = beside(met, born, "person").mutate(age=lambda t: t.day.year() - t.birth_year).drop("birth_year")
    register = worked_out(facts["immunity"].semi_join(met, "person"))
    for word, kind in _LAST.items():
        if word in words:
            last = _before(met, register.filter(register.kind == kind), lambda t: {"given": t["at"].max()})
            met = beside(met, worked_out(last), "person", "begin")
            met = met.mutate(**{word: _days_from(day_of(met.given, protocol.offsets), met.day)}).drop("given")
    if "immune" in words:
        met = beside(met, worked_out(_immune(met, register)), "person", "begin")
    return worked_out(met.drop("day"))


def _before(met: ir.Table, register: ir.Table, told: Callable[[ir.Table], dict[str, ir.Value]]) -> ir.Table:
    """What the register tells of before each meeting began: person, begin, and what is asked."""
    begun = met.select("person", "begin").distinct()
    both = begun.inner_join(register, "person")
    both = both.filter(both["at"] < both.begin)
    return both.group_by("person", "begin").aggregate(**told(both))


def _immune(met: ir.Table, register: ir.Table) -> ir.Table:
    """Whether the register's last word before each meeting is that they are immune: person, begin, immune.

    Where it says yes and no of one instant, they are not.
    """
    said = register.filter(register.immune.notnull())
    by_instant = said.group_by("person", "at").aggregate(immune=said.immune.all())
    return _before(met, by_instant, lambda t: {"immune": t.immune.argmax(t["at"])})


def _days_from(first: ir.DateValue, day: ir.DateValue) -> ir.IntegerValue:
    return day.delta(first, unit="day")
