"""What does an instant expression stand for?"""

import pytest

from ringfence.errors import ProtocolError
from ringfence.protocol.instants import Instant, parse_instant

KNOWN = ("onset", "first_positive.sampled", "isolated")


@pytest.mark.parametrize(("text", "expected"), [
    ("isolated", Instant(("isolated",))),
    ("onset - 4d", Instant(("onset",), shift=-4, unit="d")),
    ("onset+36h", Instant(("onset",), shift=36, unit="h")),
    ("earliest(onset, first_positive.sampled) - 2d",
     Instant(("onset", "first_positive.sampled"), "earliest", -2, "d")),
    ("latest( onset )", Instant(("onset",), "latest")),
])  # fmt: skip
def test_read(text: str, expected: Instant) -> None:
    assert parse_instant(text, KNOWN) == expected


@pytest.mark.parametrize(("text", "said"), [
    ("onset - 4", "is not an instant"),
    ("onset - 4w", "is not an instant"),
    ("soonest(onset)", "is not an instant"),
    ("rash", "rash is not one of onset, first_positive.sampled, isolated"),
    ("earliest(onset, rash)", "rash is not one of"),
])  # fmt: skip
def test_a_wrong_one_says_what_is_right(text: str, said: str) -> None:
    with pytest.raises(ProtocolError, match=said.replace("(", "\\(")):
        parse_instant(text, KNOWN)
