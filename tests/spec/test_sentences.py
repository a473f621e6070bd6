"""Is every decision said in both languages, and every restriction with its authority, end and appeal?"""

import re

import pytest

from ringfence.engine.reasons import EXPLAINED, Names, explain
from ringfence.engine.sentences import CHOICES, SENTENCES
from ringfence.protocol import Protocol
from ringfence.tables.decisions import DECISIONS
from tests.drawing import Names as People
from tests.drawing import decided

NAMES = Names({"320211": ("滨湖区", "Binhu"), "320211001": ("河埒街道", "Helie")}, {})
WHY = {"rule": "zone-sealed-residence", "edition": "cn-covid-8", "grade": "B", "values": "{}"}
SAID = {
    "zone_steps": (
        "area | level | begin | step | to_level | due_day | last_case_at | contacts_left | unswept | people"
    ),
    "restrictions": (
        "person | kind | subject | begin | until | colour | live | authority_zh | authority_en | "
        "appeal_rule | appeal_duty | appeal_h"
    ),
    "codes": (
        "person | colour | kind | subject | until | reasons | authority_zh | authority_en | "
        "appeal_rule | appeal_duty | appeal_h"
    ),
    "course_visits": "person | class | phase | due_day | visited_at",
    "campaigns": "area | people | rounds | clean | next | next_day | within_h",
    "cadences": "person | last_at | due_at | state | single",
}


def said(rules: Protocol, kind: str, row: str, values: str = "{}") -> tuple[str, str]:
    """The sentences of one drawn row, up to the rule behind it."""
    why = {**WHY, "values": values}
    table = decided(kind, People(), f"{SAID[kind]} | {' | '.join(why)}\n{row} | {' | '.join(why.values())}")
    [found] = table.to_pyarrow().to_pylist()
    return explain(kind, found, rules, NAMES)


ORDERED = "市指挥部 | headquarters | appeal-zone | headquarters | 24"


@pytest.mark.parametrize(
    ("kind", "row", "zh", "en"),
    [
        (
            "zone_steps",
            "320211001 | controlled | 03-30 02:00 | escalate | sealed | 04-05 | 04-05 09:00 | 1 | 3 | 9",
            "滨湖区 河埒街道:管控区,03-30 02:00 起。下一步:升级为封控区,最早 04-05,条件具备 尚未。"
            "最近病例 04-05 09:00;区内 9 人,未满期密接 1 人,未清零 3 人。",
            "Binhu Helie: controlled since 03-30 02:00. It goes up to sealed, on 04-05 at the earliest; "
            "conditions met not yet. Last case 04-05 09:00; 9 people inside, 1 close contacts not gone long "
            "enough and negative, 3 people without the negative asked for.",
        ),
        (
            "zone_steps", "320211 | precaution | 03-30 02:00 | lift | | 04-05 | | 0 | 0 | 9",
            "滨湖区:防范区,03-30 02:00 起。下一步:解除,最早 04-05,",
            "Binhu: precaution since 03-30 02:00. It is lifted, on 04-05 at the earliest;",
        ),
        (
            "restrictions",
            f"Ana | zone | A:320211001 | 03-30 02:00 | 04-13 00:00 | yellow | yes | {ORDERED}",
            "P1:因分区管控(滨湖区 河埒街道)受限,03-30 02:00 起,至 04-13 00:00 止(在效),赋码 黄码。"
            "决定机关:市指挥部。不服可向指挥部申诉,24 小时内答复(规则 appeal-zone)。",
            "P1: restricted for a zone (Binhu Helie) from 03-30 02:00 until 04-13 00:00 (in force); colour "
            "yellow. Ordered by headquarters. An appeal goes to headquarters, answered within 24 hours "
            "(rule appeal-zone).",
        ),
        (
            "restrictions", f"Ana | case | confirmed | 03-30 02:00 | | red | no | {ORDERED}",
            "P1:因病例管理(确诊病例)受限,03-30 02:00 起,至 达到解除标准 止(不在效),赋码 红码。",
            "P1: restricted for being a case (confirmed) from 03-30 02:00 until the tests that end it "
            "(not in force); colour red.",
        ),
        (
            "codes", f"Ana | red | course | close | 04-04 00:00 | 2 | {ORDERED}",
            "P1:红码,因隔离或健康监测(密切接触者),至 04-04 00:00 止;在效限制 2 项。决定机关:市指挥部。",
            "P1: red, for a course (close contact), until 04-04 00:00; live restrictions: 2. Ordered by",
        ),
        (
            "codes", f"Ana | yellow | hold | T:T1 | 04-04 00:00 | 1 | {ORDERED}",
            "P1:黄码,因临时管控(T:T1),至", "P1: yellow, for a hold (T:T1), until",
        ),
        (
            "course_visits", "Ana | close | 2 | 04-02 |",
            "P1:密切接触者,第 2 阶段,04-02 应随访,随访 尚未。",
            "P1: close contact, phase 2, to be seen or called on 04-02; seen not yet.",
        ),
        (
            "campaigns", "320211 | 900 | 3 | 2 | round | 04-02 | 24",
            "滨湖区:900 人,已完成 3 轮,连续清零 2 轮。下一步:再做一轮,04-02;每轮 24 小时内完成。",
            "Binhu: 900 people, 3 rounds done, 2 clean in a row. Next: another round, 04-02; a round within "
            "24 hours.",
        ),
        (
            "cadences", "Ana | | 04-02 09:00 | overdue | yes",
            "P1:上次采样 (无),应于 04-02 09:00 前检测(逾期未检,单采)。",
            "P1: last sampled never, due again by 04-02 09:00 (overdue, swabbed singly).",
        ),
    ],
)  # fmt: skip
def test_a_row_is_said(kind: str, row: str, zh: str, en: str, wuxi: Protocol) -> None:
    in_chinese, in_english = said(wuxi, kind, row)
    assert in_chinese.startswith(zh)
    assert in_english.startswith(en)


def test_the_end_of_a_zone_is_said_with_what_it_waits_for(wuxi: Protocol) -> None:
    row = f"Ana | zone | A:320211001 | 03-30 02:00 | 04-13 00:00 | yellow | yes | {ORDERED}"
    values = '{"level": "low", "spread": "low", "counts_from": "last_case"}'
    in_chinese, in_english = said(wuxi, "restrictions", row, values)
    [rule] = [zone for zone in wuxi.zones if zone.rule.id == WHY["rule"]]
    assert f"解除条件:{rule.lift_zh}" in in_chinese
    assert f"It ends when: {rule.lift_en}" in in_english
    # The word low is a level, a likelihood and a class of contact: each value has its own.
    assert "level low risk; spread unlikely; counts from the last case" in in_english
    assert "级别 低风险区;传播可能性 低;起算依据 最近病例" in in_chinese


def test_a_sentence_names_columns_only() -> None:
    for kind in EXPLAINED:
        columns = {column.name for column in DECISIONS[kind].columns}
        for sentence in SENTENCES[kind]:
            assert set(re.findall(r"\{(\w+)\}", sentence)) <= columns, kind


@pytest.mark.parametrize("kind", sorted(SAID))
def test_every_choice_in_a_sentence_has_words(kind: str) -> None:
    used = set(re.findall(r"\{(\w+)\}", SENTENCES[kind][0]))
    for column in DECISIONS[kind].columns:
        if column.name in used and column.choices:
            assert set(column.choices) <= set(CHOICES[column.name]), column.name
