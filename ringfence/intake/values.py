"""What value does a text hold, given the column it stands in? One function a type: a value or a fault."""

import datetime
import hashlib
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ringfence.intake.area_codes import KnownAreas, read_area, read_declared_area
from ringfence.intake.cells import half_width, has_control
from ringfence.intake.faults import SPREADSHEET_NUMBER, UNREADABLE, Fault, not_a
from ringfence.intake.times import Clock, read_day, read_instant
from ringfence.intake.words import Words, folded
from ringfence.tables import FACT_ROW_BITS, Column, Table, fact_number

Value = str | int | float | bool | datetime.date | datetime.datetime

PLACE_HASH_FROM = 1 << 40
"""Place numbers below this are the sender's own; from here on they are hashes of the sender's codes."""

_INT32 = range(-(1 << 31), 1 << 31)
_WHOLE = re.compile(r"[+-]?\d{1,19}(\.0*)?", re.ASCII)
_REAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(\.\d*)?[eE]\+\d+", re.ASCII)
_CODE = re.compile(r"[^\s]+( [^\s]+)*")
_FACT = re.compile(r"(\d{1,9})\.(\d{1,10})", re.ASCII)
_SUBJECT = re.compile(r"P[0-9A-Z]{1,13}|T:.+|A:\d[0-9A-Z-]*")
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{9,11}|[2-9]\d{6,7}|\+\d{7,15}|400\d{7}|1\d{4}", re.ASCII)
_LONGEST = 4000
_LONGEST_ABSENT = 16

_NOT_INT = not_a("not_a_whole_number", "整数", "a whole number", "整数，如 12", "a whole number such as 12")
_NOT_REAL = not_a("not_a_number", "数字", "a number", "数字，如 120.31", "a number such as 120.31")
_NOT_BOOL = not_a("not_yes_or_no", "是或否", "yes or no", "是 / 否", "yes or no")
_NOT_FACT = not_a(
    "not_a_fact", "事实编号", "a fact's number", "提交号.行号，如 3.7", "submission.row such as 3.7"
)
_NOT_SUBJECT = not_a(
    "not_a_subject", "对象编号", "a subject", "P…（人员）、T:管码 或 A:区划代码",
    "P… for a person, T: and a tube's code, or A: and an area's code",
)  # fmt: skip
_NOT_PHONE = not_a(
    "not_a_telephone", "电话号码", "a telephone number", "11位手机号，或带区号的固定电话",
    "a mobile number of 11 digits, or a line with its area code",
)  # fmt: skip
_TOO_LONG = Fault(
    "too_long", "内容过长", "the text is longer than 4,000 characters", "缩短内容", "a shorter text"
)


@dataclass(frozen=True)
class Context:
    """What reading a table's cells depends on besides the cells."""

    table: Table
    clock: Clock
    words: Words
    known: KnownAreas | None = None


Reader = Callable[[str], "Value | Fault | None"]


def reader(
    column: Column, context: Context, read: Callable[[str, Column, Context], Value | Fault] | None = None
) -> Reader:
    """The function that reads the cells of a column, None where nothing is given."""
    read = read or _TYPES[column.type]

    def read_cell(text: str) -> Value | Fault | None:
        if has_control(text):
            return UNREADABLE
        if is_absent(text, column, context.words):
            return None
        return read(text, column, context)

    return read_cell


def is_absent(text: str, column: Column, words: Words) -> bool:
    """Whether a cell says nothing: it is blank, or, where no free text is wanted, says there is nothing."""
    if not text or text.isspace():
        return True
    if column.type in ("text", "code") or len(text) > _LONGEST_ABSENT:
        return False
    word = folded(text)
    return not word or (word in words.absent and word not in words.choices.get(column.name, {}))


def read_text(text: str, column: Column, context: Context) -> str | Fault:
    """Free text: composed, without space around it, runs of space made one; a word that rules know stands
    as theirs."""
    known = context.words.choices.get(column.name, {}).get(folded(text))
    whole = known or " ".join(unicodedata.normalize("NFC", text).split())
    return whole if len(whole) <= _LONGEST else _TOO_LONG


def read_code(text: str, column: Column, context: Context) -> str | Fault:
    """Somebody's code for a thing: half-width, without space around it."""
    code = " ".join(half_width(text).split())
    if _SCIENTIFIC.fullmatch(code):
        return SPREADSHEET_NUMBER
    if (context.table.name, column.name) == ("step", "subject"):
        code = code.upper() if code[:1] in "pP" else code[:1].upper() + code[1:]
        return code if _SUBJECT.fullmatch(code) else _NOT_SUBJECT
    return code if len(code) <= _LONGEST else _TOO_LONG


def read_choice(text: str, column: Column, context: Context) -> str | Fault:
    """One of the column's choices, by its name or by a word that stands for it."""
    found = context.words.choices[column.name].get(folded(text))
    if found is not None:
        return found
    listed = ", ".join(column.choices)
    return Fault("not_a_choice", "不在可选值之内", "this is not one of the choices", listed, listed)


def read_bool(text: str, column: Column, context: Context) -> bool | Fault:
    """Yes or no."""
    found = context.words.boolean.get(folded(text))
    return _NOT_BOOL if found is None else found


def read_int(text: str, column: Column, context: Context) -> int | Fault:
    """A whole number within the column's bounds."""
    plain = half_width(text).replace(",", "")
    if not _WHOLE.fullmatch(plain):
        return _NOT_INT
    return _within(int(plain.partition(".")[0]), column)


def read_hundredths(text: str, column: Column, context: Context) -> int | Fault:
    """A number people write with a point, in hundredths."""
    found = read_real(text, column, context)
    return found if isinstance(found, Fault) else _within(round(found * 100), column)


def _within(number: int, column: Column) -> int | Fault:
    least = _INT32.start if column.least is None else column.least
    most = _INT32.stop - 1 if column.most is None else column.most
    return number if least <= number <= most else _out_of(f"{least}", f"{most}")


def _out_of(least: str, most: str) -> Fault:
    right = f"{least} – {most}"
    return Fault("out_of_range", "数值超出范围", "the number is out of range", right, right)


def read_real(text: str, column: Column, context: Context) -> float | Fault:
    """A number; degrees must be on the globe."""
    plain = half_width(text)
    if not _REAL.fullmatch(plain) or not math.isfinite(float(plain)):
        return _NOT_REAL
    number = float(plain)
    if column.unit == "degree":
        most = 90 if column.name == "lat" else 180
        return number if abs(number) <= most else _out_of(f"-{most}", f"{most}")
    return number


def read_place(text: str, column: Column, context: Context) -> int | Fault:
    """A place's number: the sender's own where it is a small whole number, or else a hash of the code."""
    code = " ".join(half_width(text).split())
    if _SCIENTIFIC.fullmatch(code):
        return SPREADSHEET_NUMBER
    if code.isascii() and code.isdigit() and len(code) < 14 and str(int(code)) == code:
        number = int(code)
        if number < PLACE_HASH_FROM:
            return number
    return place_number(code)


def place_number(code: str) -> int:
    """The number of a place known by a code: 62 bits of BLAKE2b, at least 2**40."""
    number = int.from_bytes(hashlib.blake2b(code.encode(), digest_size=8, person=b"place").digest()) >> 2
    return number | PLACE_HASH_FROM if number < PLACE_HASH_FROM else number


def read_fact(text: str, column: Column, context: Context) -> int | Fault:
    """A fact's number as people read it."""
    found = _FACT.fullmatch(half_width(text))
    if found is None or int(found[2]) >= 1 << FACT_ROW_BITS or int(found[1]) >= 1 << 31:
        return _NOT_FACT
    return fact_number(int(found[1]), int(found[2]))


def read_phone(text: str) -> str | Fault:
    """A telephone number as digits, a foreign one with + before it."""
    if _PHONE.fullmatch(text):
        return text
    digits = re.sub(r"[\s()./-]", "", half_width(text).replace("—", "-"))
    digits = re.sub(r"^(\+|00)86(?=1|0)", "", digits)
    if _SCIENTIFIC.fullmatch(digits):
        return SPREADSHEET_NUMBER
    return digits if _PHONE.fullmatch(digits) else _NOT_PHONE


def _read_area(text: str, column: Column, context: Context) -> str | Fault:
    if context.table.name == "area":
        return read_declared_area(text)
    return read_area(text, context.known)


def _read_day(text: str, column: Column, context: Context) -> datetime.date | Fault:
    return read_day(text, context.clock)


def _read_instant(text: str, column: Column, context: Context) -> datetime.datetime | Fault:
    return read_instant(text, context.clock)


_TYPES: Mapping[str, Callable[[str, Column, Context], Value | Fault]] = {
    "text": read_text,
    "code": read_code,
    "choice": read_choice,
    "bool": read_bool,
    "int": read_int,
    "real": read_real,
    "place": read_place,
    "fact": read_fact,
    "area": _read_area,
    "day": _read_day,
    "instant": _read_instant,
}
