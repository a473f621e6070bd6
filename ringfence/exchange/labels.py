"""What is printed on the labels of tubes: sheets of bar codes that a scanner reads and an eye can copy.

Each label has its code as Code 128, as QR and in clear, and the round and size of the tube (10:1 is ten
swabs in one). Digits and letters are all it takes, so that the page needs no font but what every viewer has.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import inch, mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ringfence.errors import InputError


@dataclass(frozen=True)
class Label:
    """A tube's code, and the round and size of the tube."""

    code: str
    round: str
    pool: int


@dataclass(frozen=True)
class Sheet:
    """How labels lie on a page of A4, in millimetres: columns and rows, the size of one, what is left blank
    inside it (a printer does not reach the edge of the page), the gap between columns. All is centred."""

    columns: int
    rows: int
    width: float
    height: float
    margin: float
    gap: float = 0.0

    def places(self) -> Iterator[tuple[float, float]]:
        """The lower left corner of each label, row by row from the top, in points."""
        wide, high = A4
        left = (wide - (self.columns * (self.width + self.gap) - self.gap) * mm) / 2
        top = (high + self.rows * self.height * mm) / 2
        for row in range(1, self.rows + 1):
            for column in range(self.columns):
                yield left + column * (self.width + self.gap) * mm, top - row * self.height * mm


SHEETS = {
    24: Sheet(3, 8, 70.0, 37.0, 4.0),
    40: Sheet(4, 10, 52.5, 29.7, 4.0),
    65: Sheet(5, 13, 38.1, 21.2, 1.5, 2.5),
}
"""The sheets there are, by how many labels a page has: as they are sold."""
_DOT = inch / 300
"""Bars and modules are so many dots wide, and begin on one: on printers of 300 or 600 to the inch they come
out all alike. In between, a reader was seen to read a wrong code."""
_LEAST_BAR, _MOST_BAR = 2, 4
"""The narrowest bar, in dots, that a hand scanner reads, and the widest that is of use."""
_QUIET = 10
"""Narrow bars of white that Code 128 needs on either side; QR needs 4 modules."""
_QUIET_QR = 4
_CLEAR, _SMALL = ("Courier-Bold", 9.0), ("Helvetica", 7.0)


def sheets(labels: Sequence[Label], per_page: int) -> bytes:
    """A PDF of A4 pages with these labels; the same labels give the same bytes.

    InputError where there is no such sheet, or a code is too long for its labels.
    """
    if per_page not in SHEETS:
        raise InputError(f"--per-page {per_page}: give one of {', '.join(map(str, SHEETS))}")
    sheet = SHEETS[per_page]
    sink = io.BytesIO()
    canvas = Canvas(sink, pagesize=A4, invariant=1)
    places = list(sheet.places())
    for number, label in enumerate(labels):
        place = number % per_page
        if number and not place:
            canvas.showPage()
        _draw(canvas, label, places[place], sheet)
    canvas.save()
    return sink.getvalue()


def _draw(canvas: Canvas, label: Label, corner: tuple[float, float], sheet: Sheet) -> None:
    x, y = corner
    wide, high = sheet.width * mm, sheet.height * mm
    margin = sheet.margin * mm
    inner, half = wide - 2 * margin, high / 2 - margin
    modules = Code128(label.code, barWidth=1.0, quiet=False).width
    widest = min(inner / modules, wide / (modules + 2 * _QUIET))
    dots = min(int(widest / _DOT), _MOST_BAR)
    if dots < _LEAST_BAR:
        raise InputError(f"{label.code}: too long for these labels; take fewer to the page, or a shorter id")
    bars = Code128(label.code, barWidth=dots * _DOT, barHeight=half - mm, quiet=False)
    bars.drawOn(canvas, _on_dot(x + (wide - bars.width) / 2), y + high - margin - half + mm)
    _draw_qr(canvas, label.code, (x + margin, y + margin), half)
    _draw_text(canvas, label, (x + margin + half, y + margin + half / 2), inner - half)


def _draw_text(canvas: Canvas, label: Label, middle: tuple[float, float], room: float) -> None:
    x, y = middle
    font, size = _CLEAR
    canvas.setFont(font, min(size, size * room / stringWidth(label.code, font, size)))
    canvas.drawString(x, y + 1, label.code)
    font, size = _SMALL
    canvas.setFont(font, size)
    canvas.drawString(x, y - size, f"{label.round}   {label.pool}:1")


def _draw_qr(canvas: Canvas, code: str, corner: tuple[float, float], side: float) -> None:
    made = QRCode(None, QRErrorCorrectLevel.M)
    made.addData(code)
    made.make()
    modules = made.getModuleCount()
    step = int(side / (modules + 2 * _QUIET_QR) / _DOT) * _DOT
    x, y = _on_dot(corner[0] + _QUIET_QR * step), _on_dot(corner[1] + side - _QUIET_QR * step)
    path = canvas.beginPath()
    for row in range(modules):
        for start, length in _runs([made.isDark(row, column) for column in range(modules)]):
            path.rect(x + start * step, y - (row + 1) * step, length * step, step)
    canvas.drawPath(path, stroke=0, fill=1)


def _on_dot(length: float) -> float:
    return round(length / _DOT) * _DOT


def _runs(dark: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where dark modules lie side by side: from which, and how many."""
    start = 0
    for place, one in enumerate([*dark, False]):
        if not one:
            if place > start:
                yield start, place - start
            start = place + 1
