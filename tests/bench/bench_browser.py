"""The queue page in Chromium at full size: click to settled, the script in it, and the cold start.

Settled means: the script has ended and the page has not changed for a while; that while is not
counted. The number of cases comes from BENCH_CASES, the number of clicks of each kind from
BENCH_CLICKS.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

from tests.bench.report import Report, percentile, stopwatch
from tests.support.app import AppServer, make_demo, serving
from tests.support.browser import QUIET, settle
from tests.support.signing_in import fill_sign_in
from tools import chromium

CASES = int(os.environ.get("BENCH_CASES", "1000000"))
CLICKS = int(os.environ.get("BENCH_CLICKS", "20"))
READY_MADE = os.environ.get("BENCH_DEMO", "")  # a local folder with a demo, to save making one
SETTLED_BAR_MS = 250
SCRIPT_BAR_MS = 100
PATIENCE_MS = 180_000
ORDERS = ("Sort: Due first", "Sort: Oldest", "Sort: Priority", "Sort: Newest")

WATCH = """
window.deskWatch = () => {
  const app = document.querySelector('[data-testid="stApp"]');
  const state = () => app.dataset.testScriptState;
  let start = null, last = 0, began = null, ended = null, before = state();
  window.deskSettled = new Promise((done) => {
    const see = () => {
      last = performance.now();
      if (state() !== before) {
        if (state() === 'running') began = began ?? last;
        if (state() === 'notRunning') ended = last;
        before = state();
      }
    };
    const watcher = new MutationObserver(see);
    watcher.observe(document, {subtree: true, childList: true, attributes: true,
                               characterData: true});
    document.addEventListener('pointerdown', () => { start = last = performance.now(); },
                              {capture: true, once: true});
    const check = () => {
      const quiet = performance.now() - last > 200;
      if (start !== null && ended !== null && state() === 'notRunning' && quiet) {
        watcher.disconnect();
        done({settled: last - start, script: began === null ? 0 : ended - began});
      } else setTimeout(check, 10);
    };
    check();
  });
};
"""


def bench(report: Report) -> None:
    """Make or take the workspace, serve it, click."""
    with tempfile.TemporaryDirectory() as own:
        folder = Path(READY_MADE or own)
        if not READY_MADE:
            with stopwatch() as making:
                make_demo(folder, CASES)
            report.note(f"a demo of {CASES:,} cases took {making.seconds:,.0f} s to make")
        started = time.perf_counter()
        with serving(folder) as server, sync_playwright() as playwright:
            up = time.perf_counter() - started
            path = str(chromium.find())
            browser = playwright.chromium.launch(executable_path=path, args=QUIET)
            page = browser.new_page(base_url=server.url, viewport={"width": 1440, "height": 900})
            page.set_default_timeout(PATIENCE_MS)
            page.add_init_script(WATCH)
            cold_start(report, page, server, up)
            clicks(report, page)
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


def clicks(report: Report, page: Page) -> None:
    """Each kind of click often enough for a 95th percentile, beside the rerun that does nothing."""
    nothing = measured(page, [button(page, "open-open")])
    floor = percentile(nothing["settled"], 0.95)
    report.add("no-op rerun, click to settled, p95", floor, "ms")
    report.add("no-op rerun, script, p95", percentile(nothing["script"], 0.95), "ms")
    kinds: dict[str, list[Locator]] = {
        "segment": [segment(page, i) for i in (3, 4, 5, 2)],
        "page turn": [button(page, "page-next")],
        "tile": [button(page, "open-breached"), button(page, "open-open")],
    }
    for name, targets in kinds.items():
        told(report, name, measured(page, targets), floor)
    segment(page, 2).click()
    settle(page)
    page.locator(".st-key-pop-owner button").first.click()
    options = page.locator(".st-key-filter-owner button")
    options.nth(1).wait_for()
    page.wait_for_timeout(1000)
    told(report, "filter", measured(page, [options.nth(0), options.nth(1)]), floor)
    page.keyboard.press("Escape")
    told(report, "sort", sorts(page), floor)


def told(report: Report, name: str, taken: dict[str, list[float]], floor: float) -> None:
    """The two bars of the page for one kind of click."""
    report.add(f"{name}, click to settled, p50", percentile(taken["settled"], 0.5), "ms")
    settled = percentile(taken["settled"], 0.95)
    report.add(f"{name}, click to settled, p95", settled, "ms", floor=floor, bar=SETTLED_BAR_MS)
    script = percentile(taken["script"], 0.95)
    report.add(f"{name}, script, p95", script, "ms", bar=SCRIPT_BAR_MS)


def button(page: Page, key: str) -> Locator:
    """A button by its key."""
    return page.locator(f".st-key-{key} button").first


def segment(page: Page, number: int) -> Locator:
    """A part of the segmented control, from 0."""
    return page.locator(".st-key-filter-segment button").nth(number)


def measured(page: Page, targets: list[Locator]) -> dict[str, list[float]]:
    """Sorted milliseconds of clicks on the targets in turn, each from a page at rest."""
    return collected(page, lambda turn: targets[turn % len(targets)].click())


def sorts(page: Page) -> dict[str, list[float]]:
    """Sorted milliseconds of choosing another order; the opening of the list is not counted."""

    def choose(turn: int) -> None:
        page.get_by_role("option", name=ORDERS[turn % len(ORDERS)]).click()

    def open_list(_turn: int) -> None:
        page.locator(".st-key-filter-sort input").first.click()
        page.get_by_role("option").first.wait_for()

    return collected(page, choose, open_list)


def collected(
    page: Page,
    act: Callable[[int], None],
    prepare: Callable[[int], None] = lambda _turn: None,
) -> dict[str, list[float]]:
    """Do something often; the first time is left out."""
    taken: dict[str, list[float]] = {"settled": [], "script": []}
    for turn in range(CLICKS + 1):
        prepare(turn)
        page.evaluate("window.deskWatch()")
        act(turn)
        result = page.evaluate("window.deskSettled")
        if turn:
            for name, values in taken.items():
                values.append(float(result[name]))
    return {name: sorted(values) for name, values in taken.items()}
