"""What does a change of the rules do to those already under a course?

From 31 March 2022 on close contacts owe 3 days and not 7, contacts who are only followed 28 and not 21, and
whoever comes from abroad owes nothing. It is noon of that day.
"""

import pytest

from ringfence.engine.chain import Chain, observation
from ringfence.engine.in_flight import in_flight
from ringfence.engine.match import empty
from ringfence.protocol import SHIPPED, Protocol, resolve
from ringfence.tables import Facts
from ringfence.tables.decisions import EXPOSURES
from tests.drawing import Names, assert_shows, decided, instant
from tests.spec.test_owing import CASES, EDITIONS, HEAD, NOON, close, told

AREAS = {"keep": "9905", "shorter-of": "9906", "recompute": "9907"}
BO, CY, EVE = close("Bo", "03-28 13:00"), close("Cy", "03-28 13:00"), close("Eve", "03-12 13:00", "low")


def rules(in_flight: str) -> Protocol:
    return resolve(AREAS[in_flight], "courses", instant(NOON), (SHIPPED, EDITIONS))


def known(names: Names) -> Facts:
    return told(names, arrival="Dee | 03-29 10:00 | abroad |", stay="""
        Bo  | central | 03-29 12:00 | |
        Cy  | central | 03-31 08:00 | |
        Dee | central | 03-29 12:00 | |
    """)  # fmt: skip


def chain(protocol: Protocol, names: Names, contacts: list[str]) -> Chain:
    """The chain of some contacts under the rules of a protocol."""
    met = decided("contacts", names, "\n".join([HEAD, *contacts]))
    found = observation(met, decided("cases", names, CASES), known(names), protocol, instant(NOON))
    return {"exposures": empty(EXPOSURES), "contacts": met, **found}


# Bo and Dee were in a site, and Eve followed, before the change; Cy came to the site after it.
ENDS = {
    "keep": ["Bo | close | 04-04", "Cy | close | 03-31", "Dee | abroad | 04-07", "Eve | low | 04-02"],
    "shorter-of": ["Bo | close | 03-31", "Cy | close | 03-31", "Eve | low | 04-02"],
}


@pytest.mark.parametrize("change", ENDS)
def test_whose_course_began_before_the_change(change: str, names: Names) -> None:
    new = rules(change)
    assert new.before is not None
    met = [BO, CY, EVE]
    found = in_flight(chain(new, names, met), chain(new.before, names, met), new)
    kept = found["courses"]
    assert_shows(
        kept.filter(kept.phase == 1), names, "\n".join(["person | class | until_day", *ENDS[change]])
    )
    # The tests and visits are those of the course each of them has.
    days = {"keep": ["03-29", "03-30", "03-31", "04-02", "04-04"], "shorter-of": ["03-29", "03-31"]}[change]
    tests = found["course_tests"]
    bo = tests.filter(tests.person == names.number("Bo"))
    assert_shows(bo, names, "\n".join(["due_day", *days]))
    assert found["course_visits"].due_day.max().to_pyarrow().as_py() == max(
        kept.filter(kept["class"] == "low").until_day.to_pyarrow().to_pylist()
    )


def test_everybody_is_under_the_new_rules_where_they_say_so(names: Names) -> None:
    new = rules("recompute")
    assert new.before is None
    kept = chain(new, names, [BO, CY, EVE])["courses"]
    assert_shows(kept, names, "person | until_day\nBo | 03-31\nCy | 03-31\nEve | 04-09")


def test_whom_the_new_rules_do_not_count_keeps_their_course_or_is_free(names: Names) -> None:
    # By the new rules Bo's meeting with Ana is none that counts.
    for change, contacts in (("keep", ["Bo", "Cy"]), ("shorter-of", ["Cy"])):
        new = rules(change)
        assert new.before is not None
        found = in_flight(chain(new, names, [CY]), chain(new.before, names, [BO, CY]), new)
        assert_shows(found["contacts"], names, "\n".join(["person", *contacts]))
        kept = found["courses"].filter(found["courses"]["class"] == "close")
        assert_shows(kept, names, "\n".join(["person", *contacts]))
