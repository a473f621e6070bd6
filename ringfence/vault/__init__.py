"""The vault: who a person is, under a key of its own, and who looked."""

from ringfence.vault.access import Access, Fault
from ringfence.vault.identity import Identity
from ringfence.vault.vault import Vault

__all__ = ["Access", "Fault", "Identity", "Vault"]
