"""Is an edition checked in every stack it takes part in, and not only where it stands alone?"""

from pathlib import Path

from ringfence.protocol import SHIPPED, read_editions
from ringfence.protocol.stacks import check_editions
from tests.unit.protocol.writing import BASE_ROWS, header, write

SPRING, SUMMER, AUTUMN = (f"2022-{month}-01T00:00:00+08:00" for month in ("03", "06", "09"))
DROP_COURSE = '\n[[course]]\nid = "course-close"\ndrop = true\n'


def faults(folder: Path, *only: str) -> list[str]:
    return [str(fault) for fault in check_editions(*read_editions(folder), only or None)]


def test_the_shipped_editions_are_sound_wherever_and_whenever_they_are_in_force() -> None:
    assert [str(fault) for fault in check_editions(*read_editions(SHIPPED))] == []


def test_a_patch_that_breaks_a_later_stack_is_found(tmp_path: Path) -> None:
    write(tmp_path, "base", header() + BASE_ROWS)
    # In spring the city's patch stands alone on the base; in summer the province drops what it patches.
    days = '\n[[course]]\nid = "course-close"\nof = "close"\n'
    write(tmp_path, "city", header(id="city", area="3202", base="base", **{"from": SPRING}) + days)
    assert faults(tmp_path) == []
    write(
        tmp_path, "province", header(id="province", area="32", base="base", **{"from": SUMMER}) + DROP_COURSE
    )
    found = faults(tmp_path, "city.toml")
    assert any("course.course-close.phase: is missing" in fault for fault in found), found
    assert any("people of class close have no course" in fault for fault in faults(tmp_path))


def test_a_patch_on_nothing_and_an_edition_that_ends_before_it_begins(tmp_path: Path) -> None:
    write(tmp_path, "base", header() + BASE_ROWS)
    write(tmp_path, "lost", header(id="lost", base="nowhere"))
    write(tmp_path, "odd", header(id="odd", base="base", to=SPRING, **{"from": SUMMER}))
    assert faults(tmp_path) == [
        'lost.toml: edition.base: is "nowhere", which no edition is; name one',
        "odd.toml: edition.to: is not after from; an edition is in force for a while",
    ]


def test_a_time_in_which_nothing_is_in_force(tmp_path: Path) -> None:
    write(tmp_path, "one", header(id="one", to=SPRING) + BASE_ROWS)
    write(tmp_path, "two", header(id="two", **{"from": SUMMER}) + BASE_ROWS)
    [found] = faults(tmp_path)
    assert found.startswith("one.toml: edition.to: leaves nothing in force until 2022-05-31 16:00 UTC")
    write(tmp_path, "two", header(id="two", **{"from": SPRING}) + BASE_ROWS)
    assert faults(tmp_path) == []


def test_two_bases_in_force_at_once(tmp_path: Path) -> None:
    write(tmp_path, "one", header(id="one", to=SUMMER) + BASE_ROWS)
    write(tmp_path, "two", header(id="two", **{"from": SPRING}) + BASE_ROWS)
    assert "two.toml: edition: one is in force in CN at the same time; end one" in faults(tmp_path)


def test_a_patch_for_any_disease_is_checked_on_every_base(tmp_path: Path) -> None:
    write(tmp_path, "base", header() + BASE_ROWS)
    limit = '\n[[limit]]\nid = "hold-again"\nof = "hold"\nhours = 6\n'
    rest = 'says = { zh = "测", en = "A." }\nsource = "t"\ngrade = "?"\nchecked_on = "2026-11-21"\n'
    write(tmp_path, "any", header(id="any", base="*", disease="*", area="WORLD") + limit + rest)
    assert faults(tmp_path, "any.toml") == ['any.toml: limit: has two rows with of = "hold"; drop one']
