"""Who is a case, and who is held? Person by person."""

from datetime import timedelta

from tests.generative.oracle_illness import Illness, illnesses
from tests.generative.oracle_known import (
    SETTLED,
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

MILESTONES = {"rash": "rash", "cough": "cough", "treated": "treatment", "recovered": "recovery"}
"""The milestone that tells each day a window may count from."""


def cases(known: Known) -> list[Row]:
    """Every case, with its window."""
    people = {row["person"] for kind in ("sample", "case_report") for row in known.facts[kind]}
    return [found for person in sorted(people) if (found := _case(known, person)) is not None]


def _case(known: Known, person: int) -> Row | None:
    *earlier, ill = illnesses(known, person) or [None]
    rule, _ = first_match(known.protocol.cases, ill.words) if ill else (None, False)
    if ill is None or rule is None or rule.gives == "none":
        return None
    marks = _milestones(known, person, ill)
    return {
        "person": person, "class": rule.gives, "onset": ill.report["onset"], "area": home(known, person),
        "detected_at": ill.detected_at, "first_positive": ill.first_positive,
        "elsewhere": bool(ill.report["elsewhere"]), **because(rule),
        "cleared_at": ill.over.cleared_at if ill.over else None,
        "cleared_rule": ill.over.rule.rule.id if ill.over else None,
        "evidence": ill.evidence | evidence(*(mark["fact"] for mark in marks.values())),
        **_window(known, person, ill, marks), **_before(known, person, earlier),
    }  # fmt: skip


def _before(known: Known, person: int, earlier: list[Illness]) -> Row:
    """When the illness before was detected and began, and its window, if it was a case."""
    rule = first_match(known.protocol.cases, earlier[-1].words)[0] if earlier else None
    if rule is None or rule.gives == "none":
        return {"before_at": None, "before_onset": None, "before_from": None, "before_to": None}
    ended = earlier[-1]
    window = _window(known, person, ended, _milestones(known, person, ended))
    return {
        "before_at": ended.detected_at, "before_onset": ended.report["onset"],
        "before_from": window["window_from"], "before_to": window["window_to"],
    }  # fmt: skip


def _milestones(known: Known, person: int, ill: Illness) -> dict[str, Row]:
    """The days of this illness that some window counts from, by anchor."""
    named = {name for rule in known.protocol.windows for name in (*rule.begin.anchors, *rule.end.anchors)}
    found: dict[str, Row] = {}
    for anchor in sorted(named & set(MILESTONES)):
        mark = known.one("milestone", person=person, kind=MILESTONES[anchor])
        if mark is not None and (ill.before is None or mark["day"] > known.day(ill.before.last)):
            found[anchor] = mark
    return found


def _window(known: Known, person: int, ill: Illness, marks: dict[str, Row]) -> Row:
    """The first row of the table that matches and whose beginning is known."""
    anchors = {
        "onset": ill.report["onset"], "first_positive.sampled": ill.first_positive,
        "detected": ill.detected_at, "isolated": kept_apart(known, person, ill.detected_at),
        "cleared": ill.over.cleared_at if ill.over else None, **dict.fromkeys(MILESTONES),
        **{anchor: mark["day"] for anchor, mark in marks.items()},
    }  # fmt: skip
    for rule in known.protocol.windows:
        matched, _ = first_match([rule], ill.words)
        begin = instant_of(known, rule.begin, anchors)
        if matched is not None and begin is not None:
            end = instant_of(known, rule.end, anchors)
            return {
                "window_from": begin, "window_to": end and max(begin, end),
                "window_rule": rule.rule.id, "lingers_min": rule.lingers_min,
            }  # fmt: skip
    return {"window_from": None, "window_to": None, "window_rule": None, "lingers_min": 0}


def bad_tubes(known: Known) -> list[Row]:
    """The nucleic acid results that call for holds: of tubes of several swabs, or of unknown."""
    hold = known.protocol.hold
    said = known.every("result", test="nat") if hold else []
    return [r for r in said if hold and r["result"] in hold.on and people_in(known, r["tube"]) != 1]


def holds(known: Known) -> list[Row]:
    """Every hold there has been: a row a member and tube."""
    return [
        _hold(known, said, sample)
        for said in bad_tubes(known)
        for sample in known.every("sample", tube=said["tube"])
    ]


def _hold(known: Known, said: Row, sample: Row) -> Row:
    begin = said["reported_at"]
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
        if swab["single"] and swab["test"] in (None, "nat") and swab["sampled_at"] > sample["sampled_at"]
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
