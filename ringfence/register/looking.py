"""What was last said of a tube, or of a person's swabs? By index, without reading anyone else."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ringfence.register.recent import Recent
from ringfence.register.schema import OUTCOME, SWAB, WITHDRAWAL

_SWABS = 5
"""How many of a person's swabs are told, the last first."""


@dataclass(frozen=True)
class Said:
    """What one test said of a tube last, and the fact that says it."""

    test: str
    result: str
    ct_x100: int | None
    reported_at: datetime
    fact: int


@dataclass(frozen=True)
class Swab:
    """A swab of a person, and what was said of its tube: nothing yet, or one answer for each test."""

    tube: str
    sampled_at: datetime
    said: tuple[Said, ...]


def said_of_tube(connection: sa.Connection, tube: str) -> tuple[Said, ...]:
    """The result in force of each test of a tube."""
    wanted = sa.select(OUTCOME).where(OUTCOME.c.tube == tube).order_by(OUTCOME.c.fact.desc())
    found: dict[str, Said] = {}
    for row in connection.execute(wanted):
        if row.test not in found and not _withdrawn(connection, row.fact):
            found[row.test] = Said(row.test, row.result, row.ct_x100, row.reported_at, row.fact)
    return tuple(found[test] for test in sorted(found))


def in_force(connection: sa.Connection, tube: str, test: str) -> Said | None:
    """The result in force of one test of a tube."""
    return next((said for said in said_of_tube(connection, tube) if said.test == test), None)


def said_of_person(connection: sa.Connection, person: int, recent: Recent) -> list[Swab]:
    """A person's last swabs."""
    wanted = sa.select(SWAB.c.fact, SWAB.c.tube, SWAB.c.sampled_at).where(SWAB.c.person == person)
    rows = {row.fact: (row.tube, row.sampled_at) for row in connection.execute(wanted)}
    rows |= {fact: (tube, at) for fact, tube, at in recent.swabs(person)}
    swabs: dict[str, datetime] = {}
    for fact, (tube, at) in sorted(rows.items(), reverse=True):
        if tube not in swabs and not _withdrawn(connection, fact):
            swabs[tube] = at
    last = sorted(swabs.items(), key=lambda swab: swab[1], reverse=True)[:_SWABS]
    return [Swab(tube, at, said_of_tube(connection, tube)) for tube, at in last]


def _withdrawn(connection: sa.Connection, fact: int) -> bool:
    """Whether a fact was withdrawn by a retraction that was not withdrawn itself."""
    wanted = sa.select(WITHDRAWAL.c.fact).where(WITHDRAWAL.c.retracts == fact, WITHDRAWAL.c.fact > fact)
    return any(not _withdrawn(connection, by) for by in connection.execute(wanted).scalars().all())
