"""How are the rows behind every number carried in the page? Once each, in one compressed block."""

import base64
import gzip
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any as Anything

from ringfence.exchange.speech import Text

_PIECE = re.compile(r"(?<=[。;])|(?<=\. )|(?<=; )")
Cell = int | None
Part = Mapping[str, Anything]


class Ledger:
    """Strings, sentences, rows and views, each kept once and known by its number.

    A view is what a number opens: a name, how many rows, and parts. A part is either rows of a table
    (`t`, `ids`) or doors (`d`: the sheet, with what they are narrowed to; see `doors`).
    """

    def __init__(self) -> None:
        self._texts: dict[str | Text, int] = {}
        self._whys: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
        self._tables: dict[str, tuple[list[list[Anything]], dict[tuple[Cell, ...], int]]] = {}
        self._views: list[dict[str, Anything]] = []
        self.doors: dict[str, Anything] = {}

    def text(self, value: str | Text) -> int:
        """The number of a string, or of a pair of them; a pair of equals is one string."""
        if isinstance(value, tuple) and value[0] == value[1]:
            value = value[0]
        return self._texts.setdefault(value, len(self._texts))

    def why(self, sentence: Text) -> int:
        """The number of a sentence; its clauses are kept once each."""
        zh, en = (tuple(self.text(piece) for piece in _PIECE.split(said) if piece) for said in sentence)
        return self._whys.setdefault((zh, en), len(self._whys))

    def row(self, table: str, columns: Sequence[Sequence[Anything]], cells: tuple[Cell, ...]) -> int:
        """The number of a row within its table."""
        _, rows = self._tables.setdefault(table, ([list(column) for column in columns], {}))
        return rows.setdefault(cells, len(rows))

    def view(self, name: Text, count: int, parts: Sequence[Part]) -> int:
        """The number of a view; equal views are not looked for."""
        self._views.append({"name": self.text(name), "n": count, "parts": list(parts)})
        return len(self._views) - 1

    def payload(self) -> str:
        """Everything as JSON, gzip and base64; the same ledger gives the same text."""
        said = {
            "texts": list(self._texts),
            "whys": list(self._whys),
            "tables": {
                name: {"columns": columns, "rows": list(rows)}
                for name, (columns, rows) in self._tables.items()
            },
            "views": self._views,
            "doors": self.doors,
        }
        plain = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        return base64.b64encode(gzip.compress(plain, 6, mtime=0)).decode()
