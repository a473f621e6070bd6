"""What could be so of screening? Rounds day after day, work, doses, judgements, closed loops, arrivals."""

from datetime import UTC, datetime, timedelta

from ringfence.tables.facts import ORIGINS, VEHICLES
from tests.generative.making import Making

WORK = ("port", "truck_driver", "courier", "cold_chain", "office", "retired", "pupil")
DAY = timedelta(days=1)


def screenings(made: Making) -> None:
    """The rest of what the tables about rounds, groups of people and gates may ask."""
    for row in made.rows["person"]:
        if row["occupation"] is None:
            row["occupation"] = made.maybe(0.6, *WORK)
    for person in made.people:
        _person(made, person)
    if made.chance(0.6):
        _days_of_rounds(made)
    for _ in range(made.rng.randint(0, 2)):
        area = made.rng.choice(made.homes)[: made.rng.choice((4, 6, 9, 12, 15))]
        made.add("assessment", area=area, chain=made.maybe(0.8, "clear", "unclear"))
    for result in made.rows["result"]:
        if result["tested_at"] is None and made.chance(0.6):
            back = timedelta(hours=made.rng.choice((0, 1, 2)))
            result["tested_at"] = result["reported_at"] - back


def _person(made: Making, person: int) -> None:
    """Posts, doses and swabs of one person, and where they came from."""
    for _ in range(made.rng.choice((0, 0, 1, 2))):
        made.add("membership", person=person, place=made.rng.choice(made.places), kind="work")
    if made.chance(0.2):
        at = made.as_of - timedelta(hours=made.rng.choice((1, 24, 48, 49, 60)))
        made.add("immunity", person=person, kind="vaccine", at=at)
    if made.chance(0.15):
        begin = made.when()
        end = made.maybe(0.4, begin, *(at for at in made.moments if at > begin))
        made.add("stay", person=person, kind="closed_loop", begin=begin, end=end)
    for _ in range(made.rng.choice((0, 0, 1, 3))):
        at: datetime | None = made.when()
        for _ in range(made.rng.choice((1, 2, 3))):
            if at is not None:
                _tube(made, [person], at, "negative" if made.chance(0.9) else None)
                at = made.after(at, 0, 19, 20, 24, 30, 48)
    if made.chance(0.2):
        made.add(
            "arrival", person=person, at=made.when(3), origin=made.rng.choice(ORIGINS),
            vehicle=made.maybe(0.6, *VEHICLES), permit=made.maybe(0.6, True, False),
        )  # fmt: skip


def _days_of_rounds(made: Making) -> None:
    """A round a day in an area or two, mostly clean; the last may still be to come."""
    home = made.rng.choice(made.homes)
    spots = {home[: made.rng.choice((9, 12, 15))], made.rng.choice(made.homes)[: made.rng.choice((6, 12))]}
    spots = set(sorted(spots)[: made.rng.choice((1, 1, 2))])
    opens = made.as_of - made.rng.choice((2, 4, 6, 8)) * DAY - timedelta(hours=made.rng.choice((0, 3, 9)))
    calm = made.chance(0.5)
    for n in range(made.rng.randint(2, 6)):
        name = f"R{made.number}-S{n}"
        for area in sorted(spots):
            due = opens + timedelta(hours=made.rng.choice((9, 12, 24)))
            due = made.rng.choice((due, due, _midnight_after(made, opens)))
            if made.chance(0.3):
                due = made.as_of + timedelta(hours=made.rng.choice((-2, 0, 2)))
            made.add("round", round=name, area=area, name_zh="轮", opens_at=opens, due_at=due)
        asked = [person for person in made.people if made.chance(0.8)]
        while asked:
            members, asked = asked[: (size := made.rng.choice((1, 2, 5)))], asked[size:]
            said = "negative" if calm else made.rng.choice(("negative",) * 12 + ("positive", "grey", None))
            _tube(made, members, opens + timedelta(hours=made.rng.choice((0, 1, 8))), said, name)
        opens += made.rng.choice((1, 1, 1, 2, 3)) * DAY


def _midnight_after(made: Making, at: datetime) -> datetime:
    """When the civil day of an instant ends."""
    day = at.replace(tzinfo=UTC).astimezone(made.zone).date() + DAY
    return datetime(day.year, day.month, day.day, tzinfo=made.zone).astimezone(UTC).replace(tzinfo=None)


def _tube(
    made: Making, members: list[int], at: datetime, said: str | None, round_: str | None = None
) -> None:
    if at > made.as_of:
        return
    name = f"{made.number}-{len(made.rows['tube']) + 300_000}"
    made.add("tube", tube=name, pool=max(len(members), made.rng.choice((1, 10))), round=round_)
    for member in members:
        made.add("sample", tube=name, person=member, sampled_at=at)
    reported = made.after(at, 0, 2, 5, 20)
    if said is not None and reported is not None:
        made.add("result", tube=name, test="nat", result=said, reported_at=reported)
