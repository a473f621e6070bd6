"""What goes on the page of a trace, and where is it written? One file that a tracer reads without us."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ringfence import __version__
from ringfence.actions.briefing import ahead_of, ground_of, rules_used, speech_of
from ringfence.actions.deciding import names
from ringfence.actions.store import Store
from ringfence.actions.tracing import Trace
from ringfence.actions.tracing_sheets import Places, places_of, sheet_of
from ringfence.exchange.chart import Spot, chart
from ringfence.exchange.drawing import Map
from ringfence.exchange.render import render_trace
from ringfence.exchange.speech import NOTHING, Row, Speech, Text, span
from ringfence.exchange.trace_page import Changes, Met, Page, Person, Planned, UnitList
from ringfence.tables import person_text
from ringfence.tables.tracing import CHANGES
from ringfence.tables.words import CHANGES as CHANGE_WORDS
from ringfence.tables.words import CLASSES, MUSTS, REASONS, SETTINGS, STATES, zh
from ringfence.tables.words import en as english

MOST_CASES = 60
"""Cases with a sheet of their own; the lists hold everyone's contacts."""
_MOST_OTHERS = 200
"""Of each unit's people who owe nothing by their class, or have none; all others are listed."""
_OTHERS = ("general", None)
_MOST_NEW = 60
"""Of each change; whoever is still listed is marked on the list of their unit as well."""
_MOST_MET = 3
_MOST_SPOTS = 60
_FIRST = 20
_OF_NO_CLASS: Text = ("未列类", "of no class")
_NO_UNIT: Text = ("无责任单位", "no unit is known")


def write(store: Store, found: Trace, output: Path) -> Path:
    """Write the page of a trace as one HTML file that needs nothing else; the path written.

    People stand there by their numbers alone.
    """
    page = render_trace(_page(store, found))
    fresh = output.with_name(f".{output.name}.writing")
    fresh.write_text(page, encoding="utf-8")
    fresh.replace(output)
    return output


def _page(store: Store, found: Trace) -> Page:
    called = names(found.answer.known)
    speech = speech_of(found.answer, called)
    places = places_of(found, speech)
    listed = found.people.filter(pc.is_valid(pc.field("case")))
    people = listed.to_pylist()
    met = by_pair(found.meetings, listed)
    seq, digest = store.journal.head(found.as_of)
    here = [row for row in people if row["change"] != "gone"]
    lists = _Lists(found, speech, places, met)
    return Page(
        place=called.areas.get(store.settings.area, (store.settings.area, store.settings.area)),
        at=speech.time(found.as_of),
        since=speech.time(found.since),
        zone=found.answer.protocol.zone,
        ahead=ahead_of(found.answer),
        exercise=store.journal.exercise,
        store=store.journal.store_id,
        version=__version__,
        stack=found.answer.protocol.stack,
        seq=seq,
        digest=digest,
        figures=_figures(found, here),
        changes=lists.changes(people),
        map=_map(store, found, places, speech),
        sheets=tuple(
            sheet_of(found, case, places, speech, [row for row in here if row["case"] == case["person"]])
            for case in found.cases.slice(0, MOST_CASES).to_pylist()
        ),
        more_cases=max(0, found.cases.num_rows - MOST_CASES),
        units=lists.units(here),
        planned=_planned(found, speech),
        rules=rules_used(found.answer, {row["rule"] for row in people} | _window_rules(found)),
    )


def _window_rules(found: Trace) -> set[str]:
    return set(found.cases["window_rule"].to_pylist())


def by_pair(meetings: pa.Table, people: pa.Table) -> Mapping[tuple[int, int], tuple[int, list[Row]]]:
    """How often each case and person listed met, and the few longest of those meetings, by begin.

    A city's cases meet people millions of times: only what is shown leaves the table.
    """
    pairs = people.select(["case", "person"]).group_by(["case", "person"]).aggregate([])
    numbered = meetings.select(["case", "person"]).append_column("row", pa.array(np.arange(len(meetings))))
    listed = meetings.take(numbered.join(pairs, ["case", "person"], join_type="inner").sort_by("row")["row"])
    case, person = (listed[name].to_numpy() for name in ("case", "person"))
    minutes = pc.fill_null(listed["minutes"], 0).to_numpy()
    order = np.lexsort((listed["begin"].to_numpy(), -minutes, person, case))
    starts = np.ones(len(order), np.bool_)
    starts[1:] = (np.diff(case[order]) != 0) | (np.diff(person[order]) != 0)
    first = np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))
    shown = listed.take(pa.array(np.sort(order[np.arange(len(order)) - first < _MOST_MET])))
    found: dict[tuple[int, int], list[Row]] = {}
    for row in shown.sort_by("begin").to_pylist():
        found.setdefault((row["case"], row["person"]), []).append(row)
    firsts = np.flatnonzero(starts)
    counts = np.diff(np.append(firsts, len(order)))
    keys = zip(case[order[firsts]].tolist(), person[order[firsts]].tolist(), strict=True)
    return {key: (count, found[key]) for key, count in zip(keys, counts.tolist(), strict=True)}


def class_name(row: Row) -> Text:
    """As what somebody counts."""
    return CLASSES[row["class"]] if row["class"] else _OF_NO_CLASS


def _figures(found: Trace, people: Sequence[Row]) -> tuple[tuple[Text, int], ...]:
    """People, each once however many cases they met, by the gravest they count as."""
    once: dict[int, Row] = {}
    for row in people:
        if row["person"] not in once or _grave(row) < _grave(once[row["person"]]):
            once[row["person"]] = row
    counts = Counter(_grave(row) for row in once.values())
    named = {_grave(row): class_name(row) for row in once.values()}
    cases: tuple[Text, int] = (("病例", "cases"), found.cases.num_rows)
    every: tuple[Text, int] = (("接触过的人", "people met"), len(once))
    return (cases, every, *((named[grave], counts[grave]) for grave in sorted(counts)))


def _grave(row: Row) -> int:
    return list(CLASSES).index(row["class"]) if row["class"] else len(CLASSES)


class _Lists:
    """The lists of a page: people with their meetings beside them."""

    def __init__(
        self,
        found: Trace,
        speech: Speech,
        places: Places,
        met: Mapping[tuple[int, int], tuple[int, list[Row]]],
    ) -> None:
        self._found, self._speech, self._places, self._met = found, speech, places, met

    def changes(self, people: Sequence[Row]) -> tuple[Changes, ...]:
        """Those who changed, change by change."""
        listed: list[Changes] = []
        for kind in CHANGES if self._found.since is not None else ():
            some = [row for row in people if row["change"] == kind]
            some.sort(key=lambda row: row["infected"] is not None)
            shown = tuple(map(self._person, some[:_MOST_NEW]))
            listed.append(Changes(kind, CHANGE_WORDS[kind], len(some), shown))
        return tuple(listed)

    def units(self, people: Sequence[Row]) -> tuple[UnitList, ...]:
        """Everyone, unit by unit; whoever lives where none is known comes last."""
        by_unit: dict[str | None, list[Row]] = {}
        for row in people:
            by_unit.setdefault(row["unit"], []).append(row)
        return tuple(
            self._unit(code, by_unit[code])
            for code in sorted(by_unit, key=lambda code: (code is None, code or ""))
        )

    def _unit(self, code: str | None, rows: Sequence[Row]) -> UnitList:
        counts = Counter(class_name(row) for row in rows)
        name = self._speech.unit(code) if code else _NO_UNIT
        best: dict[int, tuple[bool, bool, int]] = {}
        for row in rows:
            standing = (row["infected"] is not None, row["state"] != "late", _grave(row))
            best[row["person"]] = min(best.get(row["person"], standing), standing)
        order = sorted(rows, key=lambda row: (best[row["person"]], row["person"], _grave(row), row["case"]))
        others = [row for row in order if row["class"] in _OTHERS][:_MOST_OTHERS]
        classed = [row for row in order if row["class"] not in _OTHERS]
        people = tuple(map(self._person, [*classed, *others]))
        return UnitList(name, code or "", len(rows), tuple(counts.items()), people)

    def _person(self, row: Row) -> Person:
        count, shown = self._met.get((row["case"], row["person"]), (0, []))
        reasons = [REASONS[one] for one in (row["reasons"] or "").split()]
        return Person(
            person=person_text(row["person"]),
            case=person_text(row["case"]),
            ring=row["ring"],
            via=row["via"] or "",
            change=row["change"] or "",
            changed=CHANGE_WORDS[row["change"]] if row["change"] else NOTHING,
            kind=row["class"] or "none",
            name=class_name(row),
            review=bool(row["review"]),
            infected=CLASSES[row["infected"]] if row["infected"] else ("", ""),
            total=length(row["minutes"]),
            longest=length(row["longest"]),
            reasons=("、".join(one[0] for one in reasons), ", ".join(one[1] for one in reasons)),
            met=tuple(map(self._meeting, shown)),
            more=count - len(shown),
            rule=row["rule"] or "",
            grade=row["grade"] or "",
            must=MUSTS[row["must"]] if row["must"] else NOTHING,
            due=self._speech.time(row["due_at"]),
            state=row["state"] or "",
            state_name=STATES[row["state"]] if row["state"] else NOTHING,
            owed_by=self._speech.unit(row["owed_by"]),
        )

    def _meeting(self, row: Row) -> Met:
        begin, end = self._speech.time(row["begin"]), self._speech.time(row["end"])
        until = end[11:] if begin[:10] == end[:10] else end[5:]
        where = self._places.name(row["place"]) if row["place"] is not None else _setting(row)
        part = ("", "") if row["part"] is None else (f"(部位{row['part']})", f" (part {row['part']})")
        apart: Text = (
            ("", "") if row["lag"] is None else (f",相隔{row['lag']}分", f", {row['lag']} min after")
        )
        reason = REASONS[row["reason"]]
        return Met(
            where=(where[0] + part[0], where[1] + part[1]),
            when=f"{begin[5:]}–{until}",
            length=length(row["minutes"]),
            reason=("", "") if row["reason"] == "visit" else (reason[0] + apart[0], reason[1] + apart[1]),
        )


def _setting(row: Row) -> Text:
    return zh(SETTINGS, row["setting"]), english(SETTINGS, row["setting"])


def length(minutes: int | None) -> Text:
    """A length of time; not every one is known."""
    return ("时长不详", "length not known") if minutes is None else span(minutes)


def _planned(found: Trace, speech: Speech) -> tuple[Planned, ...]:
    rows = found.people.filter(pc.field("case").is_null())
    rings = sorted(set(rows["ring"].to_pylist()))
    return tuple(_ring(ring, rows.filter(pc.field("ring") == ring), speech) for ring in rings)


def _ring(ring: int, rows: pa.Table, speech: Speech) -> Planned:
    first = rows.slice(0, _FIRST).to_pylist()
    shown = ((person_text(row["person"]), length(row["minutes"]), speech.area(row["area"])) for row in first)
    return Planned(ring, rows.num_rows, tuple(shown))


def _map(store: Store, found: Trace, places: Places, speech: Speech) -> Map | None:
    """The areas the visits lie in, those with most people met first; and where the cases live."""
    ground = ground_of(store.settings.area, found.answer.known)
    spots = [Spot("visited", area, people, name, 0) for area, people, name in places.areas(_MOST_SPOTS)]
    homes = Counter(row["area"] for row in found.cases.to_pylist() if row["area"])
    for area, count in sorted(homes.items()):
        lives = speech.area(area)
        spots.append(
            Spot("case", area, count, (f"{lives[0]}:{count}例居住", f"{lives[1]}: home of {count}"), 0)
        )
    return chart(ground, spots, [], speech)
