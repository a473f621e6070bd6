"""Do places keep their distances and directions on paper, and do marks make room for each other?"""

import math
import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.exchange.chart import Ground, Spot, Town, chart
from ringfence.exchange.drawing import Marker, apart, box_of, path, sheet, slice_of
from tests.unit.exchange.test_doors import speech

WUXI = (119.5, 31.1, 120.6, 32.0)
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[120.0, 31.0], [120.2, 31.0], [120.2, 31.2], [120.0, 31.2], [120.0, 31.0]]],
}


def test_north_is_up_and_a_kilometre_is_as_long_both_ways() -> None:
    paper = sheet(WUXI)
    x, y = paper.put(120.0, 31.5)
    north, east = paper.put(120.0, 31.51), paper.put(120.01, 31.5)
    assert north[1] < y
    assert east[0] > x
    # a hundredth of a degree: 1.1132 km north; east, that times the cosine of the latitude
    assert (y - north[1]) * math.cos(math.radians(31.5)) == pytest.approx(east[0] - x, abs=0.3)
    assert y - north[1] == pytest.approx(paper.width_of(1.1132), abs=0.2)


@given(st.floats(WUXI[0], WUXI[2]), st.floats(WUXI[1], WUXI[3]))
def test_whatever_is_in_the_box_is_on_the_paper(lon, lat) -> None:
    paper = sheet(WUXI)
    x, y = paper.put(lon, lat)
    assert 0 <= x <= 1000
    assert 0 <= y <= paper.height


def test_an_outline_is_closed_and_keeps_its_corners() -> None:
    paper = sheet(box_of([(120.0, 31.0), (120.2, 31.2)]))
    drawn = path(SQUARE, paper)
    assert drawn.startswith("M")
    assert drawn.endswith("Z")
    assert len(re.findall("[ML]", drawn)) == 5


@pytest.mark.parametrize(
    ("share", "ends"), [(0.25, (110.0, 100.0)), (0.5, (100.0, 110.0)), (0.75, (90.0, 100.0))]
)
def test_a_share_ends_where_a_clock_hand_would(share, ends) -> None:
    numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", slice_of(100.0, 100.0, 10.0, share))]
    assert tuple(numbers[-2:]) == ends


def test_nothing_and_everything_are_no_slice_and_a_whole_disc() -> None:
    assert slice_of(0, 0, 5, 0) == ""
    assert slice_of(0, 0, 5, 1).count("A") == 2


@given(st.lists(st.tuples(st.floats(300, 700), st.floats(300, 700)), min_size=2, max_size=9))
def test_marks_are_drawn_apart_and_remember_their_places(points) -> None:
    markers = [Marker("case", "1", ("", ""), 0, x, y, x, y) for x, y in points]
    moved = apart(markers, 20, sheet(WUXI))
    assert [(one.at_x, one.at_y) for one in moved] == points
    for one, other in combinations(moved, 2):
        assert math.dist((one.x, one.y), (other.x, other.y)) >= 15


def test_a_case_is_never_marked_at_its_building() -> None:
    compound, building = "320205001002-01", "320205001002-01-001"
    ground = Ground([], {compound: (120.0, 31.5), building: (120.9, 31.9)})
    assert ground.middle(f"{building}-1-0101") == (120.0, 31.5)
    assert Ground([], {building: (120.9, 31.9)}).middle(f"{building}-1-0101") is None


def test_a_district_zone_covers_its_district_and_a_town_shows_its_share() -> None:
    feature = {"properties": {"code": "320205", "name_zh": "锡山区"}, "geometry": SQUARE}
    ground = Ground([feature], {"320205001": (120.1, 31.1), "320205001002-01": (120.15, 31.15)})
    spots = [
        Spot("controlled", "320205", 0, ("管控", "controlled"), 1),
        Spot("sealed proposed", "320205001002-01", 1, ("封控", "sealed"), 2),
    ]
    drawn = chart(ground, spots, [Town("320205001", 400, 100, 3)], speech())
    assert drawn is not None
    assert drawn.shapes[0].level == "controlled"
    assert drawn.circles[0].title[1].endswith("100 / 400 (25%)")
    assert drawn.close is not None
    assert [(mark.label, mark.kind, mark.view) for mark in drawn.close.markers] == [
        ("1", "sealed proposed", 2)
    ]


def test_without_a_place_there_is_no_map() -> None:
    assert chart(Ground([], {}), [Spot("case", "320205001002-01", 1, ("", ""), 0)], [], speech()) is None
