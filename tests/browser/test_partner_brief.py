"""The brief leaves the screen: onto one page of paper, into the queue, and as a file of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import reading
from tests.support.browser import settle
from tests.support.signing_in import sign_in

pytestmark = pytest.mark.browser
BRIEF = "/partner?partner=P-0001&view=brief"
A_PAGE = re.compile(rb"/Type /Page\b(?!s)")
BLACK = "rgb(0, 0, 0)"


@pytest.fixture
def brief(page: Page) -> Page:
    """The brief on the partner that is served worse, as its manager opens it."""
    sign_in(page, "partner.manager", BRIEF)
    expect(page.get_by_role("heading", name="Do not say")).to_be_visible()
    settle(page)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_paper_it_is_one_page_without_the_desk_around_it(brief: Page, scheme: str) -> None:
    brief.emulate_media(media="print", color_scheme="dark" if scheme == "dark" else "light")
    for around in ("stSidebar", "stHeader"):
        expect(brief.get_by_test_id(around)).to_be_hidden()
    expect(brief.get_by_role("button", name="Print")).to_be_hidden()
    expect(brief.get_by_role("radiogroup")).to_be_hidden()
    line = brief.locator(".st-key-brief li").first
    assert line.evaluate("node => getComputedStyle(node).color") == BLACK
    paper = brief.pdf(prefer_css_page_size=True)
    assert len(A_PAGE.findall(paper)) == 1


def test_a_number_opens_its_cases_beside_the_brief(brief: Page) -> None:
    link = brief.get_by_role("link", name=re.compile(r"^\d+ open cases?$")).first
    said = reading.number(link.inner_text().split()[0])
    with brief.context.expect_page() as opened:
        link.click()
    queue = opened.value
    settle(queue)
    reading.expect_listed(queue, said)
    assert "partner=P-0001" in queue.url


def test_the_file_stands_alone_and_the_button_prints_once(brief: Page, tmp_path: Path) -> None:
    with brief.expect_download() as taken:
        brief.get_by_role("button", name="Download").click()
    assert taken.value.suggested_filename == "brief-P-0001.html"
    file = tmp_path / "brief.html"
    taken.value.save_as(file)
    text = file.read_text(encoding="utf-8")
    assert "<h2>Do not say</h2>" in text
    assert "<script" not in text
    assert re.search(r'href="http://127\.0\.0\.1:\d+/queue\?partner=P-0001', text)
    brief.evaluate("() => { window.print = () => { window.prints = (window.prints || 0) + 1; }; }")
    brief.get_by_role("button", name="Print").click()
    brief.wait_for_function("() => window.prints")
    settle(brief)
    assert brief.evaluate("() => window.prints") == 1
