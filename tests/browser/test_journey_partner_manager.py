"""The partner manager's call: own partners only, their open cases, when the next answer is due."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from tests.browser import reading
from tests.support.app import AppServer
from tests.support.browser import settle
from tests.support.signing_in import sign_in

pytestmark = pytest.mark.browser


def test_a_partner_manager_sees_own_partners_only(page: Page) -> None:
    sign_in(page, "lead", "/queue?segment=all")
    everything = reading.listed(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Username", exact=True)).to_be_visible()
    sign_in(page, "partner.manager", "/queue?segment=all")
    assert 0 < reading.listed(page) < everything


def partner_of_somebody_else(server: AppServer) -> str:
    """A partner with a case that anybody may read, and whom the partner manager does not serve."""
    asked = """
        SELECT partners.ref FROM partners
        JOIN cases ON cases.partner_id = partners.id AND cases.restriction = 'open'
        WHERE partners.id NOT IN (
            SELECT partner_id FROM user_partners JOIN users ON users.id = user_id
            WHERE username = 'partner.manager')
        ORDER BY cases.id LIMIT 1
    """
    with closing(sqlite3.connect(server.local_dir / "desk.db")) as store:
        return str(store.execute(asked).fetchone()[0])


def test_a_case_of_somebody_elses_partner_is_not_found(page: Page, app_server: AppServer) -> None:
    foreign = partner_of_somebody_else(app_server)
    sign_in(page, "lead", f"/queue?segment=all&restriction=open&partner={foreign}")
    ref = reading.open_row(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Username", exact=True)).to_be_visible()
    sign_in(page, "partner.manager", "/case?case=E-999999")
    unknown = page.get_by_text("was not found").first.inner_text()
    page.goto(f"/case?case={ref}")
    settle(page)
    assert page.get_by_text("was not found").first.inner_text() == unknown


def test_from_a_case_to_the_open_cases_of_its_partner_and_back_in_one_click_each(
    page: Page,
) -> None:
    sign_in(page, "partner.manager", "/queue?segment=all&restriction=open&sort=received")
    reading.open_row(page)
    link = page.get_by_text("open case").first
    promised = reading.number(link.inner_text().split()[0])
    link.click()
    settle(page)
    reading.expect_listed(page, promised)
    assert "partner=P-" in page.url
