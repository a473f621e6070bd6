"""Who does a row speak of, and what does it say of who they are?

A person is named by ID number, by our pseudonym (P…) or by a code of the sender's own. ID numbers and
codes become pseudonyms through a function the caller gives; names and telephones only go to the vault.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ringfence.intake.cells import half_width, has_control
from ringfence.intake.faults import UNREADABLE, Fault
from ringfence.intake.id_numbers import read_id_number
from ringfence.intake.values import read_phone
from ringfence.tables import person_number, person_text

Pseudonyms = Callable[[str, Sequence[str]], list[int]]
"""From a kind of identity ("cn_id" or "code") and values to the persons' numbers, in the same order."""

Identity = tuple[int, str, str, str]
"""A person's number, name, ID number and telephone; empty where not given."""

_LONGEST_CODE = 100
_LONGEST_NAME = 200

BOTH_GIVEN = Fault(
    "two_identities",
    "同时给出了身份证号和人员编号，两者无法对应",
    "both an ID number and a person's code are given, and they cannot be tied together",
    "只保留其中一项（可在映射文件中把另一列设为空）",
    "one of the two; leave the other column out in the mapping file",
)
NOT_THE_SAME = Fault(
    "not_the_same_person",
    "人员编号与身份证号不是同一人",
    "the pseudonym is not that of this ID number",
    "同一人的编号和号码，或只填一项",
    "the pseudonym and the number of one person, or only one of them",
)
SAME_ON_BOTH_SIDES = Fault(
    "same_person",
    "两栏是同一个人",
    "the same person stands on both sides",
    "两个不同的人",
    "two different persons",
)
UNLIKE_ID = Fault(
    "unlike_id_number",
    "与身份证号不一致",
    "this is not what the ID number says",
    "与身份证号一致，或留空",
    "what the ID number says, or nothing",
)
_NOT_A_CODE = Fault(
    "not_a_person",
    "人员编号过长",
    "a person's code is longer than 100 characters",
    "P… 编号、身份证号或本地编号",
    "our pseudonym (P…), an ID number or a code of your own",
)
_NOT_A_NAME = Fault(
    "not_a_name", "姓名过长", "a name is longer than 200 characters", "姓名", "the person's name alone"
)


@dataclass
class Named:
    """How each row names one person: a checked ID number, a number of ours, or a code; name and phone."""

    ids: list[str | None]
    codes: list[int | str | None]
    names: list[str | None]
    phones: list[str | None]

    def numbers(self, rows: Sequence[int], pseudonyms: Pseudonyms) -> list[int | None]:
        """The persons' numbers for some of the rows; None where a row names nobody."""
        by_id = _looked_up("cn_id", [self.ids[row] for row in rows], pseudonyms)
        said = [self.codes[row] for row in rows]
        by_code = _looked_up("code", [code if isinstance(code, str) else None for code in said], pseudonyms)
        found: list[int | None] = []
        for row, code in zip(rows, said, strict=True):
            number = self.ids[row]
            if number is not None:
                found.append(by_id[number])
            else:
                found.append(by_code[code] if isinstance(code, str) else code)
        return found

    def disagrees(self, row: int, person: int | None) -> bool:
        """Whether the row gives a pseudonym beside an ID number and it is another person's."""
        code = self.codes[row]
        return self.ids[row] is not None and isinstance(code, int) and code != person

    def identity(self, row: int, person: int) -> Identity | None:
        """What the row says of who the person is; None where it says nothing."""
        name, number, phone = self.names[row], self.ids[row], self.phones[row]
        if name is None and number is None and phone is None:
            return None
        return (person, name or "", number or "", phone or "")


def _looked_up(kind: str, values: Sequence[str | None], pseudonyms: Pseudonyms) -> dict[str, int]:
    distinct = list(dict.fromkeys(value for value in values if value is not None))
    return dict(zip(distinct, pseudonyms(kind, distinct), strict=True)) if distinct else {}


def read_id(text: str) -> str | Fault | None:
    """A checked ID number; None where the cell is blank."""
    if not half_width(text):
        return None
    return UNREADABLE if has_control(text) else read_id_number(text)


def read_name(text: str) -> str | Fault | None:
    """A name with runs of space made one; None where the cell is blank."""
    if has_control(text):
        return UNREADABLE
    name = " ".join(text.split())
    return _NOT_A_NAME if len(name) > _LONGEST_NAME else name or None


def read_telephone(text: str) -> str | Fault | None:
    """A telephone number; None where the cell is blank."""
    if not half_width(text):
        return None
    return UNREADABLE if has_control(text) else read_phone(text)


def read_person(text: str) -> int | str | Fault | None:
    """Our number from a pseudonym written as we write it, or the sender's code; None where blank."""
    code = read_person_code(text)
    if not isinstance(code, str):
        return code
    number = person_number(code)
    return code if number is None or person_text(number) != code.upper() else number


def read_person_code(text: str) -> str | Fault | None:
    """The sender's own code for a person, even one that looks like a pseudonym of ours."""
    if has_control(text):
        return UNREADABLE
    code = " ".join(half_width(text).split())
    return _NOT_A_CODE if len(code) > _LONGEST_CODE else code or None
