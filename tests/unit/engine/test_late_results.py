"""What does a result that comes late change? What follows from now on; nothing of what was decided before."""

from datetime import timedelta
from pathlib import Path

from ringfence.columns import Columns
from ringfence.engine import decide
from ringfence.journal import Journal, Submission
from ringfence.protocol import resolve
from tests.unit.engine.outbreak import NIGHT
from tests.unit.engine.test_decide import as_bytes
from tests.unit.journal.sent import rows

MORNING = NIGHT + timedelta(hours=6)


def sent(name: str, kind: str, *told: dict[str, object]) -> Submission:
    return Submission(name, kind, rows(kind, *told), "somebody")


def test_a_late_result_changes_today_and_not_yesterday(tmp_path: Path) -> None:
    """Ana and Bo live together. Her swab was negative at night; in the morning the laboratory corrects it."""
    said = {"tube": "S1", "test": "nat", "reported_at": NIGHT - timedelta(hours=1)}
    home = {"kind": "living", "area": "320211001006-01-002-1-0301"}
    protocol = resolve("3202", "covid-19", NIGHT)
    with (
        Journal.create(str(tmp_path / "journal.sqlite"), exercise=True) as journal,
        Columns(tmp_path / "columns", journal, tmp_path, limits={"threads": 1}) as columns,
    ):
        journal.append_all(
            [
                sent("homes", "residence", {"person": 1, **home}, {"person": 2, **home}),
                sent("tubes", "tube", {"tube": "S1", "pool": 1}),
                sent("swab", "sample", {"tube": "S1", "person": 1, "sampled_at": NIGHT - timedelta(hours=9)}),
                sent("said", "result", {**said, "result": "negative"}),
            ],
            NIGHT,
        )
        columns.refresh()
        night = as_bytes(decide(columns.snapshot(NIGHT), protocol, NIGHT))
        assert decide(columns.snapshot(NIGHT), protocol, NIGHT)["cases"].num_rows == 0
        journal.append(sent("corrected", "result", {**said, "result": "positive"}), MORNING)
        columns.refresh()
        morning = decide(columns.snapshot(MORNING), protocol, MORNING)
        assert morning["cases"]["person"].to_pylist() == [1]
        assert morning["contacts"]["person"].to_pylist() == [2]
        assert as_bytes(decide(columns.snapshot(NIGHT), protocol, NIGHT)) == night
