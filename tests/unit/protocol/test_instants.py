"""What does an instant expression stand for?"""

import re

import pytest

from ringfence.errors import ProtocolError
from ringfence.protocol.instants import Instant, Shifted, parse_instant

KNOWN = ("onset", "first_positive.sampled", "isolated", "recovered")


def one(anchor: str, shift: int = 0, unit: str = "") -> Instant:
    return Instant((Shifted(anchor, shift, unit),))


@pytest.mark.parametrize(("text", "expected"), [
    ("isolated", one("isolated")),
    ("onset - 4d", one("onset", -4, "d")),
    ("onset+36h", one("onset", 36, "h")),
    ("onset - 4w", one("onset", -4, "w")),
    ("onset - 3mo", one("onset", -3, "mo")),
    ("earliest(onset, first_positive.sampled) - 2d",
     Instant((Shifted("onset", -2, "d"), Shifted("first_positive.sampled", -2, "d")), "earliest")),
    ("latest(onset + 10d, recovered + 36h)",
     Instant((Shifted("onset", 10, "d"), Shifted("recovered", 36, "h")), "latest")),
    ("latest(onset + 10d, isolated)",
     Instant((Shifted("onset", 10, "d"), Shifted("isolated")), "latest")),
    ("latest( onset )", Instant((Shifted("onset"),), "latest")),
])  # fmt: skip
def test_read(text: str, expected: Instant) -> None:
    assert parse_instant(text, KNOWN) == expected


def test_what_it_names() -> None:
    assert parse_instant("latest(onset + 10d, recovered)", KNOWN).anchors == ("onset", "recovered")


@pytest.mark.parametrize(("text", "said"), [
    ("onset - 4", "is not an instant"),
    ("onset - 4y", "is not an instant"),
    ("onset - 4m", "is not an instant"),
    ("onset - 1.5d", "is not an instant"),
    ("onset - 4d - 2d", "is not an instant"),
    ("soonest(onset)", "is not an instant"),
    ("latest(onset, )", "is not an instant"),
    ("earliest(latest(onset, isolated), recovered)", "is not an instant"),
    ("latest(onset + 10d, recovered) - 2d", "shifts the whole and its parts; shift one or the other"),
    ("rash", "rash is not one of onset, first_positive.sampled, isolated, recovered"),
    ("earliest(onset, rash)", "rash is not one of"),
    ("earliest(onset, rash - 2d)", "rash is not one of"),
])  # fmt: skip
def test_a_wrong_one_says_what_is_right(text: str, said: str) -> None:
    with pytest.raises(ProtocolError, match=re.escape(said)):
        parse_instant(text, KNOWN)
