"""The lead tidies the directory: a partner that is there twice is found, merged, parted and merged."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import reading
from tests.support.browser import settle
from tests.support.signing_in import sign_in

pytestmark = pytest.mark.browser


def press(page: Page, key: str) -> None:
    """Click the button of a key."""
    page.locator(f".st-key-{key} button").first.click()
    settle(page)


def told(page: Page, words: str) -> None:
    """Wait until the page says what an act came to."""
    expect(page.get_by_text(words).first).to_be_visible()


def test_a_partner_that_is_there_twice_is_merged_and_its_reference_leads_on(page: Page) -> None:
    sign_in(page, "lead", "/partner?partner=P-0001&view=details")
    name = page.get_by_role("heading", level=1).first.inner_text().strip()
    page.goto("/partners?view=directory")
    settle(page)
    press(page, "partner-add")
    form = page.get_by_role("dialog")
    form.get_by_label("Name", exact=True).fill(f"{name} Ltd")
    form.get_by_role("button", name="Add it", exact=True).click()
    expect(form).to_have_count(0)
    settle(page)
    told(page, f"{name} Ltd is in the directory as P-")

    page.get_by_role("radio", name="Probably the same").click()
    settle(page)
    told(page, "Only the legal form differs")
    pair = page.locator("[class*='st-key-same-P-']").filter(has_text=f"{name} Ltd")
    pair.get_by_role("button", name="See what would merge").click()
    page.wait_for_url("**/partner?**merge=P-0001**")
    settle(page)
    told(page, "What moves")
    gone = page.url.partition("partner=")[2][:6]
    press(page, "merge-do")
    told(page, f"{name} Ltd is part of {name} now.")
    press(page, "undo-last")
    told(page, f"{name} Ltd ({gone}) is a partner of its own again.")

    page.goto(f"/partner?partner={gone}&view=details&merge=P-0001")
    settle(page)
    press(page, "merge-do")
    told(page, f"{name} Ltd is part of {name} now.")
    page.goto(f"/partner?partner={gone}&view=details")
    settle(page)
    expect(page.get_by_role("heading", name=name, exact=True).first).to_be_visible()
    page.goto("/queue?segment=all&partner=P-0001")
    settle(page)
    count = reading.listed(page)
    page.goto(f"/queue?segment=all&partner={gone}")
    settle(page)
    reading.expect_listed(page, count)
