"""The analyst's way from a planted surge's cell into its cases, and on to all of them in the queue."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from core.taxonomy import taxonomy
from tests.browser import reading
from tests.support.app import AppServer
from tests.support.browser import settle
from tests.support.signing_in import sign_in

pytestmark = pytest.mark.browser
STEP = 8  # pixels between two looks under the mouse
LOOK_MS = 70  # until the tooltip has followed the mouse, also on a busy machine
READ_TOOLTIP = """
name => [...document.querySelectorAll('#vg-tooltip-element.visible tr')]
  .filter(line => line.querySelector('td.key')?.innerText === name)
  .map(line => line.querySelector('td.value').innerText)[0] ?? ''
"""


def planted(server: AppServer) -> dict[str, Any]:
    """The surge of one abuse type in one market."""
    truth = json.loads((server.local_dir / "demo_truth.json").read_text())
    return next(s for s in truth["surges"] if set(s["slice"]) == {"abuse_type", "market"})


def told(page: Page, name: str) -> str:
    """What the tooltip under the mouse says of a row or column."""
    return str(page.evaluate(READ_TOOLTIP, name))


def look_for(
    page: Page, box: FloatRect, name: str, wanted: str, start: tuple[float, float]
) -> float:
    """Move down, or to the right, until the tooltip says the wanted row or column."""
    x, y = start
    while x < box["x"] + box["width"] and y < box["y"] + box["height"]:
        for beside in (0, 3):  # the mouse may stand between two cells
            page.mouse.move(x + beside, y + beside)
            page.wait_for_timeout(LOOK_MS)
            if told(page, name) == wanted:
                return (y if name == "Row" else x) + beside
        x, y = (x, y + STEP) if name == "Row" else (x + STEP, y)
    msg = f"no {name.lower()} {wanted!r} in the picture"
    raise AssertionError(msg)


def picture(page: Page) -> tuple[Locator, FloatRect]:
    canvas = page.locator(".vega-embed canvas").first
    expect(canvas).to_be_visible()
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    return canvas, box


def test_an_analyst_clicks_the_planted_surge_and_is_in_its_cases(
    page: Page, app_server: AppServer
) -> None:
    surge = planted(app_server)
    monday = date.fromisoformat(surge["week_starts"][:10])
    page.set_viewport_size({"width": 1440, "height": 1400})
    sign_in(page, "analyst", f"/risk?weeks=1&end={monday.isoformat()}")
    expect(page.get_by_text("Choose a cell.")).to_be_visible()
    lists = taxonomy()
    kind = lists.label("abuse_types", surge["slice"]["abuse_type"])
    market = lists.label("markets", surge["slice"]["market"])
    settle(page)
    _, box = picture(page)
    middle = box["x"] + box["width"] * 0.6
    y = look_for(page, box, "Row", kind, (middle, box["y"] + 4)) + STEP
    x = look_for(page, box, "Column", market, (box["x"] + 4, y)) + 2
    page.mouse.click(x, y)
    settle(page)
    expect(page.get_by_text(f"{kind} · {market}").first).to_be_visible()
    assert f"row={surge['slice']['abuse_type']}" in page.url
    button = page.get_by_role("button", name=re.compile(r"Open [\d,]+ in the queue"))
    promised = reading.number(re.findall(r"[\d,]+", button.inner_text())[0])
    assert promised > 0
    button.click()
    page.wait_for_url(re.compile(r"/queue\?"))
    settle(page)
    reading.expect_listed(page, promised)
    assert f"market={surge['slice']['market']}" in page.url
