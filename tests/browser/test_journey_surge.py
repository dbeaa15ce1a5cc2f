"""The lead and a surge: the finding of the planted week, its cases, and all of them in the queue."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from core.taxonomy import taxonomy
from tests.browser import reading
from tests.support.app import AppServer, make_demo, serving
from tests.support.browser import settle
from tests.support.signing_in import sign_in

pytestmark = pytest.mark.browser
CASES = 20_000  # enough for the first of the planted surges to stand out


@pytest.fixture(scope="module")
def app_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """A demo of its own: the surges of the small one cannot be seen."""
    local_dir = tmp_path_factory.mktemp("surges")
    make_demo(local_dir, CASES)
    with serving(local_dir) as server:
        yield server


def test_the_lead_opens_the_planted_surge_and_finds_its_cases_in_the_queue(
    page: Page, app_server: AppServer
) -> None:
    truth = json.loads((app_server.local_dir / "demo_truth.json").read_text("utf-8"))["surges"][0]
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
