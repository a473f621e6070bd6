"""The area tree: 12-digit division codes, then grid, building, stairwell and household below.

A code is its own path, so a subtree is one prefix filter:

    32                             province
    3202                           prefecture (city)
    320206                         district
    320206003                      town
    320206003007                   community
    320206003007-02                grid
    320206003007-02-015            building
    320206003007-02-015-1          stairwell
    320206003007-02-015-1-0502     household

The digits follow GB/T 2260 and the statistical division codes (2, 2, 2, 3 and 3 digits); below
twelve digits no national code exists and the segments are ours.
"""

import re

LEVELS = (
    "province",
    "city",
    "district",
    "town",
    "community",
    "grid",
    "building",
    "stairwell",
    "household",
)
_DIGITS = {2: "province", 4: "city", 6: "district", 9: "town", 12: "community"}
_LENGTHS = {level: length for length, level in _DIGITS.items()}
_CODE = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}(-[0-9A-Z]{1,8}){0,4}")
COMMUNITY_DIGITS = 12


def is_code(text: str) -> bool:
    """Whether the text is a well-formed area code.

    >>> is_code("320206003007-02-015"), is_code("320206003007-02-"), is_code("3202060")
    (True, False, False)
    """
    return _CODE.fullmatch(text) is not None


def level(code: str) -> str:
    """The level of a well-formed code.

    >>> level("320206"), level("320206003007-02-015")
    ('district', 'building')
    """
    if len(code) <= COMMUNITY_DIGITS:
        return _DIGITS[len(code)]
    return LEVELS[LEVELS.index("community") + code.count("-")]


def at_level(code: str, wanted: str) -> str | None:
    """The ancestor (or the code itself) at a level; None where the code is coarser than that.

    >>> at_level("320206003007-02-015-1-0502", "building")
    '320206003007-02-015'
    >>> at_level("320206", "town") is None
    True
    """
    if LEVELS.index(level(code)) < LEVELS.index(wanted):
        return None
    if wanted in _LENGTHS:
        return code[: _LENGTHS[wanted]]
    segments = code.split("-")
    return "-".join(segments[: LEVELS.index(wanted) - LEVELS.index("community") + 1])


def digits(wanted: str) -> int:
    """How many digits the code of a level down to the community has.

    >>> digits("town")
    9
    """
    return _LENGTHS[wanted]


def parent(code: str) -> str | None:
    """The next coarser area, None above a province.

    >>> parent("320206003007-02"), parent("320206"), parent("32")
    ('320206003007', '3202', None)
    """
    above = LEVELS.index(level(code)) - 1
    return at_level(code, LEVELS[above]) if above >= 0 else None


def contains(area: str, code: str) -> bool:
    """Whether a code is the area itself or lies below it.

    >>> contains("320206003007-1", "320206003007-12"), contains("3202", "320206003007-12")
    (False, True)
    """
    if len(area) < COMMUNITY_DIGITS:
        return code.startswith(area)
    return code == area or code.startswith(area + "-")
