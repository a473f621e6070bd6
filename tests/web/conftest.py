"""A small city's brief, written once, and a real Chromium to open it in."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from ringfence import city
from ringfence.actions.briefing import brief
from ringfence.actions.deciding import Answer, decide_at
from ringfence.actions.playing import build_city, play, script
from ringfence.actions.store import open_store
from ringfence.city.scenario import CALL_OVERS
from ringfence.commands.city import BEGINS

PEOPLE, SEED = 7_000, 5
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@dataclass(frozen=True)
class Written:
    """A brief as written, the answers it was made from, and every name in the vault."""

    store: Path
    path: Path
    answers: list[Answer]
    names: list[str]

    @property
    def html(self) -> str:
        return self.path.read_text(encoding="utf-8")


@dataclass
class Opened:
    """A page, with whatever it complained of or asked the outside for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    store = tmp_path_factory.mktemp("brief") / "store"
    built = build_city(store, PEOPLE, SEED, BEGINS, lambda *_: None, workers=1)
    names = [name for batch in city.identities(built, SEED) for name in batch.column("name").to_pylist()]
    with open_store(store) as opened:
        play(opened, script(built, SEED), CALL_OVERS[-1])
        path = brief(opened, CALL_OVERS, store.parent / "brief.html")
        yield Written(store, path, [decide_at(opened, at) for at in CALL_OVERS], names)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_QUIET))
        yield chromium
        chromium.close()


@pytest.fixture
def opening(browser: Browser, written: Written) -> Callable[..., Iterator[Opened]]:
    """Opens the brief in a window of its own; anything that is not the file is refused and noted."""

    @contextmanager
    def open_it(*, ready: bool = True, **options: object) -> Iterator[Opened]:
        context = browser.new_context(**options)
        page = context.new_page()
        opened = Opened(page)

        def let(route, request) -> None:
            if request.url == written.path.as_uri():
                route.continue_()
            else:
                opened.requests.append(request.url)
                route.abort()

        page.route("**/*", let)
        page.on("console", lambda message: opened.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        page.goto(written.path.as_uri())
        if ready:
            page.wait_for_selector("html.ready", state="attached")
        try:
            yield opened
        finally:
            context.close()

    return open_it
