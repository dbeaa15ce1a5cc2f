"""The liaison's gap: from a candidate over evidence and a shipped change to a measured effect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import reading
from tests.support.app import AppServer, serving
from tests.support.browser import settle
from tests.support.mended_world import CLAUSE, make_mended_world
from tests.support.signing_in import sign_in

pytestmark = pytest.mark.browser
OVERTURNED = f"/queue?segment=all&clause={CLAUSE}&outcome=overturned_restored"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mended")


@pytest.fixture(scope="module")
def mended_on(folder: Path) -> date:
    """The day since which the clause is decided as usual."""
    return make_mended_world(folder)


@pytest.fixture(scope="module")
def app_server(folder: Path, mended_on: date) -> Iterator[AppServer]:
    """A store of its own: the effect of a change is seen in many cases only."""
    with serving(folder) as server:
        yield server


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


def choose_day(page: Page, label: str, day: date) -> None:
    """Type a day into a field of the open form."""
    field = page.get_by_role("dialog").get_by_role("group", name=label)
    field.get_by_role("spinbutton").first.click()
    page.keyboard.type(f"{day:%Y%m%d}")


def accept_the_candidate(page: Page) -> str:
    """The gap that the first candidate is filed as."""
    card = page.locator("[class*='st-key-candidate-']").first
    expect(card.get_by_text(CLAUSE).first).to_be_visible()
    card.get_by_role("button", name="File as a gap").click()
    save(page, "Propose the gap")
    page.wait_for_url(re.compile(r"/gap\?gap=G-\d{4}"))
    settle(page)
    return page.url.rpartition("gap=")[2]


def link_all_of_the_queue(page: Page, gap: str) -> int:
    """How many cases are linked after the list of the queue was."""
    page.goto(OVERTURNED)
    settle(page)
    total = reading.listed(page)
    press(page, "queue-link-mode")
    page.get_by_label("Gap", exact=True).click()
    page.get_by_role("option", name=re.compile(gap)).click()
    settle(page)
    expect(page.get_by_text(re.compile(r"20 are already linked")).first).to_be_visible()
    page.get_by_label("Why these cases show it", exact=True).fill("Overturned on appeal")
    page.keyboard.press("Tab")
    settle(page)
    press(page, "queue-link-yes")
    expect(page.get_by_text(f"{total - 20:,} cases linked to {gap}.").first).to_be_visible()
    return total


def test_the_liaison_files_answers_ships_and_proves(page: Page, mended_on: date) -> None:
    sign_in(page, "liaison", "/gaps?view=candidates")
    gap = accept_the_candidate(page)
    linked = link_all_of_the_queue(page, gap)

    page.goto(f"/gap?gap={gap}")
    settle(page)
    press(page, "act-accept")
    write(page, "What will be done (optional)", "Reviewers get examples.")
    save(page, "Accept in full")
    press(page, "act-ship")
    choose_day(page, "The day since which it is in force", mended_on)
    write(page, "What was shipped", "Guidance with examples.")
    save(page, "Record as shipped")

    press(page, "act-verify")
    expect(page.locator(".st-key-verify-effect").get_by_text("Worked").first).to_be_visible()
    write(page, "What proves that the change is in force", "It stands in the guidance.")
    write(page, "Where the proof can be read", "https://policy.example/rm-2")
    save(page, "Verify and close")
    expect(page.get_by_text("Verified closed").first).to_be_visible()
    expect(page.get_by_text("its effect was measured").first).to_be_visible()

    page.goto(f"/gap?gap={gap}&view=effect")
    settle(page)
    expect(page.locator(".st-key-effect-verdict").get_by_text("Worked").first).to_be_visible()
    page.goto(f"/gap?gap={gap}&view=cases")
    settle(page)
    expect(page.locator(".st-key-gap-to-linked")).to_have_text(re.compile(f"{linked:,} linked"))
    press(page, "gap-to-linked")
    page.wait_for_url(re.compile("/queue"))
    settle(page)
    reading.expect_listed(page, linked)
