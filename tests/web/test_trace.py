"""Is the page of a trace what a tracer can rely on: whole, alone, nameless, and the same as the tables?"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import pyarrow.compute as pc
import pytest

from ringfence.actions.store import open_store
from ringfence.actions.tracing import Trace, trace
from ringfence.actions.tracing_cases import Asked
from ringfence.actions.tracing_paper import MOST_CASES, write
from ringfence.city.scenario import CALL_OVERS

DOTS = """() => [...document.querySelectorAll('section.case')].map((one) =>
  [one.id, one.querySelectorAll('.rings > svg > g .around').length])"""
UNITS = """() => [...document.querySelectorAll('.unit-list')].map((one) =>
  [one.id, [...one.querySelectorAll('.people tbody tr')].map((row) =>
    [row.cells[0].firstChild.textContent.trim(), row.cells[1].firstChild.textContent.trim()].join(' '))])"""
SEEN = (
    "(one) => [...document.querySelectorAll(one)].filter((e) => getComputedStyle(e).display != 'none').length"
)


@pytest.fixture(scope="module")
def traced(written, tmp_path_factory) -> tuple[Trace, Path]:
    with open_store(written.store) as store:
        found = trace(store, Asked(rings=2), CALL_OVERS[-1], CALL_OVERS[-2])
        return found, write(store, found, tmp_path_factory.mktemp("trace") / "trace.html")


def test_the_first_ask_lists_the_same_as_one_read_back_from_what_was_decided(written, traced, tmp_path):
    """Of every case, and of one; the store of the first ask has never decided anything."""
    shutil.copytree(written.store, tmp_path / "store")
    for kept in ("decisions", "traced"):
        shutil.rmtree(tmp_path / "store/columns" / kept, ignore_errors=True)
    one = traced[0].cases["person"][0].as_py()
    with open_store(written.store) as decided, open_store(tmp_path / "store") as fresh:
        for asked, since in ((Asked(rings=2), CALL_OVERS[-2]), (Asked((one,)), None)):
            first = trace(fresh, asked, CALL_OVERS[-1], since)
            later = trace(decided, asked, CALL_OVERS[-1], since)
            for name in ("cases", "visits", "meetings", "people"):
                assert getattr(first, name).equals(getattr(later, name)), (asked, name)
    assert not (tmp_path / "store/columns/decisions").exists()


@contextmanager
def opened(browser, path: Path, **options: object) -> Iterator[tuple]:
    context = browser.new_context(**options)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda asked: said.append(asked.url) if asked.url != path.as_uri() else None)
    page.goto(path.as_uri())
    try:
        yield page, said
    finally:
        context.close()


@pytest.mark.parametrize(
    "options",
    [
        {"viewport": {"width": 1440, "height": 900}},
        {"viewport": {"width": 390, "height": 844}, "is_mobile": True},
        {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    ],
    ids=["desktop", "phone", "dark"],
)
def test_it_opens_without_a_complaint_asks_nobody_and_fits_its_window(browser, traced, options) -> None:
    with opened(browser, traced[1], **options) as (page, said):
        page.mouse.wheel(0, 20_000)
        page.wait_for_timeout(200)
        assert said == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_everybody_is_a_dot_of_their_case_and_a_row_of_their_unit(browser, traced) -> None:
    found, path = traced
    here = found.people.filter(pc.is_valid(pc.field("case")))
    here = here.filter(pc.field("change").is_null() | (pc.field("change") != "gone")).to_pylist()
    assert found.cases.num_rows <= MOST_CASES
    with opened(browser, path) as (page, _):
        for case, dots in page.evaluate(DOTS):
            # The case itself is drawn in the middle.
            mine = sum(f"P{row['case']}" == case for row in here)
            assert dots == mine, case
        lists = dict(page.evaluate(UNITS))
        for code in {row["unit"] for row in here}:
            mine = [row for row in here if row["unit"] == code]
            every = {f"P{row['person']} P{row['case']}": row["class"] for row in mine}
            listed = lists[f"unit-{code or 'none'}"]
            assert len(set(listed)) == len(listed)
            assert set(listed) <= set(every)
            # Whoever owes nothing may be left out where there are many; nobody else.
            assert {every[one] for one in set(every) - set(listed)} <= {"general", None}


def test_one_language_can_be_read_alone(browser, traced) -> None:
    with opened(browser, traced[1]) as (page, _):
        page.locator("label[for=in-en]").click()
        assert (page.evaluate(SEEN, "main .zh"), page.evaluate(SEEN, "main h2 .en") > 3) == (0, True)
        page.locator("label[for=in-zh]").click()
        assert page.evaluate(SEEN, "main .en") == 0


def test_nobody_is_named_and_no_script_may_run(traced, written) -> None:
    html = traced[1].read_text(encoding="utf-8")
    assert "<script" not in html
    assert "default-src 'none'" in unescape(html)
    assert [name for name in written.names if len(name) > 2 and name in html] == []
