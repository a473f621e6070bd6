"""Other rules than those in force in Wuxi: every choice an edition has and the shipped ones leave out.

Nothing in it is anybody's rule. Its zone changes its clocks in the days the cities live through.
"""

from dataclasses import replace
from datetime import datetime

from ringfence.protocol import Protocol, resolve
from ringfence.protocol.instants import parse_instant
from ringfence.protocol.measures import ZoneRule
from ringfence.protocol.predicates import parse
from ringfence.protocol.read import offsets
from ringfence.protocol.rules import ContactRule, Phase, Tests, WindowRule
from ringfence.protocol.schedules import Schedule
from ringfence.protocol.vocabulary import CASE, CASE_ANCHORS, CONTACT, ZONE

WUXI_AT = datetime(2022, 3, 30, 19)  # noqa: DTZ001 - instants are naive UTC
OTHER_AT = datetime(2022, 3, 16, 3, 30)  # noqa: DTZ001 - instants are naive UTC
OTHER_ZONE = "America/New_York"


def wuxi() -> Protocol:
    """The rules in force in Wuxi at the night's last call-over."""
    return resolve("320206", "covid-19", WUXI_AT)


def other() -> Protocol:
    """The same frame with other rules in every table."""
    base = wuxi()
    return replace(
        base,
        zone=OTHER_ZONE,
        offsets=other_offsets(),
        windows=_windows(base),
        hold=replace(base.hold, on=("positive",)),
        limits=tuple(limit for limit in base.limits if limit.of == "hold"),
        contacts=_contacts(base),
        courses=_courses(base),
        zones=_zones(base),
        clocks=_clocks(base),
    )


def other_offsets() -> tuple[tuple[datetime, int], ...]:
    """The one change of the clocks in the days the cities live through, and how they stood before."""
    known = offsets(OTHER_ZONE, OTHER_AT)
    before, during = [change for change in known if change[0] <= OTHER_AT][-2:]
    return (known[0][0], before[1]), during


def _windows(base: Protocol) -> tuple[WindowRule, ...]:
    first, last = base.windows

    def row(rule: WindowRule, when: str, unknown: str, begin: str, end: str) -> WindowRule:
        return replace(
            rule, when=parse(when, CASE) if when else None, unknown=unknown,
            begin=parse_instant(begin, CASE_ANCHORS), end=parse_instant(end, CASE_ANCHORS),
        )  # fmt: skip

    return (
        row(first, "symptoms = yes", "include", "earliest(onset, first_positive.sampled) - 2d", "isolated"),
        row(last, "", "exclude", "detected - 36h", "latest(detected, isolated) + 1d"),
    )


def _contacts(base: Protocol) -> tuple[ContactRule, ...]:
    def row(like: int, ring: int, gives: str, when: str, unknown: str) -> ContactRule:
        rule = base.contacts[like]
        return replace(
            rule, ring=ring, gives=gives, when=parse(when, CONTACT) if when else None, unknown=unknown
        )

    return (
        row(0, 1, "none", "protected = yes and not (relation in [lives_with, carer])", "exclude"),
        row(1, 1, "close", "minutes >= 60 or total_minutes > 90", "review"),
        row(2, 1, "secondary", "near = yes and closed != no and row_gap < 4", "include"),
        row(3, 1, "close", "not (near = no) and setting != shop", "exclude"),
        row(4, 1, "general", "", "exclude"),
        row(5, 2, "secondary", "total_minutes >= 30 and near = yes", "review"),
        row(6, 2, "general", "", "exclude"),
    )


def _courses(base: Protocol) -> tuple[object, ...]:
    close, secondary, general = base.courses[:3]
    first, tail = close.phases
    only = secondary.phases[0]
    central = replace(
        first, days=5, anchor="first_exposure", numbering=1, late="floor", reset="none",
        tests=Tests(Schedule("days", (1, 2, 3, 5)), "exposure", traced_day=True, at_release=False),
    )  # fmt: skip
    home = replace(
        tail, place="home", days=3, linked_tests=1,
        tests=Tests(Schedule("days", (1, 3, 9)), "phase", traced_day=False, at_release=True),
    )  # fmt: skip
    short: Phase = replace(
        only, days=2, anchor="traced", numbering=1, reset="positive_in_site",
        tests=Tests(Schedule("days", (1, 2)), "control", traced_day=False, at_release=False),
    )  # fmt: skip
    return (replace(close, phases=(central, home)), replace(secondary, phases=(short,)), general)


def _zones(base: Protocol) -> tuple[ZoneRule, ...]:
    lived, _, visited, _, none, *_ = base.zones
    units = ("household", "stairwell", "grid", "community")
    return (
        replace(lived, when=parse("cases >= 2", ZONE), units=units),
        replace(visited, rule=replace(visited.rule, id="lived-once"), why="residence", level="controlled",
                rank=2, when=None, units=units, lift_days=5),
        replace(visited, when=parse("minutes >= 60 and cases >= 2", ZONE), units=("grid", "community")),
        none,
    )  # fmt: skip


def _clocks(base: Protocol) -> tuple[object, ...]:
    first, second, *rest = base.clocks
    return (
        first,
        replace(second, begin="reported", end="contacts_placed"),
        *rest,
    )
