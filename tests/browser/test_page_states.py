"""Each page refused, broken and in light and dark: words on purpose, no traceback, axe content."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser import reading
from tests.support.app import AppServer, serving
from tests.support.browser import settle
from tests.support.signing_in import sign_in

pytestmark = pytest.mark.browser

GRAVE = {"serious", "critical"}
# Streamlit writes the headings of its own menu as list items without a list role; not ours to mend.
OF_THE_MENU = {"list", "listitem"}
WIDE: ViewportSize = {"width": 1440, "height": 900}


def findings(page: Page) -> list[str]:
    """What axe calls serious or worse, with the first place of each."""
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:200]}"
        for v in found
        if v["impact"] in GRAVE and v["id"] not in OF_THE_MENU
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("person", "address"),
    [
        ("lead", "/queue?priority=P1&segment=all"),
        ("lead", "/queue?text=zzzzzzzz"),
        ("lead", "/data"),
        ("analyst", "/case?case=E-999999"),
        ("analyst", "case"),
        ("analyst", "/risk?rows=platform&columns=week&weeks=13"),
        ("partner.manager", "/partner?partner=P-0001"),
        ("partner.manager", "/partner?partner=P-0001&view=formula"),
        ("partner.manager", "/partner?partner=P-0001&view=brief"),
        ("partner.manager", "/partner?partner=P-0001&view=record"),
        ("liaison", "/gaps?view=board"),
        ("liaison", "/gap?gap=G-0001"),
        ("liaison", "/policy"),
        ("admin", "/admin"),
        ("auditor", "/audit"),
    ],
)
def test_axe_has_no_serious_finding(page: Page, scheme: str, person: str, address: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    sign_in(page, person, "/queue?segment=all&restriction=open" if address == "case" else address)
    if address == "case":
        reading.open_row(page)
    assert findings(page) == []


@pytest.mark.parametrize("address", ["/admin", "/data", "/audit", "/no-such-page"])
def test_a_page_outside_the_role_is_refused_in_the_words_of_the_unknown(
    page: Page, address: str
) -> None:
    sign_in(page, "analyst", address)
    expect(page.get_by_text("was not found").first).to_be_visible()


@pytest.fixture
def broken_server(app_server: AppServer, tmp_path: Path) -> Iterator[AppServer]:
    """The same workspace with a table gone, as after a failed upgrade by hand."""
    shutil.copytree(
        app_server.local_dir, tmp_path / "broken", ignore=shutil.ignore_patterns("*.log")
    )
    with serving(tmp_path / "broken") as server:
        yield server


def break_store(server: AppServer) -> None:
    with closing(sqlite3.connect(server.local_dir / "desk.db")) as store:
        store.execute("ALTER TABLE case_events RENAME TO gone")
        store.execute("ALTER TABLE import_batches RENAME TO gone_too")
        store.execute("ALTER TABLE partners RENAME TO gone_as_well")
        store.commit()


def test_a_broken_store_gives_a_reference_and_no_traceback_on_every_page(
    browser: Browser, broken_server: AppServer
) -> None:
    context = browser.new_context(base_url=broken_server.url, viewport=WIDE)
    page = context.new_page()
    sign_in(page, "lead", "/queue?segment=all")
    ref = reading.cell(page, 0, 0)
    break_store(broken_server)
    for address in (f"/case?case={ref}", "/data", "/queue"):
        page.goto(address)
        expect(page.get_by_text("tell an admin this reference").first).to_be_visible()
        assert page.get_by_test_id("stException").count() == 0
        settle(page)
    assert "Traceback" not in page.content()
    context.close()
