"""The analyst reads a change of how cases are worked, sees what it touches, opens it, confirms it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import settle
from tests.support.signing_in import sign_in

pytestmark = pytest.mark.browser

WAITS = re.compile(r"\d+ updates? to confirm")


def test_the_analyst_confirms_an_update_and_opens_the_cases_that_it_touches(page: Page) -> None:
    sign_in(page, "analyst", "/policy")
    expect(page.get_by_role("link", name=WAITS)).to_be_visible()
    overdue = page.locator(".st-key-policy-waiting")
    expect(overdue.get_by_text("reminded by lead")).to_be_visible()
    overdue.get_by_role("button", name="Read and confirm").first.click()
    page.wait_for_url(re.compile("update=PU-0001"))
    settle(page)
    expect(page.get_by_text("Lock the account first")).to_be_visible()

    page.get_by_role("button", name="I have read it").click()
    expect(page.get_by_text("You confirmed that you have read it.")).to_be_visible()
    settle(page)
    expect(page.get_by_role("button", name="Take back")).to_be_visible()

    opens = page.locator(".st-key-impact-clauses button")
    promised = re.search(r"([\d,]+) open cases? under AC-1, AC-2", opens.inner_text())
    assert promised
    opens.click()
    page.wait_for_url(re.compile("/queue.*clause=AC-1"))
    settle(page)
    expect(page.get_by_text(re.compile(rf"of {promised[1]}$")).first).to_be_visible()
    expect(page.get_by_text("Clause: AC-1, AC-2")).to_be_visible()
    expect(page.get_by_role("link", name=WAITS)).to_have_count(0)
