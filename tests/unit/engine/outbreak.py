"""A small outbreak drawn by lot: every kind of fact about forty invented people."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random

from ringfence.tables import Facts, fact_number
from ringfence.tables.facts import FACTS, KEEPING
from tests.drawing import fact_table

Rows = Mapping[str, list[dict[str, object]]]
START = datetime(2022, 3, 26, tzinfo=UTC).replace(tzinfo=None)
NIGHT = START + timedelta(days=4, hours=19)
"""Everything drawn was so before this instant."""
PEOPLE = range(1, 41)
KINDS = ("restaurant", "office", "classroom", "metro", "shop", "workshop")


def at(chance: Random, day: int, first: int = 0, last: int = 14) -> datetime:
    """A minute of a day, between two hours of it (UTC)."""
    return START + timedelta(days=day, hours=chance.randint(first, last), minutes=chance.randint(0, 59))


def drawn_by_lot(seed: int) -> Rows:
    """The facts of one outbreak."""
    chance = Random(seed)
    homes = [f"320211001006-0{chance.randint(1, 2)}-00{chance.randint(1, 3)}-1-0{n}01" for n in range(1, 10)]
    return {
        "residence": [
            {"person": who, "kind": "living", "area": chance.choice(homes)} for who in PEOPLE if who % 11
        ],
        "place": [
            {
                "place": n,
                "name_zh": "场所",
                "kind": kind,
                "area": f"320211001006-01-00{n}",
                "closed": n % 2 == 0,
            }
            for n, kind in enumerate(KINDS, 1)
        ],
        "membership": [
            {"person": who, "place": 3, "kind": "class", "part": 1} for who in chance.sample(PEOPLE, 5)
        ],
        "visit": _visits(chance),
        "interview": _interviews(chance),
        **_swabs(chance),
        **_work(chance),
    }


def _visits(chance: Random) -> list[dict[str, object]]:
    found: dict[tuple[object, ...], dict[str, object]] = {}
    for _ in range(160):
        enter = at(chance, chance.randint(0, 3))
        stayed = timedelta(minutes=chance.randint(1, 200))
        row = {
            "person": chance.choice(PEOPLE), "place": chance.choice(range(1, 7)), "enter": enter,
            "leave": None if chance.random() < 0.2 else enter + stayed,
            "part": chance.choice((None, 1, 2)), "seat_row": None, "day": enter.date(),
        }  # fmt: skip
        found[row["person"], row["place"], enter] = row
    return list(found.values())


def _interviews(chance: Random) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for n in range(12):
        begin = at(chance, chance.randint(0, 3)) + timedelta(seconds=n)
        case, person = chance.sample(PEOPLE, 2)
        found.append({
            "case": case, "person": person, "begin": begin, "end": begin + timedelta(minutes=30),
            "setting": chance.choice(("office", "restaurant", None)), "relation": None,
            "near": chance.choice((True, False, None)), "protected": chance.choice((True, None, None)),
        })  # fmt: skip
    return found


def _swabs(chance: Random) -> Rows:
    pools = {f"T{n}": chance.sample(PEOPLE, 8) for n in range(4)}
    samples = [
        {"tube": tube, "person": who, "sampled_at": at(chance, 3, 1, 4)} for tube, members in pools.items()
        for who in members
    ]  # fmt: skip
    tubes = [
        {"tube": tube, "pool": 10, "round": "R1" if n else None, "received_at": at(chance, 3, 5, 6)}
        for n, tube in enumerate(pools)
    ]
    said = ("positive", "grey", "negative", "positive")
    results = [
        {"tube": tube, "test": "nat", "result": what, "reported_at": at(chance, 3, 8, 9)}
        for tube, what in zip(pools, said, strict=True)
    ]
    for n, who in enumerate(sorted({who for members in pools.values() for who in members})):
        if chance.random() < 0.3:
            continue
        test = chance.choice(("nat", "nat", "antigen"))
        samples.append({"tube": f"S{n}", "person": who, "sampled_at": at(chance, 3, 10, 12)})
        tubes.append({"tube": f"S{n}", "pool": 1, "round": None, "received_at": None})
        if chance.random() < 0.8:
            what = chance.choice(("positive", "negative", "negative", "invalid"))
            back = at(chance, 3, 14, 18)
            results.append({"tube": f"S{n}", "test": test, "result": what, "reported_at": back})
    return {"sample": samples, "tube": tubes, "result": results}


def _work(chance: Random) -> Rows:
    reported = chance.sample(PEOPLE, 4)
    return {
        "case_report": [
            {"person": who, "reported_at": at(chance, 3, 15, 18), "onset": date(2022, 3, 28),
             "symptoms": chance.choice(("yes", "no", None)), "status": chance.choice(("confirmed", None)),
             "elsewhere": n == 0}
            for n, who in enumerate(reported)
        ],
        "stay": [
            {"person": who, "kind": kind, "begin": at(chance, day, 10, 18), "end": None, "place": 9}
            for kind, day in (("hold", 3), ("central", 3), ("hospital", 3), ("home", 3), ("away", 1))
            for who in chance.sample(PEOPLE, 4)
        ],
        "exemption": [
            {"person": 1, "from_day": date(2022, 3, 1), "to_day": date(2022, 5, 1), "reason": "drawn"}
        ],
        "round": [
            {"round": "R1", "area": "320211001006", "name_zh": "首轮", "opens_at": START + timedelta(days=3),
             "due_at": START + timedelta(days=5)}
        ],
        "unit": [
            {"unit": duty, "duty": duty, "area": "320211", "name_zh": "单位"}
            for duty in ("sampling", "tracing", "transfers", "zones", "coverage")
        ],
        "zone": [
            {"area": "320211001006-01", "level": "sealed", "begin": at(chance, 3, 18, 18),
             "authority": "drawn"}
        ],
        "step": [
            {"subject": f"P{who}", "step": step, "at": at(chance, 3, 16, 18)}
            for who in reported
            for step in ("reported", "interviewed", "transferred")
            if chance.random() < 0.5
        ],
    }  # fmt: skip


def told(rows: Rows, order: Random | None = None) -> Facts:
    """The rows as facts, shuffled where an order is given; a fact keeps its number wherever it stands."""
    tables = {}
    for seq, kind in enumerate(FACTS, 1):
        if kind in KEEPING:
            continue
        numbered = [{**row, "fact": fact_number(seq, n)} for n, row in enumerate(rows.get(kind, []))]
        if order is not None:
            order.shuffle(numbered)
        tables[kind] = fact_table(kind, numbered)
    return tables
