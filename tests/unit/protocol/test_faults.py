"""Does a faulty edition say every fault at once, with the file, the key and the mend?"""

from pathlib import Path

import pytest

from ringfence.errors import ProtocolError
from ringfence.protocol import resolve
from tests.drawing import instant
from tests.unit.protocol.writing import BASE_ROWS, HOLD_LIMIT, SAYS, header, write

NIGHT = instant("03-31 03:00")


NO_NUMBER = '[[limit]]\nid = "limit-hold"\nhours = "x"\n'


def faults(folder: Path) -> list[str]:
    """What is said of the editions of a folder; nothing where they are sound."""
    try:
        resolve("3202", "covid-19", NIGHT, (folder,))
    except ProtocolError as error:
        return str(error).splitlines()
    return []


def base(folder: Path, *changes: tuple[str, str], **head: str) -> list[str]:
    """What is said of the sound base with some of its text replaced."""
    text = header(**head) + BASE_ROWS
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    write(folder, "base", text)
    return faults(folder)


def test_the_base_is_sound(tmp_path: Path) -> None:
    assert base(tmp_path) == []


ONE = {
    # What is changed, and the key and the words of the one fault that follows.
    "a word that is not one": (('gives = "positive"', 'gives = "ill"'), "case.case-positive.gives",
                               'is "ill"; give one of confirmed, probable, suspected'),
    "a number as a text": (("hours = 24", 'hours = "24"'), "limit.limit-hold.hours",
                           "is '24'; give a whole number"),
    "yes for a number": (("hours = 24", "hours = true"), "limit.limit-hold.hours",
                         "is True; give a whole number"),
    "a negative number": (("days = 14", "days = -1"), "course.course-close.phase[1].days",
                          "give a number from 0"),
    "a fraction": (("hours = 24", "hours = 1.5"), "limit.limit-hold.hours", "give a whole number"),
    "an unknown key": (("hours = 24", "hours = 24\nminutes = 30"), "limit.limit-hold.minutes",
                       "is not known here; known are"),
    "a missing key": (("hours = 24\n", ""), "limit.limit-hold.hours", "is missing; give a whole number"),
    "one language": ((', en = "A test."', ""), "case.case-positive.says.en", "say it in both languages"),
    "no says": ((SAYS.splitlines()[0], ""), "case.case-positive.says", "is missing; give { zh"),
    "an empty says": (('{ zh = "测试。", en = "A test." }', "{}"), "case.case-positive.says.zh",
                      "is missing"),
    "no unknown": (('unknown = "exclude"\n', ""), "case.case-positive.unknown", "is missing"),
    "a word of no vocabulary": (("near = yes", "close_by = yes"), "contact.close-near.when",
                                '"close_by = yes": close_by is not one of setting, relation'),
    "a value of no vocabulary": (("near = yes", "setting = bar"), "contact.close-near.when",
                                 'setting cannot be "bar"; it is home, office'),
    "an unreadable predicate": (("near = yes", "near = yes and"), "contact.close-near.when", "expected more"),
    "an empty predicate": (("near = yes", ""), "contact.close-near.when", "leave the key out"),
    "an instant of no anchor": (("onset - 2d", "fever - 2d"), "infectious.window.from",
                                "fever is not one of onset, rash, cough, first_positive.sampled"),
    "an instant without a unit": (("onset - 2d", "onset - 2"), "infectious.window.from",
                                  'write one like "onset - 4d"'),
    "days that fall": (("[1, 4, 7, 14]", "[4, 1]"), "course.course-close.phase[1].tests.days",
                       "give rising whole numbers from 1"),
    "days of other kinds": (("[1, 4, 7, 14]", '[1, "4", [7]]'), "course.course-close.phase[1].tests.days",
                            "give rising whole numbers from 1"),
    "a third ring": (("ring = 1", "ring = 3"), "contact.close-near.ring", "is 3; give one of 1, 2"),
    "a test after the end": (("at_release = true", "at_release = false"), "", ""),
    "a day that is none": (("numbering = 0", "numbering = 2"), "course.course-close.phase[1].numbering",
                           "is 2; give one of 0, 1"),
    "a late rule of no meaning": (('late = "credit"', 'late = "forgive"'),
                                  "course.course-close.phase[1].late", "give one of credit, floor, convert"),
    "a hold on nothing known": (('on = ["positive"]', 'on = ["pink"]'), "hold.hold.on",
                                'has "pink"; give some of positive, grey'),
    "a hold on a text": (('on = ["positive"]', 'on = "positive"'), "hold.hold.on", "give a list of words"),
    "nobody held without an end": ((HOLD_LIMIT, ""), "limit", "nobody is held without an end, so give one"),
    "no end of nothing": (("hours = 24", "hours = 0"), "limit.limit-hold.hours",
                          "is 0; give a whole number from 1"),
    "a table that is none": (("[[hold]]", "[[holding]]"), "", ""),
    "no hold": (("[[hold]]", "[[limit]]"), "", ""),
    "an open end": (('gives = "none"\n', 'gives = "none"\nwhen = "nat = grey"\nunknown = "exclude"\n'),
                    "case", "is not exhaustive; give it a last row without `when`"),
    "a row that hides those after it": (('when = "nat = positive"\nunknown = "exclude"\n', ""),
                                        "case.case-positive", "matches everything"),
    "a class without a course": (('of = "close"', 'of = "general"'), "course",
                                 "people of class close have no course"),
    "an id used twice": (('id = "case-none"', 'id = "window"'), "window", "names two rules"),
    "a phase that is a word": ((BASE_ROWS[BASE_ROWS.index("[[course.phase]]") :], 'phase = ["central"]\n'),
                               "course.course-close.phase", "give at least one table"),
    "a course without a phase": ((BASE_ROWS[BASE_ROWS.index("[[course.phase]]") :], ""),
                                 "course.course-close.phase", "is missing; give at least one table"),
}  # fmt: skip
SEVERAL = ("a test after the end", "a table that is none", "no hold")


@pytest.mark.parametrize("fault", [name for name in ONE if name not in SEVERAL])
def test_a_fault_names_the_key_and_the_mend(fault: str, tmp_path: Path) -> None:
    change, key, said = ONE[fault]
    found = base(tmp_path, change)
    assert any(line.startswith(f"base.toml: {key}: ") and said in line for line in found), found


def test_days_at_the_end_of_the_phase_are_within_it(tmp_path: Path) -> None:
    assert base(tmp_path, ONE["a test after the end"][0]) == []
    beyond = base(tmp_path, ("at_release = true", "at_release = false"), ("7, 14]", "7, 15]"))
    assert len(beyond) == 1
    assert "course.course-close.phase[1].tests.days: go past the phase of 14 days" in beyond[0]


def test_an_unknown_table_and_a_missing_one(tmp_path: Path) -> None:
    found = "\n".join(base(tmp_path, ("[[hold]]", "[[holding]]")))
    tables = "case, case_release, infectious, incubation, hold"
    assert f"base.toml: holding: is not a table; tables are {tables}" in found


def test_an_edition_may_do_without_holds_but_not_have_two(tmp_path: Path) -> None:
    hold = BASE_ROWS[BASE_ROWS.index("[[hold]]") : BASE_ROWS.index("[[limit]]")]
    assert base(tmp_path, (hold, "")) == []
    assert base(tmp_path, (hold, hold + hold.replace('"hold"', '"again"'))) == [
        "base.toml: hold: there are 2; give one"
    ]


def test_every_fault_of_a_file_is_said(tmp_path: Path) -> None:
    found = base(
        tmp_path,
        ("hours = 24", "hours = -1\nminutes = 3"), ("ring = 1", "ring = 4"), ("near = yes", "near = maybe"),
        ('anchor = "last_exposure"', 'anchor = "birth"'),
        ('reset = "none"', 'reset = "never"\nsound = "loud"'),
    )  # fmt: skip
    keys = sorted(line.split(": ")[1] for line in found)
    assert keys == [
        "contact.close-near.ring", "contact.close-near.when", "course.course-close.phase[1].anchor",
        "course.course-close.phase[1].reset", "course.course-close.phase[1].sound",
        "limit.limit-hold.hours", "limit.limit-hold.minutes",
    ]  # fmt: skip


def test_a_fault_is_laid_at_the_file_that_made_it(tmp_path: Path) -> None:
    base(tmp_path)
    write(tmp_path, "city", header(id="city", area="3202", base="base") + NO_NUMBER)
    assert faults(tmp_path) == ["city.toml: limit.limit-hold.hours: is 'x'; give a whole number"]


OFFICIAL = {"M": True, "R": True, "A": False, "L": False, "?": False}


@pytest.mark.parametrize("grade", OFFICIAL)
def test_an_official_edition_has_nothing_remembered(grade: str, tmp_path: Path) -> None:
    change = ('grade = "?"\n\n[[case]]\nid = "case-none"', f'grade = "{grade}"\n\n[[case]]\nid = "case-none"')
    found = base(tmp_path, change, official="true")
    refused = [f"base.toml: case.case-positive.grade: is {grade} in an edition marked official; source it"]
    assert found == (refused if OFFICIAL[grade] else [])
    assert base(tmp_path, change, official="false") == []


def test_drop_and_before_name_rows_that_are_there(tmp_path: Path) -> None:
    base(tmp_path)
    write(
        tmp_path,
        "patch",
        header(id="p", base="base")
        + """
[[contact]]
id = "gone"
drop = true
[[contact]]
id = "close-near"
before = "nowhere"
""",
    )
    assert faults(tmp_path) == [
        "patch.toml: contact.gone: drops a row that is not there",
        "patch.toml: contact.close-near.before: nowhere is not there",
    ]


def test_a_file_that_cannot_be_placed_is_never_passed_over(tmp_path: Path) -> None:
    base(tmp_path)
    write(tmp_path, "broken", "schema = 1\n[edition\n")
    [found] = faults(tmp_path)
    assert found.startswith("broken.toml: file: is not TOML in UTF-8: ")
    write(tmp_path, "broken", BASE_ROWS)
    assert faults(tmp_path) == [
        "broken.toml: schema: is missing or not 1; write schema = 1",
        "broken.toml: edition: is missing; write an [edition] table",
    ]


HEADER = {
    "an instant without a zone": (("+08:00", ""), "edition.from: give an instant with a zone"),
    "a zone that is none": (("Asia/Shanghai", "Asia/Wuxi"), 'edition.tz: is "Asia/Wuxi"; give one of'),
    "an unknown key": (('source = "tests"', 'source = "tests"\ncolour = "red"'),
                       "edition.colour: is not known here"),
    "no name in English": ((', en = "Tests"', ""), "edition.name.en: is missing"),
}  # fmt: skip


@pytest.mark.parametrize("fault", HEADER)
def test_the_header_is_checked(fault: str, tmp_path: Path) -> None:
    change, said = HEADER[fault]
    assert any(f"base.toml: {said}" in line for line in base(tmp_path, change))


def test_two_files_of_one_id(tmp_path: Path) -> None:
    base(tmp_path)
    write(tmp_path, "copy", header() + BASE_ROWS)
    assert 'copy.toml: edition.id: "base" is also that of base.toml; rename one' in faults(tmp_path)


def test_faults_of_an_edition_that_does_not_apply_stop_nobody(tmp_path: Path) -> None:
    base(tmp_path)
    write(tmp_path, "city", header(id="city", area="3204", base="base") + NO_NUMBER)
    assert faults(tmp_path) == []


def test_one_row_a_purpose(tmp_path: Path) -> None:
    twice = f'\n[[limit]]\nid = "limit-again"\nof = "hold"\nhours = 12\n{SAYS}'
    clocks = "".join(
        f'\n[[clock]]\nid = "{name}"\nfrom = "detected"\nto = "reported"\nlimit_h = 2\nduty = "tracing"\n'
        f'must = "report"\n{SAYS}'
        for name in ("first", "second")
    )
    write(tmp_path, "base", header() + BASE_ROWS + twice + clocks)
    assert faults(tmp_path) == [
        'base.toml: limit: has two rows with of = "hold"; drop one',
        'base.toml: clock: has two rows with must = "report"; leave it out of one',
    ]
