"""How did it begin? The visitor from elsewhere, the key-area round and the positive tube of ten."""

from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa

from ringfence.city import cast, sealed
from ringfence.city.chance import Ints, fixed
from ringfence.city.scenario.stage import (
    CITY_TRACERS,
    INVENTED,
    LABORATORY,
    NOTICE,
    Happening,
    Row,
    Stage,
    local,
    told,
)
from ringfence.city.whole import City, table
from ringfence.tables import person_text
from ringfence.tables.facts import SAMPLE, TUBE

ROUND = "2022-03-30-key"
POSITIVE_TUBE = "K0330-POS"
TUBE_ROLES = ("clerk", "colleague_a", "colleague_b")
TEN = 10
_COMPLIANCE = 0.92
_OPENS, _CLOSES = local(30, 13), local(30, 16, 30)
_AREAS = (sealed.HUADI, sealed.WANDA)


def visitor(on: Stage) -> list[Happening]:
    """The positive case another province reports, and where that person had been in the city."""
    who = on.visitor
    report: Row = {
        "person": who,
        "reported_at": local(30, 11),
        "symptoms": "yes",
        "onset": date(2022, 3, 29),
        "status": "confirmed",
        "elsewhere": True,
    }
    person: Row = {"person": who, "birth_year": 1979, "sex": "male"}
    home: Row = {"person": who, "kind": "registered", "area": "34"}
    reported = (
        "外省市通报一名阳性病例曾在本市活动(时间为虚构)",
        "Another province reports a case (hour invented)",
    )
    return [
        told(local(30, 11), "person", [person], ("登记一名外省来锡人员", "A visitor is put on the register")),
        told(local(30, 11, 1), "residence", [home], ("该人员户籍在外省,在锡无住处", "No home in the city")),
        told(local(30, 11, 2), "case_report", [report], reported, NOTICE),
        told(
            local(30, 11, 40),
            "visit",
            _been(on),
            ("该病例25日至28日在锡的到访场所", "Where the case had been"),
        ),
        told(local(30, 12, 5), "interview", _met(on), ("该病例自述的接触者", "Whom the case says they met")),
        told(local(30, 12, 22), "step", _inquired(who), ("协查流程记录", "Steps of the inquiry")),
    ]


def _been(on: Stage) -> list[Row]:
    """A morning and a day in the clerk's room, and the dinner with the clerk."""
    tower, diner = on.venues["tower"], on.venues["diner"]
    been = (
        (tower, cast.SHARED_PART, local(25, 9), local(25, 11, 35)),
        (diner, cast.DINER_TABLE, local(27, 18, 10), local(27, 20, 20)),
        (tower, cast.SHARED_PART, local(28, 9), local(28, 11, 40)),
        (tower, cast.SHARED_PART, local(28, 12, 30), local(28, 17, 30)),
    )
    return [
        {"person": on.visitor, "place": place, "part": part, "enter": enter, "leave": leave}
        for place, part, enter, leave in been
    ]


def _met(on: Stage) -> list[Row]:
    return [
        {
            "case": on.visitor,
            "person": on.people["clerk"],
            "begin": local(27, 18, 15),
            "end": local(27, 20, 15),
            "setting": "restaurant",
            "relation": "colleague",
            "near": True,
            "distance_m": 1,
            "protected": False,
        }
    ]


def _inquired(who: int) -> list[Row]:
    steps = (
        ("reported", local(30, 11, 5)),
        ("interviewed", local(30, 11, 50)),
        ("contacts_listed", local(30, 12, 20)),
    )
    return [{"subject": person_text(who), "step": step, "at": at, "unit": CITY_TRACERS} for step, at in steps]


def screening(city: City, on: Stage, seed: int) -> list[Happening]:
    """The key-area round: some thousands swabbed in tens from 13:00, one tube positive, the rest not."""
    communities = [on.sealed[i].rsplit("-", 1)[0] for i in _AREAS]
    rounds: list[Row] = [
        {
            "round": ROUND,
            "area": area,
            "name_zh": "关联重点区域核酸筛查",
            "name_en": "Screening of the linked areas",
            "opens_at": local(30, 12, 30),
            "due_at": local(30, 18),
        }
        for area in communities
    ]
    swabbed = _swabbed(city, on, seed)
    tube = np.arange(swabbed.size) // TEN
    minutes = int((_CLOSES - _OPENS).total_seconds() // 60)
    minute = tube * minutes // max(1, int(tube.max(initial=0)) + 1)
    found = [
        told(
            local(30, 12, 25),
            "round",
            rounds,
            (
                "对关联重点区域开展核酸筛查(时间为虚构)",
                "The linked areas are to be screened (the hour is invented)",
            ),
            NOTICE,
        ),
    ]
    for until in (60, 120, 180, minutes):
        here = (minute >= until - 60) & (minute < until) if until < minutes else minute >= 180
        at = _OPENS + timedelta(minutes=until + 5)
        found += _batch(swabbed[here], tube[here], minute[here], communities, at)
    found += _positive_tube(on, communities)
    found += _answers(tube, minute, communities, seed)
    return found


def _swabbed(city: City, on: Stage, seed: int) -> Ints:
    """Numbers of those who came: people who live or work in the linked communities, neighbours together."""
    rows = city.rows
    community = rows.homes.grids.community
    wanted = [int(community[rows.homes.grids.special == i][0]) for i in _AREAS]
    lives = np.isin(community[rows.homes.grid[rows.people.household]], wanted)
    tied = rows.places.anchor >= 0
    works = tied & np.isin(community[rows.places.grid[rows.places.anchor]], wanted)
    came = fixed(np.arange(city.people), seed, "came to the key round") < _COMPLIANCE
    came[rows.cast.rows] = False
    came[np.array(on.tube_others, dtype=np.int64) - 1] = False
    residents = np.flatnonzero(lives & came)
    staff = np.flatnonzero(works & ~lives & came)
    return np.concatenate([residents, staff[np.argsort(rows.places.anchor[staff], kind="stable")]]) + 1


def codes(prefix: str, numbers: Ints) -> pa.Array:
    """Barcodes: a prefix and the number in seven digits."""
    return pa.array([f"{prefix}{n:07d}" for n in numbers.tolist()], pa.string())


def _tubes(tubes: Ints, area: str, received: datetime | None) -> pa.Table:
    count = tubes.size
    columns = {
        "tube": codes("K0330-", tubes),
        "pool": pa.array(np.full(count, TEN, dtype=np.int32)),
        "round": pa.repeat(pa.scalar(ROUND), count),
        "area": pa.repeat(pa.scalar(area), count),
    }
    if received is not None:
        columns["received_at"] = pa.repeat(pa.scalar(received, pa.timestamp("us")), count)
    return table(TUBE, count, columns, INVENTED)


def _batch(people: Ints, tube: Ints, minute: Ints, areas: list[str], at: datetime) -> list[Happening]:
    """An hour's tubes and swabs."""
    if people.size == 0:
        return []
    when = np.datetime64(_OPENS, "us") + minute.astype("timedelta64[m]")
    samples = table(
        SAMPLE,
        people.size,
        {
            "tube": codes("K0330-", tube),
            "person": pa.array(people),
            "sampled_at": pa.array(when),
        },
        INVENTED,
    )
    says = ("重点区域混采(十混一)采样登记", "Swabs of the linked areas, in tubes of ten")
    return [
        Happening(at, "tube", _tubes(np.unique(tube), areas[0], None), INVENTED, *says),
        Happening(at, "sample", samples, INVENTED, *says),
    ]


def _positive_tube(on: Stage, areas: list[str]) -> list[Happening]:
    """The notice's tube: swabbed 14:20, in the laboratory 15:05, positive 17:10 (minutes invented)."""
    members = [on.people[role] for role in TUBE_ROLES] + on.tube_others
    row: Row = {"tube": POSITIVE_TUBE, "pool": TEN, "round": ROUND, "area": areas[0]}
    samples: list[Row] = [
        {"tube": POSITIVE_TUBE, "person": person, "sampled_at": local(30, 14, 20)} for person in members
    ]
    answer: Row = {
        "tube": POSITIVE_TUBE,
        "test": "nat",
        "result": "positive",
        "ct_x100": 3120,
        "reported_at": local(30, 17, 10),
        "laboratory": LABORATORY,
    }
    step: Row = {
        "subject": f"T:{POSITIVE_TUBE}",
        "step": "reported",
        "at": local(30, 17, 12),
        "unit": LABORATORY,
    }
    says = ("该管十人同楼办公", "The ten of this tube work in one building")
    positive = ("30日下午:一管“10人混管”阳性(时刻为虚构)", "A tube of ten is positive (minute invented)")
    came = {**row, "received_at": local(30, 15, 5)}
    return [
        told(local(30, 14, 30), "tube", [row], says),
        told(local(30, 14, 30), "sample", samples, says),
        told(local(30, 15, 10), "tube", [came], ("实验室签收", "The laboratory has it")),
        told(local(30, 17, 10), "result", [answer], positive, NOTICE),
        told(local(30, 17, 12), "step", [step], ("实验室报告阳性管", "The laboratory reports it")),
    ]


def _answers(tube: Ints, minute: Ints, areas: list[str], seed: int) -> list[Happening]:
    """The other tubes: in the laboratory within the hour or so, negative from 17:30 to 22:30."""
    tubes, first = np.unique(tube, return_index=True)
    found: list[Happening] = []
    late = fixed(tubes, seed, "laboratory") * 0.3 + minute[first] / 210 * 0.7
    for i in range(6):
        here = tubes[(late >= i / 6) & (late < (i + 1) / 6)]
        if here.size == 0:
            continue
        received, answered = (
            local(30, 15) + timedelta(minutes=25 * i),
            local(30, 17, 30) + timedelta(minutes=60 * i),
        )
        rows: list[Row] = [
            {
                "tube": code,
                "test": "nat",
                "result": "negative",
                "reported_at": answered,
                "laboratory": LABORATORY,
            }
            for code in codes("K0330-", here).to_pylist()
        ]
        found.append(
            Happening(
                received + timedelta(minutes=5),
                "tube",
                _tubes(here, areas[0], received),
                INVENTED,
                "实验室签收",
                "Received by the laboratory",
            )
        )
        found.append(
            told(
                answered, "result", rows, ("重点区域其余混管阴性", "Other tubes of the linked areas negative")
            )
        )
    return found
