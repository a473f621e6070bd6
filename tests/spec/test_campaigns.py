"""How far is the screening of an area: which rounds were clean, and what comes next?

Most rounds here are held from 06:00 to 20:00 of a day of March, and Ana and Bo share a tube in them.
"""

from dataclasses import replace

import ibis.expr.types as ir
import pytest

from ringfence.engine.campaigns import campaigns
from ringfence.engine.holds import holds, pools
from ringfence.protocol import Protocol
from ringfence.protocol.measures import RatioRule
from tests.drawing import Names, assert_shows, facts, instant
from tests.spec.screening import screening

HOMES = """
    person | kind   | area
    Ana    | living | 320211001006-01-002-1-0301
    Bo     | living | 320211001006-01-002-1-0302
"""
ROUND = "round | area | name_zh | opens_at | due_at"
UNCLEAR = "area | chain\n320211001006 | clear\n320211001 | unclear\n3202 | clear"


def screened(names: Names, at: str, rules: Protocol | None = None, **drawn: str) -> ir.Table:
    protocol, as_of = rules or screening(), instant(at)
    told = facts(names, {"residence": HOMES, **drawn})
    done = {"holds": holds(told, protocol, as_of)}
    done["pools"] = pools(told, protocol, done["holds"])
    return campaigns(done, told, protocol, as_of)


def held(*days: str) -> dict[str, str]:
    """Rounds on days: `21 clean`, `22 positive` (Ana, alone in her tube), `23 awaited` (nothing is back)."""
    rows: dict[str, list[str]] = {
        "round": [ROUND], "tube": ["tube | pool | round"], "sample": ["tube | person | sampled_at"],
        "result": ["tube | test | result | reported_at"],
    }  # fmt: skip
    for day, said in (one.split() for one in days):
        rows["round"].append(f"R{day} | 320211001 | 轮 | 03-{day} 06:00 | 03-{day} 20:00")
        members = ("Ana",) if said == "positive" else ("Ana", "Bo")
        rows["tube"].append(f"T{day} | {len(members)} | R{day}")
        rows["sample"] += [f"T{day} | {who} | 03-{day} 09:00" for who in members]
        if said != "awaited":
            result = "positive" if said == "positive" else "negative"
            rows["result"].append(f"T{day} | nat | {result} | 03-{day} 18:00")
    return {kind: "\n".join(lines) for kind, lines in rows.items()}


# Until 3 clean, 3 days apart, 1 more; positives in the community count.
RUNS = {
    "none due yet": (("21 clean",), "21 10:00", 0, 0, "round", "21"),
    "two clean": (("21 clean", "22 clean"), "22 21:00", 2, 2, "round", "23"),
    "a positive breaks the row": (("21 clean", "22 positive", "23 clean"), "23 21:00", 3, 1, "round", "24"),
    "three clean: a gap of three days": (("21 clean", "22 clean", "23 clean"), "24 10:00", 3, 3, "gap", "26"),
    "and then one more": (("21 clean", "22 clean", "23 clean"), "26 00:00", 3, 3, "last_round", "26"),
    "one inside the gap is none more": (
        ("21 clean", "22 clean", "23 clean", "25 clean"), "26 10:00", 4, 4, "last_round", "26"),
    "one after it is": (("21 clean", "22 clean", "23 clean", "26 clean"), "26 21:00", 4, 4, "stop", ""),
    "unless somebody is positive": (
        ("21 clean", "22 clean", "23 clean", "26 positive"), "26 21:00", 4, 0, "round", "27"),
    "what is not back is not clean yet": (
        ("21 clean", "22 clean", "23 awaited"), "23 21:00", 3, 2, "round", "24"),
    "nor does it undo what was": (
        ("21 clean", "22 clean", "23 clean", "26 awaited"), "26 21:00", 4, 3, "last_round", "26"),
    "what never came back breaks the row": (
        ("21 clean", "22 awaited", "23 clean", "24 clean"), "24 21:00", 4, 2, "round", "25"),
    "the next is ordered": (("21 clean", "25 clean"), "22 10:00", 1, 1, "round", "25"),
}  # fmt: skip


@pytest.mark.parametrize("run", RUNS)
def test_what_comes_next(run: str, names: Names) -> None:
    days, at, rounds, clean, next_, day = RUNS[run]
    assert_shows(screened(names, f"03-{at}", **held(*days)), names, f"""
        area      | people | rounds   | clean   | next    | next_day             | within_h | rule
        320211001 | 2      | {rounds} | {clean} | {next_} | {day and "03-" + day} | 48       | campaign
    """)  # fmt: skip


def test_a_round_due_at_midnight_was_that_of_the_day_before(names: Names) -> None:
    late = held("21 clean", "22 clean", "23 clean")
    late["round"] = late["round"].replace("03-23 20:00", "03-24 00:00")
    assert_shows(screened(names, "03-24 10:00", **late), names, "next | next_day\ngap | 03-26")


@pytest.mark.parametrize(
    ("days", "next_"),
    [
        (("21 clean", "22 clean", "23 clean"), "round"),
        (("21 positive", "22 clean", "23 clean", "24 clean"), "stop"),
        (("21 clean", "22 positive", "23 clean", "24 clean"), "round"),
    ],
)
def test_where_the_chain_is_unclear_four_rounds_at_least(
    days: tuple[str, ...], next_: str, names: Names
) -> None:
    # The narrowest assessment that holds the whole area counts: not that of one of its communities.
    found = screened(names, "03-24 21:00", assessment=UNCLEAR, **held(*days))
    assert_shows(found, names, f"next | within_h | rule\n{next_} | 24 | campaign-unclear")


def test_a_rule_that_does_not_say_when_to_stop_asks_for_another_round(names: Names) -> None:
    alone = held("21 clean", "22 clean", "23 clean", "27 clean")
    alone["sample"] = "\n".join(line for line in alone["sample"].splitlines() if "Bo" not in line)
    found = screened(names, "03-28 10:00", **alone, residence="\n".join(HOMES.splitlines()[:3]))
    assert_shows(found, names, """
        people | rounds | clean | next  | next_day | within_h | rule
        1      | 4      | 4     | round | 03-28    | 12       | campaign-tiny
    """)  # fmt: skip


WATCHED = {
    "in the community": ("", "", 0),
    "in quarantine": ("central | 03-22 08:00 |", "", 2),
    "in a closed loop until that day": ("closed_loop | 03-01 08:00 | 03-22 20:00", "", 2),
    "held": ("hold | 03-22 08:00 | 03-22 09:01", "", 2),
    "let go at that very instant": ("hold | 03-22 08:00 | 03-22 09:00", "", 0),
    "away is nowhere": ("away | 03-01 08:00 |", "", 0),
    "at home in a sealed building": ("", "320211001006-01-002 | sealed | 03-21 08:00 | | 指", 2),
    "in a sealed building not yet sealed": ("", "320211001006-01-002 | sealed | 03-22 10:00 | | 指", 0),
    "in a controlled area": ("", "320211001006 | controlled | 03-21 08:00 | | 指", 0),
}


@pytest.mark.parametrize("watched", WATCHED)
def test_only_positives_in_the_community_count(watched: str, names: Names) -> None:
    stay, zone, clean = WATCHED[watched]
    told = {
        **held("21 clean", "22 positive"),
        "stay": f"person | kind | begin | end\n{'Ana | ' + stay if stay else ''}",
        "zone": f"area | level | begin | end | authority\n{zone}",
    }
    assert_shows(screened(names, "03-22 21:00", **told), names, f"rounds | clean\n2 | {clean}")
    # Where the chain is unclear any positive counts.
    found = screened(names, "03-22 21:00", assessment=UNCLEAR, **told)
    assert_shows(found, names, "rounds | clean\n2 | 0")


# While a single is awaited the round is left aside; held by then, the members were not when swabbed.
POOLED = {
    "a single is awaited": ("", 2),
    "a member was positive": ("S1 | Ana | positive, S2 | Bo | negative", 0),
    "all were negative": ("S1 | Ana | negative, S2 | Bo | negative", 3),
}


@pytest.mark.parametrize("pooled", POOLED)
def test_a_positive_tube_is_what_its_members_singles_say(pooled: str, names: Names) -> None:
    singles, clean = POOLED[pooled]
    told = held("21 clean", "22 clean", "23 clean")
    told["result"] = told["result"].replace("T23 | nat | negative", "T23 | nat | positive")
    for tube, who, said in (single.split(" | ") for single in singles.split(", ") if single):
        told["tube"] += f"\n{tube} | 1 |"
        told["sample"] += f"\n{tube} | {who} | 03-23 19:00"
        told["result"] += f"\n{tube} | nat | {said} | 03-23 22:00"
    assert_shows(screened(names, "03-23 23:00", **told), names, f"rounds | clean\n3 | {clean}")


def test_a_round_over_several_areas_is_clean_where_nobody_was_positive(names: Names) -> None:
    told = {
        "residence": HOMES.replace("Bo     | living | 320211001006", "Bo     | living | 320211002001"),
        "round": f"""{ROUND}
            R1 | 320211001    | 轮 | 03-21 06:00 | 03-21 20:00
            R1 | 320211002    | 轮 | 03-21 06:00 | 03-21 20:00
            R1 | 320211003    | 轮 | 03-21 06:00 | 03-21 20:00
        """,
        "tube": "tube | pool | round\nT1 | 1 | R1\nT2 | 1 | R1\nT3 | 1 | R1",
    }
    everywhere = "T1 | Ana | 03-21 09:00\nT2 | Bo | 03-21 09:00"
    results = "tube | test | result | reported_at\nT1 | nat | negative | 03-21 18:00"
    for swabs, more, clean in (
        (everywhere, "T2 | nat | positive | 03-21 18:00", (1, 0, 0)),
        (everywhere, "T2 | nat | negative | 03-21 18:00", (1, 1, 0)),
        # Cai lives in none of the three: the case counts wherever it may have been.
        (
            f"{everywhere}\nT3 | Cai | 03-21 09:00",
            "T2 | nat | negative | 03-21 18:00\nT3 | nat | positive | 03-21 18:00",
            (0, 0, 0),
        ),
    ):
        found = screened(
            names, "03-21 21:00", **told, sample=f"tube | person | sampled_at\n{swabs}",
            result=f"{results}\n{more}",
        )  # fmt: skip
        assert_shows(found, names, f"""
            area      | people | rounds | clean
            320211001 | 1      | 1      | {clean[0]}
            320211002 | 1      | 1      | {clean[1]}
            320211003 | 0      | 1      | {clean[2]}
        """)  # fmt: skip


def test_what_a_round_takes_is_said(names: Names) -> None:
    rules = screening()
    [samplers, tables, _] = rules.ratios
    few = (RatioRule(samplers.rule, 2, 0), RatioRule(tables.rule, 2, 3))
    people = "\n".join(f"P{n} | living | 320211001006" for n in range(7))
    found = screened(
        names, "03-20 10:00", replace(rules, ratios=few), round=held("21 clean")["round"],
        residence=f"person | kind | area\n{people}",
    )  # fmt: skip
    # 7 people, one sampler for 2: 4; a table for 2 to 3: 3 to 4.
    assert_shows(found, names, f"""
        people | values.{samplers.rule.id} | values.{tables.rule.id} | next  | next_day
        7      | 4                         | 3-4                     | round | 03-21
    """)  # fmt: skip


def test_it_rests_on_the_rounds_the_judgement_and_the_positives(names: Names) -> None:
    found = screened(names, "03-22 21:00", assessment=UNCLEAR, **held("21 clean", "22 positive"))
    # In order of the drawings: 1 homes, 2 assessments, 3 rounds, 4 tubes, 5 samples, 6 results.
    numbers = sorted([(2 << 32) + 1, 3 << 32, (3 << 32) + 1, (5 << 32) + 2, (6 << 32) + 1])
    assert_shows(found, names, f"evidence\n{numbers}")


def test_an_edition_without_campaigns_says_nothing(names: Names) -> None:
    rules = replace(screening(), campaigns=())
    assert_shows(screened(names, "03-22 21:00", rules, **held("21 clean")), names, "area\n")
