"""What happened in the night of 30 to 31 March 2022? Notice 97's facts, played over the synthetic city.

The notice gives the afternoon's positive tube of ten, the first antigen positive, five positives by nucleic
acid and two by antigen as of 01:00, the eleven sealed places and the three districts; the press gives the
call-overs and the deadline of the first round. All else is invented, and every row says which it is.
"""

from ringfence.city.scenario import first_round, key_round, orders, people
from ringfence.city.scenario.stage import CALL_OVERS, Happening, Stage, stage
from ringfence.city.whole import City

__all__ = ["CALL_OVERS", "Happening", "Stage", "night", "stage"]


def night(city: City, seed: int) -> list[Happening]:
    """The happenings from 11:00 on 30 March to 03:00 on 31 March (Wuxi time), in order of becoming known."""
    on = stage(city)
    found = [
        *key_round.visitor(on),
        *key_round.screening(city, on, seed),
        *people.tests(on),
        *people.kept(on),
        *people.inquiries(on),
        *first_round.happenings(city, on, seed),
        *orders.zones(on),
    ]
    return sorted((h for h in found if h.rows.num_rows), key=lambda happening: happening.at)
