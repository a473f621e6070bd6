"""Which compounds does notice 97 name, and where do they stand in the tree?

The names and the streets are the notice's. The notice names a village-level unit for two of them (舜柯,
长广); the community of each other, the number of people and the positions are invented.
"""

from dataclasses import dataclass

import numpy as np

from ringfence.city.chance import Ints

_FULL_SIZE = 746_000
_FEWEST = 14


@dataclass(frozen=True)
class Compound:
    """One of the eleven: its names, its community's code, people in it in a city of 746,000."""

    name_zh: str
    name_en: str
    community: str
    people: int
    hamlet: bool = False
    campus: bool = False


COMPOUNDS = (
    Compound("长泰国际社区(南a区)", "Changtai International (South A)", "320205400012", 1400),
    Compound("美林湖花园小区", "Meilin Lake Garden", "320206003001", 1600),
    Compound("春满园小区", "Chunmanyuan", "320206003005", 1100),
    Compound("舜柯村蒋巷", "Jiangxiang, Shunke Village", "320206003007", 350, hamlet=True),
    Compound("万达公寓", "Wanda Apartments", "320211001007", 700),
    Compound("华邸国际大厦", "Huadi International Tower", "320211001005", 400),
    Compound("溪南新村", "Xinan New Village", "320211001006", 1200),
    Compound("溪北新村", "Xibei New Village", "320211001004", 1000),
    Compound("东顾巷家园", "Dongguxiang Homes", "320211004010", 900),
    Compound("长广社区袁家湾", "Yuanjiawan, Changguang Community", "320211008002", 320, hamlet=True),
    Compound("江苏信息职业技术学院", "Jiangsu Vocational College of Information Technology", "320206003004",
             1800, campus=True),
)  # fmt: skip
CHANGTAI, MEILIN, CHUNMAN, JIANGXIANG, WANDA, HUADI, XINAN, XIBEI, DONGGU, YUANJIAWAN, COLLEGE = range(11)


def people(city: int) -> Ints:
    """People in each of the eleven, in a city of so many: in proportion up to 746,000, by the root above."""
    ratio = city / _FULL_SIZE
    scale = ratio if ratio <= 1 else ratio**0.5
    return np.maximum(_FEWEST, np.rint(np.array([c.people for c in COMPOUNDS]) * scale)).astype(np.int64)
