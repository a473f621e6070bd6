"""What could be so of zones? Judgements, zones that follow on one another, sweeps, disinfections."""

from datetime import timedelta
from typing import Any

from ringfence import areas
from ringfence.tables.facts import ZONE_LEVELS
from tests.generative.making import Making

CUTS = (6, 9, 12, 15, 18, 20, 25)
"""How much of a household's code: district to household."""


def zonings(made: Making) -> None:
    """The rest of what the tables about zones may ask."""
    for row in made.rows["assessment"]:
        if made.chance(0.7):
            row |= {
                "spread": made.maybe(0.7, "high", "some", "low"),
                "traceable": made.maybe(0.7, True, False),
            }
    for _ in range(made.rng.choice((0, 1, 3))):
        made.add(
            "assessment", area=_area(made), spread=made.maybe(0.7, "high", "some", "low"),
            traceable=made.maybe(0.7, True, False),
        )  # fmt: skip
    for _ in range(made.rng.choice((0, 0, 1, 2))):
        made.add(
            "zone", area=_area(made), level=made.rng.choice(ZONE_LEVELS), begin=made.when(), authority="戊"
        )
    for zone in list(made.rows["zone"]):
        _followed(made, zone)
    for zone in list(made.rows["zone"]):
        if made.chance(0.3):
            made.add("step", subject=f"A:{zone['area']}", step="disinfected", at=made.when())
        if made.chance(0.6):
            _swept(made, zone["area"])


def _area(made: Making) -> str:
    return made.rng.choice(made.homes)[: made.rng.choice(CUTS)].rstrip("-")


def _followed(made: Making, zone: dict[str, Any]) -> None:
    """Now and then another level of the same area begins when a zone ends, or on that day."""
    if zone["end"] is None and made.chance(0.3):
        zone["end"] = made.after(zone["begin"], 10, 40, 100)
    if zone["end"] is not None and made.chance(0.7):
        begin = zone["end"] + timedelta(hours=made.rng.choice((0, 0, 1, 20)))
        made.add("zone", area=zone["area"], level=made.rng.choice(ZONE_LEVELS), begin=begin, authority="己")


def _swept(made: Making, area: str) -> None:
    """Nearly everyone who lives in an area is swabbed of late, some of them in one tube."""
    lives = [
        row["person"]
        for row in made.rows["residence"]
        if row["kind"] == "living" and areas.contains(area, row["area"])
    ]
    share, back = made.rng.choice((1.0, 0.9)), made.rng.choice((2, 8, 20, 30, 50))
    lives = [person for person in lives if made.chance(share)]
    while lives:
        members, lives = lives[: (size := made.rng.choice((1, 1, 3)))], lives[size:]
        at = made.as_of - timedelta(hours=back, minutes=made.rng.choice((0, 30)))
        name = f"{made.number}-{len(made.rows['tube']) + 400_000}"
        made.add("tube", tube=name, pool=made.rng.choice((size, 10)))
        for person in members:
            made.add("sample", tube=name, person=person, sampled_at=at)
        test = "antigen" if made.chance(0.05) else "nat"
        if made.chance(0.95):
            reported = at + timedelta(hours=made.rng.choice((0, 1)))
            made.add("result", tube=name, test=test, result="negative", reported_at=reported)
