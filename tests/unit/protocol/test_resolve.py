"""Which rules are in force for a place, a disease and an instant?"""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ringfence.errors import ProtocolError
from ringfence.protocol import SHIPPED, read_editions, resolve, resolve_within
from tests.drawing import instant
from tests.unit.protocol.writing import BASE_ROWS, SAYS, header, write

NIGHT = instant("03-31 03:00")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "base", header() + BASE_ROWS)
    return tmp_path


def limit(folder: Path, area: str = "3202", at: datetime = NIGHT) -> int:
    found = resolve(area, "covid-19", at, (folder,)).limit("hold")
    assert found is not None
    return found.hours


def hours(hours: int) -> str:
    """A patch of one field: the rest of the row stays as it was."""
    return f'\n[[limit]]\nid = "limit-hold"\nhours = {hours}\n'


def test_what_was_in_force_in_wuxi_that_night() -> None:
    found = resolve("3202", "covid-19", NIGHT)
    # The nation, its patches and guides, then the province, then the city's own notices.
    nation = resolve("1101", "covid-19", NIGHT).stack
    province = resolve("3204", "covid-19", NIGHT).stack
    assert nation[:2] == ("cn-covid-8", "ringfence-safeguards")
    assert {"cn-covid-8-delta", "cn-antigen", "cn-testing-3"} < set(nation)
    assert province[: len(nation)] == nation
    assert {"js-companion", "js-codes"} <= set(province[len(nation) :])
    assert found.stack == (*province, "wuxi-78", "wuxi-97")


def test_the_shipped_editions_read_without_a_fault() -> None:
    editions, faults = read_editions(SHIPPED)
    assert faults == []
    assert {edition.file for edition in editions} == {path.name for path in SHIPPED.glob("*.toml")}


def test_a_patch_is_in_force_from_its_first_second(folder: Path) -> None:
    begin = instant("03-22 00:00")
    write(folder, "patch", header(id="p", base="base", **{"from": "2022-03-22T00:00:00+08:00"}) + hours(12))
    assert limit(folder, at=begin - timedelta(microseconds=1)) == 24
    assert limit(folder, at=begin) == 12


def test_it_ends_the_second_it_says(folder: Path) -> None:
    write(folder, "patch", header(id="p", base="base", to="2022-03-22T00:00:00+08:00") + hours(12))
    end = instant("03-22 00:00")
    assert limit(folder, at=end - timedelta(microseconds=1)) == 12
    assert limit(folder, at=end) == 24


def test_the_longest_area_has_the_last_word(folder: Path) -> None:
    late = "2022-03-01T00:00:00+08:00"
    write(folder, "a", header(id="city", area="3202", base="base") + hours(8))
    write(folder, "b", header(id="province", area="32", base="base", **{"from": late}) + hours(12))
    # The province spoke later, the city's word still stands in the city.
    assert [limit(folder, area) for area in ("320211", "3202", "3204", "1101")] == [8, 8, 12, 24]


def test_of_two_patches_for_one_area_the_later_has_the_last_word(folder: Path) -> None:
    write(folder, "a", header(id="z", base="base", **{"from": "2022-01-01T00:00:00+08:00"}) + hours(8))
    write(folder, "b", header(id="a", base="base", **{"from": "2022-02-01T00:00:00+08:00"}) + hours(12))
    assert limit(folder) == 12


def test_a_prefix_of_a_code_is_not_an_area_above_it(folder: Path) -> None:
    write(folder, "a", header(id="grid", area="320211001006-1", base="base") + hours(8))
    assert limit(folder, "320211001006-1-002") == 8
    assert limit(folder, "320211001006-12-002") == 24


def test_a_patch_on_a_patch_needs_it_in_force(folder: Path) -> None:
    write(folder, "a", header(id="first", area="32", base="base", to="2022-02-01T00:00:00+08:00") + hours(12))
    write(folder, "b", header(id="second", area="32", base="first") + hours(8))
    assert limit(folder, at=instant("01-15 00:00")) == 8
    assert limit(folder, at=instant("02-15 00:00")) == 24


def test_a_later_base_takes_over_where_the_first_ends(folder: Path) -> None:
    begin = "2022-06-28T00:00:00+08:00"
    write(folder, "base", header(to=begin) + BASE_ROWS)
    write(folder, "next", header(id="next", **{"from": begin}) + BASE_ROWS.replace("hours = 24", "hours = 6"))
    assert limit(folder, at=instant("06-27 23:59")) == 24
    assert limit(folder, at=instant("06-28 00:00")) == 6


def test_two_bases_in_force_at_once_are_a_fault(folder: Path) -> None:
    write(folder, "next", header(id="next", **{"from": "2022-03-01T00:00:00+08:00"}) + BASE_ROWS)
    assert limit(folder, at=instant("02-28 23:59")) == 24
    with pytest.raises(ProtocolError, match=r"next\.toml: edition: base is in force in CN at the same time"):
        resolve("3202", "covid-19", NIGHT, (folder,))


def test_a_patch_on_any_base_comes_first(folder: Path) -> None:
    write(folder, "a", header(id="any", base="*", disease="*", area="WORLD") + hours(6))
    assert resolve("3202", "covid-19", NIGHT, (folder,)).stack == ("base", "any")
    write(folder, "b", header(id="nation", base="base") + hours(12))
    assert limit(folder) == 12


def test_the_narrowest_base_is_the_one_in_force(folder: Path) -> None:
    write(folder, "w", header(id="world", area="WORLD") + BASE_ROWS.replace("hours = 24", "hours = 6"))
    assert (limit(folder, "3202"), limit(folder, "FR")) == (24, 6)


def test_when_the_rules_last_changed_and_what_that_does_to_people_in_flight(folder: Path) -> None:
    spring = header(id="p", base="base", **{"from": "2022-03-22T00:00:00+08:00"})
    write(folder, "p", spring.replace('in_flight = "recompute"', 'in_flight = "keep"') + hours(12))
    before = resolve("3202", "covid-19", instant("03-21 23:59"), (folder,))
    after = resolve("3202", "covid-19", NIGHT, (folder,))
    assert (before.since, before.before) == (datetime(2020, 12, 31, 16), None)  # noqa: DTZ001
    assert (after.since, after.in_flight) == (instant("03-22 00:00"), "keep")
    assert after.before is not None
    assert (after.before.stack, after.before.limits[0].hours) == (("base",), 24)


def test_parts_of_an_area_with_rules_of_their_own(folder: Path) -> None:
    write(folder, "a", header(id="city", area="3202", base="base") + hours(8))
    write(folder, "b", header(id="district", area="320211", base="base") + hours(6))
    write(folder, "c", header(id="other", area="3204", base="base") + hours(5))
    found = resolve_within(*read_editions(folder), "3202", "covid-19", NIGHT)
    assert [(p.area, p.limits[0].hours) for p in found] == [("3202", 8), ("320211", 6)]


def test_another_disease_or_country_is_another_matter(folder: Path) -> None:
    write(folder, "b", header(id="measles", disease="measles") + BASE_ROWS.replace("hours = 24", "hours = 6"))
    write(folder, "c", header(id="france", area="FR") + BASE_ROWS.replace("hours = 24", "hours = 5"))
    assert (limit(folder), limit(folder, "FR-06")) == (24, 5)
    with pytest.raises(ProtocolError, match=r"for plague is in force in 3202 at .*base, france, measles"):
        resolve("3202", "plague", NIGHT, (folder,))


def test_rows_merge_field_by_field_and_say_which_edition_they_came_from(folder: Path) -> None:
    write(folder, "patch", header(id="p", base="base") + hours(12))
    found = resolve("3202", "covid-19", NIGHT, (folder,))
    changed = found.limit("hold")
    assert changed is not None
    assert (changed.rule.edition, changed.rule.en, changed.of) == ("p", "A test.", "hold")
    assert found.hold is not None
    assert found.hold.rule.edition == "base"


def test_a_list_within_a_row_is_replaced_whole(folder: Path) -> None:
    phases = BASE_ROWS[BASE_ROWS.index("[[course.phase]]") :]
    patch = header(id="p", base="base") + '[[course]]\nid = "course-close"\n' + phases
    write(folder, "patch", patch.replace("[1, 4, 7, 14]", "[1, 7]"))
    [phase] = resolve("3202", "covid-19", NIGHT, (folder,)).courses[0].phases
    assert phase.tests.schedule.days == (1, 7)


def row(row_id: str, more: str) -> str:
    return f"""
[[contact]]
id = "{row_id}"
ring = 1
gives = "close"
when = "minutes >= 15"
unknown = "exclude"
{more}
{SAYS}"""


def test_rows_can_be_put_before_others_and_dropped(folder: Path) -> None:
    text = header(id="p", base="base") + row("close-long", 'before = "close-near"')
    write(folder, "patch", text)
    found = resolve("3202", "covid-19", NIGHT, (folder,))
    assert [contact.rule.id for contact in found.contacts] == ["close-long", "close-near", "contact-none"]
    write(folder, "patch", text + '\n[[contact]]\nid = "close-near"\ndrop = true\n')
    found = resolve("3202", "covid-19", NIGHT, (folder,))
    assert [contact.rule.id for contact in found.contacts] == ["close-long", "contact-none"]


def test_a_row_that_is_there_can_be_moved(folder: Path) -> None:
    write(folder, "patch", header(id="p", base="base") + row("close-long", 'before = "contact-none"'))
    moved = '[[contact]]\nid = "close-long"\nbefore = "close-near"\n'
    write(folder, "then", header(id="q", base="base") + moved)
    found = resolve("3202", "covid-19", NIGHT, (folder,))
    assert [contact.rule.id for contact in found.contacts] == ["close-long", "close-near", "contact-none"]


def test_ratios_round_up() -> None:
    [ratio, *_] = resolve("3202", "covid-19", NIGHT).ratios
    assert [ratio.needed(people)[0] for people in (0, 1, ratio.down, ratio.down + 1)] == [0, 1, 1, 2]
