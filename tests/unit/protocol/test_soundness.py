"""Does a stack that could restrict somebody without an end, an appeal or a way down say so?"""

from pathlib import Path

import pytest

from tests.unit.protocol.test_faults import base
from tests.unit.protocol.writing import APPEALS, BASE_ROWS, SAYS

ARRIVALS = f"""
[[arrival]]
id = "came"
gives = "abroad"
{SAYS}
[[appeal]]
id = "appeal-arrival"
of = "arrival"
duty = "headquarters"
hours = 24
{SAYS}
"""
COURSE = BASE_ROWS[BASE_ROWS.index("[[course]]") :]
ABROAD = COURSE.replace("course-close", "course-abroad").replace('of = "close"', 'of = "abroad"')
ENTERED = ABROAD.replace('"last_exposure"', '"entered"')


def zone(level: str, rank: int, more: str = "", lift: int = 14) -> str:
    why = 'when = "cases >= 1"\nunknown = "exclude"\n' if level != "none" else ""
    return f"""
[[zone]]
id = "zone-{level}"
level = "{level}"
rank = {rank}
why = "residence"
{why}units = ["building"]
lift_days = {lift}
lift = {{ zh = "期满", en = "the days served" }}
{more}
{SAYS}"""


ZONES = zone("high", 3, 'steps_to = "medium"') + zone("medium", 2, 'escalates_to = "high"') + zone("none", 0)
ZONE_APPEAL = APPEALS[APPEALS.rindex("[[appeal]]") :].replace("case", "zone")
SOUND = ARRIVALS + ENTERED + ZONES + ZONE_APPEAL


def with_rows(folder: Path, rows: str, *changes: tuple[str, str]) -> list[str]:
    """What is said of the base with these rows too, some of their text replaced."""
    for old, new in changes:
        assert old in rows, old
        rows = rows.replace(old, new, 1)
    return [line.removeprefix("base.toml: ") for line in base(folder, (COURSE, COURSE + rows))]


def test_the_longer_base_is_sound(tmp_path: Path) -> None:
    assert with_rows(tmp_path, SOUND) == []


WRONG = {
    # What is changed, and the one fault that follows.
    "an arrival without a course": ((ENTERED, ""), "course: people of class abroad have no course; add one,"),
    "a contact's anchor for an arrival": (('"entered"', '"last_exposure"'),
        "course.course-abroad.phase[1].anchor: is last_exposure, which nobody of class abroad has"),
    "a step down that rises": (('steps_to = "medium"', 'steps_to = "high"'),
        "zone.zone-high.steps_to: is high of rank 3, not below 3; a step down has to fall"),
    "an escalation that falls": (('escalates_to = "high"', 'escalates_to = "medium"'),
        "zone.zone-medium.escalates_to: is medium of rank 2, not above 2; escalation has to rise"),
    "a step to nowhere": (('steps_to = "medium"', 'steps_to = "low"'),
        "zone.zone-high.steps_to: is low, which no zone row gives; add a row of that level"),
    "a zone without an end": (('lift_days = 14', 'lift_days = 0'),
        "zone.zone-high.lift_days: is 0; a zone needs an end that can be worked out"),
    "a phase without an end": (("days = 14", "days = 0"),
        "course.course-abroad.phase[1].days: is 0; a phase needs an end that can be worked out"),
    "an extension that shortens": (('late = "credit"',
        'late = "credit"\nextend = { when = "ig = yes", unknown = "exclude", days = 10 }'),
        "course.course-abroad.phase[1].extend.days: is 10, no longer than the phase; give more"),
    "a class on a reset that never is": (('late = "credit"', 'late = "credit"\nreset_becomes = "close"'),
        'course.course-abroad.phase[1].reset_becomes: needs reset = "positive_in_site"'),
    "no appeal against an arrival's course": (('of = "arrival"', 'of = "zone"'),
        'appeal: has no row with of = "arrival"; nobody is restricted without an appeal'),
    "hours for days": (('when = "cases >= 1"', 'when = "minutes >= 2h"'),
        'zone.zone-high.when: "minutes >= 2h": minutes counts minutes, and 2h is in hours'),
}  # fmt: skip


@pytest.mark.parametrize("fault", WRONG)
def test_what_is_unsound_is_said(fault: str, tmp_path: Path) -> None:
    change, said = WRONG[fault]
    found = with_rows(tmp_path, SOUND, change)
    assert any(line.startswith(said) for line in found), found


def test_test_days_are_given_in_one_way(tmp_path: Path) -> None:
    twice = ("days = [1, 4, 7, 14],", 'days = [1, 4, 7, 14], every = "every 2d",')
    neither = ("days = [1, 4, 7, 14], ", "")
    said = 'base.toml: course.course-close.phase[1].tests.days: give days = [1, 4] or every = "every 2d", one'
    for change in (twice, neither):
        [found] = base(tmp_path, change)
        assert found.startswith(said)
    every = ("days = [1, 4, 7, 14],", 'every = "every 2d",')
    assert base(tmp_path, every) == []
