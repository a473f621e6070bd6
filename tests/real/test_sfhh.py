"""Real meetings: are the contacts of ten people at a conference those counted straight from the file?

SocioPatterns, SFHH conference in Nice, 4-5 June 2009 (Isella et al. 2011; Génois and Barrat 2018), CC0: 403
people wore sensors; a row `t i j` says that i and j faced each other within about 1.5 m during [t-20 s, t].
Each row is taken in as it stands, a meeting of 20 seconds: the engine adds up seconds and cuts to whole
minutes once, so 45 rows are 15 minutes and nothing is merged on the way in.
"""

import gzip
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ringfence.engine.cases import cases
from ringfence.engine.contacts import contacts, first_ring
from ringfence.protocol import resolve
from ringfence.tables import Facts
from tests.drawing import Names, fact_columns, facts

ROOT = Path(__file__).parents[2]
FILE = ROOT.parent / "shared" / "data" / "copresence" / "SFHH_tij.dat.gz"
EDITIONS = ROOT / "tests" / "editions"
DAY_ONE = datetime(2009, 6, 3, 22, tzinfo=UTC).replace(tzinfo=None)  # midnight in Nice, naive UTC
OVER = DAY_ONE + timedelta(days=2)
SECONDS = 20
ENOUGH = 15 * 60  # the edition's row: WHO, 15 minutes, here in total

pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"no {FILE.name} beside the repository")


def meetings() -> list[tuple[int, int, int]]:
    with gzip.open(FILE, "rt") as lines:
        return [(int(t), int(i), int(j)) for t, i, j in (line.split() for line in lines)]


def ten(rows: list[tuple[int, int, int]]) -> list[int]:
    """Every 40th person by how many rows they are in, from the one in most; ties by number."""
    rows_of = Counter(person for _, *pair in rows for person in pair)
    ranked = sorted(rows_of, key=lambda person: (-rows_of[person], person))
    return ranked[::40][:10]


def counted(rows: list[tuple[int, int, int]], case: int) -> dict[int, int]:
    """Whole minutes with each person who was with the case for 15 in total, straight from the file."""
    together = Counter(sum(pair) - case for _, *pair in rows if case in pair)
    seconds = {person: count * SECONDS for person, count in together.items()}
    return {person: total // 60 for person, total in seconds.items() if total >= ENOUGH}


def taken_in(rows: list[tuple[int, int, int]], people: list[int]) -> Facts:
    """The meetings of some people as interviews with them as the case, and the report of each case."""
    told = [(case, sum(pair) - case, t) for t, *pair in rows for case in people if case in pair]
    ends = [DAY_ONE + timedelta(seconds=t) for _, _, t in told]
    interview = {
        "case": [case for case, _, _ in told],
        "person": [person for _, person, _ in told],
        "begin": [end - timedelta(seconds=SECONDS) for end in ends],
        "end": ends,
    }
    report = {
        "person": people, "reported_at": [OVER] * len(people), "status": ["confirmed"] * len(people),
    }  # fmt: skip
    given = {"interview": interview, "case_report": report}
    return {**facts(Names(), {}), **{kind: fact_columns(kind, **columns) for kind, columns in given.items()}}


def test_contacts_of_fifteen_minutes_are_those_counted_by_hand() -> None:
    rows = meetings()
    people = ten(rows)
    assert len(set(people)) == 10
    protocol = resolve("FR", "who", OVER, (EDITIONS,))
    known = taken_in(rows, people)
    infected = cases(known, protocol)
    met = first_ring(infected, known, protocol, OVER)
    roots = infected.select(index="person", case="person", known_at="detected_at")
    found = contacts(met, roots, known, protocol, 1).to_pyarrow().to_pylist()
    seen = {case: {r["person"]: r["minutes"] for r in found if r["index"] == case} for case in people}
    assert seen == {case: counted(rows, case) for case in people}
    # The rule cuts through the data: there are people on either side of it.
    assert sum(map(len, seen.values())) > 10
    assert any(0 < sum(case in pair for _, *pair in rows) * SECONDS < ENOUGH for case in range(1, 1800))
    assert {row["class"] for row in found} == {"close"}
