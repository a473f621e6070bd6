"""What goes into a brief, and where is it written? One file that a commander reads without us."""

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import pyarrow.compute as pc

from ringfence import __version__
from ringfence.actions.deciding import Answer, decide_at, names
from ringfence.actions.store import Store
from ringfence.engine.reasons import Names, explain
from ringfence.engine.situation import figures, load_by_unit
from ringfence.errors import InputError
from ringfence.exchange.chart import Ground
from ringfence.exchange.doors import Rounds, carry
from ringfence.exchange.drawing import outlines
from ringfence.exchange.ledger import Ledger
from ringfence.exchange.moments import moments
from ringfence.exchange.page import Brief, RuleUsed, Sheet
from ringfence.exchange.render import render
from ringfence.exchange.sheets import fill
from ringfence.exchange.speech import NOTHING, Row, Speech, Text
from ringfence.exchange.views import Counted, Standing
from ringfence.tables import Facts
from ringfence.tables.words import GRADES

_OUTLINES = ("city", "data", "wuxi_districts.geojson")
SECONDS_PER_HOUR = 3600
MOST_INSTANTS = 6


def _ignore(_step: str) -> None:
    """Nobody is watching."""


def brief(
    store: Store, instants: Sequence[datetime], output: Path, watch: Callable[[str], None] = _ignore
) -> Path:
    """Write the brief of a store at some instants as one HTML file that needs nothing else.

    Args:
        store: an open store; nothing is added to it.
        instants: the call-overs (naive UTC), at most six; each figure shows its change since the one before.
        output: the file to write, replaced whole if it is there.
        watch: is told what is being done.

    Returns:
        the path written.

    Raises:
        InputError: no instants, or too many.
    """
    when = sorted(set(instants))
    if not 0 < len(when) <= MOST_INSTANTS:
        raise InputError(f"a brief shows 1 to {MOST_INSTANTS} instants, not {len(when)}; leave some out")
    answers: list[Answer] = []
    for instant in when:
        answers.append(decide_at(store, instant, watch))
    watch("brief")
    page = render(_filled(store, answers))
    fresh = output.with_name(f".{output.name}.writing")
    fresh.write_text(page, encoding="utf-8")
    fresh.replace(output)
    return output


def _filled(store: Store, answers: Sequence[Answer]) -> Brief:
    last = answers[-1]
    named = names(last.known)
    ground = ground_of(store.settings.area, last.known)
    ledger = Ledger()
    sheets: list[Sheet] = []
    standings = [_standing(store, number, answer, named) for number, answer in enumerate(answers)]
    before: Mapping[str, int] | None = None
    for standing in standings:
        sheets.append(fill(standing, before, ledger, ground))
        before = {figure.id: figure.rows.num_rows for figure in standing.figures}
    rounds = [Rounds(one.decisions["coverage"], one.decisions["tasks"], one.speech) for one in standings]
    carry(ledger, rounds, _round_names(last.known))
    return Brief(
        place=named.areas.get(store.settings.area, (store.settings.area, store.settings.area)),
        zone=last.protocol.zone,
        ahead=ahead_of(last),
        exercise=store.journal.exercise,
        store=store.journal.store_id,
        version=__version__,
        sheets=tuple(sheets),
        moments=moments(
            last.known, last.decisions, standings[-1].speech, [answer.as_of for answer in answers]
        ),
        rules=rules_used(last, _deciding(last)),
        payload=ledger.payload(),
    )


def _standing(store: Store, number: int, answer: Answer, named: Names) -> Standing:
    zone = answer.known["zone"]
    in_force = zone.filter((zone.begin <= answer.as_of) & (zone.end.isnull() | (zone.end > answer.as_of)))
    seq, digest = store.journal.head(answer.as_of)
    return Standing(
        number=number,
        as_of=answer.as_of,
        protocol=answer.protocol,
        decisions=answer.decisions,
        figures=[Counted(one.id, (one.zh, one.en), one.table, one.rows) for one in figures(answer.decisions)],
        load=load_by_unit(answer.decisions["tasks"]),
        speech=speech_of(answer, named),
        rounds=answer.known["round"].order_by("round", "area").to_pyarrow().to_pylist(),
        zones=in_force.order_by("level", "area").to_pyarrow().to_pylist(),
        seq=seq,
        digest=digest,
    )


def speech_of(answer: Answer, named: Names) -> Speech:
    """How a page about an answer speaks."""

    def area(code: str | None) -> Text:
        return (named.area(code, 0), named.area(code, 1)) if code else NOTHING

    def unit(code: str | None) -> Text:
        return (named.unit(code, 0), named.unit(code, 1)) if code else NOTHING

    def why(kind: str, row: Row) -> Text:
        return explain(kind, row, answer.protocol, named)

    return Speech(
        as_of=answer.as_of, area=area, unit=unit, names=named.areas, why=why, offsets=answer.protocol.offsets
    )


def ground_of(area: str, facts: Facts) -> Ground:
    """The outlines shipped for the store's area, and the middles of areas down to the compound."""
    known = facts["area"]
    placed = known.filter(known.lon.notnull() & known.lat.notnull() & (known.area.length() <= 15))
    rows = placed.select("area", "lon", "lat").to_pyarrow().to_pylist()
    shipped = outlines(files("ringfence").joinpath(*_OUTLINES).read_text(encoding="utf-8"))
    mine = [shape for shape in shipped if shape["properties"]["code"].startswith(area)]
    return Ground(mine, {row["area"]: (row["lon"], row["lat"]) for row in rows})


def _round_names(facts: Facts) -> Mapping[str, Text]:
    rows = facts["round"].select("round", "name_zh", "name_en").distinct().to_pyarrow().to_pylist()
    return {row["round"]: (row["name_zh"], row["name_en"] or row["name_zh"]) for row in rows}


def ahead_of(answer: Answer) -> str:
    """How far the local clocks are ahead of UTC, as UTC+8."""
    seconds = [ahead for since, ahead in answer.protocol.offsets if since <= answer.as_of][-1]
    return f"UTC{seconds / SECONDS_PER_HOUR:+g}"


def _deciding(answer: Answer) -> set[str]:
    """The rules that decided something."""
    used: set[str] = set()
    for table in answer.decisions.values():
        for column in {"rule", "window_rule"} & set(table.column_names):
            used.update(pc.unique(table[column]).to_pylist())
    return used


def rules_used(answer: Answer, used: Container[str]) -> tuple[RuleUsed, ...]:
    """Some of the rules, in the order of the editions."""
    return tuple(
        RuleUsed(id_, (rule.zh, rule.en), rule.source, rule.grade, GRADES[rule.grade], rule.edition)
        for id_, rule in answer.protocol.rules.items()
        if id_ in used
    )
