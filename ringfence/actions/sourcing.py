"""Who, or what place, could have infected a case? Its incubation searched backwards."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from ringfence.actions.deciding import Answer
from ringfence.actions.indexing import indexes
from ringfence.actions.infections import Ill, check_cases, ill_people
from ringfence.actions.journeys import arrivals
from ringfence.actions.places import Stay, covered, place_kinds, stays, subjects_of, touches
from ringfence.actions.store import Store
from ringfence.columns.contact_index import ContactIndex
from ringfence.columns.contact_search import Meeting, instants, meetings, own_visits, spans_of
from ringfence.engine.days import day_of
from ringfence.engine.exposures import exposures
from ringfence.tables import person_text
from ringfence.tables.searches import LEADS, SOURCES

_TOGETHER = 64
"""Cases searched for at a time: their meetings with everybody are listed, then those with the ill kept."""
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Met:
    """A meeting of a case (`index`) with somebody else; `left`: when who left the air came and went."""

    index: int
    person: int
    begin: datetime
    end: datetime
    minutes: int | None
    left: tuple[datetime, datetime] | None
    place: int | None
    setting: str | None
    relation: str | None
    evidence: tuple[int, ...]


@dataclass(frozen=True)
class Sourced:
    """The possible sources (`tables.searches.SOURCES`), and the cases whose incubation is not known."""

    rows: pa.Table
    unknown: tuple[int, ...]


def sources(store: Store, answer: Answer, people: Sequence[int] = ()) -> Sourced:
    """Who and where could have infected some cases, the likeliest first.

    First come known cases who were infectious when they met, then people whose first sign came after the
    meeting, then journeys from elsewhere, then places other cases had been in as well, by how many. Among
    people those who live together come first, then by the time together.

    Args:
        store: the visits, by its contact index.
        answer: the cases, as of its instant.
        people: which cases; all that no other city keeps where empty.

    Raises:
        NotFoundError: one of them is not a case.
    """
    check_cases(answer, people)
    ill = ill_people(answer)
    here = [row["person"] for row in answer.decisions["cases"].to_pylist() if not row["elsewhere"]]
    asked = [ill[person] for person in people or here]
    known = [one for one in asked if one.infected is not None]
    index = indexes(store, answer.as_of)[0]
    beside = Beside(place_kinds(answer), _otherwise(index, known, ill, answer), arrivals(known, answer))
    unknown = tuple(one.person for one in asked if one.infected is None)
    return Sourced(searched(index, known, ill, beside), unknown)


@dataclass(frozen=True)
class Beside:
    """What is known beside visits: what sort of place each is, other meetings, and journeys, by case."""

    kinds: Mapping[int, str] = field(default_factory=dict[int, str])
    met: Sequence[Met] = ()
    came: Mapping[int, list[dict[str, Any]]] = field(default_factory=dict[int, list[dict[str, Any]]])


def searched(index: ContactIndex, known: Sequence[Ill], ill: Mapping[int, Ill], beside: Beside) -> pa.Table:
    """The possible sources of some cases whose incubation is known (see `sources`).

    Args:
        index: the visits.
        known: the cases.
        ill: everybody ill, by person.
        beside: what is known of them beside visits.
    """
    met: dict[int, list[Met]] = defaultdict(list)
    for one in (*_by_visit(index, known, ill, beside.kinds), *beside.met):
        met[one.index].append(one)
    shared = _places(index, known, ill, beside.kinds)
    rows: list[dict[str, Any]] = []
    for one in known:
        found = [*_people(met[one.person], ill), *beside.came.get(one.person, ()), *shared[one.person]]
        found.sort(key=_likeliest)
        rows += [_row(one, rank, lead) for rank, lead in enumerate(found, 1)]
    return pa.Table.from_pylist(rows, SOURCES.schema)


def _spans(known: Iterable[Ill]) -> pa.Table:
    return subjects_of((one.person, *one.infected) for one in known if one.infected is not None)


def _by_visit(
    index: ContactIndex, known: Sequence[Ill], ill: Mapping[int, Ill], kinds: Mapping[int, str]
) -> Iterator[Met]:
    """Meetings with somebody ill in a place, those who had left its infectious air included."""
    for lasts in sorted({one.lingers_min for one in ill.values()}):
        others = {person: one for person, one in ill.items() if one.lingers_min == lasts}
        for low in range(0, len(known), _TOGETHER):
            subjects = _spans(known[low : low + _TOGETHER])
            met = meetings(index, subjects, Meeting(lasts, backwards=True))
            met = met.filter(pc.is_in(met["person"], pa.array(sorted(others), pa.int64())))
            left = _left(index, subjects, others, lasts) if met["lag"].null_count < met.num_rows else {}
            for row in met.to_pylist():
                # Another room has air of its own.
                if row["lag"] is None or row["near"] is not False:
                    yield Met(
                        row["index"], row["person"], row["begin"], row["end"], row["minutes"],
                        None if row["lag"] is None else left[row["fact"]], row["place"],
                        kinds.get(row["place"]), None, (row["own_fact"], row["fact"]),
                    )  # fmt: skip


def _left(
    index: ContactIndex, subjects: pa.Table, others: Iterable[int], lasts: int
) -> dict[int, tuple[datetime, datetime]]:
    """When the others came where they had been and left it, by visit."""
    begin = pc.min(subjects["begin"]).as_py() - lasts * _MINUTE
    end = pc.max(subjects["end"]).as_py()
    return {
        stay.fact: (stay.begin, stay.end)
        for stay in stays(index, subjects_of((one, begin, end) for one in others))
    }


def _otherwise(
    index: ContactIndex, known: Sequence[Ill], ill: Mapping[int, Ill], answer: Answer
) -> list[Met]:
    """Meetings with somebody ill at home, by a standing tie where no visits were recorded, and as told."""
    subjects = ibis.memtable(_spans(known))
    told = answer.known["interview"]
    turned = told.mutate(case=told.person, person=told.case).select(told.columns)
    both = told.union(turned).distinct()
    facts = {**answer.known, "visit": _own(index, known, answer), "interview": both}
    found = exposures(subjects, facts, answer.protocol, ring=2)
    found = found.filter(found.place.isnull() | found.relation.notnull())
    found = found.filter(found.person.isin(sorted(ill)))
    return [
        Met(
            row["index"], row["person"], row["begin"], row["end"], row["minutes"], None, row["place"],
            row["setting"], row["relation"], tuple(row["evidence"]),
        )
        for row in (found.to_pyarrow().to_pylist() if known else ())
    ]  # fmt: skip


def _own(index: ContactIndex, known: Sequence[Ill], answer: Answer) -> ibis.Table:
    """The cases' own visits as facts: a tie says nothing of a place they have visits in."""
    own = own_visits(index, spans_of(_spans(known))).own
    visits = pa.table({
        "person": own.subject, "place": own.place, "enter": instants(own.begin), "leave": instants(own.end),
        "part": pa.nulls(len(own.place), pa.int32()), "seat_row": pa.nulls(len(own.place), pa.int32()),
        "fact": own.fact,
    })  # fmt: skip
    table = ibis.memtable(visits)
    return table.mutate(day=day_of(table.enter, answer.protocol.offsets))


def _people(met: Sequence[Met], ill: Mapping[int, Ill]) -> Iterator[dict[str, Any]]:
    """The ill a case met: as infectious at the time where a meeting was, else as positive later."""
    of: dict[int, list[Met]] = defaultdict(list)
    for one in met:
        of[one.person].append(one)
    for person, rows in of.items():
        other = ill[person]
        infectious = [inside for row in rows if (inside := _infectious(row, other)) is not None]
        later = [row for row in rows if other.first_sign > row.begin]
        lead, counted = ("infectious", infectious) if infectious else ("later", later)
        if counted:
            yield {"lead": lead, "person": person, **_summed(counted)}


def _infectious(met: Met, other: Ill) -> Met | None:
    """What of a meeting lies in the other's infectious window; None where nothing does."""
    if other.since is None:
        return None
    until = other.until or datetime.max  # noqa: DTZ901 - instants are naive UTC
    if met.left is not None:
        came, left = met.left
        at_once = came == left and other.since <= came < until
        left = min(left, until)
        # Their air counts from when they left, or from when they were infectious no longer.
        aired = met.begin - left < other.lingers_min * _MINUTE
        return met if aired and (at_once or max(came, other.since) < left) else None
    begin, end = max(met.begin, other.since), min(met.end, until)
    if met.begin == met.end:
        return met if other.since <= met.begin < until else None
    if begin >= end:
        return None
    return replace(
        met, begin=begin, end=end, minutes=None if met.minutes is None else (end - begin) // _MINUTE
    )


def _summed(met: Sequence[Met]) -> dict[str, Any]:
    """Meetings with one person, together."""
    timed = [(row.begin, row.end) for row in met if row.minutes is not None]
    places = {row.place for row in met}
    nearest = min(met, key=lambda row: (row.relation != "lives_with", row.relation is None, row.begin))
    return {
        "place": next(iter(places)) if len(places) == 1 else None,
        "setting": nearest.setting,
        "relation": nearest.relation,
        "first": min(row.begin for row in met),
        "last": max(row.end for row in met),
        "meetings": len(met),
        "minutes": covered(timed) // _MINUTE if timed else None,
        "evidence": sorted({fact for row in met for fact in row.evidence}),
    }


def _places(
    index: ContactIndex, known: Sequence[Ill], ill: Mapping[int, Ill], kinds: Mapping[int, str]
) -> Mapping[int, list[dict[str, Any]]]:
    """The places a case visited in the span, where other cases had been in that span too."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    spans = [one.infected for one in known if one.infected is not None]
    if not spans:
        return found
    begin, end = min(span[0] for span in spans), max(span[1] for span in spans)
    there = stays(index, subjects_of((one.person, begin, end) for one in ill.values() if one.case))
    at: dict[int, list[Stay]] = defaultdict(list)
    for stay in there:
        at[stay.place].append(stay)
    for one in known:
        mine: dict[int, list[Stay]] = defaultdict(list)
        for stay in stays(index, _spans([one])):
            mine[stay.place].append(stay)
        for place, own in mine.items():
            others = [stay for stay in at[place] if stay.person != one.person and touches(stay, one.infected)]
            if others:
                found[one.person].append(_shared(own, others, kinds.get(place)))
    return found


def _shared(own: Sequence[Stay], others: Sequence[Stay], kind: str | None) -> dict[str, Any]:
    timed = [(stay.begin, stay.end) for stay in own if not stay.scan]
    who = sorted({stay.person for stay in others})
    return {
        "lead": "place",
        "place": own[0].place,
        "setting": kind,
        "first": min(stay.begin for stay in own),
        "last": max(stay.end for stay in own),
        "meetings": len(own),
        "minutes": covered(timed) // _MINUTE if timed else None,
        "others": len(who),
        "who": " ".join(map(person_text, who)),
        "evidence": sorted({stay.fact for stay in (*own, *others)}),
    }


def _likeliest(lead: Mapping[str, Any]) -> tuple[Any, ...]:
    time = lead.get("minutes")
    return (
        LEADS.index(lead["lead"]),
        -(lead.get("others") or 0),
        lead.get("relation") != "lives_with",
        -1 if time is None else -1 - time,
        -lead["meetings"],
        lead.get("person") or lead.get("place") or 0,
    )


def _row(case: Ill, rank: int, lead: Mapping[str, Any]) -> dict[str, Any]:
    begin, end = case.infected or (None, None)
    rule, edition, grade = case.rule
    return {
        "case": case.person, "rank": rank, **lead, "infected_from": begin, "infected_to": end,
        "rule": rule, "edition": edition, "grade": grade,
    }  # fmt: skip
