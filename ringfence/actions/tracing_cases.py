"""Whose contacts are traced, and from and until when could they be met?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from ringfence.actions.deciding import Answer
from ringfence.areas import contains
from ringfence.engine.chain import meetings
from ringfence.engine.search import Search, Visits
from ringfence.engine.swabs import homes_of
from ringfence.errors import InputError, NotFoundError
from ringfence.protocol import Protocol
from ringfence.protocol.bounds import least_minutes
from ringfence.tables import person_text
from ringfence.tables.decisions import CASES
from ringfence.tables.tracing import TRACED_CASES


@dataclass(frozen=True)
class Asked:
    """Whom to trace, and how far.

    people: these; every case decided where absent.
    begin, end: when the named could be met, whatever was decided of them; `end` absent: until the instant
        asked about.
    rings: 1: who met the cases, and whoever the rules class for meeting those; more: for planning, everyone
        who met the ring before.
    every: those as well who shared less time than any rule asks for.
    most_visits: for planning, a place counts where no day has more visits to it than this.
    """

    people: tuple[int, ...] | None = None
    begin: datetime | None = None
    end: datetime | None = None
    rings: int = 1
    every: bool = False
    most_visits: int | None = None


def check(asked: Asked) -> None:
    """InputError where what is asked contradicts itself."""
    if asked.begin is None and asked.end is not None:
        raise InputError("--until needs --from: from when until when could they be met?")
    if asked.begin is not None and not asked.people:
        raise InputError("--from needs --case: whose window is it?")
    if asked.begin is not None and asked.end is not None and asked.begin >= asked.end:
        raise InputError("--from is not before --until; give an earlier one")
    if asked.rings < 1:
        raise InputError(f"--ring {asked.rings} is not a ring; the first is 1")


def rules_for(answer: Answer, area: str | None) -> Protocol:
    """The rules of the narrowest part of the store's area that holds an area; the widest where unknown."""
    held = [one for one in answer.rules[1:] if area is not None and contains(one.area, area)]
    return held[-1] if held else answer.protocol


def traced_cases(answer: Answer, asked: Asked) -> pa.Table:
    """Whom to trace (see `tables.tracing.TRACED_CASES`), by number.

    Raises:
        NotFoundError: somebody named is no case as of then, and no window was given.
    """
    cases = answer.decisions["cases"]
    if asked.people is not None:
        cases = cases.filter(pc.field("person").isin(list(asked.people)))
    decided = {row["person"]: row for row in cases.to_pylist()}
    if asked.begin is not None:
        rows = _with_window(answer, asked, decided)
    else:
        unknown = [person_text(person) for person in asked.people or () if person not in decided]
        if unknown:
            raise NotFoundError(
                f"{', '.join(unknown)}: no case as of then; to trace them anyhow, give --from"
            )
        rows = [_decided(answer, row) for row in decided.values()]
    rows.sort(key=lambda row: row["person"])
    return pa.Table.from_pylist(rows, TRACED_CASES.schema)


def _decided(answer: Answer, case: Mapping[str, Any]) -> dict[str, Any]:
    begin = case["window_from"]
    end = None if begin is None else min(case["window_to"] or answer.as_of, answer.as_of)
    return {
        "person": case["person"],
        "class": case["class"],
        "begin": begin,
        "end": end,
        "lingers_min": case["lingers_min"],
        "window_rule": case["window_rule"],
        "area": case["area"],
        **_by_rules(rules_for(answer, case["area"])),
    }


def _by_rules(protocol: Protocol) -> dict[str, Any]:
    first = [rule for rule in protocol.contacts if rule.ring == 1]
    return {"least_min": least_minutes(first), "edition": " + ".join(protocol.stack)}


def _with_window(
    answer: Answer, asked: Asked, decided: Mapping[int, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Rows for people named with a window: how long their air counts is the most any rule of theirs says."""
    people = ibis.memtable(pa.table({"person": pa.array(asked.people or (), pa.int64())}))
    homes = homes_of(answer.known, people).to_pyarrow().to_pylist()
    where = {row["person"]: row["area"] for row in homes}
    rows: list[dict[str, Any]] = []
    for person in sorted(set(asked.people or ())):
        protocol = rules_for(answer, where.get(person))
        rows.append({
            "person": person,
            "class": decided[person]["class"] if person in decided else None,
            "begin": asked.begin,
            "end": min(asked.end or answer.as_of, answer.as_of),
            "lingers_min": max((rule.lingers_min for rule in protocol.windows), default=0),
            "window_rule": None,
            "area": where.get(person),
            **_by_rules(protocol),
        })  # fmt: skip
    return rows


def could_be_met(cases: pa.Table) -> pa.Table:
    """Those of the traced with a window in which they could be met."""
    return cases.filter(pc.field("begin") < pc.field("end"))


def judged(answer: Answer, cases: pa.Table, asked: Asked, visits: Visits) -> tuple[pa.Table, pa.Table]:
    """What the engine says of meetings with the traced: exposures and contacts; `visits` are those known.

    Of decided cases it is what was decided; of windows that were given, what the same rules say of them.
    """
    if asked.begin is None:
        decided = answer.decisions
        of = pc.field("case").isin(cases["person"])
        return decided["exposures"], decided["contacts"].filter(of)
    found = [_supposed(answer, rows, visits) for rows in _by_protocol(answer, could_be_met(cases))]
    exposures = [one["exposures"].to_pyarrow() for one in found] or [
        answer.decisions["exposures"].slice(0, 0)
    ]
    contacts = [one["contacts"].to_pyarrow() for one in found] or [answer.decisions["contacts"].slice(0, 0)]
    return pa.concat_tables(exposures), pa.concat_tables(contacts)


def _by_protocol(answer: Answer, cases: pa.Table) -> list[tuple[Protocol, list[dict[str, Any]]]]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in cases.to_pylist():
        rows.setdefault(rules_for(answer, row["area"]).area, []).append(row)
    return [(protocol, rows[protocol.area]) for protocol in answer.rules if protocol.area in rows]


def _supposed(
    answer: Answer, of: tuple[Protocol, Sequence[Mapping[str, Any]]], visits: Visits
) -> Mapping[str, Any]:
    protocol, rows = of
    cases = [
        {
            "person": row["person"], "detected_at": answer.as_of, "window_from": row["begin"],
            "window_to": row["end"], "lingers_min": row["lingers_min"],
        }
        for row in rows
    ]  # fmt: skip
    told = ibis.memtable(pa.Table.from_pylist(cases, CASES.schema))
    searched = Search(answer.known, visits.met, visits.met)
    return meetings(told, answer.known, protocol, answer.as_of, searched)
