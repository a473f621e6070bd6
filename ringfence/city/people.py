"""How old is everybody? Ages by place in the household, then moved to the published pyramid."""

from dataclasses import dataclass

import numpy as np

from ringfence.city.chance import Floats, Ints, fixed, ranks, shares_out, stream
from ringfence.city.homes import CAMPUS, CARE, DORMITORY, FAMILY, Homes
from ringfence.city.shape import Shape

YEAR = 2022
"""Ages are those of March of this year."""


@dataclass(frozen=True)
class People:
    """Everybody, in order of home: the row of their household, age in years, sex, year of birth."""

    household: Ints
    age: Ints
    male: np.ndarray[tuple[int], np.dtype[np.bool_]]
    birth_year: Ints


def fill(homes: Homes, seed: int, shape: Shape) -> People:
    """People for the homes. Ages keep the order the households give them and follow the pyramid exactly."""
    household = np.repeat(np.arange(homes.size.size), homes.size)
    slot = ranks(household)
    first_guess = _guess(homes, household, slot, seed)
    order = np.argsort(first_guess, kind="stable")
    del first_guess
    age = np.empty(order.size, dtype=np.int64)
    age[order] = np.repeat(np.arange(shape.ages.size), shares_out(order.size, shape.ages))
    everybody = np.arange(order.size)
    male = _sex(homes, household, slot, seed, shape)
    birth_year = YEAR - age - (fixed(everybody, seed, "birthday") > 0.23)
    return People(household, age, male, birth_year)


def _sex(homes: Homes, household: Ints, slot: Ints, seed: int, shape: Shape) -> np.ndarray:
    """Couples are of two sexes; everybody else is male with the city's chance."""
    male = fixed(np.arange(household.size), seed, "sex") < shape.male
    family = homes.grids.kind[homes.grid[household]] == FAMILY
    spouse = np.flatnonzero(family & (slot == 1))
    male[spouse] = ~male[spouse - 1]
    return male


def _guess(homes: Homes, household: Ints, slot: Ints, seed: int) -> Floats:
    """A first age in years for each person, from their place in the household."""
    kind = homes.grids.kind[homes.grid]
    draw = stream(seed, "age")
    head = _head_age(homes.size, draw)
    noise = draw.random((2, household.size))
    size, head_here, noise_wide = homes.size[household], head[household], (noise[0] - 0.5) * 9
    other = fixed(household, seed, "second adult")
    # the second person: mostly a spouse, else a child or a parent of the head
    second = np.where(
        other < 0.86,
        head_here + (noise[0] - 0.6) * 6,
        np.where(other < 0.95, head_here - 27, head_here + 26) + noise_wide,
    )
    child = head_here - 27.5 + noise_wide
    elder = np.where(head_here > 50, head_here + 25, head_here + 27) + noise_wide
    fourth = np.where((size == 4) & (noise[1] < 0.56), child - 3, elder)
    rest = np.where(slot % 2 == 1, child - 2, elder)
    age = np.select([slot == 0, slot == 1, slot == 2, slot == 3], [head_here, second, child, fourth], rest)
    age = np.where(age < 0, noise[1] * 4, age)
    for which, low, width in ((CAMPUS, 18.0, 4.0), (DORMITORY, 19.0, 30.0), (CARE, 76.0, 18.0)):
        here = np.flatnonzero(kind[household] == which)
        age[here] = low + width * noise[1][here] ** 1.3
    return age + noise[0] * 1e-3


def _head_age(size: Ints, draw: np.random.Generator) -> Floats:
    """The age of the first person of a household, by its size."""
    which, where = draw.random(size.size), draw.random(size.size)
    alone = np.where(
        which < 0.58, 22 + 22 * where, np.where(which < 0.78, 44 + 16 * where, 60 + 30 * where**1.2)
    )
    couple = np.where(which < 0.42, 24 + 17 * where, 42 + 40 * where)
    larger = 26 + 29.5 * (which + where) / 2
    return np.select([size == 1, size == 2], [alone, couple], larger)
