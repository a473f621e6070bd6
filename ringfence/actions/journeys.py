"""Which journeys from elsewhere could have infected a case?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ringfence.actions.deciding import Answer
from ringfence.actions.infections import Ill


def arrivals(known: Sequence[Ill], answer: Answer) -> Mapping[int, list[dict[str, Any]]]:
    """The journeys from elsewhere that could have infected them."""
    ill = {one.person: one for one in known if one.infected is not None}
    zone = ZoneInfo(answer.protocol.zone)
    arrival = answer.known["arrival"]
    rows = arrival.filter(arrival.person.isin(sorted(ill))) if ill else arrival.limit(0)
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.to_pyarrow().to_pylist():
        if row["origin"] != "none" and was_away(row["at"], row["left_day"], ill[row["person"]], zone):
            found[row["person"]].append({
                "lead": "arrival", "setting": None, "first": row["at"], "last": row["at"], "meetings": 1,
                "evidence": [row["fact"]],
            })  # fmt: skip
    return found


def was_away(arrived_at: datetime, left_day: date | None, one: Ill, zone: ZoneInfo) -> bool:
    """Whether somebody was elsewhere in some part of their incubation: they came after it began and before
    their first sign, and had left there, where that day is known, before it was over."""
    if one.infected is None or not one.infected[0] < arrived_at <= one.first_sign:
        return False
    return left_day is None or left_day <= one.infected[1].replace(tzinfo=UTC).astimezone(zone).date()
