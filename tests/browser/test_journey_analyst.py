"""The analyst's way into a case: filter with live counts, open it, read a message, find the like."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import reading
from tests.support.browser import settle
from tests.support.signing_in import sign_in

pytestmark = pytest.mark.browser


def test_a_filter_shows_as_many_cases_as_its_count_promised(page: Page) -> None:
    sign_in(page, "analyst", "/queue?segment=all")
    page.locator(".st-key-pop-channel button").first.click()
    settle(page)
    option = page.locator(".st-key-filter-channel").get_by_text("Partner portal").first
    promised = reading.number(option.inner_text().rsplit("· ", 1)[1])
    option.click()
    settle(page)
    reading.expect_listed(page, promised)
    assert "channel=partner_portal" in page.url


def test_several_values_are_chosen_without_opening_the_filter_again(page: Page) -> None:
    sign_in(page, "analyst", "/queue?segment=all")
    page.locator(".st-key-pop-priority button").first.click()
    settle(page)
    choices = page.locator(".st-key-filter-priority")
    for name in ("P1", "P2"):
        choices.get_by_text(re.compile(f"^{name}")).first.click()
        settle(page)
    expect(page.get_by_text("Priority: P1 severe, P2 significant").first).to_be_visible()
    assert page.url.count("priority=") == 2


def test_an_analyst_reads_a_case_from_its_clocks_to_its_messages(page: Page) -> None:
    sign_in(page, "analyst", "/queue?segment=all&restriction=open&sort=received")
    reading.open_row(page)
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    expect(page.get_by_role("heading", name="Facts")).to_be_visible()
    expect(page.get_by_role("heading", name="Related cases")).to_be_visible()
    before = page.get_by_test_id("stMain").inner_text()
    page.get_by_role("button", name="Show summary").click()
    settle(page)
    expect(page.get_by_role("button", name="Show summary")).to_have_count(0)
    assert len(page.get_by_test_id("stMain").inner_text()) > len(before)


def test_a_related_case_opens_and_keeps_the_way_back(page: Page) -> None:
    sign_in(page, "analyst", "/queue?segment=open&tier=T1&restriction=open")
    first = reading.open_row(page)
    link = page.locator("[class*='st-key-related-E-'] a").first
    other = re.match(r"E-\d{6}", link.inner_text())
    assert other
    link.click()
    expect(page.get_by_role("heading", level=1).first).to_have_text(other[0])
    assert other[0] != first
    page.get_by_text("Back to the list").first.click()
    settle(page)
    assert "tier=T1" in page.url


def test_a_search_finds_a_case_by_its_reference(page: Page) -> None:
    sign_in(page, "analyst", "/queue?segment=all")
    box = page.get_by_label("Search titles, messages and references")
    box.fill("E-000100")
    box.press("Enter")
    settle(page)
    reading.expect_listed(page, 1)
