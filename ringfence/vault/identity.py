"""Who a person is: three texts that never show themselves, and one spelling each for finding them."""

import unicodedata
from dataclasses import dataclass

_WITHIN_NAMES = dict.fromkeys(map(ord, "·•・･‧."))


@dataclass(frozen=True, repr=False, slots=True)
class Identity:
    """Name, ID number and telephone; any may be empty: not known."""

    name: str = ""
    id_number: str = ""
    phone: str = ""

    def __repr__(self) -> str:
        # What a traceback, a log or a debugger would show.
        return "Identity(…)"

    def over(self, earlier: "Identity") -> "Identity":
        """This identity, with what it does not know taken from an earlier one."""
        return Identity(
            self.name or earlier.name,
            self.id_number or earlier.id_number,
            self.phone or earlier.phone,
        )


def plain_number(text: str) -> str:
    """An ID number or code in one spelling: half-width, upper case, no spaces.

    >>> plain_number(" １１ 22x ")
    '1122X'
    """
    if text.isascii() and text.isdigit():
        return text
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def plain_phone(text: str) -> str:
    """A telephone number in one spelling: digits only, without China's prefix.

    >>> plain_phone("+86 000-0000 0001"), plain_phone("00000000001")
    ('00000000001', '00000000001')
    """
    if text.isascii() and text.isdigit() and not text.startswith("0086"):
        return text
    spelled = unicodedata.normalize("NFKC", text).strip()
    digits = "".join(filter(str.isdecimal, spelled))
    for prefix in ("+86", "0086"):
        if spelled.startswith(prefix):
            return digits[len(prefix.lstrip("+")) :]
    return digits


def plain_name(text: str) -> str:
    """A name in one spelling: half-width, no spaces or middle dots, case folded.

    >>> plain_name("Ana · Bel")
    'anabel'
    """
    spelled = unicodedata.normalize("NFKC", text).casefold()
    return "".join(spelled.translate(_WITHIN_NAMES).split())
