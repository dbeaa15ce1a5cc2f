"""A Chromium for tests, and a page that fails the test over anything a person should never see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.support.app import AppServer
from tools import chromium as chromium_tool

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
]
VIEWPORT: ViewportSize = {"width": 1440, "height": 900}
PATIENCE_MS = 30_000
# Two busy cores are slow; what is there at once is found at once all the same.
expect.set_options(timeout=PATIENCE_MS)
# True once nothing has run, loaded or been stale for a while: a click takes a moment to arrive.
AT_REST = """
quietMs => {
  const busy = !document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    || document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]');
  const now = performance.now();
  if (busy || window.deskQuietSince === undefined) window.deskQuietSince = now;
  return !busy && now - window.deskQuietSince >= quietMs;
}
"""
QUIET_MS = 200
# On a deep link Streamlit asks below the page's own address first whether the server answers there.
PROBES = ("/_stcore/health", "/_stcore/host-config")
# Reports every exception box and every fault that the desk owns up to, also one that the next
# rerun takes away again.
FAULT_WORDS = "tell an admin this reference"
WATCH_EXCEPTIONS = """
new MutationObserver(() => {
  const boxes = [...document.querySelectorAll('[data-testid="stException"]'),
    ...[...document.querySelectorAll('[data-testid="stText"]')]
      .filter(text => text.innerText.includes('FAULT_WORDS'))];
  for (const box of boxes.filter(box => !box.hasAttribute('data-seen'))) {
    box.setAttribute('data-seen', 'yes');
    window.deskReportsException(box.innerText);
  }
}).observe(document, {childList: true, characterData: true, subtree: true});
""".replace("FAULT_WORDS", FAULT_WORDS)


@dataclass
class Watch:
    """What went wrong on a page while a test looked at it; the browser marks its methods as heard."""

    host: str
    faults: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        """Keep errors that the page's own scripts report."""
        if message.type == "error" and not message.location["url"].endswith(PROBES):
            self.faults.append(f"console: {message.text}")

    def request(self, request: Request) -> None:
        """Keep requests that leave the desk."""
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.host:
            self.faults.append(f"request to another host: {request.url}")

    def follow(self, page: Page) -> None:
        """Listen to the page from before its first address."""
        page.on("console", self.console)
        page.on("request", self.request)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("websocket", lambda socket: self.socket(socket.url))
        page.expose_function("deskReportsException", self.exception)
        page.add_init_script(WATCH_EXCEPTIONS)

    def socket(self, url: str) -> None:
        """Keep sockets that leave the desk."""
        if urlsplit(url).netloc != self.host:
            self.faults.append(f"socket to another host: {url}")

    def exception(self, text: str) -> None:
        """Keep exception boxes."""
        self.faults.append(f"exception box: {text}")


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser of this machine; without one the test fails, it is never skipped."""
    found = chromium_tool.find()
    if found is None:
        pytest.fail(chromium_tool.ADVICE)
    return found


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """A running browser; per module, because its event loop must not outlive the browser tests."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(chromium), args=QUIET)
        yield running
        running.close()


@pytest.fixture
def page_faults(app_server: AppServer) -> Watch:
    """What the page has done wrong so far; a test that provokes a fault empties the list."""
    return Watch(urlsplit(app_server.url).netloc)


NewPage = Callable[[], Page]


@pytest.fixture
def new_page(browser: Browser, app_server: AppServer, page_faults: Watch) -> Iterator[NewPage]:
    """Opens pages that share nothing with each other, as different people on different machines.

    The test fails on any exception box, console error, script error or outside request on any.
    """
    contexts: list[BrowserContext] = []

    def open_page() -> Page:
        context = browser.new_context(
            base_url=app_server.url, viewport=VIEWPORT, timezone_id="UTC", locale="en-GB"
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page_faults.follow(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert page_faults.faults == []


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """One watched page with a fresh identity; ``page.goto("/queue")`` opens the desk."""
    return new_page()


def settle(page: Page) -> None:
    """Wait until the script behind the page has come to rest and all of it is drawn."""
    page.evaluate("delete window.deskQuietSince")
    page.wait_for_function(AT_REST, arg=QUIET_MS)
