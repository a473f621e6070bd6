"""The columns: everyone at once, derived from the journal and never the truth."""

from ringfence.columns.columns import Columns

__all__ = ["Columns"]
