"""Where are the refused rows listed, so that their owner can put them right in a spreadsheet?"""

import csv
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from ringfence.errors import InputError
from ringfence.intake.faults import Reject

HEADINGS = (
    "文件 file", "行 row", "列 column", "值 value", "问题", "应为", "what is wrong",
    "what would be right", "kind",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(text: str) -> str:
    """The text as no spreadsheet takes it for a formula: an apostrophe before = + - @ and control characters.

    >>> safe_cell("=1+1"), safe_cell("1+1")
    ("'=1+1", '1+1')
    """
    return "'" + text if text.lstrip(" ").startswith(_FORMULA) else text


class RejectsFile:
    """A CSV of faults, one a line, in UTF-8 with a mark; made with the first fault, and not without one."""

    def __init__(self, path: Path) -> None:
        """`path` is written over if it exists and there is a fault to list."""
        self.path = path
        self.written = 0
        self._mode: Literal["w", "a"] = "w"
        self._file = None

    def __enter__(self) -> Self:
        """The file, to be written within `with`."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file if it was made."""
        if self._file is not None:
            self._file.close()

    def go_on(self) -> None:
        """Add to the file an interrupted run left, instead of writing over it."""
        if self._file is None and self.path.is_file():
            self._mode = "a"

    def flush(self) -> None:
        """Have what was listed in the file, whatever happens next."""
        if self._file is not None:
            self._file.flush()

    def write(self, rejects: Iterable[Reject]) -> None:
        """List some faults. Raises InputError where the file cannot be written."""
        for reject in rejects:
            if self._file is None:
                self._open()
            fault = reject.fault
            cells = (reject.column, reject.value_shown, fault.zh, fault.right_zh, fault.en, fault.right_en)
            safe = [safe_cell(cell) for cell in cells]
            self._rows.writerow([safe_cell(reject.file), reject.row, *safe, fault.kind])
            self.written += 1

    def _open(self) -> None:
        try:
            encoding = "utf-8-sig" if self._mode == "w" else "utf-8"
            self._file = self.path.open(self._mode, encoding=encoding, newline="")
        except OSError as error:
            raise InputError(f"the rejects file {self.path.name} cannot be written there") from error
        self._rows = csv.writer(self._file)
        if self._mode == "w":
            self._rows.writerow(HEADINGS)
