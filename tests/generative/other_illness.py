"""Rules for another illness: what the words about cases and meetings say that other rules leave out.

Nothing in it is anybody's rule.
"""

from dataclasses import replace

from ringfence.protocol import Protocol
from ringfence.protocol.instants import parse_instant
from ringfence.protocol.predicates import parse
from ringfence.protocol.rules import CaseReleaseRule, CaseRule, ContactRule, CourseRule, WindowRule
from ringfence.protocol.vocabulary import CASE, CASE_ANCHORS, CONTACT
from tests.generative.other_rules import OTHER_ZONE, other_offsets, wuxi


def illness() -> Protocol:
    """The frame of Wuxi's rules, with an illness of many signs that lingers in the air."""
    base = wuxi()
    return replace(
        base,
        zone=OTHER_ZONE,
        offsets=other_offsets(),
        cases=_cases(base),
        case_releases=_case_releases(base),
        windows=_windows(base),
        contacts=_contacts(base),
        courses=_courses(base),
    )


def _cases(base: Protocol) -> tuple[CaseRule, ...]:
    def row(name: str, gives: str, when: str, unknown: str = "exclude") -> CaseRule:
        rule = replace(base.cases[0].rule, id=f"ill-{name}")
        return CaseRule(rule, gives, parse(when, CASE) if when else None, unknown)

    return (
        row("again", "re_positive", "recovered = yes and nat = positive"),
        row("excluded", "none", "reported = excluded and nat != positive"),
        row("confirmed", "confirmed", "culture = positive or (nat = positive and symptoms = yes)"),
        row("asymptomatic", "asymptomatic", "nat = positive and symptoms = no"),
        row("positive", "positive", "nat = positive and reported = none"),
        row("probable", "probable", "reported = probable or smear = positive"),
        row("ruled-out", "none", "reported = suspected and nat = negative"),
        row("suspected", "suspected", "reported = suspected and symptoms = yes", "include"),
        row("waiting", "suspected", "reported = suspected and nat in [pending, grey]"),
        row("screen", "screen_positive", "antigen = positive and culture in [none, pending]"),
        row("told", "reported", "reported in [confirmed, asymptomatic] or nat = positive"),
        row("none", "none", ""),
    )


def _case_releases(base: Protocol) -> tuple[CaseReleaseRule, ...]:
    rule = base.cases[0].rule
    return (
        CaseReleaseRule(
            replace(rule, id="ill-over"), parse("symptoms = yes or recovered = yes", CASE), "exclude",
            clean=3, gap_h=3, ct_x100_from=0, after_d=1,
        ),
        CaseReleaseRule(
            replace(rule, id="ill-over-mild"), parse("reported != probable", CASE), "exclude",
            clean=2, gap_h=24, ct_x100_from=3500, after_d=0,
        ),
    )  # fmt: skip


def _windows(base: Protocol) -> tuple[WindowRule, ...]:
    def row(name: str, when: str, begin: str, end: str, lingers: int) -> WindowRule:
        return WindowRule(
            replace(base.windows[0].rule, id=f"ill-{name}"), parse(when, CASE) if when else None, "exclude",
            parse_instant(begin, CASE_ANCHORS), parse_instant(end, CASE_ANCHORS), lingers,
        )  # fmt: skip

    return (
        row("rash", "symptoms = yes", "rash - 4d", "rash + 5d", 120),
        row("cough", "smear = positive or symptoms = yes", "earliest(cough - 1mo, onset - 1w)",
            "latest(onset + 3d, recovered + 1d)", 60),
        row("swab", "nat = positive", "first_positive.sampled - 2d", "cleared", 0),
        row("rest", "", "detected - 4w", "earliest(isolated, treated + 36h, detected + 1d)", 15),
    )  # fmt: skip


def _contacts(base: Protocol) -> tuple[ContactRule, ...]:
    def row(name: str, ring: int, gives: str, when: str, unknown: str) -> ContactRule:
        rule = replace(base.contacts[0].rule, id=f"ill-{ring}-{name}")
        return ContactRule(rule, gives, ring, parse(when, CONTACT) if when else None, unknown)

    return (
        row("immune", 1, "none", "immune = yes and not (age < 5)", "exclude"),
        row("fresh", 1, "low", "vaccinated_d <= 90 or infected_d < 90", "exclude"),
        row("old", 1, "general", "onset_age_d > 6", "exclude"),
        row("touch", 1, "close", "manner in [physical, sexual, fluids, needle] or relation = lives_with",
            "exclude"),
        row("air", 1, "companion", "lag_min >= 1 and lag_min < 110 and closed != no", "include"),
        row("long", 1, "close", "near = yes and day_minutes >= 60", "review"),
        row("day", 1, "medium", "day_minutes >= 25 or lag_min < 1", "exclude"),
        row("rest", 1, "general", "", "exclude"),
        row("again", 2, "secondary", "day_minutes >= 30 and age >= 18", "review"),
        row("none", 2, "none", "onset_age_d >= 2 and immune = no", "exclude"),
        row("rest", 2, "general", "", "exclude"),
    )  # fmt: skip


def _courses(base: Protocol) -> tuple[CourseRule, ...]:
    close, secondary, general = base.courses[:3]

    def like(course: CourseRule, of: str) -> CourseRule:
        return replace(course, rule=replace(course.rule, id=f"ill-{of}"), of=of)

    low = [like(general, of) for of in ("low", "companion")]
    return (close, like(secondary, "medium"), secondary, *low, general)
