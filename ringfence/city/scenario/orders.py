"""What was ordered before dawn? The eleven sealed places and the three controlled districts of notice 97."""

from ringfence.city.scenario.first_round import DISTRICTS
from ringfence.city.scenario.stage import NOTICE, Happening, Row, Stage, local, told

AUTHORITY = "无锡市疫情防控指挥机构 (通告第97号)"
_AT = local(31, 2, 40)


def zones(on: Stage) -> list[Happening]:
    """The zones, as declared; the notice gives no hour, 02:40 is invented."""
    order: Row = {"begin": _AT, "authority": AUTHORITY, "notice": "97"}
    return [
        told(
            _AT,
            "zone",
            [{**order, "area": area, "level": "sealed"} for area in on.sealed],
            (
                "第97号通告划定十一处封控区(时刻为虚构)",
                "Notice 97 seals eleven places (the hour is invented)",
            ),
            NOTICE,
        ),
        told(
            _AT,
            "zone",
            [{**order, "area": area, "level": "controlled"} for area in DISTRICTS],
            (
                "锡山、惠山、滨湖按管控区管理(时刻为虚构)",
                "Xishan, Huishan and Binhu are controlled (the hour is invented)",
            ),
            NOTICE,
        ),
    ]
