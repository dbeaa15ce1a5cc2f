"""What a person reads on the queue and case pages, and the clicks that they make there."""

from __future__ import annotations

import re

from playwright.sync_api import Error, FloatRect, Locator, Page, expect

from tests.support.browser import settle

HEADER = 32  # height of the head of the grid
ROW = 30
SPAN = re.compile(r"^(?:[\d,]+–[\d,]+ of ([\d,]+)|0 of (0))$")


def number(text: str) -> int:
    """A count as it is written."""
    return int(text.replace(",", ""))


def listed(page: Page) -> int:
    """How many cases the list says that it has."""
    words = page.get_by_text(SPAN).first.inner_text()
    found = SPAN.match(words)
    assert found
    return number(found[1] or found[2])


def expect_listed(page: Page, count: int) -> None:
    """Wait until the list says that it has so many cases."""
    words = rf"^[\d,]+–[\d,]+ of {count:,}$" if count else "^0 of 0$"
    expect(page.get_by_text(re.compile(words)).first).to_be_visible()
    assert listed(page) == count


def segment(page: Page) -> tuple[str, str]:
    """The chosen segment and the number beside it."""
    chosen = page.locator(".st-key-filter-segment [data-testid='stRadioGroup'] > [data-selected]")
    name, _, number_beside = chosen.inner_text().strip().rpartition("\n")
    return name.strip(), number_beside.strip()


def tile(page: Page, name: str) -> Locator:
    """The tile of a measure."""
    return page.locator(f".desk-tile[data-tile='{name}']")


def tile_value(page: Page, name: str) -> str:
    """The figure on a tile."""
    return tile(page, name).locator(".value").inner_text().strip()


def click_tile(page: Page, name: str) -> None:
    """Click on a tile, where a person would: somewhere on it."""
    tile(page, name).click()
    settle(page)


def grid(page: Page) -> Locator:
    """The drawn table of cases."""
    return page.locator(".st-key-cases [data-testid='stDataFrame'] canvas").first


def cell(page: Page, row: int, column: int) -> str:
    """The text of one cell as a screen reader hears it; columns count from 0."""
    found = page.locator(f".st-key-cases #glide-cell-{column}-{row}").first
    return (found.text_content() or "").strip()


def place_of(page: Page) -> FloatRect:
    """Where the table stands; a table that is drawn anew at that moment is looked for again."""
    for _ in range(20):
        drawn = grid(page)
        try:
            drawn.scroll_into_view_if_needed(timeout=2000)
            box = drawn.bounding_box()
        except Error:
            box = None
        if box:
            return box
        page.wait_for_timeout(250)
    msg = "the table of cases does not come to rest"
    raise AssertionError(msg)


def open_row(page: Page, row: int = 0) -> str:
    """Click the reference in a row; gives the reference of the case that opened."""
    expect(page.locator(".st-key-cases #glide-cell-0-0").first).to_be_attached()
    box = place_of(page)
    page.mouse.click(box["x"] + 45, box["y"] + HEADER + ROW * row + ROW / 2)
    page.wait_for_url(re.compile(r"/case\?"))
    settle(page)
    heading = page.get_by_role("heading", level=1).first
    expect(heading).to_have_text(re.compile(r"^E-\d{6}$"))
    return heading.inner_text()


def choose(page: Page, dimension: str, label: str) -> None:
    """Open a filter on the line and choose the value whose name begins so."""
    page.locator(f".st-key-pop-{dimension} button").first.click()
    settle(page)
    page.locator(f".st-key-filter-{dimension}").get_by_text(re.compile(f"^{label}")).first.click()
    settle(page)
    page.keyboard.press("Escape")
    settle(page)
