"""Does a sampling table work with no network, lose nothing, and let nobody read who was sampled?

A real Chromium, driven by keyboard, before a real server in a process of its own.
"""

import re
import time

import httpx
import pytest
from playwright.sync_api import expect

from ringfence.actions import devices
from ringfence.web.pages import FOLDER
from tests.unit.intake.invented import check_character
from tests.web.door import Door, door, id_number, people, tube
from tests.web.sampling import RECORDS, table


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory):
    with door(tmp_path_factory.mktemp("sampling")) as running:
        yield running


def numbers(served: Door, *orders: int) -> list[int]:
    with served.opened() as store:
        return sorted(store.vault.pseudonyms("cn_id", [id_number(order) for order in orders]))


def in_tube(served: Door, code: str) -> list[int]:
    return sorted(row["person"] for row in served.rows("sample") if row["tube"] == code)


def test_a_table_goes_on_without_a_network_and_each_tube_arrives_once(browser, served) -> None:
    first, second, third = ([id_number(n) for n in ns] for ns in ((1, 2, 3), (4, 5), (6,)))
    with table(browser, served, code=served.code()) as at:
        at.page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
        at.fill("W00001", *first)
        at.stands("W00001", "sent")
        at.context.set_offline(True)
        at.fill("W00002", *second)
        at.scan("W00003", *third)
        at.counts(1)
        at.reload()
        at.stands("W00001", "sent")
        at.stands("W00002", "waiting")
        at.counts(1)
        expect(at.page.locator("#tube")).to_have_text("W00003")
        assert in_tube(served, "W00002") == []
        kept = at.page.evaluate(RECORDS)
        before = at.batches
        at.context.set_offline(False)
        at.stands("W00002", "sent")
        assert at.batches == before + 1
        shown = at.page.locator("body").inner_text()
        addresses = "".join(at.addresses) + at.page.title()
    assert [row["tube"] for row in served.rows("tube") if row["tube"].startswith("W0000")] == [
        "W00001",
        "W00002",
    ]
    assert in_tube(served, "W00001") == numbers(served, 1, 2, 3)
    assert in_tube(served, "W00002") == numbers(served, 4, 5)
    # Two tubes closed, one open, the device and the shift; the keys cannot be taken out.
    assert len(kept["records"]) == 5
    assert kept["taken"] == ["rejected", "rejected"]
    raw = "".join(text for record in kept["records"] for text in record)
    for secret in (*first, *second, *third, "W00001", "people"):
        assert secret not in raw
    for identity in (*first, *second, *third):
        assert identity not in shown + addresses + served.log.read_text()


def test_what_is_scanned_wrong_is_refused(browser, served) -> None:
    one, two = id_number(11), id_number(12)
    with table(browser, served, code=served.code()) as at:
        at.context.set_offline(True)
        at.scan(one)
        at.refuses("请先扫管码")
        at.size(1)
        at.scan("W00011", one)
        at.counts(1, 1)
        at.scan(two)
        at.refuses("本管已满")
        at.size(5)
        at.counts(1, 5)
        wrong = two[:17] + ("0" if two[17] != "0" else "1")
        for scanned, said in ((one, "已在本管"), (wrong, "校验码不符"), ("W00012", "本管未封")):
            at.scan(scanned)
            at.refuses(said)
        at.scan("p007", "P7")
        at.refuses("已在本管")
        at.counts(2, 5)
        at.size(1)
        at.refuses("超过该规格")
        at.press("#close")
        at.stands("W00011", "waiting")
        at.scan("W00011")
        at.refuses("此管码本机已用过")
        at.scan("W00012", one)
        at.refuses("此人本轮已在本机采过")
        at.press("#close")
        at.refuses("还没有人")


def test_a_scan_is_undone_and_a_person_removed(browser, served) -> None:
    one, two, three = (id_number(n) for n in (13, 14, 15))
    with table(browser, served, code=served.code()) as at:
        at.scan("W00013", one, two, three)
        at.counts(3)
        at.press("#undo")
        at.counts(2)
        at.press("#people li:first-child button")
        at.counts(1)
        at.press("#close")
        at.stands("W00013", "sent")
        # Whoever was taken out may be sampled; whoever was left in may not, though that code is gone here.
        at.scan("W00014", one, two)
        at.refuses("此人本轮已在本机采过")
        at.counts(1)
        at.press("#undo")
        at.counts(0)
        at.press("#undo")
        expect(at.page.locator("#tube")).to_contain_text("请扫管码")
        at.press("#undo")
        at.refuses("没有可撤销的")
    assert in_tube(served, "W00013") == numbers(served, 14)


def test_an_answer_that_was_lost_is_asked_for_again_and_a_busy_server_is_obeyed(browser, served) -> None:
    with table(browser, served, code=served.code(), service_workers="block") as at:
        tries = []

        def between(route) -> None:
            tries.append(route.request.post_data)
            if len(tries) == 1:
                route.fulfill(status=503, headers={"retry-after": "1"}, json={"zh": "忙", "en": "busy"})
            elif len(tries) == 2:
                route.fetch()  # the server has it, and its answer never comes
                route.abort()
            else:
                route.continue_()

        at.page.route("**/v1/tubes", between)
        at.fill("W00021", id_number(21))
        at.stands("W00021", "sent")
        assert len(tries) == 3
        assert len(set(tries)) == 1
    assert in_tube(served, "W00021") == numbers(served, 21)


def test_a_refused_tube_says_why_and_is_mended_under_its_key(browser, served) -> None:
    nowhere = "99999919000101031"
    served.tubes(tube("used", *people(30)))
    with table(browser, served, code=served.code()) as at:
        sent = []
        at.page.on("request", lambda asked: sent.append(asked.post_data_json) if asked.post_data else None)
        at.fill("T-used", id_number(31), nowhere + check_character(nowhere))
        at.stands("T-used", "refused")
        line = at.page.locator("#tubes li.refused")
        for words in ("此管码已登记过", "registered before", "a new tube", "行政区划代码"):
            expect(line).to_contain_text(words)
        at.press("[data-reopen]")
        expect(at.page.locator("#people li").nth(1)).to_contain_text("never an area code")
        at.page.locator("#people button").nth(1).focus()
        at.page.keyboard.press("Enter")
        at.counts(1)
        at.press("#change")
        at.scan("W00031")
        at.press("#close")
        at.stands("W00031", "sent")
        first, last = (body["tubes"][0] for body in sent)
    assert first["key"] == last["key"]
    assert in_tube(served, "T-used") == numbers(served, 30)
    assert in_tube(served, "W00031") == numbers(served, 31)


def revoke(served: Door, device: str) -> None:
    """Revokes a device, and waits until the door has heard of it: of another one, told after it."""
    last = served.exchanged(served.code()).json()
    with served.opened() as store:
        for name in (device, last["device"]):
            devices.revoke(store, name, "lost", "test")
    for _ in range(100):
        if served.post("/v1/tubes", {}, token=last["token"]).status_code == 401:
            return
        time.sleep(0.1)
    raise AssertionError("the door did not hear of it")


def test_a_revoked_device_keeps_what_waits_until_it_is_enrolled_again(browser, served) -> None:
    code = served.code()
    with table(browser, served, code=code) as at:
        at.fill("W00041", id_number(41))
        at.stands("W00041", "sent")
        (source,) = {row["source"] for row in served.rows("tube") if row["tube"] == "W00041"}
        revoke(served, source.removeprefix("device "))
        at.scan("W00042", id_number(42))
        at.counts(1)
        at.press("#close")
        at.refuses("已注销")
        at.reload()
        at.refuses("已注销")
        at.stands("W00042", "waiting")
        at.press("#enrol-again")
        at.type_code(code)
        at.refuses("注册码无效")
        at.press("#enrol-back")
        at.stands("W00042", "waiting")
        at.press("#enrol-again")
        at.enrol(served.code())
        at.stands("W00042", "sent")
    assert in_tube(served, "W00042") == numbers(served, 42)


def test_the_next_sampler_takes_over_counts_and_no_names(browser, served) -> None:
    with table(browser, served, code=served.code()) as at:
        at.context.set_offline(True)
        at.fill("W00051", id_number(51), id_number(52))
        at.scan("W00052")
        at.press("#hand-over")
        at.refuses("本管未封")
        at.scan("P530001")
        at.counts(1)
        at.press("#close")
        at.stands("W00052", "waiting")
        at.press("#hand-over")
        counts = [at.page.locator(f"#n-{name}") for name in ("tubes", "people", "waiting", "refused")]
        for count, expected in zip(counts, ("2", "3", "2", "0"), strict=True):
            expect(count).to_have_text(expected)
        for hidden in ("#people li", "#tubes li"):
            assert at.page.locator(hidden).count() == 0
        at.page.keyboard.type("S2")
        at.page.keyboard.press("Enter")
        expect(at.page.locator("#where")).to_have_text("R1 · 7 · S2")
        at.stands("W00051", "waiting")


X = next(number for number in map(id_number, range(1, 100)) if number[17] == "X")
CODES = {
    "ID number": (id_number(61), "person", id_number(61)),
    "full width, spaces": (" ３２０２０６ 19000101 061" + id_number(61)[17], "person", id_number(61)),
    "small x": (X.lower(), "person", X),
    "no such day": ("32020619000230001" + check_character("32020619000230001"), "wrong", "idBirth"),
    "a digit lost": (id_number(61)[:17], "wrong", "idLength"),
    "P code": ("p0061", "person", "P61"),
    "tube": ("w33:0001.a", "tube", "w33:0001.a"),
    "a stray key": ("7", "wrong", "unknownCode"),
    "markup": ("<b>W0001</b>", "wrong", "unknownCode"),
}


def test_one_field_understands_what_it_is_given(browser, served) -> None:
    with table(browser, served) as at:
        found = at.page.evaluate(
            """async (codes) => {
              const { understand } = await import('/sampling/codes.js');
              return codes.map(understand);
            }""",
            [text for text, _, _ in CODES.values()],
        )
    said = {
        name: (one["kind"], one.get("code") or one["fault"]) for name, one in zip(CODES, found, strict=True)
    }
    assert said == {name: (kind, meant) for name, (_, kind, meant) in CODES.items()}


CONTRASTS = """() => {
  const rgb = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, place) => sum + c * [0.2126, 0.7152, 0.0722][place], 0);
  const ground = (element) => {
    const colour = element ? rgb(getComputedStyle(element).backgroundColor) : [255, 255, 255];
    return colour[3] === 0 ? ground(element.parentElement) : colour;
  };
  return [...document.querySelectorAll('body *')]
    .filter((element) => element.checkVisibility() && [...element.childNodes].some((n) => n.nodeType === 3))
    .map((element) => [light(rgb(getComputedStyle(element).color)), light(ground(element))])
    .map(([one, other]) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05));
}"""
TARGETS = """() => [...document.querySelectorAll('button, input')]
  .filter((element) => element.checkVisibility()).map((element) => element.getBoundingClientRect())
  .map((box) => Math.min(box.width, box.height))"""


def test_it_is_wide_enough_for_a_phone_and_plain_enough_for_the_sun(browser, served) -> None:
    """Contrast of 7 to 1 is level AAA of WCAG 2.2 (1.4.6), targets of 44 pixels are too (2.5.5)."""
    with table(browser, served, viewport={"width": 360, "height": 740}) as at:

        def fits() -> None:
            assert at.page.evaluate("document.documentElement.scrollWidth") <= 360
            assert min(at.page.evaluate(TARGETS)) >= 44
            assert min(at.page.evaluate(CONTRASTS)) >= 7

        fits()
        at.enrol(served.code())
        served.tubes(tube("wide", *people(70)))
        at.fill("T-wide", id_number(71))
        at.stands("T-wide", "refused")
        at.scan("W" + "0" * 60, id_number(72), id_number(72))
        at.refuses("已在本管")
        fits()
        at.press("#undo")
        at.press("#undo")
        at.press("#hand-over")
        expect(at.page.locator("#handing")).to_be_visible()
        fits()


LOOK_AT = """
navigator.mediaDevices.getUserMedia = async () => document.createElement('canvas').captureStream(5);
HTMLMediaElement.prototype.play = async () => {};
self.BarcodeDetector = class {
  static async getSupportedFormats() { return ['code_128', 'qr_code']; }
  async detect() { return [{ rawValue: 'W00081' }]; }
};"""


def test_the_camera_is_offered_where_the_browser_reads_codes(browser, served) -> None:
    """This Chromium reads none: a detector that always sees one code stands in its place."""
    with table(browser, served, code=served.code()) as at:
        expect(at.page.locator("#camera")).to_be_hidden()
        assert at.page.evaluate("'BarcodeDetector' in self") is False
        at.context.add_init_script(LOOK_AT)
        at.reload()
        at.press("#camera")
        expect(at.page.locator("#tube")).to_have_text("W00081")
        at.press("#camera")
        expect(at.page.locator("#view")).to_be_hidden()


def test_a_second_window_waits_for_the_first(browser, served) -> None:
    with table(browser, served, code=served.code()) as at:
        other = at.context.new_page()
        other.goto(f"{served.url}/sampling/")
        expect(other.locator("#message.bad")).to_contain_text("另一窗口")
        assert not other.locator("#table").is_visible()
        at.page.close()
        expect(other.locator("#table")).to_be_visible()


def test_nothing_runs_in_the_page_but_its_own_files(browser, served) -> None:
    with table(browser, served, code=served.code()) as at:
        assert at.complaints == []
        at.page.evaluate("""() => {
          const foreign = document.createElement('script');
          foreign.textContent = 'window.foreign = 1';
          document.body.append(foreign);
          document.body.setAttribute('style', 'color: red');
          fetch('https://example.invalid/').catch(() => {});
        }""")
        at.page.wait_for_timeout(200)
        assert at.page.evaluate("typeof window.foreign") == "undefined"
        assert sum("Content Security Policy" in said for said in at.complaints) >= 3
        assert {address.removeprefix(served.url)[:3] for address in at.addresses} <= {"/sa", "/v1", "htt"}


def test_the_pages_are_all_there_are_at_their_address(served: Door) -> None:
    files = {path.name for path in (FOLDER / "sampling").iterdir()}
    worker = httpx.get(f"{served.url}/sampling/worker.js").text
    # What the worker keeps is the whole page: a file it does not know would be missing without a network.
    assert set(re.findall(r"'([\w.-]+\.\w+)'", worker)) == files - {"worker.js", "index.html"}
    assert re.search(r"'sampling-[0-9a-f]{16}'", worker)
    for name in ("", *files):
        answer = httpx.get(f"{served.url}/sampling/{name}")
        assert answer.status_code == 200
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert not re.search(r"<script>|<style|\sstyle=|\son\w+=", answer.text) or name.endswith(
            (".js", ".svg")
        )
        assert len(answer.text.splitlines()) <= 400
    for path in ("/sampling/../app.py", "/sampling/%2e%2e/pages.py", "/sampling/none.js"):
        assert httpx.get(served.url + path).status_code == 404
    assert httpx.get(f"{served.url}/sampling").headers["location"] == "/sampling/"
    assert httpx.post(f"{served.url}/sampling/").status_code == 405
    head = httpx.head(f"{served.url}/sampling/")
    assert (head.status_code, head.content) == (200, b"")
