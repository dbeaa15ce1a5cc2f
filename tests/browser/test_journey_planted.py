"""What a larger demo plants: each role finds it and is in its cases."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from core.taxonomy import taxonomy
from tests.browser import reading
from tests.support.app import AppServer, make_demo, serving
from tests.support.browser import settle
from tests.support.signing_in import sign_in

pytestmark = pytest.mark.browser
CASES = 12_000  # enough for what is planted to stand out
STEP = 8  # pixels between two looks under the mouse
FOLLOWED = """
() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))
"""  # two frames on, the tooltip has followed the mouse
READ_TOOLTIP = """
name => [...document.querySelectorAll('#vg-tooltip-element.visible tr')]
  .filter(line => line.querySelector('td.key')?.innerText === name)
  .map(line => line.querySelector('td.value').innerText)[0] ?? ''
"""


@pytest.fixture(scope="module")
def app_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """A demo of its own: what is planted in the small one cannot be seen."""
    local_dir = tmp_path_factory.mktemp("planted")
    make_demo(local_dir, CASES)
    with serving(local_dir) as server:
        yield server


def planted(server: AppServer) -> Any:
    """What the demo holds for true."""
    return json.loads((server.local_dir / "demo_truth.json").read_text("utf-8"))


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
            page.evaluate(FOLLOWED)
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
    surges = planted(app_server)["surges"]
    surge = next(s for s in surges if set(s["slice"]) == {"abuse_type", "market"})
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


def test_the_lead_opens_the_planted_surge_and_finds_its_cases_in_the_queue(
    page: Page, app_server: AppServer
) -> None:
    truth = planted(app_server)["surges"][0]
    week = datetime.fromisoformat(truth["week_starts"]).date().isoformat()
    sign_in(page, "lead", "/risk")
    page.get_by_text("Surges", exact=True).first.click()
    page.wait_for_url(re.compile("view=surges"))
    settle(page)
    page.goto(f"/risk?view=surges&week={week}")
    settle(page)
    finding = page.locator("[class*='st-key-finding-']").first
    name = taxonomy().label("abuse_types", truth["slice"]["abuse_type"])
    told = finding.get_by_text(re.compile(f"{re.escape(name)}.* against .* expected")).first
    expect(told).to_be_visible()
    counted = re.search(r"([\d,]+) against", told.inner_text())
    assert counted
    count = reading.number(counted[1])
    button = page.locator(".st-key-surge-to-queue button").first
    expect(button).to_have_text(re.compile(f"Open {count:,} in the queue"))
    expect(page.get_by_role("region", name=f"{count} cases in the chosen order")).to_be_visible()
    button.click()
    page.wait_for_url(re.compile(r"/queue\?"))
    settle(page)
    assert f"abuse_type={truth['slice']['abuse_type']}" in page.url
    reading.expect_listed(page, count)


def test_the_partner_manager_finds_who_got_worse_and_why_opens_the_cases_and_takes_the_brief(
    page: Page, app_server: AppServer, tmp_path: Path
) -> None:
    truth = planted(app_server)["partner_in_decline"]
    channel = taxonomy().label("channels", truth["cause"]["channel"])
    sign_in(page, "partner.manager", "/")
    page.get_by_text("Who got worse", exact=True).first.click()
    page.wait_for_url(re.compile("view=movers"))
    settle(page)
    first = page.locator("[class*='st-key-mover-P']").first
    expect(first.get_by_text(truth["partner"]).first).to_be_visible()
    cause = first.get_by_text(re.compile(f"SLA attainment.*mostly by {re.escape(channel)}")).first
    expect(cause).to_be_visible()

    cases = first.get_by_role("button", name=re.compile("these .* cases")).first
    counted = re.search(r"these ([\d,]+) cases", cases.inner_text())
    assert counted
    cases.click()
    page.wait_for_url(re.compile(r"/queue\?"))
    settle(page)
    assert f"channel={truth['cause']['channel']}" in page.url
    reading.expect_listed(page, reading.number(counted[1]))

    page.get_by_test_id("stSidebarNav").get_by_text("Partners", exact=True).click()
    settle(page)
    page.get_by_text("Who got worse", exact=True).first.click()
    page.wait_for_url(re.compile("view=movers"))
    settle(page)
    first.get_by_role("button", name="Open partner").click()
    page.wait_for_url(re.compile(r"/partner\?"))
    settle(page)
    expect(page.get_by_role("heading", level=1).first).to_have_text(truth["partner"])
    expect(page.get_by_text(re.compile("Most by SLA attainment")).first).to_be_visible()

    page.get_by_text("Brief", exact=True).first.click()
    page.wait_for_url(re.compile("view=brief"))
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    kept = tmp_path / "brief.html"
    download.value.save_as(kept)
    told = kept.read_text("utf-8")
    assert truth["partner"] in told
    assert "The score fell" in told
