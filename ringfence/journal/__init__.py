"""The journal: the one truth. What was accepted, in what order, when, from whom, and is it unaltered?"""

from ringfence.journal.appending import Group
from ringfence.journal.chain import Fault, Progress
from ringfence.journal.entries import EARLIEST, MOST_ROWS, Entry, Receipt, Submission
from ringfence.journal.journal import Journal
from ringfence.journal.receipts import KeyReceipt

__all__ = [
    "EARLIEST",
    "MOST_ROWS",
    "Entry",
    "Fault",
    "Group",
    "Journal",
    "KeyReceipt",
    "Progress",
    "Receipt",
    "Submission",
]
