"""What stands on the sheet of one case: its window, where it was, whom it met there?"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow.compute as pc

from ringfence.actions.tracing import Trace
from ringfence.areas import at_level
from ringfence.exchange.rings import Around, Rings, rings
from ringfence.exchange.speech import NOTHING, Row, Speech, Text, short, span
from ringfence.exchange.timeline import Stop, Timeline, timeline
from ringfence.exchange.trace_page import Sheet, Visited
from ringfence.tables import person_text
from ringfence.tables.words import CLASSES, REASONS, SETTINGS

_AS_GIVEN: Text = ("自定时段", "window as given")
_NO_WINDOW: Text = ("没有规则给出传染期", "no rule gives a window")
_COMPOUND = ("grid", "community", "town", "district")
_OTHERWISE = ("told", "lives_with", "tie")


@dataclass(frozen=True)
class Places:
    """The places the cases were in: what they are called, where they lie, and who was met in them."""

    rows: Mapping[int, Row]
    speech: Speech
    people: Mapping[int, frozenset[int]] = field(default_factory=dict[int, frozenset[int]])
    """Those met in each place, by all the cases."""

    def name(self, place: int) -> Text:
        """What a place is called; its number where nobody said."""
        row = self.rows.get(place)
        return (row["name_zh"], row["name_en"] or row["name_zh"]) if row else (str(place), str(place))

    def area(self, place: int) -> Text:
        """Where a place lies, down to its compound."""
        return self.speech.area(self._compound(place))

    def kind(self, place: int) -> Text:
        """What sort of place it is."""
        row = self.rows.get(place)
        return SETTINGS[row["kind"]] if row else NOTHING

    def _compound(self, place: int) -> str | None:
        row = self.rows.get(place)
        if row is None:
            return None
        levels = (at_level(row["area"], level) for level in _COMPOUND)
        return next((area for area in levels if area), row["area"])

    def areas(self, most: int) -> list[tuple[str, int, Text]]:
        """Compounds with places in them, most people met first: code, people, words."""
        inside: dict[str, set[int]] = {}
        within: dict[str, list[int]] = {}
        for place in self.people:
            if area := self._compound(place):
                inside.setdefault(area, set()).update(self.people[place])
                within.setdefault(area, []).append(place)
        order = sorted(inside, key=lambda area: (-len(inside[area]), area))
        return [
            (area, len(inside[area]), self._said(area, within[area], len(inside[area])))
            for area in order[:most]
        ]

    def _said(self, area: str, places: Sequence[int], people: int) -> Text:
        named = [self.name(place) for place in sorted(places)]
        where = self.speech.area(area)
        zh, en = "、".join(one[0] for one in named), ", ".join(one[1] for one in named)
        return f"{where[0]}:{zh},接触{people:,}人", f"{where[1]}: {en}; {people:,} met"


def places_of(found: Trace, speech: Speech) -> Places:
    """The places of a trace."""
    known = pc.unique(found.visits["place"]).to_pylist()
    place = found.answer.known["place"]
    rows = place.filter(place.place.isin(known)).to_pyarrow().to_pylist() if known else []
    people: dict[int, set[int]] = {number: set() for number in known}
    met = found.meetings.filter((pc.field("ring") == 1) & pc.is_valid(pc.field("place")))
    for number, person in zip(met["place"].to_pylist(), met["person"].to_pylist(), strict=True):
        people.setdefault(number, set()).add(person)
    by_place = {number: frozenset(who) for number, who in people.items()}
    return Places({row["place"]: row for row in rows}, speech, by_place)


def sheet_of(found: Trace, case: Row, places: Places, speech: Speech, people: Sequence[Row]) -> Sheet:
    """The sheet of a case; `people` are the rows of the trace about it."""
    person = case["person"]
    met = found.meetings.filter((pc.field("case") == person) & (pc.field("ring") == 1)).to_pylist()
    visits = found.visits.filter(pc.field("person") == person).to_pylist()
    numbers = {place: n for n, place in enumerate(dict.fromkeys(row["place"] for row in visits), 1)}
    close = {row["person"] for row in people if row["class"] == "close"}
    counts = Counter((row["class"] or "none", _class_name(row)) for row in people)
    return Sheet(
        person=person_text(person),
        name=CLASSES[case["class"]] if case["class"] else _AS_GIVEN,
        fresh=person in found.new_cases,
        window=_window(case, speech),
        rule=_rule(found, case),
        rule_id=case["window_rule"] or "",
        air=case["lingers_min"],
        least=case["least_min"],
        home=speech.area(case["area"]),
        counts=tuple((kind, name, count) for (kind, name), count in counts.items()),
        timeline=_timeline(case, visits, met, (numbers, places, close), speech),
        places=_visited(visits, met, numbers, places, close),
        rings=_rings(met, people, numbers, places),
    )


def _class_name(row: Row) -> Text:
    return CLASSES[row["class"]] if row["class"] else ("未列类", "of no class")


def _window(case: Row, speech: Speech) -> Text:
    if case["begin"] is None:
        return _NO_WINDOW
    said = f"{short(speech.time(case['begin']))} → {short(speech.time(case['end']))}"
    return said, said


def _rule(found: Trace, case: Row) -> Text:
    rule = found.answer.protocol.rules.get(case["window_rule"] or "")
    return (rule.zh, rule.en) if rule else NOTHING


_Where = tuple[Mapping[int, int], Places, set[int]]


def _timeline(
    case: Row, visits: Sequence[Row], met: Sequence[Row], where: _Where, speech: Speech
) -> Timeline | None:
    if case["begin"] is None or case["begin"] >= case["end"]:
        return None
    numbers, places, close = where
    by_visit: dict[int, set[int]] = {}
    for row in met:
        if row["reason"] in ("visit", "air"):
            by_visit.setdefault(row["evidence"][0], set()).add(row["person"])
    stops = [
        _stop(
            row,
            by_visit.get(row["fact"], set()),
            close,
            (numbers[row["place"]], places.name(row["place"])),
            speech,
        )
        for row in visits
    ]
    return timeline(speech.local(case["begin"]), speech.local(case["end"]), stops)


def _stop(row: Row, people: set[int], close: set[int], place: tuple[int, Text], speech: Speech) -> Stop:
    begin, end = speech.local(row["begin"]), None if row["scan"] else speech.local(row["end"])
    kind = "close" if people & close else "met" if people else "alone"
    times = f"{begin:%H:%M}" + (f"–{end:%H:%M}" if end else "")
    number, name = place
    zh = f"{times} {number}. {name[0]},同时段{len(people)}人"
    return Stop(begin, end, number, kind, (zh, f"{times} {number}. {name[1]}, {len(people)} others"))


def _visited(
    visits: Sequence[Row], met: Sequence[Row], numbers: Mapping[int, int], places: Places, close: set[int]
) -> tuple[Visited, ...]:
    times = Counter(row["place"] for row in visits)
    people: dict[int, set[int]] = {}
    for row in met:
        if row["place"] is not None:
            people.setdefault(row["place"], set()).add(row["person"])
    return tuple(
        Visited(
            number, places.name(place), places.area(place), places.kind(place), times[place],
            len(people.get(place, set())), len(people.get(place, set()) & close),
        )
        for place, number in numbers.items()
    )  # fmt: skip


def _rings(
    met: Sequence[Row], people: Sequence[Row], numbers: Mapping[int, int], places: Places
) -> Rings | None:
    """Everyone around a case, by the place they were together in longest; ring 2 by whom they met."""
    slices = {place: n for n, place in enumerate(numbers)}
    names: list[Text] = [_numbered(numbers[place], places.name(place)) for place in numbers]
    names += [REASONS[reason] for reason in _OTHERWISE]
    longest: dict[int, tuple[int, int]] = {}
    for row in met:
        slice_ = slices.get(row["place"])
        if slice_ is None:
            slice_ = len(slices) + (_OTHERWISE.index(row["reason"]) if row["reason"] in _OTHERWISE else 0)
        longest[row["person"]] = max(longest.get(row["person"], (-1, 0)), (row["minutes"] or 0, slice_))
    around: list[Around] = []
    for row in people:
        vias = (row["via"] or "").split() if row["ring"] > 1 else []
        via = vias[0] if vias else ""
        of = int(via[1:]) if via else row["person"]
        slice_ = longest.get(of, (0, len(slices)))[1]
        around.append(Around(
            person_text(row["person"]), row["ring"], row["class"] or "", row["infected"] is not None,
            slice_, via, _told(row, via),
        ))  # fmt: skip
    return rings(around, names)


def _numbered(number: int, name: Text) -> Text:
    return f"{number}. {name[0]}", f"{number}. {name[1]}"


def _told(row: Row, via: str) -> Text:
    who, (zh, en) = person_text(row["person"]), _class_name(row)
    long_ = span(row["minutes"]) if row["minutes"] is not None else ("时长不详", "length not known")
    by = (f",经{via}", f", via {via}") if via else ("", "")
    return f"{who} {zh}{by[0]} {long_[0]}", f"{who} {en}{by[1]} {long_[1]}"
