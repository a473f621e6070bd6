"""Deciding the whole night, and inside it the search for everyone who met a case."""

from benchmarks.measure import Row, peak_gb, timed
from benchmarks.night import Night
from benchmarks.plain import MEETINGS, Duck, Postgres
from ringfence.engine import decide
from ringfence.engine.cases import cases
from ringfence.engine.exposures import exposures


def rows(night: Night, duck: Duck, server: Postgres | None, rounds: int) -> list[Row]:
    """Seconds to decide everything, and to list the meetings with cases; each engine finds the same."""
    facts, protocol, as_of = night.facts, night.protocol, night.as_of
    visits = facts["visit"].count().to_pyarrow().as_py()
    seconds, tasks = timed(lambda: decide(facts, protocol, as_of)["tasks"].num_rows, rounds)
    found = [Row("decide", "Ringfence", seconds, visits, f"{tasks:,} tasks; peak {peak_gb():.1f} GB")]
    infected = cases(facts, protocol)
    subjects = infected.filter(infected.window_from.notnull()).select(
        index="person", begin="window_from", end=infected.window_to.fill_null(as_of)
    )
    given = subjects.to_pyarrow().rename_columns(["person", "begin", "until"])

    def meetings() -> int:
        met = exposures(subjects, facts, protocol, 1)
        return met.filter(met.place.notnull()).count().to_pyarrow().as_py()

    seconds, count = timed(meetings, rounds)
    found.append(Row("meetings", "Ringfence", seconds, visits, f"{count:,} meetings"))
    duck.subjects(given)
    seconds, count = timed(lambda: duck.number(MEETINGS), rounds)
    found.append(Row("meetings", "DuckDB", seconds, visits, f"{count:,} meetings"))
    if server:
        server.copy("subject", given)
        seconds, count = timed(lambda: server.number(MEETINGS), rounds)
        found.append(
            Row("meetings", "PostgreSQL", seconds, visits, f"{count:,} meetings, visits of the window's days")
        )
    return found
