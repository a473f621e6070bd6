"""A sampling table for tests: the page in a real Chromium, worked by keyboard alone, before a real server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.web.door import Door

RECORDS = """async () => {
  const base = await new Promise((resolve) => {
    const request = indexedDB.open('ringfence-sampling');
    request.onsuccess = () => resolve(request.result);
  });
  const all = (name) => new Promise((resolve) => {
    const request = base.transaction(name).objectStore(name).getAll();
    request.onsuccess = () => resolve(request.result);
  });
  const text = (buffer) => [...new Uint8Array(buffer)].map((byte) => String.fromCharCode(byte)).join('');
  const records = (await all('records')).map(({ iv, sealed, ...other }) =>
    [text(sealed), JSON.stringify(other)]);
  const [{ seal, mark }] = await all('keys');
  const taken = await Promise.allSettled([seal, mark].map((key) => crypto.subtle.exportKey('raw', key)));
  base.close();
  return { records, taken: taken.map(({ status }) => status) };
}"""


@dataclass
class Table:
    """A sampler's device: its page, what it complained of, and what it asked of the server."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def enrol(self, code: str) -> None:
        self.type_code(code)
        expect(self.page.locator("#table")).to_be_visible()

    def type_code(self, code: str, by: str = "S1") -> None:
        self.page.locator("#code").fill("")
        self.page.locator("#code").focus()
        self.page.keyboard.type(code)
        self.page.keyboard.press("Tab")
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(by)
        self.page.keyboard.press("Enter")

    def scan(self, *codes: str) -> None:
        """As a scanner that is a keyboard: fast keys, then Enter, with no regard to what has the focus."""
        for code in codes:
            self.page.keyboard.type(code)
            self.page.keyboard.press("Enter")

    def press(self, button: str) -> None:
        self.page.locator(button).focus()
        self.page.keyboard.press("Enter")

    def size(self, pool: int) -> None:
        self.page.locator(f"#sizes input[value='{pool}']").focus()
        self.page.keyboard.press("Space")

    def fill(self, tube: str, *people: str) -> None:
        self.scan(tube, *people)
        self.counts(len(people))
        self.press("#close")
        self.says("封管")

    def counts(self, filled: int, pool: int = 10) -> None:
        expect(self.page.locator("#count")).to_have_text(f"{filled}/{pool}")

    def says(self, words: str) -> None:
        expect(self.page.locator("#message")).to_contain_text(words)

    def refuses(self, words: str) -> None:
        expect(self.page.locator("#message.bad")).to_contain_text(words)

    def stands(self, tube: str, state: str) -> None:
        expect(self.page.locator(f"#tubes li.{state}[data-tube='{tube}']")).to_have_count(1)

    def reload(self) -> None:
        self.page.reload()
        self.page.wait_for_selector("html.ready", state="attached")

    @property
    def batches(self) -> int:
        return sum(address.endswith("/v1/tubes") for address in self.addresses)


@contextmanager
def table(browser: Browser, door: Door, *, code: str = "", **options: object) -> Iterator[Table]:
    """A new device with an empty browser, enrolled where a code is given."""
    context = browser.new_context(**options)
    made = Table(context, context.new_page())
    made.page.on("console", lambda message: made.complaints.append(f"{message.type}: {message.text}"))
    made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
    made.page.on("request", lambda request: made.addresses.append(request.url))
    try:
        made.page.goto(f"{door.url}/sampling/")
        made.page.wait_for_selector("html.ready", state="attached")
        if code:
            made.enrol(code)
        yield made
    finally:
        context.close()
