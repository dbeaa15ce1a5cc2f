"""Signs people of the demo workspace in, the way they do it themselves."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.browser import settle
from tests.support.program import DEMO_PASSWORD


def fill_sign_in(page: Page, username: str, password: str) -> None:
    """Fill the form that stands on the page and send it."""
    page.get_by_label("Username", exact=True).fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_in(page: Page, username: str, address: str = "/", password: str = DEMO_PASSWORD) -> None:
    """Ask for an address, sign in on the way, and wait until the page is drawn."""
    page.goto(address)
    fill_sign_in(page, username, password)
    expect(page.get_by_role("button", name="Sign out", exact=False)).to_be_visible()
    settle(page)
