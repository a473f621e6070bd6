"""Who was tested, told and kept that evening? The ten of the tube, the family, the colleagues, the seven."""

from datetime import date, datetime, timedelta

from ringfence.city import sealed
from ringfence.city.scenario.checks import POSITIVE, Check, checks
from ringfence.city.scenario.key_round import TUBE_ROLES
from ringfence.city.scenario.stage import (
    INVENTED,
    LABORATORY,
    NOTICE,
    Happening,
    Row,
    Stage,
    local,
    told,
)
from ringfence.tables import person_text

_UNIT, _MOVERS = "320211-CDC", "320211-HLTH"
_LAST = local(31, 3)


def tests(on: Stage) -> list[Happening]:
    """The kits and single tubes, and what they said."""
    found: list[Happening] = []
    for check in checks(on):
        found += _kit(check)
        found += _single(check)
    return found


def _kit(check: Check) -> list[Happening]:
    """An antigen kit is a tube of one."""
    code, at = f"AG-{check.label}", check.antigen_at
    taken = at - timedelta(minutes=16)
    positive = check.antigen == POSITIVE
    kit = ("抗原检测", "Antigen kit")
    says = ("抗原检测阳性", "Antigen positive") if positive else ("抗原检测阴性", "Antigen negative")
    swab: Row = {"tube": code, "person": check.person, "sampled_at": taken}
    answer: Row = {"tube": code, "test": "antigen", "result": check.antigen, "reported_at": at}
    return [
        told(taken, "tube", [{"tube": code, "pool": 1}], kit),
        told(taken, "sample", [swab], kit),
        told(at, "result", [answer], says, NOTICE if positive else INVENTED),
    ]


def _single(check: Check) -> list[Happening]:
    """One swab in one tube."""
    code, taken = f"S-{check.label}", check.found + timedelta(minutes=8)
    tube: Row = {"tube": code, "pool": 1}
    says = ("单人单管采样", "Single swab, single tube")
    swab: Row = {"tube": code, "person": check.person, "sampled_at": taken}
    found = [
        told(taken, "tube", [tube], says),
        told(taken, "sample", [swab], says),
        _step(person_text(check.person), "swabbed", taken),
    ]
    received = taken + timedelta(minutes=50)
    if received < _LAST:
        came = ("单管送达实验室", "Single tube received")
        found.append(told(received, "tube", [{**tube, "received_at": received}], came))
    if check.nat_at is not None and check.nat_at < _LAST:
        found.append(_answer(check, code, check.nat_at))
    return found


def _answer(check: Check, code: str, at: datetime) -> Happening:
    """What the laboratory said of the single tube; the notice counts those until 01:00."""
    row: Row = {
        "tube": code,
        "test": "nat",
        "result": check.nat,
        "ct_x100": check.ct_x100,
        "reported_at": at,
        "laboratory": LABORATORY,
    }
    positive = check.nat == POSITIVE
    says = ("单管核酸阳性", "Single tube positive") if positive else ("单管核酸阴性", "Single tube negative")
    return told(at, "result", [row], says, NOTICE if positive and at <= local(31, 1) else INVENTED)


def _step(subject: str, step: str, at: datetime, unit: str = _UNIT) -> Happening:
    row: Row = {"subject": subject, "step": step, "at": at, "unit": unit}
    return told(at, "step", [row], ("工作链环节完成", "A step is done"))


def kept(on: Stage) -> list[Happening]:
    """Who was held, sent to a site or taken to hospital, and when; some of it late, some not yet."""
    found: list[Happening] = []
    members = {on.people[role] for role in TUBE_ROLES} | set(on.tube_others)
    for check in checks(on):
        hold: Row = {"person": check.person, "kind": "hold", "begin": check.found}
        found.append(told(check.found, "stay", [hold], ("就地管控", "Held where they are")))
        found.append(_step(person_text(check.person), "notified", check.found))
        if check.person in members and check.nat != POSITIVE and check.nat_at is not None:
            end = check.nat_at + timedelta(minutes=1)
            over = ("单管阴性,解除就地管控", "Single negative: hold ended")
            found.append(told(end, "stay", [{**hold, "end": end}], over))
    return found + _moved(on)


def _moved(on: Stage) -> list[Happening]:
    """Two to hospital, family and colleagues to a site: one colleague only at 02:20, others not yet."""
    found: list[Happening] = []
    for role, at in (("clerk", local(30, 23, 55)), ("colleague_a", local(31, 1, 30))):
        found += _move(on.people[role], at, "hospital", on.hospital, "transferred")
    site = on.quarantine[0]
    for i, person in enumerate(on.household):
        found += _move(person, local(30, 22) + timedelta(minutes=10 * i), "central", site, "placed")
    for i, person in enumerate(on.team[:3]):
        at = local(31, 2, 20) if i == 2 else local(30, 22, 45) + timedelta(minutes=40 * i)
        found += _move(person, at, "central", site, "placed")
    return found


def _move(person: int, at: datetime, kind: str, place: int, step: str) -> list[Happening]:
    site, hospital = (
        ("转运至集中隔离点", "Taken to a quarantine site"),
        ("转运至定点医院", "Taken to hospital"),
    )
    stay: Row = {"person": person, "kind": kind, "begin": at, "place": place}
    return [
        told(at, "stay", [stay], hospital if kind == "hospital" else site),
        _step(person_text(person), step, at, _MOVERS),
    ]


def inquiries(on: Stage) -> list[Happening]:
    """What the cases told the tracers, what clinicians reported, and the steps done; several late."""
    p = on.people
    ill: Row = {"symptoms": "yes", "status": "confirmed"}
    return [
        told(
            local(30, 20, 45),
            "interview",
            _clerk_met(on),
            ("首例抗原阳性者的流调", "The first positive's interview"),
        ),
        told(local(30, 23, 20), "interview", _colleague_met(on), ("同事乙的流调", "A colleague's interview")),
        _report(p["clerk"], local(30, 22, 20), {**ill, "onset": date(2022, 3, 28)}),
        _report(p["colleague_a"], local(30, 23, 50), ill),
        _report(p["spouse"], local(31, 0, 20), {"symptoms": "no", "status": "asymptomatic"}),
        *_steps(on),
    ]


def _clerk_met(on: Stage) -> list[Row]:
    p = on.people
    desk: Row = {
        "case": p["clerk"],
        "begin": local(30, 8, 30),
        "end": local(30, 11, 40),
        "setting": "office",
        "relation": "colleague",
        "protected": False,
    }
    home: Row = {**desk, "begin": local(29, 19), "end": local(30, 7, 40), "setting": "home"}
    meal: Row = {**desk, "begin": local(27, 18, 20), "end": local(27, 20, 10), "setting": "restaurant"}
    return [
        {**desk, "person": p["colleague_a"], "near": True, "distance_m": 1},
        {**desk, "person": p["colleague_c"], "near": True, "distance_m": 2},
        *({**desk, "person": person, "distance_m": 4} for person in on.team[:2]),
        {**home, "person": p["spouse"], "relation": "lives_with", "near": True},
        {**meal, "person": p["student"], "relation": "stranger", "near": True},
    ]


def _colleague_met(on: Stage) -> list[Row]:
    return [
        {
            "case": on.people["colleague_b"],
            "person": on.people["fitter"],
            "begin": local(29, 19, 40),
            "end": local(29, 21),
            "setting": "entertainment",
            "relation": "friend",
            "near": True,
            "distance_m": 1,
            "protected": False,
        }
    ]


def _report(person: int, at: datetime, row: Row) -> Happening:
    report: Row = {"person": person, "reported_at": at, "elsewhere": False, **row}
    return told(at, "case_report", [report], ("医疗机构报告病例", "A clinician reports a case"))


def _steps(on: Stage) -> list[Happening]:
    who = {role: on.subject(role) for role in on.people}
    tower, home, campus = (f"A:{on.sealed[i]}" for i in (sealed.HUADI, sealed.XINAN, sealed.COLLEGE))
    done = (
        (tower, "arrived_on_site", local(30, 17, 35)),
        (who["clerk"], "reported", local(30, 18, 24)),
        (tower, "place_locked", local(30, 19)),
        (home, "place_locked", local(30, 20, 20)),
        (who["clerk"], "interviewed", local(30, 20, 40)),
        (who["clerk"], "contacts_listed", local(30, 21, 30)),
        (who["colleague_a"], "reported", local(30, 22, 48)),
        (who["colleague_b"], "interviewed", local(30, 23, 18)),
        (who["spouse"], "reported", local(30, 23, 22)),
        (who["colleague_a"], "interviewed", local(30, 23, 25)),
        (who["spouse"], "interviewed", local(31, 0, 10)),
        (campus, "place_locked", local(31, 0, 50)),
        (who["colleague_c"], "interviewed", local(31, 1, 30)),
        (who["colleague_a"], "contacts_listed", local(31, 1, 40)),
    )
    return [_step(subject, step, at) for subject, step, at in done]
