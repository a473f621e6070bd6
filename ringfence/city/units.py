"""Who answers for what? An invented roster of organisations for every duty, down to the community."""

from dataclasses import dataclass

import pyarrow as pa

from ringfence.city.divisions import CITY, Divisions
from ringfence.tables.facts import DUTIES, UNIT

SOURCE = "synthetic city"
# duties of a district, by the letters of the unit's id: what it is called, and its duties
_DISTRICT = (
    ("CDC", "疾控中心", "CDC", ("tracing",)),
    ("HLTH", "卫生健康委员会", "Health Commission", ("transfers",)),
    ("SCR", "全员核酸检测办公室", "Screening Office", ("sampling", "coverage")),
    ("HQ", "疫情防控指挥部", "Outbreak Headquarters", ("headquarters", "zones")),
    ("LAB", "核酸检测实验室", "Nucleic Acid Laboratory", ("laboratory",)),
    ("CIV", "社区防控组", "Community Group", ("visits",)),
)


@dataclass(frozen=True)
class _Row:
    unit: str
    duty: str
    area: str
    name_zh: str
    name_en: str


def table(divisions: Divisions) -> pa.Table:
    """The units of the city, each district, town and community; the city's stand in for the rest."""
    rows: list[_Row] = []
    for letters, zh, en, duties in _DISTRICT:
        rows += [_Row(f"{CITY}-{letters}", duty, CITY, f"无锡市{zh}", f"Wuxi {en}") for duty in duties]
        for code, name_zh, name_en in divisions.districts:
            short = name_en.rsplit(" ", 1)[0]
            rows += [_Row(f"{code}-{letters}", duty, code, name_zh + zh, f"{short} {en}") for duty in duties]
    for code, name_zh, name_en in divisions.towns:
        for duty in ("visits", "sampling"):
            rows.append(_Row(f"{code}-TOWN", duty, code, f"{name_zh}防控专班", f"{name_en} Outbreak Team"))
    for code, name_zh, name_en in divisions.communities:
        for duty in ("visits", "coverage"):
            rows.append(_Row(f"{code}-COMM", duty, code, name_zh, f"{name_en} Committee"))
    missing = set(DUTIES) - {row.duty for row in rows if row.area == CITY}
    if missing:
        raise AssertionError(f"no unit of the whole city for {sorted(missing)}")
    columns = {
        name: [getattr(row, name) for row in rows] for name in ("unit", "duty", "area", "name_zh", "name_en")
    }
    return pa.table({**columns, "source": [SOURCE] * len(rows)}, schema=UNIT.schema)
