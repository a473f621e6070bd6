"""Are companions those that measuring every pair of fixes finds, in a few hundred random small cities?

RINGFENCE_COMPANION_CITIES: how many cities (default 300). They stand far apart on the globe, at the poles
and on the antimeridian too, and share one table of facts.
"""

import os
from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from random import Random
from typing import Any

import ibis
import pytest

from ringfence.engine.companions import companions
from ringfence.protocol import Protocol, resolve
from ringfence.protocol.instants import parse_instant
from ringfence.protocol.rules import CompanionRule, Rule
from ringfence.protocol.vocabulary import CASE_ANCHORS
from ringfence.tables import Facts
from ringfence.tables.facts import FACTS
from tests.drawing import SKIPPED, fact_table, instant

CITIES = range(int(os.environ.get("RINGFENCE_COMPANION_CITIES", "300")))
SWABBED = instant("03-30 18:00")
NOW = instant("03-31 12:00")
MINUTE = timedelta(minutes=1)
EARTH_M = 6_371_008.8
MIDDLES = (
    (31.5, 120.3),
    (0.0, 0.0),
    (-45.0, 180.0),
    (60.0, -180.0),
    (89.999, 10.0),
    (-89.9995, 0.0),
    (12.0, 179.999),
)
Row = dict[str, Any]


def rule(**said: int) -> CompanionRule:
    begin = parse_instant("first_positive.sampled - 4d", CASE_ANCHORS)
    kept = Rule("drawn", "", "", "drawn", "B", "2026-11-22", "drawn")
    return CompanionRule(kept, **{"radius_m": 0, "cell_m": 0, "stay_h": 0, "stay_d": 0, **said}, begin=begin)


@cache
def fixes() -> tuple[Row, ...]:
    """The fixes of every city: people of city n are 100 n + 1 and on, its first two are cases."""
    made: dict[tuple[int, datetime], Row] = {}
    for city in CITIES:
        rng = Random(f"fixes {city}")
        lat, lon = MIDDLES[city % len(MIDDLES)]
        for _ in range(rng.randint(6, 22)):
            person = 100 * city + rng.randint(1, 6)
            begin = SWABBED + timedelta(minutes=15 * rng.randint(-600, 60))
            if made and rng.random() < 0.7:
                other = rng.choice(list(made.values())[-6:])
                begin = (
                    rng.choice((other["begin"], other["end"] or other["begin"]))
                    + rng.choice((0, 0, -7)) * MINUTE
                )
            length = rng.choice((None, 0, 5, 15, 15, 60, 600))
            metres = [
                rng.choice((0, 0, 100, 177, 240, 249, 251, 260, 600)) * rng.choice((-1, 1)) for _ in "xy"
            ]
            y = max(-90.0, min(90.0, lat + metres[0] / 111_195.08))
            x = (
                lon + metres[1] / (111_195.08 * max(cos(radians(y)), 1e-9))
                if abs(y) < 89
                else rng.uniform(-180, 180)
            )
            x = (x + 180) % 360 - 180
            cell = f"c{city}-{rng.randint(1, 2)}" if rng.random() < 0.9 else None
            made[person, begin] = {
                "person": person, "begin": begin, "end": None if length is None else begin + length * MINUTE,
                "lon": x if rng.random() < 0.9 else None, "lat": y, "cell": cell,
                "cell_m": rng.choice((800, 800, 800, 500)) if cell else None, "city": city,
            }  # fmt: skip
    return tuple({**row, "fact": n + 1} for n, row in enumerate(made.values()))


def facts() -> Facts:
    cases = [100 * city + who for city in CITIES for who in (1, 2)]
    told: dict[str, list[Row]] = {kind: [] for kind in FACTS if kind not in SKIPPED}
    told["fix"] = list(fixes())
    told["sample"] = [{"tube": f"S{one}", "person": one, "sampled_at": SWABBED} for one in cases]
    told["tube"] = [{"tube": f"S{one}", "pool": 1} for one in cases]
    told["result"] = [
        {"tube": f"S{one}", "test": "nat", "result": "positive", "reported_at": SWABBED} for one in cases
    ]
    told["stay"] = [
        {"person": one, "kind": "hospital", "begin": SWABBED - 5 * MINUTE} for one in cases if one % 3 == 0
    ]
    for kind in ("sample", "tube", "result", "stay"):
        told[kind] = [{**row, "fact": 10_000_000 + n} for n, row in enumerate(told[kind])]
    return {kind: fact_table(kind, rows) for kind, rows in told.items()}


def span(case: int) -> tuple[datetime, datetime]:
    """From four civil days before the swab's day, in China, until kept apart or now."""
    midnight = datetime.combine(date(2022, 3, 26), datetime.min.time()) - timedelta(hours=8)
    return midnight, SWABBED - 5 * MINUTE if case % 3 == 0 else NOW


def cut(row: Row, begin: datetime, end: datetime) -> tuple[datetime, datetime, bool] | None:
    """A fix cut to a span: from, until, and whether it is a single instant."""
    if row["end"] is None:
        return (row["begin"], row["begin"], True) if begin <= row["begin"] < end else None
    if row["begin"] < end and row["end"] > begin:
        return max(row["begin"], begin), min(row["end"], end), False
    return None


def at_once(mine: tuple[datetime, datetime, bool], other: Row) -> tuple[datetime, datetime, bool] | None:
    begin, end, scan = mine
    come, gone = other["begin"], other["end"]
    if gone is None:
        there = come == begin if scan else begin <= come < end
        return (come, come, False) if there else None
    if scan:
        return (begin, begin, False) if come <= begin < gone else None
    return (max(begin, come), min(end, gone), True) if come < end and begin < gone else None


def apart(one: Row, other: Row) -> float:
    up = sin(radians(one["lat"] - other["lat"]) / 2) ** 2
    along = sin(radians(one["lon"] - other["lon"]) / 2) ** 2
    return 2 * EARTH_M * asin(sqrt(up + cos(radians(one["lat"])) * cos(radians(other["lat"])) * along))


def near(asked: CompanionRule, one: Row, other: Row) -> tuple[str, float | None] | None:
    """In which cell, or how far apart; None where the rule does not call it near."""
    if asked.cell_m:
        same = one["cell"] is not None and one["cell"] == other["cell"]
        same = same and one["cell_m"] == other["cell_m"] == asked.cell_m
        return (str(one["cell"]), None) if same else None
    if None in (one["lon"], other["lon"]):
        return None
    metres = apart(one, other)
    return ("", metres) if metres <= asked.radius_m else None


def pieces(spans: list[tuple[datetime, datetime]]) -> list[timedelta]:
    """The lengths of the times without a break that any of some spans covers, between all their edges."""
    edges = sorted({edge for one in spans for edge in one})
    found: list[timedelta] = []
    last = None
    for begin, end in pairwise(edges):
        if any(a <= begin and end <= b for a, b in spans):
            if last == begin:
                found[-1] += end - begin
            else:
                found.append(end - begin)
            last = end
    return found or [timedelta()]


def stay(asked: CompanionRule, who: int, cell: str, until: datetime) -> tuple[int, bool]:
    """Minutes somebody was in a cell in the last days, and whether there is an instant beside."""
    since = until - timedelta(days=asked.stay_d)
    mine = [
        row for row in fixes() if (row["person"], row["cell"], row["cell_m"]) == (who, cell, asked.cell_m)
    ]
    there = [at for row in mine if (at := cut(row, since, until))]
    time = sum(pieces([at[:2] for at in there if not at[2]]), timedelta())
    return time // MINUTE, any(at[2] for at in there)


def enough(minutes: int, least: int, unknown: bool) -> bool | None:
    return True if minutes >= least else None if unknown else False


def wanted(asked: CompanionRule) -> list[Row]:
    """What measuring every pair finds."""
    met: dict[tuple[int, int, str], list[tuple[Any, ...]]] = defaultdict(list)
    by_city: dict[int, list[Row]] = defaultdict(list)
    for row in fixes():
        by_city[row["city"] % len(MIDDLES) if asked.radius_m else row["city"]].append(row)
    for rows in by_city.values():
        for own in rows:
            mine = cut(own, *span(own["person"])) if own["person"] % 100 in (1, 2) else None
            for other in rows if mine else ():
                if other["person"] == own["person"] or (both := at_once(mine, other)) is None:
                    continue
                if where := near(asked, own, other):
                    met[own["person"], other["person"], where[0]].append((*both, where[1], own, other))
    found = [_companion(asked, *key, rows) for key, rows in met.items()]
    return [row for row in found if row["sure"] is not False]


def _companion(asked: CompanionRule, case: int, person: int, cell: str, rows: list[tuple[Any, ...]]) -> Row:
    timed = [row[:2] for row in rows if row[2]]
    lengths = pieces(timed)
    total = sum(lengths, timedelta()) // MINUTE
    sure = enough(total, asked.overlap_min, len(timed) < len(rows))
    longer = None
    if asked.stay_h:
        stays = [stay(asked, who, cell, span(case)[1]) for who in (case, person)]
        longer = max(one for one, _ in stays)
        long = enough(longer, 60 * asked.stay_h, any(unknown for _, unknown in stays))
        sure = False if False in (sure, long) else None if None in (sure, long) else True
    return {
        "case": case, "person": person, "cell": cell, "sure": sure, "minutes": total if timed else None,
        "longest": max(lengths) // MINUTE if timed else None, "stay": longer, "meetings": len(rows),
        "first": min(row[0] for row in rows), "last": max(row[1] for row in rows),
        "evidence": sorted({fact for row in rows for fact in (row[4]["fact"], row[5]["fact"])}),
    }  # fmt: skip


@pytest.fixture(scope="module")
def wuxi() -> Protocol:
    return resolve("3202", "covid-19", NOW)


RULES = {
    "250 m for 30 minutes": rule(radius_m=250, overlap_min=30),
    "1 km at all": rule(radius_m=1000, overlap_min=0),
    "a cell for 10 minutes": rule(cell_m=800, overlap_min=10),
    "a cell, and 9 hours in it in 2 days": rule(cell_m=800, overlap_min=10, stay_h=9, stay_d=2),
}


@pytest.mark.parametrize("asked", RULES.values(), ids=RULES)
def test_companions_are_those_that_measuring_every_pair_finds(wuxi: Protocol, asked: CompanionRule) -> None:
    cases = ibis.memtable({"person": [100 * city + who for city in CITIES for who in (1, 2)]})
    rules = [replace(wuxi, companions=(asked,))]
    rows = companions(cases, facts(), rules, NOW).to_pyarrow().to_pylist()
    expected = wanted(asked)
    seen = [{name: row[name] for name in expected[0]} for row in rows]
    assert sorted(map(str, seen)) == sorted(map(str, expected))
    assert len(expected) > len(CITIES) // 8
    assert {row["sure"] for row in expected} == ({True} if asked.overlap_min == 0 else {True, None})
