"""The lead's morning: what is breached, whom it waits for, one case, and back to the same list."""

from __future__ import annotations

import csv
import re

import pytest
from playwright.sync_api import Page, expect

from core.cases.measures import TILES
from tests.browser import reading
from tests.support.browser import settle
from tests.support.signing_in import sign_in

pytestmark = pytest.mark.browser


def test_the_lead_sees_what_is_breached_opens_one_and_comes_back_to_the_list(page: Page) -> None:
    sign_in(page, "lead", "/queue")
    breached = reading.number(reading.tile_value(page, "breached"))
    reading.click_tile(page, "breached")
    reading.expect_listed(page, breached)
    assert "segment=breached" in page.url
    here = page.url
    ref = reading.open_row(page)
    for clock in ("First response", "Next response", "Update", "Total resolution"):
        expect(page.get_by_text(clock).first).to_be_visible()
    expect(page.get_by_text("Breached").first).to_be_visible()
    expect(page.get_by_text(re.compile("^Open for ")).first).to_be_visible()
    assert ref in page.url
    page.get_by_text("Back to the list").first.click()
    settle(page)
    reading.expect_listed(page, breached)
    assert page.url == here


def test_every_tile_opens_the_cases_that_it_counts_also_by_keyboard(page: Page) -> None:
    sign_in(page, "lead", "/queue")
    expect(page.locator(".desk-tile")).to_have_count(len(TILES))
    for place, name in enumerate(tile.name for tile in TILES):
        button = reading.tile(page, name).get_by_role("button")
        number = reading.number(str(button.get_attribute("aria-label")).split()[1])
        button.press("Enter") if place % 2 else button.click()
        settle(page)
        reading.expect_listed(page, number)
        page.goto("/queue")
        settle(page)


def test_a_link_to_a_view_shows_a_colleague_the_same_cases(page: Page) -> None:
    sign_in(page, "lead", "/queue")
    reading.choose(page, "priority", "P1")
    reading.choose(page, "owner", "Requester")
    mine = reading.listed(page)
    address = page.url.split("/queue", maxsplit=1)[1]
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Username", exact=True)).to_be_visible()
    sign_in(page, "analyst", f"/queue{address}")
    reading.expect_listed(page, mine)
    expect(page.get_by_text("Priority: P1 severe").first).to_be_visible()


def test_the_order_of_the_list_says_its_rule_and_turning_pages_keeps_it(page: Page) -> None:
    sign_in(page, "lead", "/queue?segment=all&sort=age")
    expect(page.get_by_text("oldest").first).to_be_visible()
    total = reading.listed(page)
    page.locator(".st-key-page-next button").first.click()
    settle(page)
    expect(page.get_by_text(f"51–100 of {total:,}").first).to_be_visible()
    page.reload()
    settle(page)
    expect(page.get_by_text(f"51–100 of {total:,}").first).to_be_visible()


def test_a_deep_link_stands_whatever_is_clicked_next(page: Page) -> None:
    sign_in(page, "lead", "/queue?segment=all&sort=age&flow_days=90")
    assert reading.segment(page)[0] == "All cases"
    page.locator(".st-key-pop-owner button").first.click()
    expect(page.locator(".st-key-filter-owner").first).to_be_visible()
    settle(page)
    assert all(part in page.url for part in ("segment=all", "sort=age", "flow_days=90"))
    expect(
        page.get_by_text("Sort: Oldest").or_(page.locator("input[value='Sort: Oldest']"))
    ).to_be_visible()


def test_several_clicks_in_a_row_all_count(page: Page) -> None:
    sign_in(page, "lead", "/queue")
    page.locator(".st-key-pop-priority button").first.click()
    settle(page)
    for priority in ("P1", "P2", "P3"):  # without waiting for the counts of the one before
        page.locator(f".st-key-filter-priority-{priority} label").first.click()
    page.keyboard.press("Escape")
    page.locator(".st-key-filter-segment [data-testid='stRadioGroup'] > div").nth(3).click()
    page.wait_for_url(lambda url: "segment=breached" in url and url.count("priority=") == 3)
    settle(page)
    reading.expect_listed(page, reading.number(reading.segment(page)[1]))


def test_the_flow_can_go_further_back_and_its_link_says_so(page: Page) -> None:
    sign_in(page, "lead", "/queue")
    page.locator(".st-key-flow-days").get_by_text("90 d").click()
    page.wait_for_url(re.compile("flow_days=90"))
    settle(page)
    page.reload()
    settle(page)
    chosen = page.locator(".st-key-flow-days button[data-selected='true']")
    expect(chosen).to_have_text("90 d")


def test_a_click_on_a_bar_opens_the_cases_that_it_counts(page: Page) -> None:
    sign_in(page, "lead", "/queue")
    chart = page.locator("[class*='st-key-ageing-'] canvas").first
    settle(page)
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box
    # The foot of the last bar: whatever owner stands there, its age has no upper end.
    page.mouse.click(box["x"] + 0.92 * box["width"], box["y"] + 0.84 * box["height"])
    page.wait_for_url(re.compile("age_over="))
    settle(page)
    assert "owner=" in page.url
    expect(page.get_by_text(re.compile("^Time owned by: ")).first).to_be_visible()
    reading.expect_listed(page, reading.number(reading.segment(page)[1]))


def test_an_export_holds_exactly_the_cases_of_the_view(page: Page) -> None:
    sign_in(page, "lead", "/queue?segment=all&priority=P1")
    with page.expect_download() as download:
        page.locator(".st-key-export button").first.click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    listed = csv.DictReader(lines)
    priorities = [line["priority"] for line in listed]
    assert set(priorities) == {"P1"}
    assert len(priorities) == reading.listed(page)


def test_the_lead_brings_a_file_in_and_takes_it_back(page: Page) -> None:
    sign_in(page, "lead", "/data")
    content = b"Ticket,Opened,State,Subject\nT1,2026-01-31 10:00,New,A page is gone\n"
    page.locator("input[type=file]").set_input_files(
        {"name": "tickets.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Dry run").click()
    expect(page.get_by_text("would be created").first).to_be_visible()
    page.locator(".st-key-commit button").first.click()
    expect(page.get_by_text(re.compile(r"B-\d{4} is in\.")).first).to_be_visible()
    settle(page)
    history = page.locator(".st-key-import-history canvas").first
    history.scroll_into_view_if_needed()
    box = history.bounding_box()
    assert box
    page.mouse.click(box["x"] + 16, box["y"] + 52)  # the tick of the newest import
    page.locator(".st-key-undo button").first.click()
    expect(page.get_by_text("removes the 1 case that it created").first).to_be_visible()
    page.locator(".st-key-undo-yes button").first.click()
    expect(page.get_by_text("1 case removed").first).to_be_visible()
