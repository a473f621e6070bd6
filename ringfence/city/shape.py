"""What proportions is a city built to? The figures of `data/shape.toml`, read and typed."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

from ringfence.city.chance import Floats


@dataclass(frozen=True)
class Sizes:
    """A kind of workplace: its share of workers and its Pareto sizes in people."""

    share: float
    least: float
    exponent: float
    most: float


@dataclass(frozen=True)
class School:
    """A kind of school: the ages it takes, the share of them who go, people in a class and in a school."""

    first_age: int
    last_age: int
    share: float
    class_size: int
    size: int


@dataclass(frozen=True)
class Habit:
    """How often people go somewhere, by [weekday, weekend] and [child, occupied, free]; minutes there."""

    chance: Floats
    shortest: int
    longest: int


@dataclass(frozen=True)
class Shape:
    """Everything a city is built to; see the file for units and sources."""

    district_people: dict[str, int]
    ages: Floats
    male: float
    collective: float
    campus: float
    care: float
    household_size: Floats
    room_size: Floats
    work_by_age: Floats
    students_a_teacher: int
    beds_a_carer: int
    kinds: dict[str, Sizes]
    schools: dict[str, School]
    homes: dict[str, int]
    needs: dict[str, float]
    habits: dict[str, Habit]
    commute: dict[str, float]


def read() -> Shape:
    """The shape of Wuxi that ships with Ringfence."""
    text = files("ringfence.city").joinpath("data/shape.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    households, work = raw["households"], raw["work"]
    return Shape(
        district_people=raw["district_people"],
        ages=_single_years(np.array(raw["ages"]["five_year"])),
        male=raw["ages"]["male"],
        collective=households["collective"],
        campus=households["campus"],
        care=households["care"],
        household_size=np.array(households["size"]),
        room_size=np.array(households["room"]),
        work_by_age=np.array(work["by_age"]),
        students_a_teacher=work["students_a_teacher"],
        beds_a_carer=work["beds_a_carer"],
        kinds={kind: Sizes(*figures) for kind, figures in work["kinds"].items()},
        schools={name: School(*figures) for name, figures in raw["schools"].items()},
        homes=raw["homes"],
        needs=raw["needs"],
        habits={kind: Habit(np.array(h[:2]), h[2][0], h[2][1]) for kind, h in raw["visits"].items()},
        commute=raw["commute"],
    )


def _single_years(five_year: Floats) -> Floats:
    """Shares of single years of age 0-99, even within a group; the group 80 and over thins out to 99."""
    single = np.repeat(five_year[:-1] / 5, 5)
    oldest = np.linspace(1.0, 0.05, 20)
    return np.concatenate([single, five_year[-1] * oldest / oldest.sum()])
