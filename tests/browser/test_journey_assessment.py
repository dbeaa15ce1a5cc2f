"""The lead's way from a surge to the register: points with evidence, verdict, override, risk."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import settle
from tests.support.signing_in import sign_in

pytestmark = pytest.mark.browser

SURGE = (
    "/risk?view=framework&about=surge&subject=w10-br&title=Impersonation+in+Brazil"
    "&market=BR&segment=all"
)
LEVELS = {
    "harm": "Severe",
    "spread": "Growing",
    "reach": "Regional",
    "vulnerability": "General",
}


def set_point(page: Page, point: str, level: str) -> None:
    box = page.locator(f".st-key-point-{point}")
    box.get_by_role("radio", name=level).or_(box.get_by_role("button", name=level)).first.click()
    settle(page)
    box.locator("textarea").fill(f"Seen in the cases: {point}")
    box.locator("input[type=text]").fill("/queue?market=BR")
    box.locator("input[type=text]").press("Tab")
    settle(page)


def override_to_convene(page: Page, why: str) -> None:
    page.locator(".st-key-override-open button").first.click()
    page.get_by_label("Why the table is wrong here").fill(why)
    page.keyboard.press("Tab")  # what was written goes off before the list opens
    settle(page)
    page.get_by_label("Verdict instead").first.click()
    page.get_by_role("option", name="Convene").click()
    settle(page)
    page.locator(".st-key-override-save button").click()
    expect(page.get_by_text(re.compile(r"A-\d{4} stands at convene now\."))).to_be_visible()


def test_the_lead_assesses_a_surge_overrides_it_and_finds_it_on_the_register(page: Page) -> None:
    sign_in(page, "lead", SURGE)
    result = page.locator(".st-key-result")
    expect(result.get_by_text("Track to convene").first).to_be_visible()
    for point, level in LEVELS.items():
        set_point(page, point, level)
    expect(result.get_by_role("heading", name="Investigate")).to_be_visible()
    expect(result.get_by_text("Would drop to review if").first).to_be_visible()
    assert all(f"{point}={level.lower()}" in page.url for point, level in LEVELS.items())
    page.locator(".st-key-assess-save button").first.click()
    expect(page.get_by_text(re.compile(r"A-\d{4} is kept\."))).to_be_visible()
    settle(page)

    override_to_convene(page, "The vote is in two days")
    told = "Convene, set by lead (The vote is in two days); the table says investigate."
    expect(page.get_by_text(told)).to_be_visible()
    settle(page)

    page.locator(".st-key-register-add button").first.click()
    page.locator(".st-key-register-save button").click()
    expect(page.get_by_text(re.compile(r"R-\d{4} is on the register\."))).to_be_visible()
    settle(page)
    page.locator(".st-key-to-risk button").click()
    page.wait_for_url(re.compile("view=register"))
    settle(page)
    detail = page.locator(".st-key-risk-detail")
    expect(detail.get_by_role("heading", name="Convene")).to_be_visible()
    expect(detail.get_by_text("Impersonation in Brazil").first).to_be_visible()
    row = page.locator("#glide-cell-1-0").first
    expect(row).to_have_text(re.compile("Convene"))

    opens = detail.locator(".st-key-risk-to-queue button")
    promised = re.search(r"[\d,]+", opens.inner_text())
    assert promised
    opens.click()
    page.wait_for_url(re.compile("/queue"))
    settle(page)
    expect(page.get_by_text(re.compile(rf"of {promised[0]}$")).first).to_be_visible()
