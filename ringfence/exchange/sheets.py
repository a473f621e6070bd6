"""What does a commander see at one instant? The sheet of a brief, filled from the decisions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any as Anything

import pyarrow as pa
import pyarrow.compute as pc

from ringfence.areas import at_level
from ringfence.exchange.chart import Ground, Spot, Town, chart
from ringfence.exchange.doors import EXCUSED, MISSING, SAMPLED, STRANGERS
from ringfence.exchange.ledger import Ledger
from ringfence.exchange.listing import COLUMNS, clock_name
from ringfence.exchange.page import (
    Clock,
    Coverage,
    Covered,
    Due,
    FigureRows,
    Listed,
    Load,
    Number,
    Sheet,
    Step,
)  # fmt: skip
from ringfence.exchange.speech import Speech, Text, left, short
from ringfence.exchange.summary import groups, headline
from ringfence.exchange.views import Standing, Views
from ringfence.tables.words import CLASSES, DUTIES, LEVELS, MUSTS, STATES

_LATE_SHOWN = 10
_SOON_SHOWN = 8
_UNITS_SHOWN = 12
_CLOCKS_SHOWN = 80
_NOBODY = ("负责单位不明", "no unit is answerable")
_LIST_NAMES: Mapping[str, Text] = {
    "cases": ("病例", "Cases"),
    "pools": ("混管异常", "Positive tubes"),
    "holds": ("临时管控", "Holds"),
    "contacts": ("接触者", "Contacts"),
    "courses": ("隔离疗程", "Courses"),
    "zones": ("划区建议", "Zones proposed"),
    "clocks": ("时限", "Clocks"),
    "tasks": ("任务(不含采样)", "Tasks (but sampling)"),
}
_DOORS = ("应检尽检,逐户", "Coverage, door by door")


def fill(standing: Standing, before: Mapping[str, int] | None, ledger: Ledger, ground: Ground) -> Sheet:
    """The sheet of an instant; its rows go into the ledger.

    Args:
        standing: how things stand.
        before: the figures of the call-over before, by id; None at the first.
        ledger: keeps the rows behind the numbers.
        ground: what is known of the ground.
    """
    views = Views(ledger, standing)
    views.take_in(COLUMNS)
    counts = {figure.id: figure.rows.num_rows for figure in standing.figures}
    coverage = _coverage(views)
    late, soon = _due(views)
    load = _load(views)
    heads, clocks = _clocks(standing)
    return Sheet(
        at=standing.speech.time(standing.as_of),
        summary=headline(counts, before),
        figures=_figures(views, before),
        late=late,
        soon=soon,
        load=load[:_UNITS_SHOWN],
        load_all=_load_list(ledger, load),
        map=chart(ground, _spots(views), _towns(coverage), standing.speech),
        clock_heads=heads,
        clocks=clocks,
        coverage=tuple(round_ for round_, _ in coverage),
        lists=_lists(views),
        seq=standing.seq,
        digest=standing.digest,
        stack=standing.protocol.stack,
    )


def _figures(views: Views, before: Mapping[str, int] | None) -> tuple[FigureRows, ...]:
    return tuple(
        FigureRows(
            id=figure.id,
            name=figure.name,
            table=figure.table,
            number=views.rows(figure.table, figure.name, figure.rows),
            change=figure.rows.num_rows - before[figure.id] if before else None,
        )
        for figure in views.standing.figures
    )


def _due(views: Views) -> tuple[tuple[Due, ...], tuple[Due, ...]]:
    """The late things and the next due, one line for each unit, thing and due time."""
    standing = views.standing
    tasks = standing.decisions["tasks"]
    owed = groups(tasks)
    late = owed.filter(pc.field("state") == "late").slice(0, _LATE_SHOWN).to_pylist()
    soon = owed.filter((pc.field("state") == "open") & pc.is_valid(pc.field("due_at"))).slice(0, _SOON_SHOWN)
    parts = views.tasks_by("unit", "must", "due_at", "state", "rule")

    def line(row: Mapping[str, Anything]) -> Due:
        first = tasks.slice(row["first"], 1).to_pylist()[0]
        must = MUSTS[row["must"]]
        unit = _unit(standing.speech, row["unit"])
        name = (f"{unit[0]}:{must[0]}", f"{unit[1]}: {must[1]}")
        key = (row["unit"], row["must"], row["due_at"], row["state"], row["rule"])
        return Due(
            must=must, unit=unit, about=_about(standing.speech, first["subject"]),
            due=standing.speech.time(row["due_at"]), left=left(row["due_at"], standing.as_of),
            late=row["state"] == "late", rule=row["rule"], grade=first["grade"],
            why=standing.speech.why("tasks", first),
            number=Number(row["count"], views.ledger.view(name, row["count"], parts[key])),
        )  # fmt: skip

    return tuple(map(line, late)), tuple(map(line, soon.to_pylist()))


def _about(speech: Speech, subject: str) -> Text:
    return speech.area(subject[2:]) if subject.startswith("A:") else (subject, subject)


def _unit(speech: Speech, unit: str | None) -> Text:
    return speech.unit(unit) if unit else _NOBODY


def _load(views: Views) -> tuple[Load, ...]:
    """Every unit and duty, with what is late, open and done."""
    parts = views.tasks_by("unit", "duty", "state")
    lines: list[Load] = []
    for row in views.standing.load.to_pylist():
        unit, duty = _unit(views.standing.speech, row["unit"]), DUTIES[row["duty"]]
        numbers: dict[str, Number] = {}
        for state in ("late", "open", "done"):
            word = STATES[state]
            name = (f"{unit[0]}·{duty[0]}:{word[0]}", f"{unit[1]}, {duty[1]}: {word[1]}")
            found = parts.get((row["unit"], row["duty"], state), [])
            numbers[state] = Number(row[state], views.ledger.view(name, row[state], found))
        lines.append(Load(unit, duty, numbers["late"], numbers["open"], numbers["done"]))
    return tuple(lines)


def _load_list(ledger: Ledger, load: Sequence[Load]) -> Number:
    """The view of every unit and duty; its numbers open views in turn."""
    columns = [
        ["unit", "text", "责任单位", "Unit"],
        ["duty", "text", "职责", "Duty"],
        ["late", "view", "超时", "Late"],
        ["open", "view", "待办", "Open"],
        ["done", "view", "已办", "Done"],
    ]
    ids = [
        ledger.row(
            "load",
            columns,
            (ledger.text(line.unit), ledger.text(line.duty), line.late.view, line.open.view, line.done.view),
        )
        for line in load
    ]
    name = ("谁还欠什么", "Who owes what")
    return Number(len(ids), ledger.view(name, len(ids), [{"t": "load", "ids": ids}]))


def _clocks(standing: Standing) -> tuple[tuple[Text, ...], tuple[Clock, ...]]:
    """A row a case or tube, a cell a clock of the edition; those with something late come first."""
    rules = [rule.rule.id for rule in standing.protocol.clocks]
    cells: dict[str, dict[str, Mapping[str, Anything]]] = {}
    for row in standing.decisions["clocks"].to_pylist():
        cells.setdefault(row["subject"], {})[row["clock"]] = row
    rules = [rule for rule in rules if any(rule in running for running in cells.values())]
    order = sorted(
        cells, key=lambda subject: (-sum(r["state"] == "late" for r in cells[subject].values()), subject)
    )
    limits = {rule.rule.id: rule.limit_h for rule in standing.protocol.clocks}
    names = [clock_name(rule, standing.protocol) for rule in rules]
    heads = tuple(
        (f"{zh} {limits[rule]}h", f"{en} {limits[rule]} h")
        for rule, (zh, en) in zip(rules, names, strict=True)
    )
    classes = {
        f"P{row['person']}": CLASSES[row["class"]]
        for row in standing.decisions["cases"].select(["person", "class"]).to_pylist()
    }
    tube = ("混管", "tube")
    return heads, tuple(
        Clock(
            subject,
            classes.get(subject, tube),
            tuple(_step(cells[subject].get(rule), standing) for rule in rules),
        )
        for subject in order[:_CLOCKS_SHOWN]
    )


def _step(row: Mapping[str, Anything] | None, standing: Standing) -> Step | None:
    if row is None:
        return None
    done = short(standing.speech.time(row["done_at"]))[-5:]
    time = (done, done) if row["done_at"] else left(row["due_at"], standing.as_of)
    return Step(row["state"], STATES[row["state"]], time, row["grade"], standing.speech.why("clocks", row))


def _coverage(views: Views) -> list[tuple[Coverage, str]]:
    """Each round, the last to open first, by district and town; with its id."""
    counted = _counted(views.standing.decisions["coverage"])
    found: list[tuple[Coverage, str]] = []
    names: dict[str, list[Mapping[str, Anything]]] = {}
    for row in views.standing.rounds:
        names.setdefault(row["round"], []).append(row)
    for round_, rows in sorted(
        names.items(), key=lambda item: max(row["opens_at"] for row in item[1]), reverse=True
    ):
        areas = sorted(
            area for said, area in counted if said == round_ and _expects(counted[said, area], area)
        )
        if not areas:
            continue
        name = (rows[0]["name_zh"], rows[0]["name_en"] or rows[0]["name_zh"])
        lines = tuple(_covered(views, round_, area, name, counted[round_, area]) for area in areas)
        times = [
            views.standing.speech.time(pick(row[key] for row in rows))
            for key, pick in (("opens_at", min), ("due_at", max))
        ]
        found.append((Coverage(name, times[0], times[1], lines), round_))
    return found


def _counted(coverage: pa.Table) -> Mapping[tuple[str, str], Counter[str]]:
    """How many of each status, by round and area: all of it (""), each district and each town."""
    town = pc.utf8_slice_codeunits(pc.fill_null(coverage["area"], ""), 0, 9)
    cut = coverage.select(["round", "status"]).append_column("town", town)
    counted: dict[tuple[str, str], Counter[str]] = {}
    for row in cut.group_by(["round", "town", "status"]).aggregate([([], "count_all")]).to_pylist():
        for area in dict.fromkeys(("", row["town"][:6], row["town"])):
            counted.setdefault((row["round"], area), Counter())[row["status"]] += row["count_all"]
    return counted


def _expects(counts: Counter[str], area: str) -> bool:
    """Whether the round is about this area, rather than about a place somebody sampled came from."""
    return not area or any(counts[status] for status in counts if status not in ("unregistered", "elsewhere"))


_COVERED: tuple[tuple[str, Text, tuple[str, ...], str], ...] = (
    ("expected", ("应检", "expected"), ("missing", "sampled", "received", "resulted"), MISSING + SAMPLED),
    ("sampled", ("已采", "sampled"), ("sampled", "received", "resulted"), SAMPLED),
    ("missing", ("未采", "missing"), ("missing",), MISSING),
    ("excused", ("免检或外出", "exempt or away"), ("exempt", "away"), EXCUSED),
    (
        "strangers",
        ("未登记或住外区", "not registered or living elsewhere"),
        ("unregistered", "elsewhere"),
        STRANGERS,
    ),
)


def _covered(views: Views, round_: str, area: str, name: Text, counts: Counter[str]) -> Covered:
    level = {0: "round", 6: "district"}.get(len(area), "town")
    place = views.standing.speech.area(area) if area else name
    numbers = {
        key: views.doors(
            (f"{place[0]}:{said[0]}", f"{place[1]}: {said[1]}"),
            sum(counts[one] for one in statuses),
            letters,
            r=round_,
            a=area,
        )
        for key, said, statuses, letters in _COVERED
    }
    return Covered(
        level, area, place if level != "town" else views.standing.speech.names.get(area, place), **numbers
    )


def _towns(coverage: Sequence[tuple[Coverage, str]]) -> list[Town]:
    if not coverage:
        return []
    return [
        Town(line.code, line.expected.count, line.sampled.count, line.missing.view)
        for line in coverage[0][0].rows
        if line.level == "town"
    ]


def _spots(views: Views) -> list[Spot]:
    """Zones declared and in force, zones proposed, and cases by compound."""
    standing = views.standing
    proposed = standing.decisions["zones"]
    spots: list[Spot] = []
    for zone in standing.zones:
        within = proposed.filter(pc.starts_with(proposed["area"], zone["area"]))
        word, place = LEVELS[zone["level"]], standing.speech.area(zone["area"])
        name = (f"{place[0]}:{word[0]}(已宣布)", f"{place[1]}: {word[1]} (declared)")
        spots.append(
            Spot(zone["level"], zone["area"], within.num_rows, name, views.rows("zones", name, within).view)
        )
    for row in (
        proposed.filter(pc.is_null(pc.field("declared_at"))).select(["area", "level", "people"]).to_pylist()
    ):
        word, place = LEVELS[row["level"]], standing.speech.area(row["area"])
        name = (
            f"{place[0]}:建议{word[0]},{row['people']:,} 人",
            f"{place[1]}: proposed {word[1]}, {row['people']:,} people",
        )
        rows = proposed.filter((pc.field("area") == row["area"]) & (pc.field("level") == row["level"]))
        spots.append(
            Spot(f"{row['level']} proposed", row["area"], 1, name, views.rows("zones", name, rows).view)
        )
    return [*spots, *_case_spots(views)]


def _case_spots(views: Views) -> list[Spot]:
    cases = views.standing.decisions["cases"].filter(~pc.field("elsewhere") & pc.is_valid(pc.field("area")))
    grids = [
        at_level(area, "grid") or at_level(area, "community") or area for area in cases["area"].to_pylist()
    ]
    spots: list[Spot] = []
    for grid in sorted(set(grids)):
        here = cases.filter(pa.array([one == grid for one in grids]))
        place = views.standing.speech.area(grid)
        cases_en = "1 case" if here.num_rows == 1 else f"{here.num_rows} cases"
        name = (f"{place[0]}:病例 {here.num_rows}", f"{place[1]}: {cases_en}")
        spots.append(Spot("case", grid, here.num_rows, name, views.rows("cases", name, here).view))
    return spots


def _lists(views: Views) -> tuple[Listed, ...]:
    lists = [
        Listed(kind, _LIST_NAMES[kind], views.rows(kind, _LIST_NAMES[kind], views.ordered(kind)))
        for kind in COLUMNS
    ]
    everyone = views.rows("coverage", _DOORS, views.standing.decisions["coverage"])
    return (*lists, Listed("coverage", _DOORS, everyone))
