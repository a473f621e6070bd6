"""Why is each person restricted, and which colour follows? Person by person."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from ringfence.tables.decisions import ARRIVAL_CLASSES, COLOURS
from tests.generative.oracle_known import FOREVER, Known, Row, because, first_match
from tests.generative.oracle_places import standing
from tests.generative.oracle_zone_steps import inside

Tables = Mapping[str, list[Row]]
WHY = ("rule", "edition", "grade", "evidence", "area", "person")


def restrictions(known: Known, done: Tables) -> list[Row]:
    """Every reason somebody is restricted."""
    reasons = [*_cases(known, done), *_holds(known, done), *_courses(known, done), *_zones(known, done)]
    for row in reasons:
        appeal = known.protocol.appeal(row["kind"])
        assert appeal is not None
        row |= {"appeal_rule": appeal.rule.id, "appeal_duty": appeal.duty, "appeal_h": appeal.hours}
        if "authority_zh" not in row:
            issued = _issued(known.protocol, row["edition"])
            row |= {"authority_zh": issued.zh, "authority_en": issued.en}
    return reasons


def _issued(protocol: Any, edition: str) -> Any:
    """Who issued an edition, of the rules in force or of those before them."""
    if edition in protocol.authorities or protocol.before is None:
        return protocol.authorities[edition]
    return _issued(protocol.before, edition)


def _colour(known: Known, **words: str) -> str | None:
    """A restriction's colour by the table of colours; none where there is no such table."""
    if not known.protocol.colours:
        return None
    rule, _ = first_match(known.protocol.colours, {"class": None, "place": None, "level": None, **words})
    return None if rule is None or rule.gives == "none" else rule.gives


def _cases(known: Known, done: Tables) -> Iterator[Row]:
    for case in done["cases"]:
        end = case["cleared_at"]
        yield {
            **{name: case[name] for name in WHY}, "kind": "case", "subject": case["class"],
            "begin": case["detected_at"], "until": end, "live": end is None or end > known.as_of,
            "colour": _colour(known, **{"kind": "case", "class": case["class"]}),
        }  # fmt: skip


def _holds(known: Known, done: Tables) -> Iterator[Row]:
    for hold in done["holds"]:
        end = hold["ended_at"] or hold["until"]
        yield {
            **{name: hold[name] for name in WHY}, "kind": "hold", "subject": f"T:{hold['tube']}",
            "begin": hold["begin"], "until": end, "live": end > known.as_of,
            "colour": _colour(known, kind="hold"),
        }  # fmt: skip


def _courses(known: Known, done: Tables) -> Iterator[Row]:
    for person, class_ in sorted({(row["person"], row["class"]) for row in done["courses"]}):
        kind = "arrival" if class_ in ARRIVAL_CLASSES else "course"
        phases = [
            row
            for row in sorted(done["courses"], key=lambda row: row["phase"])
            if (row["person"], row["class"]) == (person, class_)
        ]
        for n, row in enumerate(phases):
            words = {"kind": kind, "class": class_, "place": row["place"]}
            phases[n] = {**row, "colour": _colour(known, **words)}
        phases = [row for row in phases if row["place"] != "free" or row["colour"]]
        if not phases:
            continue
        stuck = [row for row in phases if row["state"] == "blocked"]
        begun = [row for row in phases if row["begin_day"] <= known.today]
        now = (stuck or begun[-1:] or phases)[0]
        first = min(row["begin_day"] for row in phases)
        last = max(row["until_day"] for row in phases)
        over = last < known.today or (now["state"] == "released" and now["until_day"] == last)
        yield {
            **{name: now[name] for name in WHY}, "kind": kind, "subject": class_,
            "begin": known.midnight(first),
            "until": known.midnight(last + timedelta(days=1)),
            "colour": now["colour"] if first <= known.today else None,
            "live": first <= known.today and (not over or bool(stuck)),
        }  # fmt: skip


def _zones(known: Known, done: Tables) -> Iterator[Row]:
    # Of equally grave levels those that a residence can be zoned at come first, then as they are written.
    rules = known.protocol.zones
    lived = [rule.level for rule in rules if rule.why == "residence"]
    levels = [*lived, *(rule.level for rule in rules)]
    zones = standing(known)
    for zone in zones:
        same = [other for other in zones if other["area"] == zone["area"]]
        if zone is not min(same, key=lambda z: (-z["rule"].rank, levels.index(z["level"]))):
            continue
        [step] = [
            row for row in done["zone_steps"] if (row["area"], row["level"]) == (zone["area"], zone["level"])
        ]
        day = step["due_day"]
        if step["step"] == "escalate":
            day = known.day(step["last_case_at"]) + timedelta(days=zone["rule"].lift_days)
        for home in inside(known, zone):
            yield {
                **because(zone["rule"]), "person": home["person"], "area": home["area"], "kind": "zone",
                "subject": f"A:{zone['area']}", "begin": zone["begin"], "until": known.midnight(day),
                "live": True, "authority_zh": zone["authority"], "authority_en": zone["authority"],
                "colour": _colour(known, kind="zone", level=zone["level"]),
                "evidence": zone["facts"] | {home["fact"]},
            }  # fmt: skip


def codes(reasons: list[Row]) -> list[Row]:
    """Each person's gravest live colour and the reason that gives it for the longest."""
    found: list[Row] = []
    for person in sorted({row["person"] for row in reasons}):
        live = [row for row in reasons if row["person"] == person and row["live"]]
        worn = [row for row in live if row["colour"]]
        # The sorts keep the order of what is equal: the last asked for first.
        worn.sort(key=lambda row: (row["kind"], row["subject"]))
        worn.sort(key=lambda row: row["until"] or FOREVER, reverse=True)
        worn.sort(key=lambda row: COLOURS.index(row["colour"]))
        if worn:
            found.append({**worn[0], "reasons": len(live)})
    return found
