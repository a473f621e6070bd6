"""Does the page keep each row once, speak local time, let nothing foreign in, and say what is due first?"""

import base64
import gzip
import hashlib
import json
import re
from datetime import datetime, timedelta
from html import unescape

import pyarrow as pa
import pytest

from ringfence.exchange.ledger import Ledger
from ringfence.exchange.page import Brief, Moment, Number, Sheet
from ringfence.exchange.render import render
from ringfence.exchange.speech import Speech, left
from ringfence.exchange.summary import groups, headline
from ringfence.tables.decisions import TASKS
from tests.unit.exchange.test_doors import speech

AT = datetime.fromisoformat("2022-03-30T12:00")


SHEET = Sheet(
    at="2022-03-30 20:00",
    summary=("一切<如常>", "all is <well>"),
    figures=(),
    late=(),
    soon=(),
    load=(),
    load_all=Number(0, 0),
    map=None,
    clock_heads=(),
    clocks=(),
    coverage=(),
    lists=(),
    seq=1,
    digest="d",
    stack=("cn-covid-8",),
)
NASTY = ("<b>划区</b>", "<script>alert(1)</script>")


def page(**changed) -> dict:
    empty = {
        "place": ("无锡市", "Wuxi"), "zone": "Asia/Shanghai", "ahead": "UTC+8", "exercise": False,
        "store": "s",
        "version": "0", "sheets": (SHEET,), "moments": (), "rules": (), "payload": Ledger().payload(),
    }  # fmt: skip
    return empty | changed


def rendered(**changed) -> str:
    moment = Moment(
        "2022-03-30 20:00",
        "2022-03-30 20:00",
        0,
        0.0,
        "zone",
        ("<b>划区</b>", "<script>alert(1)</script>"),
        "x",
    )
    return render(Brief(**page(moments=(moment,), **changed)))


def test_text_is_escaped_and_only_our_own_script_and_style_are_allowed() -> None:
    html = rendered()
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy
    for tag in ("script", "style"):
        inside = re.search(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert inside
        digest = base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in unescape(policy[1])
    assert "unsafe" not in policy[1]
    assert re.search(r"https?://", html) is None


@pytest.mark.parametrize("exercise", [True, False])
def test_only_an_exercise_is_marked_as_one(exercise) -> None:
    assert ("EXERCISE" in rendered(exercise=exercise)) is exercise


def test_a_ledger_keeps_each_thing_once_and_is_read_back() -> None:
    ledger = Ledger()
    columns = [["who", "person", "人员", "Person"], ["why_sentence", "why", "为何", "Why"]]
    sentence = ("规则甲。依据一。", "Rule A. Fact 1.")
    rows = [ledger.row("cases", columns, (7, ledger.why(sentence))) for _ in range(3)]
    other = ledger.row("cases", columns, (8, ledger.why(("规则甲。依据二。", "Rule A. Fact 2."))))
    view = ledger.view(("病例", "Cases"), 2, [{"t": "cases", "ids": [rows[0], other]}])
    said = json.loads(gzip.decompress(base64.b64decode(ledger.payload())))
    assert (rows, other, view) == ([0, 0, 0], 1, 0)
    assert len(said["tables"]["cases"]["rows"]) == 2
    pieces = [["".join(said["texts"][n] for n in language) for language in why] for why in said["whys"]]
    assert pieces[0] == list(sentence)
    assert sum("规则甲" in text for text in said["texts"]) == 1
    assert ledger.payload() == ledger.payload()


def test_local_time_follows_the_edition_through_a_change_of_the_clocks() -> None:
    shown = speech()
    berlin = Speech(
        AT, shown.area, shown.unit, {}, shown.why,
        [(datetime.fromisoformat("1900-01-01"), 3600), (datetime.fromisoformat("2022-03-27T01:00"), 7200)],
    )  # fmt: skip
    assert berlin.time(datetime.fromisoformat("2022-03-27T00:59")) == "2022-03-27 01:59"
    assert berlin.time(datetime.fromisoformat("2022-03-27T01:00")) == "2022-03-27 03:00"
    assert berlin.time(None) == ""


def test_what_is_due_now_is_not_late() -> None:
    assert left(AT, AT) == ("还有0分", "0 min left")
    assert left(AT, AT + timedelta(minutes=1)) == ("已超时1分", "1 min late")


def task(name: str, **changed) -> dict:
    return {
        "task": name, "must": "report", "subject": name, "duty": "tracing", "unit": "U1", "since": AT,
        "due_at": AT, "state": "open", "rule": "r", "edition": "e", "grade": "A", "values": "{}",
        "evidence": [1],
    } | changed  # fmt: skip


def test_the_late_come_first_and_what_has_no_limit_last() -> None:
    hour = timedelta(hours=1)
    tasks = pa.Table.from_pylist(
        [
            task("a", due_at=None),
            task("b", due_at=AT + hour),
            task("c", due_at=AT - hour, state="late"),
            task("d", due_at=AT - 2 * hour, state="late"),
            task("e", due_at=AT - hour, state="late"),
            task("f", state="done"),
        ],
        TASKS.schema,
    )
    found = groups(tasks).select(["first", "count"]).to_pylist()
    assert [(row["first"], row["count"]) for row in found] == [(3, 1), (2, 2), (1, 1), (0, 1)]


def test_the_headline_says_what_is_new_and_leaves_out_what_is_nothing() -> None:
    counts = {
        "nat_positive": 6,
        "antigen_positive": 0,
        "held": 0,
        "to_place": 2,
        "missing": 1_200,
        "late": 18,
    }
    zh, en = headline(counts, {"nat_positive": 3})
    assert en == (
        "6 positive by nucleic acid (3 new); 2 contacts not yet in quarantine; "
        "1,200 still to be sampled; 18 tasks late."
    )
    assert zh == "核酸阳性 6 例(新增 3),2 名接触者待集中隔离,1,200 人次应检未检,超时任务 18 项。"
