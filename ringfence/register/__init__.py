"""The register: what was last said of one tube, and of one person's swabs, in a fraction of a millisecond."""

from ringfence.register.looking import Said, Swab, in_force, said_of_person, said_of_tube
from ringfence.register.recent import Recent
from ringfence.register.writing import follow, keep, prepare

__all__ = [
    "Recent",
    "Said",
    "Swab",
    "follow",
    "in_force",
    "keep",
    "prepare",
    "said_of_person",
    "said_of_tube",
]
