"""What could be so of a course? Arrivals, closed loops, moves between sites, visits of health workers."""

from datetime import timedelta

from ringfence.tables.facts import ORIGINS
from tests.generative.making import Making


def observed(made: Making) -> None:
    """The rest of what the tables about courses may ask."""
    for person in made.people:
        if made.chance(0.3):
            _arrived(made, person)
        if made.chance(0.15):
            _in_a_loop(made, person)
        if made.chance(0.3):
            _seen(made, person)
        if made.chance(0.2):
            _kept_on(made, person)


def _arrived(made: Making, person: int) -> None:
    """Once or twice, now and then to come still."""
    for _ in range(made.rng.choice((1, 1, 1, 2, 3))):
        at = made.when() + timedelta(days=made.rng.choice((0, 0, 0, 0, 3)))
        left = made.maybe(0.7, *(at.date() - timedelta(days=days) for days in (0, 1, 6, 7, 8, 20)))
        made.add("arrival", person=person, at=at, origin=made.rng.choice(ORIGINS), left_day=left)
        if made.chance(0.5):
            # Brought in on the day, or some days after.
            begin = at + timedelta(hours=made.rng.choice((0, 1, 5, 30, 100)))
            end = begin + timedelta(hours=made.rng.choice((20, 60, 150))) if made.chance(0.3) else None
            kind = made.rng.choice(("central", "central", "home"))
            made.add("stay", person=person, kind=kind, begin=begin, end=end,
                     place=made.maybe(0.8, *made.places[:2]))  # fmt: skip


def _in_a_loop(made: Making, person: int) -> None:
    """Weeks of closed-loop work, moved from one to the next on the day or later, over or not."""
    begin = made.when()
    for _ in range(made.rng.choice((1, 1, 2))):
        end = begin + timedelta(hours=made.rng.choice((3, 24, 70, 140))) if made.chance(0.8) else None
        made.add("stay", person=person, kind="closed_loop", begin=begin, end=end)
        begin = (end or begin) + timedelta(hours=made.rng.choice((0, 2, 30)))


def _seen(made: Making, person: int) -> None:
    at = made.when(5)
    made.add("step", subject=f"P{person}", step="visited", at=at)


def _kept_on(made: Making, person: int) -> None:
    """Let out of where they were, or taken to hospital out of it, while others are there."""
    begin = made.when()
    place = made.rng.choice(made.places[:2])
    end = begin + timedelta(hours=made.rng.choice((12, 50, 100)))
    made.add("stay", person=person, kind="central", begin=begin, end=end, place=place)
    if made.chance(0.5):
        left = end + timedelta(hours=made.rng.choice((24, 60)))
        made.add("stay", person=person, kind="hospital", begin=end, end=left if made.chance(0.6) else None)
