"""Is the brief what a commander can rely on: whole, alone, agreeing with itself, and nameless?"""

import gzip
import json
import re
from base64 import b64decode
from html.parser import HTMLParser

import pytest
import typer
from typer.testing import CliRunner

from ringfence.actions.briefing import brief
from ringfence.actions.store import open_store
from ringfence.city.scenario import CALL_OVERS
from ringfence.commands.report import report
from ringfence.engine.situation import figures
from ringfence.errors import InputError

SHEETS = range(len(CALL_OVERS))
EXPAND = """async (into) => {
  for (;;) {
    const shut = [...document.querySelectorAll(into + ' .branch[aria-expanded=false]')];
    if (!shut.length) break;
    shut.forEach((button) => button.click());
  }
  document.querySelectorAll(into + ' .more .all').forEach((button) => button.click());
}"""
SHOWN = """() => [...document.querySelectorAll('#opened-rows tbody tr.row, #opened-rows .person')].length"""
PEOPLE = """() => [...document.querySelectorAll('#opened-rows .person b')]
  .map((b) => Number(b.textContent.slice(1)))"""
FIRST_CELLS = """() => [...document.querySelectorAll('#list tbody tr.row td:first-child')]
  .map((td) => td.textContent)"""
PALE = """() => [...document.querySelectorAll('.moment')]
  .filter((moment) => getComputedStyle(moment).opacity < 1).length"""


def _choose(page, sheet: int) -> None:
    page.locator(f"label[for=at-{sheet}]").click()


def _figure(page, sheet: int, figure: str):
    return page.locator(f"[data-figure={figure}][data-sheet='{sheet}']")


def test_it_opens_without_a_complaint_and_asks_nobody_for_anything(opening) -> None:
    with opening() as opened:
        for sheet in SHEETS:
            _choose(opened.page, sheet)
        opened.page.mouse.wheel(0, 20_000)
        opened.page.wait_for_timeout(200)
        assert (opened.complaints, opened.requests) == ([], [])


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_figure_opens_exactly_as_many_rows_as_it_says(opening, written, sheet) -> None:
    with opening() as opened:
        page = opened.page
        _choose(page, sheet)
        for figure in figures(written.answers[sheet].decisions):
            button = _figure(page, sheet, figure.id)
            assert button.locator(".count").inner_text() == f"{figure.count:,}", figure.id
            button.click()
            page.evaluate(EXPAND, "#opened-rows")
            assert page.evaluate(SHOWN) == figure.count, figure.id
            assert "wrong" not in (page.locator("#opened-sum").get_attribute("class") or "")
            page.locator("#opened-close").click()
        assert opened.complaints == []


def test_the_doors_name_exactly_the_people_who_are_missing(opening, written) -> None:
    with opening() as opened:
        for sheet in SHEETS:
            _choose(opened.page, sheet)
            missing = next(one for one in figures(written.answers[sheet].decisions) if one.id == "missing")
            _figure(opened.page, sheet, "missing").click()
            opened.page.evaluate(EXPAND, "#opened-rows")
            assert sorted(opened.page.evaluate(PEOPLE)) == sorted(missing.rows["person"].to_pylist())
            opened.page.locator("#opened-close").click()


def test_every_number_on_every_sheet_agrees_with_its_rows(opening) -> None:
    with opening() as opened:
        wrong = opened.page.evaluate("""() => data.views
          .map((view) => [plain(data.texts[view.name]), view.n, countIn(view, '')])
          .filter(([, said, counted]) => said !== counted)""")
        assert wrong == []
        pressed = opened.page.evaluate("""() => [...document.querySelectorAll('.number')].filter((button) =>
          Number(button.textContent.replaceAll(',', '')) !== data.views[button.dataset.view].n).length""")
        assert pressed == 0


def test_a_figure_shows_its_change_since_the_call_over_before(opening, written) -> None:
    first, second = (
        {one.id: one.count for one in figures(answer.decisions)} for answer in written.answers[:2]
    )
    with opening() as opened:
        _choose(opened.page, 1)
        moved = second["nat_positive"] - first["nat_positive"]
        assert moved > 0
        assert _figure(opened.page, 1, "nat_positive").locator(".change").inner_text() == f"▲ +{moved}"
        assert _figure(opened.page, 0, "nat_positive").locator(".change").count() == 0


def test_the_language_is_switched_and_print_shows_both(opening) -> None:
    with opening() as opened:
        page = opened.page
        zh, en = page.locator("#h-figures .zh"), page.locator("#h-figures .en")
        assert (zh.is_visible(), en.is_visible()) == (True, True)
        page.locator("label[for=in-en]").click()
        assert (zh.is_visible(), en.is_visible()) == (False, True)
        assert page.evaluate("document.documentElement.lang") == "en"
        assert "病例" not in page.locator("#list").inner_text()
        page.locator("label[for=in-zh]").click()
        assert (zh.is_visible(), en.is_visible()) == (True, False)
        page.emulate_media(media="print")
        assert (zh.is_visible(), en.is_visible()) == (True, True)


def test_one_box_searches_every_list(opening, written) -> None:
    person = f"P{written.answers[2].decisions['cases']['person'].to_pylist()[0]}"
    with opening() as opened:
        page = opened.page
        page.locator("#search").fill(person)
        page.wait_for_timeout(400)
        rows = page.locator("#list tbody tr.row")
        assert rows.count() == 1
        assert person in rows.first.inner_text()
        cases = page.locator("#lists .s2 .tab").first
        assert cases.locator("b").inner_text() == f"1 / {written.answers[2].decisions['cases'].num_rows}"
        page.locator("#search").fill("no such person anywhere")
        page.wait_for_timeout(400)
        assert rows.count() == 0


def test_lists_sort_by_their_headings(opening, written) -> None:
    people = sorted(written.answers[2].decisions["cases"]["person"].to_pylist())
    with opening() as opened:
        heading = opened.page.locator("#list th .sort").first
        heading.click()
        assert opened.page.evaluate(FIRST_CELLS) == [f"P{person}" for person in people]
        heading.click()
        assert opened.page.evaluate(FIRST_CELLS) == [f"P{person}" for person in reversed(people)]


def test_why_gives_the_rule_the_grade_and_the_facts(opening, written) -> None:
    case = written.answers[2].decisions["cases"].to_pylist()[0]
    with opening() as opened:
        page = opened.page
        page.locator("#search").fill(f"P{case['person']}")
        page.wait_for_timeout(400)
        page.locator("#list .why-button").first.click()
        said = page.locator("#list .because").inner_text()
        fact = case["evidence"][0]
        assert case["rule"] in said
        assert case["edition"] in said
        assert f"{fact >> 32}.{fact & 0xFFFFFFFF}" in said


def test_whoever_is_missing_has_a_why_with_their_own_door_and_fact(opening, written) -> None:
    tasks = written.answers[1].decisions["tasks"].to_pylist()
    owed = next(task for task in tasks if task["must"] == "sample" and task["state"] == "open")
    fact = owed["evidence"][0]
    with opening() as opened:
        page = opened.page
        _choose(page, 1)
        _figure(page, 1, "missing").click()
        page.locator("#opened-search").fill(owed["subject"])
        page.wait_for_timeout(400)
        page.evaluate(EXPAND, "#opened-rows")
        page.locator("#opened-rows .person .why summary").first.click()
        said = page.locator("#opened-rows .person").first.inner_text()
        assert said.count(owed["subject"]) >= 3  # the line, and the sentence in each language
        assert owed["area"].rsplit("-", 1)[-1] in said
        assert f"{fact >> 32}.{fact & 0xFFFFFFFF}" in said
        assert not re.search("[\x01-\x04]", said)


def test_a_key_is_enough(opening) -> None:
    with opening() as opened:
        page = opened.page
        _figure(page, 2, "late").focus()
        page.keyboard.press("Enter")
        assert page.locator("#opened").is_visible()
        page.keyboard.press("Escape")
        assert not page.locator("#opened").is_visible()
        page.locator("#map .s2 g.marker").first.focus()
        page.keyboard.press("Enter")
        assert page.locator("#opened").is_visible()


def test_what_was_not_yet_known_is_pale(opening) -> None:
    with opening() as opened:
        counts = []
        for sheet in SHEETS:
            _choose(opened.page, sheet)
            counts.append(opened.page.evaluate(PALE))
        assert counts[0] > counts[1] > counts[2] == 0


@pytest.mark.parametrize("width", [360, 1440, 3840])
def test_nothing_runs_off_the_side(opening, width) -> None:
    with opening(viewport={"width": width, "height": 800}) as opened:
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_can_be_read_without_its_script(opening, written) -> None:
    with opening(ready=False, java_script_enabled=False) as opened:
        page = opened.page
        assert _figure(page, 2, "late").is_visible()
        page.locator("label[for=at-0]").click()
        assert _figure(page, 0, "late").is_visible()
        assert not _figure(page, 2, "late").is_visible()
        assert page.locator("noscript p").is_visible()


def test_no_other_script_runs_in_it(opening) -> None:
    with opening() as opened:
        opened.page.evaluate("""() => {
          const foreign = document.createElement('script');
          foreign.textContent = 'window.foreign = 1';
          document.body.append(foreign);
          const link = document.createElement('img');
          link.src = 'https://example.invalid/seen.png';
          document.body.append(link);
        }""")
        opened.page.wait_for_timeout(200)
        assert opened.page.evaluate("typeof window.foreign") == "undefined"
        assert opened.requests == []
        assert sum("Content Security Policy" in said for said in opened.complaints) == 2


class _Ids(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name.startswith("on") or name == "style":
                self.handlers.append(f"{tag} {name}")


def test_every_id_is_its_own_and_every_reference_leads_somewhere(written) -> None:
    html = written.html
    seen = _Ids()
    seen.feed(html)
    assert sorted(seen.ids) == sorted(set(seen.ids))
    assert seen.handlers == []
    referred = re.findall(r'(?:for|aria-labelledby)="([^"]+)"|href="#([^"]+)"', html)
    assert {one or other for one, other in referred} <= set(seen.ids)


def _everything(html: str) -> str:
    packed = re.search(r'id="payload">([^<]+)<', html)
    assert packed
    return html.replace(packed[1], "") + gzip.decompress(b64decode(packed[1])).decode()


def test_no_name_from_the_vault_is_anywhere_in_it(written) -> None:
    text = _everything(written.html)
    areas = "".join(written.answers[2].known["area"].name_zh.to_pyarrow().to_pylist())
    units = "".join(written.answers[2].known["unit"].name_zh.to_pyarrow().to_pylist())
    public = areas + units  # a person may be called like a street
    found = {name for name in set(written.names) if name in text and name not in public}
    assert len(set(written.names)) > 1000
    assert found == set()


def test_the_payload_holds_pseudonyms_and_the_exercise_says_it_is_one(written) -> None:
    said = json.loads(_everything(written.html).rpartition("</html>\n")[2])
    assert set(said) == {"texts", "whys", "tables", "views", "doors"}
    assert "EXERCISE" in written.html
    assert "演练" in written.html


def test_the_same_store_gives_the_same_bytes(written, tmp_path) -> None:
    with open_store(written.store) as store:
        again = brief(store, list(reversed(CALL_OVERS)), tmp_path / "again.html")
    assert again.read_bytes() == written.path.read_bytes()


def test_a_brief_needs_an_instant(written, tmp_path) -> None:
    with open_store(written.store) as store, pytest.raises(InputError, match="1 to 6 instants, not 0"):
        brief(store, [], tmp_path / "none.html")
    assert not (tmp_path / "none.html").exists()


def _run(*arguments: str):
    app = typer.Typer()
    app.command()(report)
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def test_the_command_writes_it_and_says_where(written, tmp_path) -> None:
    path = tmp_path / "one.html"
    at = "2022-03-30 20:00"
    done = _run("--store", str(written.store), "--as-of", at, "--output", str(path))
    assert done.exit_code == 0
    assert str(path) in done.output
    assert 'id="at-0"' in path.read_text(encoding="utf-8")
    assert 'id="at-1"' not in path.read_text(encoding="utf-8")


def test_the_command_gives_the_figures_alone(written) -> None:
    done = _run("--store", str(written.store), "--as-of", "2022-03-31 03:00", "--format", "json")
    rows = json.loads(done.stdout)
    expected = {one.id: one.count for one in figures(written.answers[2].decisions)}
    assert {row["figure"]: row["count"] for row in rows} == expected
    assert {row["as_of"] for row in rows} == {"2022-03-31 03:00"}


def test_the_command_says_where_no_folder_is(written, tmp_path) -> None:
    with pytest.raises(InputError, match="there is no folder"):
        _run("--store", str(written.store), "--output", str(tmp_path / "no" / "brief.html"))
