"""How far had the three districts got? The first round: who was called, swabbed and answered, and when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa

from ringfence.city.chance import Ints, fixed, ranks
from ringfence.city.places import KINDS
from ringfence.city.scenario.key_round import codes
from ringfence.city.scenario.stage import (
    INVENTED,
    PRESS,
    Happening,
    Row,
    Stage,
    in_bites,
    local,
    told,
)
from ringfence.city.whole import City, chosen, table
from ringfence.tables.facts import EXEMPTION, RESULT, SAMPLE, STAY, TUBE

ROUND = "2022-03-30-r1"
DISTRICTS = ("320205", "320206", "320211")
TEN = 10
_OPENS, _DUE = local(30, 22), local(31, 12)
_MINUTES = 295
"""Swabs until 02:55 are told before the call-over at 03:00."""
_BATCH = 30
_SLOWEST, _QUICKEST = 830, 400
"""Minutes a town would need for everybody; drawn for each town so that about 48 % are done by 02:55."""
_AWAY, _EXEMPT = 0.01, 0.001
_HOME_ABSENT, _PERSON_ABSENT = 0.015, 0.02
_INVALID = 0.0005
_STRANGER_EACH = 900


@dataclass(frozen=True)
class _Swabs:
    """A swab a row: person, tube, minute after opening; for each tube its compound's row and batch."""

    person: Ints
    tube: Ints
    minute: Ints
    tube_grid: Ints
    tube_batch: Ints


def happenings(city: City, on: Stage, seed: int) -> list[Happening]:
    """The order, the exempt and the away, then half-hourly batches until 02:55, with results from 01:30."""
    excused, away, exempt = _excused(city, on, seed)
    swabs = _swabs(city, excused, seed)
    found = [_order(), *_not_expected(away, exempt)]
    for batch in range(int(-(-_MINUTES // _BATCH))):
        found += _batch(city, swabs, batch)
    return [bite for happening in found for bite in in_bites(happening)] + _results(swabs, seed)


def _order() -> Happening:
    rows: list[Row] = [
        {
            "round": ROUND,
            "area": area,
            "name_zh": "三区首轮区域全员核酸检测",
            "name_en": "First round of the three districts",
            "opens_at": _OPENS,
            "due_at": _DUE,
        }
        for area in DISTRICTS
    ]
    says = (
        "锡山、惠山、滨湖首轮全员核酸,31日中午前完成(开始时刻为虚构)",
        "First round of Xishan, Huishan and Binhu, due before noon on the 31st (opening hour invented)",
    )
    return told(local(30, 21, 35), "round", rows, says, PRESS)


def _expected(city: City) -> Ints:
    """Rows of the people of the three districts: they come first in order of code."""
    codes_ = [code for code, _, _ in city.rows.divisions.districts]
    if tuple(codes_[: len(DISTRICTS)]) != DISTRICTS:
        raise AssertionError("the three districts no longer come first")
    return np.arange(int(city.rows.land.district_people[len(DISTRICTS)]))


def _excused(city: City, on: Stage, seed: int) -> tuple[np.ndarray, Ints, Ints]:
    """Who is not swabbed in this round: away, exempt, or kept for a single swab already."""
    everybody = _expected(city)
    draw = fixed(everybody, seed, "not expected")
    away, exempt = draw < _AWAY, (draw >= _AWAY) & (draw < _AWAY + _EXEMPT)
    kept = np.array([*on.people.values(), *on.tube_others, *on.team, *on.household], dtype=np.int64) - 1
    excused = away | exempt
    excused[kept[kept < everybody.size]] = True
    away[kept[kept < everybody.size]] = exempt[kept[kept < everybody.size]] = False
    return excused, np.flatnonzero(away) + 1, np.flatnonzero(exempt) + 1


def _not_expected(away: Ints, exempt: Ints) -> list[Happening]:
    days = away % 9
    begin = np.datetime64(local(19, 12), "us") + (days * 1440 + away % 600).astype("timedelta64[m]")
    stays = table(
        STAY,
        away.size,
        {
            "person": pa.array(away),
            "kind": pa.repeat(pa.scalar("away"), away.size),
            "begin": pa.array(begin),
        },
        INVENTED,
    )
    first = [date(2022, 3, 29 + int(n % 2)) for n in exempt]
    rows = table(
        EXEMPTION,
        exempt.size,
        {
            "person": pa.array(exempt),
            "from_day": pa.array(first, pa.date32()),
            "to_day": pa.array([day + timedelta(days=2) for day in first], pa.date32()),
            "reason": pa.repeat(pa.scalar("接种疫苗未满48小时 / vaccinated within 48 hours"), exempt.size),
        },
        INVENTED,
    )
    return [
        Happening(local(30, 21, 40), "stay", stays, INVENTED, "登记在外人员", "People who are away"),
        Happening(
            local(30, 21, 42),
            "exemption",
            rows,
            INVENTED,
            "接种疫苗未满48小时者暂不采样",
            "Not to be swabbed yet: vaccinated within 48 hours",
        ),
    ]


def _swabs(city: City, excused: np.ndarray, seed: int) -> _Swabs:
    """Each town goes at its own pace, compound by compound, door by door; some do not come when called."""
    rows = city.rows
    everybody = _expected(city)
    grid = rows.homes.grid[rows.people.household[everybody]]
    town = rows.land.grid_town[grid]
    order = np.lexsort((everybody, fixed(grid, seed, "compound's turn"), town))
    town_here = town[order]
    total = np.bincount(town, minlength=int(town.max()) + 1)
    pace = _QUICKEST + fixed(np.arange(total.size), seed, "town's pace") * (_SLOWEST - _QUICKEST)
    minute = (ranks(town_here) * pace[town_here] / total[town_here]).astype(np.int64)
    household = rows.people.household[everybody[order]]
    came = (fixed(household, seed, "home when called") >= _HOME_ABSENT) & ~excused[order]
    came &= fixed(everybody[order], seed, "came when called") >= _PERSON_ABSENT
    came &= minute < _MINUTES
    person, minute, grid = everybody[order][came], minute[came], grid[order][came]
    batch = minute // _BATCH
    group = np.cumsum((np.diff(grid, prepend=-1) != 0) | (np.diff(batch, prepend=-1) != 0))
    place = ranks(group)
    tube = np.cumsum(place % TEN == 0) - 1
    first = np.flatnonzero(place % TEN == 0)
    swabs = _Swabs(person + 1, tube, minute, grid[first], batch[first])
    return _with_strangers(swabs, city.people + 2)


def _with_strangers(swabs: _Swabs, number: int) -> _Swabs:
    """Now and then somebody who is on no register is swabbed, in a tube that has room."""
    count = np.bincount(swabs.tube, minlength=swabs.tube_grid.size)
    room = np.flatnonzero(count < TEN)
    wanted = max(3, swabs.person.size // _STRANGER_EACH)
    tubes = room[:: max(1, room.size // wanted)][:wanted]
    last = np.cumsum(count)[tubes] - 1
    return _Swabs(
        np.insert(swabs.person, last + 1, number + np.arange(tubes.size)),
        np.insert(swabs.tube, last + 1, tubes),
        np.insert(swabs.minute, last + 1, swabs.minute[last]),
        swabs.tube_grid,
        swabs.tube_batch,
    )


def _batch(city: City, swabs: _Swabs, batch: int) -> list[Happening]:
    """Half an hour's tubes and swabs, told at its end; the laboratory's receipt an hour or so later."""
    end = _OPENS + timedelta(minutes=min(_MINUTES, (batch + 1) * _BATCH))
    tubes = np.flatnonzero(swabs.tube_batch == batch)
    here = np.flatnonzero(swabs.tube_batch[swabs.tube] == batch)
    if here.size == 0:
        return []
    when = np.datetime64(_OPENS, "us") + swabs.minute[here].astype("timedelta64[m]")
    samples = table(
        SAMPLE,
        here.size,
        {
            "tube": codes("R1-", swabs.tube[here]),
            "person": pa.array(swabs.person[here]),
            "sampled_at": pa.array(when),
        },
        INVENTED,
    )
    says = ("三区首轮采样登记", "Swabs of the first round")
    found = [
        Happening(end, "tube", _tubes(city, swabs, tubes, None), INVENTED, *says),
        Happening(end, "sample", samples, INVENTED, *says),
    ]
    received = end + timedelta(minutes=62)
    if received < local(31, 3):
        found.append(
            Happening(
                received,
                "tube",
                _tubes(city, swabs, tubes, received - timedelta(minutes=4)),
                INVENTED,
                "实验室签收首轮样本",
                "First-round tubes received",
            )
        )
    return found


def _tubes(city: City, swabs: _Swabs, tubes: Ints, received: datetime | None) -> pa.Table:
    """Tubes of ten, filled at the sampling point of the compound's community."""
    grid = swabs.tube_grid[tubes]
    point = int(city.rows.places.start[KINDS.index("sampling_point")]) + city.rows.homes.grids.community[grid]
    columns = {
        "tube": codes("R1-", tubes),
        "pool": pa.array(np.full(tubes.size, TEN, dtype=np.int32)),
        "round": pa.repeat(pa.scalar(ROUND), tubes.size),
        "place": pa.array(point + 1),
        "area": city.rows.grid_codes.take(pa.array(grid)),
    }
    if received is not None:
        columns["received_at"] = pa.repeat(pa.scalar(received, pa.timestamp("us")), tubes.size)
    return table(TUBE, tubes.size, columns, INVENTED)


def _results(swabs: _Swabs, seed: int) -> list[Happening]:
    """The first two hours' tubes, half an hour's at a time from 01:30; now and then one cannot be read."""
    found: list[Happening] = []
    for batch in range(4):
        tubes = np.flatnonzero(swabs.tube_batch == batch)
        at = min(local(31, 1, 30) + timedelta(minutes=30 * batch), local(31, 2, 58))
        if tubes.size == 0:
            continue
        invalid = fixed(tubes, seed, "unreadable") < _INVALID
        districts = [f"{code}-LAB" for code in DISTRICTS]
        columns = {
            "tube": codes("R1-", tubes),
            "test": pa.repeat(pa.scalar("nat"), tubes.size),
            "result": chosen(["negative", "invalid"], invalid.astype(np.int64)),
            "reported_at": pa.repeat(pa.scalar(at, pa.timestamp("us")), tubes.size),
            "laboratory": chosen(districts, tubes % len(districts)),
        }
        rows = table(RESULT, tubes.size, columns, INVENTED)
        found += in_bites(
            Happening(at, "result", rows, INVENTED, "首轮部分结果", "Some results of the first round")
        )
    return found
