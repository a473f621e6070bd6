"""What happened in the night, in order, and who says so?"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any as Anything

import ibis.expr.types as ir
import pyarrow as pa

from ringfence.exchange.page import Moment
from ringfence.exchange.speech import Row, Speech, Text
from ringfence.tables import Facts, person_text
from ringfence.tables.words import CLASSES, LEVELS, Word, en, zh

_STEPS: Mapping[str, Word] = {
    "reported": ("已网络直报", "reported"),
    "notified": ("已通知本人", "told"),
    "arrived_on_site": ("流调队到达现场", "tracers on site"),
    "interviewed": ("流调完成", "interviewed"),
    "contacts_listed": ("密接名单已提出", "contacts listed"),
    "placed": ("已到隔离点", "in quarantine"),
    "swabbed": ("已单采", "swabbed singly"),
    "transferred": ("已转运至医院", "moved to hospital"),
    "place_locked": ("点位已管控", "places locked"),
    "visited": ("已上门", "visited"),
    "needs_met": ("需求已解决", "needs met"),
    "closed": ("已办结", "closed"),
    "refused": ("拒绝", "refused"),
}
_MANY = 3
"""From so many at one hour on, the same step is told in one line."""
_REPORTED: Mapping[str, Word] = {
    **CLASSES,
    "suspected": ("疑似病例", "suspected"),
    "excluded": ("排除", "excluded"),
}
CALL = "call"
"""The kind of a call-over."""
DERIVED = "derived"
"""The source of what no fact says but the rules make of the facts."""


@dataclass(frozen=True)
class _Heard:
    """A moment before it is put in order: when, when it became known, what, and from whom."""

    at: datetime
    known: datetime
    kind: str
    text: Text
    source: str = ""


@dataclass(frozen=True)
class _Night:
    facts: Facts
    speech: Speech
    decisions: Mapping[str, pa.Table]
    people: Mapping[str, int] = field(default_factory=dict[str, int])


def moments(
    facts: Facts, decisions: Mapping[str, pa.Table], speech: Speech, instants: Sequence[datetime]
) -> tuple[Moment, ...]:
    """Everything told of the night: results, holds, steps, reports, rounds and zones, by their own time.

    Args:
        facts: what was known at the last instant.
        decisions: what followed from it.
        speech: how the page speaks.
        instants: those of the sheets, in order (naive UTC).
    """
    night = _Night(facts, speech, decisions, _sampled(facts))
    tellers: tuple[Callable[[_Night], Iterable[_Heard]], ...] = (
        _results, _holds, _steps, _reports, _rounds, _zones,
    )  # fmt: skip
    heard = [one for teller in tellers for one in teller(night)]
    heard += [_Heard(at, at, CALL, ("点调", "call-over")) for at in instants]
    heard.sort(key=lambda one: (one.at, one.kind == CALL, one.known, one.text))
    first = min(one.at for one in heard)
    long = (max(instants) - first).total_seconds() or 1.0
    return tuple(
        Moment(
            at=speech.time(one.at),
            known=speech.time(one.known),
            sheet=sum(instant < one.known for instant in instants),
            x=round(1000 * (one.at - first).total_seconds() / long, 1),
            kind=one.kind,
            text=one.text,
            source=one.source,
        )
        for one in heard
    )


def _rows(table: ir.Table) -> list[dict[str, Anything]]:
    return table.to_pyarrow().to_pylist()


def _sampled(facts: Facts) -> Mapping[str, int]:
    """Whose swab is in each tube of one that was not negative."""
    odd = facts["result"].filter(facts["result"].result != "negative").select("tube").distinct()
    return {row["tube"]: row["person"] for row in _rows(facts["sample"].semi_join(odd, "tube"))}


def _results(night: _Night) -> Iterable[_Heard]:
    result, tube = night.facts["result"], night.facts["tube"]
    odd = result.filter(result.result.isin(["positive", "grey"]))
    pools = {row["tube"]: row["pool"] for row in _rows(tube.semi_join(odd, "tube").select("tube", "pool"))}
    for row in _rows(odd):
        grey = row["result"] == "grey"
        what: Text = ("灰区", "grey") if grey else ("阳性", "positive")
        pool = pools.get(row["tube"], 1)
        who = f"P{night.people.get(row['tube'], '?')}"
        if pool > 1:
            text = (f"{pool}人混管 {row['tube']} {what[0]}", f"tube {row['tube']} of {pool} {what[1]}")
            kind = "pool"
        elif row["test"] == "antigen":
            text, kind = (f"{who} 抗原{what[0]}", f"{who} antigen {what[1]}"), "antigen"
        else:
            text, kind = (f"{who} 单管核酸{what[0]}", f"{who} nucleic acid {what[1]} (single)"), "nat"
        yield _Heard(row["reported_at"], row["recorded_at"], kind, text, row["source"] or "")


def _holds(night: _Night) -> Iterable[_Heard]:
    begun: dict[tuple[datetime, str], int] = defaultdict(int)
    ended: dict[tuple[datetime, str], list[int]] = defaultdict(list)
    for row in night.decisions["holds"].select(["person", "begin", "tube", "ended_at", "state"]).to_pylist():
        begun[row["begin"], row["tube"]] += 1
        if row["ended_at"] and row["state"] == "released":
            ended[row["ended_at"], row["tube"]].append(row["person"])
    for (at, tube), count in begun.items():
        text = (
            f"管 {tube} 的 {count} 人就地管控,逐人单采",
            f"the {count} people of tube {tube} held, each to be swabbed",
        )
        yield _Heard(at, at, "hold", text, DERIVED)
    for (at, tube), people in ended.items():
        few = " ".join(map(person_text, sorted(people))) if len(people) <= _MANY else ""
        text = (
            f"{few or f'管 {tube} 的 {len(people)} 人'} 单阴,解除管控",
            f"{few or f'{len(people)} of tube {tube}'} released by a negative",
        )
        yield _Heard(at, at, "release", text, DERIVED)


def _steps(night: _Night) -> Iterable[_Heard]:
    alike: dict[tuple[str, str, datetime], list[Row]] = defaultdict(list)
    for row in _rows(night.facts["step"]):
        hour = row["at"].replace(minute=0, second=0, microsecond=0)
        alike[row["step"], row["source"] or "", hour].append(row)
    for (step, source, _), rows in alike.items():
        word = _STEPS.get(step, (step, step))
        if len(rows) >= _MANY:
            first, last = min(row["at"] for row in rows), max(row["at"] for row in rows)
            upto = night.speech.time(last)[-5:]
            text = (f"{word[0]}:{len(rows)} 例次(至 {upto})", f"{word[1]}: {len(rows)} (until {upto})")
            yield _Heard(first, min(row["recorded_at"] for row in rows), "step", text, source)
            continue
        for row in rows:
            subject = _subject(row["subject"], night.speech)
            text = (f"{subject[0]} {word[0]}", f"{subject[1]}: {word[1]}")
            yield _Heard(row["at"], row["recorded_at"], "step", text, source)


def _subject(subject: str, speech: Speech) -> Text:
    if subject.startswith("A:"):
        return speech.area(subject[2:])
    return subject, subject


def _reports(night: _Night) -> Iterable[_Heard]:
    for row in _rows(night.facts["case_report"]):
        away = ("(外地)", " (from another city)") if row["elsewhere"] else ("", "")
        said = row["status"] or "reported"
        text = (
            f"P{row['person']} 报告为{zh(_REPORTED, said)}{away[0]}",
            f"P{row['person']} reported as {en(_REPORTED, said)}{away[1]}",
        )
        yield _Heard(row["reported_at"], row["recorded_at"], "report", text, row["source"] or "")


def _rounds(night: _Night) -> Iterable[_Heard]:
    alike: dict[tuple[datetime, datetime, str, str], list[Row]] = defaultdict(list)
    for row in _rows(night.facts["round"]):
        alike[row["opens_at"], row["due_at"], row["round"], row["source"] or ""].append(row)
    for (opens, due, _, source), rows in alike.items():
        name = (rows[0]["name_zh"], rows[0]["name_en"] or rows[0]["name_zh"])
        where = _places([row["area"] for row in rows], night.speech)
        known = min(row["recorded_at"] for row in rows)
        text = (f"{name[0]}开始:{where[0]}", f"{name[1]} opens: {where[1]}")
        yield _Heard(opens, known, "round", text, source)
        yield _Heard(due, known, "round", (f"{name[0]}截止", f"{name[1]} is due"), source)


def _zones(night: _Night) -> Iterable[_Heard]:
    alike: dict[tuple[datetime, str, str, str], list[Row]] = defaultdict(list)
    for row in _rows(night.facts["zone"]):
        alike[row["begin"], row["level"], row["notice"] or "", row["source"] or ""].append(row)
    for (begin, level, notice, source), rows in alike.items():
        where = _places([row["area"] for row in rows], night.speech)
        by = (f"第{notice}号通告:", f"Notice {notice}: ") if notice else ("", "")
        text = (
            f"{by[0]}{zh(LEVELS, level)} {len(rows)} 处:{where[0]}",
            f"{by[1]}{len(rows)} {en(LEVELS, level)}: {where[1]}",
        )
        yield _Heard(begin, min(row["recorded_at"] for row in rows), "zone", text, source)


def _places(codes: Sequence[str], speech: Speech) -> Text:
    named = [speech.names.get(code) or speech.area(code) for code in sorted(codes)]
    return "、".join(name[0] for name in named), ", ".join(name[1] for name in named)
