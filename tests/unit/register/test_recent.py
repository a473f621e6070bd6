"""Are a person's recent swabs those that were added, however runs are merged?"""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ringfence.register import Recent
from ringfence.tables.facts import SAMPLE

MORNING = datetime(2022, 3, 31, 8)  # noqa: DTZ001 - instants are naive UTC

tubes = st.lists(st.lists(st.integers(1, 12), min_size=1, max_size=5, unique=True), min_size=1, max_size=6)


@given(st.lists(tubes, max_size=12))
def test_everybodys_swabs_are_found_as_they_were_added(submissions: list[list[list[int]]]) -> None:
    recent = Recent()
    expected: dict[int, set[tuple[int, str, datetime]]] = {}
    for seq, submission in enumerate(submissions, 1):
        rows = [
            {"tube": f"T{seq}-{n}", "person": person, "sampled_at": MORNING + timedelta(minutes=10 * seq + n)}
            for n, people in enumerate(submission)
            for person in people
        ]
        facts = np.arange(len(rows)) + (seq << 32)
        whole = [{name: row.get(name) for name in SAMPLE.schema.names} for row in rows]
        recent.add(pa.Table.from_pylist(whole, schema=SAMPLE.schema), facts)
        for fact, row in zip(facts.tolist(), rows, strict=True):
            expected.setdefault(row["person"], set()).add((fact, row["tube"], row["sampled_at"]))
    for person in range(14):
        found = recent.swabs(person)
        assert set(found) == expected.get(person, set())
        assert len(found) == len(set(found))
