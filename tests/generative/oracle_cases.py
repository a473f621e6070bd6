"""Who is a case, and who is held? Person by person."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from tests.generative.oracle_known import (
    SETTLED,
    WORST,
    Known,
    Row,
    because,
    evidence,
    first_match,
    home,
    instant_of,
    kept_apart,
    least,
    people_in,
    swabs,
)

REPORTED = ("confirmed", "asymptomatic")


def cases(known: Known) -> list[Row]:
    """Every case, with its window."""
    people = {row["person"] for kind in ("sample", "case_report") for row in known.facts[kind]}
    return [found for person in sorted(people) if (found := _case(known, person)) is not None]


def _case(known: Known, person: int) -> Row | None:
    mine = swabs(known, person)
    report = known.one("case_report", person=person) or dict.fromkeys(
        ("status", "reported_at", "symptoms", "onset", "elsewhere", "fact")
    )
    singles = [swab for swab in mine if swab["single"] and not _answered(known, swab, mine)]
    positive = [swab for swab in singles if swab["result"] == "positive"]
    if not positive and report["fact"] is None:
        return None
    words = {
        "nat": "none", "antigen": "none", "reported": report["status"] or "none",
        "symptoms": {"yes": True, "no": False}.get(report["symptoms"]),
    }  # fmt: skip
    if positive:
        # Tests before the day of the first positive single, or known before it was, say nothing of this.
        began = known.midnight(known.day(min(swab["sampled_at"] for swab in positive)))
        sign = min(swab["reported_at"] for swab in positive)
        counted = [
            swab
            for swab in singles
            if swab["sampled_at"] >= began and (swab["reported_at"] is None or swab["reported_at"] >= sign)
        ]
        words["nat"] = _worst(swab["result"] for swab in counted if swab["test"] != "antigen")
        words["antigen"] = _worst(swab["result"] for swab in counted if swab["test"] == "antigen")
    rule, _ = first_match(known.protocol.cases, words)
    if rule is None or rule.gives == "none":
        return None
    said = report["reported_at"] if report["status"] in REPORTED else None
    signs = [swab["reported_at"] for swab in positive]
    found = {
        "person": person, "class": rule.gives, "onset": report["onset"], "area": home(known, person),
        "detected_at": least([said, *signs]) or report["reported_at"],
        "first_positive": _first_positive(mine, positive),
        "elsewhere": bool(report["elsewhere"]), **because(rule),
        "evidence": evidence(report["fact"], *(swab["result_fact"] for swab in positive)),
    }  # fmt: skip
    return {**found, **_window(known, found, words)}


def _cleared(swabs_: list[Row]) -> list[Row]:
    return [s for s in swabs_ if s["single"] and s["test"] == "nat" and s["result"] == "negative"]


def _answered(known: Known, swab: Row, mine: list[Row]) -> bool:
    """Whether an antigen positive was answered: by a negative nucleic acid test of that day or later."""
    if swab["test"] != "antigen" or swab["result"] != "positive":
        return False
    return any(
        known.day(clear["sampled_at"]) >= known.day(swab["sampled_at"])
        and clear["reported_at"] >= swab["reported_at"]
        for clear in _cleared(mine)
    )


def _first_positive(mine: list[Row], positive: list[Row]) -> datetime | None:
    """The first positive single, or a positive pool before it with no negative single between."""
    if not positive:
        return None
    first: datetime = min(swab["sampled_at"] for swab in positive)
    clear = [swab["sampled_at"] for swab in _cleared(mine)]
    pools = [
        swab["sampled_at"]
        for swab in mine
        if not swab["single"] and swab["result"] == "positive" and swab["sampled_at"] < first
    ]
    return min([first, *(at for at in pools if not any(at < other < first for other in clear))])


def _worst(results: Iterable[str | None]) -> str:
    said = {result or "pending" for result in results}
    return next((word for word in WORST if word in said), "none")


def _window(known: Known, case: Row, words: Row) -> Row:
    """The first row of the table that matches and whose beginning is known."""
    anchors = {
        "onset": case["onset"], "first_positive.sampled": case["first_positive"],
        "detected": case["detected_at"],
        "isolated": kept_apart(known, case["person"], case["detected_at"]),
    }  # fmt: skip
    for rule in known.protocol.windows:
        matched, _ = first_match([rule], words)
        begin = instant_of(known, rule.begin, anchors)
        if matched is not None and begin is not None:
            end = instant_of(known, rule.end, anchors)
            return {"window_from": begin, "window_to": end and max(begin, end), "window_rule": rule.rule.id}
    return {"window_from": None, "window_to": None, "window_rule": None}


def bad_tubes(known: Known) -> list[Row]:
    """The nucleic acid results that call for holds: of tubes of several swabs, or of unknown."""
    said = known.every("result", test="nat")
    return [r for r in said if r["result"] in known.protocol.hold.on and people_in(known, r["tube"]) != 1]


def holds(known: Known) -> list[Row]:
    """Every hold there has been: a row a member and tube."""
    return [
        _hold(known, said, sample)
        for said in bad_tubes(known)
        for sample in known.every("sample", tube=said["tube"])
    ]


def _hold(known: Known, said: Row, sample: Row) -> Row:
    begin: datetime = said["reported_at"]
    until = begin + timedelta(hours=known.hours("hold") or 0)
    swab_h = known.hours("swab")
    singles = _since(known, sample)
    single = _single(singles)
    settled = least(swab["reported_at"] for swab in singles if swab["result"] in SETTLED)
    ended = None
    if settled is not None and settled <= until:
        ended = max(settled, begin)
    elif until <= known.as_of:
        ended = until
    if single["result"] == "positive":
        state = "case"
    else:
        state = "held" if ended is None else "expired" if settled is None or settled > until else "released"
    tube = known.one("tube", tube=said["tube"])
    return {
        "person": sample["person"], "tube": said["tube"], "begin": begin, "until": until,
        "swab_due": None if swab_h is None else begin + timedelta(hours=swab_h),
        "swabbed_at": single["sampled_at"], "result": single["result"], "reported_at": single["reported_at"],
        "ended_at": ended, "state": state,
        "area": home(known, sample["person"]) or (tube and tube["area"]), **because(known.protocol.hold),
        "evidence": evidence(sample["fact"], said["fact"], single["sample_fact"], single["result_fact"]),
    }  # fmt: skip


def _since(known: Known, sample: Row) -> list[Row]:
    """A member's single swabs since the tube's, up to the negative that lets them go."""
    singles = [
        swab
        for swab in swabs(known, sample["person"])
        if swab["single"] and swab["test"] != "antigen" and swab["sampled_at"] > sample["sampled_at"]
    ]
    let_go = least(swab["reported_at"] for swab in singles if swab["result"] == "negative")
    return [swab for swab in singles if let_go is None or swab["sampled_at"] < let_go]


def _single(singles: list[Row]) -> Row:
    """The swab that stands for them: the first positive reported, else negative, else the last one taken."""
    late = sorted(singles, key=lambda swab: swab["tube"])
    late.sort(key=lambda swab: swab["sampled_at"], reverse=True)
    for word in SETTLED:
        said = [swab for swab in late if swab["result"] == word]
        if said:
            return min(said, key=lambda swab: swab["reported_at"])
    none: Row = dict.fromkeys(("result", "reported_at", "sampled_at", "sample_fact", "result_fact"))
    return late[0] if late else none


def pools(known: Known, held: list[Row]) -> list[Row]:
    """Every positive or grey tube, and what became of it."""
    found: list[Row] = []
    for said in bad_tubes(known):
        tube = known.one("tube", tube=said["tube"])
        members = [hold for hold in held if hold["tube"] == said["tube"]]
        back = [hold for hold in members if hold["result"] in SETTLED]
        positives = [hold for hold in back if hold["result"] == "positive"]
        all_back = bool(members) and len(back) == len(members)
        found.append({
            "tube": said["tube"], "result": said["result"], "reported_at": said["reported_at"],
            "area": tube and tube["area"], "members": len(members), "reported": len(back),
            "positives": len(positives), "swabbed": sum(hold["swabbed_at"] is not None for hold in members),
            "state": "resolved" if positives else "unresolved" if all_back else "waiting",
            **because(known.protocol.hold), "evidence": evidence(said["fact"]),
        })  # fmt: skip
    return found
