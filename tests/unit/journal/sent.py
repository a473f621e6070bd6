"""Submissions that tests send. All people are invented."""

from datetime import datetime, timedelta

import pyarrow as pa

from ringfence.journal import Submission
from ringfence.tables.facts import FACTS

at = datetime.fromisoformat
NIGHT = at("2022-03-30 12:00")  # 20:00 in Wuxi


def rows(kind: str, *told: dict) -> pa.Table:
    """Rows of a kind; what is left out is unknown."""
    return pa.Table.from_pylist(list(told), schema=FACTS[kind].schema)


def samples(tube: str, *people: int, at: datetime = NIGHT) -> pa.Table:
    return rows("sample", *({"tube": tube, "person": person, "sampled_at": at} for person in people))


def sample(number: int, *people: int) -> Submission:
    """The submission `tube-<number>`: a tube and its people."""
    return Submission(
        f"tube-{number}",
        "sample",
        samples(f"T{number}", *(people or (number,))),
        "sampler",
        "tablet-3",
        "table 7",
    )


def people(first: int, count: int, born: int = 1980) -> pa.Table:
    return rows("person", *({"person": first + n, "birth_year": born} for n in range(count)))


def visit(person: int, place: int, enter: datetime, minutes: int = 30) -> dict:
    return {"person": person, "place": place, "enter": enter, "leave": enter + timedelta(minutes=minutes)}
