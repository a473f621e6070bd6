"""Whose lot is the lowest? A draw that anybody can repeat by hand, with the same people on any machine."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ringfence.tables import person_text


@dataclass(frozen=True)
class Share:
    """How many of the candidates are drawn: so many (`of` is 0), or `part` of every `of`, rounded up."""

    part: int
    of: int = 0

    def among(self, candidates: int) -> int:
        """How many of so many candidates.

        >>> Share(1, 5).among(11), Share(50).among(11)
        (3, 11)
        """
        wanted = -(-candidates * self.part // self.of) if self.of else self.part
        return min(wanted, candidates)


def candidate_list(people: Iterable[int]) -> bytes:
    """The candidates as they are hashed: a pseudonym a line, by number, each once.

    >>> candidate_list([10, 2])
    b'P2\\nP10\\n'
    """
    return "".join(f"{person_text(person)}\n" for person in sorted(set(people))).encode()


def digest_of(people: Iterable[int]) -> str:
    """SHA-256 of the candidates' list, in hexadecimal."""
    return hashlib.sha256(candidate_list(people)).hexdigest()


def lot(seed: str, name: str, person: int) -> str:
    """A person's lot: SHA-256, in hexadecimal, of three lines: seed, name of the draw, pseudonym.

    Nobody else has a part in it, so another candidate more or less never changes the order of the others.
    """
    return hashlib.sha256(f"{seed}\n{name}\n{person_text(person)}\n".encode()).hexdigest()


def lowest(people: Sequence[int], seed: str, name: str, share: Share) -> list[tuple[str, int]]:
    """Those drawn, lot and person, lowest lot first."""
    lots = sorted((lot(seed, name, person), person) for person in set(people))
    return lots[: share.among(len(lots))]
