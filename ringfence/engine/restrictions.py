"""Why is each person restricted: by which rule and authority, until when, and where can they appeal?

A colour is never kept: it follows from what a person is restricted by now, the gravest of it.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

import ibis
import ibis.expr.types as ir

from ringfence.engine.clocks import Decided
from ringfence.engine.days import day_of, start_of
from ringfence.engine.declared import in_force, living, within
from ringfence.engine.match import beside, empty, first_match, pick, settle, stacked, values, worked_out
from ringfence.engine.match import facts as evidence
from ringfence.errors import ProtocolError
from ringfence.protocol import Authority, Protocol
from ringfence.protocol.vocabulary import COLOUR
from ringfence.tables import Facts
from ringfence.tables.decisions import ARRIVAL_CLASSES, CODES, COLOURS, RESTRICTIONS

_TOLD = ("begin", "until", "colour", "live", "area", "rule", "edition", "grade", "values", "evidence")


def restrictions(decided: Decided, facts: Facts, protocol: Protocol, as_of: datetime) -> ir.Table:
    """Every reason somebody is restricted (see `tables.decisions.RESTRICTIONS`).

    Raises:
        ProtocolError: somebody is restricted by something the editions give no appeal against.
    """
    parts = [_appealable(part, kind, protocol) for kind, part in _reasons(decided, facts, protocol, as_of)]
    return settle(stacked(*parts), RESTRICTIONS, once=True) if parts else empty(RESTRICTIONS)


def _reasons(
    decided: Decided, facts: Facts, protocol: Protocol, as_of: datetime
) -> Iterator[tuple[str, ir.Table]]:
    """What restricts people, by kind, where it restricts anybody: person, subject, authority_zh,
    authority_en and `_TOLD`."""
    now = ibis.literal(as_of, "timestamp(6)")
    issued = _issuers(protocol)
    phases = decided["courses"]
    arrived = phases["class"].isin(ARRIVAL_CLASSES)
    ruled: dict[str, Callable[[], ir.Table]] = {
        "case": lambda: _cases(decided["cases"], protocol, now),
        "hold": lambda: _holds(decided["holds"], protocol, now),
        "course": lambda: _courses(phases.filter(~arrived), "course", protocol, as_of),
        "arrival": lambda: _courses(phases.filter(arrived), "arrival", protocol, as_of),
    }
    for kind, reason in ruled.items():
        part = worked_out(_authorised(reason(), issued))
        if _count(part):
            yield kind, part
    zones = in_force(facts, protocol, as_of)
    if zones is not None:
        terms = _terms(zones, decided["zone_steps"], protocol)
        people = within(living(facts, protocol, as_of), terms)
        if _count(people):
            yield "zone", _zones(people, terms)


def _count(rows: ir.Table) -> int:
    return rows.count().to_pyarrow().as_py()


def _issuers(protocol: Protocol) -> dict[str, Authority]:
    """Who issued each edition whose rules somebody may be under, those before the last change as well."""
    earlier = _issuers(protocol.before) if protocol.before else {}
    return {**earlier, **protocol.authorities}


def _authorised(rows: ir.Table, issued: dict[str, Authority]) -> ir.Table:
    zh = ibis.cases(*[(rows.edition == edition, who.zh) for edition, who in issued.items()])
    en = ibis.cases(*[(rows.edition == edition, who.en) for edition, who in issued.items()])
    return rows.select("person", "subject", *_TOLD, authority_zh=zh, authority_en=en)


def _appealable(rows: ir.Table, kind: str, protocol: Protocol) -> ir.Table:
    appeal = protocol.appeal(kind)
    if appeal is None:
        raise ProtocolError(
            f'appeal: has no row with of = "{kind}" in {", ".join(protocol.stack)}, and somebody is '
            f"restricted so; add one, with the duty that answers and its hours"
        )
    return rows.mutate(
        kind=ibis.literal(kind),
        appeal_rule=ibis.literal(appeal.rule.id),
        appeal_duty=ibis.literal(appeal.duty),
        appeal_h=ibis.literal(appeal.hours),
    )


def _coloured(rows: ir.Table, kind: str, protocol: Protocol, **words: ir.Value) -> ir.Table:
    """The rows with the colour that the table of colours gives, none where the editions have no such table.

    The row of that table is told among the values used.
    """
    if not protocol.colours:
        return rows.mutate(colour=ibis.null("string"))
    said = {"kind": ibis.literal(kind), **words}
    # As columns: Ibis compares a bare null otherwise than a column that is null.
    rows = rows.mutate(**{f"word_{name}": said.get(name, ibis.null("string")) for name in COLOUR})
    found = first_match(protocol.colours, {name: rows[f"word_{name}"] for name in COLOUR})
    rules = protocol.colours
    named = pick(found.number, [row.rule.id for row in rules]).fill_null("")
    head = rows["values"].re_replace("}$", "")
    comma = (head == "{").ifelse("", ", ")
    return rows.mutate(
        colour=pick(found.number, [row.gives for row in rules]).nullif("none"),
        values=head + comma + ibis.literal('"colour_rule": "') + named + ibis.literal('"}'),
    ).drop(*(f"word_{name}" for name in COLOUR))


def _cases(cases: ir.Table, protocol: Protocol, now: ir.TimestampScalar) -> ir.Table:
    """A case until the tests that end it are in; without them nobody can tell when."""
    told = cases.mutate(
        subject=cases["class"],
        begin=cases.detected_at,
        until=cases.cleared_at,
        live=cases.cleared_at.isnull() | (cases.cleared_at > now),
    )
    return _coloured(told, "case", protocol, **{"class": told.subject})


def _holds(holds: ir.Table, protocol: Protocol, now: ir.TimestampScalar) -> ir.Table:
    until = holds.ended_at.fill_null(holds.until)
    told = holds.mutate(subject=ibis.literal("T:") + holds.tube, until=until, live=until > now)
    return _coloured(told, "hold", protocol)


def _courses(phases: ir.Table, kind: str, protocol: Protocol, as_of: datetime) -> ir.Table:
    """A course from its first phase to the end of its last day, of those that keep or colour anybody.

    Whoever was let go on that day is free from then on.
    The phase that runs now tells the colour and the reason: the first whose day has come without its
    conditions, else the last that has begun, else the first.
    """
    today = day_of(ibis.literal(as_of, "timestamp(6)"), protocol.offsets)
    words = {"class": phases["class"], "place": phases.place}
    phases = _coloured(phases, kind, protocol, **words)
    phases = worked_out(phases.filter((phases.place != "free") | phases.colour.notnull()))
    course = {"group_by": ["person", "class"]}
    begun, blocked = phases.begin_day <= today, phases.state == "blocked"
    order = [
        ibis.cases((blocked, 0), (begun, 1), else_=2),
        # Of those blocked or to come the first; of those begun the last.
        (begun & (phases.state != "blocked")).ifelse(-phases.phase, phases.phase),
    ]
    phases = phases.mutate(
        turn=ibis.row_number().over(ibis.window(order_by=order, **course)),
        first_day=phases.begin_day.min().over(ibis.window(**course)),
        last_day=phases.until_day.max().over(ibis.window(**course)),
        waiting=blocked.any().over(ibis.window(**course)),
    )
    running = worked_out(phases.filter(phases.turn == 0).drop("turn"))
    started = running.first_day <= today
    let_go = (running.state == "released") & (running.until_day == running.last_day)
    after = (running.last_day + ibis.interval(days=1)).cast("date")
    return running.mutate(
        subject=running["class"],
        begin=start_of(running.first_day, protocol.offsets),
        until=start_of(after, protocol.offsets),
        colour=started.ifelse(running.colour, ibis.null("string")),
        live=started & (((running.last_day >= today) & ~let_go) | running.waiting),
    )


def _zones(people: ir.Table, terms: ir.Table) -> ir.Table:
    """Everyone who lives in a zone in force, the gravest that holds their home.

    A city's districts have millions of people: what is said of a zone is worked out once, and put beside
    them by its number.
    """
    told = people.select("zone", "fact", person="id", home="home").inner_join(terms, "zone")
    return told.select(
        "person", "subject", "begin", "until", "colour", "rule", "edition", "grade", "values", area="home",
        live=ibis.literal(value=True), authority_zh="authority", authority_en="authority",
        evidence=told.facts.concat(evidence(told.fact)),
    )  # fmt: skip


def _terms(zones: ir.Table, steps: ir.Table, protocol: Protocol) -> ir.Table:
    """What is said of each zone's people; of several levels of one area the gravest."""
    order = [zones["rank"].desc(), zones.number]
    turn = ibis.row_number().over(ibis.window(group_by="area", order_by=order))
    zones = worked_out(zones.mutate(turn=turn).filter(lambda t: t.turn == 0).drop("turn"))
    said = steps.select("area", "level", "step", "due_day", "last_case_at")
    zones = worked_out(beside(zones, said, "area", "level"))
    # A zone that goes up waits for its days again from the case it goes up for.
    again = day_of(zones.last_case_at, protocol.offsets) + zones.lift_days.cast("int32").as_interval("D")
    day = (zones.step == "escalate").ifelse(again.cast("date"), zones.due_day)
    told = zones.select(
        "zone", "area", "rank", "level", "begin", "authority", "facts", "rule", "edition", "grade",
        subject=ibis.literal("A:") + zones.area,
        until=start_of(day, protocol.offsets),
        values=values(level=zones.level, begin=zones.begin, due_day=day, step=zones.step),
    )  # fmt: skip
    return worked_out(_coloured(told, "zone", protocol, level=told.level).drop("level"))


def codes(restrictions: ir.Table) -> ir.Table:
    """Each restricted person's colour, the gravest of their live reasons (see `tables.decisions.CODES`).

    Whose live reasons have no colour has none. Of several of one colour the one that ends last tells it.
    """
    live = restrictions.filter(restrictions.live)
    grave = ibis.cases(*[(live.colour == colour, place) for place, colour in enumerate(COLOURS)])
    live = live.mutate(grave=grave)
    count = live.group_by("person").aggregate(reasons=live.count(), coloured=live.colour.notnull().sum())
    count = worked_out(count.filter(count.coloured > 0))
    live = live.filter(live.colour.notnull()).inner_join(count, "person")
    # Nearly everyone has one reason; only the others' are put in order.
    several = worked_out(live.filter(live.coloured > 1))
    order = [
        several.grave, several.until.isnull().desc(), several.until.desc(), several.kind, several.subject
    ]  # fmt: skip
    turn = ibis.row_number().over(ibis.window(group_by="person", order_by=order))
    first = several.mutate(turn=turn).filter(lambda t: t.turn == 0).drop("turn")
    return settle(stacked(live.filter(live.coloured == 1), first), CODES, once=True)
