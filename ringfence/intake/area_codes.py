"""Which area does a code in a file mean, and is it one there is?

Twelve digits of the statistical division code name a community; padded with zeros they name the
coarser area ("320206003000" is the town 320206003), and so do six digits ("320200" is the city 3202).
"""

import difflib
import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from stdnum import numdb

from ringfence import areas
from ringfence.intake.cells import half_width
from ringfence.intake.faults import Fault, not_a

_DISTRICT = 6
_TOWN = 9
_CITY = 4
_PADDED = re.compile(r"(\d{12})(.*)", re.DOTALL)
_DASHES = str.maketrans("‐‑‒–—―−", "-------")
_NOT_A_CODE = not_a(
    "not_an_area",
    "区划代码",
    "an area code",
    "12位统计用区划代码，必要时后接网格、楼栋、单元、户，如 320206003007-02-015-1-0502",
    "a 12-digit division code and, where known, grid, building, stairwell and household, "
    "such as 320206003007-02-015-1-0502",
)


@dataclass(frozen=True)
class KnownAreas:
    """The areas a store knows: their codes, and the codes in force that others stand for."""

    codes: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict[str, str])

    @functools.cached_property
    def cities(self) -> frozenset[str]:
        """The cities any of whose areas are known: only there can an unknown code be told to be wrong."""
        return frozenset(code[:_CITY] for code in self.codes if len(code) >= _DISTRICT)


@dataclass(frozen=True)
class Abolished:
    """A district code no longer in force."""

    code: str
    name: str
    until: int
    successors: tuple[str, ...]


@functools.cache
def abolished_districts() -> Mapping[str, Abolished]:
    """The abolished districts known, by code."""
    text = (files("ringfence.intake") / "abolished.toml").read_text("utf-8")
    return {
        row["code"]: Abolished(row["code"], row["name"], row["until"], tuple(row["successors"]))
        for row in tomllib.loads(text)["district"]
    }


@functools.cache
def district_years(code: str) -> tuple[tuple[int, int], ...] | None:
    """The first and last years a six-digit code named a district; None where it never did.

    From python-stdnum's copy of GB/T 2260 and its changes.
    """
    parts = numdb.get("cn/loc").info(code)
    county = "".join(properties.get("county", "") for _, properties in parts)
    if not county:
        return None
    years: list[tuple[int, int]] = []
    for name in county.split(","):
        span = re.match(r"\[(\d*)-(\d*)\]", name)
        years.append((int(span[1] or 0), int(span[2] or 9999)) if span else (0, 9999))
    return tuple(years)


def unpadded(code: str) -> str:
    """A code without the zeros that pad it to six, nine or twelve digits.

    >>> unpadded("320206003000"), unpadded("320206000000"), unpadded("320200"), unpadded("320206003007")
    ('320206003', '320206', '3202', '320206003007')
    """
    if "-" in code:
        return code
    for longer, zeros in ((12, "000"), (9, "000"), (6, "00"), (4, "00")):
        if len(code) == longer and code.endswith(zeros):
            code = code[: -len(zeros)]
    return code


def read_area(text: str, known: KnownAreas | None) -> str | Fault:
    """The area a text names, in force and known; or why not. Without known areas only its form is checked."""
    code = unpadded(half_width(text).upper().translate(_DASHES).replace(" ", ""))
    if not areas.is_code(code) or len(code) < _CITY - 2:
        return _NOT_A_CODE
    if known is not None:
        code = _through_alias(code, known)
    gone = _gone(code, known)
    if gone is not None:
        return gone
    return code if known is None or not known.codes else _known(code, known)


def read_declared_area(text: str) -> str | Fault:
    """The code an area table declares: any well-formed one, abolished ones too."""
    code = unpadded(half_width(text).upper().translate(_DASHES).replace(" ", ""))
    return code if areas.is_code(code) else _NOT_A_CODE


def _through_alias(code: str, known: KnownAreas) -> str:
    base, dash, below = code.partition("-")
    return known.aliases.get(code) or known.aliases.get(base, base) + dash + below


def _gone(code: str, known: KnownAreas | None) -> Fault | None:
    district = code[:_DISTRICT]
    if len(code) < _DISTRICT or (known is not None and district in known.codes):
        return None
    old = abolished_districts().get(district)
    if old is not None:
        after = " / ".join(old.successors)
        return Fault(
            "abolished_area",
            f"{old.name.split()[0]}（{old.code}）已于{old.until}年撤销",
            f"{old.name.split(maxsplit=1)[1]} ({old.code}) was abolished in {old.until}",
            f"并入后的代码，属于 {after}",
            f"the code in force, below {after}",
        )
    years = district_years(district)
    if years is not None and len(code) == _DISTRICT and all(last < 9999 for _, last in years):
        until = max(last for _, last in years)
        return Fault(
            "abolished_area",
            f"该县级代码已于{until}年停用",
            f"this county code went out of force in {until}",
            "现行代码",
            "the code in force",
        )
    return None


def _known(code: str, known: KnownAreas) -> str | Fault:
    base = code[: areas.COMMUNITY_DIGITS]
    if base in known.codes:
        return code
    city = base[:_CITY]
    if (city in known.cities and len(base) > _CITY) or not _is_city(city):
        return _unknown(base, known)
    return code


@functools.cache
def _is_city(code: str) -> bool:
    """Whether GB/T 2260 has such a province or city at all: the most that can be checked elsewhere."""
    parts = numdb.get("cn/loc").info(f"{code:0<6}")
    return len(parts) > 1 and (len(code) < _CITY or _has_any_district(code))


@functools.cache
def _has_any_district(city: str) -> bool:
    return any(district_years(f"{city}{number:02}") is not None for number in range(100))


def _unknown(code: str, known: KnownAreas) -> Fault:
    near = _nearest(code, known.codes)
    return Fault(
        "unknown_area",
        "没有这个区划代码",
        "there is no area of this code",
        "最接近的代码：" + ("、".join(near) or "无"),
        "the nearest codes are " + (", ".join(near) or "none"),
    )


def _nearest(code: str, codes: frozenset[str]) -> list[str]:
    """At most three known codes of the same length that look most like the code, within its city."""
    same = sorted(c for c in codes if len(c) == len(code) and c[:_CITY] == code[:_CITY])
    return difflib.get_close_matches(code, same, n=3, cutoff=0.6)
