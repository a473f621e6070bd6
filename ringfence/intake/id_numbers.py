"""Is this a citizen's ID number (GB 11643), and if not, what happened to it?

Eighteen characters: six digits of the place of first registration, eight of the birth date, three of
order (odd for men) and a check character. The place is that of first registration, which may be years
after birth, so a code abolished before the birth is wrong and one that began after it is not.
"""

import datetime
import functools
import re

from stdnum.cn import ric

from ringfence.intake.area_codes import abolished_districts, district_years
from ringfence.intake.cells import half_width
from ringfence.intake.faults import SPREADSHEET_NUMBER, Fault

LENGTH = 18
OLD_LENGTH = 15
_NUMBER = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
_FLOAT = re.compile(r"\d(\.\d*)?E\+?\d+|\d{15,18}\.0+", re.ASCII)
_FIRST_YEAR = 1880
_UNLISTED_FROM = 2010
"""From this year of birth a county missing from the list may be newer than the list."""

_RIGHT = ("身份证上的18位号码，末位可为X", "the 18 characters on the card, the last of which may be X")


def _fault(kind: str, zh: str, en: str) -> Fault:
    return Fault(kind, zh, en, *_RIGHT)


_OLD = Fault(
    "old_id_number", "15位旧号码已停用", "an old number of 15 digits, no longer in force",
    "换发后的18位号码", "the number of 18 characters that replaced it",
)  # fmt: skip
_FORM = _fault(
    "id_number_form", "身份证号不是17位数字加校验码", "an ID number is 17 digits and a check character"
)
_CHECK = _fault("id_number_check", "身份证号校验码不符", "the check character of the ID number is wrong")
_BORN = _fault("id_number_birth", "身份证号中的出生日期不存在", "the birth date in the ID number is no date")
_AREA = Fault(
    "id_number_area",
    "身份证号前六位不是任何行政区划代码",
    "the first six digits of the ID number were never an area code",
    _RIGHT[0] + "；若证件确实如此，请改用本地编号",
    _RIGHT[1] + "; if the card does say so, use a code of your own for the person",
)


def read_id_number(text: str) -> str | Fault:
    """The number with its check character in upper case; or why it is not one."""
    number = half_width(text).upper().replace(" ", "")
    if _FLOAT.fullmatch(number):
        return SPREADSHEET_NUMBER
    if len(number) == OLD_LENGTH and number.isdigit():
        return _OLD
    if len(number) != LENGTH:
        return _length(len(number))
    if not _NUMBER.fullmatch(number):
        return _FORM
    if number[-1] != ric.calc_check_digit(number):
        return SPREADSHEET_NUMBER if number.endswith("000") else _CHECK
    return born(number[6:14]) or registered(number[:6], int(number[6:10])) or number


def birth_year(number: str) -> int:
    """The year of birth in a checked number."""
    return int(number[6:10])


def sex(number: str) -> str:
    """The sex in a checked number."""
    return "male" if int(number[16]) % 2 else "female"


def _length(found: int) -> Fault:
    return _fault(
        "id_number_length", f"身份证号有{found}位，应为18位", f"the ID number has {found} characters, not 18"
    )


@functools.lru_cache(maxsize=1 << 16)
def born(digits: str) -> Fault | None:
    """What is wrong with a birth date of eight digits."""
    try:
        day = datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return _BORN
    return _BORN if day.year < _FIRST_YEAR or day.year > 2100 else None


@functools.lru_cache(maxsize=1 << 16)
def registered(area: str, born: int) -> Fault | None:
    """What is wrong with the place of first registration of someone born in that year."""
    years = district_years(area)
    if years is None:
        return None if born >= _UNLISTED_FROM and district_years(area[:4] + "00") else _AREA
    last = max(last for _, last in years)
    if born <= last:
        return None
    successors = abolished_districts()[area].successors if area in abolished_districts() else ()
    after = f"（并入 {' / '.join(successors)}）" if successors else ""
    return _fault(
        "id_number_area",
        f"身份证号前六位在{last}年已撤销{after}，早于出生年份",
        f"the area in the ID number was abolished in {last}, before the birth",
    )
