"""What does each zone in force owe? Decisions and test days, one by one."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from tests.generative.oracle_known import Known, Row, because, swabs
from tests.generative.oracle_places import standing
from tests.generative.oracle_zone_steps import at_home, inside

Tables = Mapping[str, list[Row]]


def steps_due(known: Known, done: Tables) -> list[Row]:
    """Every step that could be taken: what a task needs beside its names."""
    hours = known.hours("zone_decision")
    return [
        {**row, "since": row["possible_at"], "apart": f"{row['level']}|{row['step']}",
         "due_at": None if hours is None else row["possible_at"] + timedelta(hours=hours)}
        for row in done["zone_steps"]
        if row["step"] != "keep"
    ]  # fmt: skip


def days_due(known: Known) -> list[Row]:
    """Every test day of a zone that has come, of which somebody was asked."""
    found: list[Row] = []
    for zone in standing(known):
        first = known.day(zone["begin"])
        schedule = zone["rule"].tests
        for ordinal in schedule.ordinals((known.today - first).days + 1) if schedule else ():
            day = first + timedelta(days=ordinal - 1)
            ends = known.midnight(day + timedelta(days=1))
            asked = [
                row["person"]
                for row in inside(known, zone)
                if at_home(known, row["person"], day, min(ends, known.as_of))
            ]
            swabbed = [_swabbed(known, person, day) for person in asked]
            if asked:
                found.append({
                    "area": zone["area"], "apart": f"{zone['level']}|{day}", "since": known.midnight(day),
                    "due_at": ends, "evidence": zone["facts"], **because(zone["rule"]),
                    "done_at": None if None in swabbed else max(at for at in swabbed if at),
                })  # fmt: skip
    return found


def _swabbed(known: Known, person: int, day: object) -> datetime | None:
    """When somebody was first swabbed for a nucleic acid test on a civil day."""
    taken = [
        swab["sampled_at"]
        for swab in swabs(known, person)
        if swab["test"] in (None, "nat") and known.day(swab["sampled_at"]) == day
    ]
    return min(taken, default=None)
