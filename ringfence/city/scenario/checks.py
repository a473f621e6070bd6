"""Who was swabbed singly that evening, when were they found, and what did kit and laboratory say?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ringfence.city.scenario.stage import INVENTED, NOTICE, Stage, local

POSITIVE, NEGATIVE = "positive", "negative"
_Time = tuple[int, int, int]


@dataclass(frozen=True)
class Check:
    """One person's kit and single tube: when found; when kit and laboratory answered, and what.

    `nat_at` is None while the laboratory has not answered.
    """

    person: int
    label: str
    found: datetime
    antigen_at: datetime
    antigen: str
    nat_at: datetime | None
    nat: str
    ct_x100: int | None = None
    source: str = INVENTED


# day of March, hour and minute in Wuxi (invented): found, kit read, laboratory answered
_SEVEN: tuple[tuple[str, str, _Time, _Time, str, _Time | None, int | None], ...] = (
    ("clerk", "CLERK", (30, 17, 50), (30, 18, 20), POSITIVE, (30, 21, 50), 2410),
    ("colleague_a", "COLL-A", (30, 17, 55), (30, 18, 25), NEGATIVE, (30, 22, 40), 3050),
    ("spouse", "SPOUSE", (30, 19, 5), (30, 19, 30), NEGATIVE, (30, 23, 10), 2780),
    ("colleague_b", "COLL-B", (30, 18, 5), (30, 18, 35), NEGATIVE, (31, 0, 5), 3310),
    ("colleague_c", "COLL-C", (30, 20, 25), (30, 20, 55), POSITIVE, (31, 0, 40), 2250),
    ("student", "STUDENT", (30, 22, 40), (30, 23, 5), POSITIVE, (31, 2, 30), 2690),
    ("fitter", "FITTER", (30, 23, 50), (31, 0, 30), POSITIVE, None, None),
)


def checks(on: Stage) -> list[Check]:
    """Everybody swabbed singly: at 01:00 five positive by nucleic acid, two more by antigen (notice 97)."""
    found = [
        Check(
            on.people[role],
            label,
            local(*when),
            local(*kit),
            said,
            None if answer is None else local(*answer),
            POSITIVE,
            ct,
            NOTICE,
        )
        for role, label, when, kit, said, answer, ct in _SEVEN
    ]
    return found + _others_of_the_tube(on) + _family(on) + _colleagues(on)


def _others_of_the_tube(on: Stage) -> list[Check]:
    """The other seven of the ten, found from 17:40, one only at 21:40; negative from 20:30 to 00:28."""
    found: list[Check] = []
    for i, person in enumerate(on.tube_others):
        late = i == len(on.tube_others) - 1
        when = local(30, 21, 40) if late else local(30, 17, 40) + timedelta(minutes=9 * i)
        answer = local(31, 0, 28) if late else local(30, 20, 30) + timedelta(minutes=32 * i)
        found.append(_negative(person, f"TEN-{i + 4:02d}", when, answer))
    return found


def _family(on: Stage) -> list[Check]:
    """The rest of the clerk's household, found with the spouse."""
    return [
        _negative(person, f"HOME-{i + 1:02d}", local(30, 19, 8), local(30, 23, 40))
        for i, person in enumerate(on.household)
    ]


def _colleagues(on: Stage) -> list[Check]:
    """The clerk's room, found one by one from 19:30; those found after 22:00 wait for the laboratory."""
    found: list[Check] = []
    for i, person in enumerate(on.team):
        when = local(30, 19, 30) + timedelta(minutes=25 * i)
        if when >= local(31, 2, 20):
            break
        answer = None if when > local(30, 22) else when + timedelta(minutes=285)
        found.append(_negative(person, f"TEAM-{i + 1:02d}", when, answer))
    return found


def _negative(person: int, label: str, found: datetime, answer: datetime | None) -> Check:
    return Check(person, label, found, found + timedelta(minutes=27), NEGATIVE, answer, NEGATIVE)
