"""What could be so? Random tiny cities full of edges, each apart from the others in every number and code."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import ibis

from ringfence.tables import Facts
from ringfence.tables.facts import DUTIES, STEPS
from tests.drawing import fact_table
from tests.generative.cities_courses import observed
from tests.generative.cities_illness import illnesses
from tests.generative.cities_screening import screenings
from tests.generative.cities_zones import zonings
from tests.generative.making import KINDS, SPAN, Making, Rows

PLACE_KINDS = (
    "office", "workshop", "classroom", "dormitory", "canteen", "restaurant", "entertainment", "shop",
    "market", "bus", "train", "coach", "aircraft", "taxi", "lift", "quarantine_site", "hospital", "outdoors",
)  # fmt: skip
LENGTHS = (None, None, 1, 15, 30, 30, 60, 180, 540, 720, 1440, 3600)
"""Minutes of a visit; None for a single scan."""


def city(number: int, seed: int, as_of: datetime, zone: str) -> Rows:
    """One city: rows of every kind, each with its fact's number. Numbers and codes are its own alone."""
    made = Making(number, Random(f"{seed}/{number}"), as_of, ZoneInfo(zone))
    made.people = [number * 100 + n for n in range(1, made.rng.randint(5, 25) + 1)]
    made.places = [number * 10 + n for n in range(1, made.rng.randint(3, 6) + 1)]
    for make in (
        _areas,
        _homes,
        _places,
        _units,
        _visits,
        _tubes,
        _reports,
        _interviews,
        _stays,
        _zones,
        _steps,
        _obedient,
        illnesses,
        screenings,
        observed,
        screenings,
        zonings,
    ):
        make(made)
    return made.rows


def _areas(made: Making) -> None:
    """A few households in a few buildings, near and far."""
    prefix = f"{1000 + made.number:04d}"
    for _ in range(made.rng.randint(2, 6)):
        town = f"{prefix}0{made.rng.randint(1, 2)}00{made.rng.randint(1, 2)}"
        building = f"{town}00{made.rng.randint(1, 2)}-0{made.rng.randint(1, 2)}-0{made.rng.randint(1, 2)}"
        made.homes.append(f"{building}-{made.rng.randint(1, 2)}-010{made.rng.randint(1, 2)}")


def _coarser(made: Making, area: str, share: float) -> str:
    """An area, or with some chance only the community, grid, building or town it lies in."""
    if not made.chance(share):
        return area
    parts = area.split("-")
    return made.rng.choice((parts[0], "-".join(parts[:2]), "-".join(parts[:3]), parts[0][:9], parts[0][:6]))


def _homes(made: Making) -> None:
    for person in made.people:
        made.add("person", person=person)
        if made.chance(0.9):
            home = _coarser(made, made.rng.choice(made.homes), 0.15)
            moved = {"from_day": made.maybe(0.15, made.day()), "to_day": made.maybe(0.1, made.day())}
            made.add("residence", person=person, kind="living", area=home, **moved)
        if made.chance(0.2):
            made.add("residence", person=person, kind="registered", area=made.rng.choice(made.homes))
        if made.chance(0.3):
            place, kind = made.rng.choice(made.places), made.rng.choice(("work", "class", "group"))
            made.add("membership", person=person, place=place, kind=kind, part=made.maybe(0.7, 1, 2))


def _places(made: Making) -> None:
    for place in made.places:
        if made.chance(0.95):
            kind = made.rng.choice(PLACE_KINDS)
            area = _coarser(made, made.rng.choice(made.homes).rsplit("-", 2)[0], 0.5)
            made.add(
                "place", place=place, name_zh="甲", kind=kind, area=area, closed=made.maybe(0.6, True, False)
            )


def _units(made: Making) -> None:
    for n in range(made.rng.randint(0, 12)):
        area = made.rng.choice(made.homes)
        cut = made.rng.choice((4, 6, 9, 12, 15, 18))
        duty = made.rng.choice(DUTIES)
        made.add("unit", unit=f"U{made.number}-{n}", duty=duty, area=area[:cut], name_zh="乙")


def _visits(made: Making) -> None:
    """Visits, some of them echoes of another: touching, nested, at one instant, in two places at once."""
    for person in made.people:
        for _ in range(made.rng.randint(0, 6)):
            enter, minutes = made.when(), made.rng.choice(LENGTHS)
            place = made.rng.choice(made.places)
            if made.rows["visit"] and made.chance(0.5):
                other = made.rng.choice(made.rows["visit"])
                place = other["place"] if made.chance(0.8) else place
                enter = made.rng.choice((
                    other["enter"], other["leave"] or other["enter"], other["enter"] + timedelta(minutes=15),
                    other["enter"] - timedelta(minutes=minutes or 0),
                ))  # fmt: skip
            leave = None if minutes is None else enter + timedelta(minutes=minutes)
            made.add("visit", person=person, place=place, enter=enter, leave=leave,
                     part=made.maybe(0.7, 1, 1, 2), seat_row=made.maybe(0.5, 1, 2, 5, 9))  # fmt: skip


def _tubes(made: Making) -> None:
    rounds = [f"R{made.number}-{n}" for n in range(made.rng.randint(0, 2))]
    for name in rounds:
        for _ in range(made.rng.randint(1, 2)):
            opens, due = made.when(), made.as_of + timedelta(hours=made.rng.choice((-30, -1, 0, 5)))
            area = made.rng.choice(made.homes)[: made.rng.choice((4, 6, 9, 12, 15))]
            made.add("round", round=name, area=area, name_zh="轮", opens_at=opens, due_at=due)
    for _ in range(made.rng.randint(1, 5)):
        pool = made.rng.choice((1, 1, 5, 10))
        # Now and then two people turn out to be in a tube that is for one.
        size = made.rng.choice((1, 1, 1, 2)) if pool == 1 else made.rng.randint(0, pool)
        members = made.rng.sample(made.people, min(size, len(made.people)))
        at = _tube(made, pool, members, made.when(), rounds)
        for member in members:
            # A retest, or the other swab of the same visit: before, with or after the first.
            for _ in range(made.rng.choice((0, 1, 1, 2))):
                again = made.after(at, -2, 0, 0, 3, 6, 20, 26, 72)
                if again is not None:
                    _tube(made, 1, [member], again, rounds)


def _tube(made: Making, pool: int, members: Sequence[int], at: datetime, rounds: list[str]) -> datetime:
    name = f"{made.number}-{len(made.rows['tube']) + made.rng.randrange(1000) * 100}"
    if made.chance(0.97):
        made.add(
            "tube", tube=name, pool=pool, round=made.maybe(0.5, *rounds) if rounds else None,
            area=made.maybe(0.8, *made.homes), received_at=made.maybe(0.5, made.after(at, 1, 3)),
        )  # fmt: skip
    for member in members:
        made.add("sample", tube=name, person=member, sampled_at=at)
    for test in made.rng.choice((("nat",), ("nat",), ("nat",), ("antigen",), ("nat", "antigen"))):
        reported = made.after(at, 0, 1, 5, 6, 9, 30)
        if reported is not None and made.chance(0.85) and (pool == 1 or test == "nat"):
            said = made.rng.choice(("negative", "negative", "positive", "positive", "grey", "invalid"))
            made.add("result", tube=name, test=test, result=said, reported_at=reported)
    return at


def _reports(made: Making) -> None:
    for person in made.rng.sample(made.people, min(len(made.people), made.rng.randint(0, 4))):
        made.add("case_report", person=person, reported_at=made.when(), symptoms=made.maybe(0.7, "yes", "no"),
                 onset=made.maybe(0.6, made.day()), elsewhere=made.maybe(0.5, True, False),
                 status=made.maybe(0.8, "suspected", "confirmed", "asymptomatic", "excluded"))  # fmt: skip


def _interviews(made: Making) -> None:
    for _ in range(made.rng.randint(0, 8)):
        begin, case, person = made.when(), made.rng.choice(made.people), made.rng.choice(made.people)
        if made.rows["interview"] and made.chance(0.3):
            # The same two again, from when they last parted or met.
            told = made.rng.choice(made.rows["interview"])
            begin, case, person = made.rng.choice((told["end"], told["begin"])), told["case"], told["person"]
        made.add(
            "interview", case=case, person=person, begin=begin,
            end=begin + timedelta(minutes=made.rng.choice((1, 14, 15, 90, 2000))),
            setting=made.maybe(0.7, "home", *PLACE_KINDS), near=made.maybe(0.6, True, False),
            relation=made.maybe(0.4, "lives_with", "carer", "colleague", "friend", "stranger"),
            distance_m=made.maybe(0.3, 0, 1, 2), protected=made.maybe(0.3, True, False),
            investigator=made.maybe(0.3, True, False),
        )  # fmt: skip


def _stays(made: Making) -> None:
    for person in made.people:
        end = None
        for _ in range(made.rng.choice((0, 0, 1, 1, 2, 3))):
            # Moved on: the next stay begins when the last one ended, or later that day.
            moved = end is not None and made.chance(0.6)
            begin = end + timedelta(hours=made.rng.choice((0, 0, 3))) if end and moved else made.when()
            end = begin + timedelta(hours=made.rng.choice((1, 12, 48, 200))) if made.chance(0.5) else None
            later = [at for at in made.moments if at > begin]
            if end is not None and later and made.chance(0.5):
                end = made.rng.choice(later)
            kind = made.rng.choice(("hold", "central", "central", "home", "hospital", "away"))
            made.add("stay", person=person, kind=kind, begin=begin, end=end,
                     place=made.maybe(0.8, *made.places[:2]))  # fmt: skip
    for person in made.people:
        if made.chance(0.1):
            begin = made.day()
            until = begin + timedelta(days=made.rng.choice((1, 4, 30)))
            made.add("exemption", person=person, from_day=begin, to_day=until, reason="丙")


def _zones(made: Making) -> None:
    for _ in range(made.rng.randint(0, 3)):
        area = made.rng.choice(made.homes)[: made.rng.choice((4, 6, 9, 12, 15, 18))]
        begin = made.when()
        level = made.rng.choice(("sealed", "controlled", "precaution"))
        ends = [made.after(begin, 10, 100), *(at for at in made.moments if at > begin)]
        end = made.maybe(0.3, *ends)
        made.add("zone", area=area, level=level, begin=begin, end=end, authority="丁")


def _steps(made: Making) -> None:
    for person in made.people:
        if made.chance(0.4):
            made.add("step", subject=f"P{person}", step=made.rng.choice(STEPS), at=made.when(4))
    for tube in made.rows["tube"]:
        if made.chance(0.2):
            step = made.rng.choice(("closed", "reported"))
            made.add("step", subject=f"T:{tube['tube']}", step=step, at=made.when(4))


def _obedient(made: Making) -> None:
    """Now and then somebody does all that is asked: met a case, was brought in, tested every day, let go."""
    if not made.chance(0.4):
        return
    case, friend = made.rng.sample(made.people, 2)
    met = made.as_of - timedelta(days=SPAN - 1, hours=made.rng.randrange(24))
    reported = met + timedelta(hours=made.rng.choice((3, 20)))
    _single(made, case, met, "positive", reported)
    made.add("stay", person=case, kind="hospital", begin=reported)
    made.add(
        "interview", case=case, person=friend, begin=met - timedelta(hours=1), end=met, investigator=True
    )
    days = made.rng.choice((3, 6, 8))
    made.add("stay", person=friend, kind="central", begin=reported, end=reported + timedelta(days=days))
    for n in range(days + 1):
        at = reported + timedelta(days=n, minutes=30)
        if made.chance(0.95):
            _single(made, friend, at, "negative", at + timedelta(hours=4))


def _single(made: Making, person: int, at: datetime, said: str, reported: datetime) -> None:
    name = f"{made.number}-{len(made.rows['tube']) + 100_000}"
    made.add("tube", tube=name, pool=1)
    made.add("sample", tube=name, person=person, sampled_at=at)
    made.add("result", tube=name, test="nat", result=said, reported_at=reported)


def united(cities: Sequence[Rows]) -> Rows:
    """Several cities as one set of facts."""
    return {kind: [row for one in cities for row in one[kind]] for kind in KINDS}


def tables(rows: Rows, zone: str, rng: Random | None = None) -> Facts:
    """The facts as the engine takes them; shuffled where a generator is given."""
    facts: dict[str, ibis.Table] = {}
    for kind in KINDS:
        given = list(rows[kind])
        if rng is not None:
            rng.shuffle(given)
        if kind == "visit":
            info = ZoneInfo(zone)
            days = [row["enter"].replace(tzinfo=UTC).astimezone(info).date() for row in given]
            given = [{**row, "day": day} for row, day in zip(given, days, strict=True)]
        facts[kind] = fact_table(kind, given)
    return facts
