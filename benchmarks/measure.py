"""How is a thing timed and the table drawn?"""

import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One line of the table: what was done, by what, in how many seconds, over how many rows, saying what."""

    part: str
    engine: str
    seconds: float
    rows: int
    note: str = ""


def timed(work: Callable[[], int], rounds: int = 1) -> tuple[float, int]:
    """The median seconds of some rounds, and what the last one returned (a number to compare answers by)."""
    seconds: list[float] = []
    answer = 0
    for _ in range(rounds):
        begun = time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds), answer


def peak_gb() -> float:
    """The most memory this process has held, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def processor() -> str:
    """The processor's name and how many cores there are."""
    info = Path("/proc/cpuinfo")
    names = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if "model name" in line]
    return f"{len(names)} x {names[0]}" if names else "processor not known"


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table; the ratio is to Ringfence's own row of the same part."""
    own = {row.part: row.seconds for row in rows if row.engine == "Ringfence"}
    lines = [
        "| part | engine | seconds | rows | rows/s | times Ringfence's | note |",
        "|---|---|--:|--:|--:|--:|---|",
    ]
    for row in rows:
        ratio = f"{row.seconds / own[row.part]:.2f}" if row.part in own else ""
        rate = f"{row.rows / row.seconds:,.0f}" if row.seconds else ""
        cells = (row.part, row.engine, f"{row.seconds:.2f}", f"{row.rows:,}", rate, ratio, row.note)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
