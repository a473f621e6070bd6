"""Which encoding is a text file written in?

UTF-8 (with or without a mark), UTF-16 (with a mark) and GB18030 are told apart by decoding the whole
file strictly; nothing is ever replaced. GB18030 accepts almost any pairs of bytes, so a UTF-8 file
with a few damaged bytes would read as nonsense in it: such a file is refused, not guessed at.
"""

import codecs
from pathlib import Path

from ringfence.errors import InputError

_CHUNK = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030")
_NAMES = {"utf8": "utf-8", "gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "utf16": "utf-16"}


def find_encoding(path: Path, declared: str = "") -> str:
    """The encoding the whole file can be read in: the declared one, or the one found.

    Raises InputError naming the byte offset and the row where reading fails.
    """
    if declared:
        return _checked(path, _named(declared))
    with path.open("rb") as file:
        head = file.read(4)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return _checked(path, encoding)
    in_utf8 = _first_fault(path, "utf-8")
    if in_utf8 is None:
        return "utf-8"
    if not _mostly_utf8(path) and _first_fault(path, "gb18030") is None:
        return "gb18030"
    raise _cannot_read(path, "utf-8", in_utf8)


def _named(declared: str) -> str:
    name = declared.strip().lower().replace("_", "-")
    name = _NAMES.get(name.replace("-", ""), name)
    if name not in ENCODINGS:
        raise InputError(f"encoding {declared!r} is not one of {', '.join(ENCODINGS)}")
    return name


def _checked(path: Path, encoding: str) -> str:
    offset = _first_fault(path, encoding)
    if offset is not None:
        raise _cannot_read(path, encoding, offset)
    return encoding


def _cannot_read(path: Path, encoding: str, offset: int) -> InputError:
    row = _row_at(path, offset)
    return InputError(
        f"{path.name}: byte {offset} (row {row}) cannot be read as {encoding.upper()}; the file is damaged "
        "there or mixes encodings. Save it again as UTF-8 or GB18030, all of it in one encoding"
    )


def _first_fault(path: Path, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    offset = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            held = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return offset - held + error.start
            if not chunk:
                return None
            offset += len(chunk)


def _mostly_utf8(path: Path) -> bool:
    """Whether most of the characters beyond ASCII are well-formed UTF-8 of three bytes or more."""
    with path.open("rb") as file:
        text = file.read(4 * _CHUNK).decode("utf-8", errors="replace")
    whole = sum(1 for character in text if character > "\u07ff" and character != "\ufffd")
    return whole > 2 * text.count("\ufffd")


def _row_at(path: Path, offset: int) -> int:
    rows, left = 1, offset
    with path.open("rb") as file:
        while left > 0 and (chunk := file.read(min(_CHUNK, left))):
            rows += chunk.count(b"\n")
            left -= len(chunk)
    return rows
