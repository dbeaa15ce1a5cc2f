"""The lead's investigation: asked from a link, a case pinned, a finding with its evidence, an end."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import reading
from tests.support.browser import settle
from tests.support.signing_in import sign_in

pytestmark = pytest.mark.browser

QUESTION = "Why do P1 cases come in by the portal?"
LINK = "/investigation?question=Why+do+P1+cases+come+in+by+the+portal%3F&segment=all&priority=P1"


def press(page: Page, key: str) -> None:
    """Click the button of a key."""
    page.locator(f".st-key-{key} button").first.click()
    settle(page)


def write(page: Page, label: str, text: str) -> None:
    """Fill a field of the open form."""
    page.get_by_role("dialog").get_by_label(label, exact=True).fill(text)


def save(page: Page, words: str) -> None:
    """Send the open form, which closes when it is done."""
    page.get_by_role("dialog").get_by_role("button", name=words, exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    settle(page)


def a_case(page: Page) -> str:
    """The reference of an open case that everybody may see."""
    page.goto("/queue?restriction=open")
    settle(page)
    return reading.open_row(page)


def test_the_lead_opens_an_investigation_pins_finds_and_concludes(page: Page) -> None:
    sign_in(page, "lead")
    ref = a_case(page)
    page.goto(LINK)
    settle(page)
    expect(page.get_by_label("Question", exact=True)).to_have_value(QUESTION)
    promised = page.locator(".st-key-new-to-queue button").first.inner_text()
    press(page, "new-save")
    expect(page.get_by_text("is open, and you lead it.").first).to_be_visible()
    page.wait_for_url(re.compile(r"investigation=I-\d{4}"))
    assert "question=" not in page.url
    expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()
    assert page.locator(".st-key-scope-to-queue button").first.inner_text() == promised

    press(page, "move-in_progress")
    press(page, "ask-pin")
    write(page, "Cases to pin", ref)
    save(page, "Pin")
    expect(page.get_by_text("1 case pinned.").first).to_be_visible()

    press(page, "ask-finding")
    write(page, "What was found", "They all came by one form.")
    write(page, "Cases", ref)
    write(page, "Lists of cases", "/queue?segment=all&priority=P1")
    save(page, "Save")
    expect(page.get_by_text("They all came by one form.").first).to_be_visible()

    press(page, "move-concluded")
    write(page, "What came of it", "The form was mended on Monday.")
    save(page, "Save")
    expect(page.get_by_text("The form was mended on Monday.").first).to_be_visible()
    timeline = page.locator(".st-key-inv-around")
    for told in ("concluded it", "added the finding", f"pinned {ref}", "opened the investigation"):
        expect(timeline.get_by_text(told).first).to_be_visible()
    expect_the_way_there_and_back(page, promised)


def expect_the_way_there_and_back(page: Page, promised: str) -> None:
    """From a pinned case back to the investigation, and from its scope to exactly those cases."""
    here = page.url
    page.reload()
    settle(page)
    reading.open_row(page)
    expect(page.get_by_text(re.compile("In investigation I-")).first).to_be_visible()
    page.get_by_text("Back to the investigation").first.click()
    page.wait_for_url(here)
    settle(page)
    total = reading.number(re.findall(r"[\d,]+", promised)[0])
    press(page, "scope-to-queue")
    page.wait_for_url(re.compile("/queue"))
    settle(page)
    reading.expect_listed(page, total)
