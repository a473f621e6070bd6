"""Random small cities full of edges, the index over them, and what a slow plain reading says."""

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import numpy as np
import pyarrow as pa

from ringfence.columns.contact_index import opened
from ringfence.columns.contact_sources import VisitSources

DAY = datetime.fromisoformat("2022-03-20")
ZONE = timedelta(hours=8)
PEOPLE, PLACES = 8, 4
LENGTHS = (None, None, 0, 1, 2, 15, 15, 60, 60, 300, 1440, 6000)
_STEPS = (timedelta(minutes=1), timedelta(seconds=1), timedelta(microseconds=1))
SCHEMA = pa.schema([
    ("person", pa.int64()), ("place", pa.int64()), ("enter", pa.timestamp("us")),
    ("leave", pa.timestamp("us")), ("part", pa.int32()), ("seat_row", pa.int32()), ("day", pa.date32()),
    ("fact", pa.int64()),
])  # fmt: skip


def city(number):
    """Visits of a few people over a few days: many touch, nest, repeat, scan or go on for days."""
    rng = Random(f"contacts {number}")
    step = rng.choice(_STEPS)
    scale = rng.choice((1, 1, 1, 1 << 40))
    made = {}
    for n in range(rng.randint(0, 32)):
        enter = DAY + timedelta(days=rng.randrange(3), minutes=15 * rng.randrange(96))
        place = scale * rng.randint(1, PLACES)
        if made and rng.random() < 0.6:
            other = rng.choice(list(made.values()))
            place = other["place"] if rng.random() < 0.8 else place
            enter = rng.choice((other["enter"], other["leave"] or other["enter"], enter))
            enter += rng.choice((0, 0, 1, -1, 5)) * step
        minutes = rng.choice(LENGTHS)
        leave = None if minutes is None else enter + timedelta(minutes=minutes) + rng.choice((0, 0, 1)) * step
        person = scale * rng.randint(1, PEOPLE)
        made[person, place, enter] = {
            "person": person, "place": place, "enter": enter, "leave": leave,
            "part": rng.choice((None, 1, 1, 2, 40_000 if rng.random() < 0.1 else 3)),
            "seat_row": rng.choice((None, 1, 4, 9)), "day": (enter + ZONE).date(), "fact": 7 * n + 1,
        }  # fmt: skip
    return list(made.values())


def spans(number, visits, count=4):
    """Some people, now and then somebody unknown, and spans from and until when something happens."""
    rng = Random(f"spans {number}")
    instants = sorted({at for row in visits for at in (row["enter"], row["leave"]) if at} | {DAY})
    found = []
    for _ in range(rng.randint(0, count)):
        person = rng.choice(visits)["person"] if visits and rng.random() < 0.95 else 77
        begin = rng.choice(instants) + timedelta(minutes=rng.choice((-600, -1, 0, 0, 7)))
        end = rng.choice(instants) + timedelta(minutes=rng.choice((-1, 0, 0, 1, 3000)))
        found.append({"index": person, "begin": min(begin, end), "end": max(begin, end)})
    return found


def table(rows):
    """Spans as the searches take them."""
    kind = pa.schema([("index", pa.int64()), ("begin", pa.timestamp("us")), ("end", pa.timestamp("us"))])
    return pa.Table.from_pylist(rows, kind)


def indexed(visits, directory):
    """The index of visits sent one by one: a segment a day, in memory."""
    single = pa.Table.from_pylist(visits, SCHEMA)
    return opened(directory, VisitSources((), single, np.zeros(0, np.int64)))


def minutes(begin, end):
    return (end - begin) // timedelta(minutes=1)


def cut(visit, begin, end):
    """A visit cut to a span, as (from, until, scan); None where nothing is left."""
    enter, leave = visit["enter"], visit["leave"]
    if leave is None:
        return (enter, enter, True) if begin <= enter < end else None
    if begin < end and enter < end and leave > begin:
        return max(enter, begin), min(leave, end), False
    return None


def together(mine, theirs):
    """From when until when two were in one place, `theirs` a whole visit; None where they were not."""
    begin, end, scan = mine
    enter, leave = theirs["enter"], theirs["leave"]
    if leave is None:
        there = begin == enter if scan else begin <= enter < end
        return (enter, enter) if there else None
    if scan:
        return (begin, begin) if enter <= begin < leave else None
    return (max(begin, enter), min(end, leave)) if enter < end and begin < leave else None


def in_the_air(mine, theirs, air, backwards):
    """From when until when the later of two had the other's air, and since when; None where they had not."""
    begin, end, scan = mine
    enter, leave = theirs["enter"], theirs["leave"] or theirs["enter"]
    if backwards:
        had = begin - air < leave <= begin
        return (begin, min(end, leave + air), leave, scan) if had else None
    had = end <= enter < end + air
    return (enter, min(leave, end + air), end, theirs["leave"] is None) if had else None


def meetings(visits, subjects, air=0, backwards=False, least=0):
    """What `contact_search.meetings` is to say, sorted."""
    air = timedelta(minutes=air)
    found = []
    for span in subjects:
        for own in visits:
            mine = cut(own, span["begin"], span["end"]) if own["person"] == span["index"] else None
            for other in visits if mine else ():
                if other["place"] == own["place"] and other["person"] != own["person"]:
                    row = _meeting(span, own, other, mine, (air, backwards))
                    if row and (row["minutes"] is None or row["minutes"] >= least):
                        found.append(row)
    return ordered(found)


def _meeting(span, own, other, mine, air):
    both = together(mine, other)
    if both:
        known, lag = not mine[2] and other["leave"] is not None, None
    else:
        late = in_the_air(mine, other, *air)
        if late is None:
            return None
        both, known, lag = late[:2], not late[3], minutes(late[2], late[0])
    parts = own["part"], other["part"]
    near = None if None in parts else parts[0] == parts[1]
    rows = own["seat_row"], other["seat_row"]
    counted = (near or parts == (None, None)) and None not in rows
    return {
        "index": span["index"], "person": other["person"], "place": own["place"], "begin": both[0],
        "end": both[1], "minutes": minutes(*both) if known else None, "lag": lag, "own_part": parts[0],
        "part": parts[1], "near": near, "row_gap": abs(rows[0] - rows[1]) if counted else None,
        "own_fact": own["fact"], "fact": other["fact"],
    }  # fmt: skip


def ordered(rows):
    """Rows in an order of their own, whatever they came in."""
    return sorted(rows, key=lambda row: str(sorted(row.items())))


def summed(met):
    """What `contact_search.pairs` is to say of meetings, by index and person."""
    found = {}
    for row in met:
        found.setdefault((row["index"], row["person"]), []).append(row)
    return {pair: _pair(rows) for pair, rows in found.items()}


def _pair(rows):
    timed = [(row["begin"], row["end"]) for row in rows if row["minutes"] is not None]
    edges = sorted({edge for span in timed for edge in span})
    whole = timedelta()
    for begin, end in pairwise(edges):
        if any(span[0] <= begin and end <= span[1] for span in timed):
            whole += end - begin
    return {
        "meetings": len(rows), "minutes": whole // timedelta(minutes=1) if timed else None,
        "longest": max(minutes(*span) for span in timed) if timed else None,
        "first": min(row["begin"] for row in rows), "last": max(row["end"] for row in rows),
        "lagged": sum(row["lag"] is not None for row in rows),
    }  # fmt: skip


def ring(visits, subjects, least=0, most=None, but=()):
    """What `contact_rings.next_ring` is to say: (first, minutes) by person."""
    sizes = {}
    for row in visits:
        sizes[row["place"], row["day"]] = sizes.get((row["place"], row["day"]), 0) + 1
    crowded = {place for (place, _), size in sizes.items() if most is not None and size > most}
    there = [row for row in visits if row["place"] not in crowded and row["place"] not in but]
    inside = {span["index"] for span in subjects}
    met = [row for row in meetings(there, subjects) if row["person"] not in inside]
    if least:
        met = [row for row in met if (row["end"] - row["begin"]) >= timedelta(minutes=least)]
        met = [row for row in met if row["minutes"] is not None]
    found = {}
    for person in {row["person"] for row in met}:
        theirs = [row for row in met if row["person"] == person]
        time = timedelta()
        for fact in {row["fact"] for row in theirs}:
            time += _covered(there, subjects, next(row for row in visits if row["fact"] == fact), least)
        found[person] = (min(row["begin"] for row in theirs), time // timedelta(minutes=1))
    return found


def _covered(visits, subjects, visit, least):
    """The time of a visit in which any contact was there, of their stays that are long enough."""
    if visit["leave"] is None:
        return timedelta()
    stays = [
        mine for span in subjects for own in visits
        if own["person"] == span["index"] and own["place"] == visit["place"]
        and (mine := cut(own, span["begin"], span["end"])) and not mine[2]
        and mine[1] - mine[0] >= timedelta(minutes=least)
    ]  # fmt: skip
    inside = [(max(a, visit["enter"]), min(b, visit["leave"])) for a, b, _ in stays]
    edges = sorted({edge for span in inside for edge in span if span[0] < span[1]})
    return sum(
        (b - a for a, b in pairwise(edges) if any(s <= a and b <= e for s, e in inside)),
        timedelta(),
    )
