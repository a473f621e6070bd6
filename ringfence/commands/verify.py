"""`ringfence verify`: is the journal unaltered, are the partitions what it says, is the vault whole?"""

from rich.console import Console

from ringfence.actions.store import open_store
from ringfence.commands.options import DEFAULT_STORE, StoreFolder
from ringfence.errors import IntegrityError


def verify(store: StoreFolder = DEFAULT_STORE) -> None:
    """核对账本、到访分区与保险库 / Walk the journal's chain, the visit partitions and the vault's log."""
    console = Console()
    with open_store(store) as opened:
        with Console(stderr=True).status("核对中 / verifying"):
            faults = [*opened.journal.verify(opened.directory), *opened.vault.verify()]
        seq, digest = opened.journal.head()
    for fault in faults:
        console.print(str(fault), soft_wrap=True)
    if faults:
        raise IntegrityError(f"{len(faults)} faults; what they name is not as it was accepted")
    console.print(f"无误 / All verifies: {seq:,} submissions, head {digest[:16]}")
