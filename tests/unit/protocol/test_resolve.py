"""Which rules are in force for a place, a disease and an instant?"""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ringfence.errors import ProtocolError
from ringfence.protocol import SHIPPED, read_editions, resolve
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
    assert found.stack == (
        "cn-covid-8", "ringfence-safeguards", "cn-covid-8-delta", "cn-testing-3", "js-companion", "wuxi-97",
    )  # fmt: skip
    assert resolve("3204", "covid-19", NIGHT).stack == found.stack[:-1]
    assert resolve("1101", "covid-19", NIGHT).stack == found.stack[:-2]


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


def test_a_later_base_takes_over(folder: Path) -> None:
    begin = "2022-06-28T00:00:00+08:00"
    write(folder, "next", header(id="next", **{"from": begin}) + BASE_ROWS.replace("hours = 24", "hours = 6"))
    assert limit(folder, at=instant("06-27 23:59")) == 24
    assert limit(folder, at=instant("06-28 00:00")) == 6


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
    assert found.hold.rule.edition == "base"


def test_a_list_within_a_row_is_replaced_whole(folder: Path) -> None:
    phases = BASE_ROWS[BASE_ROWS.index("[[course.phase]]") :]
    patch = header(id="p", base="base") + '[[course]]\nid = "course-close"\n' + phases
    write(folder, "patch", patch.replace("[1, 4, 7, 14]", "[1, 7]"))
    [phase] = resolve("3202", "covid-19", NIGHT, (folder,)).courses[0].phases
    assert phase.tests.days == (1, 7)


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
