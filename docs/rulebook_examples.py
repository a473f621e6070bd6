"""What would become of somebody under an edition? Worked out by the program that decides, on invented facts.

Everybody was met from the 10th until the 14th of March, and was in place, came or left on the 16th.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from docs.layout import grid
from docs.rulebook_words import Both, cell, listed, word
from ringfence.engine.cases import cases
from ringfence.engine.chain import observation
from ringfence.engine.match import empty
from ringfence.engine.zone_steps import zone_steps
from ringfence.protocol import Protocol
from ringfence.tables import Facts, Table, fact_number
from ringfence.tables.decisions import (
    ARRIVAL_CLASSES,
    CASES,
    CONTACT_CLASSES,
    CONTACTS,
    COURSE_CLASSES,
    DECISIONS,
)
from ringfence.tables.facts import FACTS, KEEPING, ORIGINS

Row = Mapping[str, Any]
MARCH = 3
MET, LAST_MET, TRACED, ASKED_AT = 10, 14, 16, 20
"""Days of March, and the hour of the day traced at which it is asked."""
ILL = {"rash": 18, "cough": 15, "treatment": 20, "recovery": 27}
ONSET, SAMPLED, ISOLATED = 15, 17, 18
CASE, WITH_SYMPTOMS, WITHOUT = 1, 2, 3
SKIPPED = KEEPING
_MADE_UP: Row = {"rule": "drawn", "edition": "drawn", "grade": "A", "values": "{}", "evidence": []}
HEADS = ("谁 · who", "阶段 · phase", "自 · from", "解除 · released", "检测 · tested", "随访 · visited")


def told(year: int, zone: str, rows: Mapping[str, Sequence[Row]]) -> Facts:
    """Every kind of fact, from a few rows: a day is one of March, an instant is noon on one."""
    tables: dict[str, ir.Table] = {}
    for seq, (kind, table) in enumerate(FACTS.items(), 1):
        if kind in SKIPPED:
            continue
        given = rows.get(kind, ())
        columns = _columns(table, given, year, zone)
        columns["fact"] = pa.array([fact_number(seq, n) for n in range(len(given))], pa.int64())
        columns["recorded_at"] = pa.array([_noon(year, 1, zone)] * len(given), pa.timestamp("us"))
        if kind == "visit":
            columns["day"] = pa.array([], pa.date32())
        tables[kind] = ibis.memtable(pa.table(columns))
    return tables


def _columns(table: Table, rows: Sequence[Row], year: int, zone: str) -> dict[str, pa.Array]:
    read = {"day": lambda day: date(year, MARCH, day), "instant": lambda day: _noon(year, day, zone)}
    found: dict[str, pa.Array] = {}
    for column in table.stored:
        values = [row.get(column.name) for row in rows]
        if column.type in read:
            values = [None if value is None else read[column.type](value) for value in values]
        found[column.name] = pa.array(values, column.arrow)
    return found


def _noon(year: int, day: int, zone: str, hour: int = 12) -> datetime:
    return datetime(year, MARCH, day, hour, tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def _year(protocol: Protocol) -> int:
    """The first March that lies wholly under the rules."""
    return protocol.at.year + (protocol.at.month >= MARCH)


def examples(name: str, protocol: Protocol) -> Iterator[str]:
    """The worked examples of an edition's own windows and courses, as a protocol reads them."""
    parts = [*_windows(name, protocol), *_courses(name, protocol), *_zones(name, protocol)]
    if parts:
        yield "## 算例 · Worked examples\n"
        yield "由判定程序算出,人物均为虚构。Worked out by the program that decides; everyone is invented.\n"
        yield from parts


def _windows(name: str, protocol: Protocol) -> Iterator[str]:
    if not any(row.rule.edition == name for row in protocol.windows):
        return
    year, zone = _year(protocol), protocol.zone
    ill = [WITH_SYMPTOMS, WITHOUT]
    facts = told(year, zone, {
        "case_report": [
            {"person": WITH_SYMPTOMS, "reported_at": SAMPLED, "status": "confirmed", "symptoms": "yes",
             "onset": ONSET},
            {"person": WITHOUT, "reported_at": SAMPLED, "status": "confirmed", "symptoms": "no"},
        ],
        "milestone": [{"person": WITH_SYMPTOMS, "kind": kind, "day": day} for kind, day in ILL.items()],
        "tube": [{"tube": f"S{one}", "pool": 1} for one in ill],
        "sample": [{"tube": f"S{one}", "person": one, "sampled_at": SAMPLED} for one in ill],
        "result": [
            {"tube": f"S{one}", "test": "nat", "result": "positive", "reported_at": SAMPLED} for one in ill
        ],
        "stay": [{"person": one, "kind": "hospital", "begin": ISOLATED} for one in ill],
    })  # fmt: skip
    found = {row["person"]: row for row in cases(facts, protocol).to_pyarrow().to_pylist()}
    zh, en = _facts_told(protocol)
    yield f"**传染期 · The window.** 3月:{zh}。In March: {en}.\n"
    named = {WITH_SYMPTOMS: ("有症状", "with symptoms"), WITHOUT: ("无症状", "without symptoms")}
    rows = (
        (cell(named[one]), _clock(found[one]["window_from"], zone), _clock(found[one]["window_to"], zone))
        for one in ill
        if one in found
    )
    yield from grid(("", "自 · from", "至 · until"), rows)
    yield ""


_TOLD: Mapping[str, Both] = {
    "onset": (f"发病{ONSET}日", f"onset on the {ONSET}th"),
    "cough": (f"咳嗽起{ILL['cough']}日", f"the cough since the {ILL['cough']}th"),
    "rash": (f"出疹{ILL['rash']}日", f"the rash on the {ILL['rash']}th"),
    "first_positive.sampled": (
        f"首次阳性采样{SAMPLED}日中午",
        f"the first positive swab at noon on the {SAMPLED}th",
    ),
    "detected": (f"{SAMPLED}日中午报告", f"reported at noon on the {SAMPLED}th"),
    "isolated": (f"{ISOLATED}日中午住院", f"to hospital at noon on the {ISOLATED}th"),
    "treated": (f"{ILL['treatment']}日开始治疗", f"treated since the {ILL['treatment']}th"),
    "recovered": (f"{ILL['recovery']}日起无症状", f"without symptoms since the {ILL['recovery']}th"),
}
"""What is told of the case, by the instant a window may count from."""


def _facts_told(protocol: Protocol) -> Both:
    """What is told of the case that some window of the protocol counts from."""
    asked = {name for row in protocol.windows for name in (*row.begin.anchors, *row.end.anchors)}
    return listed(both for name, both in _TOLD.items() if name in asked)


def _clock(at: datetime | None, zone: str) -> str:
    if at is None:
        return "—"
    return f"{at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)):%m-%d %H:%M}"


def _courses(name: str, protocol: Protocol) -> Iterator[str]:
    own = {row.of for row in protocol.courses if row.rule.edition == name and row.phases}
    shown = own & {*CONTACT_CLASSES, *ARRIVAL_CLASSES, "closed_loop"}
    if not shown:
        return
    found = [row for row in _worked(protocol, shown) if row[0] in shown]
    if not found:
        return
    zh, en = listed(
        (both for classes, both in _OWING.items() if set(classes) & {row[0] for row in found}), "", ""
    )
    yield f"**隔离与检测 · Courses and tests.** {zh}{en.strip()}\n"
    yield from grid(HEADS, ((cell(word(of, "class")), *rest) for of, *rest in found))
    yield ""


_OWING: Mapping[tuple[str, ...], Both] = {
    CONTACT_CLASSES: (
        f"接触者:首次接触3月{MET}日,末次接触{LAST_MET}日,{TRACED}日到位。",
        f"Contacts: first met on {MET} March, last on the {LAST_MET}th, in place on the {TRACED}th. ",
    ),
    ARRIVAL_CLASSES: (
        f"来人:3月{LAST_MET}日离开当地,{TRACED}日抵达。",
        f"Arrivals: left there on {LAST_MET} March, came on the {TRACED}th. ",
    ),
    ("closed_loop",): (f"3月{TRACED}日离岗。", f"Workers: left on {TRACED} March. "),
}
"""What is told of those who owe a course, by their classes."""


def _worked(protocol: Protocol, shown: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """A row a phase of those classes that somebody in the example comes to be of."""
    year, zone = _year(protocol), protocol.zone
    as_of = _noon(year, TRACED, zone, ASKED_AT)
    facts, met = _people(protocol, shown, year)
    contacts, none = _decided(CONTACTS, met, year, zone), _decided(CASES, [], year, zone)
    found = observation(contacts, none, facts, protocol, as_of)
    tested, visited = _days(found["course_tests"]), _days(found["course_visits"])
    rows = (
        found["courses"].select("class", "phase", "place", "begin_day", "until_day").distinct().to_pyarrow()
    )
    for row in sorted(rows.to_pylist(), key=lambda row: (COURSE_CLASSES.index(row["class"]), row["phase"])):
        key = (row["class"], row["phase"])
        place = word(row["place"], "place")
        yield (
            row["class"], f"{row['phase']}<br>{cell(place)}", f"{row['begin_day']:%m-%d}",
            f"**{row['until_day']:%m-%d}**", _listed(tested[key]), _listed(visited[key]),
        )  # fmt: skip


def _decided(table: Table, rows: Sequence[Row], year: int, zone: str) -> ir.Table:
    return ibis.memtable(pa.table(_columns(table, rows, year, zone)))


def _people(protocol: Protocol, shown: Iterable[str], year: int) -> tuple[Facts, list[Row]]:
    """One contact of each class, one arrival from each origin, one worker; and where they are kept."""
    people = enumerate(sorted(shown), CASE + 1)
    met: list[Row] = [
        {
            "person": person, "class": of, "index": CASE, "ring": 1, "case": CASE, "review": False,
            "known_at": LAST_MET, "first_exposure": MET, "last_exposure": LAST_MET, "meetings": 1, **_MADE_UP,
        }
        for person, of in people
        if of in CONTACT_CLASSES
    ]  # fmt: skip
    first = len(CONTACT_CLASSES) + len(ARRIVAL_CLASSES) + CASE + 2
    came = [
        {"person": first + n, "at": TRACED, "origin": origin, "left_day": LAST_MET}
        for n, origin in enumerate(ORIGINS)
    ]
    worker = first + len(ORIGINS)
    places = {course.of: _stay(course.phases[0].place) for course in protocol.courses if course.phases}
    stays: list[Row] = [
        {"person": row["person"], "kind": places.get(row["class"], "home"), "begin": TRACED} for row in met
    ]
    stays.append({"person": worker, "kind": "closed_loop", "begin": 1, "end": TRACED})
    return told(year, protocol.zone, {"arrival": came, "stay": stays}), met


def _stay(place: str) -> str:
    return "central" if place == "central" else "home"


def _days(owed: ir.Table) -> Mapping[tuple[str, int], set[date]]:
    days: dict[tuple[str, int], set[date]] = defaultdict(set)
    for row in owed.select("class", "phase", "due_day").to_pyarrow().to_pylist():
        days[row["class"], row["phase"]].add(row["due_day"])
    return days


def _listed(days: set[date]) -> str:
    """The days, those without a gap as a stretch."""
    stretches: list[list[date]] = []
    for day in sorted(days):
        if stretches and day - stretches[-1][-1] == timedelta(days=1):
            stretches[-1].append(day)
        else:
            stretches.append([day])
    told_ = (
        f"{one[0]:%m-%d} … {one[-1]:%m-%d}" if len(one) > 2 else ", ".join(f"{day:%m-%d}" for day in one)
        for one in stretches
    )
    return ", ".join(told_) or "—"


def _zones(name: str, protocol: Protocol) -> Iterator[str]:
    """The first day each level of zone could be lifted or stepped down, by the days alone."""
    rows = [row for row in protocol.zones if row.level != "none" and row.why != "around"]
    ranks = {row.level: row.rank for row in rows}
    own = list({row.level: row for row in rows if row.rule.edition == name}.values())
    drawn: list[Row] = []
    for n, row in enumerate(own, 1):
        mine = {"level": row.level, "begin": LAST_MET, "authority": "drawn"}
        drawn.append({"area": _FRESH.format(n), **mine})
        graver = [level for level, rank in ranks.items() if rank > row.rank]
        if row.after_step_d and graver:
            before = {"level": graver[0], "begin": 1, "end": LAST_MET, "authority": "drawn"}
            drawn += [{"area": _STEPPED.format(n), **before}, {"area": _STEPPED.format(n), **mine}]
    if not drawn:
        return
    year, zone = _year(protocol), protocol.zone
    nothing = {table: empty(declared) for table, declared in DECISIONS.items()}
    steps = zone_steps(nothing, told(year, zone, {"zone": drawn}), protocol, _noon(year, LAST_MET, zone, 20))
    due = {row["area"]: f"**{row['due_day']:%m-%d}**" for row in steps.to_pyarrow().to_pylist()}
    yield f"**分区 · Zones.** {ZONE_FACTS[0]}{ZONE_FACTS[1]}\n"
    heads = ("级别 · level", "新划定 · drawn", "由高级别降入 · stepped down into", "期满后 · then")
    lines = (
        (
            cell(word(row.level, "level")), due.get(_FRESH.format(n), "—"), due.get(_STEPPED.format(n), "—"),
            cell(word(row.steps_to, "level") if row.steps_to else ("解除", "lifted")),
        )
        for n, row in enumerate(own, 1)
    )  # fmt: skip
    yield from grid(heads, lines)
    yield ""


_FRESH, _STEPPED = "1101010010{:02}", "1101010020{:02}"
ZONE_FACTS: Both = (
    f"3月{LAST_MET}日划定或降入,当日为最近一例,此后无新增,其余条件均已满足:最早何日。",
    f" Drawn, or stepped down into, on {LAST_MET} March, the day of the last case; none since, and every "
    "other condition met: the first day.",
)
