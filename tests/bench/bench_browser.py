"""The queue page in Chromium at full size: click to settled, and the cold start.

Settled means: the script has ended and the page has not changed for a while; that while is not
counted, nor is the copy of the table for screen readers, which the table's own code brings up to
date 200 ms after it has drawn the new rows. Beside it stands the time from the first message of a
run to its last, as it reaches a browser on the same machine; the script alone is another part's.
The number of cases comes from BENCH_CASES, the number of clicks of each kind from BENCH_CLICKS.
"""

from __future__ import annotations

import base64
import os
import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, sync_playwright
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.bench.report import Report, percentile, stopwatch
from tests.bench.workspace import demo_folder
from tests.browser.reading import tile
from tests.support.app import AppServer, serving
from tests.support.browser import QUIET, settle
from tests.support.signing_in import fill_sign_in
from tools import chromium

CLICKS = int(os.environ.get("BENCH_CLICKS", "20"))
SETTLED_BAR_MS = 250
PATIENCE_MS = 180_000
BINARY = 2  # the kind of frame that carries a message
ORDERS = ("Sort: Due first", "Sort: Oldest", "Sort: Priority", "Sort: Newest")

WATCH = """
window.deskWatch = () => {
  const app = document.querySelector('[data-testid="stApp"]');
  const state = () => app.dataset.testScriptState;
  const isCopy = (change) => {
    const place = change.target;
    return (place.nodeType === Node.TEXT_NODE ? place.parentElement : place)?.closest('canvas');
  };
  let start = null, last = 0, ran = false;
  window.deskSettled = new Promise((done) => {
    const see = (changes) => {
      if (changes.every(isCopy)) return;
      last = performance.now();
      ran = ran || state() === 'running';
    };
    const watcher = new MutationObserver(see);
    watcher.observe(document, {subtree: true, childList: true, attributes: true,
                               characterData: true});
    document.addEventListener('pointerdown', () => { start = last = performance.now(); },
                              {capture: true, once: true});
    const check = () => {
      const quiet = performance.now() - last > 200;
      if (start !== null && ran && state() === 'notRunning' && quiet) {
        watcher.disconnect();
        done(last - start);
      } else setTimeout(check, 10);
    };
    check();
  });
};
"""


class Runs:
    """How long the scripts of a page ran, by the times at which their messages arrived."""

    def __init__(self, page: Page) -> None:
        self.taken_ms = 0.0
        self._began: float | None = None
        session = page.context.new_cdp_session(page)
        session.on("Network.webSocketFrameReceived", self._see)
        session.send("Network.enable")

    def _see(self, event: dict[str, Any]) -> None:
        if event["response"]["opcode"] != BINARY:
            return
        message = ForwardMsg.FromString(base64.b64decode(event["response"]["payloadData"]))
        if message.HasField("new_session"):
            self._began = event["timestamp"]
        elif message.HasField("script_finished") and self._began is not None:
            self.taken_ms += (event["timestamp"] - self._began) * 1000
            self._began = None


def bench(report: Report) -> None:
    """Make or take the workspace, serve it, click."""
    with demo_folder(report) as folder:
        started = time.perf_counter()
        with serving(folder) as server, sync_playwright() as playwright:
            up = time.perf_counter() - started
            path = str(chromium.find())
            browser = playwright.chromium.launch(executable_path=path, args=QUIET)
            page = browser.new_page(base_url=server.url, viewport={"width": 1440, "height": 900})
            page.set_default_timeout(PATIENCE_MS)
            page.add_init_script(WATCH)
            cold_start(report, page, server, up)
            clicks(report, page, Runs(page))
            browser.close()


def cold_start(report: Report, page: Page, server: AppServer, up: float) -> None:
    """From starting the process to a list that stands still, without the typing of a password."""
    page.goto("/queue")
    page.get_by_label("Username", exact=True).wait_for()
    with stopwatch() as first:
        fill_sign_in(page, "lead", server.password)
        page.get_by_text(re.compile(r"of [\d,]+$")).first.wait_for()
        settle(page)
    report.add("server up", up, "s")
    report.add("cold start to a settled queue", up + first.seconds, "s")
    page.wait_for_timeout(3000)


def clicks(report: Report, page: Page, runs: Runs) -> None:
    """Each kind of click often enough for a 95th percentile, beside the rerun that does nothing."""
    nothing = measured(page, runs, [tile(page, "open")])
    floor = percentile(nothing["settled"], 0.95)
    report.add("no-op rerun, click to settled, p95", floor, "ms")
    report.add("no-op rerun, first message to last, p95", percentile(nothing["script"], 0.95), "ms")
    kinds: dict[str, list[Locator]] = {
        "segment": [segment(page, i) for i in (3, 4, 5, 2)],
        "page turn": [button(page, "page-next")],
        "tile": [tile(page, "breached"), tile(page, "open")],
    }
    for name, targets in kinds.items():
        told(report, name, measured(page, runs, targets), floor)
    segment(page, 2).click()
    settle(page)
    page.locator(".st-key-pop-owner button").first.click()
    options = page.locator(".st-key-filter-owner label")
    options.nth(1).wait_for()
    page.wait_for_timeout(1000)
    told(report, "filter", measured(page, runs, [options.nth(0), options.nth(1)]), floor)
    page.keyboard.press("Escape")
    told(report, "sort", sorts(page, runs), floor)


def told(report: Report, name: str, taken: dict[str, list[float]], floor: float) -> None:
    """What one kind of click takes."""
    report.add(f"{name}, click to settled, p50", percentile(taken["settled"], 0.5), "ms")
    settled = percentile(taken["settled"], 0.95)
    report.add(f"{name}, click to settled, p95", settled, "ms", floor=floor, bar=SETTLED_BAR_MS)
    report.add(f"{name}, first message to last, p95", percentile(taken["script"], 0.95), "ms")


def button(page: Page, key: str) -> Locator:
    """A button by its key."""
    return page.locator(f".st-key-{key} button").first


def segment(page: Page, number: int) -> Locator:
    """A segment, from 0."""
    return page.locator(".st-key-filter-segment [data-testid='stRadioGroup'] > div").nth(number)


def measured(page: Page, runs: Runs, targets: list[Locator]) -> dict[str, list[float]]:
    """Sorted milliseconds of clicks on the targets in turn, each from a page at rest."""
    return collected(page, runs, lambda turn: targets[turn % len(targets)].click())


def sorts(page: Page, runs: Runs) -> dict[str, list[float]]:
    """Sorted milliseconds of choosing another order; the opening of the list is not counted."""

    def choose(turn: int) -> None:
        page.get_by_role("option", name=ORDERS[turn % len(ORDERS)]).click()

    def open_list(_turn: int) -> None:
        page.locator(".st-key-filter-sort input").first.click()
        page.get_by_role("option").first.wait_for()

    return collected(page, runs, choose, open_list)


def collected(
    page: Page,
    runs: Runs,
    act: Callable[[int], None],
    prepare: Callable[[int], None] = lambda _turn: None,
) -> dict[str, list[float]]:
    """Do something often; the first time is left out."""
    taken: dict[str, list[float]] = {"settled": [], "script": []}
    for turn in range(CLICKS + 1):
        prepare(turn)
        page.evaluate("window.deskWatch()")
        before = runs.taken_ms
        act(turn)
        settled = page.evaluate("window.deskSettled")
        if turn:
            taken["settled"].append(float(settled))
            taken["script"].append(runs.taken_ms - before)
    return {name: sorted(values) for name, values in taken.items()}
