"""Are stops and gaps of a window where they belong, and is everybody around a case seen once?"""

import math
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ringfence.exchange.rings import _BANDS, Around, rings
from ringfence.exchange.timeline import LEFT, WIDTH, Stop, gaps_of, timeline

DAY = datetime.fromisoformat("2022-03-29")


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


def stop(begin: float, end: float | None, number: int = 1) -> Stop:
    return Stop(at(begin), None if end is None else at(end), number, "met", ("在", "there"))


def test_the_times_without_a_stop_are_the_gaps() -> None:
    stops = [stop(8, 12), stop(10, 11), stop(13, 14), stop(20, None)]
    assert gaps_of((at(6), at(24)), stops) == [
        (at(6), at(8)),
        (at(12), at(13)),
        (at(14), at(20)),
        (at(20), at(24)),
    ]
    assert gaps_of((at(6), at(24)), []) == [(at(6), at(24))]
    assert gaps_of((at(6), at(24)), [stop(0, 30)]) == []


def test_a_night_in_one_place_goes_on_the_next_day_and_stops_at_once_stand_below_one_another() -> None:
    drawn = timeline(at(12), at(36), [stop(18, 30), stop(20, 22, 2)])
    first, second = drawn.rows
    assert (first.label, second.label) == ("03-29", "03-30")
    bars = [bar for bar in first.bars if bar.kind != "gap"]
    assert [(bar.x, bar.width) for bar in bars] == [
        (round(LEFT + WIDTH * 18 / 24, 1), WIDTH / 4), (round(LEFT + WIDTH * 20 / 24, 1), WIDTH / 12),
    ]  # fmt: skip
    assert bars[1].y > bars[0].y
    gap = next(bar for bar in first.bars if bar.kind == "gap")
    assert (gap.x, gap.width, gap.label) == (LEFT + WIDTH / 2, WIDTH / 4, ("6小时00分", "6 h 00 min"))
    assert [(bar.kind, bar.x, bar.width) for bar in second.bars] == [
        ("gap", LEFT + WIDTH / 4, WIDTH / 4), ("met", LEFT, WIDTH / 4),
    ]  # fmt: skip


def test_nothing_is_drawn_before_the_window_or_after_it() -> None:
    drawn = timeline(at(12), at(18), [stop(8, 13), stop(17, 20)])
    edges = [(bar.x, bar.x + bar.width) for row in drawn.rows for bar in row.bars]
    assert min(x for x, _ in edges) == LEFT + WIDTH / 2
    assert max(x for _, x in edges) == LEFT + WIDTH * 18 / 24


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from((1, 1, 2))), max_size=400))
def test_everybody_is_one_dot_in_their_ring_and_in_no_other_slice(people: list[tuple[int, int]]) -> None:
    around = [
        Around(f"P{n}", ring, "close", False, slice_, "", (f"P{n}", f"P{n}"))
        for n, (slice_, ring) in enumerate(people)
    ]
    drawn = rings(around, [(str(n), str(n)) for n in range(5)])
    if not around:
        assert drawn is None
        return
    assert drawn is not None
    assert sorted(dot.title[0] for dot in drawn.dots) == sorted(one.person for one in around)
    assert len({(dot.x, dot.y) for dot in drawn.dots}) == len(around)
    ring_of = {one.person: one.ring for one in around}
    for dot in drawn.dots:
        inner, outer = _BANDS[ring_of[dot.title[0]]]
        assert inner - 1 <= math.hypot(dot.x - 500, dot.y - 500) <= outer + 1
    assert sum(one.people for one in drawn.slices) == len(around)
