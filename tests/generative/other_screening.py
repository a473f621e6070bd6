"""Rules for screening: who is skipped, pooled, tested again and again, when rounds stop, what a gate does.

Nothing in it is anybody's rule.
"""

from collections.abc import Mapping
from dataclasses import replace

from ringfence.protocol import Protocol, Rule
from ringfence.protocol.measures import CadenceRule, CampaignRule, GateRule, PoolRule, SkipRule
from ringfence.protocol.predicates import Predicate, parse
from ringfence.protocol.schedules import parse_schedule
from ringfence.protocol.vocabulary import CAMPAIGN, GATE, GROUP, POOL, SKIP, Word
from tests.generative.other_rules import OTHER_ZONE, other_offsets, wuxi


def screening() -> Protocol:
    """The frame of Wuxi's rules, with every form of schedule and every word about groups of people."""
    base = wuxi()
    return replace(
        base,
        zone=OTHER_ZONE,
        offsets=other_offsets(),
        skips=_skips(base),
        pools=_pools(base),
        campaigns=_campaigns(base),
        cadences=_cadences(base),
        gates=_gates(base),
    )


def _named(base: Protocol, id_: str) -> Rule:
    return replace(base.cases[0].rule, id=id_)


def _when(text: str, words: Mapping[str, Word]) -> Predicate | None:
    return parse(text, words) if text else None


def _skips(base: Protocol) -> tuple[SkipRule, ...]:
    rows = (
        ("skip-both", "none", "vaccinated_h <= 24 and tested_h <= 24", "exclude"),
        ("skip-dose", "skip", "vaccinated_h < 48", "exclude"),
        ("skip-swab", "skip", "not (tested_h > 20)", "exclude"),
        ("skip-long", "skip", "tested_h >= 100 and not (vaccinated_h <= 2000)", "exclude"),
        ("skip-none", "none", "", "exclude"),
    )
    return tuple(
        SkipRule(_named(base, id_), gives, _when(when, SKIP), unknown) for id_, gives, when, unknown in rows
    )


def _pools(base: Protocol) -> tuple[PoolRule, ...]:
    rows = (
        ("pool-sick", "symptoms = yes and quarantined = no", "exclude", 1, ""),
        ("pool-kept", "quarantined = yes", "exclude", 2, "household"),
        ("pool-close", "contact = close or contact = general", "exclude", 3, ""),
        ("pool-zone", "zone in [controlled, precaution]", "exclude", 4, "household"),
        ("pool-sealed", "not (zone = none) and occupation != courier", "include", 5, ""),
        ("pool-work", "occupation in [port, cold_chain] and symptoms != no", "include", 6, ""),
        ("pool-rest", "", "exclude", 10, ""),
    )
    return tuple(
        PoolRule(_named(base, id_), _when(when, POOL), unknown, size, per)
        for id_, when, unknown, size, per in rows
    )


def _campaigns(base: Protocol) -> tuple[CampaignRule, ...]:
    rows = (
        ("campaign-unclear", "chain = unclear", "exclude", 24, 4, "until 2 clean, 2d apart, 2 more", "any"),
        ("campaign-open", "people > 9 and chain = clear", "exclude", 36, 2, "", "any"),
        ("campaign-few", "people <= 2", "exclude", 12, 0, "until 1 clean", "community"),
        ("campaign", "", "exclude", 48, 3, "until 2 clean, 1d apart, 1 more", "community"),
    )
    return tuple(
        CampaignRule(
            _named(base, id_), _when(when, CAMPAIGN), unknown, within_h, rounds,
            parse_schedule(stop) if stop else None, counts,
        )
        for id_, when, unknown, within_h, rounds, stop, counts in rows
    )  # fmt: skip


def _cadences(base: Protocol) -> tuple[CadenceRule, ...]:
    rows = (
        ("cadence-port", "occupation = port and setting != office", "include", "every 1d", True),
        ("cadence-off", "setting in [office, workshop]", "exclude", "", False),
        ("cadence-week", "occupation = courier or setting in [shop, market]", "exclude",
         "3 a week, 20h apart", False),
        ("cadence-hours", "occupation = truck_driver or zone = sealed", "exclude", "every 30h", True),
        ("cadence-days", "not (occupation = retired) and zone != none", "exclude", "every 2d", False),
        ("cadence-twice", "occupation = pupil", "exclude", "2 a week", False),
        ("cadence-none", "", "exclude", "", False),
    )  # fmt: skip
    return tuple(
        CadenceRule(
            _named(base, id_), _when(when, GROUP), unknown, parse_schedule(text) if text else None, single
        )
        for id_, when, unknown, text, single in rows
    )


def _gates(base: Protocol) -> tuple[GateRule, ...]:
    rows = (
        ("gate-colour", "code = red or antigen = positive", "exclude", "sampled", ("quarantine",)),
        (
            "gate-permit",
            "permit = yes and negative_h <= 48 and vehicle != car",
            "exclude",
            "tested",
            ("pass",),
        ),
        (
            "gate-origin",
            "origin in [abroad, high] and code != green",
            "review",
            "sampled",
            ("wait", "escort"),
        ),
        ("gate-fresh", "negative_h < 24", "exclude", "sampled", ("pass", "register")),
        ("gate-told", "negative_h <= 20 or origin = none", "review", "reported", ("pass", "sample")),
        ("gate-else", "", "exclude", "sampled", ("turn_back",)),
    )
    return tuple(
        GateRule(_named(base, id_), _when(when, GATE), unknown, clock, do)
        for id_, when, unknown, clock, do in rows
    )
