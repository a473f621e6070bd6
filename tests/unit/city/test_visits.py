"""Days of visits: whole files, in order, the same bytes on one core or two."""

import hashlib
from datetime import date, datetime, timedelta

import numpy as np
import pyarrow.compute as pc
import pytest

from ringfence import city
from ringfence.tables.facts import VISIT, VISIT_PARTITION

at = datetime.fromisoformat

SUNDAY, TUESDAY, LAST = date(2022, 3, 27), date(2022, 3, 29), date(2022, 3, 30)


def digests(parts):
    return [(part["file"], part["digest"], part["rows"]) for part in parts]


def test_one_worker_and_two_write_the_same_bytes(town, store, tmp_path):
    _, one = store
    assert digests(city.write_visits(town, tmp_path, [SUNDAY, TUESDAY, LAST], workers=2)) == digests(one)


def test_another_seed_writes_other_bytes(town, store, tmp_path):
    other = city.write_visits(city.build(town.people, town.seed + 1), tmp_path, [TUESDAY])
    assert other[0]["digest"] not in {part["digest"] for part in store[1]}


def test_what_is_said_of_a_file_is_so(store, visits):
    folder, said = store
    for part in said:
        assert set(part) == {column.name for column in VISIT_PARTITION.columns}
        assert part["file"] == f"visits/day={part['day'].isoformat()}/city.parquet"
        assert hashlib.sha256((folder / part["file"]).read_bytes()).hexdigest() == part["digest"]
        assert visits[part["day"]].num_rows == part["rows"]
    left = {path.name for path in folder.rglob("*") if path.is_file()}
    assert left == {"city.parquet"}


def test_progress_counts_up_to_the_days(town, tmp_path):
    seen = []
    city.write_visits(
        town, tmp_path, [SUNDAY, TUESDAY], progress=lambda done, days: seen.append((done, days))
    )
    assert seen == [(1, 2), (2, 2)]


@pytest.mark.parametrize("day", [SUNDAY, TUESDAY, LAST])
def test_a_day_is_in_order_with_no_visit_twice(visits, day):
    table = visits[day]
    assert table.schema.equals(VISIT.schema)
    key = [table[name].to_numpy() for name in ("place", "enter", "person")]
    order = np.lexsort(key[::-1])
    assert (order == np.arange(table.num_rows)).all()
    assert table.group_by(list(VISIT.key)).aggregate([]).num_rows == table.num_rows


@pytest.mark.parametrize("day", [SUNDAY, TUESDAY, LAST])
def test_visits_begin_on_their_day_and_end_after_they_begin(visits, day):
    table = visits[day]
    midnight = at(day.isoformat()) - timedelta(hours=8)
    assert pc.min(table["enter"]).as_py() >= midnight
    assert pc.max(table["enter"]).as_py() < midnight + timedelta(days=1)
    assert pc.all(pc.greater(table["leave"], table["enter"])).as_py()


def test_on_the_last_day_only_visits_begun_by_eight_are_known(visits):
    # 20:00 in Wuxi is 12:00 UTC
    assert pc.max(visits[LAST]["enter"]).as_py() < at("2022-03-30 12:00")
    assert pc.max(visits[TUESDAY]["enter"]).as_py() > at("2022-03-29 12:00")


def test_about_three_visits_a_person_a_day(town, visits):
    for table in visits.values():
        assert 2.2 < table.num_rows / town.people < 3.3


def test_weekends_have_no_school_and_less_office(town, visits):
    kinds = np.array(town.place["kind"].to_pylist())

    def share(day, kind):
        return (kinds[visits[day]["place"].to_numpy() - 1] == kind).sum() / town.people

    assert share(SUNDAY, "classroom") == 0
    assert share(TUESDAY, "classroom") > 0.14
    assert share(SUNDAY, "office") < share(TUESDAY, "office") / 5
    assert share(SUNDAY, "outdoors") > share(TUESDAY, "outdoors")


def test_a_person_is_seldom_in_two_places_at_once(visits):
    """Chance visits are drawn kind by kind, in hours of their own; a few still meet."""
    table = visits[TUESDAY].sort_by([("person", "ascending"), ("enter", "ascending")])
    person, enter, leave = (table[name].to_numpy() for name in ("person", "enter", "leave"))
    same = person[1:] == person[:-1]
    assert (same & (enter[1:] < leave[:-1])).mean() < 0.06
