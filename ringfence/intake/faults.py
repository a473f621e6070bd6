"""What can be wrong with a cell or a row, and what would be right, in both languages."""

import re
import unicodedata
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """One thing wrong: its kind, and what is wrong and what would be right in both languages.

    No sentence may quote a cell: the cell may hold a name or a number of a person.
    """

    kind: str
    zh: str
    en: str
    right_zh: str
    right_en: str


@dataclass(frozen=True)
class Reject:
    """A fault where it was found. `column` is the file's own heading, empty for a whole row."""

    file: str
    row: int
    column: str
    value_shown: str
    fault: Fault

    @property
    def what(self) -> str:
        """What is wrong, in both languages."""
        return f"{self.fault.zh} / {self.fault.en}"

    @property
    def would_be_right(self) -> str:
        """What would be right, in both languages."""
        return f"{self.fault.right_zh} / {self.fault.right_en}"


WITHHELD = "…"
"""Stands for a value that may identify a person."""

SPREADSHEET_NUMBER = Fault(
    "spreadsheet_number",
    "电子表格把编号当作数字，只保留了15位有效数字",
    "a spreadsheet took this for a number and kept only 15 digits of it",
    "把该列设为“文本”格式，重新录入后再导出",
    "format the column as text, enter it again and export again",
)
UNREADABLE = Fault(
    "unreadable",
    "含有不可见的控制字符",
    "it holds characters that cannot be written",
    "删除控制字符后重新录入",
    "the same words typed without control characters",
)
MISSING = Fault("missing", "必填项为空", "nothing is given and a value is needed", "填写该项", "a value")
REPEATED_HEADING = Fault(
    "repeated_heading", "数据中又出现一行表头", "the headings again, in the middle of the rows",
    "删除该行", "no row here",
)  # fmt: skip
OPEN_QUOTE = Fault(
    "open_quote",
    "引号没有配对",
    "a quotation mark is opened and never closed, or closed in the middle of a cell",
    "单元格内的引号写成两个引号，并用引号括住整个单元格",
    "quotation marks within a cell doubled, and the cell enclosed in a pair of them",
)
LONG_CELL = Fault(
    "long_cell", "单元格过长", "a cell is longer than 131,072 characters", "缩短内容", "a shorter cell"
)
NO_POSITION = Fault(
    "no_position", "定位不完整", "this is no whole position", "经度和纬度，或网格编号和边长",
    "both lon and lat, or both cell and cell_m",
)  # fmt: skip
ENDS_BEFORE = Fault(
    "ends_before",
    "结束不晚于开始",
    "it ends before it begins",
    "结束时间晚于开始时间",
    "an end after the beginning",
)


def uneven(found: int, expected: int) -> Fault:
    """A row with more or fewer cells than there are headings."""
    return Fault(
        "uneven",
        f"该行有{found}列，表头有{expected}列",
        f"the row has {found} cells and there are {expected} headings",
        f"{expected}列",
        f"{expected} cells",
    )


def not_a(kind: str, zh: str, en: str, right_zh: str, right_en: str = "") -> Fault:
    """A cell that is not of the type its column wants; the example serves both languages if one is given."""
    return Fault(kind, f"不是{zh}", f"this is not {en}", right_zh, right_en or right_zh)


def conflicting(first_row: int) -> Fault:
    """A second row about the same thing that says something else."""
    return Fault(
        "conflicting",
        f"与第{first_row}行是同一对象，内容却不同；已采用第{first_row}行",
        f"row {first_row} is about the same thing and says otherwise; row {first_row} was taken",
        "只保留正确的一行",
        "only the row that is right",
    )


_IDENTIFYING = re.compile(r"\d{15}|(?<!\d)1[3-9]\d{9}(?!\d)|\d[eE]\+1[0-9]")
_SHOWN = 60


def shown(text: str, withheld: bool) -> str:
    """A cell as a rejects file may show it: not at all where its column says who somebody is, nor where
    a shifted row has put an ID number or a telephone number into another column."""
    if not text or text.isspace():
        return ""
    if withheld or _IDENTIFYING.search(unicodedata.normalize("NFKC", text).replace(" ", "")):
        return WITHHELD
    return " ".join(text.split())[:_SHOWN]


@dataclass
class Findings:
    """What was found wrong in one batch: the rejects, and the positions in the batch of the rows refused."""

    file: str
    numbers: list[int]
    rejects: list[Reject] = field(default_factory=list[Reject])
    bad: set[int] = field(default_factory=set[int])

    def refuse(self, row: int, fault: Fault) -> None:
        """Refuse a row that never became part of the batch; `row` is its number in the file."""
        self.rejects.append(Reject(self.file, row, "", "", fault))

    def add(self, at: int, column: str, value_shown: str, fault: Fault) -> None:
        """Refuse the row at a position of the batch for a fault in a column."""
        self.bad.add(at)
        self.rejects.append(Reject(self.file, self.numbers[at], column, value_shown, fault))
