"""`ringfence trace contacts`: everyone who met the cases, and what is new since the last list."""

from rich.console import Console

from ringfence.actions.deciding import decide_at
from ringfence.actions.store import open_store
from ringfence.commands.options import DEFAULT_STORE, AsOf, StoreFolder, instant


def contacts(store: StoreFolder = DEFAULT_STORE, as_of: AsOf = "") -> None:
    """病例接触过谁 / Everyone who met the cases in their windows, by the unit that answers for them."""
    with open_store(store) as opened:
        answer = decide_at(opened, instant(as_of, opened))
        Console().print(f"{answer.decisions['contacts'].num_rows:,}", highlight=False)
