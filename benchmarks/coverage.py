"""Coverage by name: everyone's status counted by district, town, community and building."""

from benchmarks.measure import Row, timed
from benchmarks.night import Night
from benchmarks.plain import COVERAGE, Duck, Postgres
from ringfence.engine.coverage import by_area, coverage

LEVELS = (("district", 6), ("town", 9), ("community", 12), ("building", 19))
"""The levels counted, and how many characters their codes have in the synthetic city."""


def rows(night: Night, duck: Duck, server: Postgres | None, rounds: int) -> list[Row]:
    """Seconds for the four levels together, from the facts; each engine counts the same people."""
    everyone = night.facts["residence"].count().to_pyarrow().as_py()

    def ringfence() -> int:
        people = coverage(night.facts, night.protocol, night.as_of)
        people = people.filter(people.status.notin(["unregistered", "elsewhere"]))
        return sum(by_area(people, level).count().to_pyarrow().as_py() for level, _ in LEVELS)

    def plain(engine: Duck | Postgres) -> int:
        return sum(
            engine.number(
                f"select count(*) from (select distinct round, cut from ({COVERAGE.format(width=width)}) "
                "as counted(round, cut, status, n)) as cuts"
            )
            for _, width in LEVELS
        )

    seconds, groups = timed(ringfence, rounds)
    found = [
        Row("coverage", "Ringfence", seconds, everyone, f"{groups:,} groups, from the journal's columns")
    ]
    engines: list[tuple[str, Duck | Postgres]] = [("DuckDB", duck)]
    if server:
        engines.append(("PostgreSQL", server))
    for name, engine in engines:
        seconds, groups = timed(lambda engine=engine: plain(engine), rounds)
        found.append(Row("coverage", name, seconds, everyone, f"{groups:,} groups, native tables"))
    return found
