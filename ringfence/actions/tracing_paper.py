"""What goes on the page of a trace, and where is it written? One file that a tracer reads without us."""

from pathlib import Path

from ringfence.actions.store import Store
from ringfence.actions.tracing import Trace


def write(store: Store, found: Trace, output: Path) -> Path:
    """Write the page of a trace as one HTML file that needs nothing else; the path written."""
    raise NotImplementedError
