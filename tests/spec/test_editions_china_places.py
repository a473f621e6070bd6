"""How did China's COVID-19 editions close areas, screen, and let through in Wuxi on a given day?

Expected values are those of the research notes, sections 4.3, 5, 6, 8 and 11.6 (vector 10).
"""

from datetime import date, timedelta

import pytest

from ringfence.protocol.predicates import Value
from ringfence.tables.facts import ZONE_LEVELS
from tests.drawing import drawn
from tests.spec.in_force import first, on

GREEN = {"code": "green", "vehicle": "car", "origin": "none", "permit": False, "antigen": "none"}


POOLS = """
    day        | zone       | size | household
    2021-06-01 | sealed     | 10   |
    2021-10-01 | sealed     | 1    | household
    2021-10-01 | none       | 10   |
    2022-03-30 | sealed     | 1    | household
    2022-03-30 | controlled | 10   |
    2022-03-30 | none       | 20   |
    2022-03-31 | none       | 10   |
    2022-04-26 | none       | 10   |
    2022-04-27 | none       | 20   |
    2022-07-01 | high       | 1    | household
    2022-07-01 | medium     | 10   |
    2022-07-01 | low        | 20   |
    2022-11-11 | high       | 1    | household
    2022-11-11 | low        | 20   |
"""


@pytest.mark.parametrize("row", drawn(POOLS), ids=lambda row: " ".join(row.values()))
def test_how_many_swabs_to_a_tube(row: dict[str, str]) -> None:
    well: dict[str, Value] = {"symptoms": False, "quarantined": False, "contact": "none", "zone": row["zone"]}
    pool = first(on(row["day"]).pools, well)
    assert (pool.size, pool.per) == (int(row["size"]), row["household"])
    # Whoever has symptoms, is in quarantine or is a contact is never pooled.
    for own in ({"symptoms": True}, {"quarantined": True}, {"contact": "close"}):
        assert first(on(row["day"]).pools, {**well, **own}).size == 1


CAMPAIGNS = """
    day        | people   | chain   | hours | rounds | stop
    2021-10-01 | 5000000  | clear   | 48    | 0      |
    2021-10-01 | 5000000  | unclear | 48    | 3      |
    2021-10-01 | 7462135  | clear   | 72    | 0      |
    2022-03-21 | 7462135  | unclear | 72    | 3      |
    2022-03-22 | 7462135  | unclear | 24    | 0      |
    2022-07-01 | 7462135  | unclear | 24    | 0      | 3 3 1
    2022-12-07 | 24870895 | clear   | 24    | 0      | 3 3 1
"""


@pytest.mark.parametrize("row", drawn(CAMPAIGNS), ids=lambda row: " ".join(row.values()))
def test_how_fast_a_range_is_screened_and_when_it_stops(row: dict[str, str]) -> None:
    found = first(on(row["day"]).campaigns, {"people": int(row["people"]), "chain": row["chain"]})
    stop = found.stop
    assert (found.within_h, found.rounds) == (int(row["hours"]), int(row["rounds"]))
    assert (f"{stop.times} {stop.gap} {stop.more}" if stop else "") == row["stop"]
    assert found.counts == ("community" if stop else "any")


def test_the_8th_edition_has_no_figure_for_a_campaign() -> None:
    assert on("2021-06-01").campaigns == ()


def test_who_is_left_out_of_a_round() -> None:
    for hours, gives in ((47, "skip"), (48, "none")):
        assert first(on("2022-03-31").skips, {"vaccinated_h": hours}).gives == gives
    assert on("2022-03-31", "5101").skips == ()


ZONES = """
    day        | why       | spread | level      | days | gone | sweep | step | steps  | up     | tests
    2022-03-31 | residence |        | sealed     | 14   | 14   | 2     | 0    |        |        | 1 4 7 10 14
    2022-03-31 | visited   | high   | sealed     | 14   | 14   | 2     | 0    |        |        | 1 4 7 10 14
    2022-03-31 | visited   | some   | controlled | 14   | 14   | 2     | 0    |        | sealed | 1 4 7
    2022-03-31 | visited   | low    | none       | 0    | 0    | 0     | 0    |        |        |
    2022-03-31 | around    |        | precaution | 0    | 0    | 0     | 0    |        |        |
    2022-07-01 | residence |        | high       | 7    | 0    | 1     | 0    | medium |        |
    2022-07-01 | visited   | high   | high       | 7    | 0    | 1     | 0    | medium |        |
    2022-07-01 | visited   | some   | medium     | 7    | 0    | 1     | 3    | low    |        |
    2022-07-01 | around    |        | low        | 0    | 0    | 0     | 0    |        |        |
    2022-11-11 | residence |        | high       | 5    | 0    | 0     | 0    | low    |        |
    2022-11-11 | visited   | some   | none       | 0    | 0    | 0     | 0    |        |        |
    2022-12-07 | residence |        | high       | 5    | 0    | 0     | 0    | low    |        |
"""


@pytest.mark.parametrize("row", drawn(ZONES), ids=lambda row: f"{row['day']} {row['why']} {row['spread']}")
def test_what_an_area_is_and_when_it_is_lifted(row: dict[str, str]) -> None:
    rows = [zone for zone in on(row["day"]).zones if zone.why == row["why"]]
    zone = first(rows, {"setting": "shop", "spread": row["spread"], "traceable": False})
    told = (
        zone.level, str(zone.lift_days), str(zone.contacts_gone_d), str(zone.sweep_d), str(zone.after_step_d),
        zone.steps_to, zone.escalates_to, " ".join(map(str, zone.tests.days)) if zone.tests else "",
    )  # fmt: skip
    assert told == tuple(row.values())[3:]


def test_vector_10_from_high_to_medium_to_low() -> None:
    # The last case on 10 July: medium on the 17th, after a clean round that day; low on the 20th.
    zones = {zone.level: zone for zone in on("2022-07-17").zones}
    high, medium = zones["high"], zones["medium"]
    assert date(2022, 7, 10) + timedelta(high.lift_days) == date(2022, 7, 17)
    assert (high.sweep_d, high.steps_to) == (1, "medium")
    assert date(2022, 7, 17) + timedelta(medium.after_step_d) == date(2022, 7, 20)
    assert (medium.steps_to, medium.counts_from) == ("low", "last_case")


def test_the_unit_that_is_closed_grows_smaller() -> None:
    for day, area, units in (
        ("2021-06-01", "1101", ("stairwell", "building", "grid")),
        ("2022-03-31", "320206", ("building", "grid")),
        ("2022-07-01", "320206", ("grid",)),
        ("2022-11-11", "320206", ("stairwell", "building")),
        ("2022-12-07", "320206", ("household", "stairwell", "building")),
    ):
        [home] = [zone for zone in on(day, area).zones if zone.why == "residence"]
        assert home.units == units, day


GATES = """
    day        | person                                    | do
    2022-03-14 | negative_h 48                             | pass sample register
    2022-03-14 | negative_h 49                             | turn_back
    2022-03-14 | code yellow, negative_h 10                | turn_back
    2022-03-14 | code red, negative_h 10                   | wait quarantine
    2022-03-31 | vehicle freight, negative_h 10            | pass sample register
    2022-04-01 | vehicle freight, negative_h 10            | turn_back
    2022-04-01 | vehicle freight, negative_h 10, permit    | pass antigen sample escort
    2022-04-14 | vehicle freight, negative_h 10, permit    | pass sample register
    2022-04-14 | vehicle freight, negative_h 10            | turn_back
    2022-04-14 | vehicle freight, negative_h 10, permit, origin high | pass sample escort
"""


@pytest.mark.parametrize("row", drawn(GATES), ids=lambda row: f"{row['day']} {row['person']}")
def test_what_is_done_at_wuxis_gates(row: dict[str, str]) -> None:
    facts: dict[str, Value] = dict(GREEN)
    for said in row["person"].split(", "):
        name, _, value = said.partition(" ")
        facts[name] = int(value) if value.isdigit() else value or True
    assert " ".join(first(on(row["day"]).gates, facts).do) == row["do"]


def colour(day: str, area: str = "320206", **facts: str) -> str:
    return first(on(day, area).colours, facts).gives


def test_jiangsus_colours() -> None:
    # Red while apart, yellow while watched at home; the secondary contact has no yellow tail.
    for of, place, said in (
        ("close", "central", "red"), ("close", "home_monitoring", "yellow"), ("secondary", "central", "red"),
        ("secondary", "home_monitoring", "none"), ("abroad", "central", "red"),
        ("abroad", "home_monitoring", "yellow"), ("other_area", "home", "none"),
        ("companion", "free", "yellow"),
    ):  # fmt: skip
        assert colour("2022-03-31", **{"kind": "course", "class": of, "place": place}) == said, of
        assert colour("2022-03-31", "1101", **{"kind": "course", "class": of, "place": place}) == "none"
    levels = {level: colour("2022-03-31", kind="zone", level=level) for level in ZONE_LEVELS}
    assert levels == {"sealed": "yellow", "controlled": "yellow", "precaution": "none", "high": "red",
                      "medium": "red", "low": "none"}  # fmt: skip
    assert colour("2022-03-31", kind="case") == "red"
    assert colour("2022-03-31", kind="hold") == "none"


def test_how_often_people_are_tested_for_their_work() -> None:
    found = {work: first(on("2022-07-01").cadences, {"occupation": work}).schedule
             for work in ("port", "courier", "office")}  # fmt: skip
    port, courier = found["port"], found["courier"]
    assert port is not None
    assert courier is not None
    assert (port.form, port.every) == ("every_d", 1)
    assert (courier.form, courier.times) == ("a_week", 2)
    assert found["office"] is None
