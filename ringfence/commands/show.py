"""`ringfence protocol show`: which rules are in force, and who issued them?"""

from collections import Counter
from collections.abc import Sequence

import pyarrow as pa

from ringfence.actions.ruling import rules_at
from ringfence.actions.store import open_store
from ringfence.commands.options import DEFAULT_STORE, AsOf, Format, Output, StoreFolder, instant, local
from ringfence.commands.output import check_form, drawn, give
from ringfence.protocol import Protocol


def show(
    store: StoreFolder = DEFAULT_STORE, as_of: AsOf = "", form: Format = "table", output: Output = None
) -> None:
    """现行规则 / The rules in force: which editions, by whom, for which area, and every rule of them."""
    check_form(form, output)
    with open_store(store) as opened:
        at = instant(as_of, opened)
        settings, rules = opened.settings, rules_at(opened, at)
        rows = [
            {"area": one.area, "edition": rule.edition, "authority": one.authorities[rule.edition].en,
             "rule": rule.id, "grade": rule.grade, "zh": rule.zh, "en": rule.en, "source": rule.source}
            for one in rules
            for rule in one.every_rule
        ]  # fmt: skip
        title = f"{local(at, opened)} {settings.zone}"
        give(pa.Table.from_pylist(rows), form, output, lambda _: _draw_rules(title, rules))


def _draw_rules(title: str, rules: Sequence[Protocol]) -> None:
    cells: list[list[str]] = []
    for one in rules:
        counts = Counter(rule.edition for rule in one.every_rule)
        grades = {id_: Counter(r.grade for r in one.every_rule if r.edition == id_) for id_ in one.stack}
        for id_ in one.stack:
            authority = one.authorities[id_]
            told = " ".join(f"{grade}{count}" for grade, count in sorted(grades[id_].items()))
            cells.append([one.area, id_, f"{authority.zh} · {authority.en}", str(counts[id_]), told])
    drawn(title, ("区域 area", "版本 edition", "发布机关 authority", "规则 rules", "等级 grades"), cells)
